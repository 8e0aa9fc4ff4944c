// One CUDA device: its properties, memory, streams, and what is done on them in order.
//
// All kernels run on one stream, so that memory freed by one launch may serve the next. Copies run on two others,
// ordered against the first by events.
//
// After a call of the driver's has failed, what was begun is waited for. A device that does not even do that is lost
// for the rest of the process, as is one whose kernel faulted: every use of it is a DeviceError that says why, and its
// memory is handed out no more.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "host/base/ref.h"
#include "host/device/driver.h"
#include "host/device/staging.h"

namespace ingot::cuda {

class Gpu;

/// Makes the context current again that the calling thread had before a Gpu was first used since the last call: what
/// else the thread does with CUDA goes on where it was.
void give_back_context() noexcept;

/// Memory of a device: of its pool, and given back to that with the last reference, from any thread; or another's, if
/// that has an owner.
class Block {
 public:
  Block(Gpu& gpu, Address address, std::size_t bytes, std::shared_ptr<void> owner = {}) noexcept
      : gpu_(gpu), address_(address), bytes_(bytes), owner_(std::move(owner)) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  Gpu& gpu() const noexcept { return gpu_; }
  Address address() const noexcept { return address_; }
  std::size_t bytes() const noexcept { return bytes_; }
  void add_ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;

 private:
  ~Block() = default;

  std::atomic<int> refs_{1};
  Gpu& gpu_;
  const Address address_;
  const std::size_t bytes_;
  const std::shared_ptr<void> owner_;
};

using BlockRef = Ref<Block>;

struct Properties {
  std::string name;
  int capability = 0;  // 90 for 9.0
  int multiprocessors = 0;
  double bandwidth = 0;    // of its memory, in GB/s
  std::size_t memory = 0;  // bytes
};

/// Bytes of a device's memory.
struct MemoryUse {
  std::int64_t in_use = 0;    // by arrays and launches
  std::int64_t cached = 0;    // kept to be handed out again
  std::int64_t budget = -1;   // of both together; -1: none
  std::size_t available = 0;  // of the driver's, beyond these
};

class Gpu {
 public:
  /// Set up when first asked for. DeviceError where there is no such device, or it was lost.
  static Gpu& get(int ordinal);
  /// Whether there is such a device and nothing has shown yet that it cannot be used.
  static bool is_usable(int ordinal);

  const Properties& properties() const noexcept { return properties_; }
  int ordinal() const noexcept { return ordinal_; }
  bool is_lost() const noexcept { return lost_.load(std::memory_order_acquire); }
  /// That of all kernels.
  Stream stream() const noexcept { return compute_.get(); }

  /// Uninitialised memory; null when there is none left, after what was cached was given back.
  BlockRef allocate(std::size_t bytes);
  MemoryUse memory_use();
  /// Bytes that are in use or cached at most, from the next allocation on; negative: as many as there are.
  void set_budget(std::int64_t bytes);
  /// Gives cached memory back to the driver, what was put there first, until it is `enough`.
  void release_cached(std::size_t enough = std::numeric_limits<std::size_t>::max());

  /// Before the next kernel: host memory to the device. When it returns, `from` may change.
  void copy_in(Address to, const void* from, std::size_t bytes);
  /// After all kernels launched so far: device memory to the host. Returns when it is there.
  void copy_out(void* to, Address from, std::size_t bytes);
  /// Before the next kernel.
  void clear(Address at, std::size_t bytes);

  /// Makes the device's context current on this thread, until give_back_context(), for calls that are not made here.
  void use();
  Function load(const std::string& cubin, const std::string& name);
  void launch(Function function, std::uint32_t blocks, std::uint32_t threads, void* parameter);
  /// Orders what is begun from now on after the work that a stream, null or one of this context, has by now; and the
  /// stream's later work after what was begun.
  void come_after(Stream stream);
  void come_before(Stream stream);
  /// Waits for all that was begun. DeviceError if some of it failed.
  void synchronize();

  /// Calls a member of Driver: call(&Driver::copy_in, "cuMemcpyHtoDAsync", ...). MemoryError where that has run out of
  /// memory, DeviceError if it fails otherwise.
  template <class... Parameters, class... Arguments>
  void call(Result (*Driver::*member)(Parameters...), std::string_view name, Arguments... arguments) {
    const Result result = (driver()->*member)(arguments...);
    if (result != Result::Success) [[unlikely]]
      fail(result, name);
  }

 private:
  friend class Block;
  // The context that all users of the device in this process share.
  struct PrimaryContext {
    const int ordinal;
    Context context = nullptr;
    ~PrimaryContext() {
      if (context != nullptr) driver()->context_release(ordinal);
    }
  };
  struct Cached {
    Address address;
    std::size_t bytes;
  };

  explicit Gpu(int ordinal);
  int attribute(Attribute which);
  // For calls that take memory of the device themselves: once more after what is cached was given back.
  template <class... Parameters, class... Arguments>
  void call_with_room(Result (*Driver::*member)(Parameters...), std::string_view name, Arguments... arguments) {
    const Result result = (driver()->*member)(arguments...);
    if (result == Result::Success) [[likely]]
      return;
    if (result != Result::OutOfMemory) fail(result, name);
    release_cached();
    call(member, name, arguments...);
  }
  [[noreturn]] void fail(Result result, std::string_view name);
  [[noreturn]] void fail_as_lost();
  void settle(Result failure, std::string_view name);
  Staging* staging();
  void put(Address address, std::size_t bytes);
  Address take(std::size_t bytes);

  const int ordinal_;
  Properties properties_;
  PrimaryContext context_;
  OwnedStream compute_, in_, out_;
  OwnedEvent computed_, copied_;
  std::unique_ptr<Staging> staging_;

  std::mutex mutex_;  // of what follows
  std::vector<Cached> cached_;
  std::int64_t in_use_ = 0, in_cache_ = 0, budget_;
  std::atomic<bool> lost_{false};
  std::string why_lost_;  // set before lost_
};

}  // namespace ingot::cuda
