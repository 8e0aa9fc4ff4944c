// Vectors of numbers, contiguous, as panels in Fortran order have them for columns. Every sum has an order of its own.
// Included by sources that are compiled once per CPU level.
#pragma once

#include <type_traits>

#include "kernels/prebuilt/linalg/scalar.h"

namespace ingot::prebuilt {
namespace {

template <class R, bool IsComplex>
struct Vectors {
  using S = std::conditional_t<IsComplex, Complex<R>, R>;
  using Vector = std::conditional_t<IsComplex, S, Lanes<R>>;
  static constexpr Size kParts = IsComplex ? 2 : 1, kLanes = sizeof(Vector) / sizeof(S);

  template <class T>
  static T splat(S x) {
    if constexpr (std::is_same_v<T, S>)
      return x;
    else
      return T(x);
  }

  // column[i] -= the products of columns[p][i] and factors[p], one after another, for i in [first, m).
  static void subtract_columns(const S* columns, Size ld, const S* factors, Size count, S* column, Size first, Size m) {
    Size i = first;
    const auto some = [&]<class T, int N>(T(&sums)[N]) {
      constexpr Size lanes = sizeof(T) / sizeof(S);
      for (; i + N * lanes <= m; i += N * lanes) {
#pragma clang loop unroll(full)
        for (int v = 0; v < N; ++v) __builtin_memcpy(&sums[v], column + i + v * lanes, sizeof(T));
        for (Size p = 0; p < count; ++p) {
          const T factor = splat<T>(-factors[p]);
#pragma clang loop unroll(full)
          for (int v = 0; v < N; ++v) {
            T term;
            __builtin_memcpy(&term, columns + p * ld + i + v * lanes, sizeof(T));
            sums[v] = fused(term, factor, sums[v]);
          }
        }
#pragma clang loop unroll(full)
        for (int v = 0; v < N; ++v) __builtin_memcpy(column + i + v * lanes, &sums[v], sizeof(T));
      }
    };
    Vector four[4], one[1];
    S last[1];
    some(four);
    some(one);
    some(last);
  }

  // conj(x) y, in as many sums as vectors hide the latency of an addition with.
  static S dot(const S* x, const S* y, Size n) {
    constexpr Size vectors = 4;
    Vector sum[vectors], left, right;
    for (Vector& s : sum) s = splat<Vector>(zero<S>());
    Size i = 0;
    for (; i + vectors * kLanes <= n; i += vectors * kLanes) {
#pragma clang loop unroll(full)
      for (Size s = 0; s < vectors; ++s) {
        __builtin_memcpy(&left, x + i + s * kLanes, sizeof left);
        __builtin_memcpy(&right, y + i + s * kLanes, sizeof right);
        sum[s] = fused(conj(left), right, sum[s]);
      }
    }
    S rest = zero<S>();
    for (; i < n; ++i) rest = fused(conj(x[i]), y[i], rest);
    const Vector all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    if constexpr (IsComplex) {
      rest += all;
    } else {
      for (Size lane = 0; lane < kLanes; ++lane) rest += all[lane];
    }
    return rest;
  }

  static void scale_by_inverse(S* column, Size first, Size m, S pivot) {
    constexpr R safe = sizeof(R) == 8 ? R(0x1p-1000) : R(0x1p-120);
    const R size = size_of(pivot);
    if (size > safe && size < 1 / safe) {
      const S inverse = divide(from_real<S>(1), pivot);
      for (Size i = first; i < m; ++i) column[i] = column[i] * inverse;
    } else {
      for (Size i = first; i < m; ++i) column[i] = divide(column[i], pivot);
    }
  }

  // What I - tau v v^H makes of x, but for its zeros; v[0] is 1. tau is 0 if x has zeros already.
  static S reflect(const S* x, Size n, S* v, S* tau) {
    // Squares of smaller numbers lose bits, and tau what makes the reflection orthogonal; those of the least subnormal
    // times `up` do not.
    constexpr R small = sizeof(R) == 8 ? R(0x1p-900) : R(0x1p-90), up = sizeof(R) == 8 ? R(0x1p+700) : R(0x1p+100);
    for (Size i = 1; i < n; ++i) v[i] = x[i];
    R below = real(dot(v + 1, v + 1, n - 1)), factor = 1;
    S alpha = x[0];
    if (below + square_of(alpha) < small) {
      factor = 1 / up;
      alpha = alpha * up;
      for (Size i = 1; i < n; ++i) v[i] = v[i] * up;
      below = real(dot(v + 1, v + 1, n - 1));
    }
    v[0] = from_real<S>(1);
    if (below == 0 && imag(alpha) == 0) {
      for (Size i = 1; i < n; ++i) v[i] = zero<S>();
      *tau = zero<S>();
      return x[0];
    }
    const R norm = root(below + square_of(alpha)), beta = real(alpha) < 0 ? norm : -norm;
    *tau = from_parts<S>((beta - real(alpha)) / beta, -imag(alpha) / beta);
    scale_by_inverse(v, 1, n, alpha - from_real<S>(beta));
    return from_real<S>(beta * factor);
  }
};

}  // namespace
}  // namespace ingot::prebuilt
