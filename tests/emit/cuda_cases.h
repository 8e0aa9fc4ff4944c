// Kernels that reach every branch of the CUDA emitter, by name; shared by the golden files, the compilation by NVRTC
// and the runs on the host.
#pragma once

#include <string>
#include <vector>

#include "host/emit/cuda/program.h"
#include "host/ir/kernel.h"

namespace ingot::cuda_test {

struct Case {
  std::string name;
  ir::Kernel kernel;
  cuda::Options options;
};

/// The cases, each with a legal kernel; options.name is the case's name.
const std::vector<Case>& cases();

const Case& find_case(const std::string& name);

}  // namespace ingot::cuda_test
