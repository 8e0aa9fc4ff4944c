// What the real NVRTC makes of kernels.
#pragma once

#include <string>
#include <vector>

namespace ingot::cuda_test {

/// Why it cannot compile for an architecture; empty if it can. Opened when first asked: the file that INGOT_LIBNVRTC
/// names, or the newest there is.
std::string nvrtc_lacks(int capability);

/// One program behind the prelude; the kernel has the program's name.
struct Source {
  std::string name, text;
};

/// What ptxas reports of a kernel, and what its PTX has.
struct Report {
  std::string name;
  int stack = -1, spilled = -1;   // bytes; -1 where nothing was reported
  int loads = 0, wide_loads = 0;  // instructions that load operands from global memory; of those, 16 bytes
};

/// Compiles all in one program, with the options that Ingot's kernels are compiled with; throws std::runtime_error with
/// NVRTC's messages. Warnings are errors. What has been reported of a text before is found in the library's disk cache.
std::vector<Report> compile(const std::vector<Source>& sources, int capability);

}  // namespace ingot::cuda_test
