#include "host/device/residence.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <vector>

#include "host/base/config.h"
#include "host/base/error.h"
#include "host/base/log.h"
#include "host/device/host_memory.h"

namespace ingot::cuda {
namespace {

class OnGpu;

// All copies on devices. Any thread may let go of the last reference to an array at any time, so whoever goes through
// them does that under the lock, and takes a reference to what it wants to keep.
struct Registry {
  std::mutex mutex;
  std::unordered_set<OnGpu*> copies;
};

Registry& registry() {
  static auto* const instance = new Registry;  // arrays in static storage may outlive any other static object
  return *instance;
}

// The number of the launch that is being prepared. Changed under the lock of turns.
std::atomic<std::uint64_t> launch{1};
Evictions counted;

class OnGpu : public DeviceCopy {
 public:
  OnGpu(BlockRef block, Storage* storage, bool can_go) : block_(std::move(block)), storage_(storage), can_go_(can_go) {}
  OnGpu(const OnGpu&) = delete;
  OnGpu& operator=(const OnGpu&) = delete;
  ~OnGpu() override {
    if (config().forked) return;  // a thread that is no more may hold the lock
    const std::scoped_lock guard(registry().mutex);
    registry().copies.erase(this);
  }
  void enter() {
    const std::scoped_lock guard(registry().mutex);
    registry().copies.insert(this);
  }

  Block& block() const { return *block_; }
  Gpu& gpu() const { return block_->gpu(); }
  Address use() {
    last_use_ = launch;
    return block_->address();
  }
  std::uint64_t last_use() const { return last_use_; }
  bool can_go() const { return can_go_ && last_use_ != launch; }
  void stay() { can_go_ = false; }

  StorageRef to_host(std::size_t bytes) override {
    StorageRef host = device::allocate(bytes, [] { return std::string("values that a device computed"); });
    gpu().copy_out(host->data(), block_->address(), bytes);
    return host;
  }

  StorageRef storage() const { return storage_->try_add_ref() ? StorageRef::adopt(storage_) : StorageRef(); }

 private:
  BlockRef block_;
  Storage* const storage_;  // which this is a copy of
  std::uint64_t last_use_ = launch;
  bool can_go_;
};

OnGpu* copy_on(const Storage& storage, const Gpu& gpu) {
  return static_cast<OnGpu*>(
      storage.find_device_copy([&](const DeviceCopy& copy) { return &static_cast<const OnGpu&>(copy).gpu() == &gpu; }));
}

// Without the lock of turns only to storage that nobody else knows.
void attach(Storage& storage, BlockRef block, bool can_go = true) {
  auto copy = std::make_unique<OnGpu>(std::move(block), &storage, can_go);
  copy->enter();
  storage.add_device_copy(std::move(copy));
}

std::vector<StorageRef>& considered() {  // under the lock of turns
  static auto* const list = new std::vector<StorageRef>;
  return *list;
}

struct Candidate {
  Storage* storage;
  OnGpu* copy;
  bool elsewhere;  // the values are
};

std::vector<Candidate> candidates(const Gpu& gpu) {
  std::vector<Candidate> list;
  {
    const std::scoped_lock guard(registry().mutex);
    for (OnGpu* copy : registry().copies) {
      if (&copy->gpu() != &gpu || !copy->can_go()) continue;
      StorageRef storage = copy->storage();
      if (!storage) continue;
      considered().push_back(std::move(storage));
      list.push_back({considered().back().get(), copy, false});
    }
  }
  for (Candidate& each : list) each.elsewhere = each.storage->is_on_host();
  std::sort(list.begin(), list.end(), [](const Candidate& a, const Candidate& b) {
    return a.elsewhere != b.elsewhere ? a.elsewhere : a.copy->last_use() < b.copy->last_use();
  });
  return list;
}

// False where nothing can go.
bool evict(Gpu& gpu, std::size_t bytes) {
  std::size_t freed = 0;
  for (const Candidate& each : candidates(gpu)) {
    if (!each.elsewhere) {
      try {
        each.storage->data();
      } catch (const MemoryError&) {
        continue;
      }
    }
    ++(each.elsewhere ? counted.dropped : counted.copied_back);
    freed += each.copy->block().bytes();
    each.storage->drop_device_copy(each.copy);
    if (freed >= bytes) break;
  }
  if (freed != 0) log(Log::Info, "cuda(", gpu.ordinal(), "): ", freed, " bytes of arrays make room for ", bytes);
  return freed != 0;
}

}  // namespace

BlockRef make_room(Gpu& gpu, std::size_t bytes) {
  for (;;) {
    BlockRef block = gpu.allocate(bytes);
    if (block || !evict(gpu, bytes)) return block;
  }
}

void begin_launch() { ++launch; }

std::vector<StorageRef> take_considered() noexcept { return std::exchange(considered(), {}); }

Address on_device(Storage& storage, Gpu& gpu) {
  if (OnGpu* const copy = copy_on(storage, gpu)) return copy->use();
  const std::byte* const values = storage.data();
  BlockRef block = make_room(gpu, storage.bytes());
  if (!block) return 0;
  const Address address = block->address();
  gpu.copy_in(address, values, storage.bytes());
  attach(storage, std::move(block));
  return address;
}

bool is_on(const Storage& storage, const Gpu& gpu) { return copy_on(storage, gpu) != nullptr; }

void copy_to_host(Storage& storage, void* to) {
  if (storage.is_on_host()) {
    std::memcpy(to, storage.data(), storage.bytes());
    return;
  }
  const auto& copy = static_cast<const OnGpu&>(*storage.find_device_copy([](const DeviceCopy&) { return true; }));
  copy.gpu().copy_out(to, copy.block().address(), storage.bytes());
}

StorageRef allocate_on(Gpu& gpu, std::size_t bytes) {
  BlockRef block = make_room(gpu, bytes);
  if (!block) return {};
  StorageRef storage = StorageRef::adopt(new Storage(bytes));
  attach(*storage, std::move(block));
  return storage;
}

void keep_on_device(Storage& storage, Gpu& gpu) { copy_on(storage, gpu)->stay(); }

StorageRef borrow_on(Gpu& gpu, Address address, std::size_t bytes, std::shared_ptr<void> owner) {
  StorageRef storage = StorageRef::adopt(new Storage(bytes));
  attach(*storage, BlockRef::adopt(new Block(gpu, address, bytes, std::move(owner))), false);
  return storage;
}

bool visit_devices(const Storage& storage, const std::function<void(Gpu&)>& visit) {
  bool any = false;
  storage.find_device_copy([&](const DeviceCopy& copy) {
    Gpu& gpu = static_cast<const OnGpu&>(copy).gpu();
    if (gpu.is_lost()) return false;
    visit(gpu);
    any = true;
    return false;
  });
  return any;
}

Evictions evictions() { return counted; }

}  // namespace ingot::cuda
