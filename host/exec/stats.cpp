#include "host/exec/stats.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "host/base/per_thread.h"
#include "host/base/thread_list.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t Counters::* kAll[] = {&Counters::launches, &Counters::interpreted, &Counters::calls,
                                             &Counters::bytes_read, &Counters::bytes_written};

void add(Counters& to, const Counters& more, std::int64_t sign = 1) {
  for (const auto counter : kAll) to.*counter += sign * (more.*counter);
}

// Under the lock of `threads`.
constinit Counters ended;     // counted by threads that are gone
constinit Counters at_reset;  // what had been counted then

class OfThread {
 public:
  OfThread() { ThreadList<OfThread>::instance().add(this); }
  ~OfThread() {
    ThreadList<OfThread>::instance().remove(this, [this] { exec::add(ended, read()); });
  }
  OfThread(const OfThread&) = delete;
  OfThread& operator=(const OfThread&) = delete;

  void add(const Counters& more) {
    for (std::size_t k = 0; k < std::size(kAll); ++k)
      if (const std::int64_t n = more.*kAll[k]; n != 0)
        value_[k].store(value_[k].load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  Counters read() const {
    Counters counters;
    for (std::size_t k = 0; k < std::size(kAll); ++k) counters.*kAll[k] = value_[k].load(std::memory_order_relaxed);
    return counters;
  }

 private:
  std::atomic<std::int64_t> value_[std::size(kAll)] = {};
};

ThreadList<OfThread>& threads() { return ThreadList<OfThread>::instance(); }

// The lock of `threads` held.
Counters sum() {
  Counters all = ended;
  for (const OfThread* thread : threads().alive) add(all, thread->read());
  return all;
}

}  // namespace

void count(const Counters& more) { per_thread<OfThread, OfThread>().add(more); }

Counters counted() {
  const std::scoped_lock guard(threads().mutex);
  Counters since = sum();
  add(since, at_reset, -1);
  return since;
}

void reset_counters() {
  const std::scoped_lock guard(threads().mutex);
  at_reset = sum();
}

std::mutex& counters_lock() { return threads().mutex; }

}  // namespace ingot::exec
