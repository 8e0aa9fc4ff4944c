// What the row and column forms share: the way from states to outputs through the epilogue.
#pragma once

#include <cstdint>
#include <vector>

#include "host/exec/launch.h"

namespace ingot::exec {

/// Runs the epilogue over `count` kept indices from `begin` (C order over the kept axes). results[k] has the finished
/// values of reduction k for them.
void run_epilogue(const Bound& bound, std::int64_t begin, std::int64_t count, const std::vector<void*>& results);

}  // namespace ingot::exec
