// The axes of a matrix product's batch.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "host/exec/routine.h"

namespace ingot::exec {

/// Steps of the operands, in elements.
struct BatchAxis {
  std::int64_t extent = 1, left = 0, right = 0;
};

/// Innermost first; neighbours that both operands step through evenly are one.
std::vector<BatchAxis> batch_axes(const RoutineCall& call);

/// Where the operands of a place in the axes from `first` on begin, left and right, counted innermost first.
std::pair<std::int64_t, std::int64_t> batch_offsets(const std::vector<BatchAxis>& axes, std::size_t first,
                                                    std::int64_t place);

}  // namespace ingot::exec
