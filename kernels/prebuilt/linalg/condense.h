// Steps by which one larger real matrix is brought to tridiagonal or bidiagonal form, and what an iteration on that
// form does to vectors. In float64; every sum has an order of its own, so that the bits are the same at every CPU
// level.
#pragma once

#include <cstdint>

#include "kernels/cpu/support.h"
#include "kernels/prebuilt/linalg/sweeps.h"

namespace ingot::prebuilt {

/// Rows and columns of what symmetric_product goes over: it wants whole vectors.
inline constexpr std::int64_t kSquare = 8;
/// Columns of a slice of vectors that rotations are applied to: 512 rows of it are a sixteenth of a second-level cache.
inline constexpr std::int64_t kSlice = 32;

struct Condense {
  /// Makes (beta, 0, ...) of x by I - tau v v^T, where v[0] is 1; gives beta.
  double (*reflect)(const double* x, std::int64_t n, double* v, double* tau);
  /// out[p] = the sum of columns[p * ld + i] x[i].
  void (*dots)(const double* columns, std::int64_t ld, std::int64_t count, const double* x, std::int64_t n,
               double* out);
  /// x -= the sum of factors[p] columns[p].
  void (*subtract)(const double* columns, std::int64_t ld, const double* factors, std::int64_t count, double* x,
                   std::int64_t n);
  /// y += what rows [first, last) of the lower triangle of a, from column `begin` on, and the same columns of the upper
  /// one, are to x. All three are multiples of kSquare; squares of so many on the diagonal are read whole.
  void (*symmetric_product)(const double* a, std::int64_t lda, std::int64_t begin, std::int64_t first,
                            std::int64_t last, const double* x, double* y);
  /// Rotates rows of kSlice numbers.
  void (*rotate)(const Sweeps* list, std::int64_t count, double* slice);
};

const Condense& condense(cpu::Level level);

}  // namespace ingot::prebuilt
