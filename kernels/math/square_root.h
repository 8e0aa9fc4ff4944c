// A second way to the square root, with the bits of the first: by multiplications, for processors whose divider is what
// a loop over square roots waits for.
#pragma once

#include "lane.h"

namespace ingot::math {

// sqrt(x), unless root_is_out_of_range(x), given 1 / sqrt(x) to within a factor 1 + 2^-14:
// correctly rounded, by two Newton steps for the root, one for its reciprocal after each, and a last correction.
//
// With s = sqrt(x) and errors relative: root is s (1 - a) rounded, 0 <= a < 2^-54.2, since its step starts from errors
// below 2^-27.4; it errs by at most 1.5 * 2^-53. Its reciprocal then errs by as much and by its own rounding, at most
// 3 * 2^-53. The residual x - root^2 is exact, so the last sum is s (1 - e) before it is rounded, |e| < 6 * 2^-106.
// A wrong rounding needs a midpoint m between s and that. For x in [1, 4), m^2 - x is k * 2^-106, k = 1 mod 8, so s
// lies |k| * 2^-109 of itself and more from m: there is a doubt for |k| < 48 only, and for each k there are a handful
// of x. tests/kernels/math_test.cpp runs through those up to 63, from estimates all over the interval.
template <class V>
INGOT_FN V root_by_products(V x, V estimate) {
  const V half = splat<V>(0.5);
  const V rough = x * estimate, rough_half = half * estimate;
  const V off = fma(-rough, rough_half, half);
  const V near = fma(rough, off, rough), near_half = fma(rough_half, off, rough_half);  // 1 / (2 s)
  const V root = fma(fma(-near, near, x), near_half, near);
  const V inverse_half = fma(fma(-root, near_half, half), near_half + near_half, near_half);
  return fma(fma(-root, root, x), inverse_half, root);
}

// Where it does not serve: zero, what is negative or NaN or infinite, and below 2^-958, where residuals leave the
// range.
template <class V>
INGOT_FN auto root_is_out_of_range(V x) {
  constexpr u64 kLeast = u64{0x041} << 52, kBeyond = u64{0x7ff} << 52;
  using U = typename Lane<V>::UInt;
  return to_bits(x) - splat<U>(kLeast) >= splat<U>(kBeyond - kLeast);
}

#if defined(__AVX512F__)
INGOT_FN vec<f64, 8> rsqrt_estimate(vec<f64, 8> x) {
  return __builtin_ia32_rsqrt14pd512_mask(x, vec<f64, 8>{}, static_cast<unsigned char>(-1));
}
template <int N>
INGOT_FN vec<f64, N> rsqrt_estimate(vec<f64, N> x) {
  x.lo = rsqrt_estimate(static_cast<vec<f64, N / 2>>(x.lo));
  x.hi = rsqrt_estimate(static_cast<vec<f64, N / 2>>(x.hi));
  return x;
}

// By products, but for lanes out of their range.
template <int N>
INGOT_FN vec<f64, N> sqrt_by_products(vec<f64, N> x) {
  const vec<f64, N> root = root_by_products(x, rsqrt_estimate(x));
  return __builtin_expect(any(root_is_out_of_range(x)), 0) ? square_root(x) : root;
}

// One vector in four by the divider, of two vectors one, the others by products meanwhile. 3e4 f64 in a cache, ns an
// element: Sapphire Rapids 1.08 by the divider alone, 0.44 by products alone, half and half 0.54, 0.37 so; Zen 5 0.21,
// 0.18, half and half 0.13.
template <int N>
INGOT_FN vec<f64, N> split_sqrt(vec<f64, N> x) {
  using Half = vec<f64, N / 2>;
  const Half low = x.lo, high = x.hi;
  if constexpr (N == 16)
    x.lo = square_root(low);
  else
    x.lo = split_sqrt(low);
  if constexpr (N <= 32)
    x.hi = sqrt_by_products(high);
  else
    x.hi = split_sqrt(high);
  return x;
}
#endif

}  // namespace ingot::math
