#include "kernels/prebuilt/gemm.h"

#include "kernels/prebuilt/level_table.h"

namespace ingot::prebuilt {

INGOT_LEVEL_TABLES(GemmTable, kGemm);  // gemm_level.cpp

const Gemm& gemm(cpu::Level level, DType dtype) { return INGOT_TABLE_OF(kGemm, level).loops[static_cast<int>(dtype)]; }

}  // namespace ingot::prebuilt
