// Cheaper bodies for what fast_math records: sin, cos, exp, log, tanh and pow without the parts that hold the others to
// 1 ulp. Their domain is everything, and special values are those of the exact functions. Like all bodies they are
// written once and give the same bits everywhere. Coefficients: coefficients.py, make_fast.
#pragma once

#include "exp_log.h"
#include "hyperbolic.h"
#include "pow.h"
#include "trig.h"

namespace ingot::math {

// sin(r) for |r| <= pi / 2, by one odd polynomial. A product comes last, not a sum, which would take the sign from -0.
template <class V>
INGOT_FN V fast_sin_kernel(V r) {
  const V z = r * r;
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial(z, -0x1.55555555554a8p-3, 0x1.111111110a555p-7, -0x1.a01a019a6481ep-13, 0x1.71de38065c938p-19,
                   -0x1.ae6355928a5e6p-26, 0x1.60e6bb4b68bb5p-33, -0x1.9f14ac0398262p-41);
  } else {
    p = polynomial(z, -0x1.55554cp-3f, 0x1.110ed4p-7f, -0x1.9f6feep-13f, 0x1.5dbd0ap-19f);
  }
  return r * fma(z, p, splat<V>(1));
}

// x less q multiples of pi: the first difference is exact where the two cancel, and each of the other pieces is rounded
// once. They hold pi to the bits that multiples next to x need.
template <class V>
INGOT_FN V fast_reduce(V x, V q) {
  const V r = fma(q, splat<V>(-kPi1<V>), x);
  const V second = splat<V>(pick<V>(-0x1.1a62633145c06p-53, -0x1.4442d0p-23f));
  const V third = splat<V>(pick<V>(-0x1.c1cd129024e09p-106, -0x1.84698ap-47f));
  return fma(q, third, fma(q, second, r));
}

template <class V>
INGOT_FN Mask<V> fast_sin_is_rare(V x) {
  return sin_is_rare(x);
}
template <class V>
INGOT_FN Mask<V> fast_cos_is_rare(V x) {
  return cos_is_rare(x);
}

template <class V>
INGOT_FN V fast_sin_common(V x) {
  constexpr Element<V> magic = Scalar<Element<V>>::magic;
  const V shifted = fma(x, splat<V>(kOneOverPi<V>), splat<V>(magic)), q = shifted - splat<V>(magic);
  return flip_if_odd(fast_sin_kernel(fast_reduce(x, q)), shifted);
}
template <class V>
INGOT_FN V fast_cos_common(V x) {
  constexpr Element<V> magic = Scalar<Element<V>>::magic;
  const V half = splat<V>(pick<V>(0.5, 0.5f));
  const V shifted = fma(x, splat<V>(kOneOverPi<V>), half) + splat<V>(magic), q = (shifted - splat<V>(magic)) - half;
  return flip_if_odd(fast_sin_kernel(fast_reduce(x, q)), shifted);
}

template <class V>
INGOT_FN V fast_sin(V x) {
  V y = fast_sin_common(x);
  if (INGOT_UNLIKELY(any(fast_sin_is_rare(x)))) y = fast_sin_replace_rare(y, x);
  return y;
}
template <class V>
INGOT_FN V fast_cos(V x) {
  V y = fast_cos_common(x);
  if (INGOT_UNLIKELY(any(fast_cos_is_rare(x)))) y = fast_cos_replace_rare(y, x);
  return y;
}
template <class T>
INGOT_RARE T fast_sin_rare(T x) {
  return trig_rare(x, false);
}
template <class T>
INGOT_RARE T fast_cos_rare(T x) {
  return trig_rare(x, true);
}

template <class V>
INGOT_FN V fast_exp(V x) {
  const ExpReduction<V> e = reduce_exp(confine(x, pick<V>(-1000, -150.0f), pick<V>(1000, 150.0f)), exp_magic<V>);
  return scale_by_power(exp_less_one(ln2_low(e.k, e.r)), e.shifted);
}

// f + f^2 p(f) for log(1 + f), or for f64, where that would take 18 terms, 2 atanh(f / (2 + f)) by a division.
template <class V>
INGOT_FN V fast_log_core(V x, V shift) {
  const LogReduction<V> l = reduce_log(x);
  const V k = l.k - shift, f = l.m - splat<V>(1), ln2 = splat<V>(pick<V>(0x1.62e42fefa39efp-1, 0x1.62e430p-1f));
  V m;
  if constexpr (is_f64<V>) {
    const V s = f / (splat<V>(2) + f), z = s * s;
    m = s * polynomial(z, 2.0, 0x1.5555555555593p-1, 0x1.999999997fb34p-2, 0x1.2492494217987p-2, 0x1.c71c51e7ecaa5p-3,
                       0x1.746646314c59fp-3, 0x1.39a0f4598b16fp-3, 0x1.2f0d968b20cd2p-3);
  } else {
    m = fma(f * f,
            polynomial2(f, f * f, -0x1.fffffap-2f, 0x1.5556f4p-2f, -0x1.00049ap-2f, 0x1.98d280p-3f, -0x1.535cf8p-3f,
                        0x1.318806p-3f, -0x1.2507b4p-3f, 0x1.65bd2ap-4f),
            f);
  }
  return fma(k, ln2, m);
}
template <class T>
INGOT_FN bool fast_log_is_rare(T x) {
  return log_is_subnormal(x);
}
template <class V>
INGOT_FN V fast_log(V x) {
  V y = fast_log_core(x, splat<V>(0));
  if (INGOT_UNLIKELY(any(!log_is_common(x)))) {
    if (any(log_is_subnormal(x))) y = fast_log_replace_rare(y, x);
    y = log_at_ends(y, x);
  }
  return y;
}
template <class T>
INGOT_RARE T fast_log_rare(T x) {
  return fast_log_core(x * log_scale<T>, log_power<T>);
}

// As tanh, without what w, e and the quotient are rounded by.
template <class V>
INGOT_FN V fast_tanh(V x) {
  const V top = splat<V>(pick<V>(22, 10.0f)), size = magnitude(x), a = select(size > top, top, size);
  const ExpReduction<V> e = reduce_exp(a + a, power_magic<V>);
  const V power = power_from(e.shifted), above = fma(power, exp_less_one(e.r), power - splat<V>(1));
  return copy_sign(above / (above + splat<V>(2)), x);
}

// log of a normal positive x in two parts, by the arrangement of log_tail, whose largest terms are added without
// rounding.
template <class V>
INGOT_FN Pair<V> fast_log_pair(V x) {
  const LogReduction<V> l = reduce_log(x);
  const V f = l.m - splat<V>(1), half = f * splat<V>(pick<V>(0.5, 0.5f)), h = f * half, h_low = fma(f, half, -h);
  const V s = f / (splat<V>(2) + f), z = s * s;
  const V first = l.k * splat<V>(pick<V>(0x1.62e42fefa3800p-1, 0x1.62e400p-1f));
  const V sum = first + f, error = (first - sum) + f, most = sum - h, lost = (sum - most) - h;
  const V low = fma(l.k, splat<V>(pick<V>(0x1.ef35793c76730p-45, 0x1.7f7d1cp-20f)), error + (lost - h_low));
  const V rest = fma(s, fma(z, log_series(z), h), low);
  return sum_of_ordered(most, rest);
}

template <class T>
INGOT_FN bool fast_pow_is_rare(T x, T y) {
  return pow_is_rare(x, y);
}
template <class V>
INGOT_FN V fast_pow(V x, V y) {
  const Pair<V> l = fast_log_pair(x);
  const V limit = splat<V>(pick<V>(1000, 150.0f)), product = y * l.high;
  const V low = fma(y, l.high, -product) + y * l.low,
          high = confine(product, pick<V>(-1000, -150.0f), pick<V>(1000, 150.0f));
  const ExpReduction<V> e = reduce_exp(high, exp_magic<V>);
  const V rest = select(magnitude(product) < limit, low, splat<V>(0));
  V result = scale_by_power(exp_less_one(ln2_low(e.k, e.r) + rest), e.shifted);
  if (INGOT_UNLIKELY(any(!pow_is_common(x, y)))) result = fast_pow_replace_rare(result, x, y);
  return result;
}
template <class T>
INGOT_RARE T fast_pow_rare(T x, T y) {
  return pow_rare(x, y);
}

}  // namespace ingot::math
