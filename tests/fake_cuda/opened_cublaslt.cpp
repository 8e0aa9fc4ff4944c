#include "opened_cublaslt.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace fake_cuda_test {
namespace {

template <class Function>
void bind(Function& function, const char* name) {
  static void* const library = dlopen(INGOT_FAKE_CUBLASLT, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) throw std::runtime_error(std::string("there is no ") + name);
}

}  // namespace

const ingot::cuda::lt::Functions& cublaslt() {
  static const ingot::cuda::lt::Functions functions = [] {
    ingot::cuda::lt::Functions f;
#define INGOT_CUBLASLT(member, name, ...) bind(f.member, #name);
#include "host/device/cublaslt.def"
    return f;
  }();
  return functions;
}

FakeCublasLtCounts cublaslt_counts() {
  decltype(&fake_cublaslt_read_counts) read = nullptr;
  bind(read, "fake_cublaslt_read_counts");
  FakeCublasLtCounts counts{};
  read(&counts);
  return counts;
}

}  // namespace fake_cuda_test
