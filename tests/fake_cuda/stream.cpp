#include "stream.h"

#include <chrono>
#include <condition_variable>

namespace fake_cuda {
namespace {

// One lock for all queues and marks: they are few, and held for moments.
struct Queues {
  std::mutex mutex;
  std::condition_variable changed;
};

// Never destroyed: streams may still run when the process ends.
Queues& queues() {
  static Queues* const instance = new Queues;
  return *instance;
}

}  // namespace

bool Mark::passed() const {
  const std::lock_guard lock(queues().mutex);
  return passed_;
}

void Mark::wait() const {
  std::unique_lock lock(queues().mutex);
  queues().changed.wait(lock, [&] { return passed_; });
}

Stream::Stream(Sticky& sticky, int delay, std::uint64_t seed)
    : sticky_(sticky), delay_(delay), random_(seed), thread_([this] { run(); }) {}

Stream::~Stream() {
  {
    const std::lock_guard lock(queues().mutex);
    ending_ = true;
  }
  queues().changed.notify_all();
  thread_.join();
}

MarkPtr Stream::push(Work work, std::vector<MarkPtr> after) {
  auto mark = std::make_shared<Mark>();
  {
    const std::lock_guard lock(queues().mutex);
    items_.push_back({std::move(work), std::move(after), mark});
    last_ = mark;
  }
  queues().changed.notify_all();
  return mark;
}

MarkPtr Stream::last() const {
  const std::lock_guard lock(queues().mutex);
  return last_;
}

void Stream::drain() const {
  if (const MarkPtr mark = last()) mark->wait();
}

// Mostly none, so that a stream with much to do is not slow, and sometimes long enough for others to get ahead.
void Stream::pause() {
  if (delay_ == 0) return;
  const std::uint32_t kind = random_.below(8);
  if (kind == 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(random_.below(static_cast<std::uint32_t>(delay_)) + 1));
  } else if (kind < 3) {
    std::this_thread::yield();
  }
}

void Stream::run() {
  std::unique_lock lock(queues().mutex);
  for (;;) {
    queues().changed.wait(lock, [&] { return !items_.empty() || ending_; });
    if (items_.empty()) return;
    Item item = std::move(items_.front());
    items_.pop_front();
    for (const MarkPtr& mark : item.after) queues().changed.wait(lock, [&] { return mark->passed_; });
    lock.unlock();
    pause();
    if (sticky_ == Result::Success) {
      const Result result = item.work();
      Result none = Result::Success;
      if (result != Result::Success) sticky_.compare_exchange_strong(none, result);
    }
    item.work = nullptr;  // what it holds may be large, or a module
    lock.lock();
    item.mark->passed_ = true;
    queues().changed.notify_all();
  }
}

}  // namespace fake_cuda
