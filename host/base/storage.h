// A block of memory that results and inputs live in: the library's own, borrowed from the caller, or a mapped file; or
// the memory of devices, or both.
//
// Where the values are changes only while no other evaluation uses a device (host/exec). Once they are on the host they
// stay there, and data() may be asked for by anyone.
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

 private:
  friend class Storage;
  std::unique_ptr<DeviceCopy> next_;  // on another device
};

class Storage {
 public:
  using Deleter = std::function<void(void*, std::size_t)>;

  Storage(void* data, std::size_t bytes, Deleter deleter) noexcept
      : data_(data), bytes_(bytes), deleter_(std::move(deleter)) {}
  /// Values to come on a device, in copies to be added.
  explicit Storage(std::size_t bytes) noexcept : bytes_(bytes) {}
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  /// In the host's memory. The first call copies what is on a device only; it must not meet another.
  std::byte* data() {
    void* data = data_.load(std::memory_order_acquire);
    if (data == nullptr && device_copies_) [[unlikely]]
      data = fetch();
    return static_cast<std::byte*>(data);
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

  bool is_on_host() const noexcept { return data_.load(std::memory_order_acquire) != nullptr || !device_copies_; }
  /// The first copy for which predicate(copy) holds; null if there is none.
  template <class Predicate>
  DeviceCopy* find_device_copy(Predicate predicate) const {
    DeviceCopy* copy = device_copies_.get();
    while (copy != nullptr && !predicate(*copy)) copy = copy->next_.get();
    return copy;
  }
  void add_device_copy(std::unique_ptr<DeviceCopy> copy) noexcept {
    copy->next_ = std::move(device_copies_);
    device_copies_ = std::move(copy);
  }
  /// The values must be elsewhere too.
  void drop_device_copy(const DeviceCopy* copy) noexcept {
    std::unique_ptr<DeviceCopy>* at = &device_copies_;
    while (at->get() != copy) at = &(*at)->next_;
    *at = std::move((*at)->next_);
  }

  void add_ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  /// For who has no reference yet, and knows by other means that the object is not gone: false if it is about to be.
  bool try_add_ref() noexcept {
    int refs = refs_.load(std::memory_order_relaxed);
    while (refs != 0 && !refs_.compare_exchange_weak(refs, refs + 1, std::memory_order_acquire)) {
    }
    return refs != 0;
  }
  void release() noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  ~Storage() {
    if (deleter_) deleter_(data_.load(std::memory_order_relaxed), bytes_);
  }

  void* fetch() {
    StorageRef host = device_copies_->to_host(bytes_);  // the only copy: others are made by way of the host
    void* const data = host->data();
    deleter_ = [host](void*, std::size_t) {};
    data_.store(data, std::memory_order_release);
    return data;
  }

  std::atomic<int> refs_{1};
  std::atomic<void*> data_{nullptr};
  std::size_t bytes_;
  Deleter deleter_;
  std::unique_ptr<DeviceCopy> device_copies_;
#ifdef INGOT_DEBUG
  std::function<void()> check_;
#endif
};

}  // namespace ingot
