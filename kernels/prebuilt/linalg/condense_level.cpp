// The steps of condense.h for one CPU level.
#include "kernels/prebuilt/linalg/condense.h"

#include "kernels/cpu/lanes.h"
#include "kernels/prebuilt/linalg/vectors.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

namespace ingot::prebuilt {
namespace {

using cpu::load;
using cpu::store;
using Numbers = Vectors<double, false>;
using Eight = Lanes<double>;
static_assert(sizeof(Eight) == kSquare * sizeof(double));

void dots(const double* columns, Size ld, Size count, const double* x, Size n, double* out) {
  for (Size p = 0; p < count; ++p) out[p] = Numbers::dot(columns + p * ld, x, n);
}

void subtract(const double* columns, Size ld, const double* factors, Size count, double* x, Size n) {
  Numbers::subtract_columns(columns, ld, factors, count, x, 0, n);
}

INGOT_INLINE double sum_of(Eight x) {
  const auto four = __builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7);
  const auto two = __builtin_shufflevector(four, four, 0, 1) + __builtin_shufflevector(four, four, 2, 3);
  return two[0] + two[1];
}

// Four rows at a time: each element is read once for both of its places.
void symmetric_product(const double* a, Size lda, Size begin, Size first, Size last, const double* x, double* y) {
  constexpr Size rows = 4;
  for (Size i = first; i < last; i += rows) {
    const Size square = i - i % kSquare;
    const double* const row = a + i * lda;
    Eight sums[rows], factors[rows];
#pragma clang loop unroll(full)
    for (Size r = 0; r < rows; ++r) {
      sums[r] = load<Eight>(row + r * lda + square) * load<Eight>(x + square);
      factors[r] = Eight(x[i + r]);
    }
    for (Size j = begin; j < square; j += kSquare) {
      const Eight along = load<Eight>(x + j);
      Eight down = load<Eight>(y + j);
#pragma clang loop unroll(full)
      for (Size r = 0; r < rows; ++r) {
        const Eight element = load<Eight>(row + r * lda + j);
        sums[r] = fused(element, along, sums[r]);
        down = fused(element, factors[r], down);
      }
      store(y + j, down);
    }
#pragma clang loop unroll(full)
    for (Size r = 0; r < rows; ++r) y[i + r] += sum_of(sums[r]);
  }
}

using Register = double __attribute__((ext_vector_type(cpu::kRegisterBytes / sizeof(double))));
constexpr Size kLanes = cpu::kRegisterBytes / sizeof(double);
constexpr Size kAbreast =
    cpu::kRegisterBytes == 64 ? 4 : 2;  // registers: as many as there are for kSweepsTogether rows

// Row t + 1 meets the first sweep, then, a row behind, the next: each sweep carries a row along in registers.
struct Wave {
  double* row;  // where the sweeps begin
  Size step, count;
  const double* rotations;
  Register carried[kSweepsTogether][kAbreast], passing[kAbreast];

  INGOT_INLINE void load_row(Size i, Register (&to)[kAbreast]) const {
#pragma clang loop unroll(full)
    for (Size v = 0; v < kAbreast; ++v) to[v] = load<Register>(row + i * step + v * kLanes);
  }
  INGOT_INLINE void store_row(Size i) const {
#pragma clang loop unroll(full)
    for (Size v = 0; v < kAbreast; ++v) store(row + i * step + v * kLanes, passing[v]);
  }
  INGOT_INLINE void turn(Size sweep, Size rotation) {
    const double* const by = rotations + rotation * SweepBuffer::kNext + 2 * sweep;
    const Register c = Register(by[0]), s = Register(by[1]);
#pragma clang loop unroll(full)
    for (Size v = 0; v < kAbreast; ++v) {
      const Register x = carried[sweep][v], y = passing[v];
      passing[v] = fused(s, y, c * x);
      carried[sweep][v] = fused(-s, x, c * y);
    }
  }
  // At both ends, where some of the sweeps have not begun or are done.
  INGOT_INLINE void step_at_end(Size t) {
    if (t < count) load_row(t + 1, passing);
#pragma clang loop unroll(full)
    for (Size k = 0; k < kSweepsTogether; ++k) {
      if (t - k == count)
        for (Size v = 0; v < kAbreast; ++v) passing[v] = carried[k][v];
      if (t - k >= 0 && t - k < count) turn(k, t - k);
      if (t - k == -1)
        for (Size v = 0; v < kAbreast; ++v) carried[k][v] = passing[v];
    }
    if (t >= kSweepsTogether - 1) store_row(t - (kSweepsTogether - 1));
  }
  INGOT_INLINE void run() {
    load_row(0, carried[0]);
    Size t = 0;
    for (; t < kSweepsTogether - 1; ++t) step_at_end(t);
    for (; t < count; ++t) {
      load_row(t + 1, passing);
#pragma clang loop unroll(full)
      for (Size k = 0; k < kSweepsTogether; ++k) turn(k, t - k);
      store_row(t - (kSweepsTogether - 1));
    }
    for (; t < count + kSweepsTogether; ++t) step_at_end(t);
  }
};

void rotate(const Sweeps* list, Size count, double* slice) {
  for (const Sweeps* sweeps = list; sweeps != list + count; ++sweeps) {
    double* const row = slice + (sweeps->ascending ? sweeps->first : sweeps->first + sweeps->count) * kSlice;
    for (Size column = 0; column < kSlice; column += kAbreast * kLanes) {
      Wave wave{row + column, sweeps->ascending ? kSlice : -kSlice, sweeps->count, sweeps->rotations, {}, {}};
      wave.run();
    }
  }
}

}  // namespace

extern const Condense JOIN(kCondense, INGOT_CPU_LEVEL);
constinit const Condense JOIN(kCondense, INGOT_CPU_LEVEL) = {Numbers::reflect, dots, subtract, symmetric_product,
                                                             rotate};

}  // namespace ingot::prebuilt
