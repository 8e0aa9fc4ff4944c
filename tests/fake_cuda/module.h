// Modules: images made by libfake_nvrtc.so, opened as shared objects.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "machine.h"
#include "result.h"

namespace fake_cuda {

/// What an image starts with; the bytes of a shared object for this host follow.
struct ImageHeader {
  char tag[8];
  unsigned long long bytes;
};
inline constexpr char kImageTag[9] = "FAKECUBN";

class Module {
 public:
  /// Null, and why in `reason`, for what is no image.
  static std::shared_ptr<Module> open(const void* image, std::string& reason);
  ~Module();
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// Null where the module has no kernel of that name.
  const Kernel* kernel(const char* name) const;

  /// Static shared memory of all kernels, in bytes, and how many they are.
  std::size_t shared_bytes() const { return shared_bytes_; }
  unsigned kernels() const { return kernels_; }

  /// Where this OS thread has it; null for none.
  char* shared() const;

  /// Whether it was compiled to have its accesses counted.
  bool counts() const { return counts_; }

  /// Before blocks run on this OS thread: says where the machine is, and fills shared memory with poison.
  void bind(Machine& machine) const;

 private:
  Module() = default;
  void find_shared();

  void* library_ = nullptr;
  void (*bind_)(Machine*) = nullptr;
  bool counts_ = false;
  unsigned kernels_ = 1;
  std::size_t shared_bytes_ = 0;
  unsigned long thread_local_id_ = 0;  // the dynamic linker's number for the module's thread_local variables
};

/// A kernel as the driver's caller holds it: keeps its module open.
struct Function {
  std::shared_ptr<Module> module;
  const Kernel* kernel = nullptr;
  std::string name;
};

}  // namespace fake_cuda
