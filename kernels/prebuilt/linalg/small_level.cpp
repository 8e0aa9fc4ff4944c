// The loops of small.h for one CPU level. No step depends on a value of one lane: pivots are brought up by selects.
#include "kernels/prebuilt/linalg/small.h"

#include <type_traits>

#include "kernels/prebuilt/linalg/jacobi.h"
#include "kernels/prebuilt/linalg/product.h"
#include "kernels/prebuilt/linalg/scalar.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

namespace ingot::prebuilt {
namespace {

template <class R, bool IsComplex>
struct Algorithms {
  using V = Lanes<R>;
  using S = std::conditional_t<IsComplex, Complex<V>, V>;
  using Mask = decltype(V{} < V{});
  static constexpr Size kWidth = 64 / sizeof(R), kParts = IsComplex ? 2 : 1;

  // Lanes without a matrix repeat the first one.
  static void load(const R* from, Size distance, Size count, Size elements, S* to) {
    for (Size lane = 0; lane < kWidth; ++lane) {
      const R* const matrix = from + (lane < count ? lane * distance : 0);
      R* const out = reinterpret_cast<R*>(to) + lane;
      for (Size e = 0; e < elements * kParts; ++e) out[e * kWidth] = matrix[e];
    }
  }
  // Element (i, j) to place i * stride + j.
  static void load_block(Matrices from, Size count, Size rows, Size ld, Size first, Size columns, S* to) {
    for (Size i = 0; i < rows; ++i)
      load(static_cast<const R*>(from.data) + (i * ld + first) * kParts, from.distance, count, columns,
           to + i * columns);
  }
  static void store(const S* from, Size elements, Size count, R* to, Size distance) {
    for (Size lane = 0; lane < count; ++lane) {
      const R* const in = reinterpret_cast<const R*>(from) + lane;
      R* const matrix = to + lane * distance;
      for (Size e = 0; e < elements * kParts; ++e) matrix[e] = in[e * kWidth];
    }
  }
  static void store_block(const S* from, Size count, Size rows, Size columns, MatricesOut to, Size ld, Size first) {
    for (Size i = 0; i < rows; ++i)
      store(from + i * columns, columns, count, static_cast<R*>(to.data) + (i * ld + first) * kParts, to.distance);
  }
  static Size first_of(Mask failed, Size count) {
    for (Size lane = 0; lane < count; ++lane)
      if (failed[lane]) return lane;
    return -1;
  }

  // Of m x n, a[i * n + j]. `rows` gets the row that became row i, `sign` what the exchanges make of a determinant;
  // either may be null. The lanes that have no pivot somewhere.
  static Mask factor(S* a, Size m, Size n, V* rows, V* sign) {
    Mask singular = V(0) != V(0);
    if (rows != nullptr)
      for (Size i = 0; i < m; ++i) rows[i] = V(static_cast<R>(i));
    for (Size k = 0; k < (m < n ? m : n); ++k) {
      V best = size_of(a[k * n + k]), at = V(static_cast<R>(k));
      for (Size i = k + 1; i < m; ++i) {
        const V size = size_of(a[i * n + k]);
        const Mask better = (size > best) | (size != size);
        best = select(better, size, best);
        at = select(better, V(static_cast<R>(i)), at);
      }
      for (Size i = k + 1; i < m; ++i) {
        const Mask here = at == V(static_cast<R>(i));
        for (Size j = 0; j < n; ++j) exchange(here, a[k * n + j], a[i * n + j]);
        if (rows != nullptr) exchange(here, rows[k], rows[i]);
      }
      if (sign != nullptr) *sign = select(at == V(static_cast<R>(k)), *sign, -*sign);
      const Mask none = best == V(0);
      singular |= none;
      const S pivot = a[k * n + k];
      for (Size i = k + 1; i < m; ++i) {
        const S factor = select(none, zero<S>(), divide(a[i * n + k], pivot));
        a[i * n + k] = factor;
        for (Size j = k + 1; j < n; ++j) a[i * n + j] -= factor * a[k * n + j];
      }
    }
    return singular;
  }
  static void exchange(Mask here, S& x, S& y) {
    const S old = x;
    x = select(here, y, x);
    y = select(here, old, y);
  }
  static void exchange(Mask here, V& x, V& y)
    requires IsComplex
  {
    const V old = x;
    x = select(here, y, x);
    y = select(here, old, y);
  }

  // b := inverse(t) b, with t the lower or upper triangle of n x n; b is n x k.
  static void substitute(const S* t, Size n, bool lower, bool unit, S* b, Size k) {
    for (Size step = 0; step < n; ++step) {
      const Size i = lower ? step : n - 1 - step;
      if (!unit) {
        const S pivot = t[i * n + i];
        for (Size j = 0; j < k; ++j) b[i * k + j] = divide(b[i * k + j], pivot);
      }
      for (Size r = lower ? i + 1 : 0; r < (lower ? n : i); ++r) {
        const S factor = t[r * n + i];
        for (Size j = 0; j < k; ++j) b[r * k + j] -= factor * b[i * k + j];
      }
    }
  }

  static void lu(Matrices a, Size count, Size m, Size n, MatricesOut out, void* room) {
    V* const rows = static_cast<V*>(room);
    S* const work = reinterpret_cast<S*>(rows + m);
    load_block(a, count, m, n, 0, n, work);
    factor(work, m, n, rows, nullptr);
    store_reals(rows, m, count, out, 0);
    store_block(work, count, m, n, {static_cast<R*>(out.data) + m, out.distance}, n, 0);
  }

  // Scaled step by step, so that no product leaves the range on the way.
  static void det(Matrices a, Size count, Size n, MatricesOut out, void* room) {
    S* const work = static_cast<S*>(room);
    load_block(a, count, n, n, 0, n, work);
    V sign = V(1);
    factor(work, n, n, nullptr, &sign);
    for (Size lane = 0; lane < count; ++lane) {
      R* const to = static_cast<R*>(out.data) + lane * out.distance;
      ScaledProduct<R> product(sign[lane]);
      for (Size i = 0; i < n; ++i) {
        const S& d = work[i * n + i];
        product.multiply(real(d)[lane], imag(d)[lane]);
      }
      product.store(to, IsComplex);
    }
  }

  static Size solve(Matrices a, Matrices b, Size count, Size n, Size k, MatricesOut x, void* room) {
    V* const rows = static_cast<V*>(room);
    S *const work = reinterpret_cast<S*>(rows + n), *const given = work + n * n, *const sides = given + n * kSmall;
    load_block(a, count, n, n, 0, n, work);
    const Size failed = first_of(factor(work, n, n, rows, nullptr), count);
    if (failed >= 0) return failed;
    for (Size first = 0; first < k; first += kSmall) {
      const Size columns = k - first < kSmall ? k - first : kSmall;
      if (b.data != nullptr) load_block(b, count, n, k, first, columns, given);
      for (Size i = 0; i < n; ++i)
        for (Size lane = 0; lane < kWidth; ++lane) {
          const auto row = static_cast<Size>(rows[i][lane]);
          for (Size j = 0; j < columns * kParts; ++j) {
            const Size place = (i * columns * kParts + j) * kWidth + lane;
            reinterpret_cast<R*>(sides)[place] =
                b.data != nullptr ? reinterpret_cast<R*>(given)[(row * columns * kParts + j) * kWidth + lane]
                                  : R(j == (row - first) * kParts);
          }
        }
      substitute(work, n, true, true, sides, columns);
      substitute(work, n, false, false, sides, columns);
      store_block(sides, count, n, columns, x, k, first);
    }
    return -1;
  }

  static Size solve_triangular(Matrices a, Matrices b, Size count, Size n, Size k, bool lower, bool unit, MatricesOut x,
                               void* room) {
    S *const work = static_cast<S*>(room), *const sides = work + n * n;
    load_block(a, count, n, n, 0, n, work);
    Mask singular = V(0) != V(0);
    if (!unit)
      for (Size i = 0; i < n; ++i) singular |= size_of(work[i * n + i]) == V(0);
    const Size failed = first_of(singular, count);
    if (failed >= 0) return failed;
    for (Size first = 0; first < k; first += kSmall) {
      const Size columns = k - first < kSmall ? k - first : kSmall;
      load_block(b, count, n, k, first, columns, sides);
      substitute(work, n, lower, unit, sides, columns);
      store_block(sides, count, n, columns, x, k, first);
    }
    return -1;
  }

  // The lower factor, from the triangle that the result is in, as it stands or adjoint.
  static Size cholesky(Matrices a, Size count, Size n, bool upper, MatricesOut out, void* room) {
    S* const l = static_cast<S*>(room);
    load_block(a, count, n, n, 0, n, l);
    if (upper) adjoin(l, n);
    Mask failed = V(0) != V(0);
    for (Size k = 0; k < n; ++k) {
      V pivot = real(l[k * n + k]);
      for (Size j = 0; j < k; ++j) pivot -= square_of(l[k * n + j]);
      failed |= ~(pivot > V(0));
      pivot = root(pivot);
      l[k * n + k] = from_real<S>(pivot);
      for (Size i = k + 1; i < n; ++i) {
        S sum = l[i * n + k];
        for (Size j = 0; j < k; ++j) sum -= l[i * n + j] * conj(l[k * n + j]);
        l[i * n + k] = over(sum, pivot);
        l[k * n + i] = zero<S>();
      }
    }
    if (const Size lane = first_of(failed, count); lane >= 0) return lane;
    if (upper) adjoin(l, n);
    store_block(l, count, n, n, out, n, 0);
    return -1;
  }
  static S over(S x, V y) {
    if constexpr (IsComplex)
      return {x.re / y, x.im / y};
    else
      return x / y;
  }
  static void adjoin(S* a, Size n) {
    for (Size i = 0; i < n; ++i)
      for (Size j = i; j < n; ++j) {
        const S above = a[i * n + j];
        a[i * n + j] = conj(a[j * n + i]);
        a[j * n + i] = conj(above);
      }
  }

  // Householder's. Columns are scaled by a power of two first, since squares of their elements are added up.
  static void qr(Matrices a, Size count, Size m, Size n, Size columns, MatricesOut out, void* room) {
    const Size steps = m < n ? m : n;
    S *const r = static_cast<S*>(room), *const q = r + m * n, *const taus = q + m * kSmall;
    load_block(a, count, m, n, 0, n, r);
    const V scale = bring_into_range(r, m * n);
    for (Size k = 0; k < steps; ++k) {
      taus[k] = reflector(r, m, n, k);
      for (Size j = k + 1; j < n; ++j) reflect(r + k, n, conj(taus[k]), r + j, n, k, m);
    }
    for (Size i = 0; i < m; ++i)
      for (Size j = 0; j < columns; ++j) q[i * columns + j] = from_real<S>(V(R(i == j)));
    for (Size k = steps - 1; k >= 0; --k)
      for (Size j = 0; j < columns; ++j) reflect(r + k, n, taus[k], q + j, columns, k, m);
    store_block(q, count, m, columns, out, columns, 0);
    for (Size i = 0; i < columns; ++i)
      for (Size j = 0; j < n; ++j) r[i * n + j] = i > j ? zero<S>() : times(r[i * n + j], scale);
    store_block(r, count, columns, n, {static_cast<R*>(out.data) + m * columns * kParts, out.distance}, n, 0);
  }
  static S times(S x, V y) {
    if constexpr (IsComplex)
      return {x.re * y, x.im * y};
    else
      return x * y;
  }
  // Divides by a power of two, which it gives, so that squares stay in the range.
  static V bring_into_range(S* a, Size elements) {
    V most = V(0);
    for (Size e = 0; e < elements; ++e) most = select(size_of(a[e]) > most, size_of(a[e]), most);
    const V scale = power_below(most);
    for (Size e = 0; e < elements; ++e) a[e] = over(a[e], scale);
    return scale;
  }
  // A power of two at most as large; 1 of 0, infinity and NaN.
  static V power_below(V x) {
    using U = std::conditional_t<sizeof(R) == 8, std::uint64_t, std::uint32_t>;
    using Words = U __attribute__((ext_vector_type(kWidth)));
    constexpr U exponent = sizeof(R) == 8 ? U(0x7FF0000000000000) : U(0x7F800000);
    const V power = __builtin_bit_cast(V, __builtin_bit_cast(Words, x) & Words(exponent));
    return select((power > V(0)) & (power - power == V(0)), power, V(1));
  }
  // Of column k below row k - 1: the vector is left below the diagonal, with a 1 there in thought, and the diagonal
  // gets what the column becomes.
  static S reflector(S* a, Size m, Size n, Size k) {
    V below = V(0);
    for (Size i = k + 1; i < m; ++i) below += square_of(a[i * n + k]);
    const S alpha = a[k * n + k];
    const Mask none = (below == V(0)) & (imag(alpha) == V(0));
    const V norm = root(below + square_of(alpha));
    const V beta = select(real(alpha) < V(0), norm, -norm);
    const S tau = from_parts<S>((beta - real(alpha)) / beta, -imag(alpha) / beta);
    const S divisor = alpha - from_real<S>(beta);
    for (Size i = k + 1; i < m; ++i) a[i * n + k] = select(none, zero<S>(), divide(a[i * n + k], divisor));
    a[k * n + k] = select(none, alpha, from_real<S>(beta));
    return select(none, zero<S>(), tau);
  }
  // c := (I - tau v v^H) c, for v and c of rows k to m.
  static void reflect(const S* v, Size v_step, S tau, S* c, Size c_step, Size k, Size m) {
    S sum = c[k * c_step];
    for (Size i = k + 1; i < m; ++i) sum += inner(v[i * v_step], c[i * c_step]);
    sum = tau * sum;
    c[k * c_step] -= sum;
    for (Size i = k + 1; i < m; ++i) c[i * c_step] -= v[i * v_step] * sum;
  }

  // Jacobi's. Each lane stops when it has converged, whatever the others do.
  static Size eigh(Matrices given, Size count, Size n, bool upper, bool vectors, MatricesOut out, void* room) {
    S *const a = static_cast<S*>(room), *const v = a + n * n;
    V* const w = reinterpret_cast<V*>(v + n * n);
    load_block(given, count, n, n, 0, n, a);
    for (Size i = 0; i < n; ++i) {
      a[i * n + i] = from_real<S>(real(a[i * n + i]));
      for (Size j = 0; j < i; ++j) upper ? a[i * n + j] = conj(a[j * n + i]) : a[j * n + i] = conj(a[i * n + j]);
      for (Size j = 0; j < n; ++j) v[i * n + j] = from_real<S>(V(R(i == j)));
    }
    const V scale = bring_into_range(a, n * n);
    const Mask diverged = diagonalise(a, v, n);
    for (Size i = 0; i < n; ++i) w[i] = real(a[i * n + i]) * scale;
    sort_columns(w, n, false, v, n, static_cast<S*>(nullptr), 0);
    store_reals(w, n, count, out, 0);
    if (vectors) store_block(v, count, n, n, {static_cast<R*>(out.data) + n, out.distance}, n, 0);
    return first_of(diverged, count);
  }

  // Hestenes': columns of the tall one of a and its adjoint are turned until they are orthogonal; reflectors then make
  // a basis of them, of all rows, whatever the rank.
  static Size svd(Matrices given, Size count, Size rows, Size columns, bool vectors, bool full, MatricesOut out,
                  void* room) {
    const bool wide = columns > rows;
    const Size m = wide ? columns : rows, n = wide ? rows : columns, c = full ? m : n;
    S *const g = static_cast<S*>(room), *const v = g + m * n, *const q = v + m * m, *const taus = q + m * m;
    V* const s = reinterpret_cast<V*>(taus + n);
    if (wide) {
      load_block(given, count, n, m, 0, m, q);
      turn(q, n, m, g);
    } else {
      load_block(given, count, m, n, 0, n, g);
    }
    for (Size i = 0; i < n * n; ++i) v[i] = from_real<S>(V(R(i % (n + 1) == 0)));
    const V scale = bring_into_range(g, m * n);
    const Mask diverged = orthogonalise(g, m, v, n);
    for (Size j = 0; j < n; ++j) {
      V sum = V(0);
      for (Size i = 0; i < m; ++i) sum += square_of(g[i * n + j]);
      s[j] = root(sum) * scale;
    }
    sort_columns(s, n, true, g, m, v, n);
    store_reals(s, n, count, out, 0);
    if (!vectors) return first_of(diverged, count);

    for (Size k = 0; k < n; ++k) {
      taus[k] = reflector(g, m, n, k);
      for (Size j = k + 1; j < n; ++j) reflect(g + k, n, conj(taus[k]), g + j, n, k, m);
    }
    for (Size i = 0; i < m; ++i)
      for (Size j = 0; j < c; ++j) q[i * c + j] = from_real<S>(V(R(i == j)));
    for (Size k = n - 1; k >= 0; --k)
      for (Size j = 0; j < c; ++j) reflect(g + k, n, taus[k], q + j, c, k, m);
    for (Size j = 0; j < n; ++j) {
      const Mask flipped = real(g[j * n + j]) < V(0);
      for (Size i = 0; i < m; ++i) q[i * c + j] = select(flipped, -q[i * c + j], q[i * c + j]);
    }
    // u and vh: q and v^H, or of the adjoint v and q^H.
    S* const turned = g;
    R* const to = static_cast<R*>(out.data) + n;
    if (wide) {
      store_block(v, count, n, n, {to, out.distance}, n, 0);
      turn(q, m, c, turned);
      store_block(turned, count, c, m, {to + n * n * kParts, out.distance}, m, 0);
    } else {
      store_block(q, count, m, c, {to, out.distance}, c, 0);
      turn(v, n, n, turned);
      store_block(turned, count, n, n, {to + m * c * kParts, out.distance}, n, 0);
    }
    return first_of(diverged, count);
  }
  // The adjoint of m x n.
  static void turn(const S* a, Size m, Size n, S* to) {
    for (Size i = 0; i < m; ++i)
      for (Size j = 0; j < n; ++j) to[j * m + i] = conj(a[i * n + j]);
  }
  // By value, and with them the columns of two matrices.
  static void sort_columns(V* values, Size n, bool descending, S* a, Size rows, S* b, Size other_rows) {
    for (Size k = 0; k < n; ++k)
      for (Size j = k + 1; j < n; ++j) {
        const Mask wrong = descending ? values[j] > values[k] : values[j] < values[k];
        const V old = values[k];
        values[k] = select(wrong, values[j], old);
        values[j] = select(wrong, old, values[j]);
        for (Size i = 0; i < rows; ++i) exchange(wrong, a[i * n + k], a[i * n + j]);
        for (Size i = 0; i < other_rows; ++i) exchange(wrong, b[i * n + k], b[i * n + j]);
      }
  }
  static void store_reals(const V* values, Size n, Size count, MatricesOut out, Size first) {
    for (Size lane = 0; lane < count; ++lane)
      for (Size i = 0; i < n; ++i) static_cast<R*>(out.data)[lane * out.distance + first + i] = values[i][lane];
  }

  static constexpr Small table() {
    return {static_cast<int>(kWidth), lu, det, solve, solve_triangular, cholesky, qr, eigh, svd};
  }
};

constexpr SmallTable make_table() {
  return {{Algorithms<float, false>::table(), Algorithms<double, false>::table(), Algorithms<float, true>::table(),
           Algorithms<double, true>::table()}};
}

}  // namespace

extern const SmallTable JOIN(kSmall, INGOT_CPU_LEVEL);
constinit const SmallTable JOIN(kSmall, INGOT_CPU_LEVEL) = make_table();

}  // namespace ingot::prebuilt
