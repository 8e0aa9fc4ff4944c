// Finds and opens the LLVM module.
#include <dlfcn.h>

#include <mutex>

#include "host/base/log.h"
#include "host/base/module.h"
#include "host/jit/kernels.h"

namespace ingot::jit {
namespace {

struct Opened {
  Compiler* compiler = nullptr;
  std::string reason;
};

Opened open() {
#ifndef INGOT_WITH_LLVM
  return {nullptr, "this build has no LLVM (INGOT_LLVM=OFF)"};
#else
  std::string tried;
  for (const std::filesystem::path& folder : module_folders()) {
    void* const module = dlopen((folder / INGOT_MODULE_NAME).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      const char* const why = dlerror();
      tried += std::string("; ") + (why != nullptr ? why : "unknown error");
      continue;
    }
    auto* const entry = reinterpret_cast<decltype(&ingot_llvm_open)>(dlsym(module, "ingot_llvm_open"));
    if (entry == nullptr) {
      tried += "; " + (folder / INGOT_MODULE_NAME).string() + " is not the LLVM module";
      continue;
    }
    try {
      if (Compiler* const found = entry(std::string(compiler_version()).c_str())) return {found, {}};
      tried += "; " + (folder / INGOT_MODULE_NAME).string() + " is of another build";
    } catch (const std::exception& error) {
      tried += std::string("; ") + error.what();
    }
  }
  return {nullptr, "the LLVM module was not found" + tried};
#endif
}

}  // namespace

Compiler* compiler(std::string* reason) {
  static const Opened* const opened = [] {
    auto* result = new Opened(open());
    const bool asked_for = config().backend == Backend::Llvm;
    if (result->compiler == nullptr)
      log(asked_for ? Log::Always : Log::Warn, "kernels are interpreted: ", result->reason);
    return result;
  }();
  if (reason != nullptr) *reason = opened->reason;
  return opened->compiler;
}

#ifndef INGOT_WITH_LLVM
std::string_view compiler_version() { return {}; }
#endif

}  // namespace ingot::jit
