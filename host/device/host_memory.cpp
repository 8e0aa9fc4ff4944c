#include "host/device/host_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "host/base/error.h"
#include "host/base/per_thread.h"
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
    void* memory = nullptr;
    // Last freed first: its lines may still be in a cache. The list is short, being bounded in bytes and scanned from
    // the end.
    for (std::size_t i = free_.size(); i-- > 0 && memory == nullptr;) {
      if (free_[i].bytes != bytes) continue;
      memory = free_[i].memory;
      free_.erase(free_.begin() + static_cast<std::ptrdiff_t>(i));
      cached_ -= bytes;
    }
    return memory != nullptr ? memory : obtain(bytes);
  }

  void put(void* memory, std::size_t bytes) {
    const std::scoped_lock guard(mutex_);
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

  std::mutex& mutex() { return mutex_; }

 private:
  std::mutex mutex_;
  std::vector<Block> free_;
  std::size_t cached_ = 0;
  std::size_t capacity_ =  // a quarter of the machine's memory may stay cached
      static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) / 4 * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
};

Pool& pool() {
  static Pool* const instance =
      new Pool;  // never destroyed: arrays in static storage may outlive any other static object
  return *instance;
}

// Small blocks that a thread has freed, for it to take again without a lock.
class Magazine {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{64} << 10;

  Magazine() = default;
  ~Magazine() {
    for (int i = 0; i < count_; ++i) pool().put(blocks_[i].memory, blocks_[i].bytes);
  }
  Magazine(const Magazine&) = delete;
  Magazine& operator=(const Magazine&) = delete;

  void* take(std::size_t bytes) {
    for (int i = count_; i-- > 0;) {
      if (blocks_[i].bytes != bytes) continue;
      void* const memory = blocks_[i].memory;
      std::copy(blocks_ + i + 1, blocks_ + count_, blocks_ + i);
      --count_;
      return memory;
    }
    return nullptr;
  }
  void put(void* memory, std::size_t bytes) {
    if (count_ == kMost) {  // the one that was freed first goes
      pool().put(blocks_[0].memory, blocks_[0].bytes);
      std::copy(blocks_ + 1, blocks_ + kMost, blocks_);
      --count_;
    }
    blocks_[count_++] = {memory, bytes};
  }

 private:
  static constexpr int kMost = 8;
  Block blocks_[kMost];
  int count_ = 0;
};

Magazine& magazine() { return per_thread<Magazine, Magazine>(); }

// What arrays hold, for stats() and against the limit.
struct Usage {
  std::atomic<std::int64_t> bytes{0}, peak{0}, limit{-1};

  bool add(std::int64_t more) {
    std::int64_t now = bytes.load(std::memory_order_relaxed);
    const std::int64_t most = limit.load(std::memory_order_relaxed);
    do
      if (most >= 0 && now + more > most) return false;
    while (!bytes.compare_exchange_weak(now, now + more, std::memory_order_relaxed));
    return true;
  }
  void drop(std::size_t less) { bytes.fetch_sub(static_cast<std::int64_t>(less), std::memory_order_relaxed); }
  void raise_peak() {
    const std::int64_t now = bytes.load(std::memory_order_relaxed);
    std::int64_t known = peak.load(std::memory_order_relaxed);
    while (now > known && !peak.compare_exchange_weak(known, now, std::memory_order_relaxed)) {
    }
  }
};
Usage usage;

void* take(std::size_t bytes) {
  if (!usage.add(static_cast<std::int64_t>(bytes))) return nullptr;
  void* memory = bytes <= Magazine::kMostBytes ? magazine().take(bytes) : nullptr;
  if (memory == nullptr) memory = pool().take(bytes);
  memory != nullptr ? usage.raise_peak() : usage.drop(bytes);
  return memory;
}

void put(void* memory, std::size_t bytes) {
  usage.drop(bytes);
  bytes <= Magazine::kMostBytes ? magazine().put(memory, bytes) : pool().put(memory, bytes);
}

}  // namespace

StorageRef try_allocate(std::size_t bytes) {
  const std::size_t size = size_class(bytes, bytes >= kHuge ? kHugePage : kAlignment);
  if (size < bytes) return {};
  void* memory = take(size);
  if (memory == nullptr) {
    pool().release();
    memory = take(size);
  }
  if (memory == nullptr) return {};
  return StorageRef::adopt(new Storage(memory, bytes, [size](void* p, std::size_t) { put(p, size); }));
}

void out_of_memory(std::size_t bytes, const std::string& purpose) {
  throw MemoryError(text("out of memory: ", bytes, " bytes wanted for ", purpose, ", ", bytes_in_use(),
                         " bytes in use; free arrays that are no longer needed, or compute in smaller pieces"));
}

std::mutex& lock() { return pool().mutex(); }
void release_cached() { pool().release(); }
std::int64_t bytes_in_use() { return usage.bytes; }
std::int64_t peak_bytes() { return usage.peak; }
void reset_peak() { usage.peak = usage.bytes.load(); }
void set_limit(std::int64_t bytes) { usage.limit = bytes; }

}  // namespace ingot::device
