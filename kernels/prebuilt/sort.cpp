#include "kernels/prebuilt/sort.h"

#include "kernels/prebuilt/level_table.h"

namespace ingot::prebuilt {

INGOT_LEVEL_TABLES(SortTable, kSort);  // sort_level.cpp

const Sorting& sorting(cpu::Level level, DType dtype, Records records) {
  return INGOT_TABLE_OF(kSort, level).loops[static_cast<int>(dtype)][static_cast<int>(records)];
}

}  // namespace ingot::prebuilt
