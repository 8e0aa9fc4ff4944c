// The gamma function, the logarithm of its magnitude, and digamma. Coefficients: coefficients.py, make_gamma.
//
// For a = |x| of 8 and more, Stirling's series; below, that of z = a + 8 and the product of a, a + 1 ... a + 7. Both
// and the logarithm are carried in two parts, so that what they cancel by is not lost. Negative x by reflection, in the
// same lanes: it turns the exponent's sign and adds pi / (x sin(pi x)) to a quotient that is taken anyway. f32 is
// computed in f64.
#pragma once

#include "pi_trig.h"
#include "pow.h"

namespace ingot::math {

// z = a or, below 8, a + 8, and t = a * (a + 7): the eight factors are t * (t + 6) * (t + 10) * (t + 12).
template <class V>
struct GammaShift {
  Mask<V> shifted;
  Pair<V> z, t;
};
template <class V>
INGOT_FN GammaShift<V> gamma_shift(V a) {
  const V zero = splat<V>(0);
  const Mask<V> shifted = a < splat<V>(8);
  const Pair<V> eighth = sum_of_ordered(splat<V>(8), a), seventh = sum_of_two(a, splat<V>(7));
  return {shifted,
          {select(shifted, eighth.high, a), select(shifted, eighth.low, zero)},
          product(Pair<V>{a, zero}, seventh)};
}
template <class V>
INGOT_FN Pair<V> rising_factors(Pair<V> t) {
  return product(product(t, plus<V>(t, 6)), product(plus<V>(t, 10), plus<V>(t, 12)));
}

// Gamma(x) is exp(e) * q, up to a sign that q has: e = log Gamma(z), or its negative, and q what the shift and the
// reflection leave. `pole` is where x is a negative integer, `tiny` where |x| is so small that Gamma(x) = 1 / x.
template <class V>
struct GammaParts {
  Pair<V> e, q;
  Mask<V> pole;
};
template <class V>
constexpr Element<V> kGammaTiny = 0x1p-60;

template <class V>
INGOT_FN GammaParts<V> gamma_parts(V a, Mask<V> below, V turn) {
  const V zero = splat<V>(0), one = splat<V>(1), half = splat<V>(0.5);
  const GammaShift<V> s = gamma_shift(a);
  // log Gamma(z) = (z - 1/2) (log z - 1) + (log(2 pi) - 1) / 2 + series, of which the first is the largest.
  const Pair<V> l = log_pair(s.z.high, zero);
  const V inverse = one / s.z.high, v = inverse * inverse, factor = s.z.high - half, log_less = l.high - one;
  const V series =
      polynomial(v, 0x1.5555555555555p-4, -0x1.6c16c16c107a3p-9, 0x1.a01a015b992ccp-11, -0x1.38132e9676f86p-11,
                 0x1.b91e6b564b43fp-11, -0x1.edfa1fac11661p-10, 0x1.4155119c07a28p-8, 0x1.709aa178becfdp-10);
  const V main = factor * log_less, main_low = fma(factor, log_less, -main) + factor * l.low;
  const Pair<V> sum = sum_of_ordered(main, splat<V>(0x1.acfe390c97d69p-2));
  const V slope = fma(-half, inverse, l.high);  // about digamma(z)
  const V rest = (sum.low + main_low) + fma(s.z.low, slope, fma(inverse, series, splat<V>(0x1.3494bc9001442p-56)));
  const Pair<V> e = sum_of_ordered(sum.high, rest);

  const Pair<V> d = rising_factors(s.t), pi{splat<V>(kPiNear<V>), splat<V>(kPiLow<V>)};
  const Pair<V> factors{select(s.shifted, d.high, one), select(s.shifted, d.low, zero)};
  const V f = nearest_half_turn(turn);
  const Turned<V> r = times_pi(f);
  const Turned<V> sine = sin_pair(r.high, -r.low);
  const Pair<V> reflected = product(factors, pi), around = product(Pair<V>{sine.high, sine.low}, Pair<V>{-a, zero});
  const Pair<V> n{select(below, reflected.high, one), select(below, reflected.low, zero)};
  const Pair<V> m{select(below, around.high, factors.high), select(below, around.low, factors.low)};
  return {{select(below, negative(e.high), e.high), select(below, negative(e.low), e.low)},
          quotient(n, m),
          both(below, f == zero)};
}

template <class V>
INGOT_FN V tgamma_f64(V x) {
  const V top = splat<V>(200), size = magnitude(x), one = splat<V>(1);
  const GammaParts<V> g = gamma_parts(select(size > top, top, size), x <= splat<V>(-kGammaTiny<V>), modulo_two(size));
  const ExpReduction<V> r = reduce_exp(g.e.high, exp_magic<V>);
  const V low = ln2_low(r.k, g.e.low), reduced = r.r + low, lost = (r.r - reduced) + low;
  const V t = exp_tail_fine(reduced, fma(lost, reduced, low)), w = r.r + t, w_low = (r.r - w) + t;
  const V y = times_one_plus(g.q, w, w_low);
  const PowerOfTwo<V> power = power_of_two(r.shifted);
  const V value = select(size < splat<V>(kGammaTiny<V>), one / x, (y * power.first) * power.second);
  return select(g.pole, not_a_number<V>(), value);
}

// lgamma(1 + t) or lgamma(2 + t) for |t| <= 1/16.
template <class V>
INGOT_FN V lgamma_near_zero(V x, Mask<V> at_one) {
  const V t = x - select(at_one, splat<V>(1), splat<V>(2));
  const auto coefficient = [&](f64 one, f64 two) { return select(at_one, splat<V>(one), splat<V>(two)); };
  V p = coefficient(0x1.6d0d925eb6093p-4, 0x1.146a7cae36dccp-8);
  p = fma(t, p, coefficient(-0x1.7883749302cffp-4, -0x1.f74f143ca15d5p-15));
  p = fma(t, p, coefficient(0x1.99c8b964795e0p-4, 0x1.d165dbdea80c4p-15));
  p = fma(t, p, coefficient(-0x1.c801b791ca25cp-4, -0x1.d3b874e1ef394p-13));
  p = fma(t, p, coefficient(0x1.010b50aed3a74p-3, 0x1.0b4cc2e9981ecp-11));
  p = fma(t, p, coefficient(-0x1.2703a3218e62ap-3, -0x1.38ac6284f9000p-10));
  p = fma(t, p, coefficient(0x1.5b40cb05ffef8p-3, 0x1.7add6c73e4a27p-9));
  p = fma(t, p, coefficient(-0x1.a8b9c17a5b15ep-3, -0x1.e404fc211cc5fp-8));
  p = fma(t, p, coefficient(0x1.151322ac7e3b7p-2, 0x1.51322ac7e2e6fp-6));
  p = fma(t, p, coefficient(-0x1.9a4d55beab302p-2, -0x1.13e001a557610p-4));
  p = fma(t, p, coefficient(0x1.a51a6625307d3p-1, 0x1.4a34cc4a60fa6p-2));
  const V rest = fma(t, p, splat<V>(0x1.6cb90701fbfabp-58));
  return fma(t, coefficient(-0x1.2788cfc6fb619p-1, 0x1.b0ee6072093cep-2), t * rest) + splat<V>(0);
}

template <class V>
INGOT_FN V lgamma_f64(V x) {
  const V zero = splat<V>(0), one = splat<V>(1), size = magnitude(x);
  // lgamma(x) = -log |x| next to zero, where smaller ones are lifted so that no factor is subnormal.
  const Mask<V> small = size < splat<V>(0x1p-900);
  const V a = size * select(small, splat<V>(0x1p200), one);
  const GammaParts<V> g = gamma_parts(a, x <= splat<V>(-kGammaTiny<V>), modulo_two(size));
  const V q = magnitude(g.q.high), inverse = one / g.q.high;
  const Pair<V> l = log_pair(q, select(small, splat<V>(-200), zero));
  const Pair<V> sum = sum_of_two(g.e.high, l.high);
  V y = sum.high + (sum.low + (g.e.low + fma(g.q.low, inverse, l.low)));
  const V near = splat<V>(0x1p-4);
  const Mask<V> at_one = magnitude(x - one) <= near, at_two = magnitude(x - splat<V>(2)) <= near;
  y = select(either(at_one, at_two), lgamma_near_zero(x, at_one), y);
  const Mask<V> infinite = either(size > splat<V>(0x1.754d9278b51a7p+1014), size == zero);
  return select(either(g.pole, infinite), infinity<V>(), y);
}

// Gamma(x), infinite at zeros with their sign and NaN at negative integers and -infinity, over the whole range: 0.98
// ulp, f32 0.50.
template <class V>
INGOT_FN V tgamma(V x) {
  if constexpr (is_f64<V>) {
    return tgamma_f64(x);
  } else {
    return convert<f32>(tgamma_f64(convert<f64>(x)));
  }
}

// log |Gamma(x)|, infinite at 0, negative integers and infinities. For x > 0 1.21 ulp, next to the zeros at 1 and 2 by
// polynomials of their own; elsewhere within an ulp of the result or of 1, of which the terms of the reflection have
// more. f32 0.50.
template <class V>
INGOT_FN V lgamma(V x) {
  if constexpr (is_f64<V>) {
    return lgamma_f64(x);
  } else {
    return convert<f32>(lgamma_f64(convert<f64>(x)));
  }
}

// digamma(z) = log z - 1 / (2 z) - series, less the sum of 1 / (a + k) for k < 8 as a quotient of polynomials in t.
template <class V>
INGOT_FN V digamma_f64(V x) {
  const V zero = splat<V>(0), one = splat<V>(1), half = splat<V>(0.5), a = magnitude(x);
  const Mask<V> below = x <= splat<V>(-kGammaTiny<V>);
  const GammaShift<V> s = gamma_shift(a);
  const Pair<V> l = log_pair(s.z.high, zero);
  const V inverse = one / s.z.high, inverse_low = fma(-inverse, s.z.low, fma(-inverse, s.z.high, one)) * inverse;
  const V v = inverse * inverse;
  const V series =
      polynomial(v, 0x1.5555555555555p-4, -0x1.111111110fa44p-7, 0x1.041040fbe2041p-8, -0x1.111105c4b3f4bp-8,
                 0x1.f0737a00c397fp-8, -0x1.589cf0bef9be7p-6, 0x1.44cbd1934a5cdp-4, -0x1.262eaeb7ba89dp-2);
  const Pair<V> start = sum_of_ordered(l.high, -half * inverse);
  const V start_low = start.low + (fma(s.z.low, inverse, l.low) - fma(v, series, half * inverse_low));
  // (2 a + 7) * 4 (((t + 21) t + 126) t + 180) / (t (t + 6) (t + 10) (t + 12))
  const Pair<V> cubic = plus<V>(product(plus<V>(product(plus<V>(s.t, 21), s.t), 126), s.t), 180);
  const Pair<V> ends = sum_of_two(splat<V>(8) * a, splat<V>(28));
  const Pair<V> steps = quotient(product(cubic, ends), rising_factors(s.t));
  const Pair<V> sum = sum_of_two(start.high, select(s.shifted, negative(steps.high), zero));
  V high = sum.high, low = sum.low + (start_low - select(s.shifted, steps.low, zero));

  // digamma(-a) = digamma(a) + 1 / a + pi cot(pi a).
  const V turn = modulo_two(a), size = magnitude(turn);
  const V near = select(size > half, turn - copy_sign(one, turn), turn);
  const Mask<V> steep = magnitude(near) > splat<V>(0.25);
  const V f = select(steep, near - copy_sign(half, near), near);
  const Turned<V> r = times_pi(f);
  const V cotangent = negative(tan_kernel(r.high, r.low, !steep));
  const V reflected = fma(cotangent, splat<V>(kPiNear<V>), cotangent * splat<V>(kPiLow<V>));
  const V more = one / a;
  const Pair<V> positive = sum_of_two(high, more);
  const Pair<V> whole = sum_of_two(positive.high, select(both(steep, f == zero), zero, reflected));
  high = select(below, whole.high, high);
  low = select(below, whole.low + (positive.low + low), low);

  const V off = x - splat<V>(0x1.762d86356be3fp+0), zero_low = splat<V>(0x1.b86a722197829p-54);
  const V t = off - zero_low, slope = splat<V>(0x1.ef72bc8ee38acp-1), t_low = (off - t) - zero_low;
  const V p = polynomial(t, -0x1.c563b54aa1a35p-2, 0x1.08b4294d50381p-2, -0x1.4fc131725c4bap-3, 0x1.b9a5b6370c5a8p-4,
                         -0x1.27bab95f7be1bp-4, 0x1.8fce02fee463fp-5, -0x1.0fb6149ca3b4bp-5, 0x1.723a4391eb1a9p-6,
                         -0x1.176cc5f519997p-7, 0x1.64c80b6e9fbe9p-7, -0x1.48e55e1d5797ep+1);
  const V at_zero = fma(t, slope, fma(t, fma(t, p, splat<V>(-0x1.3879eb97bf58dp-55)), t_low * slope));
  V y = select(magnitude(t) <= splat<V>(0x1p-5), at_zero, high + low);
  y = select(a < splat<V>(kGammaTiny<V>), splat<V>(-1) / x, y);
  y = select(both(below, near == zero), not_a_number<V>(), y);
  return select(x == infinity<V>(), x, y);
}

// The derivative of log Gamma. At zeros infinite with the opposite sign, NaN at negative integers and -infinity. For x
// > 0 0.57 ulp, by a polynomial of its own next to the zero there; for x < 0 1.82 ulp of the largest of |digamma(-x)|,
// 1 / |x|, |pi / tan(pi x)| and the result. f32 0.50.
template <class V>
INGOT_FN V digamma(V x) {
  if constexpr (is_f64<V>) {
    return digamma_f64(x);
  } else {
    return convert<f32>(digamma_f64(convert<f64>(x)));
  }
}

}  // namespace ingot::math
