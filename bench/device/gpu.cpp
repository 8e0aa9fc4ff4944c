#include "gpu.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <cstdlib>
#include <stdexcept>

namespace bench {

// Their functions, by the names that the libraries export; all return 0 for success.
struct DriverCalls {
  int (*init)(unsigned);
  int (*version)(int*);
  int (*error_name)(int, const char**);
  int (*device_count)(int*);
  int (*device_name)(char*, int, int);
  int (*device_memory)(std::size_t*, int);
  int (*attribute)(int*, int, int);
  int (*context)(void**, int);
  int (*use)(void*);
  int (*allocate)(Address*, std::size_t);
  int (*release)(Address);
  int (*copy)(Address, Address, std::size_t, void*);
  int (*load)(void**, const void*);
  int (*function)(void**, void*, const char*);
  int (*launch)(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**);
  int (*stream)(void**, unsigned);
  int (*end_stream)(void*);
  int (*wait)(void*);
};

struct NvrtcCalls {
  int (*version)(int*, int*);
  int (*create)(void**, const char*, const char*, int, const char* const*, const char* const*);
  int (*destroy)(void**);
  int (*compile)(void*, int, const char* const*);
  int (*log_size)(void*, std::size_t*);
  int (*log)(void*, char*);
  int (*size)(void*, std::size_t*);
  int (*code)(void*, char*);
};

namespace {

constexpr int kMultiprocessors = 16, kMemoryClock = 36, kBusWidth = 37, kL2 = 38, kMajor = 75, kMinor = 76;

void* open(const char* variable, std::vector<const char*> names) {
  std::string reasons;
  if (const char* const named = std::getenv(variable)) names = {named};
  for (const char* name : names) {
    if (void* const library = dlopen(name, RTLD_NOW | RTLD_LOCAL)) return library;
    reasons += fmt::format("{}{}", reasons.empty() ? "" : "; ", dlerror());
  }
  throw std::runtime_error(reasons);
}

template <class Function>
void bind(void* library, Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) throw std::runtime_error(fmt::format("there is no {}: {}", name, dlerror()));
}

const DriverCalls& driver() {
  static const DriverCalls calls = [] {
    void* const library = open("INGOT_LIBCUDA", {"libcuda.so.1"});
    DriverCalls d{};
    bind(library, d.init, "cuInit");
    bind(library, d.version, "cuDriverGetVersion");
    bind(library, d.error_name, "cuGetErrorName");
    bind(library, d.device_count, "cuDeviceGetCount");
    bind(library, d.device_name, "cuDeviceGetName");
    bind(library, d.device_memory, "cuDeviceTotalMem_v2");
    bind(library, d.attribute, "cuDeviceGetAttribute");
    bind(library, d.context, "cuDevicePrimaryCtxRetain");
    bind(library, d.use, "cuCtxSetCurrent");
    bind(library, d.allocate, "cuMemAlloc_v2");
    bind(library, d.release, "cuMemFree_v2");
    bind(library, d.copy, "cuMemcpyDtoDAsync_v2");
    bind(library, d.load, "cuModuleLoadData");
    bind(library, d.function, "cuModuleGetFunction");
    bind(library, d.launch, "cuLaunchKernel");
    bind(library, d.stream, "cuStreamCreate");
    bind(library, d.end_stream, "cuStreamDestroy_v2");
    bind(library, d.wait, "cuStreamSynchronize");
    return d;
  }();
  return calls;
}

const NvrtcCalls& nvrtc() {
  static const NvrtcCalls calls = [] {
    void* const library = open(
        "INGOT_LIBNVRTC", {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", "/usr/local/cuda/lib64/libnvrtc.so"});
    NvrtcCalls n{};
    bind(library, n.version, "nvrtcVersion");
    bind(library, n.create, "nvrtcCreateProgram");
    bind(library, n.destroy, "nvrtcDestroyProgram");
    bind(library, n.compile, "nvrtcCompileProgram");
    bind(library, n.log_size, "nvrtcGetProgramLogSize");
    bind(library, n.log, "nvrtcGetProgramLog");
    bind(library, n.size, "nvrtcGetCUBINSize");
    bind(library, n.code, "nvrtcGetCUBIN");
    return n;
  }();
  return calls;
}

void check(int result, const char* call) {
  if (result == 0) return;
  const char* name = nullptr;
  driver().error_name(result, &name);
  throw std::runtime_error(fmt::format("{} failed with {} ({})", call, name != nullptr ? name : "an error", result));
}

}  // namespace

Gpu::Gpu(int ordinal) : driver_(&driver()), nvrtc_(&nvrtc()), ordinal_(ordinal) {
  check(driver_->init(0), "cuInit");
  int count = 0;
  check(driver_->device_count(&count), "cuDeviceGetCount");
  if (ordinal >= count) throw std::runtime_error(fmt::format("there are {} devices and no cuda:{}", count, ordinal));
  const auto attribute = [&](int which) {
    int value = 0;
    check(driver_->attribute(&value, which, ordinal), "cuDeviceGetAttribute");
    return value;
  };
  char name[256] = {};
  int version = 0, major = 0, minor = 0;
  check(driver_->device_name(name, sizeof name, ordinal), "cuDeviceGetName");
  check(driver_->device_memory(&memory_, ordinal), "cuDeviceTotalMem");
  check(driver_->version(&version), "cuDriverGetVersion");
  nvrtc_->version(&major, &minor);
  multiprocessors_ = attribute(kMultiprocessors);
  capability_ = 10 * attribute(kMajor) + attribute(kMinor);
  description_ = {
      {"device", name},
      {"capability", fmt::format("{}.{}", capability_ / 10, capability_ % 10)},
      {"multiprocessors", std::to_string(multiprocessors_)},
      {"memory", fmt::format("{:.1f} GiB, {:.0f} GB/s by its clock and width", static_cast<double>(memory_) * 0x1p-30,
                             2e3 * attribute(kMemoryClock) * attribute(kBusWidth) / 8 * 1e-9)},
      {"L2", fmt::format("{} MiB", attribute(kL2) >> 20)},
      {"driver", fmt::format("CUDA {}.{}", version / 1000, version % 1000 / 10)},
      {"compiler", fmt::format("NVRTC {}.{}", major, minor)},
  };
  check(driver_->context(&context_, ordinal), "cuDevicePrimaryCtxRetain");
  use();
  check(driver_->stream(&stream_, 1), "cuStreamCreate");
}

Gpu::~Gpu() {
  driver_->use(context_);
  driver_->end_stream(stream_);
}

void Gpu::use() const { check(driver_->use(context_), "cuCtxSetCurrent"); }

Address Gpu::allocate(std::size_t bytes) {
  use();
  Address address = 0;
  check(driver_->allocate(&address, bytes), "cuMemAlloc");
  return address;
}

void Gpu::release(Address address) noexcept {
  driver_->use(context_);
  driver_->release(address);
}

std::vector<Gpu::Kernel> Gpu::compile(const std::string& text, std::initializer_list<const char*> names) {
  use();
  void *program = nullptr, *module = nullptr;
  check(nvrtc_->create(&program, text.c_str(), "limits.cu", 0, nullptr, nullptr), "nvrtcCreateProgram");
  const std::string architecture = fmt::format("--gpu-architecture=sm_{}", capability_);
  const char* const options[] = {architecture.c_str(), "-std=c++17"};
  if (nvrtc_->compile(program, 2, options) != 0) {
    std::size_t bytes = 0;
    nvrtc_->log_size(program, &bytes);
    std::string log(bytes, '\0');
    nvrtc_->log(program, log.data());
    throw std::runtime_error(fmt::format("a kernel of the limits does not compile: {}", log));
  }
  std::size_t bytes = 0;
  check(nvrtc_->size(program, &bytes), "nvrtcGetCUBINSize");
  std::string code(bytes, '\0');
  check(nvrtc_->code(program, code.data()), "nvrtcGetCUBIN");
  nvrtc_->destroy(&program);
  check(driver_->load(&module, code.data()), "cuModuleLoadData");
  std::vector<Kernel> kernels;
  for (const char* name : names) check(driver_->function(&kernels.emplace_back(), module, name), "cuModuleGetFunction");
  return kernels;
}

void Gpu::launch(Kernel kernel, std::uint32_t blocks, std::uint32_t threads, std::initializer_list<void*> parameters) {
  use();
  std::vector<void*> list(parameters);
  check(driver_->launch(kernel, blocks, 1, 1, threads, 1, 1, 0, stream_, list.data(), nullptr), "cuLaunchKernel");
}

void Gpu::copy(Address to, Address from, std::size_t bytes) {
  use();
  check(driver_->copy(to, from, bytes, stream_), "cuMemcpyDtoDAsync");
}

void Gpu::synchronize() {
  use();
  check(driver_->wait(stream_), "cuStreamSynchronize");
}

}  // namespace bench
