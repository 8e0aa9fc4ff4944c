// Conversions of the two dtypes of 16 bits, which have no arithmetic of their own: a value is widened to f32, computed
// with there, and narrowed again. Their lanes are u16 lanes of bits; f16 and bf16 are names to choose a format by.
//
// Integer code, but for one addition that rounds: compilers' own conversions flush subnormals with AVX512-BF16.
#pragma once

#include "cast.h"

namespace ingot::math {

enum class f16 : u16 {};   // IEEE 754 binary16
enum class bf16 : u16 {};  // the upper half of an f32

template <class T>
struct Half {
  static constexpr bool is_half = false;
};
template <>
struct Half<f16> {
  static constexpr bool is_half = true;
  static constexpr int mantissa = 10, bias = 15;
  static constexpr u16 infinity = 0x7c00, nan = 0x7e00;
  static constexpr f32 min_normal = 0x1p-14f, overflow = 0x1p16f;
};
template <>
struct Half<bf16> {
  static constexpr bool is_half = true;
  static constexpr int mantissa = 7, bias = 127;
  static constexpr u16 infinity = 0x7f80, nan = 0x7fc0;
  static constexpr f64 min_normal = 0x1p-126, overflow = 0x1p128;
};

// What lanes of T hold.
template <class T>
struct StoredAs {
  using type = T;
};
template <>
struct StoredAs<f16> {
  using type = u16;
};
template <>
struct StoredAs<bf16> {
  using type = u16;
};
template <class T>
using Stored = typename StoredAs<T>::type;

// Exact. Subnormals of f16 are normal numbers of f32, made by a subtraction that leaves their bits alone.
template <class H, class U>
INGOT_FN Rebind<f32, U> widen(U half) {
  using F = Rebind<f32, U>;
  using W = Rebind<u32, U>;
  const W bits = convert<u32>(half);
  if constexpr (Half<H>::bias == Scalar<f32>::bias) {
    return bit_cast<F>(bits << 16);
  } else {
    constexpr u32 exponents = u32(Half<H>::infinity) << 13, step = 1u << 23;
    const W magnitude = (bits & splat<W>(0x7fffu)) << 13, exponent = magnitude & splat<W>(exponents);
    const W normal = magnitude + splat<W>(u32(Scalar<f32>::bias - Half<H>::bias) << 23);
    const W subnormal = bit_cast<W>(bit_cast<F>(normal + splat<W>(step)) - splat<F>(Half<H>::min_normal));
    W wide = select(exponent == splat<W>(0u), subnormal, normal);
    wide = select(exponent == splat<W>(exponents), magnitude | splat<W>(Scalar<f32>::infinity), wide);
    return bit_cast<F>(wide | (bits & splat<W>(0x8000u)) << 16);
  }
}

// A power of two, so large that adding it to x leaves room for no more than the half's mantissa, rounds x; the bits
// that the sum has beyond the power's are the mantissa, and its carry is the exponent's.
template <class H, class V>
INGOT_FN Rebind<u16, V> narrow_float(V x) {
  using S = Scalar<Element<V>>;
  using U = typename Lane<V>::UInt;
  const U bits = to_bits(x);
  const U sign = (bits >> (S::bits - 16)) & splat<U>(0x8000u);
  U half;
  if constexpr (Half<H>::bias == S::bias) {
    half = ((bits & splat<U>(~S::sign)) + splat<U>(0x7fffu) + ((bits >> 16) & splat<U>(1u))) >> 16;
  } else {
    constexpr auto smallest = Element<V>(Half<H>::min_normal), limit = Element<V>(Half<H>::overflow);
    V magnitude = bit_cast<V>(bits & splat<U>(~S::sign));
    magnitude = select(magnitude < splat<V>(limit), magnitude, splat<V>(limit));  // NaN too
    const U power =
        bit_cast<U>(select(magnitude > splat<V>(smallest), magnitude, splat<V>(smallest))) & splat<U>(S::infinity);
    const U magic = (power + splat<U>(typename S::UInt(S::mantissa - Half<H>::mantissa) << S::mantissa)) |
                    splat<U>(typename S::UInt(1) << (S::mantissa - 1));
    const U exponent = (power >> S::mantissa) - splat<U>(S::bias - Half<H>::bias + 1);
    half = bit_cast<U>(magnitude + bit_cast<V>(magic)) - magic + (exponent << Half<H>::mantissa);
  }
  half = select(x == x, half, splat<U>(Half<H>::nan));
  return convert<u16>(half | sign);
}

template <class H, class V>
INGOT_FN Rebind<u16, V> narrow(V x) {
  if constexpr (is_float<V>) {
    return narrow_float<H>(x);
  } else if constexpr (Scalar<Element<V>>::bits == 64) {
    return narrow_float<H>(f64_with_sticky_bit(x));
  } else if constexpr (Scalar<Element<V>>::bits == 32) {
    return narrow_float<H>(convert<f64>(x));
  } else {
    return narrow_float<H>(convert<f32>(x));
  }
}

/// cast<To> where either dtype may be of 16 bits: From is f16, bf16 or the element.
template <class To, class From, class V>
INGOT_FN Rebind<Stored<To>, V> cast_between(V x) {
  if constexpr (Half<From>::is_half) {
    return cast_between<To, f32>(widen<From>(x));
  } else if constexpr (Half<To>::is_half) {
    return narrow<To>(x);
  } else {
    return cast<To>(x);
  }
}

template <class From, class V>
INGOT_FN Rebind<u8, V> cast_to_bool(V x) {
  if constexpr (Half<From>::is_half) {
    return cast_bool(widen<From>(x));
  } else {
    return cast_bool(x);
  }
}

}  // namespace ingot::math
