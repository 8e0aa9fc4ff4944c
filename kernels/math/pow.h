// Powers. Coefficients: coefficients.py, make_log and make_exp.
#pragma once

#include "exp_log.h"
#include "pair.h"

namespace ingot::math {

// k * ln 2 + log((1 + t) / (1 - t)) for t = s + s_low of at most (sqrt(2) - 1) / (sqrt(2) + 1), to about 2^-66 of
// itself: t, t^3 and the first coefficient are carried in two parts.
template <class V>
INGOT_FN Pair<V> log_of_quotient(V k, V s, V s_low) {
  const V two = splat<V>(2);
  const V z = s * s, z_low = fma(s + s, s_low, fma(s, s, -z));
  const V q = z * polynomial(z, 0x1.9999999999c18p-2, 0x1.24924924406ccp-2, 0x1.c71c724a603e5p-3, 0x1.745ce0ed9f561p-3,
                             0x1.3b20667fc803bp-3, 0x1.0f6008f26e501p-3, 0x1.0f56b25dc81a4p-3);
  const V third = splat<V>(0x1.5555555555555p-1);
  const V c = third + q, c_low = ((third - c) + q) + splat<V>(0x1.5555555555555p-55);
  const V cube = s * z, cube_low = fma(s, z, -cube) + fma(s, z_low, s_low * z);
  const V t = cube * c, t_low = fma(cube, c, -t) + fma(cube, c_low, cube_low * c);
  // k * ln 2 + 2 s + t, largest first; the upper part of ln 2 is short enough for the product to be exact.
  const V a = k * splat<V>(0x1.62e42fefa3800p-1), twice = s + s;
  const V sum1 = a + twice, error1 = (a - sum1) + twice;
  const V sum2 = sum1 + t, error2 = (sum1 - sum2) + t;
  const V rest = (error1 + error2) + fma(k, splat<V>(0x1.ef35793c76730p-45), fma(two, s_low, t_low));
  const V high = sum2 + rest;
  return {high, (sum2 - high) + rest};
}

// log of a normal positive f64 times 2^-shift.
template <class V>
INGOT_FN Pair<V> log_pair(V x, V shift) {
  const LogReduction<V> l = reduce_log(x);
  const V one = splat<V>(1), f = l.m - one, d = l.m + one, d_low = l.m - (d - one), inverse = one / d;
  const V s = f * inverse, s_low = fma(-s, d_low, fma(-s, d, f)) * inverse;
  return log_of_quotient(l.k - shift, s, s_low);
}

// exp(high + low).
template <class V>
INGOT_FN V exp_pair(V high, V low) {
  const V top = splat<V>(1000);
  const Mask<V> beyond = magnitude(high) > top;
  high = select(beyond, copy_sign(top, high), high);
  low = select(beyond, splat<V>(0), low);  // it is NaN where high was infinite
  const ExpReduction<V> e = reduce_exp(high, exp_magic<V>);
  low = ln2_low(e.k, low);
  return scale_by_power(e.r + exp_tail(e.r + low, low), e.shifted);
}

template <class V>
INGOT_FN V pow_of_positive(V x, V shift, V y) {
  const Pair<V> l = log_pair(x, shift);
  const V high = y * l.high;
  return exp_pair(high, fma(y, l.high, -high) + y * l.low);
}

// f32 in f64 lanes: the plain logarithm and exponential are far more precise than is needed.
template <class V>
INGOT_FN V log_of_quotient_f32(V k, V s) {
  const V z = s * s;
  const V p = polynomial(z, 0x1.55555556b3746p-1, 0x1.99999568f590ep-2, 0x1.24948420cdca2p-2, 0x1.c609d549b24a5p-3,
                         0x1.92c9ef3adc5a6p-3);
  return fma(k, splat<V>(0x1.62e42fefa39efp-1), fma(s * z, p, s + s));
}
template <class V>
INGOT_FN V exp_f32(V x) {
  const ExpReduction<V> r = reduce_exp(confine(x, -200.0, 200.0), power_magic<V>);
  const V w = polynomial(r.r, 0x1.0000002ca85bdp-1, 0x1.55554f2521038p-3, 0x1.55549e70f2ea4p-5, 0x1.111aaafc6c793p-7,
                         0x1.6d835c3aaf6bbp-10, 0x1.930a1cebc6b03p-13);
  const V power = power_from(r.shifted);
  return fma(power, fma(r.r * r.r, w, r.r), power);
}
template <class V>
INGOT_FN V pow_of_positive_f32(V x, V y) {
  const LogReduction<V> l = reduce_log(x);
  const V one = splat<V>(1);
  return exp_f32(y * log_of_quotient_f32(l.k, (l.m - one) / (l.m + one)));
}

// What the fast path covers: a normal positive base and a finite power.
template <class V>
INGOT_FN Mask<V> pow_is_common(V x, V y) {
  return both(both(x >= splat<V>(Scalar<Element<V>>::min_normal), x < infinity<V>()), magnitude(y) < infinity<V>());
}
template <class T>
INGOT_FN bool pow_is_rare(T x, T y) {
  return !pow_is_common(x, y);
}

// x to the power y as exp(y * log x) with the logarithm in two parts: 0.94 ulp, f32 0.51, over the whole range. The
// special cases of C's Annex F are out of line. Integers: by squaring, modulo 2^bits.
template <class V>
INGOT_FN V pow(V x, V y) {
  if constexpr (is_f64<V>) {
    V result = pow_of_positive(x, splat<V>(0), y);
    if (INGOT_UNLIKELY(any(!pow_is_common(x, y)))) result = pow_replace_rare(result, x, y);
    return result;
  } else if constexpr (is_float<V>) {
    V result = convert<f32>(pow_of_positive_f32(convert<f64>(x), convert<f64>(y)));
    if (INGOT_UNLIKELY(any(!pow_is_common(x, y)))) result = pow_replace_rare(result, x, y);
    return result;
  } else {
    const V zero = splat<V>(0), one = splat<V>(1);
    V result = one, base = x, rest = y;
    Mask<V> below = zero != zero;
    if constexpr (is_signed<V>) {
      below = y < zero;
      rest = select(below, static_cast<V>(y & one), y);  // the sign of (-1)^y, the only thing a negative power needs
    }
    while (any(rest != zero)) {
      result = select(static_cast<V>(rest & one) != zero, multiply(result, base), result);
      base = multiply(base, base);
      rest = static_cast<V>(rest >> one);
    }
    if constexpr (is_signed<V>) {
      const Mask<V> unit = either(x == one, x == splat<V>(-1));
      result = select(both(below, !unit), zero, result);
    }
    return result;
  }
}

template <class T>
INGOT_RARE T pow_rare(T x, T y) {
  const T inf = infinity<T>(), one = 1;
  if (y == 0 || x == one) return one;
  if (x != x || y != y) return not_a_number<T>();
  const T size = magnitude(x);
  if (magnitude(y) == inf) {
    if (size == one) return one;
    return (size > one) == (y > 0) ? inf : T(0);
  }
  const bool integral = y == round_to_zero(y);
  const bool odd = integral && magnitude(y) < pick<T>(0x1p53, 0x1p24f) && y * T(0.5) != round_to_zero(y * T(0.5));
  const T sign = odd ? x : one;  // of the result
  if (size == 0 || size == inf) return copy_sign((size == 0) == (y < 0) ? inf : T(0), sign);
  if (x < 0 && !integral) return not_a_number<T>();
  f64 result;
  if constexpr (sizeof(T) == 8) {
    const bool subnormal = size < Scalar<f64>::min_normal;
    result = pow_of_positive(subnormal ? size * 0x1p54 : size, subnormal ? 54.0 : 0.0, y);
  } else {
    result = pow_of_positive_f32(static_cast<f64>(size), static_cast<f64>(y));
  }
  return copy_sign(static_cast<T>(result), sign);
}

}  // namespace ingot::math
