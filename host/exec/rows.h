// Runs the launches of a row region (plan::RowRegion) block by block.
#pragma once

#include <cstdint>
#include <vector>

#include "host/base/config.h"
#include "host/base/storage.h"
#include "host/exec/launch.h"
#include "host/exec/matmul.h"
#include "host/exec/routine.h"

namespace ingot::exec {

/// A call of a plan.
struct BoundCall {
  Routine routine{};
  std::vector<int> inputs;            // as values
  std::vector<std::int64_t> offsets;  // of their first elements there, in bytes
  int result = -1;                    // as a value
  RoutineCall call;                   // lacks addresses and threads, which are set for each evaluation
  std::int64_t work = 0;
  // In a row region, as Operand::block: of the operands and of the result of a product.
  int left_block = -1, right_block = -1, result_block = -1;
  int ready = kHost;  // a device for which prepare_on_gpu() found code
};

struct RowBlocks {
  std::vector<plan::Step> steps;        // launches of Prepared::launches, and products of Prepared::calls
  std::vector<bool> streaming;          // per step: a launch, and nobody reads in the region what its body writes
  std::vector<std::int64_t> row_sizes;  // bytes of one row, of each value that lives in the block alone
  std::int64_t rows = 0, row_bytes = 0, work = 0;
  bool has_product = false;  // of rows
  bool sums_rows = false;    // the last step is a product that does

  // Set for each evaluation.
  std::vector<std::int64_t> starts;    // where what lives in the block lies in a thread's buffer
  std::vector<PackedMatrix> operands;  // second operands of products, in the order of these
  std::vector<StorageRef> packed;      // their memory
  StorageRef sums;                     // of a product that sums over rows: those of its blocks of terms
};

/// `launches` and `calls` are all of the plan's, those of the region bound but for what lives in the block.
void run_rows(RowBlocks& region, std::vector<Bound>& launches, const std::vector<BoundCall>& calls);

}  // namespace ingot::exec
