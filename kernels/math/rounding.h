// Rounding to integers, and the division that rounds down.
#pragma once

#include "arithmetic.h"
#include "rare.h"

namespace ingot::math {

template <class V>
INGOT_FN V floor(V x) {
  if constexpr (is_float<V>)
    return round_down(x);
  else
    return x;
}
template <class V>
INGOT_FN V ceil(V x) {
  if constexpr (is_float<V>)
    return round_up(x);
  else
    return x;
}
template <class V>
INGOT_FN V trunc(V x) {
  if constexpr (is_float<V>)
    return round_to_zero(x);
  else
    return x;
}
template <class V>
INGOT_FN V round(V x) {
  if constexpr (is_float<V>)
    return round_to_even(x);
  else
    return x;
}

// Quotient towards zero of integers, for b that is neither 0 nor -1 below the most negative a. x86 has no vector
// division of integers: up to 32 bits the quotient of floats with enough more bits is exact after truncation, since a
// quotient that is no integer stays at least 1/b away from one.
template <class V>
INGOT_FN V quotient(V a, V b) {
  if constexpr (Lane<V>::count == 1 || Scalar<Element<V>>::bits == 64) {
    return static_cast<V>(a / b);
  } else if constexpr (Scalar<Element<V>>::bits == 32) {
    const auto q = round_to_zero(convert<f64>(a) / convert<f64>(b));
    if constexpr (is_signed<V>) {
      return convert<i32>(q);
    } else {
      return convert<u32>(to_bits(q + splat<Rebind<f64, V>>(0x1p52)));
    }
  } else {
    return convert<Element<V>>(convert<i32>(round_to_zero(convert<f32>(a) / convert<f32>(b))));
  }
}

// The quotient towards zero and what is left, which has the sign of a. Division by 0 gives 0 for both.
template <class V>
struct Division {
  V quotient, remainder;
};

template <class V>
INGOT_FN Division<V> divide_towards_zero(V a, V b) {
  const V zero = splat<V>(0);
  const Mask<V> undefined = b == zero;
  Mask<V> unsafe = undefined;
  if constexpr (is_signed<V>) {
    unsafe = either(undefined, both(a == splat<V>(smallest_integer<Element<V>>), b == splat<V>(-1)));
  }
  const V divisor = select(unsafe, splat<V>(1), b), q = quotient(a, divisor);
  const V r = subtract(a, multiply(q, divisor));
  return {select(undefined, zero, q), select(undefined, zero, r)};
}

// The quotient rounded down and what is left, which has the sign of b.
template <class V>
INGOT_FN Division<V> divide_integers(V a, V b) {
  const Division<V> d = divide_towards_zero(a, b);
  if constexpr (!is_signed<V>) {
    return d;
  } else {
    const V zero = splat<V>(0);
    const Mask<V> down = both(d.remainder != zero, static_cast<V>(d.remainder ^ b) < zero);
    return {select(down, subtract(d.quotient, splat<V>(1)), d.quotient),
            select(down, add(d.remainder, b), d.remainder)};
  }
}

// For floats: q = trunc(a / b) is the true truncated quotient or, where a / b was rounded up to an integer, one more;
// either way a - q * b is exact as long as |q| < 2^mantissa+1, and a wrong sign of it says that q is to go down by one.
template <class V>
INGOT_FN Mask<V> quotient_is_huge(V q) {
  return magnitude(q) >= splat<V>(pick<V>(0x1p53, 0x1p24f));
}

template <class V>
INGOT_FN Mask<V> differs_in_sign(V r, V b) {
  const V zero = splat<V>(0);
  return either(both(r<zero, b> zero), both(r > zero, b < zero));
}

template <class V>
INGOT_FN V floor_divide(V a, V b) {
  if constexpr (is_float<V>) {
    const V ratio = a / b, q = round_to_zero(ratio);
    const V r = select(q == splat<V>(0), a, fma(-q, b, a));
    const Mask<V> down = differs_in_sign(r, b);
    const V y = select(both(down, !quotient_is_huge(q)), q - splat<V>(1), q);
    return select(both(magnitude(a) == infinity<V>(), b != splat<V>(0)), not_a_number<V>(), y);
  } else {
    return divide_integers(a, b).quotient;
  }
}

template <class V>
INGOT_FN V remainder_with_sign(V r, V b) {
  const V zero = splat<V>(0);
  return select(r == zero, copy_sign(zero, b), select(differs_in_sign(r, b), r + b, r));
}

template <class V>
INGOT_FN V remainder(V a, V b) {
  if constexpr (is_float<V>) {
    const V q = round_to_zero(a / b);
    const V r = select(q == splat<V>(0), a, fma(-q, b, a));
    V y = remainder_with_sign(r, b);
    if (INGOT_UNLIKELY(any(quotient_is_huge(q)))) y = remainder_replace_rare(y, a, b);
    return y;
  } else {
    return divide_integers(a, b).remainder;
  }
}

template <class T>
INGOT_FN bool remainder_is_rare(T a, T b) {
  return quotient_is_huge(round_to_zero(a / b));
}

// a modulo b for quotients of any size, by long division on the significands, 10 bits a step. Exact.
INGOT_SLOW f64 fmod_any(f64 a, f64 b) {
  const u64 inf = Scalar<f64>::infinity, hidden = u64(1) << 52;
  const u64 x = to_bits(magnitude(a)), y = to_bits(magnitude(b));
  if (x >= inf || y > inf || y == 0) return not_a_number<f64>();
  if (x < y) return a;
  int ex = static_cast<int>(x >> 52), ey = static_cast<int>(y >> 52);
  u64 mx = ex ? (x & (hidden - 1)) | hidden : x, my = ey ? (y & (hidden - 1)) | hidden : y;
  ex += !ex;
  ey += !ey;
  mx %= my;
  while (ex > ey && mx) {
    const int step = ex - ey < 10 ? ex - ey : 10;
    mx = (mx << step) % my;
    ex -= step;
  }
  // mx * 2^(ey - 1075) is the answer; it is below b, so that its own exponent is found by normalising.
  if (!mx) return copy_sign(0.0, a);
  while (mx < hidden && ey > 1) {
    mx <<= 1;
    --ey;
  }
  const u64 bits = mx < hidden ? mx : (mx & (hidden - 1)) | (static_cast<u64>(ey) << 52);
  return copy_sign(from_bits<f64>(bits), a);
}

template <class T>
INGOT_RARE T remainder_rare(T a, T b) {
  return remainder_with_sign(static_cast<T>(fmod_any(a, b)), b);
}

// As remainder, with the sign of a: where a / b was rounded up to an integer, what is left has the other one and a
// divisor is put back, which is exact.
template <class V>
INGOT_FN V fmod(V a, V b) {
  if constexpr (is_float<V>) {
    const V zero = splat<V>(0), q = round_to_zero(a / b);
    const V r = select(q == zero, a, fma(-q, b, a));
    V y = copy_sign(select(differs_in_sign(r, a), magnitude(b) - magnitude(r), magnitude(r)), a);
    if (INGOT_UNLIKELY(any(quotient_is_huge(q)))) y = fmod_replace_rare(y, a, b);
    return y;
  } else {
    return divide_towards_zero(a, b).remainder;
  }
}

template <class T>
INGOT_FN bool fmod_is_rare(T a, T b) {
  return quotient_is_huge(round_to_zero(a / b));
}

template <class T>
INGOT_RARE T fmod_rare(T a, T b) {
  return static_cast<T>(fmod_any(a, b));
}

}  // namespace ingot::math
