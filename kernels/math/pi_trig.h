// Sine, cosine and tangent of multiples of pi, and sinc, over the whole range. Coefficients: those of trig.h and tan.h.
#pragma once

#include "tan.h"

namespace ingot::math {

// x modulo 2, in [-1, 1] and exact, for an infinite x NaN.
template <class V>
INGOT_FN V modulo_two(V x) {
  const V half = splat<V>(pick<V>(0.5, 0.5f));
  return fma(round_to_even(x * half), splat<V>(-2), x);
}

// f in [-1/2, 1/2] with sin(pi x) = sin(pi f) for x modulo 2; exact.
template <class V>
INGOT_FN V nearest_half_turn(V turn) {
  const V size = magnitude(turn), half = splat<V>(pick<V>(0.5, 0.5f));
  return copy_sign(select(size > half, splat<V>(1) - size, size), turn);
}

// pi * (f + low) as a sum of two, low tiny beside f.
template <class V>
constexpr Element<V> kPiLow = pick<V>(0x1.1a62633145c07p-53, -0x1.777a5cp-24f);
template <class V>
constexpr Element<V> kPiNear = pick<V>(0x1.921fb54442d18p+1, 0x1.921fb6p+1f);
template <class V>
struct Turned {
  V high, low;
};
template <class V>
INGOT_FN Turned<V> times_pi(V f) {
  const V high = f * splat<V>(kPiNear<V>);
  return {high, fma(f, splat<V>(kPiLow<V>), fma(f, splat<V>(kPiNear<V>), -high))};
}

// Where pi * f is the result, rounded once even if it is subnormal.
template <class V>
constexpr Element<V> kTurnTiny = pick<V>(0x1p-40, 0x1p-20f);
template <class V>
INGOT_FN V tiny_turn(V f) {
  return fma(f, splat<V>(kPiNear<V>), f * splat<V>(kPiLow<V>));
}

// sin(r - excess) as sin_kernel has it, but for the last rounding.
template <class V>
INGOT_FN Turned<V> sin_pair(V r, V excess) {
  const V tail = sin_tail(r, excess), straight = r * splat<V>(kStraight<V>), high = straight - tail;
  return {high, ((straight - high) - tail) + fma(r, splat<V>(kStraight<V>), -straight)};
}

// x modulo 2 is exact, and so is its distance f from the nearest integer; pi * f is carried in two parts into the
// kernel of sin. 0.87 ulp, f32 0.85. A zero has the sign of x.
template <class V>
INGOT_FN V sinpi(V x) {
  const V f = nearest_half_turn(modulo_two(x));
  const Turned<V> r = times_pi(f);
  const V y = select(magnitude(f) < splat<V>(kTurnTiny<V>), tiny_turn(f), sin_kernel(r.high, -r.low));
  return select(f == splat<V>(0), copy_sign(f, x), y);
}

// sin(pi (1/2 - |x modulo 2|)), with what that difference is rounded by. 0.87 ulp, f32 0.85. Zeros are positive.
template <class V>
INGOT_FN V cospi(V x) {
  const V half = splat<V>(pick<V>(0.5, 0.5f)), size = magnitude(modulo_two(x));
  const V h = half - size, lost = (half - h) - size;
  const Turned<V> r = times_pi(h);
  return select(h == splat<V>(0), h, sin_kernel(r.high, -fma(lost, splat<V>(kPiNear<V>), r.low)));
}

// tan(pi f) or -1 / tan(pi f) by the kernel of tan, f being exact. Zeros and poles have the signs of IEEE 754: tanpi(n)
// is +0 for a positive even and a negative odd n, tanpi(n + 1/2) is infinite with the sign of (-1)^n. 0.84 ulp, f32
// 0.84.
template <class V>
INGOT_FN V tanpi(V x) {
  const V half = splat<V>(pick<V>(0.5, 0.5f)), one = splat<V>(1);
  const V turn = modulo_two(x), size = magnitude(turn);
  const V near = select(size > half, turn - copy_sign(one, turn), turn);
  const Mask<V> odd = magnitude(near) > splat<V>(pick<V>(0.25, 0.25f));
  const V f = select(odd, near - copy_sign(half, near), near);
  const Turned<V> r = times_pi(f);
  const V y = select(magnitude(near) < splat<V>(kTurnTiny<V>), tiny_turn(f), tan_kernel(r.high, r.low, odd));
  const V edge = select(odd, copy_sign(infinity<V>(), turn), copy_sign(f, select(size == one, negative(x), x)));
  return select(f == splat<V>(0), edge, y);
}

// sin(pi x) / (pi x), both carried in two parts, as is the quotient. 0 for whole numbers other than 0, and NaN for
// infinities, as NumPy's formula gives it. 0.94 ulp, f32 0.87.
template <class V>
INGOT_FN V sinc(V x) {
  const V size = magnitude(x), one = splat<V>(1);
  const V f = nearest_half_turn(modulo_two(size));
  const Turned<V> r = times_pi(f), d = times_pi(lesser(size, splat<V>(pick<V>(0x1p60, 0x1p30f))));
  const Turned<V> sine = sin_pair(r.high, -r.low);
  const V inverse = one / d.high, q = sine.high * inverse;
  const V y = fma(fma(-q, d.low, fma(-q, d.high, sine.high) + sine.low), inverse, q);
  return select(size < splat<V>(pick<V>(0x1p-30, 0x1p-14f)), one, select(f == splat<V>(0), magnitude(f), y));
}

}  // namespace ingot::math
