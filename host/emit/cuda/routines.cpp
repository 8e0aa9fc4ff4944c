#include "host/emit/cuda/routines.h"

#include "host/base/error.h"
#include "host/emit/cuda/emitter.h"
#include "host/emit/cuda/launch.h"

// Embedded by host/emit/cuda/CMakeLists.txt.
#define INGOT_SOURCE(name)              \
  extern "C" const char ingot_##name[]; \
  extern "C" const char ingot_##name##_end[];
INGOT_SOURCE(cuda_take)
INGOT_SOURCE(cuda_scan)
INGOT_SOURCE(cuda_gemm)
#undef INGOT_SOURCE

namespace ingot::cuda {
namespace {

std::string_view text_of(Source source) {
  const auto between = [](const char* begin, const char* end) {
    return std::string_view(begin, static_cast<std::size_t>(end - begin));
  };
  switch (source) {
    case Source::Take: return between(ingot_cuda_take, ingot_cuda_take_end);
    case Source::Scan: return between(ingot_cuda_scan, ingot_cuda_scan_end);
    case Source::Gemm: break;
  }
  return between(ingot_cuda_gemm, ingot_cuda_gemm_end);
}

}  // namespace

Program emit(const RoutineKernel& kernel) {
  Program program;
  program.name = "ingot_kernel";
  program.text =
      text(text_of(kernel.source), "\nextern \"C\" __global__ void __launch_bounds__(", kBlock,
           ") ingot_kernel(const __grid_constant__ ", kernel.parameter, " p) {\n  ", kernel.function, "(p);\n}\n");
  return program;
}

std::string element_type(DType dtype) { return c_type(dtype); }

Arguments& Arguments::divisor(std::int64_t by) {
  push_divisor(slots_, by, wide_);
  return *this;
}

bool needs_wide(std::int64_t greatest) { return greatest > kNarrowLimit; }

}  // namespace ingot::cuda
