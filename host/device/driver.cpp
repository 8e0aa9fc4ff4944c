#include "host/device/driver.h"

#include <dlfcn.h>

#include <cstdlib>

#include "host/base/error.h"
#include "host/base/log.h"

namespace ingot::cuda {
namespace {

struct Opened {
  Driver functions;
  int devices = 0;  // 0 where the driver cannot be used
  std::string reason;
};

std::string describe(const Driver& d, Result result) {
  const char *name = nullptr, *meaning = nullptr;
  if (d.error_name == nullptr || d.error_name(result, &name) != Result::Success || name == nullptr)
    return text("error ", static_cast<int>(result));
  if (d.error_string(result, &meaning) != Result::Success || meaning == nullptr) return name;
  return text(name, ": ", meaning);
}

Opened open() {
  Opened opened;
  const char* const named = std::getenv("INGOT_LIBCUDA");
  const char* const file = named != nullptr ? named : "libcuda.so.1";
  void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    opened.reason = text("no CUDA driver: ", dlerror(), named != nullptr ? " (INGOT_LIBCUDA)" : "");
    return opened;
  }
  Driver& d = opened.functions;
#define INGOT_DRIVER(member, name, ...)                                                     \
  d.member = reinterpret_cast<decltype(d.member)>(dlsym(library, name));                    \
  if (d.member == nullptr) {                                                                \
    opened.reason = text("the CUDA driver ", file, " has no function " name "; update it"); \
    return opened;                                                                          \
  }
#include "host/device/driver.def"
  int count = 0;
  std::string_view call = "cuInit";
  Result result = d.init(0);
  if (result == Result::Success) {
    call = "cuDeviceGetCount";
    result = d.device_count(&count);
  }
  if (result != Result::Success)
    opened.reason = text("no CUDA device: ", call, " failed with ", describe(d, result));
  else if (count == 0)
    opened.reason = "no CUDA device: the driver counts 0";
  else
    opened.devices = count;
  return opened;
}

const Opened& opened() {
  static const Opened* const instance = [] {
    auto* made = new Opened(open());
    if (made->devices == 0) log(Log::Info, made->reason);
    return made;
  }();
  return *instance;
}

}  // namespace

const Driver* driver(std::string* reason) {
  const Opened& o = opened();
  if (reason != nullptr) *reason = o.reason;
  return o.devices != 0 ? &o.functions : nullptr;
}

int device_count() { return opened().devices; }

std::string describe(Result result) { return describe(opened().functions, result); }

}  // namespace ingot::cuda
