#include "host/base/team.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "host/base/per_thread.h"

namespace ingot {
namespace {

struct Owner;

std::atomic<Owner*> owner{nullptr};

// Made by the thread that asks first; the team ends with that thread.
struct Owner {
  ~Owner() {
    Owner* self = this;
    owner.compare_exchange_strong(self, nullptr);
  }
};

bool is_owner() {
  Owner* const here = &per_thread<Owner, Owner>();
  Owner* nobody = nullptr;
  return owner.load(std::memory_order_relaxed) == here || owner.compare_exchange_strong(nobody, here);
}

// The thread that opens regions for others. Never destroyed: it waits until the process ends.
class Proxy {
 public:
  Proxy() {
    std::thread([this] { serve(); }).detach();
  }

  void run(void (*work)(void*), void* argument) {
    std::unique_lock guard(mutex_);
    work_ = work;
    argument_ = argument;
    changed_.notify_all();
    changed_.wait(guard, [this] { return work_ == nullptr; });
  }

 private:
  void serve() {
    // Made by a thread of the user's, but not to go on with its signals, nor on its cores alone.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    cpu_set_t cores;
    if (sched_getaffinity(getpid(), sizeof cores, &cores) == 0) sched_setaffinity(0, sizeof cores, &cores);
    std::unique_lock guard(mutex_);
    for (;;) {
      changed_.wait(guard, [this] { return work_ != nullptr; });
      guard.unlock();
      work_(argument_);
      guard.lock();
      work_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  void (*work_)(void*) = nullptr;
  void* argument_ = nullptr;
};

}  // namespace

void with_team(void (*work)(void*), void* argument) {
  if (is_owner()) return work(argument);
  static auto* const proxy = new Proxy;
  proxy->run(work, argument);
}

}  // namespace ingot
