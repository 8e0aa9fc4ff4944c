// The CUDA driver and NVRTC as the benchmark itself calls them, so that what its limits measure owes nothing to Ingot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace bench {

using Address = std::uint64_t;
struct DriverCalls;
struct NvrtcCalls;

class Gpu {
 public:
  using Kernel = void*;

  /// Opens what INGOT_LIBCUDA and INGOT_LIBNVRTC name, or the system's; throws std::runtime_error that says what is
  /// missing.
  explicit Gpu(int ordinal);
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;
  ~Gpu();

  int ordinal() const noexcept { return ordinal_; }
  int multiprocessors() const noexcept { return multiprocessors_; }
  /// Name and value, in the order in which they are printed.
  const std::vector<std::pair<std::string, std::string>>& description() const noexcept { return description_; }
  std::size_t memory() const noexcept { return memory_; }

  Address allocate(std::size_t bytes);
  void release(Address address) noexcept;

  /// The kernels of CUDA C++ text, compiled for this device.
  std::vector<Kernel> compile(const std::string& text, std::initializer_list<const char*> names);
  /// These begin; synchronize() waits for all that has begun.
  void launch(Kernel kernel, std::uint32_t blocks, std::uint32_t threads, std::initializer_list<void*> parameters);
  void copy(Address to, Address from, std::size_t bytes);
  void synchronize();

 private:
  void use() const;

  const DriverCalls* driver_;
  const NvrtcCalls* nvrtc_;
  int ordinal_, multiprocessors_ = 0, capability_ = 0;
  std::size_t memory_ = 0;
  void *context_ = nullptr, *stream_ = nullptr;
  std::vector<std::pair<std::string, std::string>> description_;
};

}  // namespace bench
