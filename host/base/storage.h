// A block of memory that results and inputs live in: the library's own, borrowed from the caller, or a mapped file; or
// the memory of a device, or both.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

#include "host/base/ref.h"

namespace ingot {

class Storage;
using StorageRef = Ref<Storage>;

/// Values in the memory of a device; what a device is, host/device knows.
class DeviceCopy {
 public:
  virtual ~DeviceCopy() = default;
  virtual StorageRef to_host(std::size_t bytes) = 0;
};

class Storage {
 public:
  using Deleter = std::function<void(void*, std::size_t)>;

  Storage(void* data, std::size_t bytes, Deleter deleter) noexcept
      : data_(data), bytes_(bytes), deleter_(std::move(deleter)) {}
  /// On a device only, until data() is asked for.
  Storage(std::unique_ptr<DeviceCopy> copy, std::size_t bytes) noexcept
      : bytes_(bytes), device_copy_(std::move(copy)) {}
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  /// In the host's memory. The first call copies what is on a device only; it must not meet another.
  std::byte* data() {
    if (data_ == nullptr && device_copy_) [[unlikely]]
      fetch();
    return static_cast<std::byte*>(data_);
  }
  std::size_t bytes() const noexcept { return bytes_; }

#ifdef INGOT_DEBUG
  /// Memory of others: `check` throws if it was written since. Called before the values are read.
  void watch(std::function<void()> check) { check_ = std::move(check); }
  void check() const {
    if (check_) check_();
  }
#else
  void check() const noexcept {}
#endif

  DeviceCopy* device_copy() const noexcept { return device_copy_.get(); }
  bool is_on_host() const noexcept { return data_ != nullptr || !device_copy_; }
  void set_device_copy(std::unique_ptr<DeviceCopy> copy) noexcept { device_copy_ = std::move(copy); }

  void add_ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  ~Storage() {
    if (deleter_) deleter_(data_, bytes_);
  }

  void fetch() {
    StorageRef host = device_copy_->to_host(bytes_);
    data_ = host->data();
    deleter_ = [host](void*, std::size_t) {};
  }

  std::atomic<int> refs_{1};
  void* data_ = nullptr;
  std::size_t bytes_;
  Deleter deleter_;
  std::unique_ptr<DeviceCopy> device_copy_;
#ifdef INGOT_DEBUG
  std::function<void()> check_;
#endif
};

}  // namespace ingot
