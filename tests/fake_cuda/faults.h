// Signals that kernels raise become errors of their launch.
#pragma once

namespace fake_cuda {

/// While it lives, what a kernel on this OS thread does to deserve SIGSEGV, SIGBUS, SIGILL or SIGFPE ends its block.
/// Signals from anywhere else go where they went before.
class FaultsCaught {
 public:
  FaultsCaught();
  ~FaultsCaught();
  FaultsCaught(const FaultsCaught&) = delete;
  FaultsCaught& operator=(const FaultsCaught&) = delete;

 private:
  bool installed_ = false;
};

}  // namespace fake_cuda
