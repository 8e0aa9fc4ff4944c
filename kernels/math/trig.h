// Sine and cosine over the whole range. Coefficients: coefficients.py, make_sin.
//
// The fast path reduces by multiples of pi (Cody and Waite, three pieces, with the rounding error of the difference
// kept) to |r| <= pi / 2 and evaluates one odd polynomial there, split so that only its small part is rounded more than
// once: that is what keeps the result below 1 ulp up to |r| = pi / 2. Larger arguments are reduced one lane at a time:
// up to 2^30 by three full pieces, beyond by Payne and Hanek's method.
#pragma once

#include "arithmetic.h"
#include "rare.h"

namespace ingot::math {

// pi = kPi1 + kPi2 + kPi3. q * kPi1 cancels against x exactly; kPi2 is short, so that q * kPi2 is exact for |q| < 2^18
// (f32: 2^11). All are positive, which sin(-0) = -0 needs.
template <class V>
constexpr Element<V> kPi1 = pick<V>(0x1.921fb54442d18p+1, 0x1.921fb4p+1f);
template <class V>
constexpr Element<V> kPi2 = pick<V>(0x1.1a62633100000p-53, 0x1.444p-23f);
template <class V>
constexpr Element<V> kPi3 = pick<V>(0x1.1701b839a2520p-87, 0x1.68c234p-38f);
template <class V>
constexpr Element<V> kOneOverPi = pick<V>(0x1.45f306dc9c883p-2, 0x1.45f306p-2f);

// Above this the fast path would lose bits.
template <class V>
constexpr Element<V> kTrigFast = pick<V>(0x1p18, 0x1p11f);

// The straight part of sin(r) / r, about 3/4, and an eighth of the r^2 at which the two meet. Of all numbers near 3/4
// it is one whose kMeeting is off by next to nothing.
template <class V>
constexpr Element<V> kStraight = pick<V>(0x1.800000000037bp-1, 0x1.7ffff2p-1f);
template <class V>
constexpr Element<V> kMeeting = pick<V>(0x1.a09da860e48c1p-3, 0x1.a09ddap-3f);

// sin(r - excess) for |r| <= pi / 2 and a tiny excess, as r * kStraight - tail. With t = r^2 / 8 - kMeeting, rounded
// once, r / 8 being exact, tail / r is t + t * p(t): |t| is at most 0.21, and p(t) at most a third, so that their
// errors hardly count. The last fma adds the only large one. The excess counts with cos(r), as a line in t that is 1
// for r = 0, next to which the excess may outweigh the rounding error by far. The tail of a zero is +0 for either sign,
// so that sin(-0) = -0.
template <class V>
INGOT_FN V sin_series(V t) {
  if constexpr (is_f64<V>) {
    return polynomial(t, 0x1.075746e524203p-3, -0x1.e572feb00208p-2, 0x1.7bd813d24c732p-4, -0x1.57594b5421cb7p-7,
                      0x1.942bf9b4944eep-11, -0x1.4e6fea1b9d74fp-15, 0x1.9a51b204199efp-20, -0x1.8827b8e2286d2p-25);
  } else {
    return polynomial(t, 0x1.075718p-3f, -0x1.e572fap-2f, 0x1.7bd7c4p-4f, -0x1.574282p-7f, 0x1.a01084p-11f);
  }
}
template <class V>
INGOT_FN V sin_tail(V r, V excess) {
  const V t = fma(r, r * splat<V>(pick<V>(0.125, 0.125f)), splat<V>(-kMeeting<V>));
  const V cosine = fma(t, splat<V>(pick<V>(-0x1.9f02f6p+1, -0x1.9f02f6p+1f)),
                       splat<V>(pick<V>(0x1.5c9b9a781cf21p-2, 0x1.5c9b4ap-2f)));  // within 0.06
  return fma(r, fma(t, sin_series(t), t), excess * cosine);
}
template <class V>
INGOT_FN V sin_kernel(V r, V excess) {
  return fma(r, splat<V>(kStraight<V>), -sin_tail(r, excess));
}
template <class V>
INGOT_FN V sin_kernel(V r) {
  const V t = fma(r, r * splat<V>(pick<V>(0.125, 0.125f)), splat<V>(-kMeeting<V>));
  return fma(r, splat<V>(kStraight<V>), -(r * fma(t, sin_series(t), t)));
}

// Flips the sign of y where the integer in the low bits of shifted is odd.
template <class V>
INGOT_FN V flip_if_odd(V y, V shifted) {
  return from_bits<V>(to_bits(y) ^ (to_bits(shifted) << (Scalar<Element<V>>::bits - 1)));
}

template <class V>
INGOT_FN Mask<V> sin_is_rare(V x) {
  return magnitude(x) > splat<V>(kTrigFast<V>);
}
template <class V>
INGOT_FN Mask<V> cos_is_rare(V x) {
  return magnitude(x) > splat<V>(kTrigFast<V>);
}

// sin(x) for every x: 0.94 ulp, f32 too. Bound by the units that multiply: hence Horner's rule in the kernel, and q *
// kPi2, which is exact, subtracted on its own, where an fma and another one for what it loses would do the same.
template <class V>
INGOT_FN V sin_common(V x) {
  constexpr Element<V> magic = Scalar<Element<V>>::magic;
  const V shifted = fma(x, splat<V>(kOneOverPi<V>), splat<V>(magic)), q = shifted - splat<V>(magic);
  const V exact = fma(q, splat<V>(-kPi1<V>), x);
  const V step = q * splat<V>(kPi2<V>), r = exact - step;
  const V excess = fma(q, splat<V>(kPi3<V>), (r - exact) + step);
  return flip_if_odd(sin_kernel(r, excess), shifted);
}

// cos(x) = sin(x + pi / 2): the multiples of pi are halves of odd numbers. Below |x| = 1 the first difference is not
// exact, as pi / 2 then has fewer places than x; its error is found by adding back. For every x: 0.94 ulp, f32 too.
template <class V>
INGOT_FN V cos_common(V x) {
  constexpr Element<V> magic = Scalar<Element<V>>::magic;
  const V half = splat<V>(pick<V>(0.5, 0.5f));
  const V shifted = fma(x, splat<V>(kOneOverPi<V>), half) + splat<V>(magic), q = (shifted - splat<V>(magic)) - half;
  const V close = fma(q, splat<V>(-kPi1<V>), x), lost = x - fma(q, splat<V>(kPi1<V>), close);
  const V step = q * splat<V>(kPi2<V>), r = close - step;
  const V excess = fma(q, splat<V>(kPi3<V>), ((r - close) + step) - lost);
  return flip_if_odd(sin_kernel(r, excess), shifted);
}

template <class V>
INGOT_FN V sin(V x) {
  V y = sin_common(x);
  if (INGOT_UNLIKELY(any(sin_is_rare(x)))) y = sin_replace_rare(y, x);
  return y;
}
template <class V>
INGOT_FN V cos(V x) {
  V y = cos_common(x);
  if (INGOT_UNLIKELY(any(cos_is_rare(x)))) y = cos_replace_rare(y, x);
  return y;
}

// x = q * pi + r + low with |r| <= pi / 2 (sine), or with halves of odd numbers for q (cosine); odd tells an odd q (or
// q + 1/2).
struct TrigReduction {
  f64 r, low;
  bool odd;
};

// Up to this, |x| = q * pi + r is found from pi in three full pieces: q * kPi1 cancels against x exactly as above, the
// products and the difference after it are kept with their rounding errors, and what is left out of pi shows 2^-130
// below.
constexpr f64 kTrigFar = 0x1p30;

INGOT_SLOW TrigReduction reduce_far(f64 x, bool cosine) {
  constexpr f64 pi2 = 0x1.1a62633145c07p-53, pi3 = -0x1.f1976b7ed8fbcp-109;
  constexpr f64 half_pi = 0x1.921fb54442d18p+0, half_pi2 = 0x1.1a62633145c07p-54;
  constexpr f64 magic = Scalar<f64>::magic;
  const f64 size = magnitude(x), half = cosine ? 0.5 : 0.0;
  f64 shifted = fma(size, kOneOverPi<f64>, -half) + magic, r, low;
  for (;;) {
    const f64 q = (shifted - magic) + half;
    const f64 close = fma(q, -kPi1<f64>, size), p = q * pi2;
    const f64 difference = close - p, back = difference - close;
    const f64 lost = (close - (difference - back)) - (p + back);
    const f64 rest = lost - fma(q, pi3, fma(q, pi2, -p));
    r = difference + rest;
    low = rest - (r - difference);
    // The quotient was rounded, so that q may be the second nearest.
    const bool above = r > half_pi || (r == half_pi && low > half_pi2);
    const bool below = r < -half_pi || (r == -half_pi && low < -half_pi2);
    if (!INGOT_UNLIKELY(above || below)) break;
    shifted += above ? 1 : -1;
  }
  const bool odd = ((to_bits(shifted) & 1) != 0) != cosine;
  const u64 sign = static_cast<u64>(x < 0 && !cosine) << 63;
  return {from_bits<f64>(to_bits(r) ^ sign), from_bits<f64>(to_bits(low) ^ sign), odd};
}

// Payne and Hanek: |x| = m * 2^e, and only a window of four words of 1/pi times m matters modulo 2. Of the fraction at
// most 62 bits are lost to cancellation over all doubles. Without branches, which data would not let be predicted.
INGOT_SLOW TrigReduction reduce_huge(f64 x, bool cosine) {
  // After a word of zeros, since the window may start before the point.
  static constexpr u64 one_over_pi[21] = {
      0x0000000000000000u, 0x517cc1b727220a94u, 0xfe13abe8fa9a6ee0u, 0x6db14acc9e21c820u, 0xff28b1d5ef5de2b0u,
      0xdb92371d2126e970u, 0x0324977504e8c90eu, 0x7f0ef58e5894d39fu, 0x74411afa975da242u, 0x74ce38135a2fbf20u,
      0x9cc8eb1cc1a99cfau, 0x4e422fc5defc941du, 0x8ffc4bffef02cc07u, 0xf79788c5ad05368fu, 0xb69b3f6793e584dbu,
      0xa7a31fb34f2ff516u, 0xba93dd63f5f2f8bdu, 0x9e839cfbc5294975u, 0x35fdafd88fc6ae84u, 0x2b0198237e3db5d5u,
      0xf867de104d7a1b0eu};
  const u64 bits = to_bits(magnitude(x));
  const u64 m = (bits & 0xfffffffffffffu) | 0x10000000000000u;
  const int e = static_cast<int>(bits >> 52) - 1075;  // |x| >= 2^11 here, so e >= -41
  // 1/pi without the bits whose product with m * 2^e is a multiple of 2: the window starts at bit e - 1 of it.
  const int start = 64 + e - 1, word = start / 64, shift = start % 64;
  // Product modulo 2^256 in units of 2^-255: p[0] has the integer part modulo 2 as its highest bit.
  u64 p[4], carry = 0;
  for (int i = 3; i >= 0; --i) {
    const u64 w = one_over_pi[word + i] << shift | one_over_pi[word + i + 1] >> 1 >> (63 - shift);
    const u64 low = w * m, sum = low + carry;
    carry = multiply_high(w, m) + (sum < low);
    p[i] = sum;
  }
  // The fraction, as a signed number of 2^-191 units from 3 words: for the sine from the nearest integer, for the
  // cosine from 1/2.
  u64 a = p[0] << 1 | p[1] >> 63, b = p[1] << 1 | p[2] >> 63, c = p[2] << 1 | p[3] >> 63;
  a ^= static_cast<u64>(cosine) << 63;  // minus one half, modulo 1
  const u64 negative = a >> 63;
  c = (c ^ -negative) + negative;
  b = (b ^ -negative) + (negative & (c == 0));
  a = (a ^ -negative) + (negative & (c == 0) & (b == 0));
  // Normalise and take 53 + 53 bits.
  const int zeros = leading_zeros(a);
  const u64 high = a << zeros | b >> 1 >> (63 - zeros), next = b << zeros | c >> 1 >> (63 - zeros);
  const f64 unit = from_bits<f64>(static_cast<u64>(1023 - 53 - zeros) << 52);
  const f64 f = static_cast<f64>(static_cast<i64>(high >> 11)) * unit;
  const f64 f_low = static_cast<f64>(static_cast<i64>((high & 0x7ff) << 42 | next >> 22)) * (unit * 0x1p-53);
  // Times pi, in two parts.
  const f64 product = f * kPi1<f64>;
  const f64 error = fma(f, kPi1<f64>, -product) + fma(f, 0x1.1a62633145c07p-53, f_low * kPi1<f64>);
  const f64 r = product + error, low = (product - r) + error;
  const u64 sign = (negative ^ static_cast<u64>(x < 0 && !cosine)) << 63;
  const bool odd = ((p[0] >> 63) ^ (cosine ? 1 : negative)) != 0;
  return {from_bits<f64>(to_bits(r) ^ sign), from_bits<f64>(to_bits(low) ^ sign), odd};
}

// f32 goes through f64 here: every f32 is one, and the kernel for f64 then leaves nothing to the rounding.
template <class T>
INGOT_SLOW T trig_rare(T x, bool cosine) {
  if (!(magnitude(x) < infinity<T>())) return not_a_number<T>();
  const f64 wide = static_cast<f64>(x);
  const TrigReduction t = magnitude(wide) <= kTrigFar ? reduce_far(wide, cosine) : reduce_huge(wide, cosine);
  const f64 y = sin_kernel(t.r, -t.low);
  return static_cast<T>(from_bits<f64>(to_bits(y) ^ static_cast<u64>(t.odd) << 63));
}

template <class T>
INGOT_RARE T sin_rare(T x) {
  return trig_rare(x, false);
}
template <class T>
INGOT_RARE T cos_rare(T x) {
  return trig_rare(x, true);
}

}  // namespace ingot::math
