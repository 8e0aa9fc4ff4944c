// The steps of factorisations of larger matrices. Matrices are in C order, `ld` elements from one row to the next, so
// that rows are exchanged, and what follows a panel is taken, by vectors of columns. A panel, some columns that are
// factored together, is turned into Fortran order first, where its columns are what is gone through. Nearly all of the
// work is the product of kernels/prebuilt/gemm.h, and every sum has an order of its own, so that a factor has the same
// bits at every CPU level and for any number of threads.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"
#include "kernels/cpu/support.h"

namespace ingot::prebuilt {

/// Of a panel I - v t v^H: v has `rows` rows and `width` columns.
struct Reflectors {
  std::int64_t rows, width;
  void *v, *adjoint;         // in C order both: rows x width, and v^H
  void *minus_t, *minus_th;  // -t and -t^H, width x width
};

struct Dense {
  /// b[j * ldb + i] = a[i * lda + j], for i < m and j < n.
  void (*transpose)(const void* a, std::int64_t lda, void* b, std::int64_t ldb, std::int64_t m, std::int64_t n);
  /// alpha times m x n numbers, or their conjugates, as real ones that a product takes on its right: of a complex
  /// number the rows (re, im) and (-im, re), since what is left of them is interleaved. `ldb` is in reals.
  void (*spread)(double alpha, bool conjugates, const void* a, std::int64_t lda, std::int64_t m, std::int64_t n,
                 void* b, std::int64_t ldb);

  /// Of a panel, m rows, in Fortran order: below the diagonal l, above it u. exchanges[i] gets the row that row i was
  /// exchanged with. False if a pivot is 0.
  bool (*lu_panel)(void* a, std::int64_t ld, std::int64_t m, std::int64_t width, std::int64_t* exchanges);
  /// Exchanges the first `count` rows of `columns` columns with those.
  void (*exchange)(void* a, std::int64_t ld, std::int64_t count, const std::int64_t* exchanges, std::int64_t columns);
  /// b := inverse(t) b, t the lower or upper triangle of n x n, b n x columns. `room` is for n x columns numbers that
  /// are spread.
  void (*substitute)(const void* t, std::int64_t ldt, std::int64_t n, bool lower, bool unit, void* b, std::int64_t ldb,
                     std::int64_t columns, void* room);

  /// Of a panel, m rows, in Fortran order. False if its triangle is not positive definite.
  bool (*cholesky_panel)(void* a, std::int64_t ld, std::int64_t m, std::int64_t width);

  /// A panel in Fortran order becomes r.
  void (*qr_panel)(void* a, std::int64_t ld, const Reflectors& to);
  /// Of reflectors I - tau v v^H, whose v are the rows of `adjoint`, the j-th from its element j on, makes the rest.
  void (*tie)(const Reflectors& of, const void* taus);
  /// c := (I - v t v^H) c, or with its adjoint. `room` is for rows + 2 * width numbers a column that are spread.
  void (*qr_stripe)(const Reflectors& by, bool adjoint, void* c, std::int64_t ldc, std::int64_t columns, void* room);

  /// As small.h has it, of n numbers, `step` elements from one to the next, and a sign.
  void (*product)(const void* factors, std::int64_t step, std::int64_t n, double sign, void* out);
};

struct DenseTable {
  Dense of[4];  // Float32, Float64, Complex64, Complex128
};

const Dense& dense(cpu::Level level, DType dtype);

/// The widest panel.
inline constexpr std::int64_t kPanel = 64;

}  // namespace ingot::prebuilt
