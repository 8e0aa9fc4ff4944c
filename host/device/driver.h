// The CUDA driver, opened when it is first asked for: the file that INGOT_LIBCUDA names, or libcuda.so.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

/// What the driver calls an error: "CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure".
std::string describe(Result result);

/// Throws MemoryError when memory has run out, and DeviceError for any other failure, naming the call.
void check(Result result, std::string_view call);

/// Calls a member of Driver and checks what it returns: call(&Driver::copy_in, "cuMemcpyHtoDAsync", ...).
template <class... Parameters, class... Arguments>
void call(Result (*Driver::*member)(Parameters...), std::string_view name, Arguments... arguments) {
  check((driver()->*member)(arguments...), name);
}

}  // namespace ingot::cuda
