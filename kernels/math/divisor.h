// Greatest common divisor and least common multiple.
#pragma once

#include "rounding.h"

namespace ingot::math {

template <class V>
INGOT_FN typename Lane<V>::UInt unsigned_magnitude(V x) {
  if constexpr (is_signed<V>) {
    return to_bits(abs(x));
  } else {
    return x;
  }
}

// Stein's algorithm with one shift a step, since processors divide no vectors and few count their zeros: while a is
// odd, an even b loses its factor 2, and of two odd ones the smaller stays beside half their difference.
template <class U>
INGOT_FN U divisor_of_magnitudes(U x, U y) {
  const U zero = splat<U>(0), one = splat<U>(1);
  const U together = static_cast<U>(x | y), twos = static_cast<U>(together & subtract(zero, together));
  U a = select(x == zero, y, x), b = select(x == zero, zero, y);
  for (;;) {
    const Mask<U> even = both(static_cast<U>(a & one) == zero, a != zero);
    if (!any(even)) break;
    a = select(even, static_cast<U>(a >> one), a);
  }
  while (any(b != zero)) {
    const Mask<U> odd = static_cast<U>(b & one) != zero, less = a < b;
    const U smaller = select(less, a, b), larger = select(less, b, a);
    b = static_cast<U>(select(odd, subtract(larger, smaller), b) >> one);
    a = select(odd, smaller, a);
  }
  return multiply(a, twos);
}

template <class V>
INGOT_FN V gcd(V x, V y) {
  return bit_cast<V>(divisor_of_magnitudes(unsigned_magnitude(x), unsigned_magnitude(y)));
}

template <class V>
INGOT_FN V lcm(V x, V y) {
  using U = typename Lane<V>::UInt;
  const U a = unsigned_magnitude(x), b = unsigned_magnitude(y), divisor = divisor_of_magnitudes(a, b);
  return bit_cast<V>(multiply(quotient(a, select(divisor == splat<U>(0), splat<U>(1), divisor)), b));
}

}  // namespace ingot::math
