// Finds and opens the LLVM module: in the folder INGOT_MODULE_DIR names, beside libingot (or the program it is linked
// into, or in lib beside that), where it is installed, and by name as shared libraries are.
#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "host/base/log.h"
#include "host/jit/kernels.h"

namespace ingot::jit {
namespace {

struct Opened {
  Compiler* compiler = nullptr;
  std::string reason;
};

// The folder of the file that this code was loaded from: libingot's, or the program's if it is linked statically.
[[maybe_unused]] std::filesystem::path own_folder() {
  Dl_info where{};
  if (dladdr(reinterpret_cast<const void*>(&own_folder), &where) == 0 || where.dli_fname == nullptr) return {};
  std::error_code error;
  std::filesystem::path file = std::filesystem::canonical(where.dli_fname, error);
  if (error) file = std::filesystem::read_symlink("/proc/self/exe", error);
  return file.parent_path();
}

Opened open() {
#ifndef INGOT_WITH_LLVM
  return {nullptr, "this build has no LLVM (INGOT_LLVM=OFF)"};
#else
  std::string tried;
  const char* const wanted = std::getenv("INGOT_MODULE_DIR");
  const std::filesystem::path own = own_folder();
  const std::filesystem::path folders[] = {wanted != nullptr ? wanted : own, own, own / "../lib", INGOT_MODULE_DIR, ""};
  for (const std::filesystem::path& folder : folders) {
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
