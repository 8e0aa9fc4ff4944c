// Signals that kernels raise become errors of their launch.
#pragma once

#include "memory.h"

namespace fake_cuda {

/// While it lives, kernels of this OS thread may touch the allocations of `memory`; SIGSEGV, SIGBUS, SIGILL and SIGFPE
/// end the block that gives cause for them.
/// Signals from anywhere else go where they went before.
class FaultsCaught {
 public:
  explicit FaultsCaught(Memory& memory);
  ~FaultsCaught();
  FaultsCaught(const FaultsCaught&) = delete;
  FaultsCaught& operator=(const FaultsCaught&) = delete;

 private:
  bool installed_ = false;
};

}  // namespace fake_cuda
