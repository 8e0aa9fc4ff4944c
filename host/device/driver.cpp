#include "host/device/driver.h"

#include <dlfcn.h>

#include <cstdlib>

#include "host/base/error.h"
#include "host/base/log.h"

namespace ingot::cuda {
namespace {

struct Opened {
  Driver functions;
  bool usable = false;
  std::string reason;
};

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
  Result result = d.init(0);
  if (result == Result::Success) result = d.device_count(&count);
  if (result != Result::Success || count == 0) {
    const char* name = nullptr;
    d.error_name(result, &name);
    opened.reason = text("no CUDA device: ", result == Result::Success ? "the driver counts 0" : name);
    return opened;
  }
  opened.usable = true;
  return opened;
}

const Opened& opened() {
  static const Opened* const instance = [] {
    auto* made = new Opened(open());
    if (!made->usable) log(Log::Info, made->reason);
    return made;
  }();
  return *instance;
}

}  // namespace

const Driver* driver(std::string* reason) {
  const Opened& o = opened();
  if (reason != nullptr) *reason = o.reason;
  return o.usable ? &o.functions : nullptr;
}

std::string describe(Result result) {
  const char *name = nullptr, *meaning = nullptr;
  const Driver& d = opened().functions;
  if (d.error_name == nullptr || d.error_name(result, &name) != Result::Success || name == nullptr)
    return text("error ", static_cast<int>(result));
  d.error_string(result, &meaning);
  return text(name, meaning != nullptr ? ": " : "", meaning != nullptr ? meaning : "");
}

void check(Result result, std::string_view call) {
  if (result == Result::Success) [[likely]]
    return;
  if (result == Result::OutOfMemory) throw MemoryError(text(call, ": the device is out of memory"));
  throw DeviceError(text(call, " failed with ", describe(result)));
}

}  // namespace ingot::cuda
