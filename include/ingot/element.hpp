#pragma once

#include <complex>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "ingot/dtype.hpp"
#include "ingot/half.hpp"

namespace ingot {

namespace detail {
template <class T, class... Others>
concept OneOf = (std::same_as<T, Others> || ...);
}

/// A C++ type of complex elements.
template <class T>
concept ComplexElement = detail::OneOf<T, std::complex<float>, std::complex<double>>;

/// A C++ type that is an array element: bool, every integer type up to 64 bits, float16, bfloat16, float, double and
/// std::complex of float or double.
template <class T>
concept Element = detail::OneOf<T, bool, float16, bfloat16, float, double> || ComplexElement<T> ||
                  (std::is_integral_v<T> && sizeof(T) <= 8);

namespace detail {
template <class T>
constexpr DType integer_dtype() noexcept {
  constexpr bool is_signed = std::is_signed_v<T>;
  if constexpr (sizeof(T) == 1) return is_signed ? DType::Int8 : DType::UInt8;
  if constexpr (sizeof(T) == 2) return is_signed ? DType::Int16 : DType::UInt16;
  if constexpr (sizeof(T) == 4) return is_signed ? DType::Int32 : DType::UInt32;
  return is_signed ? DType::Int64 : DType::UInt64;
}
}  // namespace detail

/// The dtype of a C++ element type.
template <Element T>
constexpr DType dtype_of() noexcept {
  if constexpr (std::is_same_v<T, bool>) return DType::Bool;
  if constexpr (std::is_same_v<T, float16>) return DType::Float16;
  if constexpr (std::is_same_v<T, bfloat16>) return DType::BFloat16;
  if constexpr (std::is_same_v<T, float>) return DType::Float32;
  if constexpr (std::is_same_v<T, double>) return DType::Float64;
  if constexpr (std::is_same_v<T, std::complex<float>>) return DType::Complex64;
  if constexpr (std::is_same_v<T, std::complex<double>>) return DType::Complex128;
  return detail::integer_dtype<T>();
}

}  // namespace ingot
