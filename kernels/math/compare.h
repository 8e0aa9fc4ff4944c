// Comparisons, extremes, choices and the logic of bools (lanes of u8 that hold 0 or 1).
#pragma once

#include "lane.h"

namespace ingot::math {

template <class V>
INGOT_FN Rebind<u8, V> equal(V a, V b) {
  return mask_to_bool<V>(a == b);
}
template <class V>
INGOT_FN Rebind<u8, V> not_equal(V a, V b) {
  return mask_to_bool<V>(a != b);
}
template <class V>
INGOT_FN Rebind<u8, V> less(V a, V b) {
  return mask_to_bool<V>(a < b);
}
template <class V>
INGOT_FN Rebind<u8, V> less_equal(V a, V b) {
  return mask_to_bool<V>(a <= b);
}
template <class V>
INGOT_FN Rebind<u8, V> greater(V a, V b) {
  return mask_to_bool<V>(a > b);
}
template <class V>
INGOT_FN Rebind<u8, V> greater_equal(V a, V b) {
  return mask_to_bool<V>(a >= b);
}

template <class V>
INGOT_FN Rebind<u8, V> isnan(V x) {
  return mask_to_bool<V>(x != x);
}
template <class V>
INGOT_FN Rebind<u8, V> isinf(V x) {
  return mask_to_bool<V>(magnitude(x) == infinity<V>());
}
template <class V>
INGOT_FN Rebind<u8, V> isfinite(V x) {
  return mask_to_bool<V>(magnitude(x) < infinity<V>());
}

// For floats, min(a, b) | min(b, a): the two differ only for zeros of both signs, where the bits join to -0, and where
// one operand is a NaN, where the exponent and payload of the NaN survive. Two minpd and one or.
template <class V>
INGOT_FN V minimum(V a, V b) {
  if constexpr (is_float<V>) {
    return from_bits<V>(to_bits(lesser(a, b)) | to_bits(lesser(b, a)));
  } else {
    return select(a < b, a, b);
  }
}
template <class V>
INGOT_FN V maximum(V a, V b) {
  if constexpr (is_float<V>) {
    const V both = from_bits<V>(to_bits(larger(a, b)) & to_bits(larger(b, a)));
    return select(either(a != a, b != b), not_a_number<V>(), both);
  } else {
    return select(a > b, a, b);
  }
}
template <class V>
INGOT_FN V clip(V x, V low, V high) {
  return minimum(maximum(x, low), high);
}

template <class V>
INGOT_FN V where(Rebind<u8, V> condition, V a, V b) {
  return select(bool_to_mask<V>(condition), a, b);
}

template <class V>
INGOT_FN V logical_not(V x) {
  return x ^ splat<V>(1);
}
template <class V>
INGOT_FN V logical_and(V a, V b) {
  return a & b;
}
template <class V>
INGOT_FN V logical_or(V a, V b) {
  return a | b;
}
template <class V>
INGOT_FN V logical_xor(V a, V b) {
  return a ^ b;
}

}  // namespace ingot::math
