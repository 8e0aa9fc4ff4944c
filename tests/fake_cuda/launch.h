// Runs the grid of one launch on a few OS threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "memory.h"
#include "module.h"
#include "result.h"

namespace fake_cuda {

struct Launch {
  std::shared_ptr<Function> function;
  Index3 grid{}, block{};
  std::vector<std::vector<char>> parameters;  // copies of their values
  std::uint64_t seed = 0;
  int threads = 1;  // OS threads, at most
};

/// The error that the driver gives at the call, for limits that are not kept and parameters that are missing.
Result check(const Launch& launch, unsigned shared_bytes, void** parameters, void** extra);

/// Copies the values that a launch's parameters point to.
void take_parameters(Launch& launch, void** parameters);

/// Runs all blocks. A fault is described on stderr.
Result run(const Launch& launch, Memory& memory);

}  // namespace fake_cuda
