// Counters of what is copied between the host and devices, behind ingot::stats().
#pragma once

#include <atomic>
#include <cstdint>

namespace ingot::device {

struct Traffic {
  std::atomic<std::int64_t> to_device{0}, to_host{0};  // bytes
};

inline Traffic& traffic() {
  static Traffic instance;
  return instance;
}

}  // namespace ingot::device
