// The same random graphs in processes of their own, one for each backend and CPU level: settings that are read at
// start-up. The CUDA backend runs on the software GPU (tests/fake_cuda).
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sstream>

#include "host/jit/kernels.h"
#include "tests/random/recipe.h"

namespace ingot::tests {
namespace {

constexpr const char* kDigest = "INGOT_RANDOM_DIGEST";

// FNV-1a of the values, all NaNs alike.
std::uint64_t digest(const Tensor& tensor) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    Tensor one(tensor.dtype, Shape{});
    const oracle::Element value = tensor[i];
    if (!(value.f == value.f)) continue;
    one.set(0, value);
    for (std::byte byte : one.bytes) hash = (hash ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3;
    hash = (hash ^ static_cast<std::uint64_t>(i)) * 0x100000001b3;
  }
  return hash;
}

Size size_of(std::uint64_t seed) { return seed % 16 == 0 ? Size::Large : Size::Small; }

TEST(RandomDigest, IsPrintedForTheParent) {
  const char* count = std::getenv(kDigest);
  if (count == nullptr) return;
  for (std::uint64_t seed = 1; seed <= std::strtoull(count, nullptr, 10); ++seed) {
    const Recipe recipe = generate(seed, size_of(seed));
    const std::vector<Array> arrays = build(recipe, static_cast<Layout>(seed % kLayouts));
    std::vector<Array> roots;
    for (int root : recipe.roots) roots.push_back(arrays[static_cast<std::size_t>(root)]);
    eval(roots);
    std::printf("graph %llu", static_cast<unsigned long long>(seed));
    for (const Array& root : roots)
      std::printf(" %016llx", static_cast<unsigned long long>(digest(oracle::values(root))));
    std::printf("\n");
  }
  const Stats s = stats();
  std::printf("ran %s at level %d\n",
              s.bytes_to_device != 0        ? "cuda"
              : s.interpreted == s.launches ? "interp"
              : s.interpreted == 0          ? "llvm"
                                            : "both",
              static_cast<int>(jit::level()));
}

struct Setting {
  const char* backend;
  const char* cpu;
  cpu::Level level;
};

// The host's settings have a device within reach that they must not take.
#ifdef INGOT_FAKE_CUDA
const std::string kDevice = "INGOT_LIBCUDA='" INGOT_FAKE_CUDA "' INGOT_LIBNVRTC='" INGOT_FAKE_NVRTC
                            "' FAKE_NVRTC_CACHE='" INGOT_FAKE_CACHE "' ";
#else
const std::string kDevice;
#endif

std::string itself() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

std::string digests(const Setting& setting, int count, int& status) {
  const std::string command = kDevice + std::string("INGOT_BACKEND=") + setting.backend + " INGOT_CPU=" + setting.cpu +
                              " INGOT_CACHE_DIR='" INGOT_RANDOM_CACHE "' " + kDigest + "=" + std::to_string(count) +
                              " GTEST_OUTPUT= GTEST_FILTER= GTEST_TOTAL_SHARDS=1 GTEST_SHARD_INDEX=0 '" + itself() +
                              "' --gtest_filter=RandomDigest.IsPrintedForTheParent 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string lines;
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    const std::string line = buffer.data();
    if (line.starts_with("graph ") || line.starts_with("ran ")) lines += line;
  }
  status = ::pclose(pipe);
  return lines;
}

bool has_v4() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("x86-64-v4") != 0;
#else
  return false;
#endif
}

void expect_same_bits(int count) {
  using cpu::Level;
  std::vector<Setting> settings = {{"interp", "x86-64", Level::Baseline},
                                   {"interp", "x86-64-v3", Level::V3},
                                   {"llvm", "x86-64", Level::Baseline},
                                   {"llvm", "x86-64-v3", Level::V3}};
  if (has_v4()) {
    settings.push_back({"interp", "x86-64-v4", Level::V4});
    settings.push_back({"llvm", "x86-64-v4", Level::V4});
  }
  if (!kDevice.empty()) settings.push_back({"cuda", "x86-64-v3", Level::V3});
  std::string first;
  for (const Setting& setting : settings) {
    int status = 0;
    const std::string lines = digests(setting, count, status);
    EXPECT_EQ(status, 0) << setting.backend << " on " << setting.cpu;
    if (first.empty()) first = lines;
    std::istringstream expected(first), got(lines);
    std::string a, b;
    for (int i = 0; i < count; ++i) {
      std::getline(expected, a);
      std::getline(got, b);
      const auto seed = static_cast<std::uint64_t>(i) + 1;
      ASSERT_TRUE((b + " ").starts_with("graph " + std::to_string(seed) + " ")) << "no graph " << seed << " but " << b;
      ASSERT_EQ(a, b) << setting.backend << " on " << setting.cpu << "\n" << print(generate(seed, size_of(seed)));
    }
    std::getline(got, b);
    EXPECT_EQ(b,
              std::string("ran ") + setting.backend + " at level " + std::to_string(static_cast<int>(setting.level)));
  }
}

#if defined(__x86_64__)
TEST(RandomGraphs, KeepTheirBitsOnEveryBackendAndCpuLevel) { expect_same_bits(32); }
TEST(LongRandomGraphs, KeepTheirBitsOnEveryBackendAndCpuLevel) { expect_same_bits(1000); }
#endif

}  // namespace
}  // namespace ingot::tests
