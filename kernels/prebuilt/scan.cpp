#include "kernels/prebuilt/scan.h"

namespace ingot::prebuilt {

// Each is defined by scan_level.cpp, compiled for its level.
extern const ScanTable kScanBaseline;
#ifdef __x86_64__
extern const ScanTable kScanV3;
extern const ScanTable kScanV4;
#endif

const Scanning& scanning(cpu::Level level, ScanOp op, DType dtype) {
  const ScanTable* table = &kScanBaseline;
#ifdef __x86_64__
  if (level == cpu::Level::V3) table = &kScanV3;
  if (level == cpu::Level::V4) table = &kScanV4;
#endif
  static_cast<void>(level);
  return table->loops[static_cast<int>(op)][static_cast<int>(dtype)];
}

}  // namespace ingot::prebuilt
