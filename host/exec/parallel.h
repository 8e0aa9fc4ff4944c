// One OpenMP team for a launch, whatever the number of tasks; exceptions are carried out of it.
#pragma once

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <utility>

#include "host/base/team.h"
#include "host/exec/float_state.h"

namespace ingot::exec {

/// The tasks of a launch, cut into as many shares as there are threads. A thread takes those of its own share first, so
/// that from launch to launch it meets the memory that its caches have; then it helps the others.
class TaskShares {
 public:
  TaskShares(std::int64_t count, int threads) : shares_(std::min(threads, kMost)) {
    for (int s = 0; s < shares_; ++s) {
      share_[s].next.store(count * s / shares_, std::memory_order_relaxed);
      share_[s].end = count * (s + 1) / shares_;
    }
  }

  /// Calls task(i) until none is left or it returns false.
  template <class Task>
  void run(int thread, Task&& task) {
    for (int k = 0; k < shares_; ++k) {
      Share& share = share_[(thread + k) % shares_];
      while (share.next.load(std::memory_order_relaxed) < share.end) {
        const std::int64_t i = share.next.fetch_add(1, std::memory_order_relaxed);
        if (i < share.end && !task(i)) return;
      }
    }
  }

 private:
  static constexpr int kMost = 64;
  struct alignas(64) Share {
    std::atomic<std::int64_t> next;
    std::int64_t end;
  };
  const int shares_;
  Share share_[kMost];
};

/// How many tasks to cut `work` additions' worth of time into: at most `most` for each thread, none shorter than what
/// handing it out and beginning it anew are worth (about ten microseconds), and as many for each.
inline std::int64_t task_count(std::int64_t work, int threads, std::int64_t most) {
  constexpr std::int64_t kTaskWork = 1 << 17;
  return threads > 1 ? threads * std::clamp<std::int64_t>(work / (threads * kTaskWork), 1, most) : 1;
}

/// Runs task(i) for i < count on up to `threads` threads, in no order, each in the default floating-point state. The
/// first exception is thrown again here, when all threads are done.
///
/// A short launch is one task for each thread, which then takes its own and looks at no other: a counter that two cores
/// write costs as much as a thousand additions. So does every line that the other threads must fetch from this one's
/// core before they know where the next one is: what they need lies together, and tasks best capture by value.
template <class Task>
void parallel_for(std::int64_t count, int threads, Task task) {
  if (threads <= 1 || count <= 1) {
    const DefaultFloatState state;
    for (std::int64_t i = 0; i < count; ++i) task(i);
    return;
  }
  struct alignas(64) Job {
    Task task;
    std::int64_t count;
    std::atomic<bool> failed{false};
    std::exception_ptr error{};

    bool attempt(std::int64_t i) {
      try {
        task(i);
      } catch (...) {
        if (!failed.exchange(true)) error = std::current_exception();
      }
      return !failed.load(std::memory_order_relaxed);
    }
  } job{std::move(task), count};
  if (count <= threads) {
    with_team([threads, all = &job] {
      Job* const mine = all;
#pragma omp parallel num_threads(threads) firstprivate(mine)
      {
        const DefaultFloatState state;
        for (std::int64_t i = omp_get_thread_num(); i < mine->count && mine->attempt(i); i += omp_get_num_threads()) {
        }
      }
    });
  } else {
    TaskShares shares(count, threads);
    with_team([&] {
#pragma omp parallel num_threads(threads)
      {
        const DefaultFloatState state;
        shares.run(omp_get_thread_num(), [&job](std::int64_t i) { return job.attempt(i); });
      }
    });
  }
  if (job.failed) std::rethrow_exception(job.error);
}

}  // namespace ingot::exec
