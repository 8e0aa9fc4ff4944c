// log(exp(x) + exp(y)). Coefficients: coefficients.py, make_logaddexp.
#pragma once

#include "pow.h"

namespace ingot::math {

// log(exp(x) + exp(y)) = m + l with m the larger operand and l = log(1 + exp(-|x - y|)). They cancel where m is below
// zero and exp(x) + exp(y) close to 1; what l is rounded by then grows, up to 2^4 times here and beyond that it is
// rare.
template <class V>
struct LogSum {
  V value;
  Mask<V> cancels;
};
template <class V>
INGOT_FN Mask<V> log_sum_cancels(V value, V l) {
  return magnitude(value) < l * splat<V>(0x1p-4);
}

// t = exp(b - a) and u = 1 + t = 2^k * (1 + s) / (1 - s), k being 0 or 1.
template <class V>
INGOT_FN Mask<V> log_sum_exceeds_root2(V t) {
  return t > splat<V>(0x1.a827999fcef32p-2);
}

template <class V>
INGOT_FN LogSum<V> log_sum(V x, V y) {
  const V zero = splat<V>(0), one = splat<V>(1), half = splat<V>(0.5);
  const Mask<V> x_first = x > y;
  const V a = select(x_first, x, y), b = select(x_first, y, x);
  // b - a with what it is rounded by; equal infinities differ by nothing, others by -infinity.
  V d = b - a;
  const V b_part = d + a;
  V d_low = (b - b_part) - (a - (b_part - d));
  d_low = select(d > splat<V>(-1000), d_low, zero);
  d = select(x == y, zero, d);
  const ExpReduction<V> e = reduce_exp(confine(d, -1000.0, 0.0), exp_magic<V>);
  // exp(r + low) - 1 = w + w_low: with its square in two parts, to 2^-60.
  const V low = ln2_low(e.k, d_low), r = e.r + low, lost = (e.r - r) + low;
  const V square = r * r, square_low = fma(r, r, -square), cubic = exp_cubic(r, square), first = square * half;
  const V rest = fma(square, cubic, fma(square_low, cubic + half, fma(lost, r, low)));
  const V w1 = e.r + first, w_rest = ((e.r - w1) + first) + rest;
  const V w = w1 + w_rest, w_low = (w1 - w) + w_rest;
  const PowerOfTwo<V> p = power_of_two(e.shifted);
  const V t1 = fma(p.first, w, p.first), t2 = fma(p.first, w_low, fma(p.first, w, p.first - t1));
  const V t = t1 * p.second, t_low = t2 * p.second;
  const Mask<V> above = log_sum_exceeds_root2(t);
  const V k = select(above, one, zero), base = one + (one + k);
  const V n = t - k, n_low = (t - (n + k)) + t_low;
  const V divisor = base + t, divisor_low = ((base - divisor) + t) + t_low, inverse = one / divisor;
  const V s = n * inverse, s_low = (fma(-s, divisor_low, fma(-s, divisor, n)) + n_low) * inverse;
  Pair<V> l = log_of_quotient(k, s, s_low);
  const Mask<V> tiny = t < splat<V>(0x1p-200);  // half of it may be subnormal
  l = {select(tiny, t, l.high), select(tiny, t_low, l.low)};
  const V sum = a + l.high, a_part = sum - l.high;
  const V error = (a - a_part) + (l.high - (sum - a_part));
  const V value = select(magnitude(a) < infinity<V>(), sum + (error + l.low), sum);
  return {value, log_sum_cancels(value, l.high)};
}

template <class V>
INGOT_FN LogSum<V> log_sum_f32(V x, V y) {
  const V zero = splat<V>(0), one = splat<V>(1);
  const Mask<V> x_first = x > y;
  const V a = select(x_first, x, y), b = select(x_first, y, x);
  const V t = exp_f32(select(x == y, zero, b - a));
  const V k = select(log_sum_exceeds_root2(t), one, zero);
  const V l = log_of_quotient_f32(k, (t - k) / (t + (one + (one + k)))), value = a + l;
  return {value, log_sum_cancels(value, l)};
}

template <class V>
INGOT_FN LogSum<Rebind<f64, V>> log_sum_of(V x, V y) {
  if constexpr (is_f64<V>) {
    return log_sum(x, y);
  } else {
    return log_sum_f32(convert<f64>(x), convert<f64>(y));
  }
}
template <class T>
INGOT_FN bool logaddexp_is_rare(T x, T y) {
  return log_sum_of(x, y).cancels;
}

template <class V>
INGOT_FN V logaddexp(V x, V y) {
  const LogSum<Rebind<f64, V>> sum = log_sum_of(x, y);
  V result = convert<Element<V>>(sum.value);
  if (INGOT_UNLIKELY(any(sum.cancels))) result = logaddexp_replace_rare(result, x, y);
  return result;
}

// The rare case, by integers: numbers of 192 bits, the point before the first or after the fourth of them.
struct Fixed {
  u64 low, middle, high;
};
INGOT_FN Fixed add_fixed(Fixed a, Fixed b) {
  Fixed sum{a.low + b.low, a.middle + b.middle, a.high + b.high};
  const u64 carry = sum.low < a.low, middle = sum.middle + carry;
  sum.high += u64(sum.middle < a.middle) + u64(middle < carry);
  sum.middle = middle;
  return sum;
}
INGOT_FN Fixed negative_fixed(Fixed a) { return add_fixed({~a.low, ~a.middle, ~a.high}, {1, 0, 0}); }

// a * b / 2^192, a few units of the last place too small.
INGOT_FN Fixed multiply_fixed(Fixed a, Fixed b) {
  Fixed product{a.high * b.low, multiply_high(a.high, b.low), 0};
  product = add_fixed(product, {a.middle * b.middle, multiply_high(a.middle, b.middle), 0});
  product = add_fixed(product, {a.low * b.high, multiply_high(a.low, b.high), 0});
  product = {product.middle, product.high, 0};
  product = add_fixed(product, {a.high * b.middle, multiply_high(a.high, b.middle), 0});
  product = add_fixed(product, {a.middle * b.high, multiply_high(a.middle, b.high), 0});
  return add_fixed(product, {0, a.high * b.high, multiply_high(a.high, b.high)});
}
// One digit of 64 bits of a long division by n < 2^32.
INGOT_FN u64 divide_digit(u64 digit, u64 n, u64& rest) {
  const u64 upper = rest << 32 | digit >> 32, lower = (upper % n) << 32 | (digit & 0xffffffffu);
  rest = lower % n;
  return upper / n << 32 | lower / n;
}
INGOT_FN Fixed divide_fixed(Fixed a, u64 n) {
  u64 rest = 0;
  const u64 high = divide_digit(a.high, n, rest), middle = divide_digit(a.middle, n, rest);
  return {divide_digit(a.low, n, rest), middle, high};
}
// m * 2^shift for shift < 192.
INGOT_FN Fixed place(u64 m, int shift) {
  if (shift < 0) return {shift > -64 ? m >> -shift : 0, 0, 0};
  const int bit = shift % 64;
  const u64 lower = m << bit, upper = bit ? m >> (64 - bit) : 0;
  if (shift < 64) return {lower, upper, 0};
  return shift < 128 ? Fixed{0, lower, upper} : Fixed{0, 0, lower};
}

// 1 - f / first * (1 - f / (first + 1) * (1 - ...)) for a fraction f < 3/4, with 4 bits before the point.
INGOT_FN Fixed alternating_series(Fixed f, int first) {
  const Fixed one{0, 0, u64(1) << 60};
  Fixed sum = one;
  for (int n = 42; n >= first; --n) {
    sum = add_fixed(one, negative_fixed(divide_fixed(multiply_fixed(sum, f), static_cast<u64>(n))));
  }
  return sum;
}

// For operands below zero, x the larger: z = exp(x) + exp(y) - 1 by Taylor series in 188 bits, relative to exp(y) =
// 2^-j * e, then log(1 + z) as log1p has it. There are some 2^120 pairs to a cancellation, so z may be as small as
// 2^-115 * e.
INGOT_SLOW f64 log_sum_of_cancelling(f64 x, f64 y) {
  constexpr u64 hidden = u64(1) << 52;
  if (y > x) {
    const f64 other = x;
    x = y;
    y = other;
  }
  // exp(y) = 2^-j * exp(-q), where q = -y - j * ln 2 lies in [0, ln 2]; only its fraction is computed.
  const int j = static_cast<int>(-y * 0x1.71547652b82fep+0 - 0x1p-30);
  const f64 whole = round_to_zero(-y);
  Fixed q{0, 0, static_cast<u64>((-y - whole) * 0x1p53) << 11};
  const Fixed ln2{0x40f343267298b62eu, 0xc9e3b39803f2f6afu, 0xb17217f7d1cf79abu};
  const u64 steps = static_cast<u64>(j);
  const Fixed part{ln2.low * steps, multiply_high(ln2.low, steps), multiply_high(ln2.middle, steps)};
  q = add_fixed(q, negative_fixed(add_fixed(part, {0, ln2.middle * steps, ln2.high * steps})));
  const Fixed e = alternating_series(q, 1);
  // (1 - exp(x)) * 2^j = a * 2^j * (1 - a / 2 * (1 - a / 3 ...)) for a = -x.
  const u64 bits = to_bits(-x);
  const u64 field = bits >> 52, m = field ? (bits & (hidden - 1)) | hidden : bits;
  const int exponent = static_cast<int>(field ? field : 1) - 1075;
  const Fixed series = alternating_series(place(m, exponent + 192), 2), scaled = place(m, exponent + j + 188);
  const Fixed g = multiply_fixed(scaled, series);  // with 8 bits before the point
  const Fixed shifted{g.low << 4, g.middle << 4 | g.low >> 60, g.high << 4 | g.middle >> 60};
  Fixed z = add_fixed(e, negative_fixed(shifted));
  const bool below = z.high >> 63;
  if (below) z = negative_fixed(z);
  // Its first 64 bits as a sum of two numbers.
  int power = -188 + 128;
  while (z.high == 0 && power > -188) {
    z = {0, z.low, z.middle};
    power -= 64;
  }
  if (z.high == 0) return 0;
  const int zeros = leading_zeros(z.high);
  const u64 first = zeros ? z.high << zeros | z.middle >> (64 - zeros) : z.high;
  power -= zeros;
  const f64 upper = static_cast<f64>(first >> 11) * 0x1p11, lower = static_cast<f64>(first & 2047);
  const f64 high = upper + lower, low = (upper - high) + lower, sign = below ? -1.0 : 1.0;
  power -= j;
  if (power > -300) {
    const f64 scale = power_from(power_magic<f64> + static_cast<f64>(power)) * sign;
    return log1p_core(high * scale, low * scale, 0.0);
  }
  const PowerOfTwo<f64> scale = power_of_two(exp_magic<f64> + static_cast<f64>(power));
  return sign * (high * scale.first * scale.second);
}

template <class T>
INGOT_RARE T logaddexp_rare(T x, T y) {
  const f64 a = x, b = y;
  const LogSum<f64> sum = log_sum(a, b);  // f32 may be precise enough in f64
  return static_cast<T>(sum.cancels ? log_sum_of_cancelling(a, b) : sum.value);
}

}  // namespace ingot::math
