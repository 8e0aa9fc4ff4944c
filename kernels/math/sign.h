// Signs and neighbours of floats.
#pragma once

#include "lane.h"

namespace ingot::math {

template <class V>
INGOT_FN Rebind<u8, V> signbit(V x) {
  using Int = typename Lane<V>::Int;
  if constexpr (is_float<V>) {
    return mask_to_bool<V>(bit_cast<Int>(x) < splat<Int>(0));
  } else if constexpr (is_signed<V>) {
    return mask_to_bool<V>(x < splat<V>(0));
  } else {
    return mask_to_bool<V>(x != x);  // none has
  }
}

template <class V>
INGOT_FN V copysign(V size, V sign) {
  return copy_sign(size, sign);
}

template <class V>
INGOT_FN V heaviside(V x, V at_zero) {
  const V zero = splat<V>(0), one = splat<V>(1);
  return select(x > zero, one, select(x < zero, zero, select(x == zero, at_zero, x)));
}

// Numbers of one sign are ordered as their bits are, so that the next one is one more or one less; the smallest ones
// are neighbours of both zeros.
template <class V>
INGOT_FN V nextafter(V x, V y) {
  using U = typename Lane<V>::UInt;
  const V zero = splat<V>(0);
  const Mask<V> away = either(both(x > zero, y > x), both(x < zero, y < x));
  const U one = splat<U>(1), bits = to_bits(x);
  const V next = from_bits<V>(select(away, bits + one, bits - one));
  const V least = copy_sign(from_bits<V>(one), y);
  const V moved = select(x == y, y, select(x == zero, least, next));
  return select(either(x != x, y != y), not_a_number<V>(), moved);
}

}  // namespace ingot::math
