// CUDA kernels compiled: each structure, set of options and kind of device once, in memory and on disk.
#pragma once

#include <memory>
#include <string>

#include "host/emit/cuda/program.h"

namespace ingot::jit {

struct CudaCode {
  cuda::Program program;
  std::string cubin;
};

/// The code of a kernel under these options for a compute capability, compiled if it is found nowhere. DeviceError if
/// that cannot be done; asked again, it is tried again.
std::shared_ptr<const CudaCode> cuda_code(const ir::Kernel& kernel, const cuda::Options& options, int capability);

}  // namespace ingot::jit
