#include "host/exec/prebuilt.h"

#include <dlfcn.h>

#include <cstring>
#include <map>

#include "host/base/error.h"
#include "host/base/log.h"
#include "host/base/module.h"
#include "host/exec/gpu.h"
#include "ingot/export.hpp"
#include "kernels/prebuilt/module.h"

namespace ingot::exec {
namespace {

constexpr const char* kSymbols[] = {
#define INGOT_ROUTINE(name, ...) "ingot_prebuilt_" #name,
#include "kernels/prebuilt/routines.def"
};
constexpr std::size_t kRoutines = std::size(kSymbols);

struct Module {
  prebuilt::Accepts* accepts = nullptr;
  prebuilt::RoutineOnDevice* routines[kRoutines] = {};
};

template <class Function>
void find(void* module, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(module, name));
}

Module open() {
  Module found;
  std::string tried;
  for (const std::filesystem::path& folder : module_folders()) {
    const std::string file = folder / INGOT_PREBUILT_NAME;
    void* const module = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      tried += text("; ", dlerror());
      continue;
    }
    prebuilt::Version* version = nullptr;
    find(module, "ingot_prebuilt_version", version);
    if (version == nullptr || std::strcmp(version(), INGOT_VERSION) != 0) {
      tried += text("; ", file, " is of another build");
      continue;
    }
    find(module, "ingot_prebuilt_accepts", found.accepts);
    for (std::size_t k = 0; k < kRoutines; ++k) find(module, kSymbols[k], found.routines[k]);
    return found;
  }
  log(Log::Info, "no prebuilt module for CUDA devices", tried);
  return found;
}

const Module& module() {
  static const Module* const instance = new Module(open());
  return *instance;
}

}  // namespace

bool is_in_module(Routine routine) {
  const Module& m = module();
  return m.accepts != nullptr && m.routines[static_cast<int>(routine)] != nullptr;
}

bool runs_on(Routine routine, cuda::Gpu& gpu) {
  if (!is_in_module(routine)) return false;
  static auto* const known = new std::map<int, bool>;  // by device; under the lock of turns
  if (const auto found = known->find(gpu.ordinal()); found != known->end()) return found->second;
  const cuda::BlockRef block = gpu.allocate(1);
  if (!block) return false;
  return (*known)[gpu.ordinal()] =
             module().accepts(gpu.ordinal(), reinterpret_cast<const void*>(block->address())) != 0;
}

void run_on_gpu(Routine routine, const RoutineCall& call, cuda::Gpu& gpu) {
  const auto of = [](const Whole& array) {
    return prebuilt::DeviceArray{array.dtype, array.shape.ndim(), array.shape.data(), array.data};
  };
  std::vector<prebuilt::DeviceArray> inputs;
  for (const Whole& input : call.inputs) inputs.push_back(of(input));
  prebuilt::DeviceCall given{
      gpu.ordinal(), gpu.stream(), inputs.data(), of(call.result), call.parameters.data(), nullptr, 0};
  const auto run = [&] {
    if (const char* const problem = module().routines[static_cast<int>(routine)](&given))
      throw DeviceError(text(info(routine).name, " on cuda(", gpu.ordinal(), ") failed: ", problem));
  };
  run();
  const StorageRef scratch = allocate_on_gpu(given.scratch_bytes, gpu, [&] {
    return text("the scratch memory of ", info(routine).name, " of an array of shape ", call.result.shape);
  });
  given.scratch = on_gpu(*scratch, gpu);
  run();
}

}  // namespace ingot::exec
