// What tests call: fake_cuda.h.
#include "api.h"

using namespace fake_cuda;

FAKE_CUDA_API void fake_cuda_read_books(FakeCudaBooks* books) { *books = read_books(); }

FAKE_CUDA_API void fake_cuda_reset_books() { reset_books(); }

FAKE_CUDA_API uint64_t fake_cuda_calls(const char* name) { return calls(name); }

FAKE_CUDA_API void fake_cuda_set_seed(uint64_t seed) {
  state().seed = seed;
  state().drawn = 0;
}

FAKE_CUDA_API int fake_cuda_set_memory(size_t bytes) {
  int failed = 0;
  for (const auto& device : state().devices)
    if (!device->memory.resize(bytes)) failed = 1;
  return failed;
}

FAKE_CUDA_API void fake_cuda_fail(const char* name, unsigned nth, int code) {
  order({name != nullptr ? name : "", nth > 0 ? nth : 1, code, false});
}

FAKE_CUDA_API void fake_cuda_lose(const char* name, unsigned nth, int code) {
  order({name != nullptr ? name : "", nth > 0 ? nth : 1, code, true});
}

FAKE_CUDA_API void fake_cuda_clear_failures() { clear_failures(); }

FAKE_CUDA_API void fake_cuda_clear_errors() {
  for (const auto& device : state().devices) {
    device->drain();
    device->sticky = Result::Success;
  }
}
