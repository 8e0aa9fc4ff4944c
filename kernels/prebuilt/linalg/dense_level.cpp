// The steps of dense.h for one CPU level. Panels are halved until columns are few, so that nearly all of the work is
// Eigen's matrix product.
#include "kernels/prebuilt/linalg/dense.h"

#include "kernels/prebuilt/linalg/eigen.h"
// Eigen's headers follow its name.
#include <Eigen/Core>
#include <type_traits>

#include "kernels/prebuilt/linalg/product.h"
#include "kernels/prebuilt/linalg/scalar.h"

namespace ingot::prebuilt {
namespace {

constexpr Size kFewColumns = 8, kFewRows = 24;

template <class R, bool IsComplex>
struct Steps {
  using S = std::conditional_t<IsComplex, Complex<R>, R>;
  using Number = std::conditional_t<IsComplex, std::complex<R>, R>;
  using Matrix = Eigen::Map<Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>, 0, Eigen::OuterStride<>>;
  using ConstMatrix = Eigen::Map<const Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>, 0, Eigen::OuterStride<>>;

  static Matrix map(S* a, Size ld, Size m, Size n) {
    return {reinterpret_cast<Number*>(a), m, n, Eigen::OuterStride<>(ld)};
  }
  static ConstMatrix map(const S* a, Size ld, Size m, Size n) {
    return {reinterpret_cast<const Number*>(a), m, n, Eigen::OuterStride<>(ld)};
  }

  static void multiply(double alpha, const void* a, Size lda, const void* b, Size ldb, void* c, Size ldc, Size m,
                       Size n, Size k) {
    map(static_cast<S*>(c), ldc, m, n).noalias() +=
        Number(R(alpha)) * (map(static_cast<const S*>(a), lda, m, k) * map(static_cast<const S*>(b), ldb, k, n));
  }
  static void subtract_product(const S* a, Size lda, const S* b, Size ldb, S* c, Size ldc, Size m, Size n, Size k) {
    multiply(-1, a, lda, b, ldb, c, ldc, m, n, k);
  }

  static void transpose(const void* from, Size lda, void* to, Size ldb, Size m, Size n) {
    constexpr Size tile = 16;
    const S* const a = static_cast<const S*>(from);
    S* const b = static_cast<S*>(to);
    for (Size i0 = 0; i0 < m; i0 += tile)
      for (Size j0 = 0; j0 < n; j0 += tile)
        for (Size j = j0; j < n && j < j0 + tile; ++j)
          for (Size i = i0; i < m && i < i0 + tile; ++i) b[j * ldb + i] = a[i * lda + j];
  }

  static void exchange(void* matrix, Size ld, Size k, Size width, const Size* exchanges, Size columns) {
    for (Size j = 0; j < columns; ++j) {
      S* const column = static_cast<S*>(matrix) + j * ld;
      for (Size i = k; i < k + width; ++i) {
        const S old = column[i];
        column[i] = column[exchanges[i]];
        column[exchanges[i]] = old;
      }
    }
  }

  static bool lu_panel(void* matrix, Size ld, Size m, Size k, Size width, Size* exchanges) {
    S* const a = static_cast<S*>(matrix);
    if (width > kFewColumns) {
      const Size left = width / 2, right = width - left;
      bool regular = lu_panel(a, ld, m, k, left, exchanges);
      lu_stripe(a, ld, m, k, left, exchanges, k + left, k + width);
      regular &= lu_panel(a, ld, m, k + left, right, exchanges);
      exchange(a + k * ld, ld, k + left, right, exchanges, left);
      return regular;
    }
    bool regular = true;
    for (Size j = k; j < k + width; ++j) {
      S* const column = a + j * ld;
      Size at = j;
      R best = size_of(column[j]);
      for (Size i = j + 1; i < m; ++i) {
        const R size = size_of(column[i]);
        if (size > best || size != size) {
          best = size;
          at = i;
        }
      }
      exchanges[j] = at;
      exchange(a + k * ld, ld, j, 1, exchanges, width);
      if (best == 0) {
        regular = false;
        continue;
      }
      const S pivot = column[j];
      for (Size i = j + 1; i < m; ++i) column[i] = divide(column[i], pivot);
      for (Size c = j + 1; c < k + width; ++c) {
        S* const other = a + c * ld;
        const S factor = other[j];
        for (Size i = j + 1; i < m; ++i) other[i] -= column[i] * factor;
      }
    }
    return regular;
  }
  static void lu_stripe(void* matrix, Size ld, Size m, Size k, Size width, const Size* exchanges, Size first,
                        Size last) {
    S* const a = static_cast<S*>(matrix);
    const Size below = k + width;
    exchange(a + first * ld, ld, k, width, exchanges, last - first);
    substitute(a + k * ld + k, ld, width, true, true, a + first * ld + k, ld, last - first);
    subtract_product(a + k * ld + below, ld, a + first * ld + k, ld, a + first * ld + below, ld, m - below,
                     last - first, width);
  }

  static void substitute(const void* triangle, Size ldt, Size n, bool lower, bool unit, void* sides, Size ldb,
                         Size columns) {
    const S* const t = static_cast<const S*>(triangle);
    S* const b = static_cast<S*>(sides);
    if (n > kFewRows) {
      const Size top = n / 2, bottom = n - top;
      if (lower) {
        substitute(t, ldt, top, true, unit, b, ldb, columns);
        subtract_product(t + top, ldt, b, ldb, b + top, ldb, bottom, columns, top);
        substitute(t + top * ldt + top, ldt, bottom, true, unit, b + top, ldb, columns);
      } else {
        substitute(t + top * ldt + top, ldt, bottom, false, unit, b + top, ldb, columns);
        subtract_product(t + top * ldt, ldt, b + top, ldb, b, ldb, top, columns, bottom);
        substitute(t, ldt, top, false, unit, b, ldb, columns);
      }
      return;
    }
    for (Size j = 0; j < columns; ++j) {
      S* const x = b + j * ldb;
      for (Size step = 0; step < n; ++step) {
        const Size i = lower ? step : n - 1 - step;
        if (!unit) x[i] = divide(x[i], t[i * ldt + i]);
        const S factor = x[i];
        for (Size r = lower ? i + 1 : 0; r < (lower ? n : i); ++r) x[r] -= t[i * ldt + r] * factor;
      }
    }
  }

  static bool cholesky_panel(void* matrix, Size ld, Size n, Size k, Size width) {
    S* const a = static_cast<S*>(matrix);
    if (width > kFewColumns) {
      const Size left = width / 2;
      if (!cholesky_panel(a, ld, n, k, left)) return false;
      cholesky_stripe(a, ld, n, k, left, k + left, k + width);
      return cholesky_panel(a, ld, n, k + left, width - left);
    }
    for (Size j = k; j < k + width; ++j) {
      S* const column = a + j * ld;
      const R pivot = real(column[j]);
      if (!(pivot > 0)) return false;
      const R diagonal = root(pivot);
      column[j] = from_real<S>(diagonal);
      for (Size i = j + 1; i < n; ++i) column[i] = over(column[i], diagonal);
      for (Size c = j + 1; c < k + width; ++c) {
        S* const other = a + c * ld;
        const S factor = conj(column[c]);
        for (Size i = c; i < n; ++i) other[i] -= column[i] * factor;
      }
    }
    return true;
  }
  static void cholesky_stripe(void* matrix, Size ld, Size n, Size k, Size width, Size first, Size last) {
    S* const a = static_cast<S*>(matrix);
    map(a + first * ld + first, ld, n - first, last - first).noalias() -=
        map(a + k * ld + first, ld, n - first, width) * map(a + k * ld + first, ld, last - first, width).adjoint();
  }
  static S over(S x, R y) {
    if constexpr (IsComplex)
      return {x.re / y, x.im / y};
    else
      return x / y;
  }

  static void qr_panel(void* matrix, Size ld, Size m, Size k, Size width, void* vectors, void* triangle) {
    S *const a = static_cast<S*>(matrix) + k * ld + k, *const v = static_cast<S*>(vectors),
             *const t = static_cast<S*>(triangle);
    const Size rows = m - k;
    for (Size j = 0; j < width; ++j) {
      S *const column = a + j * ld, *const own = v + j * rows;
      R below = 0;
      for (Size i = j + 1; i < rows; ++i) below += square_of(column[i]);
      const S alpha = column[j];
      const bool none = below == 0 && imag(alpha) == 0;
      const R norm = root(below + square_of(alpha)), beta = real(alpha) < 0 ? norm : -norm;
      const S tau = none ? zero<S>() : from_parts<S>((beta - real(alpha)) / beta, -imag(alpha) / beta);
      const S divisor = alpha - from_real<S>(beta);
      for (Size i = 0; i < j; ++i) own[i] = zero<S>();
      own[j] = from_real<S>(1);
      for (Size i = j + 1; i < rows; ++i) {
        own[i] = none ? zero<S>() : divide(column[i], divisor);
        column[i] = zero<S>();
      }
      if (!none) column[j] = from_real<S>(beta);
      for (Size c = j + 1; c < width; ++c) {
        S* const other = a + c * ld;
        const S sum = conj(tau) * dot(own + j, other + j, rows - j);
        for (Size i = j; i < rows; ++i) other[i] -= own[i] * sum;
      }
      // Column j of t: tau, and above it -tau t v^H own.
      for (Size i = 0; i < width; ++i) t[j * width + i] = i == j ? tau : zero<S>();
      for (Size i = 0; i < j; ++i) {
        const S along = -(tau * dot(v + i * rows + j, own + j, rows - j));
        for (Size r = 0; r <= i; ++r) t[j * width + r] += t[i * width + r] * along;
      }
    }
  }
  // conj(x) y, in as many sums as vectors hide the latency of an addition with.
  static S dot(const S* x, const S* y, Size n) {
    constexpr Size sums = IsComplex ? 8 : 64 / sizeof(R) * 4;
    S sum[sums];
    for (S& s : sum) s = zero<S>();
    Size i = 0;
    for (; i + sums <= n; i += sums)
      for (Size s = 0; s < sums; ++s) sum[s] += inner(x[i + s], y[i + s]);
    S rest = zero<S>();
    for (; i < n; ++i) rest += inner(x[i], y[i]);
    for (Size s = 0; s < sums; ++s) rest += sum[s];
    return rest;
  }
  static void qr_stripe(const void* vectors, Size rows, Size width, const void* triangle, bool adjoint, void* c,
                        Size ldc, Size columns, void* room) {
    const ConstMatrix v = map(static_cast<const S*>(vectors), rows, rows, width);
    const S* const t = static_cast<const S*>(triangle);
    S *const sums = static_cast<S*>(room), *const turned = sums + width * columns;
    Matrix w = map(sums, width, width, columns), stripe = map(static_cast<S*>(c), ldc, rows, columns);
    w.setZero();
    w.noalias() += v.adjoint() * stripe;
    for (Size j = 0; j < columns; ++j) {
      const S* const from = sums + j * width;
      S* const to = turned + j * width;
      for (Size i = 0; i < width; ++i) to[i] = zero<S>();
      for (Size k = 0; k < width; ++k) {
        if (adjoint)
          to[k] = dot(t + k * width, from, k + 1);
        else
          for (Size i = 0; i <= k; ++i) to[i] += t[k * width + i] * from[k];
      }
    }
    subtract_product(static_cast<const S*>(vectors), rows, turned, width, static_cast<S*>(c), ldc, rows, columns,
                     width);
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
    return {multiply,       transpose,       lu_panel, lu_stripe, exchange, substitute,
            cholesky_panel, cholesky_stripe, qr_panel, qr_stripe, product};
  }
};

constexpr DenseTable make_table() {
  return {{Steps<float, false>::table(), Steps<double, false>::table(), Steps<float, true>::table(),
           Steps<double, true>::table()}};
}

}  // namespace

extern const DenseTable INGOT_JOIN(kDense, INGOT_CPU_LEVEL);
constinit const DenseTable INGOT_JOIN(kDense, INGOT_CPU_LEVEL) = make_table();

}  // namespace ingot::prebuilt
