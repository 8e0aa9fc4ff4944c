// Counters behind ingot::stats().
#pragma once

#include <atomic>
#include <cstdint>

namespace ingot::exec {

struct Counters {
  std::atomic<std::int64_t> launches{0}, interpreted{0}, calls{0}, bytes_read{0}, bytes_written{0};
};

Counters& counters();

}  // namespace ingot::exec
