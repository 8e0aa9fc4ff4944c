#include "host/emit/cuda/program.h"

// Embedded by host/emit/cuda/CMakeLists.txt.
extern "C" const char ingot_cuda_prelude[];
extern "C" const char ingot_cuda_prelude_end[];

namespace ingot::cuda {

std::string_view prelude() {
  return {ingot_cuda_prelude, static_cast<std::size_t>(ingot_cuda_prelude_end - ingot_cuda_prelude)};
}

}  // namespace ingot::cuda
