// The inverse functions of sine, cosine and tangent. Coefficients: coefficients.py, make_asin and make_atan.
#pragma once

#include "arithmetic.h"

namespace ingot::math {

template <class V>
constexpr Element<V> kHalfPi = pick<V>(0x1.921fb54442d18p+0, 0x1.921fb6p+0f);
template <class V>
constexpr Element<V> kHalfPiLow = pick<V>(0x1.1a62633145c07p-54, -0x1.777a5cp-25f);

// base + base_low + v + low, rounded about once; base is 0 or at least as large as v, the other two are small beside
// their sum.
template <class V>
INGOT_FN V sum_of_angles(V base, V base_low, V v, V low) {
  const V sum = base + v, error = v - (sum - base);
  return sum + (error + (base_low + low));
}

// asin(|x|) = s + low, or pi / 2 - 2 (s + low) where far: there by asin(x) = pi / 2 - 2 asin(sqrt((1 - x) / 2)), so
// that the polynomial serves up to 1/2. The root is carried with what it was rounded by. NaN for |x| > 1.
template <class V>
struct ArcSine {
  V s, low;
  Mask<V> far;
};
template <class V>
INGOT_FN ArcSine<V> arc_sine(V x) {
  const V size = magnitude(x), half = splat<V>(pick<V>(0.5, 0.5f));
  const Mask<V> far = size >= half;
  const V z = select(far, fma(-half, size, half), size * size), root = square_root(z);
  // Against 0 / 0: it changes no other sum.
  const V twice = (root + root) + splat<V>(Scalar<Element<V>>::min_normal);
  const V s = select(far, root, size), s_low = select(far, fma(-root, root, z) / twice, splat<V>(0));
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial(z, 0x1.5555555555387p-3, 0x1.333333336f880p-4, 0x1.6db6db41d53adp-5, 0x1.f1c72c6c79d52p-6,
                   0x1.6e89ef968a8eap-6, 0x1.1c6c25982005fp-6, 0x1.c6f8b032a4d2fp-7, 0x1.8ee32cea94937p-7,
                   0x1.aac1d1ae6c1f9p-8, 0x1.40a75b16d8499p-6, -0x1.0ae31fea6d913p-6, 0x1.05c7e9ae090f7p-5);
  } else {
    p = polynomial(z, 0x1.5555cap-3f, 0x1.33016ap-4f, 0x1.748a32p-5f, 0x1.8bb4bep-6f, 0x1.59cd38p-5f);
  }
  return {s, fma(s * z, p, s_low), far};
}

template <class V>
INGOT_FN V asin(V x) {
  const ArcSine<V> a = arc_sine(x);
  const V far = sum_of_angles(splat<V>(kHalfPi<V>), splat<V>(kHalfPiLow<V>), -(a.s + a.s), -(a.low + a.low));
  return copy_sign(select(a.far, far, a.s + a.low), x);
}

// pi / 2 - asin(x): near 1 the two cancel and twice the rest is left, near -1 it is taken from pi.
template <class V>
INGOT_FN V acos(V x) {
  const ArcSine<V> a = arc_sine(x);
  const V zero = splat<V>(0), pi = splat<V>(2 * kHalfPi<V>), pi_low = splat<V>(2 * kHalfPiLow<V>);
  const Mask<V> below = x < zero;
  const V base = select(a.far, select(below, pi, zero), splat<V>(kHalfPi<V>));
  const V base_low = select(a.far, select(below, pi_low, zero), splat<V>(kHalfPiLow<V>));
  const V v = select(a.far, a.s + a.s, -a.s), low = select(a.far, a.low + a.low, -a.low);
  return sum_of_angles(base, base_low, select(below, -v, v), select(below, -low, low));
}

// pi / 4 in two parts, the first short enough for its multiples to be exact.
template <class V>
constexpr Element<V> kQuarterPi = pick<V>(0x1.921fb54442d18p-1, 0x1.921fb0p-1f);
template <class V>
constexpr Element<V> kQuarterPiLow = pick<V>(0x1.1a62633145c07p-55, 0x1.5110b4p-23f);

// quarters * pi / 4 + atan(a / b), or - atan(a / b) where flip has the sign bit, for 0 <= a <= b. Beyond tan(pi / 8) it
// is pi / 4 + atan((a - b) / (a + b)), so that the polynomial serves up to there; sum, difference and quotient are
// carried with what they were rounded by.
template <class V>
INGOT_FN V arc_tangent(V a, V b, V quarters, typename Lane<V>::UInt flip) {
  const V zero = splat<V>(0), one = splat<V>(1), difference = a - b, sum = a + b;
  const Mask<V> far = a > b * splat<V>(pick<V>(0x1.a8279ap-2, 0x1.a8279ap-2f));
  const V n = select(far, difference, a), n_low = select(far, a - (difference + b), zero);
  const V d = select(far, sum, b), d_low = select(far, a - (sum - b), zero);
  const V inverse = one / d, t = n * inverse;
  const V t_low = (fma(-t, d, n) + fma(-t, d_low, n_low)) * inverse, z = t * t;
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial(z, -0x1.555555555553dp-2, 0x1.999999999589ep-3, -0x1.24924922aeb05p-3, 0x1.c71c70e65772ap-4,
                   -0x1.745cf8d9233bap-4, 0x1.3b1117d806124p-4, -0x1.10eb9bb68b5c8p-4, 0x1.df0cbf7d7cfa1p-5,
                   -0x1.9cc2a5fdd403dp-5, 0x1.37a0001f1aee2p-5, -0x1.24d6fd507a981p-6);
  } else {
    p = polynomial(z, -0x1.55554ap-2f, 0x1.9991e8p-3f, -0x1.23ba42p-3f, 0x1.b22ebcp-4f, -0x1.f31cecp-5f);
  }
  const V low = fma(t * z, p, t_low);
  const V k = quarters + from_bits<V>(to_bits(select(far, one, zero)) ^ flip);
  return sum_of_angles(k * splat<V>(kQuarterPi<V>), k * splat<V>(kQuarterPiLow<V>), from_bits<V>(to_bits(t) ^ flip),
                       from_bits<V>(to_bits(low) ^ flip));
}

// Of |x|: up to 1/2 atan(t) for t = |x|, up to 2 pi / 4 + atan(t) for t = (|x| - 1) / (|x| + 1), beyond it pi / 2 +
// atan(t) for t = -1 / |x|. The difference is exact, the sum and the quotient are carried with what they were rounded
// by. 0.84 ulp, f32 0.76.
template <class V>
INGOT_FN V atan(V x) {
  const V zero = splat<V>(0), one = splat<V>(1);
  const V size = lesser(splat<V>(pick<V>(0x1p60, 0x1p30f)), magnitude(x));  // beyond it is pi / 2
  const Mask<V> far = size > splat<V>(pick<V>(0.5, 0.5f)), steep = size > splat<V>(2);
  // Where one side of a choice is 0 it is a single instruction.
  const V part = select(far, size, zero), sum = one + part, sum_low = part - (sum - one);
  const V n = select(steep, -one, size - select(far, one, zero));
  const V d = select(steep, size, sum), d_low = select(steep, zero, sum_low);
  const V inverse = one / d, t = n * inverse, z = t * t;
  const V t_low = fma(-t, d_low, fma(-t, d, n)) * inverse;
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial(z, -0x1.5555555555518p-2, 0x1.99999999914cap-3, -0x1.249249216edf4p-3, 0x1.c71c7095e3948p-4,
                   -0x1.745cf534d3856p-4, 0x1.3b11430e04268p-4, -0x1.10f3495686568p-4, 0x1.dfeb104898f44p-5,
                   -0x1.a39c9e65b0f87p-5, 0x1.56f96ecf2e17ep-5, -0x1.c170e67beab6fp-6, 0x1.4b4951778f94ap-7);
  } else {
    p = polynomial(z, -0x1.555514p-2f, 0x1.997ba6p-3f, -0x1.225168p-3f, 0x1.a04628p-4f, -0x1.a4d162p-5f);
  }
  const V quarter = splat<V>(kHalfPi<V> / 2), quarter_low = splat<V>(kHalfPiLow<V> / 2);
  const V base = select(far, quarter, zero) + select(steep, quarter, zero);
  const V base_low = select(far, quarter_low, zero) + select(steep, quarter_low, zero);
  return copy_sign(sum_of_angles(base, base_low, t, fma(t * z, p, t_low)), x);
}

// The angle of the point (x, y). Both are scaled by the power of two that makes the larger about 2^100 (f32: 2^40), so
// that the quotient loses nothing on its way to a subnormal one; infinities count as 1 beside each other, as infinitely
// much beside numbers.
template <class V>
INGOT_FN V atan2(V y, V x) {
  using S = Scalar<Element<V>>;
  using U = typename Lane<V>::UInt;
  using Int = typename Lane<V>::Int;
  const V zero = splat<V>(0), one = splat<V>(1), two = splat<V>(2), four = splat<V>(4);
  const V up = magnitude(y), across = magnitude(x);
  const Mask<V> steep = up > across, behind = bit_cast<Int>(x) < splat<Int>(0);
  V a = select(steep, across, up), b = select(steep, up, across);

  constexpr typename S::UInt target = static_cast<typename S::UInt>(2 * S::bias + pick<V>(100, 40.0f)) << S::mantissa;
  const V least = larger(b, splat<V>(pick<V>(0x1p-900, 0x1p-80f)));
  const V scale = from_bits<V>(splat<U>(target) - (to_bits(least) & splat<U>(S::infinity)));
  a = a * scale;
  b = b * scale;
  const Mask<V> infinite = b == infinity<V>();
  a = select(infinite, select(a == b, one, zero), a);
  b = select(infinite, one, larger(b, splat<V>(pick<V>(0x1p-80, 0x1p-60f))));  // for the quotient of zeros

  const V quarters = select(steep, two, zero);
  const U flip = select(steep, sign_bits<V>(), splat<U>(0)) ^ (to_bits(x) & sign_bits<V>());
  const V angle = arc_tangent(a, b, select(behind, four - quarters, quarters), flip);
  return select(either(x != x, y != y), not_a_number<V>(), copy_sign(angle, y));
}

}  // namespace ingot::math
