#include "host/base/module.h"

#include <dlfcn.h>

#include <cstdlib>

namespace ingot {
namespace {

// The folder of the file that this code was loaded from: libingot's, or the program's if it is linked statically.
std::filesystem::path own_folder() {
  Dl_info where{};
  if (dladdr(reinterpret_cast<const void*>(&own_folder), &where) == 0 || where.dli_fname == nullptr) return {};
  std::error_code error;
  std::filesystem::path file = std::filesystem::canonical(where.dli_fname, error);
  if (error) file = std::filesystem::read_symlink("/proc/self/exe", error);
  return file.parent_path();
}

}  // namespace

std::vector<std::filesystem::path> module_folders() {
  const char* const wanted = std::getenv("INGOT_MODULE_DIR");
  const std::filesystem::path own = own_folder();
  return {wanted != nullptr ? wanted : own, own, own / "../lib", INGOT_MODULE_DIR, ""};
}

}  // namespace ingot
