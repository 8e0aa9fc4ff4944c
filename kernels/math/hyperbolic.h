// Hyperbolic functions, their inverses, and the logistic function. Coefficients: coefficients.py, make_tanh.
#pragma once

#include "exp_log.h"

namespace ingot::math {

// exp(r) - 1 for |r| <= ln 2 / 2 in plain arithmetic: 1.5 ulp.
template <class V>
INGOT_FN V exp_less_one(V r) {
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial(r, 0x1.0000000000005p-1, 0x1.5555555555539p-3, 0x1.55555555522bbp-5, 0x1.1111111119000p-7,
                   0x1.6c16c17edac3fp-10, 0x1.a01a0174ecef5p-13, 0x1.a019a771c34fbp-16, 0x1.71de88743f4b1p-19,
                   0x1.28a1ddbe80138p-22, 0x1.ae6ae1055192cp-26);
  } else {
    p = polynomial(r, 0x1.fffffep-2f, 0x1.5554b0p-3f, 0x1.555672p-5f, 0x1.122774p-7f, 0x1.6bed36p-10f);
  }
  return fma(r * r, p, r);
}

// f64: tanh |x| = e / (e + 2) with e = exp(2 |x|) - 1 = 2^k * (1 + w) - 1 from the exponential's own reduction, beyond
// a clamp 1. Nothing cancels, since k >= 0. w, e, e + 2 and the quotient are carried with what they were rounded by, as
// far as it shows: e + 2 beyond 4, and 2^k - 1 beyond 2^53, count for nothing. 0.77 ulp; without those parts it would
// be 2.3. f32: a polynomial below 1, whose tail is a quarter of the result at most, and 1 - 2 / (exp(2 |x|) + 1) from
// there on, where the quotient is as small. 0.94 ulp.
template <class V>
INGOT_FN V tanh(V x) {
  const V top = splat<V>(pick<V>(22, 10.0f)), size = magnitude(x), one = splat<V>(1), two = splat<V>(2);
  const V a = select(size > top, top, size);
  const ExpReduction<V> r = reduce_exp(a + a, power_magic<V>);
  const V power = power_from(r.shifted);
  if constexpr (is_f64<V>) {
    const V low = ln2_low(r.k), t = exp_tail_fine(r.r + low, low), w = r.r + t, w_low = (r.r - w) + t;
    const V base = power - one, e = fma(power, w, base), e_low = fma(power, w_low, fma(power, w, base - e));
    const V d = e + two, d_low = ((larger(e, two) - d) + lesser(e, two)) + e_low;
    const V inverse = one / d, q = e * inverse;
    return copy_sign(fma(fma(-q, d_low, fma(-q, d, e) + e_low), inverse, q), x);
  } else {
    const V z = a * a, far = one - two / fma(power, exp_less_one(r.r), power + one);
    const V p = polynomial(z, -0x1.55553cp-2f, 0x1.110be2p-3f, -0x1.b96214p-5f, 0x1.60092cp-6f, -0x1.045f70p-7f,
                           0x1.2da0a8p-9f, -0x1.77d25ap-12f);
    return copy_sign(select(a < one, fma(a * z, p, a), far), x);
  }
}

// |x| = k * ln 2 + r gives exp(|x|) = 2^k * (C + S) and exp(-|x|) = 2^-k * (C - S) with C = cosh r and S = sinh r, the
// even and the odd half of the exponential's series: no division, and nothing cancels. sum and difference are those of
// 2^(k-3) and 2^(-k-3), a quarter of what is wanted, so that they do not overflow before the result does.
template <class V>
struct HyperbolicParts {
  V sum, sum_low, difference, difference_low;
  V r, sinh_rest, cosh_rest;  // S = r + sinh_rest, C = 1 + cosh_rest
};
template <class V>
INGOT_FN HyperbolicParts<V> hyperbolic_parts(V size) {
  using U = typename Lane<V>::UInt;
  const V top = splat<V>(pick<V>(711, 89.75f));
  const ExpReduction<V> e = reduce_exp(select(size > top, top, size), exp_magic<V>);
  const V low = ln2_low(e.k), x = e.r + low, z = x * x;
  const ExpSeries<V> series = exp_series(z);
  const U exponent = to_bits(e.shifted) - splat<U>(Scalar<Element<V>>::bias + 3);
  const V up = from_bits<V>(exponent << Scalar<Element<V>>::mantissa);
  const V down = power_from(splat<V>(power_magic<V> - 3) - lesser(e.k, splat<V>(pick<V>(500, 100.0f))));
  const V sum = up + down, difference = up - down;
  return {sum,
          (up - sum) + down,
          difference,
          (up - difference) - down,
          e.r,
          fma(x * z, series.odd, low),
          fma(x * splat<V>(pick<V>(0.5, 0.5f)), x, z * exp_beyond_half(z * series.even))};
}

template <class V>
INGOT_FN V sinh(V x) {
  const V size = magnitude(x);
  const HyperbolicParts<V> h = hyperbolic_parts(size);
  const V main = fma(h.sum, h.r, h.difference), error = fma(h.sum, h.r, h.difference - main);
  const V rest = fma(h.sum, h.sinh_rest, fma(h.difference, h.cosh_rest, error + h.difference_low));
  const V tiny = splat<V>(pick<V>(0x1p-28, 0x1p-13f));
  return copy_sign(select(size < tiny, size, (main + rest) * splat<V>(4)), x);
}

template <class V>
INGOT_FN V cosh(V x) {
  const HyperbolicParts<V> h = hyperbolic_parts(magnitude(x));
  const V main = fma(h.difference, h.r, h.sum), error = fma(h.difference, h.r, h.sum - main);
  const V rest = fma(h.difference, h.sinh_rest, fma(h.sum, h.cosh_rest, error + h.sum_low));
  return (main + rest) * splat<V>(4);
}

// 1 / (1 + exp(-x)) with exp |x| = 2^k * (1 + w): that is n / (n + 2^-k) for n = 1 + w, or for negative x
// 2^-k / (n + 2^-k), where the power in the numerator comes last so that underflow is gradual.
template <class V>
INGOT_FN V sigmoid(V x) {
  const V one = splat<V>(1), zero = splat<V>(0), top = splat<V>(pick<V>(800, 120.0f)), size = magnitude(x);
  const ExpParts<V> e = exp_parts(select(size > top, top, size));
  const V down = power_from(splat<V>(power_magic<V>) - lesser(e.k, splat<V>(pick<V>(500, 100.0f))));
  const V n = one + e.w, n_low = ((one - n) + e.w) + e.w_low;
  const V d = n + down, d_low = ((n - d) + down) + n_low;
  const Mask<V> below = x < zero;
  const V top_high = select(below, one, n), top_low = select(below, zero, n_low);
  const V inverse = one / d, q = top_high * inverse;
  const V rest = fma(-q, d_low, fma(-q, d, top_high) + top_low) * inverse;
  const PowerOfTwo<V> p = power_of_two(splat<V>(exp_magic<V>) - select(below, e.k, zero));
  return fma(p.first, rest, p.first * q) * p.second;
}

// What is left of sqrt(high + low) beyond its nearest neighbour root, for low small beside high and root not zero.
template <class V>
INGOT_FN V root_rest(V high, V low, V root) {
  return (fma(-root, root, high) + low) * (splat<V>(pick<V>(0.5, 0.5f)) / root);
}

// Beyond it, the square overflows, and log(2 |x|) is what the inverses are.
template <class V>
constexpr Element<V> square_limit = pick<V>(0x1p500, 0x1p60f);

// log(1 + f) with f = a + (sqrt(1 + a^2) - 1) in two parts, a = |x|.
template <class V>
INGOT_FN V asinh(V x) {
  const V zero = splat<V>(0), one = splat<V>(1), a = magnitude(x);
  const V square = a * a, s = square + one;
  const V s_low = ((larger(square, one) - s) + lesser(square, one)) + fma(a, a, -square);
  const V root = square_root(s), above = root - one;
  const V f1 = a + above, f2 = ((a - f1) + above) + root_rest(s, s_low, root);
  const V f = f1 + f2, f_low = (f1 - f) + f2;
  const Mask<V> huge = a > splat<V>(square_limit<V>), tiny = a < splat<V>(pick<V>(0x1p-28, 0x1p-13f));
  const V y = log1p_core(select(huge, a, f), select(huge, zero, f_low), select(huge, one, zero));
  return copy_sign(select(either(tiny, !(a < infinity<V>())), a, y), x);
}

// log(1 + f) with f = (x - 1) + sqrt(x^2 - 1) in two parts.
template <class V>
INGOT_FN V acosh(V x) {
  const V zero = splat<V>(0), one = splat<V>(1);
  const V square = x * x, square_low = fma(x, x, -square);
  const V s1 = square - one, s2 = ((square - s1) - one) + square_low, s = s1 + s2, s_low = (s1 - s) + s2;
  const V root = square_root(s), t = x - one;
  const V f = root + t, f_low = ((root - f) + t) + root_rest(s, s_low, root);
  const Mask<V> huge = x > splat<V>(square_limit<V>);
  const V y = log1p_core(select(huge, x, f), select(huge, zero, f_low), select(huge, one, zero));
  const V edge = select(x == one, zero, select(x == infinity<V>(), x, not_a_number<V>()));
  return select(both(x > one, x < infinity<V>()), y, edge);
}

// log(2^lift * up / down) / 2 = (k + lift) * ln 2 / 2 + atanh s for up in [1, 2], a normal down and what the two are
// rounded by: s = (up - p down) / (up + p down) with p = 2^k close to up / down. That is the reduction of log, with one
// division instead of two. For k = 0, s is (up - down) / (up + down).
template <class V>
INGOT_FN V half_log_of_ratio(V up, V up_low, V down, V down_low, V lift) {
  const V one = splat<V>(1);
  const LogReduction<V> l = reduce_log(down);
  const V root = splat<V>(pick<V>(0x1.6a09e667f3bcdp+0, 0x1.6a09e6p+0f));
  const V k = select(up > root * l.m, one, splat<V>(0)) - l.k;
  const V power = power_from(k + splat<V>(power_magic<V>)), pd = power * down, pd_low = power * down_low;
  const V n1 = up - pd, n2 = up_low - pd_low, n = n1 + n2, n_low = (n1 - n) + n2;
  const V d = up + pd, d_low = ((larger(up, pd) - d) + lesser(up, pd)) + (up_low + pd_low);
  const V inverse = one / d, s = n * inverse, z = s * s;
  const V s_low = (fma(-s, d_low, fma(-s, d, n)) + n_low) * inverse;
  const V steps = k + lift;
  const V high = steps * splat<V>(pick<V>(0x1.62e42fefa3800p-2, 0x1.62e400p-2f)), sum = high + s;
  const V half = splat<V>(pick<V>(0.5, 0.5f)), low = splat<V>(pick<V>(0x1.ef35793c76730p-46, 0x1.7f7d1cp-21f));
  return sum + (((high - sum) + s) + fma(steps, low, fma(s * z, half * log_series(z), s_low)));
}

// log((1 + a) / (1 - a)) / 2 with a = |x|.
template <class V>
INGOT_FN V atanh(V x) {
  const V zero = splat<V>(0), one = splat<V>(1), a = magnitude(x);
  const V up = one + a, up_low = (one - up) + a, down = one - a, down_low = (one - down) - a;
  const V inside = half_log_of_ratio(up, up_low, down, down_low, zero);
  const V y = select(a < one, inside, select(a == one, infinity<V>(), not_a_number<V>()));
  return copy_sign(y, x);
}

// log(x / (1 - x)), from log(2 (1 - b) / (2 b)) for b = min(x, 1 - x), which is exact. Small b are lifted by a power of
// two, so that none is subnormal. +0 at 1/2. 0.53 ulp, f32 0.52.
template <class V>
INGOT_FN V logit(V x) {
  const V zero = splat<V>(0), one = splat<V>(1), half = splat<V>(pick<V>(0.5, 0.5f));
  const Mask<V> above = x > half;
  const V b = select(above, one - x, x), a = one - b, a_low = (one - a) - b;
  const Mask<V> small = b < splat<V>(pick<V>(0x1p-500, 0x1p-60f));
  const V down = (b + b) * select(small, splat<V>(pick<V>(0x1p500, 0x1p80f)), one);
  const V lift = select(small, splat<V>(pick<V>(500, 80.0f)), zero);
  V y = half_log_of_ratio(a + a, a_low + a_low, down, zero, lift);
  y = (y + y) * select(above, one, splat<V>(-1));
  const V edge = select(x == zero, negative(infinity<V>()), select(x == one, infinity<V>(), not_a_number<V>()));
  return select(both(x > zero, x < one), select(x == half, zero, y), edge);
}

}  // namespace ingot::math
