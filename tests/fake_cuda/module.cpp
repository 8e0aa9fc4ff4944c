#include "module.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "memory.h"

// What code calls for thread_local variables: where the variables of a module begin for this thread.
extern "C" void* __tls_get_addr(unsigned long at[2]);

namespace fake_cuda {
namespace {

bool write_all(int file, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = write(file, bytes, size);
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

// Through a file with a name of its own, gone at once: a library that is opened under a name that an open one has,
// as all of /proc/self/fd are sooner or later, is taken for that one.
void* open_bytes(const char* bytes, std::size_t size, std::string& reason) {
  std::error_code error;
  std::string name = (std::filesystem::temp_directory_path(error) / "fake_cuda_XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file < 0) {
    reason = "cannot write " + name;
    return nullptr;
  }
  void* library = nullptr;
  if (write_all(file, bytes, size)) {
    library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) reason = dlerror();
  } else {
    reason = "cannot write " + name;
  }
  close(file);
  unlink(name.c_str());
  return library;
}

}  // namespace

std::shared_ptr<Module> Module::open(const void* image, std::string& reason) {
  ImageHeader header;
  std::memcpy(&header, image, sizeof(header.tag));
  if (std::memcmp(header.tag, kImageTag, sizeof(header.tag)) != 0) {
    reason = "the image is not from libfake_nvrtc.so";
    return nullptr;
  }
  std::memcpy(&header, image, sizeof(header));
  std::shared_ptr<Module> module(new Module);
  module->library_ = open_bytes(static_cast<const char*>(image) + sizeof(header), header.bytes, reason);
  if (module->library_ == nullptr) return nullptr;
  module->bind_ = reinterpret_cast<void (*)(Machine*)>(dlsym(module->library_, "fake_cuda_bind"));
  if (module->bind_ == nullptr) {
    reason = "the image has no fake_cuda_bind";
    return nullptr;
  }
  module->counts_ = dlsym(module->library_, "fake_cuda_counts") != nullptr;
  if (const void* const count = dlsym(module->library_, "fake_cuda_kernels"))
    module->kernels_ = *static_cast<const unsigned*>(count);
  module->find_shared();
  return module;
}

Module::~Module() {
  if (library_ != nullptr) dlclose(library_);
}

// __shared__ is thread_local: the shared memory of a module is its thread_local segment, less the pointer to the
// machine.
void Module::find_shared() {
  link_map* linked = nullptr;
  if (dlinfo(library_, RTLD_DI_LINKMAP, &linked) != 0) return;
  struct Search {
    ElfW(Addr) base;
    Module* module;
  } search{linked->l_addr, this};
  const auto look = [](dl_phdr_info* info, std::size_t, void* data) {
    const auto& s = *static_cast<Search*>(data);
    if (info->dlpi_addr != s.base) return 0;
    for (int i = 0; i < info->dlpi_phnum; ++i)
      if (info->dlpi_phdr[i].p_type == PT_TLS) s.module->shared_bytes_ = info->dlpi_phdr[i].p_memsz;
    s.module->thread_local_id_ = info->dlpi_tls_modid;
    return 1;
  };
  dl_iterate_phdr(look, &search);
}

char* Module::shared() const {
  if (thread_local_id_ == 0) return nullptr;
  unsigned long start[2] = {thread_local_id_, 0};
  return static_cast<char*>(__tls_get_addr(start));
}

void Module::bind(Machine& machine) const {
  if (char* const memory = shared(); memory != nullptr) std::memset(memory, kPoison, shared_bytes_);
  bind_(&machine);
}

const Kernel* Module::kernel(const char* name) const {
  return static_cast<const Kernel*>(dlsym(library_, (std::string("fake_cuda_kernel_") + name).c_str()));
}

}  // namespace fake_cuda
