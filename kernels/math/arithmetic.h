// Arithmetic that a machine has: correctly rounded for floats, modulo 2^bits for integers.
#pragma once

#include "lane.h"

namespace ingot::math {

// Integers are added and multiplied as unsigned lanes, and unsigned scalars as u64, because signed overflow is
// undefined in C++ and because two u16 promote to int.
template <class V>
INGOT_FN auto wrapping(V x) {
  if constexpr (is_float<V>) {
    return x;
  } else if constexpr (Lane<V>::count == 1) {
    return static_cast<u64>(x);
  } else {
    return bit_cast<typename Lane<V>::UInt>(x);
  }
}
template <class V, class W>
INGOT_FN V unwrap(W x) {
  if constexpr (Lane<V>::count == 1) {
    return static_cast<V>(x);
  } else {
    return bit_cast<V>(x);
  }
}

template <class V>
INGOT_FN V add(V a, V b) {
  return unwrap<V>(wrapping(a) + wrapping(b));
}
template <class V>
INGOT_FN V subtract(V a, V b) {
  return unwrap<V>(wrapping(a) - wrapping(b));
}
template <class V>
INGOT_FN V multiply(V a, V b) {
  return unwrap<V>(wrapping(a) * wrapping(b));
}
template <class V>
INGOT_FN V divide(V a, V b) {
  return a / b;
}
template <class V>
INGOT_FN V square(V x) {
  return multiply(x, x);
}
template <class V>
INGOT_FN V reciprocal(V x) {
  return splat<V>(1) / x;
}
template <class V>
INGOT_FN V sqrt(V x) {
  return square_root(x);
}

template <class V>
INGOT_FN V negative(V x) {
  if constexpr (is_float<V>) {
    return from_bits<V>(to_bits(x) ^ sign_bits<V>());
  } else {
    return subtract(splat<V>(0), x);
  }
}

template <class V>
INGOT_FN V abs(V x) {
  if constexpr (is_float<V>) {
    return magnitude(x);
  } else if constexpr (is_signed<V>) {
    return select(x < splat<V>(0), negative(x), x);
  } else {
    return x;
  }
}

template <class V>
INGOT_FN V sign(V x) {
  const V zero = splat<V>(0), one = splat<V>(1);
  if constexpr (is_float<V>) {
    return select(x > zero, one, select(x < zero, splat<V>(-1), select(x == zero, zero, x)));
  } else if constexpr (is_signed<V>) {
    return select(x > zero, one, select(x < zero, splat<V>(-1), zero));
  } else {
    return select(x != zero, one, zero);
  }
}

// 1 / sqrt(x), then one step that takes back the two roundings before it: with t = x * y rounded and its error known
// exactly, e = 1 - x * y^2 to first order. No product leaves the range, subnormal x included. 0.50 ulp.
template <class V>
INGOT_FN V rsqrt(V x) {
  const V y = splat<V>(1) / square_root(x);
  const V t = x * y, t_low = fma(x, y, -t);
  const V e = fma(-t_low, y, fma(-t, y, splat<V>(1)));
  const V better = fma(y * splat<V>(pick<V>(0.5, 0.5f)), e, y);
  return select(e == e, better, y);
}

}  // namespace ingot::math
