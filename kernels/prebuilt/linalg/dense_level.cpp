// The steps of dense.h for one CPU level. Panels and triangles are halved until few columns are left, so that nearly
// all of the work is a matrix product.
#include "kernels/prebuilt/linalg/dense.h"

#include "kernels/cpu/turn.h"
#include "kernels/prebuilt/gemm.h"
#include "kernels/prebuilt/linalg/product.h"
#include "kernels/prebuilt/linalg/vectors.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

namespace ingot::prebuilt {

extern const GemmTable JOIN(kGemm, INGOT_CPU_LEVEL);

namespace {

constexpr Size kFew = 8;  // columns of a panel, or rows of a triangle, that are not halved any more

template <class R, bool IsComplex>
struct Steps : Vectors<R, IsComplex> {
  using typename Vectors<R, IsComplex>::S;
  using typename Vectors<R, IsComplex>::Vector;
  using Vectors<R, IsComplex>::kParts, Vectors<R, IsComplex>::kLanes, Vectors<R, IsComplex>::dot,
      Vectors<R, IsComplex>::subtract_columns, Vectors<R, IsComplex>::scale_by_inverse, Vectors<R, IsComplex>::reflect;

  static const Gemm& gemm() {
    return JOIN(kGemm, INGOT_CPU_LEVEL).loops[static_cast<int>(sizeof(R) == 4 ? DType::Float32 : DType::Float64)];
  }
  // c = a b or c += a b, of m x n and k terms; b is spread, `ldb` reals from one term to the next.
  static void multiply(const S* a, Size a_row, const R* b, Size ldb, S* c, Size ldc, Size m, Size n, Size k,
                       bool adds) {
    gemm().multiply({a, a_row * kParts, 1, b, ldb, c, ldc * kParts, m, k * kParts, n * kParts, adds});
  }

  static void transpose(const void* from, Size lda, void* to, Size ldb, Size m, Size n) {
    constexpr Size tile = 16;
    const S* const a = static_cast<const S*>(from);
    S* const b = static_cast<S*>(to);
    Size turned_rows = 0, turned_columns = 0;
    if constexpr (!IsComplex) {
      constexpr int side = cpu::kRegisterBytes / sizeof(R);
      turned_rows = m - m % side;
      turned_columns = n - n % side;
      for (Size i = 0; i < turned_rows; i += side) {
        for (Size j = 0; j < turned_columns; j += side) {
          math::vec<R, side> block[side];
#pragma clang loop unroll(full)
          for (int k = 0; k < side; ++k) __builtin_memcpy(&block[k], a + (i + k) * lda + j, sizeof block[k]);
          cpu::turn(block);
#pragma clang loop unroll(full)
          for (int k = 0; k < side; ++k) __builtin_memcpy(b + (j + k) * ldb + i, &block[k], sizeof block[k]);
        }
      }
    }
    const auto one_by_one = [&](Size first, Size last, Size column) {
      for (Size i0 = first; i0 < last; i0 += tile)
        for (Size j0 = column; j0 < n; j0 += tile)
          for (Size j = j0; j < n && j < j0 + tile; ++j)
            for (Size i = i0; i < last && i < i0 + tile; ++i) b[j * ldb + i] = a[i * lda + j];
    };
    one_by_one(0, turned_rows, turned_columns);
    one_by_one(turned_rows, m, 0);
  }

  static void spread(double alpha, bool conjugates, const void* from, Size lda, Size m, Size n, void* to, Size ldb) {
    const R factor = static_cast<R>(alpha);
    for (Size i = 0; i < m; ++i) {
      const S* const a = static_cast<const S*>(from) + i * lda;
      R* const b = static_cast<R*>(to) + i * kParts * ldb;
      if constexpr (IsComplex) {
        const R factor_im = conjugates ? -factor : factor;
        for (Size j = 0; j < n; ++j) {
          const R re = a[j].re * factor, im = a[j].im * factor_im;
          b[2 * j] = re;
          b[2 * j + 1] = im;
          b[ldb + 2 * j] = -im;
          b[ldb + 2 * j + 1] = re;
        }
      } else {
        for (Size j = 0; j < n; ++j) b[j] = a[j] * factor;
      }
    }
  }
  // Real numbers stay where they are.
  static const R* spread_if_complex(const S* a, Size lda, Size m, Size n, R* room, Size* ld) {
    if constexpr (!IsComplex) {
      *ld = lda;
      return a;
    } else {
      *ld = n * kParts;
      spread(1, false, a, lda, m, n, room, *ld);
      return room;
    }
  }

  // The columns of a panel from `first` on take what those from `done` on are to them: columns first to last, of rows
  // `first` on, lose the product of columns done to first and of factors(p, j).
  template <class Factor>
  static void update_panel(S* a, Size ld, Size m, Size done, Size first, Size last, Factor&& factor) {
    constexpr Size rows = 48;  // that are spread at a time
    S left[kPanel / 2 * kPanel / 2];
    const Size terms = first - done, columns = last - first;
    for (Size j = 0; j < columns; ++j)
      for (Size p = 0; p < terms; ++p) left[j * terms + p] = -factor(done + p, first + j);
    if constexpr (!IsComplex) {
      multiply(left, terms, a + done * ld + first, ld, a + first * ld + first, ld, columns, m - first, terms, true);
    } else {
      R room[kPanel / 2 * 2 * rows * 2];
      for (Size i = first; i < m; i += rows) {
        const Size some = m - i < rows ? m - i : rows;
        spread(1, false, a + done * ld + i, ld, terms, some, room, 2 * rows);
        multiply(left, terms, room, 2 * rows, a + first * ld + i, ld, columns, some, terms, true);
      }
    }
  }

  // Of rows [first, m): the largest, and of equal ones the first. NaN is larger than all else.
  static Size pivot_of(const S* column, Size first, Size m) {
    R best = 0;
    Size i = first;
    if constexpr (!IsComplex) {
      Vector most = Vector(0), x;
      for (; i + kLanes <= m; i += kLanes) {
        __builtin_memcpy(&x, column + i, sizeof x);
        x = rank(x);
        most = select(x > most, x, most);
      }
      for (Size lane = 0; lane < kLanes; ++lane) best = most[lane] > best ? most[lane] : best;
    }
    for (; i < m; ++i) {
      const R x = rank(size_of(column[i]));
      best = x > best ? x : best;
    }
    for (i = first; i < m; ++i)
      if (rank(size_of(column[i])) == best) return i;
    return first;
  }
  template <class V>
  static V rank(V x) {
    x = magnitude(x);
    return select(x == x, x, V(__builtin_inf()));
  }

  static bool lu_panel(void* matrix, Size ld, Size m, Size width, Size* exchanges) {
    return lu_columns(static_cast<S*>(matrix), ld, m, 0, width, width, exchanges);
  }
  // Columns first to last of a panel, of which those from `first` on have taken what the earlier ones are to them.
  static bool lu_columns(S* a, Size ld, Size m, Size first, Size last, Size width, Size* exchanges) {
    if (last - first > kFew) {
      const Size middle = first + (last - first) / 2;
      bool regular = lu_columns(a, ld, m, first, middle, width, exchanges);
      for (Size j = middle; j < last; ++j)  // the rows of u
        for (Size p = first; p < middle; ++p) {
          const S factor = -a[j * ld + p];
          for (Size i = p + 1; i < middle; ++i) a[j * ld + i] = fused(a[p * ld + i], factor, a[j * ld + i]);
        }
      update_panel(a, ld, m, first, middle, last, [&](Size p, Size j) { return a[j * ld + p]; });
      regular &= lu_columns(a, ld, m, middle, last, width, exchanges);
      return regular;
    }
    bool regular = true;
    for (Size j = first; j < last; ++j) {
      S* const column = a + j * ld;
      for (Size p = first; p < j; ++p)
        for (Size i = p + 1; i < j; ++i) column[i] = fused(a[p * ld + i], -column[p], column[i]);
      subtract_columns(a + first * ld, ld, column + first, j - first, column, j, m);
      const Size at = pivot_of(column, j, m);
      exchanges[j] = at;
      if (at != j) {
        for (Size c = 0; c < width; ++c) {
          const S old = a[c * ld + j];
          a[c * ld + j] = a[c * ld + at];
          a[c * ld + at] = old;
        }
      }
      if (size_of(column[j]) == 0)
        regular = false;
      else
        scale_by_inverse(column, j + 1, m, column[j]);
    }
    return regular;
  }

  static void exchange(void* matrix, Size ld, Size count, const Size* exchanges, Size columns) {
    for (Size i = 0; i < count; ++i) {
      if (exchanges[i] == i) continue;
      S *const x = static_cast<S*>(matrix) + i * ld, *const y = static_cast<S*>(matrix) + exchanges[i] * ld;
      for (Size j = 0; j < columns; ++j) {
        const S old = x[j];
        x[j] = y[j];
        y[j] = old;
      }
    }
  }

  static void substitute(const void* triangle, Size ldt, Size n, bool lower, bool unit, void* sides, Size ldb,
                         Size columns, void* room) {
    const S* const t = static_cast<const S*>(triangle);
    S* const b = static_cast<S*>(sides);
    if (n > kFew) {
      const Size top = (n / 2 + kFew - 1) / kFew * kFew, bottom = n - top, spread_columns = columns * kParts;
      R* const minus = static_cast<R*>(room);
      if (lower) {
        substitute(t, ldt, top, true, unit, b, ldb, columns, room);
        spread(-1, false, b, ldb, top, columns, minus, spread_columns);
        multiply(t + top * ldt, ldt, minus, spread_columns, b + top * ldb, ldb, bottom, columns, top, true);
        substitute(t + top * ldt + top, ldt, bottom, true, unit, b + top * ldb, ldb, columns, room);
      } else {
        substitute(t + top * ldt + top, ldt, bottom, false, unit, b + top * ldb, ldb, columns, room);
        spread(-1, false, b + top * ldb, ldb, bottom, columns, minus, spread_columns);
        multiply(t + top, ldt, minus, spread_columns, b, ldb, top, columns, bottom, true);
        substitute(t, ldt, top, false, unit, b, ldb, columns, room);
      }
      return;
    }
    for (Size step = 0; step < n; ++step) {
      const Size i = lower ? step : n - 1 - step;
      S* const x = b + i * ldb;
      if (!unit)
        for (Size j = 0; j < columns; ++j) x[j] = divide(x[j], t[i * ldt + i]);
      for (Size r = lower ? i + 1 : 0; r < (lower ? n : i); ++r) {
        const S factor = -t[r * ldt + i];
        S* const row = b + r * ldb;
        for (Size j = 0; j < columns; ++j) row[j] = fused(x[j], factor, row[j]);
      }
    }
  }

  static bool cholesky_panel(void* matrix, Size ld, Size m, Size width) {
    return cholesky_columns(static_cast<S*>(matrix), ld, m, 0, width);
  }
  static bool cholesky_columns(S* a, Size ld, Size m, Size first, Size last) {
    if (last - first > kFew) {
      const Size middle = first + (last - first) / 2;
      if (!cholesky_columns(a, ld, m, first, middle)) return false;
      update_panel(a, ld, m, first, middle, last, [&](Size p, Size j) { return conj(a[p * ld + j]); });
      return cholesky_columns(a, ld, m, middle, last);
    }
    for (Size j = first; j < last; ++j) {
      S* const column = a + j * ld;
      S factors[kFew];
      for (Size p = first; p < j; ++p) factors[p - first] = conj(a[p * ld + j]);
      subtract_columns(a + first * ld, ld, factors, j - first, column, j, m);
      const R pivot = real(column[j]);
      if (!(pivot > 0)) return false;
      const R diagonal = root(pivot);
      column[j] = from_real<S>(diagonal);
      for (Size i = j + 1; i < m; ++i) column[i] = over(column[i], diagonal);
    }
    return true;
  }
  static S over(S x, R y) {
    if constexpr (IsComplex)
      return {x.re / y, x.im / y};
    else
      return x / y;
  }

  // The reflectors are left in `adjoint`, a row each, until all are known.
  static void qr_panel(void* matrix, Size ld, const Reflectors& to) {
    const Size rows = to.rows, width = to.width;
    S *const a = static_cast<S*>(matrix), *const own_rows = static_cast<S*>(to.adjoint);
    S taus[kPanel];
    for (Size j = 0; j < width; ++j) {
      S *const column = a + j * ld, *const own = own_rows + j * rows;
      for (Size i = 0; i < j; ++i) own[i] = zero<S>();
      column[j] = reflect(column + j, rows - j, own + j, taus + j);
      for (Size i = j + 1; i < rows; ++i) column[i] = zero<S>();
      for (Size c = j + 1; c < width; ++c) {
        S* const other = a + c * ld;
        const S sum = conj(taus[j]) * dot(own + j, other + j, rows - j);
        for (Size i = j; i < rows; ++i) other[i] = fused(own[i], -sum, other[i]);
      }
    }
    tie(to, taus);
  }
  // Column j of t: tau, and above it -tau t v^H v_j.
  static void tie(const Reflectors& to, const void* factors) {
    const Size rows = to.rows, width = to.width;
    const S* const taus = static_cast<const S*>(factors);
    S* const own_rows = static_cast<S*>(to.adjoint);
    transpose(own_rows, rows, to.v, width, width, rows);
    if constexpr (IsComplex)
      for (Size i = 0; i < width * rows; ++i) own_rows[i] = conj(own_rows[i]);
    S *const t = static_cast<S*>(to.minus_t), *const th = static_cast<S*>(to.minus_th);
    for (Size j = 0; j < width; ++j) {
      for (Size i = 0; i < width; ++i) t[i * width + j] = i == j ? -taus[j] : zero<S>();
      for (Size p = 0; p < j; ++p) {
        const S *const x = static_cast<const S*>(to.adjoint) + p * to.rows, *const y = x + (j - p) * to.rows;
        const S along = -(taus[j] * conj(dot(x + j, y + j, to.rows - j)));
        for (Size i = 0; i <= p; ++i) t[i * width + j] = fused(t[i * width + p], along, t[i * width + j]);
      }
    }
    for (Size i = 0; i < width; ++i)
      for (Size j = 0; j < width; ++j) th[i * width + j] = conj(t[j * width + i]);
  }
  static void qr_stripe(const Reflectors& by, bool adjoint, void* matrix, Size ldc, Size columns, void* room) {
    const Size rows = by.rows, width = by.width, spread_columns = columns * kParts;
    S* const c = static_cast<S*>(matrix);
    S *const sums = static_cast<S*>(room), *const turned = sums + width * columns;
    R* const rest = reinterpret_cast<R*>(turned + width * columns);
    Size ld;
    const R* b = spread_if_complex(c, ldc, rows, columns, rest, &ld);
    multiply(static_cast<const S*>(by.adjoint), rows, b, ld, sums, columns, width, columns, rows, false);
    b = spread_if_complex(sums, columns, width, columns, rest, &ld);
    multiply(static_cast<const S*>(adjoint ? by.minus_th : by.minus_t), width, b, spread_columns, turned, columns,
             width, columns, width, false);
    b = spread_if_complex(turned, columns, width, columns, rest, &ld);
    multiply(static_cast<const S*>(by.v), width, b, spread_columns, c, ldc, rows, columns, width, true);
  }

  static void product(const void* factors, Size step, Size n, double sign, void* out) {
    ScaledProduct<R> product{static_cast<R>(sign)};
    for (Size i = 0; i < n; ++i) {
      const S x = static_cast<const S*>(factors)[i * step];
      product.multiply(real(x), imag(x));
    }
    product.store(static_cast<R*>(out), IsComplex);
  }

  static constexpr Dense table() {
    return {transpose, spread, lu_panel, exchange, substitute, cholesky_panel, qr_panel, tie, qr_stripe, product};
  }
};

constexpr DenseTable make_table() {
  return {{Steps<float, false>::table(), Steps<double, false>::table(), Steps<float, true>::table(),
           Steps<double, true>::table()}};
}

}  // namespace

extern const DenseTable JOIN(kDense, INGOT_CPU_LEVEL);
constinit const DenseTable JOIN(kDense, INGOT_CPU_LEVEL) = make_table();

}  // namespace ingot::prebuilt
