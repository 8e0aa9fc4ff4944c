// Values on a device: arrays are brought there when a kernel first reads them, and back when the host does. They never
// change, so a copy once made stays good on both sides.
#pragma once

#include "host/base/storage.h"
#include "host/device/gpu.h"

namespace ingot::cuda {

/// Where the values are in the device's memory, brought there if they are not. Null if the device has no room.
Address on_device(Storage& storage, Gpu& gpu);

/// The device that has a copy of the values; null if none has.
Gpu* gpu_of(const Storage& storage);

/// Memory of the device for values to come; null if there is no room.
StorageRef allocate_on(Gpu& gpu, std::size_t bytes);

}  // namespace ingot::cuda
