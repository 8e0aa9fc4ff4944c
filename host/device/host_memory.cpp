#include "host/device/host_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "host/base/error.h"
#include "host/device/size_class.h"

namespace ingot::device {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHuge = std::size_t{4} << 20;  // from here on blocks come from mmap, aligned for huge pages
constexpr std::size_t kHugePage = std::size_t{2} << 20;

void* obtain(std::size_t bytes) {
  if (bytes < kHuge) return std::aligned_alloc(kAlignment, bytes);
  void* const all = mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (all == MAP_FAILED) return nullptr;
  const auto start = reinterpret_cast<std::uintptr_t>(all);
  const std::uintptr_t aligned = (start + kHugePage - 1) / kHugePage * kHugePage;
  if (aligned != start) munmap(all, aligned - start);
  if (start + kHugePage != aligned) munmap(reinterpret_cast<void*>(aligned + bytes), start + kHugePage - aligned);
  void* const memory = reinterpret_cast<void*>(aligned);
  madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

void give_back(void* memory, std::size_t bytes) {
  if (bytes < kHuge)
    std::free(memory);
  else
    munmap(memory, bytes);
}

struct Block {
  void* memory;
  std::size_t bytes;
};

class Pool {
 public:
  void* take(std::size_t bytes) {
    const std::scoped_lock guard(mutex_);
    if (limit_ >= 0 && in_use_ + static_cast<std::int64_t>(bytes) > limit_) return nullptr;
    void* memory = nullptr;
    // Last freed first: its lines may still be in a cache. The list is short, being bounded in bytes and scanned from
    // the end.
    for (std::size_t i = free_.size(); i-- > 0 && memory == nullptr;) {
      if (free_[i].bytes != bytes) continue;
      memory = free_[i].memory;
      free_.erase(free_.begin() + static_cast<std::ptrdiff_t>(i));
      cached_ -= bytes;
    }
    if (memory == nullptr) memory = obtain(bytes);
    if (memory == nullptr) return nullptr;
    in_use_ += static_cast<std::int64_t>(bytes);
    peak_ = std::max(peak_, in_use_);
    return memory;
  }

  void put(void* memory, std::size_t bytes) {
    const std::scoped_lock guard(mutex_);
    in_use_ -= static_cast<std::int64_t>(bytes);
    free_.push_back({memory, bytes});
    cached_ += bytes;
    constexpr std::size_t kMaxBlocks = 64;
    std::size_t drop = 0;
    while ((cached_ > capacity_ || free_.size() - drop > kMaxBlocks) && drop < free_.size()) {
      give_back(free_[drop].memory, free_[drop].bytes);
      cached_ -= free_[drop++].bytes;
    }
    free_.erase(free_.begin(), free_.begin() + static_cast<std::ptrdiff_t>(drop));
  }

  void release() {
    const std::scoped_lock guard(mutex_);
    for (const Block& block : free_) give_back(block.memory, block.bytes);
    free_.clear();
    cached_ = 0;
  }

  std::int64_t in_use() {
    const std::scoped_lock guard(mutex_);
    return in_use_;
  }
  std::int64_t peak() {
    const std::scoped_lock guard(mutex_);
    return peak_;
  }
  void reset_peak() {
    const std::scoped_lock guard(mutex_);
    peak_ = in_use_;
  }
  std::mutex& mutex() { return mutex_; }
  void set_limit(std::int64_t bytes) {
    const std::scoped_lock guard(mutex_);
    limit_ = bytes;
  }

 private:
  std::mutex mutex_;
  std::vector<Block> free_;
  std::size_t cached_ = 0;
  std::size_t capacity_ =  // a quarter of the machine's memory may stay cached
      static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) / 4 * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::int64_t in_use_ = 0, peak_ = 0, limit_ = -1;
};

Pool& pool() {
  static Pool* const instance =
      new Pool;  // never destroyed: arrays in static storage may outlive any other static object
  return *instance;
}

}  // namespace

StorageRef try_allocate(std::size_t bytes) {
  const std::size_t size = size_class(bytes, bytes >= kHuge ? kHugePage : kAlignment);
  if (size < bytes) return {};
  void* memory = pool().take(size);
  if (memory == nullptr) {
    pool().release();
    memory = pool().take(size);
  }
  if (memory == nullptr) return {};
  return StorageRef::adopt(new Storage(memory, bytes, [size](void* p, std::size_t) { pool().put(p, size); }));
}

void out_of_memory(std::size_t bytes, const std::string& purpose) {
  throw MemoryError(text("out of memory: ", bytes, " bytes wanted for ", purpose, ", ", pool().in_use(),
                         " bytes in use; free arrays that are no longer needed, or compute in smaller pieces"));
}

std::mutex& lock() { return pool().mutex(); }
void release_cached() { pool().release(); }
std::int64_t bytes_in_use() { return pool().in_use(); }
std::int64_t peak_bytes() { return pool().peak(); }
void reset_peak() { pool().reset_peak(); }
void set_limit(std::int64_t bytes) { pool().set_limit(bytes); }

}  // namespace ingot::device
