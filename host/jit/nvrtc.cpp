#include "host/jit/nvrtc.h"

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <vector>

#include "host/base/error.h"

namespace ingot::cuda {
namespace {

struct Nvrtc {
  using Program = struct ProgramOf*;
#define INGOT_NVRTC(member, name, ...) int (*member)(__VA_ARGS__) = nullptr;
#include "host/jit/nvrtc.def"
  const char* (*error)(int) = nullptr;
  bool knows_minimal = false;  // the option --minimal
  std::vector<int> known{};    // compute capabilities, ascending; empty where it does not tell
  std::string name;            // with its version; empty if it cannot be used
  std::string reason;          // why not
};

void* open_newest(Nvrtc& n) {
  const char* const named = std::getenv("INGOT_LIBNVRTC");
  if (named != nullptr) {
    void* const library = dlopen(named, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) n.reason = text("no NVRTC: ", dlerror(), " (INGOT_LIBNVRTC)");
    return library;
  }
  for (const char* file : {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", "/usr/local/cuda/lib64/libnvrtc.so"})
    if (void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL)) return library;
  n.reason =
      "no NVRTC: libnvrtc.so.13, .so.12 and .so were looked for where shared libraries are and in /usr/local/cuda";
  return nullptr;
}

std::vector<int> known_capabilities(void* library) {
  const auto count = reinterpret_cast<int (*)(int*)>(dlsym(library, "nvrtcGetNumSupportedArchs"));
  const auto list = reinterpret_cast<int (*)(int*)>(dlsym(library, "nvrtcGetSupportedArchs"));
  int number = 0;
  if (count == nullptr || list == nullptr || count(&number) != 0) return {};
  std::vector<int> known(static_cast<std::size_t>(number));
  if (list(known.data()) != 0) return {};
  return known;
}

Nvrtc open() {
  Nvrtc n;
  void* const library = open_newest(n);
  if (library == nullptr) return n;
  const auto bind = [&](auto& function, const char* symbol) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, symbol));
    if (function == nullptr && n.reason.empty())
      n.reason = text("NVRTC has no function ", symbol, "; use 12.0 or newer");
  };
#define INGOT_NVRTC(member, name, ...) bind(n.member, #name);
#include "host/jit/nvrtc.def"
  bind(n.error, "nvrtcGetErrorString");
  if (!n.reason.empty()) return n;
  n.known = known_capabilities(library);
  int major = 0, minor = 0;
  if (const int result = n.version(&major, &minor); result != 0) {
    n.reason = text("NVRTC cannot be used: nvrtcVersion failed with ", n.error(result));
    return n;
  }
  if (major < 12) {
    n.reason = text("NVRTC ", major, ".", minor, " cannot be used, since it does not know C++20; use 12.0 or newer");
    return n;
  }
  n.knows_minimal = major > 12 || minor >= 4;
  n.name = text("NVRTC ", major, ".", minor);
  return n;
}

std::atomic<bool> opened{false};

const Nvrtc& nvrtc() {
  static const Nvrtc* const instance = [] {
    auto* const made = new Nvrtc(open());
    opened = true;
    return made;
  }();
  return *instance;
}

// A program of NVRTC's, for as long as it is needed.
class Compilation {
 public:
  Compilation(const std::string& source, const std::string& name) {
    check(nvrtc().create(&handle_, source.c_str(), name.c_str(), 0, nullptr, nullptr), "nvrtcCreateProgram");
  }
  ~Compilation() { nvrtc().destroy(&handle_); }
  Compilation(const Compilation&) = delete;
  Compilation& operator=(const Compilation&) = delete;

  std::string run(const std::vector<std::string>& options, bool to_ptx) {
    std::vector<const char*> list;
    for (const std::string& option : options) list.push_back(option.c_str());
    const int result = nvrtc().compile(handle_, static_cast<int>(list.size()), list.data());
    if (result != 0)
      throw DeviceError(text("a CUDA kernel does not compile: ", nvrtc().error(result), "\n", messages()));
    std::size_t bytes = 0;
    check((to_ptx ? nvrtc().ptx_size : nvrtc().cubin_size)(handle_, &bytes), "the size of what NVRTC compiled");
    std::string code(bytes, '\0');
    check((to_ptx ? nvrtc().ptx : nvrtc().cubin)(handle_, code.data()), "reading what NVRTC compiled");
    return code;
  }

 private:
  static void check(int result, const char* call) {
    if (result != 0) throw DeviceError(text(call, " failed with ", nvrtc().error(result)));
  }

  std::string messages() const {
    std::size_t bytes = 0;
    if (nvrtc().log_size(handle_, &bytes) != 0 || bytes < 2) return {};
    std::string log(bytes, '\0');
    nvrtc().log(handle_, log.data());
    log.resize(bytes - 1);
    return log;
  }

  Nvrtc::Program handle_ = nullptr;
};

}  // namespace

std::string nvrtc_version(std::string* reason) {
  if (reason != nullptr) *reason = nvrtc().reason;
  return nvrtc().name;
}

bool nvrtc_is_open() { return opened; }

std::string compile(const Program& program, int capability) {
  if (nvrtc().name.empty()) throw DeviceError(nvrtc().reason);
  const std::vector<int>& known = nvrtc().known;
  const auto newer = std::upper_bound(known.begin(), known.end(), capability);
  const int target = newer != known.begin() ? newer[-1] : capability;
  const bool to_ptx = target != capability;
  std::vector<std::string> options = compiler_options(target);
  if (!nvrtc().knows_minimal) std::erase(options, "--minimal");
  if (to_ptx) options[0] = "--gpu-architecture=compute_" + std::to_string(target);
  return Compilation(std::string(prelude()) + program.text, program.name + ".cu").run(options, to_ptx);
}

}  // namespace ingot::cuda
