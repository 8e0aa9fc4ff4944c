// The loops of take and searchsorted on the CPU. host/exec/take.cpp and host/exec/searchsorted.cpp share them out among
// threads.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"

namespace ingot::prebuilt {

/// Positions of n indices along an axis, negative ones counted from its end. The number of those before the first that
/// is out of range: n if none is.
using Resolve = std::int64_t(const void* indices, std::int64_t n, std::int64_t extent, std::int64_t* positions);

/// For an integer dtype.
Resolve* resolving(DType dtype);

/// Copies `bytes` bytes from each position, at `step` bytes for each, to `to` and on, `to_step` bytes apart.
void gather(const void* from, std::int64_t step, const std::int64_t* positions, std::int64_t n, std::int64_t bytes,
            void* to, std::int64_t to_step);

/// How many of the `size` numbers, which are in order, are less than each of n values, or not greater.
using Search = void(const void* sorted, std::int64_t size, const void* values, std::int64_t n, bool not_greater,
                    std::int64_t* counts);

/// For a computable dtype but the 16-bit floats.
Search* searching(DType dtype);

}  // namespace ingot::prebuilt
