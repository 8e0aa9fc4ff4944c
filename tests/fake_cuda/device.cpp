#include "device.h"

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "calls.h"

namespace fake_cuda {

Device::Device(const Settings& settings, std::uint64_t seed)
    : memory(settings.memory), default_(new StreamHandle{this, true, Stream(sticky, settings.delay, seed)}) {}

MarkPtr Device::push(StreamHandle& to, Stream::Work work, std::vector<MarkPtr> after) {
  const std::lock_guard lock(mutex_);
  const auto follow = [&](const StreamHandle& other) {
    if (MarkPtr mark = other.stream.last()) after.push_back(std::move(mark));
  };
  if (&to == default_.get()) {
    for (const auto& weak : streams_)
      if (const auto stream = weak.lock(); stream != nullptr && stream->blocking) follow(*stream);
  } else if (to.blocking) {
    follow(*default_);
  }
  return to.stream.push(std::move(work), std::move(after));
}

std::shared_ptr<StreamHandle> Device::create_stream(bool blocking, int delay, std::uint64_t seed) {
  std::shared_ptr<StreamHandle> stream(new StreamHandle{this, blocking, Stream(sticky, delay, seed)});
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](const auto& weak) { return weak.expired(); });
  streams_.push_back(stream);
  return stream;
}

void Device::drain() {
  std::vector<std::shared_ptr<StreamHandle>> all = {default_};
  {
    const std::lock_guard lock(mutex_);
    for (const auto& weak : streams_)
      if (auto stream = weak.lock()) all.push_back(std::move(stream));
  }
  for (const auto& stream : all) stream->stream.drain();
}

void* PinnedMemory::allocate(std::size_t bytes) {
  constexpr std::size_t page = 4096;
  void* const at = std::aligned_alloc(page, (bytes + page - 1) / page * page);
  if (at == nullptr) return nullptr;
  std::memset(at, kPoison, bytes);
  const std::lock_guard lock(mutex_);
  blocks_[reinterpret_cast<std::uintptr_t>(at)] = bytes;
  book_live(&FakeCudaBooks::host_bytes_live, static_cast<std::int64_t>(bytes));
  return at;
}

bool PinnedMemory::free(void* at) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(reinterpret_cast<std::uintptr_t>(at));
    if (found == blocks_.end()) return false;
    book_live(&FakeCudaBooks::host_bytes_live, -static_cast<std::int64_t>(found->second));
    blocks_.erase(found);
  }
  std::free(at);
  return true;
}

bool PinnedMemory::contains(const void* at, std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  auto after = blocks_.upper_bound(address);
  if (after == blocks_.begin()) return false;
  const auto& [begin, size] = *--after;
  return address - begin <= size && bytes <= size - (address - begin);
}

State::State() {
  const char* const text = std::getenv("FAKE_CUDA");
  if (text != nullptr) problem = parse(text, settings);
  if (!problem.empty()) {
    std::fprintf(stderr, "fake_cuda: FAKE_CUDA: %s\n", problem.c_str());
    return;
  }
  seed = settings.seed;
  for (const Failure& failure : settings.failures) order(failure);
  for (int i = 0; i < settings.devices; ++i)
    devices.push_back(std::make_unique<Device>(settings, settings.seed + static_cast<std::uint64_t>(i)));
}

Device* State::owner(std::uint64_t address) const {
  for (const auto& device : devices)
    if (device->memory.covers(address)) return device.get();
  return nullptr;
}

void State::drain() {
  for (const auto& device : devices) device->drain();
}

State& state() {
  static State* const instance = [] {
    auto* const made = new State;
    // Threads do not survive a fork, and the driver does not work after one.
    pthread_atfork(nullptr, nullptr, [] { state().forked = true; });
    return made;
  }();
  return *instance;
}

Device*& current_device() {
  static thread_local Device* device = nullptr;
  return device;
}

}  // namespace fake_cuda
