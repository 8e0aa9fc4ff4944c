#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "ingot/export.hpp"

namespace ingot {

/// Element types. Float16 and BFloat16 are computed with in Float32, and each operation rounds its result once; their
/// reductions round at the end.
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

}  // namespace ingot
