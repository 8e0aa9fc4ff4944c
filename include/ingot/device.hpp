#pragma once

#include "ingot/array.hpp"

namespace ingot {

/// Where values are computed: the processor, or a CUDA device by its number.
class Device {
 public:
  static constexpr Device cpu() noexcept { return Device(-1); }
  /// ValueError for a negative index.
  static constexpr Device cuda(int index = 0) {
    return index >= 0 ? Device(index) : throw ValueError("Device::cuda: an index is 0 or more");
  }

  constexpr bool is_cpu() const noexcept { return index_ < 0; }
  constexpr bool is_cuda() const noexcept { return index_ >= 0; }
  /// The number of a CUDA device.
  constexpr int index() const noexcept { return index_; }
  friend constexpr bool operator==(Device, Device) noexcept = default;

 private:
  explicit constexpr Device(int index) noexcept : index_(index) {}
  int index_;
};

/// "cpu" or "cuda(0)".
INGOT_API std::string to_string(Device device);

/// Whether arrays can be computed there; no more once a device was lost, through a kernel that faulted or otherwise.
/// The first question about a CUDA device opens the driver.
INGOT_API bool is_available(Device device);

/// Where evaluations run from the next one on; at first cuda(0) if it is available, otherwise the cpu. DeviceError,
/// which says what was looked for, if the device is not available. Where a device that was set fails, the cpu takes
/// over what it can, except when the device was lost or has no memory left: that is an error of the evaluation.
INGOT_API void set_default_device(Device device, Location where = Location::current());
INGOT_API Device default_device();

/// Bytes of a CUDA device's memory that arrays and launches hold at most, kept ones included; negative: as many as
/// there are. At first what INGOT_DEVICE_MEMORY says for every device. Where there is no room, copies of arrays leave
/// the device for the host, those used longest ago first, before a MemoryError is thrown. DeviceError if the device is
/// not available, ValueError for the cpu.
INGOT_API void set_memory_budget(Device device, std::int64_t bytes, Location where = Location::current());

/// The same values, computed if they are pending and in the memory of the device when it returns. An array that is on a
/// device stays there as well: values never change, so both copies stay good.
INGOT_API Array to(const Array& x, Device device, Location where = Location::current());

}  // namespace ingot
