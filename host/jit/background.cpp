#include "host/jit/background.h"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <thread>

namespace ingot::jit {
namespace {

class Worker {
 public:
  Worker() : thread_([this] { run(); }) {}

  void stop() {
    {
      const std::scoped_lock guard(mutex_);
      stopping_ = true;
      queue_.clear();
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  bool is_here() const { return getpid() == owner_; }

  void add(std::function<void()> task) {
    {
      const std::scoped_lock guard(mutex_);
      if (stopping_) return;
      queue_.push_back(std::move(task));
    }
    changed_.notify_all();
  }

  void pause() {
    std::unique_lock guard(mutex_);
    paused_ = true;
    changed_.wait(guard, [&] { return !busy_; });
    guard.release();
  }

  void resume() {
    paused_ = false;
    mutex_.unlock();
    changed_.notify_all();
  }

  void finish() {
    std::unique_lock guard(mutex_);
    changed_.wait(guard, [&] { return queue_.empty() && !busy_; });
  }

 private:
  void run() {
    std::unique_lock guard(mutex_);
    for (;;) {
      changed_.wait(guard, [&] { return stopping_ || (!paused_ && !queue_.empty()); });
      if (stopping_) return;
      const std::function<void()> task = std::move(queue_.front());
      queue_.pop_front();
      busy_ = true;
      guard.unlock();
      task();
      guard.lock();
      busy_ = false;
      changed_.notify_all();
    }
  }

  const pid_t owner_ = getpid();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
  bool busy_ = false, paused_ = false, stopping_ = false;
  std::thread thread_;  // last: it uses the others
};

std::atomic<Worker*> started{nullptr};

// Stopped at exit but never destroyed: a child after fork has the object without the thread, and what the thread waited
// for at the fork stays waited for there.
Worker& worker() {
  static Worker* const instance = [] {
    auto* made = new Worker;
    started = made;
    stop_background_at_exit();
    return made;
  }();
  return *instance;
}

void stop_here() {
  if (Worker* const w = started; w != nullptr && w->is_here()) w->stop();
}

}  // namespace

void in_background(std::function<void()> task) {
  Worker& w = worker();
  if (w.is_here())
    w.add(std::move(task));
  else
    task();
}

void finish_background() {
  if (Worker& w = worker(); w.is_here()) w.finish();
}

void stop_background_at_exit() {
  // A library may register objects to be destroyed at exit while it works for the first time, and what is registered
  // last goes first. Only what is local to the thread that ends the process, as a rule the main one, goes before that.
  struct AtEnd {
    ~AtEnd() { stop_here(); }
  };
  if (gettid() == getpid()) static thread_local const AtEnd at_end;
  std::atexit(stop_here);
}

void pause_background() {
  if (Worker* const w = started) w->pause();
}

void resume_background() {
  if (Worker* const w = started) w->resume();
}

}  // namespace ingot::jit
