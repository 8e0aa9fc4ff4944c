// Runs one launch of a plan on a CUDA device.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "host/base/error.h"
#include "host/base/storage.h"
#include "host/device/gpu.h"
#include "host/exec/launch.h"

namespace ingot::exec {

/// Devices that can be used, and an error that says why one cannot.
int gpu_count();
void require_gpu(int ordinal, const Location& where);
cuda::Gpu& gpu(int ordinal);

/// What an evaluation asks for.
struct Demand {
  std::int64_t work = 0;           // in additions
  std::int64_t bytes_on_host = 0;  // of inputs that would have to be copied to a device, and of results
  cuda::Gpu* resident = nullptr;   // where an input is that the host lacks
};

/// The device to run an evaluation on: the one that was set; without one, the one that has its inputs, or that is done
/// sooner than the host, copies included. Null for the host. Asks for no driver where the work is small. DeviceError
/// for a device that was set and cannot be used.
cuda::Gpu* gpu_for(const Demand& demand);

/// The device that alone has the values; null if the host has them.
cuda::Gpu* gpu_that_has(const Storage& storage);

/// The device address of the values, which are copied there if they are not there yet. MemoryError if there is no room.
std::byte* on_gpu(Storage& storage, cuda::Gpu& gpu);

/// Memory of the device. MemoryError, which says what it was for, if there is no room.
StorageRef allocate_on_gpu(std::size_t bytes, cuda::Gpu& gpu, const std::function<std::string()>& purpose);

/// Has the kernels of a plan compiled for the device, several at once, before it runs there. True when that is so;
/// false where it `may_wait` and they are still being compiled in the background: the host then runs it meanwhile.
/// DeviceError for a kernel that cannot be compiled.
bool prepare_on_gpu(std::span<Bound> plan, cuda::Gpu& gpu, bool may_wait);

/// Begins the launch; its operands' `base` are addresses of the device. It must have elements.
void run_on_gpu(Bound& bound, cuda::Gpu& gpu);

}  // namespace ingot::exec
