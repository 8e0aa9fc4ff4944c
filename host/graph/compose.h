// Maps between linear spaces. A map gives, for indices i of some axes, the position offset + sum(strides[k] * i[k]).
#pragma once

#include <cstdint>

#include "ingot/shape.hpp"

namespace ingot::graph {

struct Map {
  std::int64_t offset = 0;
  Dims strides;
  friend bool operator==(const Map&, const Map&) = default;
};

/// `outer` gives positions in the C-order space of `shape`, whose element at indices j is found at `inner` of j. The
/// map that goes all the way, over the same axes (extents) as outer, if it is again offset + strides: false where it is
/// not, as for the flattening of a transposed matrix.
bool compose(const Dims& extents, const Map& outer, const Shape& shape, const Map& inner, Map& result);

/// Where compose() fails for want of a finer axis: an outer axis and the extent to split off its inner end, so that it
/// no longer spans an axis of `shape`. False where no split helps.
bool find_split(const Dims& extents, const Map& outer, const Shape& shape, const Map& inner, int& axis,
                std::int64_t& extent);

/// Whether the map over these extents visits the elements 0, 1, 2 ... in order.
bool is_identity(const Dims& extents, const Map& map);

/// Whether no two indices lead to one element.
bool is_injective(const Dims& extents, const Map& map);

}  // namespace ingot::graph
