#include "kernels/prebuilt/module.h"

#include <cuda_runtime.h>

#include "ingot/export.hpp"

extern "C" __attribute__((visibility("default"))) const char* ingot_prebuilt_version() { return INGOT_VERSION; }

extern "C" __attribute__((visibility("default"))) int ingot_prebuilt_accepts(int ordinal, const void* address) {
  cudaPointerAttributes attributes{};
  const bool known = cudaPointerGetAttributes(&attributes, address) == cudaSuccess;
  cudaGetLastError();
  return known && attributes.type == cudaMemoryTypeDevice && attributes.device == ordinal;
}
