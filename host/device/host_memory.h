// Memory for results on the host: 64-byte aligned blocks, kept after their last use and handed out again, since the
// first touch of fresh memory costs six times its reuse (docs/design.md). Blocks of 4 MiB and more ask for huge pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>

#include "host/base/storage.h"

namespace ingot::device {

/// At least `bytes` of memory, uninitialised; null when there is none, after the cache was emptied.
StorageRef try_allocate(std::size_t bytes);

/// Throws MemoryError for memory that was not to be had.
[[noreturn]] void out_of_memory(std::size_t bytes, const std::string& purpose);

/// As try_allocate, but throws MemoryError, whose message names what the memory was for: purpose() is a string.
template <class Purpose>
StorageRef allocate(std::size_t bytes, Purpose&& purpose) {
  StorageRef storage = try_allocate(bytes);
  if (!storage) [[unlikely]]
    out_of_memory(bytes, purpose());
  return storage;
}

/// Gives cached blocks back to the system.
void release_cached();

/// Bytes in use, and the most there have been since reset_peak().
std::int64_t bytes_in_use();
std::int64_t peak_bytes();
void reset_peak();

/// Held while the process forks, so that the child finds it free.
std::mutex& lock();

/// For tests of what happens when memory runs out: allocations beyond this many bytes in use fail. Negative: no limit.
void set_limit(std::int64_t bytes);

}  // namespace ingot::device
