#include "kernels/cpu/support.h"

#include <cstdlib>
#include <cstring>

namespace ingot::cpu {

// Each is defined by support_level.cpp, compiled for its level.
extern const Support kSupportBaseline;
#ifdef __x86_64__
extern const Support kSupportV3;
extern const Support kSupportV4;
#endif

namespace {

// Not pointers: clang makes a table of distances of those, which do not outlive the merging of strings when objects are
// joined.
constexpr char kNames[][10] = {"x86-64", "x86-64-v3", "x86-64-v4"};

Level highest_level() {
#ifdef __x86_64__
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return Level::V4;
  if (__builtin_cpu_supports("x86-64-v3")) return Level::V3;
#endif
  return Level::Baseline;
}

}  // namespace

LevelChoice choose_level(const char* wanted) {
  static const Level highest = highest_level();
  if (wanted == nullptr || *wanted == '\0') return {highest, LevelError::None};
  for (int i = 0; i < 3; ++i) {
    if (std::strcmp(wanted, kNames[i]) != 0) continue;
    const Level level = static_cast<Level>(i);
    return level <= highest ? LevelChoice{level, LevelError::None} : LevelChoice{highest, LevelError::Unavailable};
  }
  return {highest, LevelError::Unknown};
}

Level detect_level() { return choose_level(std::getenv("INGOT_CPU")).level; }

const char* level_name(Level level) { return kNames[static_cast<int>(level)]; }

const Support& support(Level level) {
#ifdef __x86_64__
  if (level == Level::V4) return kSupportV4;
  if (level == Level::V3) return kSupportV3;
#endif
  static_cast<void>(level);
  return kSupportBaseline;
}

}  // namespace ingot::cpu
