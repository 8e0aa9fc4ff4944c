// Exponential and natural logarithm. Coefficients: coefficients.py, make_exp and make_log.
#pragma once

#include "arithmetic.h"
#include "rare.h"

namespace ingot::math {

// x = k * ln 2 + r with |r| <= ln 2 / 2 and k = shifted - magic, an integer in the low bits of shifted. The first step
// is exact: both terms are multiples of the last place of ln 2 or finer ones of x, and what is left needs no more than
// all bits.
template <class V>
struct ExpReduction {
  V shifted, k, r;
};
template <class V>
INGOT_FN ExpReduction<V> reduce_exp(V x, Element<V> magic) {
  const V shifted = fma(x, splat<V>(pick<V>(0x1.71547652b82fep+0, 0x1.715476p+0f)), splat<V>(magic));
  const V k = shifted - splat<V>(magic);
  return {shifted, k, fma(k, splat<V>(pick<V>(-0x1.62e42fefa39efp-1, -0x1.62e430p-1f)), x)};
}
// The rest of k * ln 2, to be added to r: low as it is, or rounded with low.
template <class V>
INGOT_FN V ln2_low(V k) {
  return k * splat<V>(pick<V>(-0x1.abc9e3b39803fp-56, 0x1.05c610p-29f));
}
template <class V>
INGOT_FN V ln2_low(V k, V low) {
  return fma(k, splat<V>(pick<V>(-0x1.abc9e3b39803fp-56, 0x1.05c610p-29f)), low);
}

// exp(x) - 1 - r for x = r + low rounded, |x| <= ln 2 / 2 and a tiny low. What x is rounded by thus does not enter the
// leading term. The fit is within 0.002 ulp of exp, for f32 0.07.
template <class V>
INGOT_FN V exp_tail(V x, V low) {
  const V z = x * x;
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial2(x, z, 0x1.0p-1, 0x1.555555555555bp-3, 0x1.5555555555568p-5, 0x1.111111110ecb5p-7,
                    0x1.6c16c16c0bbfap-10, 0x1.a01a01b3910ffp-13, 0x1.a01a01e26667fp-16, 0x1.71ddefdcf61b4p-19,
                    0x1.27e4573d241aep-22, 0x1.af6c2f15018fdp-26, 0x1.203bde4c1cf40p-29);
  } else {
    p = polynomial2(x, z, 0x1.fffffcp-2f, 0x1.55549ap-3f, 0x1.5558f0p-5f, 0x1.1234c8p-7f, 0x1.6a0314p-10f);
  }
  return fma(z, p, low);
}

// 2^k for any |k| < 2 * bias, as a product of two. shifted holds k + 2 * bias in its low bits.
template <class V>
struct PowerOfTwo {
  V first, second;
};
template <class V>
INGOT_FN PowerOfTwo<V> power_of_two(V shifted) {
  using U = typename Lane<V>::UInt;
  constexpr int mantissa = Scalar<Element<V>>::mantissa;
  const U sum = to_bits(shifted), half = sum >> 1;
  return {from_bits<V>(half << mantissa), from_bits<V>((sum - half) << mantissa)};
}

// (1 + w) * 2^k, rounded once: 2^k is applied as two factors, the second after the rounding to full precision.
template <class V>
INGOT_FN V scale_by_power(V w, V shifted) {
  const PowerOfTwo<V> power = power_of_two(shifted);
  return fma(power.first, w, power.first) * power.second;
}

// The magic number that leaves k + 2 * bias in the low bits of a sum.
template <class V>
constexpr Element<V> exp_magic = Scalar<Element<V>>::magic + 2 * Scalar<Element<V>>::bias;

// Cody and Waite's reduction, then exp(r) - 1 by a minimax polynomial of degree 12 (f32: 6), without a table or a
// branch. Over the whole range, gradual underflow included: 0.89 ulp, f32 0.89.
template <class V>
INGOT_FN V exp(V x) {
  const V top = splat<V>(pick<V>(1000, 150.0f));
  x = select(x > top, top, select(x < -top, -top, x));
  const ExpReduction<V> e = reduce_exp(x, exp_magic<V>);
  const V low = ln2_low(e.k);
  return scale_by_power(e.r + exp_tail(e.r + low, low), e.shifted);
}

// x = 2^k * m with sqrt(1/2) <= m < sqrt(2), for a positive normal x: one subtraction carries the exponent into place.
template <class V>
struct LogReduction {
  V k, m;
};
template <class V>
INGOT_FN LogReduction<V> reduce_log(V x) {
  using U = typename Lane<V>::UInt;
  using S = Scalar<Element<V>>;
  constexpr typename S::UInt root_half = sizeof(Element<V>) == 8 ? static_cast<typename S::UInt>(0x3fe6a09e667f3bcdu)
                                                                 : static_cast<typename S::UInt>(0x3f3504f3u);
  // Offset by 2^bits-2 so that the quotient is positive and a logical shift will do: AVX2 has no arithmetic one for 64
  // bits.
  constexpr typename S::UInt one = static_cast<typename S::UInt>(1) << S::mantissa;
  const U offset = to_bits(x) - splat<U>(root_half - one * 2 * S::bias);
  const U exponent = offset >> S::mantissa;
  const V shifted = from_bits<V>(exponent | to_bits(splat<V>(pick<V>(0x1p52, 0x1p23f))));
  const V k = shifted - splat<V>(pick<V>(0x1p52 + 2 * 1023, 0x1p23f + 2 * 127));
  const U m = to_bits(x) - ((exponent - splat<U>(2 * S::bias)) << S::mantissa);
  return {k, from_bits<V>(m)};
}

// log(1 + f) - f for 1 + f in [sqrt(1/2), sqrt(2)], by 2 atanh(f / (2 + f)): with s that quotient and h = f^2 / 2 it is
// s * (h + R(s^2)) - h (the arrangement of fdlibm's e_log.c), whose rounding errors are small beside f.
template <class V>
INGOT_FN V log_tail(V f) {
  const V s = f / (splat<V>(2) + f), z = s * s, h = f * (f * splat<V>(pick<V>(0.5, 0.5f)));
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial(z, 0x1.55555555555d7p-1, 0x1.999999996e0cep-2, 0x1.2492494f2fd7bp-2, 0x1.c71c489a16215p-3,
                   0x1.7467fcf2957fcp-3, 0x1.3978847ba7c59p-3, 0x1.30871e66d630cp-3);
  } else {
    p = polynomial(z, 0x1.555588p-1f, 0x1.99541cp-2f, 0x1.32d532p-2f);
  }
  return fma(s, fma(z, p, h), -h);
}

// log of a normal positive x times 2^-shift.
template <class V>
INGOT_FN V log_core(V x, V shift) {
  const LogReduction<V> l = reduce_log(x);
  const V k = l.k - shift, f = l.m - splat<V>(1);
  // k * ln 2 + f + tail: the product with the short upper part of ln 2 is exact and so is the error of adding f to it.
  const V high = k * splat<V>(pick<V>(0x1.62e42fefa3800p-1, 0x1.62e400p-1f)), sum = high + f, error = (high - sum) + f;
  const V low = fma(k, splat<V>(pick<V>(0x1.ef35793c76730p-45, 0x1.7f7d1cp-20f)), log_tail(f));
  return sum + (error + low);
}

template <class V>
INGOT_FN Mask<V> log_is_subnormal(V x) {
  return both(x > splat<V>(0), x < splat<V>(Scalar<Element<V>>::min_normal));
}
template <class T>
INGOT_FN bool log_is_rare(T x) {
  return log_is_subnormal(x);
}

// x = 2^k * m, log m = 2 atanh((m - 1) / (m + 1)) by a minimax polynomial of 7 terms (f32: 3) and one division. The
// values outside the normal positive range are put right in a branch, subnormals out of line. Over the whole range:
// 0.86 ulp (largest just below sqrt(1/2), where log m cancels against ln 2), f32 0.79.
template <class V>
INGOT_FN V log(V x) {
  const V zero = splat<V>(0);
  V y = log_core(x, zero);
  if (INGOT_UNLIKELY(any(!both(x >= splat<V>(Scalar<Element<V>>::min_normal), x < infinity<V>())))) {
    if (any(log_is_subnormal(x))) y = log_replace_rare(y, x);
    y = select(x > zero, y, select(x == zero, negative(infinity<V>()), not_a_number<V>()));
    y = select(x == infinity<V>(), x, y);
  }
  return y;
}

template <class T>
INGOT_RARE T log_rare(T x) {
  constexpr T power = pick<T>(54, 24.0f), scale = pick<T>(0x1p54, 0x1p24f);
  return log_core(x * scale, power);
}

}  // namespace ingot::math
