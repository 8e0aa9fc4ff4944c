// Runs the launches of a row region (plan::RowRegion) block by block.
#pragma once

#include <cstdint>
#include <vector>

#include "host/exec/launch.h"

namespace ingot::exec {

struct RowBlocks {
  std::vector<int> launches;            // of Prepared::launches, in their order
  std::vector<bool> streaming;          // per launch: nobody reads in the region what its body writes
  std::vector<std::int64_t> row_sizes;  // bytes of one row, of each value that lives in the block alone
  std::int64_t rows = 0, row_bytes = 0, work = 0;
  std::vector<std::int64_t> starts;  // where these lie in a thread's buffer; set for each evaluation
};

/// `launches` are all of the plan's, those of the region bound but for what lives in the block.
void run_rows(RowBlocks& region, std::vector<Bound>& launches);

}  // namespace ingot::exec
