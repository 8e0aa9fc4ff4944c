// Numbers in two parts, for what one rounding would spoil.
#pragma once

#include "lane.h"

namespace ingot::math {

// A number as the sum of two, the second below half the last place of the first.
template <class V>
struct Pair {
  V high, low;
};

template <class V>
INGOT_FN Pair<V> product(Pair<V> a, Pair<V> b) {
  const V high = a.high * b.high;
  return {high, fma(a.high, b.high, -high) + fma(a.high, b.low, a.low * b.high)};
}
template <class V>
INGOT_FN Pair<V> quotient(Pair<V> a, Pair<V> b) {
  const V inverse = splat<V>(1) / b.high, q = a.high * inverse;
  return {q, fma(-q, b.low, fma(-q, b.high, a.high) + a.low) * inverse};
}
// a + b for any two numbers, and for |a| >= |b|.
template <class V>
INGOT_FN Pair<V> sum_of_two(V a, V b) {
  const V sum = a + b, part = sum - a;
  return {sum, (a - (sum - part)) + (b - part)};
}
template <class V>
INGOT_FN Pair<V> sum_of_ordered(V a, V b) {
  const V sum = a + b;
  return {sum, (a - sum) + b};
}
template <class V>
INGOT_FN Pair<V> plus(Pair<V> a, Element<V> c) {
  const Pair<V> sum = sum_of_two(a.high, splat<V>(c));
  return {sum.high, sum.low + a.low};
}
// a * (1 + w + w_low), rounded once but for what is tiny.
template <class V>
INGOT_FN V times_one_plus(Pair<V> a, V w, V w_low) {
  return a.high + fma(a.high, w, fma(a.high, w_low, fma(a.low, w, a.low)));
}

}  // namespace ingot::math
