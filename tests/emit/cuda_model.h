// What a kernel must compute, in plain scalar loops over the logical indices: the canonical order of host/ir/kernel.h
// written down a second time. Shares nothing with kernels/ or with the emitter; knows the ops that cuda_run_test uses.
#pragma once

#include <cstdint>
#include <vector>

#include "host/emit/cuda/launch.h"
#include "host/ir/kernel.h"

namespace ingot::cuda_test {

/// Runs the kernel on the launch's memory. The stores go to the launch's stores and epilogue stores.
void run_model(const ir::Kernel& kernel, const cuda::Launch& launch);

/// The tree over neighbouring sumsqdev states of doubles, of `each` elements but the last, `total` in all.
struct Moments {
  double mean, rest, squares;
};
Moments join_moments(const std::vector<Moments>& states, std::int64_t each, std::int64_t total);

/// Whether the model knows all ops of the kernel.
bool model_knows(const ir::Kernel& kernel);

}  // namespace ingot::cuda_test
