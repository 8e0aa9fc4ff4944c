// Pinned host memory through which large copies go: while the device copies one slot, the host fills or empties
// another.
#pragma once

#include <array>
#include <cstddef>

#include "host/device/driver.h"

namespace ingot::cuda {

class Gpu;

/// For one device, whose context is current whenever this is called. Not thread-safe. An error of a copy leaves it
/// usable.
class Staging {
 public:
  static constexpr std::size_t kSlotBytes = std::size_t{4} << 20;

  explicit Staging(Gpu& gpu);

  /// Begins copies on the stream; returns when `from` has been read.
  void copy_in(Address to, const std::byte* from, std::size_t bytes, Stream stream);
  /// Returns when `to` has been written.
  void copy_out(std::byte* to, Address from, std::size_t bytes, Stream stream);

 private:
  struct Slot {
    Pinned memory;
    OwnedEvent done;
    std::byte* bytes() const { return static_cast<std::byte*>(memory.get()); }
  };
  Gpu& gpu_;
  std::array<Slot, 4> slots_;
  std::size_t next_ = 0;
};

}  // namespace ingot::cuda
