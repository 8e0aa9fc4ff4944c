// Sine and cosine over the whole range. Coefficients: coefficients.py, make_sin.
//
// The fast path reduces by multiples of pi (Cody and Waite, three pieces, with the rounding error of the difference
// kept) to |r| <= pi / 2 and evaluates one odd polynomial there, whose leading terms are formed with their rounding
// error: that is what keeps the result below 1 ulp up to |r| = pi / 2. Larger arguments are reduced by Payne and
// Hanek's method, one lane at a time.
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

// sin(r - excess) for |r| <= pi / 2 and a tiny excess, as 3/4 r + tail. Of tail / r = sin(r) / r - 3/4 the first terms,
// 1/4 - r^2 / 8, are rounded once, r / 8 being exact, and the polynomial is left with so small a share that its errors
// do not count. The tail being small, so are its errors beside the result, up to |r| = pi / 2, and the last fma adds
// the only large one. The tail is formed negated: that of a zero is then +0 for either sign, and sin(-0) = -0.
template <class V>
INGOT_FN V sin_kernel(V r, V excess) {
  const V one = splat<V>(1), s = r * r;
  const V cosine = fma(s, splat<V>(pick<V>(-0x1.9f02f6p-2, -0x1.9f02f6p-2f)), one);  // within 0.06, to scale excess
  const V start = fma(r, r * splat<V>(pick<V>(-0.125, -0.125f)), splat<V>(pick<V>(0.25, 0.25f)));
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial2(s, s * s, 0x1.5555555555552p-5, -0x1.1111111111088p-7, 0x1.a01a01a011e5cp-13,
                    -0x1.71de3a518d2a8p-19, 0x1.ae6454654c6f8p-26, -0x1.6123b3dcbfbc6p-33, 0x1.ae3d859ec86f2p-41,
                    -0x1.879ce2c489e59p-49);
  } else {
    p = polynomial2(s, s * s, 0x1.555556p-5f, -0x1.111118p-7f, 0x1.a01b0ap-13f, -0x1.71cafcp-19f, 0x1.a17696p-26f);
  }
  const V tail = fma(r * s, p, fma(-r, start, excess * cosine));
  return fma(r, splat<V>(pick<V>(0.75, 0.75f)), -tail);
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

// sin(x) for every x: 0.96 ulp, f32 0.97.
template <class V>
INGOT_FN V sin_common(V x) {
  constexpr Element<V> magic = Scalar<Element<V>>::magic;
  const V shifted = fma(x, splat<V>(kOneOverPi<V>), splat<V>(magic)), q = shifted - splat<V>(magic);
  const V exact = fma(q, splat<V>(-kPi1<V>), x);
  const V r = fma(q, splat<V>(-kPi2<V>), exact);
  const V excess = fma(q, splat<V>(kPi3<V>), fma(q, splat<V>(kPi2<V>), r - exact));
  return flip_if_odd(sin_kernel(r, excess), shifted);
}

// cos(x) = sin(x + pi / 2): the multiples of pi are halves of odd numbers. Below |x| = 1 the first difference is not
// exact, as pi / 2 then has fewer places than x; its error is found by adding back. For every x: 0.95 ulp, f32 0.98.
template <class V>
INGOT_FN V cos_common(V x) {
  constexpr Element<V> magic = Scalar<Element<V>>::magic;
  const V half = splat<V>(pick<V>(0.5, 0.5f));
  const V shifted = fma(x, splat<V>(kOneOverPi<V>), half) + splat<V>(magic), q = (shifted - splat<V>(magic)) - half;
  const V close = fma(q, splat<V>(-kPi1<V>), x), lost = x - fma(q, splat<V>(kPi1<V>), close);
  const V r = fma(q, splat<V>(-kPi2<V>), close);
  const V excess = fma(q, splat<V>(kPi3<V>), fma(q, splat<V>(kPi2<V>), r - close) - lost);
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

// Payne and Hanek: |x| = m * 2^e, and only a window of three words of 1/pi times m matters modulo 2. The fraction is
// kept to 128 bits, of which at most 62 are lost to cancellation over all doubles.
INGOT_SLOW TrigReduction reduce_huge(f64 x, bool cosine) {
  static constexpr u64 one_over_pi[20] = {
      0x517cc1b727220a94u, 0xfe13abe8fa9a6ee0u, 0x6db14acc9e21c820u, 0xff28b1d5ef5de2b0u, 0xdb92371d2126e970u,
      0x0324977504e8c90eu, 0x7f0ef58e5894d39fu, 0x74411afa975da242u, 0x74ce38135a2fbf20u, 0x9cc8eb1cc1a99cfau,
      0x4e422fc5defc941du, 0x8ffc4bffef02cc07u, 0xf79788c5ad05368fu, 0xb69b3f6793e584dbu, 0xa7a31fb34f2ff516u,
      0xba93dd63f5f2f8bdu, 0x9e839cfbc5294975u, 0x35fdafd88fc6ae84u, 0x2b0198237e3db5d5u, 0xf867de104d7a1b0eu};
  const u64 bits = to_bits(magnitude(x));
  const u64 m = (bits & 0xfffffffffffffu) | 0x10000000000000u;
  const int e = static_cast<int>(bits >> 52) - 1075;  // |x| >= 2^11 here, so e >= -41
  // 1/pi without the bits whose product with m * 2^e is a multiple of 2: the window starts at bit e - 1 of it.
  const int start = e - 1;
  u64 w[4];
  for (int i = 0; i < 4; ++i) {
    const int bit = start + 64 * i;
    if (bit <= -64) {
      w[i] = 0;
    } else if (bit < 0) {
      w[i] = one_over_pi[0] >> -bit;
    } else {
      const int word = bit / 64, shift = bit % 64;
      const u64 next = word + 1 < 20 ? one_over_pi[word + 1] : 0;
      w[i] = shift ? (one_over_pi[word] << shift) | (next >> (64 - shift)) : one_over_pi[word];
    }
  }
  // Product modulo 2^256 in units of 2^-255: p[0] has the integer part modulo 2 as its highest bit.
  u64 p[4], carry = 0;
  for (int i = 3; i >= 0; --i) {
    const u64 low = w[i] * m, sum = low + carry;
    carry = multiply_high(w[i], m) + (sum < low);
    p[i] = sum;
  }
  bool odd = p[0] >> 63;
  // The fraction, as a signed number of 2^-191 units from 3 words: for the sine from the nearest integer, for the
  // cosine from 1/2.
  u64 a = p[0] << 1 | p[1] >> 63, b = p[1] << 1 | p[2] >> 63, c = p[2] << 1 | p[3] >> 63;
  bool negative_fraction = false;
  if (cosine) {
    a ^= u64(1) << 63;  // minus one half, modulo 1
  }
  if (a >> 63) {
    negative_fraction = true;
    a = ~a;
    b = ~b;
    c = ~c + 1;
    if (!c && !++b) ++a;
    odd = cosine ? odd : !odd;
  }
  if (cosine) odd = !odd;
  // Normalise and take 53 + 53 bits.
  f64 unit = 0x1p-53;
  int shifts = 0;
  while (!(a >> 63) && shifts < 128) {
    a = a << 1 | b >> 63;
    b = b << 1 | c >> 63;
    c <<= 1;
    unit *= 0.5;
    ++shifts;
  }
  const f64 f = static_cast<f64>(a >> 11) * unit;
  const f64 f_low = static_cast<f64>(((a & 0x7ff) << 42) | (b >> 22)) * (unit * 0x1p-53);
  // Times pi, in two parts.
  const f64 product = f * kPi1<f64>;
  const f64 error = fma(f, kPi1<f64>, -product) + fma(f, 0x1.1a62633145c07p-53, f_low * kPi1<f64>);
  const f64 r = product + error, low = (product - r) + error;
  if (negative_fraction != (x < 0 && !cosine)) return {-r, -low, odd};
  return {r, low, odd};
}

// f32 goes through f64 here: every f32 is one, and the kernel for f64 then leaves nothing to the rounding.
template <class T>
INGOT_SLOW T trig_rare(T x, bool cosine) {
  if (!(magnitude(x) < infinity<T>())) return not_a_number<T>();
  const TrigReduction t = reduce_huge(static_cast<f64>(x), cosine);
  const f64 y = sin_kernel(t.r, -t.low);
  return static_cast<T>(t.odd ? -y : y);
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
