// Bit operations and shifts.
#pragma once

#include "arithmetic.h"

namespace ingot::math {

template <class V>
INGOT_FN V bitwise_and(V a, V b) {
  return static_cast<V>(a & b);
}
template <class V>
INGOT_FN V bitwise_or(V a, V b) {
  return static_cast<V>(a | b);
}
template <class V>
INGOT_FN V bitwise_xor(V a, V b) {
  return static_cast<V>(a ^ b);
}
template <class V>
INGOT_FN V bitwise_invert(V x) {
  return static_cast<V>(~x);
}

// A count that is negative is huge as unsigned, so that one comparison finds both kinds of counts outside [0, bits).
template <class V>
INGOT_FN V bitwise_left_shift(V x, V y) {
  using U = typename Lane<V>::UInt;
  const U bits = splat<U>(Scalar<Element<V>>::bits), count = to_bits(y);
  const U shifted = static_cast<U>(to_bits(x) << (count & static_cast<U>(bits - splat<U>(1))));
  return from_bits<V>(select(count < bits, shifted, splat<U>(0)));
}
template <class V>
INGOT_FN V bitwise_right_shift(V x, V y) {
  using U = typename Lane<V>::UInt;
  const U bits = splat<U>(Scalar<Element<V>>::bits), last = static_cast<U>(bits - splat<U>(1)), count = to_bits(y);
  if constexpr (is_signed<V>) {
    return static_cast<V>(x >> bit_cast<V>(select(count < bits, count, last)));
  } else {
    return select(count < bits, static_cast<V>(x >> (count & last)), splat<V>(0));
  }
}

}  // namespace ingot::math
