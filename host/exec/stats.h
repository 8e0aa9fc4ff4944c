// Counters behind ingot::stats().
#pragma once

#include <cstdint>
#include <mutex>

namespace ingot::exec {

struct Counters {
  std::int64_t launches = 0, interpreted = 0, calls = 0, bytes_read = 0, bytes_written = 0;
};

/// Adds to what the calling thread has done: memory that no other thread writes.
void count(const Counters& more);

/// What all threads have done since the last reset.
Counters counted();
void reset_counters();

/// Held around a fork, so that the child finds it free.
std::mutex& counters_lock();

}  // namespace ingot::exec
