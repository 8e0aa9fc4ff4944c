// Factorisations of many matrices of at most 16 rows and columns: a lane each, eight float64 or sixteen float32
// matrices at once. Which lanes a matrix has for neighbours changes nothing, nor does the CPU level.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"
#include "kernels/cpu/support.h"

namespace ingot::prebuilt {

inline constexpr std::int64_t kSmall = 16;  // rows and columns

/// Some matrices in C order, one after another. Null: identities.
struct Matrices {
  const void* data;
  std::int64_t distance;  // from one to the next, in reals
};
struct MatricesOut {
  void* data;
  std::int64_t distance;
};

/// The loops for one dtype. `count` is at most `width`; `room` has kRoom bytes, aligned to 64. Those that may fail give
/// the first matrix that did, or -1.
struct Small {
  static constexpr std::size_t kRoom = std::size_t{6} * kSmall * kSmall * 128;

  int width;
  /// To m reals, the row of `a` that became row i, and the factors in m x n.
  void (*lu)(Matrices a, std::int64_t count, std::int64_t m, std::int64_t n, MatricesOut out, void* room);
  /// To the determinant's mantissa, between 1/2 and 1 in size, or 0, and the exponent, a real.
  void (*det)(Matrices a, std::int64_t count, std::int64_t n, MatricesOut out, void* room);
  std::int64_t (*solve)(Matrices a, Matrices b, std::int64_t count, std::int64_t n, std::int64_t k, MatricesOut x,
                        void* room);
  std::int64_t (*solve_triangular)(Matrices a, Matrices b, std::int64_t count, std::int64_t n, std::int64_t k,
                                   bool lower, bool unit, MatricesOut x, void* room);
  std::int64_t (*cholesky)(Matrices a, std::int64_t count, std::int64_t n, bool upper, MatricesOut out, void* room);
  /// To q, m x columns, and r, columns x n.
  void (*qr)(Matrices a, std::int64_t count, std::int64_t m, std::int64_t n, std::int64_t columns, MatricesOut out,
             void* room);
  /// To n values, reals, ascending, and the vectors, n x n, unless they are not wanted.
  std::int64_t (*eigh)(Matrices a, std::int64_t count, std::int64_t n, bool upper, bool vectors, MatricesOut out,
                       void* room);
  /// To min(m, n) values, reals, descending; then u, m x columns, and vh, rows x n, with `full` m columns and n rows,
  /// otherwise min(m, n), unless they are not wanted.
  std::int64_t (*svd)(Matrices a, std::int64_t count, std::int64_t m, std::int64_t n, bool vectors, bool full,
                      MatricesOut out, void* room);
};

struct SmallTable {
  Small of[4];  // Float32, Float64, Complex64, Complex128
};

const Small& small(cpu::Level level, DType dtype);

}  // namespace ingot::prebuilt
