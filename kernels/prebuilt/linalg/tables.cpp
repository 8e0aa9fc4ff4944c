#include "kernels/prebuilt/linalg/dense.h"
#include "kernels/prebuilt/linalg/small.h"

namespace ingot::prebuilt {

// Each is defined by a source that is compiled for its level.
extern const SmallTable kSmallBaseline;
extern const DenseTable kDenseBaseline;
#ifdef __x86_64__
extern const SmallTable kSmallV3, kSmallV4;
extern const DenseTable kDenseV3, kDenseV4;
#endif

namespace {

template <class Table>
const Table& of_level([[maybe_unused]] cpu::Level level, const Table& baseline, [[maybe_unused]] const Table& v3,
                      [[maybe_unused]] const Table& v4) {
#ifdef __x86_64__
  if (level == cpu::Level::V3) return v3;
  if (level == cpu::Level::V4) return v4;
#endif
  return baseline;
}

int place(DType dtype) {
  return dtype == DType::Float32 ? 0 : dtype == DType::Float64 ? 1 : dtype == DType::Complex64 ? 2 : 3;
}

}  // namespace

#ifdef __x86_64__
#define INGOT_TABLE(name) of_level(level, name##Baseline, name##V3, name##V4)
#else
#define INGOT_TABLE(name) of_level(level, name##Baseline, name##Baseline, name##Baseline)
#endif

const Small& small(cpu::Level level, DType dtype) { return INGOT_TABLE(kSmall).of[place(dtype)]; }
const Dense& dense(cpu::Level level, DType dtype) { return INGOT_TABLE(kDense).of[place(dtype)]; }

}  // namespace ingot::prebuilt
