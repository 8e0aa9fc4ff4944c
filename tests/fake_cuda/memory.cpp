#include "memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace fake_cuda {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kAlignment = 256;    // that the driver promises
constexpr std::uint64_t kPart = 256 * 1024;  // opens at once
constexpr std::uint64_t kGrain = 512;        // an allocation counts in whole grains against the device's memory
constexpr std::uint64_t kMargin = std::uint64_t{16} << 30;  // around the range: what a wrong 32-bit index reaches
constexpr std::uint64_t kSmallestRange = std::uint64_t{64} << 30;

std::uint64_t round_up(std::uint64_t x, std::uint64_t to) { return (x + to - 1) / to * to; }

[[noreturn]] void fail(const char* call) {
  throw std::runtime_error(std::string("fake_cuda: ") + call + ": " + std::strerror(errno));
}

void* map(void* at, std::uint64_t bytes, int protection, int flags, int file, std::uint64_t offset) {
  void* const mapped = mmap(at, bytes, protection, flags | MAP_NORESERVE | (at != nullptr ? MAP_FIXED : 0), file,
                            static_cast<off_t>(offset));
  if (mapped == MAP_FAILED) fail("mmap");
  return mapped;
}

void* reserve(void* at, std::uint64_t bytes) { return map(at, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }

void* pointer(std::uint64_t address) { return reinterpret_cast<void*>(address); }

}  // namespace

Memory::Memory(std::uint64_t bytes) : total_(bytes), size_(std::max(kSmallestRange, 4 * bytes)) {
  store_ = memfd_create("fake_cuda_store", MFD_CLOEXEC);
  if (store_ < 0) fail("memfd_create");
  if (ftruncate(store_, static_cast<off_t>(size_)) != 0) fail("ftruncate");
  begin_ = reinterpret_cast<std::uint64_t>(reserve(nullptr, size_ + 2 * kMargin)) + kMargin;
  view_ = static_cast<char*>(map(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, store_, 0));
}

// The first gap of `need` bytes from next_ on, or from the beginning; size_ where there is none.
std::uint64_t Memory::place(std::uint64_t need) const {
  for (const std::uint64_t from : {next_, kPage}) {
    std::uint64_t at = from;
    for (const auto& [address, block] : blocks_) {
      const std::uint64_t end = block.offset + block.mapped + kPage;
      if (end <= at) continue;
      if (block.offset >= at + need) break;
      at = end;
    }
    if (at + need <= size_) return at;
  }
  return size_;
}

Result Memory::allocate(std::uint64_t* address, std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t counted = round_up(bytes, kGrain);
  if (bytes > total_ || counted > total_ - std::min(used_, total_)) return Result::OutOfMemory;
  const std::uint64_t mapped = round_up(bytes, kPage), offset = place(mapped + kPage);
  if (offset == size_) return Result::OutOfMemory;
  map(pointer(begin_ + offset), mapped, PROT_NONE, MAP_SHARED, store_, offset);
  std::memset(view_ + offset, kPoison, mapped);
  *address = begin_ + offset + mapped - round_up(bytes, kAlignment);
  blocks_[*address] = {offset, mapped, bytes, counted};
  next_ = offset + mapped + kPage;
  used_ += counted;
  return Result::Success;
}

Result Memory::free(std::uint64_t address, std::size_t* bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = blocks_.find(address);
  if (found == blocks_.end()) return Result::InvalidValue;
  const Block block = found->second;
  reserve(pointer(begin_ + block.offset), block.mapped);
  // Gives the host its memory back.
  fallocate(store_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(block.offset),
            static_cast<off_t>(block.mapped));
  used_ -= block.counted;
  *bytes = block.asked;
  blocks_.erase(found);
  return Result::Success;
}

Memory::Range Memory::around(std::uint64_t address) const {
  const std::lock_guard lock(mutex_);
  auto after = blocks_.upper_bound(address);
  if (after == blocks_.begin()) return {};
  const auto& [begin, block] = *--after;
  return {begin, begin + block.asked};
}

char* Memory::find(std::uint64_t address, std::size_t bytes) const {
  return around(address).holds(address, bytes) ? view_ + (address - begin_) : nullptr;
}

bool Memory::resize(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes > size_ / 4) return false;
  total_ = bytes;
  return true;
}

std::uint64_t Memory::total() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

std::uint64_t Memory::available() const {
  const std::lock_guard lock(mutex_);
  return total_ - std::min(used_, total_);
}

void Memory::protect(const Part& part, int protection) const {
  if (mprotect(pointer(begin_ + part.offset), part.bytes, protection) != 0) fail("mprotect");
}

void Memory::begin_kernel() {
  const std::lock_guard lock(mutex_);
  ++kernels_;
}

// What was freed meanwhile is closed already, and what took its place.
void Memory::end_kernel() {
  const std::lock_guard lock(mutex_);
  if (--kernels_ > 0) return;
  for (const Part& part : opened_) protect(part, PROT_NONE);
  opened_.clear();
}

bool Memory::open(std::uint64_t address) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t at = address - begin_;
  // The block of the address is the first that begins behind it, its pages beginning earlier, or the one before.
  auto found = blocks_.upper_bound(address);
  if (found == blocks_.end() || at < found->second.offset) {
    if (found == blocks_.begin()) return false;
    --found;
  }
  const std::uint64_t first = found->second.offset, last = first + found->second.mapped;
  if (at < first || at >= last) return false;
  const std::uint64_t part = at / kPart * kPart, begin = std::max(first, part), end = std::min(last, part + kPart);
  opened_.push_back({begin, end - begin});
  protect(opened_.back(), PROT_READ | PROT_WRITE);
  return true;
}

}  // namespace fake_cuda
