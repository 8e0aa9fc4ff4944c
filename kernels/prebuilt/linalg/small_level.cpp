// The loops of small.h for one CPU level. No step depends on a value of one lane: pivots are brought up by selects.
#include "kernels/prebuilt/linalg/small.h"

#include <type_traits>

#include "kernels/cpu/turn.h"
#include "kernels/prebuilt/linalg/jacobi.h"
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
  using Word = std::conditional_t<sizeof(R) == 8, std::uint64_t, std::uint32_t>;
  using Int = std::conditional_t<sizeof(R) == 8, std::int64_t, std::int32_t>;
  using Words = Word __attribute__((ext_vector_type(kWidth)));
  using Ints = Int __attribute__((ext_vector_type(kWidth)));
  static constexpr int kMantissaBits = sizeof(R) == 8 ? 52 : 23, kExponentBias = sizeof(R) == 8 ? 1023 : 127;

  // Lanes without a matrix repeat the first one. Blocks of as many reals as there are lanes are turned in registers.
  // The same places of the next matrices are fetched meanwhile, here and where results go.
  static void load(const R* from, Size distance, Size count, Size elements, S* to) {
    const R* matrix[kWidth];
    for (Size lane = 0; lane < kWidth; ++lane) matrix[lane] = from + (lane < count ? lane * distance : 0);
    V* const out = reinterpret_cast<V*>(to);
    const Size reals = elements * kParts;
    Size e = 0;
    for (; e + kWidth <= reals; e += kWidth) {
      V block[kWidth];
#pragma clang loop unroll(full)
      for (Size lane = 0; lane < kWidth; ++lane) {
        block[lane] = cpu::load<V>(matrix[lane] + e);
        __builtin_prefetch(matrix[lane] + kWidth * distance + e);
      }
      cpu::turn(block);
#pragma clang loop unroll(full)
      for (Size k = 0; k < kWidth; ++k) out[e + k] = block[k];
    }
    for (; e < reals; ++e)
      for (Size lane = 0; lane < kWidth; ++lane) reinterpret_cast<R*>(out + e)[lane] = matrix[lane][e];
  }
  static void store(const S* from, Size elements, Size count, R* to, Size distance) {
    const V* const in = reinterpret_cast<const V*>(from);
    const Size reals = elements * kParts;
    Size e = 0;
    for (; e + kWidth <= reals; e += kWidth) {
      V block[kWidth];
#pragma clang loop unroll(full)
      for (Size k = 0; k < kWidth; ++k) block[k] = in[e + k];
      cpu::turn(block);
      for (Size lane = 0; lane < count; ++lane) {
        R* const out = to + lane * distance + e;
        cpu::store(out, block[lane]);
        __builtin_prefetch(out + kWidth * distance, 1);
      }
    }
    for (; e < reals; ++e)
      for (Size lane = 0; lane < count; ++lane) to[lane * distance + e] = reinterpret_cast<const R*>(in + e)[lane];
  }
  // Some columns of matrices of `ld`; element (i, j) is at place i * stride + j.
  static void load_block(Matrices from, Size count, Size rows, Size ld, Size first, Size columns, S* to, Size stride) {
    if (columns == ld && columns == stride)
      return load(static_cast<const R*>(from.data), from.distance, count, rows * columns, to);
    for (Size i = 0; i < rows; ++i)
      load(static_cast<const R*>(from.data) + (i * ld + first) * kParts, from.distance, count, columns,
           to + i * stride);
  }
  static void load_block(Matrices from, Size count, Size rows, Size ld, Size first, Size columns, S* to) {
    load_block(from, count, rows, ld, first, columns, to, columns);
  }
  static void store_block(const S* from, Size stride, Size count, Size rows, Size columns, MatricesOut to, Size ld,
                          Size first) {
    if (columns == ld && columns == stride)
      return store(from, rows * columns, count, static_cast<R*>(to.data), to.distance);
    for (Size i = 0; i < rows; ++i)
      store(from + i * stride, columns, count, static_cast<R*>(to.data) + (i * ld + first) * kParts, to.distance);
  }
  static void store_block(const S* from, Size count, Size rows, Size columns, MatricesOut to, Size ld, Size first) {
    store_block(from, columns, count, rows, columns, to, ld, first);
  }
  static Size first_of(Mask failed, Size count) {
    for (Size lane = 0; lane < count; ++lane)
      if (failed[lane]) return lane;
    return -1;
  }

  // The first n of `columns` columns of m rows, a[i * columns + j]; l is applied to the others too. `rows` gets the row
  // that became row i, `sign` what the exchanges make of a determinant; either may be null. The lanes that have no
  // pivot somewhere.
  static Mask factor(S* a, Size m, Size n, Size columns, V* rows, V* sign) {
    Mask singular = V(0) != V(0);
    if (rows != nullptr)
      for (Size i = 0; i < m; ++i) rows[i] = V(static_cast<R>(i));
    for (Size k = 0; k < (m < n ? m : n); ++k) {
      V best = size_of(a[k * columns + k]), at = V(static_cast<R>(k));
      for (Size i = k + 1; i < m; ++i) {
        const V size = size_of(a[i * columns + k]);
        const Mask better = (size > best) | (size != size);
        best = select(better, size, best);
        at = select(better, V(static_cast<R>(i)), at);
      }
      Size moved[kSmall], count = 0;  // rows that are a pivot's in a lane or more
      for (Size i = k + 1; i < m; ++i)
        if (math::any(at == V(static_cast<R>(i)))) moved[count++] = i;
      if (count > 0) {
        for (Size j = 0; j < columns; ++j) {
          const S old = a[k * columns + j];
          S pivot = old;
          for (Size c = 0; c < count; ++c) {
            S& other = a[moved[c] * columns + j];
            const Mask here = at == V(static_cast<R>(moved[c]));
            pivot = select(here, other, pivot);
            other = select(here, old, other);
          }
          a[k * columns + j] = pivot;
        }
        if (rows != nullptr)
          for (Size c = 0; c < count; ++c) exchange(at == V(static_cast<R>(moved[c])), rows[k], rows[moved[c]]);
      }
      if (sign != nullptr) *sign = select(at == V(static_cast<R>(k)), *sign, -*sign);
      const Mask none = best == V(0);
      singular |= none;
      const S pivot = select(none, from_real<S>(V(1)), a[k * columns + k]);
      const Divisor by(pivot);
      for (Size i = k + 1; i < m; ++i) {
        S* const row = a + i * columns;
        const S factor = row[k] = by.divides(row[k]);
        for (Size j = k + 1; j < columns; ++j) row[j] = fused(-factor, a[k * columns + j], row[j]);
      }
    }
    return singular;
  }
  // Multiplies by the inverse, in lanes where that is precise.
  class Divisor {
   public:
    explicit Divisor(S divisor) : divisor_(divisor), inverse_(divide(from_real<S>(V(1)), divisor)) {
      constexpr R safe = sizeof(R) == 8 ? R(0x1p-1000) : R(0x1p-120);
      const V size = size_of(divisor);
      unsafe_ = ~((size > V(safe)) & (size < V(1 / safe)));
      any_unsafe_ = math::any(unsafe_);
    }
    S divides(S x) const {
      const S product = x * inverse_;
      return any_unsafe_ ? select(unsafe_, divide(x, divisor_), product) : product;
    }

   private:
    S divisor_, inverse_;
    Mask unsafe_;
    bool any_unsafe_;
  };
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
  static void substitute(const S* t, Size ldt, Size n, bool lower, bool unit, S* b, Size ldb, Size k) {
    for (Size step = 0; step < n; ++step) {
      const Size i = lower ? step : n - 1 - step;
      if (!unit) {
        const Divisor by(t[i * ldt + i]);
        for (Size j = 0; j < k; ++j) b[i * ldb + j] = by.divides(b[i * ldb + j]);
      }
      for (Size r = lower ? i + 1 : 0; r < (lower ? n : i); ++r) {
        const S factor = -t[r * ldt + i];
        for (Size j = 0; j < k; ++j) b[r * ldb + j] = fused(factor, b[i * ldb + j], b[r * ldb + j]);
      }
    }
  }

  static void lu(Matrices a, Size count, Size m, Size n, MatricesOut out, void* room) {
    V* const rows = static_cast<V*>(room);
    S* const work = reinterpret_cast<S*>(rows + m);
    load_block(a, count, m, n, 0, n, work);
    factor(work, m, n, n, rows, nullptr);
    store_reals(rows, m, count, out, 0);
    store_block(work, count, m, n, {static_cast<R*>(out.data) + m, out.distance}, n, 0);
  }

  // Scaled step by step, so that no product leaves the range on the way.
  static void det(Matrices a, Size count, Size n, MatricesOut out, void* room) {
    S* const work = static_cast<S*>(room);
    load_block(a, count, n, n, 0, n, work);
    V sign = V(1), exponent = V(1);
    factor(work, n, n, n, nullptr, &sign);
    S product = from_real<S>(sign);
    for (Size i = 0; i < n; ++i) {
      S d = work[i * n + i];
      take_exponent(d, exponent);
      product = product * d;
      take_exponent(product, exponent);
    }
    product = over(product, V(2));
    for (Size lane = 0; lane < count; ++lane) {
      R* const to = static_cast<R*>(out.data) + lane * out.distance;
      to[0] = real(product)[lane];
      if (IsComplex) to[1] = imag(product)[lane];
      to[kParts] = exponent[lane];
    }
  }
  // Divides x by a power of two, so that its larger part is between 1 and 2, and counts the power.
  static void take_exponent(S& x, V& exponent) {
    constexpr R least = sizeof(R) == 8 ? R(0x1p-1022) : R(0x1p-126), far = R(0x1p60);
    const Mask subnormal = larger_part(x) < V(least);
    x = select(subnormal, times(x, V(far)), x);
    const V power = power_below(larger_part(x));
    x = over(x, power);
    const auto bits = __builtin_bit_cast(Words, power) >> Words(kMantissaBits);
    exponent += __builtin_convertvector(__builtin_convertvector(bits, Ints) - Ints(kExponentBias), V);
    exponent -= select(subnormal & (larger_part(x) > V(0)), V(60), V(0));
  }
  static V larger_part(S x) {
    if constexpr (IsComplex) {
      const V re = magnitude(x.re), im = magnitude(x.im);
      return select(im > re, im, re);
    } else {
      return magnitude(x);
    }
  }

  // Sides are further columns of the matrix, of which each group factors it anew.
  static Size solve(Matrices a, Matrices b, Size count, Size n, Size k, MatricesOut x, void* room) {
    S* const work = static_cast<S*>(room);
    for (Size first = 0; first < k; first += kSmall) {
      const Size sides = k - first < kSmall ? k - first : kSmall, columns = n + sides;
      load_block(a, count, n, n, 0, n, work, columns);
      if (b.data != nullptr)
        load_block(b, count, n, k, first, sides, work + n, columns);
      else
        for (Size i = 0; i < n; ++i)
          for (Size j = 0; j < sides; ++j) work[i * columns + n + j] = from_real<S>(V(R(i == first + j)));
      const Size failed = first_of(factor(work, n, n, columns, nullptr, nullptr), count);
      if (failed >= 0) return failed;
      substitute(work, columns, n, false, false, work + n, columns, sides);
      store_block(work + n, columns, count, n, sides, x, k, first);
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
      substitute(work, n, n, lower, unit, sides, columns, columns);
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
      S* const own = l + k * n;
      V pivot = real(own[k]);
      for (Size j = 0; j < k; ++j) pivot -= square_of(own[j]);
      failed |= ~(pivot > V(0));
      pivot = root(pivot);
      own[k] = from_real<S>(pivot);
      const V inverse = V(1) / pivot;
      Size i = k + 1;
      const auto rows = [&]<int N>(S(&sums)[N]) {
        for (; i + N <= n; i += N) {
#pragma clang loop unroll(full)
          for (Size r = 0; r < N; ++r) sums[r] = l[(i + r) * n + k];
          for (Size j = 0; j < k; ++j) {
            const S factor = -conj(own[j]);
#pragma clang loop unroll(full)
            for (Size r = 0; r < N; ++r) sums[r] = fused(l[(i + r) * n + j], factor, sums[r]);
          }
#pragma clang loop unroll(full)
          for (Size r = 0; r < N; ++r) {
            l[(i + r) * n + k] = times(sums[r], inverse);
            own[i + r] = zero<S>();
          }
        }
      };
      S four[4], one[1];
      rows(four);
      rows(one);
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
    constexpr Word exponent = sizeof(R) == 8 ? Word(0x7FF0000000000000) : Word(0x7F800000);
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
    const Divisor by(select(none, from_real<S>(V(1)), alpha - from_real<S>(beta)));
    for (Size i = k + 1; i < m; ++i) a[i * n + k] = select(none, zero<S>(), by.divides(a[i * n + k]));
    a[k * n + k] = select(none, alpha, from_real<S>(beta));
    return select(none, zero<S>(), tau);
  }
  // c := (I - tau v v^H) c, for v and c of rows k to m.
  static void reflect(const S* v, Size v_step, S tau, S* c, Size c_step, Size k, Size m) {
    S sum = c[k * c_step];
    for (Size i = k + 1; i < m; ++i) sum = fused(conj(v[i * v_step]), c[i * c_step], sum);
    sum = -(tau * sum);
    c[k * c_step] += sum;
    for (Size i = k + 1; i < m; ++i) c[i * c_step] = fused(v[i * v_step], sum, c[i * c_step]);
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
    const Mask diverged = orthogonalise(g, m, v, n, s);
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
