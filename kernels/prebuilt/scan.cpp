#include "kernels/prebuilt/scan.h"

#include "kernels/prebuilt/level_table.h"

namespace ingot::prebuilt {

INGOT_LEVEL_TABLES(ScanTable, kScan);  // scan_level.cpp

const Scanning& scanning(cpu::Level level, ScanOp op, DType dtype) {
  return INGOT_TABLE_OF(kScan, level).loops[static_cast<int>(op)][static_cast<int>(dtype)];
}

}  // namespace ingot::prebuilt
