// CUDA kernels compiled: each structure, set of options and kind of device once, in memory and on disk.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "host/emit/cuda/program.h"
#include "host/emit/cuda/routines.h"

namespace ingot::jit {

/// A program for a compute capability, and its code once there is any.
class CudaKernel {
 public:
  CudaKernel(cuda::Program program, int capability) : program_(std::move(program)), capability_(capability) {}

  const cuda::Program& program() const noexcept { return program_; }
  /// What the driver loads: machine code, or PTX for a device that is newer than NVRTC. Empty until it is compiled.
  const std::string& code() const;

  /// Whether there is code: in memory, or found on disk by the first call, which opens NVRTC: its version is a part of
  /// what code is known by.
  bool find();
  bool is_compiled() const noexcept { return ready_.load(std::memory_order_acquire); }
  /// Compiles it if it is found nowhere, or waits for a thread that does. DeviceError if that cannot be done; asked
  /// again, it is tried again.
  void compile();
  bool has_failed() const noexcept { return failed_; }
  /// Whether this is the first call since it was made or failed to compile.
  bool claim() noexcept { return !claimed_.exchange(true); }

 private:
  std::string key() const;
  bool find_locked();

  const cuda::Program program_;
  const int capability_;
  std::mutex compiling_;
  std::string code_;
  bool sought_ = false;
  std::atomic<bool> ready_{false}, failed_{false}, claimed_{false};
};

/// The one there is of these arguments.
std::shared_ptr<CudaKernel> cuda_kernel(const ir::Kernel& kernel, const cuda::Options& options, int capability);
std::shared_ptr<CudaKernel> cuda_kernel(const cuda::RoutineKernel& kernel, int capability);

/// Compiles several at once, and throws the first DeviceError when all are done.
void compile(std::span<const std::shared_ptr<CudaKernel>> kernels);

/// The same in the background, for those that nobody has asked for; failures are logged.
void compile_later(std::vector<std::shared_ptr<CudaKernel>> kernels);

}  // namespace ingot::jit
