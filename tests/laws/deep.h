// What tests of deep graphs need.
#pragma once

#include <gtest/gtest.h>
#include <pthread.h>

#include <cstdint>
#include <functional>

#include "host/base/config.h"

namespace ingot::tests {

// Runs on a thread whose stack would not survive a recursion over a deep graph.
inline void on_a_small_stack(std::function<void()> work) {
  constexpr std::size_t kStack = 256 * 1024;
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStack), 0);
  pthread_t thread;
  const auto entry = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, entry, &work), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}

// Raises every bound on the pending graph.
class Unbounded {
 public:
  Unbounded()
      : nodes_(config().max_pending_nodes.exchange(std::int64_t{1} << 40)),
        depth_(config().max_pending_depth.exchange(1 << 30)),
        bytes_(config().max_retained_bytes.exchange(std::int64_t{1} << 60)) {}
  ~Unbounded() {
    config().max_pending_nodes = nodes_;
    config().max_pending_depth = depth_;
    config().max_retained_bytes = bytes_;
  }

 private:
  std::int64_t nodes_;
  int depth_;
  std::int64_t bytes_;
};

}  // namespace ingot::tests
