// What is known of the values of a region from its structure alone: bounds on their magnitudes, and which ops can
// therefore do without their rare cases (kernels/math/slow.def).
#pragma once

#include <vector>

#include "host/ir/kernel.h"

namespace ingot::ir {

/// How the ops of a region may leave out their rare cases. All lists are per instruction.
struct CommonPaths {
  std::vector<bool> always;   // ops whose operand cannot be rare
  std::vector<bool> guarded;  // ops whose operand cannot be rare unless a value of `asked` exceeds `limit`
  std::vector<bool> asked;    // Load and Param instructions
  double limit = 0;           // 0: nothing is guarded
};

/// Guards only where that saves at least two ops their question, and all that ask.
CommonPaths common_paths(const Region& region);

}  // namespace ingot::ir
