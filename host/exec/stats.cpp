#include "host/exec/stats.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <vector>

#include "host/base/per_thread.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t Counters::* kAll[] = {&Counters::launches, &Counters::interpreted, &Counters::calls,
                                             &Counters::bytes_read, &Counters::bytes_written};

void add(Counters& to, const Counters& more, std::int64_t sign = 1) {
  for (const auto counter : kAll) to.*counter += sign * (more.*counter);
}

class OfThread;

// Never destroyed: threads, and evaluations at exit, count to the end.
struct Threads {
  std::mutex mutex;
  std::vector<const OfThread*> alive;
  Counters ended;     // by threads that are gone
  Counters at_reset;  // what had been counted then
};

Threads& threads() {
  static auto* const instance = new Threads;
  return *instance;
}

class OfThread {
 public:
  OfThread() {
    const std::scoped_lock guard(threads().mutex);
    threads().alive.push_back(this);
  }
  ~OfThread() {
    const std::scoped_lock guard(threads().mutex);
    std::erase(threads().alive, this);
    exec::add(threads().ended, read());
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

// The lock of `threads` held.
Counters sum() {
  Counters all = threads().ended;
  for (const OfThread* thread : threads().alive) add(all, thread->read());
  return all;
}

}  // namespace

void count(const Counters& more) { per_thread<OfThread, OfThread>().add(more); }

Counters counted() {
  const std::scoped_lock guard(threads().mutex);
  Counters since = sum();
  add(since, threads().at_reset, -1);
  return since;
}

void reset_counters() {
  const std::scoped_lock guard(threads().mutex);
  threads().at_reset = sum();
}

std::mutex& counters_lock() { return threads().mutex; }

}  // namespace ingot::exec
