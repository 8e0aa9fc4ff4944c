#include "kernels/prebuilt/scan.h"

#include "kernels/prebuilt/level_table.h"

namespace ingot::prebuilt {

INGOT_LEVEL_TABLES(ScanTable, kScan);  // scan_level.cpp

DType scanned_in(ScanOp op, DType result) {
  if (result == DType::Float16 || result == DType::BFloat16) return DType::Float32;
  if (is_bool(result)) return DType::UInt8;
  return (op == ScanOp::Sum || op == ScanOp::Product) && is_integer(result) ? DType::Int64 : result;
}

const Scanning& scanning(cpu::Level level, ScanOp op, DType dtype) {
  return INGOT_TABLE_OF(kScan, level).loops[static_cast<int>(op)][static_cast<int>(dtype)];
}

}  // namespace ingot::prebuilt
