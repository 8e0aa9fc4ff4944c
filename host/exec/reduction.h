// What the row and column forms share: the way from states to outputs through the epilogue.
#pragma once

#include <cstdint>
#include <vector>

#include "host/base/divide_up.h"
#include "host/exec/launch.h"
#include "host/exec/thread_memory.h"

namespace ingot::exec {

/// Where the threads of a launch leave the states of its reductions: `count` of each, in memory of the thread that runs
/// the launch.
class Partials {
 public:
  void allocate(const std::vector<Reducing>& reductions, std::int64_t count) {
    count_ = divide_up(count, kAlignment) * kAlignment;
    const Reducing& last = reductions.back();
    const std::int64_t bytes = count_ * (last.states_before + last.state_bytes);
    memory_ = thread_memory(ThreadMemory::States, static_cast<std::size_t>(bytes));
  }

  /// The reduction's state number `at`, which those after it follow.
  std::byte* at(const Reducing& r, std::int64_t at) const {
    return memory_ + count_ * r.states_before + at * r.state_bytes;
  }

 private:
  static constexpr std::int64_t kAlignment = 64;
  std::byte* memory_ = nullptr;
  std::int64_t count_ = 0;
};

/// Runs the epilogue over `count` kept indices from `begin` (C order over the kept axes). results[k] has the finished
/// values of reduction k for them.
void run_epilogue(const Bound& bound, std::int64_t begin, std::int64_t count, const std::vector<void*>& results);

}  // namespace ingot::exec
