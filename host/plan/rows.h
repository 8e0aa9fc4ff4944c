// Launches over the same rows, one after another: softmax, or what a mean is subtracted from. They are put next to each
// other and run block by block (RowRegion), so that memory is read and written once where one row's operands fit the
// cache, and what passes between them never reaches it.
#pragma once

#include "host/plan/plan.h"
#include "host/plan/snapshot.h"

namespace ingot::plan {

/// What the operands of one row may take: half of a second-level cache. The other half is for what else passes through.
std::int64_t row_bytes_limit();

/// Orders the steps anew, fills the plan's regions, and sets where their launches meet their operands. Collapsed
/// launches, whose stores are in order. Always true.
bool form_row_regions(const Snapshot& graph, Plan& plan);

}  // namespace ingot::plan
