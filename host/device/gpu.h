// One CUDA device: its properties, memory, streams, and what is done on them in order.
//
// All kernels run on one stream, so that memory freed by one launch may serve the next. Copies run on two others,
// ordered against the first by events.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "host/base/ref.h"
#include "host/device/driver.h"
#include "host/device/staging.h"

namespace ingot::cuda {

class Gpu;

/// Memory of a device. Given back to the device's pool with the last reference, from any thread.
class Block {
 public:
  Block(Gpu& gpu, Address address, std::size_t bytes) noexcept : gpu_(gpu), address_(address), bytes_(bytes) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  Gpu& gpu() const noexcept { return gpu_; }
  Address address() const noexcept { return address_; }
  void add_ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;

 private:
  ~Block() = default;

  std::atomic<int> refs_{1};
  Gpu& gpu_;
  const Address address_;
  const std::size_t bytes_;
};

using BlockRef = Ref<Block>;

struct Properties {
  std::string name;
  int capability = 0;  // 90 for 9.0
  int multiprocessors = 0;
  double bandwidth = 0;    // of its memory, in GB/s
  std::size_t memory = 0;  // bytes
};

class Gpu {
 public:
  /// Devices that can be used; 0 without a driver.
  static int count();
  /// Set up when first asked for. DeviceError where there is no such device.
  static Gpu& get(int ordinal);

  const Properties& properties() const noexcept { return properties_; }
  int ordinal() const noexcept { return ordinal_; }
  /// That of all kernels.
  Stream stream() const noexcept { return compute_; }

  /// Uninitialised memory; null when there is none left, after what was cached was given back.
  BlockRef allocate(std::size_t bytes);
  /// Gives cached memory back to the driver.
  void release_cached();

  /// Before the next kernel: host memory to the device. When it returns, `from` may change.
  void copy_in(Address to, const void* from, std::size_t bytes);
  /// After all kernels launched so far: device memory to the host. Returns when it is there.
  void copy_out(void* to, Address from, std::size_t bytes);
  /// Before the next kernel.
  void clear(Address at, std::size_t bytes);

  Function load(const std::string& cubin, const std::string& name);
  void launch(Function function, std::uint32_t blocks, std::uint32_t threads, void* parameter);
  /// Waits for all that was begun. DeviceError if some of it failed.
  void synchronize();

 private:
  friend class Block;
  struct Cached {
    Address address;
    std::size_t bytes;
  };

  explicit Gpu(int ordinal);
  void use() const;
  void put(Address address, std::size_t bytes);
  Address take(std::size_t bytes);

  const int ordinal_;
  Properties properties_;
  Context context_ = nullptr;
  Stream compute_ = nullptr, in_ = nullptr, out_ = nullptr;
  Event computed_ = nullptr, copied_ = nullptr;
  std::unique_ptr<Staging> staging_;

  std::mutex mutex_;  // of the cache
  std::vector<Cached> cached_;
};

}  // namespace ingot::cuda
