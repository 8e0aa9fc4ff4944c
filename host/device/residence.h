// Values on devices: arrays are brought there when a kernel first reads them, and back when the host does. They never
// change, so a copy once made stays good on all sides, until its memory is needed for others.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "host/base/storage.h"
#include "host/device/gpu.h"

namespace ingot::cuda {

/// Memory of the device; null if there is no room. Before that the copies of arrays that no launch has used for longest
/// go: those that the host has as well, then others, which are copied to the host. What was used since the last
/// begin_launch() stays. Under the lock of turns.
BlockRef make_room(Gpu& gpu, std::size_t bytes);
void begin_launch();
/// Arrays that make_room() looked at, some of which may have no other reference by now. To be freed without the lock of
/// evaluations, since that may run destructors of users' own.
std::vector<StorageRef> take_considered() noexcept;

/// Where the values are in the device's memory, brought there if they are not. Null if the device has no room.
Address on_device(Storage& storage, Gpu& gpu);

/// Whether the device has a copy of the values.
bool is_on(const Storage& storage, const Gpu& gpu);

/// Copies the values to memory of the caller's, without one of Ingot's in between.
void copy_to_host(Storage& storage, void* to);

/// Memory of the device for values to come; null if there is no room.
StorageRef allocate_on(Gpu& gpu, std::size_t bytes);

/// Has the values, which are on the device, stay there for as long as the storage lives.
void keep_on_device(Storage& storage, Gpu& gpu);

/// Values in memory of the device that is another's.
StorageRef borrow_on(Gpu& gpu, Address address, std::size_t bytes, std::shared_ptr<void> owner);

/// Whether a device that is not lost has a copy of the values; visits each.
bool visit_devices(const Storage& storage, const std::function<void(Gpu&)>& visit);

/// Copies made by make_room() to the host, and copies on devices it dropped.
struct Evictions {
  std::int64_t dropped = 0, copied_back = 0;
};
Evictions evictions();

}  // namespace ingot::cuda
