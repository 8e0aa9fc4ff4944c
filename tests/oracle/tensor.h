// Values as the oracle knows them: bytes in C order, read and written one element at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "ingot/array.hpp"

namespace ingot::oracle {

__extension__ typedef __int128 Wide;  // every integer dtype, with room for one operation

/// Modulo 2^128: the product of two uint64 exceeds what a signed one holds.
inline Wide product(Wide x, Wide y) {
  return static_cast<Wide>(static_cast<unsigned __int128>(x) * static_cast<unsigned __int128>(y));
}

/// One element: an integer or bool of any width, or a float widened to double, which loses nothing.
struct Element {
  bool is_float = false;
  Wide i = 0;
  double f = 0;

  static Element integer(Wide value) { return {false, value, 0}; }
  static Element real(double value) { return {true, 0, value}; }
};

/// The value that an element of this dtype keeps: integers modulo 2^bits, floats rounded to nearest.
Element fit(DType dtype, const Element& value);

struct Tensor {
  DType dtype = DType::Float64;
  Shape shape;
  std::vector<std::byte> bytes;

  Tensor() = default;
  Tensor(DType type, Shape extents);

  std::int64_t size() const { return shape.numel(); }
  Element operator[](std::int64_t i) const;
  void set(std::int64_t i, const Element& value);
  const void* data() const { return bytes.data(); }
};

/// Same bits, or both NaN. Of different dtypes: no.
bool same(DType dtype, const Element& a, const Element& b);

/// The first element where the bits differ (NaNs are equal), or -1. The shapes agree.
std::int64_t first_difference(const Tensor& a, const Tensor& b);

/// Digits that read back, and the bits of a float.
std::string to_string(DType dtype, const Element& value);

/// The library's values; evaluates.
Tensor values(const Array& array);
Tensor values(graph::Node* node);

}  // namespace ingot::oracle
