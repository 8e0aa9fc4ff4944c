// The sizes of blocks that pools keep and hand out again.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>

namespace ingot::device {

/// `bytes` rounded up in steps of an eighth of a power of two, none smaller than `step`: at most 12.5 % is wasted
/// beyond that, and a freed block fits the next array of about its size. Less than `bytes` where that overflows.
inline std::size_t size_class(std::size_t bytes, std::size_t step) {
  bytes = std::max(bytes, step);
  step = std::max(std::bit_floor(bytes) / 8, step);
  return (bytes + step - 1) / step * step;
}

}  // namespace ingot::device
