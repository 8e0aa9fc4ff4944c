// Before anything asks for a device: where the software GPU is, and what it is like. What runs there waits for its
// compiler, and is not computed on the host meanwhile.
#include <cstdlib>

#include "host/base/config.h"

namespace {

const bool kSet = [] {
  setenv("INGOT_LIBCUDA", INGOT_FAKE_CUDA, 0);
  setenv("INGOT_LIBCUBLASLT", INGOT_FAKE_CUBLASLT, 0);
  setenv("INGOT_LIBNVRTC", INGOT_FAKE_NVRTC, 0);
  setenv("INGOT_CACHE_DIR", INGOT_TEST_CACHE, 0);
  setenv("FAKE_NVRTC_CACHE", INGOT_TEST_CACHE, 0);
  setenv("FAKE_CUDA", "devices=3", 0);
  ingot::config().backend = ingot::Backend::Cuda;
  return true;
}();

}  // namespace
