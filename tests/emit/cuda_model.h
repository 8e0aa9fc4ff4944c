// What a kernel must compute, in plain scalar loops over the logical indices: the canonical order of host/ir/kernel.h written down a
// second time. Shares nothing with kernels/ or with the emitter; knows the ops that the cases of cuda_run_test use.
#pragma once

#include <cstdint>
#include <vector>

#include "host/emit/cuda/launch.h"
#include "host/ir/kernel.h"

namespace ingot::cuda_test {

/// Runs the kernel on the launch's memory. The stores go to the launch's stores and epilogue stores.
void run_model(const ir::Kernel& kernel, const cuda::Launch& launch);

/// Whether the model knows all ops of the kernel.
bool model_knows(const ir::Kernel& kernel);

}  // namespace ingot::cuda_test
