// Conversions between all element types: cast<To>(lanes), and cast_bool for a target of bool. A bool is a u8 lane of 0
// or 1.
//
// Integers wrap when narrowed; integers become the nearest float, ties to even; floats are truncated to integers,
// saturate, and give 0 for NaN. The conversions that AVX2 has no instruction for (64-bit integers) are put together
// from exact pieces.
#pragma once

#include "lane.h"

namespace ingot::math {

#ifdef __AVX512DQ__
constexpr bool kHas64BitConversions = true;
#else
constexpr bool kHas64BitConversions = false;
#endif

template <class V>
INGOT_FN Rebind<u8, V> cast_bool(V x) {
  return mask_to_bool<V>(x != splat<V>(0));
}

// Both halves of a 64-bit integer are placed in the mantissas of large powers of two; one rounding, in the last
// addition.
template <class V>
INGOT_FN Rebind<f64, V> f64_from_integer64(V x) {
  if constexpr (Lane<V>::count == 1 || kHas64BitConversions) {
    return convert<f64>(x);
  } else {
    using F = Rebind<f64, V>;
    using U = typename Lane<V>::UInt;
    const U bits = bit_cast<U>(x), low = (bits & splat<U>(0xffffffffu)) | splat<U>(0x4330000000000000u);
    const U high = (bits >> 32) ^ splat<U>(is_signed<V> ? 0x4530000080000000u : 0x4530000000000000u);
    const F base = splat<F>(is_signed<V> ? 0x1.00000801p84 : 0x1.00000001p84);
    return (bit_cast<F>(high) - base) + bit_cast<F>(low);
  }
}

// With the bits below the 53rd gathered into one sticky bit, so that a rounding to fewer bits sees what this one drops.
template <class V>
INGOT_FN Rebind<f64, V> f64_with_sticky_bit(V x) {
  using U = typename Lane<V>::UInt;
  const U bits = bit_cast<U>(x), low = splat<U>(0x7ff), sticky = (bits | ((bits & low) + low)) & ~low;
  const U distance = is_signed<V> ? bits + splat<U>(u64(1) << 53) : bits;
  const auto small = distance < splat<U>(u64(1) << (is_signed<V> ? 54 : 53));
  return f64_from_integer64(bit_cast<V>(select(small, bits, sticky)));
}

template <class V>
INGOT_FN Rebind<f32, V> f32_from_integer64(V x) {
  if constexpr (Lane<V>::count == 1 || kHas64BitConversions) {
    return convert<f32>(x);
  } else {
    return convert<f32>(f64_with_sticky_bit(x));
  }
}

// An integral f64 in [-2^63, 2^64) modulo 2^64.
template <class V>
INGOT_FN Rebind<u64, V> integer64_from_f64(V x) {
  using U = Rebind<u64, V>;
  const V high = round_down(x * splat<V>(0x1p-32)), low = fma(high, splat<V>(-0x1p32), x);
  const U upper = to_bits(high + splat<V>(0x1.8p52)) << 32;
  return upper | (to_bits(low + splat<V>(0x1p52)) & splat<U>(0xffffffffu));
}

template <class T, class V>
INGOT_FN Rebind<T, V> truncate_saturated(V x) {
  using S = Scalar<T>;
  using R = Rebind<T, V>;
  if constexpr (S::bits == 64 && !is_f64<V>) {
    return truncate_saturated<T>(convert<f64>(x));
  } else if constexpr (S::bits < Scalar<Element<V>>::bits) {
    // The bounds are exact floats: clamp, then convert what is in range.
    const V low = splat<V>(smallest_integer<T>), high = splat<V>(largest_integer<T>);
    V y = select(x > low, x, low);
    y = select(y < high, y, high);
    y = round_to_zero(select(x == x, y, splat<V>(0)));
    if constexpr (S::bits == 32 && !S::is_signed) {
      return convert<T>(to_bits(y + splat<V>(0x1p52)));
    } else {
      return convert<T>(convert<i32>(y));
    }
  } else {
    // 2^bits-1 or 2^bits is the first float too large; integers and floats are of one width here.
    const V low = splat<V>(smallest_integer<T>);
    const V limit = splat<V>(Element<V>(2) * Element<V>(u64(1) << (S::bits - 1 - S::is_signed)));
    const Mask<V> above = x >= limit, inside = both(x >= low, !above);
    const V y = round_to_zero(select(inside, x, splat<V>(0)));
    R r;
    if constexpr (S::bits == 64) {
      r = bit_cast<R>(integer64_from_f64(y));
    } else {
      r = convert<T>(y);
    }
    r = select(above, splat<R>(largest_integer<T>), r);
    return select(x < low, splat<R>(smallest_integer<T>), r);
  }
}

template <class To, class V>
INGOT_FN Rebind<To, V> cast(V x) {
  using From = Element<V>;
  if constexpr (is_float<V> && !Scalar<To>::is_float) {
    return truncate_saturated<To>(x);
  } else if constexpr (Scalar<To>::is_float && !is_float<V> && Scalar<From>::bits == 64) {
    if constexpr (sizeof(To) == 8)
      return f64_from_integer64(x);
    else
      return f32_from_integer64(x);
  } else if constexpr (sizeof(To) == 4 && Scalar<To>::is_float && Scalar<From>::bits == 32 && !is_float<V>) {
    return convert<f32>(convert<f64>(x));
  } else {
    return convert<To>(x);
  }
}

}  // namespace ingot::math
