// What the row and column forms share: per-reduction tables, and the way from states to outputs through the epilogue.
#pragma once

#include <cstdint>
#include <vector>

#include "host/exec/launch.h"

namespace ingot::exec {

/// One reduction of a launch.
struct Reducing {
  int reducer;
  int dtype;
  std::int64_t itemsize;
  std::int64_t state_bytes;
  std::int64_t accumulator_bytes;
  const cpu::Support* support;

  void join(void* states, std::int64_t count, std::int64_t leaf, std::int64_t elements) const {
    support->join[reducer][dtype](states, count, leaf, elements);
  }
  void finish(const void* states, std::int64_t n, void* results) const {
    support->finish[reducer][dtype](states, n, results);
  }
};

std::vector<Reducing> reducings(const ir::Kernel& kernel, const cpu::Support& support);

/// Runs the epilogue over `count` kept indices from `begin` (C order over the kept axes). results[k] has the finished
/// values of reduction k for them.
void run_epilogue(const Bound& bound, const std::vector<Reducing>& reductions, std::int64_t begin, std::int64_t count,
                  const std::vector<void*>& results);

}  // namespace ingot::exec
