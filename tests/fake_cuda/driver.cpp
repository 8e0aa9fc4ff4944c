// The driver's functions for devices, contexts, modules and launches.
#include <cstdint>
#include <cstring>

#include "api.h"
#include "launch.h"
#include "random.h"

using namespace fake_cuda;

FAKE_CUDA_API int cuInit(unsigned flags) {
  return api("cuInit", [&] {
    if (state().forked) return Result::NotInitialized;
    if (flags != 0 || !state().problem.empty()) return Result::InvalidValue;
    state().initialized = true;
    return state().devices.empty() ? Result::NoDevice : Result::Success;
  });
}

FAKE_CUDA_API int cuDriverGetVersion(int* version) {
  return api("cuDriverGetVersion", [&] {
    if (version == nullptr) return Result::InvalidValue;
    *version = 13000;
    return Result::Success;
  });
}

FAKE_CUDA_API int cuGetErrorName(int error, const char** name) {
  return api("cuGetErrorName", [&] {
    if (name == nullptr) return Result::InvalidValue;
    *name = name_of(static_cast<Result>(error));
    return *name != nullptr ? Result::Success : Result::InvalidValue;
  });
}

FAKE_CUDA_API int cuGetErrorString(int error, const char** meaning) {
  return api("cuGetErrorString", [&] {
    if (meaning == nullptr) return Result::InvalidValue;
    *meaning = meaning_of(static_cast<Result>(error));
    return *meaning != nullptr ? Result::Success : Result::InvalidValue;
  });
}

FAKE_CUDA_API int cuDeviceGetCount(int* count) {
  return api_after_init("cuDeviceGetCount", [&] {
    if (count == nullptr) return Result::InvalidValue;
    *count = static_cast<int>(state().devices.size());
    return Result::Success;
  });
}

FAKE_CUDA_API int cuDeviceGet(int* device, int index) {
  return api_after_init("cuDeviceGet", [&] {
    if (device == nullptr) return Result::InvalidValue;
    if (state().device(index) == nullptr) return Result::InvalidDevice;
    *device = index;
    return Result::Success;
  });
}

FAKE_CUDA_API int cuDeviceGetName(char* name, int length, int device) {
  return api_after_init("cuDeviceGetName", [&] {
    if (name == nullptr || length <= 0) return Result::InvalidValue;
    if (state().device(device) == nullptr) return Result::InvalidDevice;
    const int capability = state().settings.capability;
    std::snprintf(name, static_cast<std::size_t>(length), "Software GPU (sm_%d)", capability);
    return Result::Success;
  });
}

namespace {

// False for an attribute that this driver does not know.
bool attribute(const Settings& settings, int which, int& value) {
  constexpr int bus_bits = 6144;
  switch (which) {
    case 1:  // threads of a block
    case 2:
    case 3: value = 1024; return true;
    case 4: value = 64; return true;
    case 5: value = 0x7fffffff; return true;  // blocks of a grid
    case 6:
    case 7: value = 65535; return true;
    case 8:  // shared memory of a block
    case 97: value = 48 * 1024; return true;
    case 10: value = 32; return true;         // threads of a warp
    case 12: value = 65536; return true;      // registers of a block
    case 13: value = 1'980'000; return true;  // clock, kHz
    case 16: value = settings.multiprocessors; return true;
    case 36: value = static_cast<int>(settings.bandwidth * 1e6 / (2 * bus_bits / 8)); return true;  // memory's, kHz
    case 37: value = bus_bits; return true;
    case 38: value = 50 << 20; return true;  // L2 cache
    case 39: value = 2048; return true;      // threads of a multiprocessor
    case 40: value = 3; return true;         // copy engines
    case 41: value = 1; return true;         // unified addresses
    case 75: value = settings.capability / 10; return true;
    case 76: value = settings.capability % 10; return true;
    case 81: value = 228 * 1024; return true;  // shared memory of a multiprocessor
    default: return false;
  }
}

}  // namespace

FAKE_CUDA_API int cuDeviceGetAttribute(int* value, int which, int device) {
  return api_after_init("cuDeviceGetAttribute", [&] {
    if (value == nullptr) return Result::InvalidValue;
    if (state().device(device) == nullptr) return Result::InvalidDevice;
    return attribute(state().settings, which, *value) ? Result::Success : Result::InvalidValue;
  });
}

FAKE_CUDA_API int cuDeviceTotalMem_v2(std::size_t* bytes, int device) {
  return api_after_init("cuDeviceTotalMem_v2", [&] {
    const Device* const found = state().device(device);
    if (bytes == nullptr) return Result::InvalidValue;
    if (found == nullptr) return Result::InvalidDevice;
    *bytes = found->memory.total();
    return Result::Success;
  });
}

FAKE_CUDA_API int cuDevicePrimaryCtxRetain(Device** context, int device) {
  return api_after_init("cuDevicePrimaryCtxRetain", [&] {
    if (context == nullptr) return Result::InvalidValue;
    *context = state().device(device);
    if (*context == nullptr) return Result::InvalidDevice;
    book_live(&FakeCudaBooks::contexts_live, 1);
    return Result::Success;
  });
}

// What the context holds stays: a real device would be reset by the last release.
FAKE_CUDA_API int cuDevicePrimaryCtxRelease_v2(int device) {
  return api_after_init("cuDevicePrimaryCtxRelease_v2", [&] {
    if (state().device(device) == nullptr) return Result::InvalidDevice;
    if (read_books().contexts_live == 0) return Result::InvalidContext;
    book_live(&FakeCudaBooks::contexts_live, -1);
    return Result::Success;
  });
}

FAKE_CUDA_API int cuCtxSetCurrent(Device* context) {
  return api_after_init("cuCtxSetCurrent", [&] {
    bool known = context == nullptr;
    for (const auto& device : state().devices) known |= device.get() == context;
    if (!known) return Result::InvalidContext;
    current_device() = context;
    return Result::Success;
  });
}

FAKE_CUDA_API int cuCtxGetCurrent(Device** context) {
  return api_after_init("cuCtxGetCurrent", [&] {
    if (context == nullptr) return Result::InvalidValue;
    *context = current_device();
    return Result::Success;
  });
}

FAKE_CUDA_API int cuModuleLoadData(Module** module, const void* image) {
  return api_in_context("cuModuleLoadData", [&](Device&) {
    if (module == nullptr || image == nullptr) return Result::InvalidValue;
    std::string reason;
    auto opened = Module::open(image, reason);
    if (opened == nullptr) {
      std::fprintf(stderr, "fake_cuda: cuModuleLoadData: %s\n", reason.c_str());
      return Result::InvalidImage;
    }
    *module = state().modules.add(std::move(opened));
    book_live(&FakeCudaBooks::modules_live, 1);
    return Result::Success;
  });
}

// Launches that are under way keep the module open.
FAKE_CUDA_API int cuModuleUnload(Module* handle) {
  return api_in_context("cuModuleUnload", [&](Device&) {
    const auto module = state().modules.remove(handle);
    if (module == nullptr) return Result::InvalidHandle;
    state().functions.remove_if([&](const Function& f) { return f.module == module; });
    book_live(&FakeCudaBooks::modules_live, -1);
    return Result::Success;
  });
}

FAKE_CUDA_API int cuModuleGetFunction(Function** function, Module* handle, const char* name) {
  return api_in_context("cuModuleGetFunction", [&](Device&) {
    if (function == nullptr || name == nullptr) return Result::InvalidValue;
    const auto module = state().modules.find(handle);
    if (module == nullptr) return Result::InvalidHandle;
    const Kernel* const kernel = module->kernel(name);
    if (kernel == nullptr) return Result::NotFound;
    *function = state().functions.add(std::make_shared<Function>(Function{module, kernel, name}));
    return Result::Success;
  });
}

FAKE_CUDA_API int cuLaunchKernel(Function* function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                 unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                                 void* stream, void** parameters, void** extra) {
  return api_in_context("cuLaunchKernel", [&](Device& device) {
    const auto to = stream_of(device, stream);
    Launch launch;
    launch.function = state().functions.find(function);
    if (launch.function == nullptr || to == nullptr) return Result::InvalidHandle;
    launch.grid = {grid_x, grid_y, grid_z};
    launch.block = {block_x, block_y, block_z};
    launch.threads = state().settings.threads;
    launch.seed = mix(state().seed) + ++state().drawn;
    const Result checked = check(launch, shared_bytes, parameters, extra);
    if (checked != Result::Success) return checked;
    take_parameters(launch, parameters);
    book(&FakeCudaBooks::launches);
    device.push(*to, [launch = std::move(launch), &device] { return run(launch, device.memory); });
    return Result::Success;
  });
}
