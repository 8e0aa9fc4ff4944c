// A block of memory that results and inputs live in: the library's own, borrowed from the caller, or a mapped file.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "host/base/ref.h"

namespace ingot {

class Storage {
 public:
  using Deleter = std::function<void(void*, std::size_t)>;

  Storage(void* data, std::size_t bytes, Deleter deleter) noexcept
      : data_(data), bytes_(bytes), deleter_(std::move(deleter)) {}
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  std::byte* data() const noexcept { return static_cast<std::byte*>(data_); }
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

  void add_ref() noexcept { refs_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (refs_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  ~Storage() {
    if (deleter_) deleter_(data_, bytes_);
  }

  std::atomic<int> refs_{1};
  void* data_;
  std::size_t bytes_;
  Deleter deleter_;
#ifdef INGOT_DEBUG
  std::function<void()> check_;
#endif
};

using StorageRef = Ref<Storage>;

}  // namespace ingot
