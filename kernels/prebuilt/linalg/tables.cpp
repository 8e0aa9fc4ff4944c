#include "kernels/prebuilt/level_table.h"
#include "kernels/prebuilt/linalg/condense.h"
#include "kernels/prebuilt/linalg/dense.h"
#include "kernels/prebuilt/linalg/small.h"

namespace ingot::prebuilt {

INGOT_LEVEL_TABLES(SmallTable, kSmall);   // small_level.cpp
INGOT_LEVEL_TABLES(DenseTable, kDense);   // dense_level.cpp
INGOT_LEVEL_TABLES(Condense, kCondense);  // condense_level.cpp

static int place(DType dtype) {
  return dtype == DType::Float32 ? 0 : dtype == DType::Float64 ? 1 : dtype == DType::Complex64 ? 2 : 3;
}

const Small& small(cpu::Level level, DType dtype) { return INGOT_TABLE_OF(kSmall, level).of[place(dtype)]; }
const Dense& dense(cpu::Level level, DType dtype) { return INGOT_TABLE_OF(kDense, level).of[place(dtype)]; }
const Condense& condense(cpu::Level level) { return INGOT_TABLE_OF(kCondense, level); }

}  // namespace ingot::prebuilt
