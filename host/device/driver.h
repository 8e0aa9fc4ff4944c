// The CUDA driver, opened when it is first asked for: the file that INGOT_LIBCUDA names, or libcuda.so.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ingot::cuda {

enum class Result : int {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  Deinitialized = 4,
  NoDevice = 100,
  InvalidImage = 200,
  NotReady = 600,
  IllegalAddress = 700,
  LaunchFailed = 719,
  Unknown = 999,
};

enum class Attribute : int {
  MaxThreadsPerBlock = 1,
  ClockRate = 13,  // kHz
  Multiprocessors = 16,
  MemoryClockRate = 36,  // kHz
  MemoryBusWidth = 37,   // bits
  L2CacheBytes = 38,
  CapabilityMajor = 75,
  CapabilityMinor = 76,
};

using Address = std::uint64_t;
using Context = struct ContextOf*;
using Module = struct ModuleOf*;
using Function = struct FunctionOf*;
using Stream = struct StreamOf*;
using Event = struct EventOf*;

struct Driver {
#define INGOT_DRIVER(member, name, ...) Result (*member)(__VA_ARGS__) = nullptr;
#include "host/device/driver.def"
};

/// Null where there is no driver or no device; why, in `reason`.
const Driver* driver(std::string* reason = nullptr);

/// Devices that the driver counts; 0 where there is no driver.
int device_count();

/// What the driver calls an error: "CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure".
std::string describe(Result result);

/// A stream, an event or memory of the driver's, given back when it goes; the context must be current then.
template <class Handle, Result (*Driver::*kGiveBack)(Handle)>
class Owned {
 public:
  Owned() = default;
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (handle_ != nullptr) (driver()->*kGiveBack)(handle_);
  }
  Handle get() const noexcept { return handle_; }
  /// For the driver to fill.
  Handle* out() noexcept { return &handle_; }

 private:
  Handle handle_ = nullptr;
};

using OwnedStream = Owned<Stream, &Driver::stream_destroy>;
using OwnedEvent = Owned<Event, &Driver::event_destroy>;
using Pinned = Owned<void*, &Driver::host_free>;

}  // namespace ingot::cuda
