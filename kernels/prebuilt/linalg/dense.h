// The steps of factorisations of larger matrices: of panels, columns that are factored together, and of stripes,
// columns that follow them, of which threads take one each. Matrices are in Fortran order here, `ld` elements from one
// column to the next, as a panel's columns are what is gone through.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"
#include "kernels/cpu/support.h"

namespace ingot::prebuilt {

struct Dense {
  /// c += alpha * a * b, of m x k and k x n.
  void (*multiply)(double alpha, const void* a, std::int64_t lda, const void* b, std::int64_t ldb, void* c,
                   std::int64_t ldc, std::int64_t m, std::int64_t n, std::int64_t k);
  /// b[j * ldb + i] = a[i * lda + j], for i < m and j < n.
  void (*transpose)(const void* a, std::int64_t lda, void* b, std::int64_t ldb, std::int64_t m, std::int64_t n);

  /// Columns k to k + width of m rows, of which those above k are done: below them, l and u. exchanges[i] gets the row
  /// that row i was exchanged with. False if a pivot is 0.
  bool (*lu_panel)(void* a, std::int64_t ld, std::int64_t m, std::int64_t k, std::int64_t width,
                   std::int64_t* exchanges);
  /// Columns first to last of the same matrix, for a panel.
  void (*lu_stripe)(void* a, std::int64_t ld, std::int64_t m, std::int64_t k, std::int64_t width,
                    const std::int64_t* exchanges, std::int64_t first, std::int64_t last);
  /// Exchanges rows k to k + width of columns.
  void (*exchange)(void* a, std::int64_t ld, std::int64_t k, std::int64_t width, const std::int64_t* exchanges,
                   std::int64_t columns);

  /// b := inverse(t) b, t the lower or upper triangle of n x n, b n x columns.
  void (*substitute)(const void* t, std::int64_t ldt, std::int64_t n, bool lower, bool unit, void* b, std::int64_t ldb,
                     std::int64_t columns);

  /// Of the lower triangle of n x n. False if it is not positive definite.
  bool (*cholesky_panel)(void* a, std::int64_t ld, std::int64_t n, std::int64_t k, std::int64_t width);
  void (*cholesky_stripe)(void* a, std::int64_t ld, std::int64_t n, std::int64_t k, std::int64_t width,
                          std::int64_t first, std::int64_t last);

  /// Columns k to k + width of m x n become r; their reflectors go to v, (m - k) x width, and the triangle that makes
  /// I - v t v^H of them to t, width x width.
  void (*qr_panel)(void* a, std::int64_t ld, std::int64_t m, std::int64_t k, std::int64_t width, void* v, void* t);
  /// c := (I - v t v^H) c, or with its adjoint; c has `rows` rows, as v. `room` is for 2 * width x columns.
  void (*qr_stripe)(const void* v, std::int64_t rows, std::int64_t width, const void* t, bool adjoint, void* c,
                    std::int64_t ldc, std::int64_t columns, void* room);

  /// As small.h has it, of n numbers, `step` elements from one to the next, and a sign.
  void (*product)(const void* factors, std::int64_t step, std::int64_t n, double sign, void* out);
};

struct DenseTable {
  Dense of[4];  // Float32, Float64, Complex64, Complex128
};

const Dense& dense(cpu::Level level, DType dtype);

/// The widest panel.
inline constexpr std::int64_t kPanel = 64, kQrPanel = 32;

}  // namespace ingot::prebuilt
