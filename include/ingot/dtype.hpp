#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <type_traits>

#include "ingot/export.hpp"

namespace ingot {

/// Element types. Arithmetic covers Bool, the integers, Float32 and Float64; the half, bfloat16 and complex types
/// exist, and an operation that does not support them yet throws TypeError and says so.
enum class DType : std::uint8_t {
  Bool,
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Float16,
  BFloat16,
  Float32,
  Float64,
  Complex64,
  Complex128
};

inline constexpr int kDTypeCount = 15;

/// Size of one element in bytes.
INGOT_API std::size_t itemsize(DType dtype) noexcept;

/// The array API's name of the dtype, for example "float64".
INGOT_API std::string_view name(DType dtype) noexcept;
INGOT_API std::ostream& operator<<(std::ostream& out, DType dtype);

/// The dtype to which both convert: the array API's promotion rules and, where it has none, NumPy 2's. An integer with
/// a floating dtype gives one that holds both (int16 with Float32 gives Float32, int32 with Float32 gives Float64);
/// int64 with uint64 gives Float64; BFloat16 promotes as Float16, and the two together give Float32.
INGOT_API DType promote_types(DType a, DType b) noexcept;

constexpr bool is_bool(DType d) noexcept { return d == DType::Bool; }
constexpr bool is_signed_integer(DType d) noexcept { return d >= DType::Int8 && d <= DType::Int64; }
constexpr bool is_unsigned_integer(DType d) noexcept { return d >= DType::UInt8 && d <= DType::UInt64; }
constexpr bool is_integer(DType d) noexcept { return d >= DType::Int8 && d <= DType::UInt64; }
constexpr bool is_floating(DType d) noexcept { return d >= DType::Float16 && d <= DType::Float64; }
constexpr bool is_complex(DType d) noexcept { return d >= DType::Complex64; }

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

/// A C++ type that is an array element: bool, every integer type up to 64 bits, float, double.
template <class T>
concept Element = std::is_same_v<T, bool> || std::is_same_v<T, float> || std::is_same_v<T, double> ||
                  (std::is_integral_v<T> && sizeof(T) <= 8);

/// The dtype of a C++ element type.
template <Element T>
constexpr DType dtype_of() noexcept {
  if constexpr (std::is_same_v<T, bool>) return DType::Bool;
  if constexpr (std::is_same_v<T, float>) return DType::Float32;
  if constexpr (std::is_same_v<T, double>) return DType::Float64;
  return detail::integer_dtype<T>();
}

}  // namespace ingot
