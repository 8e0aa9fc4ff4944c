// One OpenMP team for a launch, whatever the number of tasks; exceptions are carried out of it.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>

#include "host/exec/float_state.h"

namespace ingot::exec {

/// Runs task(i) for i < count on up to `threads` threads, in no order, each in the default floating-point state. The
/// first exception is thrown again here, when all threads are done.
template <class Task>
void parallel_for(std::int64_t count, int threads, Task&& task) {
  if (threads <= 1 || count <= 1) {
    const DefaultFloatState state;
    for (std::int64_t i = 0; i < count; ++i) task(i);
    return;
  }
  std::exception_ptr error;
  std::atomic<bool> failed{false};
  std::atomic<std::int64_t> next{0};  // omp for would wait at a barrier of its own
#pragma omp parallel num_threads(threads)
  {
    const DefaultFloatState state;
    for (std::int64_t i;
         !failed.load(std::memory_order_relaxed) && (i = next.fetch_add(1, std::memory_order_relaxed)) < count;) {
      try {
        task(i);
      } catch (...) {
        if (!failed.exchange(true)) error = std::current_exception();
      }
    }
  }
  if (failed) std::rethrow_exception(error);
}

}  // namespace ingot::exec
