#include "ingot/dtype.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace ingot {
namespace {

constexpr std::size_t kItemsizes[kDTypeCount] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16};

constexpr std::string_view kNames[kDTypeCount] = {"bool",     "int8",    "int16",   "int32",     "int64",
                                                  "uint8",    "uint16",  "uint32",  "uint64",    "float16",
                                                  "bfloat16", "float32", "float64", "complex64", "complex128"};

constexpr std::size_t size_of(DType d) { return kItemsizes[static_cast<int>(d)]; }

constexpr DType signed_of(std::size_t bytes) {
  return bytes == 1 ? DType::Int8 : bytes == 2 ? DType::Int16 : bytes == 4 ? DType::Int32 : DType::Int64;
}

// The smallest floating dtype that the integers of this size convert to in NumPy: 8 bits fit half precision, 16 bits
// single.
constexpr DType floating_for(std::size_t integer_bytes, DType half) {
  return integer_bytes == 1 ? half : integer_bytes == 2 ? DType::Float32 : DType::Float64;
}

constexpr DType promote_floating(DType a, DType b) {
  if (a == b) return a;
  if (size_of(a) == 2 && size_of(b) == 2) return DType::Float32;
  return std::max(a, b);  // in the enum's order, which is that of precision
}

constexpr DType promote(DType a, DType b) {
  if (a == b || is_bool(b)) return a;
  if (is_bool(a)) return b;
  if (is_complex(a) || is_complex(b)) {
    const auto is_double = [](DType d) {
      return d == DType::Complex128 || d == DType::Float64 || (is_integer(d) && size_of(d) >= 4);
    };
    return is_double(a) || is_double(b) ? DType::Complex128 : DType::Complex64;
  }
  if (is_floating(a) && is_floating(b)) return promote_floating(a, b);
  if (is_floating(a)) return promote_floating(a, floating_for(size_of(b), size_of(a) == 2 ? a : DType::Float16));
  if (is_floating(b)) return promote(b, a);
  if (is_signed_integer(a) == is_signed_integer(b)) return size_of(a) >= size_of(b) ? a : b;
  const DType with_sign = is_signed_integer(a) ? a : b;
  const DType without = is_signed_integer(a) ? b : a;
  if (size_of(with_sign) > size_of(without)) return with_sign;
  return size_of(without) == 8 ? DType::Float64 : signed_of(2 * size_of(without));
}

constexpr auto kPromoted = [] {
  std::array<std::array<DType, kDTypeCount>, kDTypeCount> table{};
  for (int a = 0; a < kDTypeCount; ++a)
    for (int b = 0; b < kDTypeCount; ++b) table[a][b] = promote(static_cast<DType>(a), static_cast<DType>(b));
  return table;
}();

}  // namespace

std::size_t itemsize(DType dtype) noexcept { return size_of(dtype); }

std::string_view name(DType dtype) noexcept { return kNames[static_cast<int>(dtype)]; }

DType promote_types(DType a, DType b) noexcept { return kPromoted[static_cast<int>(a)][static_cast<int>(b)]; }

std::ostream& operator<<(std::ostream& out, DType dtype) { return out << name(dtype); }

}  // namespace ingot
