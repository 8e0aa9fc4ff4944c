#include "kernels/prebuilt/sort.h"

namespace ingot::prebuilt {

// Each is defined by sort_level.cpp, compiled for its level.
extern const SortTable kSortBaseline;
#ifdef __x86_64__
extern const SortTable kSortV3;
extern const SortTable kSortV4;
#endif

const Sorting& sorting(cpu::Level level, DType dtype, Records records) {
  const SortTable* table = &kSortBaseline;
#ifdef __x86_64__
  if (level == cpu::Level::V3) table = &kSortV3;
  if (level == cpu::Level::V4) table = &kSortV4;
#endif
  static_cast<void>(level);
  return table->loops[static_cast<int>(dtype)][static_cast<int>(records)];
}

}  // namespace ingot::prebuilt
