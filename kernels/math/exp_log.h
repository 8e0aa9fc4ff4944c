// Exponentials and logarithms to the bases e, 2 and 10. Coefficients: coefficients.py, make_exp and make_log.
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

// exp(x) - 1 - x = z * (c + z * even + x * odd) for z = x * x, |x| <= ln 2 / 2, with c of nearly 1/2: the series of the
// hyperbolic cosine and sine. The fit is within 0.002 ulp of exp, for f32 0.07.
template <class V>
struct ExpSeries {
  V even, odd;
};
template <class V>
INGOT_FN ExpSeries<V> exp_series(V z) {
  if constexpr (is_f64<V>) {
    return {polynomial(z, 0x1.5555555555568p-5, 0x1.6c16c16c0bbfap-10, 0x1.a01a01e26667fp-16, 0x1.27e4573d241aep-22,
                       0x1.203bde4c1cf40p-29),
            polynomial(z, 0x1.555555555555bp-3, 0x1.111111110ecb5p-7, 0x1.a01a01b3910ffp-13, 0x1.71ddefdcf61b4p-19,
                       0x1.af6c2f15018fdp-26)};
  } else {
    return {polynomial(z, 0x1.5558f0p-5f, 0x1.6a0314p-10f), polynomial(z, 0x1.55549ap-3f, 0x1.1234c8p-7f)};
  }
}

// exp(x) - 1 - r for x = r + low rounded and a tiny low. What x is rounded by thus does not enter the leading term.
template <class V>
INGOT_FN V exp_tail(V x, V low) {
  const V z = x * x;
  const ExpSeries<V> series = exp_series(z);
  const V even = fma(z, series.even, splat<V>(pick<V>(0x1p-1, 0x1.fffffcp-2f)));
  return fma(z, fma(x, series.odd, even), low);
}
// c - 1/2 + z * even + x * odd: what z is multiplied by where its half is added apart.
template <class V>
INGOT_FN V exp_beyond_half(V even) {
  if constexpr (is_f64<V>) {
    return even;
  } else {
    return even + splat<V>(-0x1p-24f);
  }
}
template <class V>
INGOT_FN V exp_cubic(V x, V z) {
  const ExpSeries<V> series = exp_series(z);
  return fma(x, series.odd, exp_beyond_half(z * series.even));
}
// exp_tail with z / 2 rounded only by the last sum: for two more operations, 2^-58 instead of 2^-55.7.
template <class V>
INGOT_FN V exp_tail_fine(V x, V low) {
  const V z = x * x;
  return fma(x * splat<V>(pick<V>(0.5, 0.5f)), x, fma(z, exp_cubic(x, z), low));
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

// The magic numbers that leave k + 2 * bias, or k + bias, the exponent bits of 2^k, in the low bits of a sum.
template <class V>
constexpr Element<V> exp_magic = Scalar<Element<V>>::magic + 2 * Scalar<Element<V>>::bias;
template <class V>
constexpr Element<V> power_magic = Scalar<Element<V>>::magic + Scalar<Element<V>>::bias;

// 2^k for a sum of k and power_magic.
template <class V>
INGOT_FN V power_from(V shifted) {
  return from_bits<V>(to_bits(shifted) << Scalar<Element<V>>::mantissa);
}

// x, kept within [low, high]; NaN stays.
template <class V>
INGOT_FN V confine(V x, Element<V> low, Element<V> high) {
  x = select(x > splat<V>(high), splat<V>(high), x);
  return select(x < splat<V>(low), splat<V>(low), x);
}

// Cody and Waite's reduction, then exp(r) - 1 by a minimax polynomial of degree 12 (f32: 6), without a table or a
// branch. Over the whole range, gradual underflow included: 0.89 ulp, f32 0.89.
template <class V>
INGOT_FN V exp(V x) {
  const ExpReduction<V> e = reduce_exp(confine(x, pick<V>(-1000, -150.0f), pick<V>(1000, 150.0f)), exp_magic<V>);
  const V low = ln2_low(e.k);
  return scale_by_power(e.r + exp_tail(e.r + low, low), e.shifted);
}

// 2^x: the integer nearest to x, exact, and exp of what is left times ln 2. An integer gives the power itself.
template <class V>
INGOT_FN V exp2(V x) {
  x = confine(x, pick<V>(-1200, -200.0f), pick<V>(1200, 200.0f));
  const V shifted = x + splat<V>(exp_magic<V>), r = x - (shifted - splat<V>(exp_magic<V>));
  const V ln2 = splat<V>(pick<V>(0x1.62e42fefa39efp-1, 0x1.62e430p-1f));
  const V low = r * splat<V>(pick<V>(0x1.abc9e3b39803fp-56, -0x1.05c610p-29f));
  return scale_by_power(fma(r, ln2, exp_tail_fine(r * ln2, low)), shifted);
}

// 10^x: as exp, with log10(2) for ln 2, and what is left is multiplied by ln 10.
template <class V>
INGOT_FN V exp10(V x) {
  x = confine(x, pick<V>(-400, -60.0f), pick<V>(400, 60.0f));
  const V shifted = fma(x, splat<V>(pick<V>(0x1.a934f0979a371p+1, 0x1.a934f0p+1f)), splat<V>(exp_magic<V>));
  const V k = shifted - splat<V>(exp_magic<V>);
  const V r = fma(k, splat<V>(pick<V>(-0x1.34413509f79ffp-2, -0x1.344136p-2f)), x);
  const V r_low = k * splat<V>(pick<V>(0x1.9dc1da994fd21p-59, 0x1.ec10c0p-27f));
  const V ln10 = splat<V>(pick<V>(0x1.26bb1bbb55516p+1, 0x1.26bb1cp+1f));
  const V low = fma(r, splat<V>(pick<V>(-0x1.f48ad494ea3e9p-53, -0x1.12aabap-25f)), r_low * ln10);
  const V product = r * ln10, product_low = fma(r, ln10, -product) + low;
  const V reduced = product + product_low, lost = (product - reduced) + product_low;
  return scale_by_power(fma(r, ln10, exp_tail_fine(reduced, fma(lost, reduced, low))), shifted);
}

// exp(x) = 2^k * (1 + w + w_low), k in shifted as in scale_by_power: what x and w are rounded by is kept.
template <class V>
struct ExpParts {
  V shifted, k, w, w_low;
};
template <class V>
INGOT_FN ExpParts<V> exp_parts(V x) {
  const ExpReduction<V> e = reduce_exp(x, exp_magic<V>);
  const V low = ln2_low(e.k), reduced = e.r + low, lost = (e.r - reduced) + low;
  const V t = exp_tail_fine(reduced, fma(lost, reduced, low));  // exp(x) - 1 is about x, enough for what rounding lost
  const V w = e.r + t;
  return {e.shifted, e.k, w, (e.r - w) + t};
}

// exp(x) - 1 = 2 * (2^(k-1) - 1/2 + 2^(k-1) * w), the halves so that 2^k does not overflow before the result does.
template <class V>
INGOT_FN V expm1(V x) {
  using U = typename Lane<V>::UInt;
  const ExpParts<V> e = exp_parts(confine(x, pick<V>(-50, -25.0f), pick<V>(710, 89.0f)));
  const U exponent = to_bits(e.shifted) - splat<U>(Scalar<Element<V>>::bias + 1);
  const V power = from_bits<V>(exponent << Scalar<Element<V>>::mantissa), half = splat<V>(pick<V>(0.5, 0.5f));
  const V base = power - half, base_low = (power - base) - half;
  const V y = fma(power, e.w, base), y_low = fma(power, e.w_low, fma(power, e.w, base - y) + base_low);
  const V tiny = splat<V>(pick<V>(0x1p-54, 0x1p-25f));
  return select(magnitude(x) < tiny, x, (y + y_low) * splat<V>(2));
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

// log((1 + s) / (1 - s)) = 2 s + s * z * log_series(z) for z = s * s, |s| <= (sqrt(2) - 1) / (sqrt(2) + 1).
template <class V>
INGOT_FN V log_series(V z) {
  if constexpr (is_f64<V>) {
    return polynomial(z, 0x1.55555555555d7p-1, 0x1.999999996e0cep-2, 0x1.2492494f2fd7bp-2, 0x1.c71c489a16215p-3,
                      0x1.7467fcf2957fcp-3, 0x1.3978847ba7c59p-3, 0x1.30871e66d630cp-3);
  } else {
    return polynomial(z, 0x1.555588p-1f, 0x1.99541cp-2f, 0x1.32d532p-2f);
  }
}

// log(1 + f) - f for 1 + f in [sqrt(1/2), sqrt(2)], by 2 atanh(f / (2 + f)): with s that quotient and h = f^2 / 2 it is
// s * (h + R(s^2)) - h (the arrangement of fdlibm's e_log.c), whose rounding errors are small beside f.
template <class V>
struct LogTail {  // s * sum - h
  V s, sum, half, h;
};
template <class V>
INGOT_FN LogTail<V> log_tail_parts(V f) {
  const V s = f / (splat<V>(2) + f), z = s * s, half = f * splat<V>(pick<V>(0.5, 0.5f)), h = f * half;
  return {s, fma(z, log_series(z), h), half, h};
}
template <class V>
INGOT_FN V log_tail(V f) {
  const LogTail<V> t = log_tail_parts(f);
  return fma(t.s, t.sum, -t.h);
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
INGOT_FN V log2_core(V x, V shift) {
  const LogReduction<V> l = reduce_log(x);
  const V k = l.k - shift, f = l.m - splat<V>(1);
  const V e = splat<V>(pick<V>(0x1.71547652b82fep+0, 0x1.715476p+0f));
  const V product = f * e, sum = k + product, error = (k - sum) + product;
  // log2(e) enlarges what the tail and its largest part are rounded by: the one is not rounded, the other's is kept.
  const LogTail<V> tail = log_tail_parts(f);
  const V low = fma(fma(f, tail.half, -tail.h), -e,
                    fma(f, splat<V>(pick<V>(0x1.777d0ffda0d24p-56, 0x1.4ae0c0p-26f)), fma(f, e, -product)));
  return sum + fma(tail.s * tail.sum, e, fma(tail.h, -e, low + error));
}

template <class V>
INGOT_FN V log10_core(V x, V shift) {
  const LogReduction<V> l = reduce_log(x);
  const V k = l.k - shift, f = l.m - splat<V>(1);
  const V e = splat<V>(pick<V>(0x1.bcb7b1526e50ep-2, 0x1.bcb7b2p-2f));
  const V high = k * splat<V>(pick<V>(0x1.34413509f7800p-2, 0x1.344200p-2f));
  const V product = f * e, sum = high + product, error = (high - sum) + product;
  const V low = fma(f, splat<V>(pick<V>(0x1.95355baaafad3p-57, -0x1.5b235ep-27f)), fma(f, e, -product));
  const V rest = fma(k, splat<V>(pick<V>(0x1.fef311f12b358p-46, -0x1.95ec10p-19f)), fma(log_tail(f), e, low));
  return sum + (error + rest);
}

// Outside of what the cores cover: subnormals, put right out of line, and what is not positive and finite.
template <class V>
INGOT_FN Mask<V> log_is_common(V x) {
  return both(x >= splat<V>(Scalar<Element<V>>::min_normal), x < infinity<V>());
}
template <class V>
INGOT_FN Mask<V> log_is_subnormal(V x) {
  return both(x > splat<V>(0), x < splat<V>(Scalar<Element<V>>::min_normal));
}
template <class V>
INGOT_FN V log_at_ends(V y, V x) {
  const V zero = splat<V>(0);
  y = select(x > zero, y, select(x == zero, negative(infinity<V>()), not_a_number<V>()));
  return select(x == infinity<V>(), x, y);
}

template <class T>
INGOT_FN bool log_is_rare(T x) {
  return log_is_subnormal(x);
}
template <class T>
INGOT_FN bool log2_is_rare(T x) {
  return log_is_subnormal(x);
}
template <class T>
INGOT_FN bool log10_is_rare(T x) {
  return log_is_subnormal(x);
}

// x = 2^k * m, log m = 2 atanh((m - 1) / (m + 1)) by a minimax polynomial of 7 terms (f32: 3) and one division. The
// values outside the normal positive range are put right in a branch, subnormals out of line. Over the whole range:
// 0.86 ulp (largest just below sqrt(1/2), where log m cancels against ln 2), f32 0.79.
template <class V>
INGOT_FN V log(V x) {
  V y = log_core(x, splat<V>(0));
  if (INGOT_UNLIKELY(any(!log_is_common(x)))) {
    if (any(log_is_subnormal(x))) y = log_replace_rare(y, x);
    y = log_at_ends(y, x);
  }
  return y;
}

// The same with log m times log2(e) in two parts; powers of two give integers.
template <class V>
INGOT_FN V log2(V x) {
  V y = log2_core(x, splat<V>(0));
  if (INGOT_UNLIKELY(any(!log_is_common(x)))) {
    if (any(log_is_subnormal(x))) y = log2_replace_rare(y, x);
    y = log_at_ends(y, x);
  }
  return y;
}
template <class V>
INGOT_FN V log10(V x) {
  V y = log10_core(x, splat<V>(0));
  if (INGOT_UNLIKELY(any(!log_is_common(x)))) {
    if (any(log_is_subnormal(x))) y = log10_replace_rare(y, x);
    y = log_at_ends(y, x);
  }
  return y;
}

// Subnormals are multiplied by 2^power first.
template <class T>
constexpr T log_power = pick<T>(54, 24.0f);
template <class T>
constexpr T log_scale = pick<T>(0x1p54, 0x1p24f);
template <class T>
INGOT_RARE T log_rare(T x) {
  return log_core(x * log_scale<T>, log_power<T>);
}
template <class T>
INGOT_RARE T log2_rare(T x) {
  return log2_core(x * log_scale<T>, log_power<T>);
}
template <class T>
INGOT_RARE T log10_rare(T x) {
  return log10_core(x * log_scale<T>, log_power<T>);
}

// log(1 + x + low) + shift * ln 2 for finite x > -1 and low within a few last places of x. u = 1 + x rounded is
// reduced, and what it was rounded by follows it: f is 2^-k * (u - 2^k + rest), which for k = 0 is x itself.
template <class V>
INGOT_FN V log1p_core(V x, V low, V shift) {
  const V one = splat<V>(1), u = one + x;
  const V rest = lesser(x, one) - (u - larger(x, one));
  const LogReduction<V> l = reduce_log(u);
  const V scale = power_from(splat<V>(power_magic<V>) - lesser(l.k, splat<V>(pick<V>(500, 100.0f))));
  const V f1 = l.m - one, f2 = rest * scale, f = f1 + f2, f_low = fma(low, scale, (f1 - f) + f2);
  const V k = l.k + shift;
  const V high = k * splat<V>(pick<V>(0x1.62e42fefa3800p-1, 0x1.62e400p-1f)), sum = high + f, error = (high - sum) + f;
  const V tail = log_tail(f) + fma(-f, f_low, f_low);
  return sum + (error + fma(k, splat<V>(pick<V>(0x1.ef35793c76730p-45, 0x1.7f7d1cp-20f)), tail));
}

template <class V>
INGOT_FN V log1p(V x) {
  const V zero = splat<V>(0), one = splat<V>(1);
  V y = copy_sign(log1p_core(x, zero, zero), x);
  if (INGOT_UNLIKELY(any(!both(x > -one, x < infinity<V>())))) y = log_at_ends(y, x + one);
  return y;
}

}  // namespace ingot::math
