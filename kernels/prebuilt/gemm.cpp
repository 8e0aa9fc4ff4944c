#include "kernels/prebuilt/gemm.h"

namespace ingot::prebuilt {

// Each is defined by gemm_level.cpp, compiled for its level.
extern const GemmTable kGemmBaseline;
#ifdef __x86_64__
extern const GemmTable kGemmV3;
extern const GemmTable kGemmV4;
#endif

const Gemm& gemm(cpu::Level level, DType dtype) {
  const GemmTable* table = &kGemmBaseline;
#ifdef __x86_64__
  if (level == cpu::Level::V3) table = &kGemmV3;
  if (level == cpu::Level::V4) table = &kGemmV4;
#endif
  static_cast<void>(level);
  return table->loops[static_cast<int>(dtype)];
}

}  // namespace ingot::prebuilt
