// How large an array may be.
#pragma once

#include <cstdint>
#include <limits>

#include "ingot/shape.hpp"

namespace ingot {

/// Below 2^59: ops widen elements to 16 bytes, and bytes are counted in 63 bits.
inline constexpr std::int64_t kMaxElements = std::numeric_limits<std::int64_t>::max() / 16;

/// Whether the extents, none of them negative, are too many elements. Extents of 0 do not excuse the others: strides
/// are products of them too.
inline bool is_too_large(const Shape& shape) {
  std::int64_t room = kMaxElements;
  for (const std::int64_t extent : shape) {
    if (extent > room) return true;
    if (extent != 0) room /= extent;
  }
  return false;
}

}  // namespace ingot
