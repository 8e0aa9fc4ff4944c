// The state of the driver: devices, and what their callers hold handles of.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "memory.h"
#include "module.h"
#include "result.h"
#include "settings.h"
#include "stream.h"

namespace fake_cuda {

class Device;

struct StreamHandle {
  Device* device;
  bool blocking;  // ordered with the default stream
  Stream stream;
};

struct Event {
  Device* device;
  MarkPtr mark;  // where it was last recorded
};

/// What a context is in the driver: one primary context for each device.
class Device {
 public:
  Device(const Settings& settings, std::uint64_t seed);

  /// Adds work to a stream, in the order that the default stream has with blocking ones.
  MarkPtr push(StreamHandle& to, Stream::Work work, std::vector<MarkPtr> after = {});
  std::shared_ptr<StreamHandle> create_stream(bool blocking, int delay, std::uint64_t seed);
  const std::shared_ptr<StreamHandle>& default_stream() const { return default_; }
  void drain();

  Memory memory;
  Sticky sticky = Result::Success;

 private:
  std::mutex mutex_;
  std::shared_ptr<StreamHandle> default_;
  std::vector<std::weak_ptr<StreamHandle>> streams_;
};

/// Objects by the addresses that callers know them by. One that is gone is not found.
template <class T>
class Handles {
 public:
  T* add(std::shared_ptr<T> object) {
    const std::lock_guard lock(mutex_);
    T* const handle = object.get();
    objects_[handle] = std::move(object);
    return handle;
  }
  std::shared_ptr<T> find(const void* handle) const {
    const std::lock_guard lock(mutex_);
    const auto found = objects_.find(handle);
    return found != objects_.end() ? found->second : nullptr;
  }
  std::shared_ptr<T> remove(const void* handle) {
    const std::lock_guard lock(mutex_);
    const auto node = objects_.extract(handle);
    return node.empty() ? nullptr : node.mapped();
  }
  template <class Predicate>
  void remove_if(Predicate predicate) {
    const std::lock_guard lock(mutex_);
    std::erase_if(objects_, [&](const auto& entry) { return predicate(*entry.second); });
  }

 private:
  mutable std::mutex mutex_;
  std::map<const void*, std::shared_ptr<T>> objects_;
};

/// Memory of the host that copies may use while the caller goes on.
class PinnedMemory {
 public:
  void* allocate(std::size_t bytes);
  bool free(void* at);
  bool contains(const void* at, std::size_t bytes) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::uintptr_t, std::size_t> blocks_;
};

struct State {
  State();
  Device* device(int index) const {
    return index >= 0 && index < static_cast<int>(devices.size()) ? devices[static_cast<std::size_t>(index)].get()
                                                                  : nullptr;
  }
  /// The device whose memory an address could be; null for none.
  Device* owner(std::uint64_t address) const;
  void drain();

  Settings settings;
  std::string problem;  // with FAKE_CUDA
  std::atomic<bool> initialized = false, forked = false;
  std::atomic<std::uint64_t> seed = 1, drawn = 0;  // `drawn` makes every use of the seed another one
  std::vector<std::unique_ptr<Device>> devices;
  Handles<StreamHandle> streams;
  Handles<Event> events;
  Handles<Module> modules;
  Handles<Function> functions;
  PinnedMemory pinned;
};

/// Made from the environment at the first call, and never destroyed: static objects of the program may call until it
/// ends.
State& state();

/// The device whose context is current on this thread.
Device*& current_device();

}  // namespace fake_cuda
