#include "helpers.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace fake_cuda {
namespace {

class Helpers {
 public:
  void run(int threads, const std::function<void()>& work) {
    const std::unique_lock busy(busy_, std::try_to_lock);
    if (!busy.owns_lock()) return work();
    {
      const std::lock_guard lock(mutex_);
      for (; started_ < threads - 1; ++started_) std::thread([this] { help(); }).detach();
      work_ = &work;
      wanted_ = threads - 1;
      running_ = threads - 1;
    }
    changed_.notify_all();
    work();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return running_ == 0; });
    work_ = nullptr;
  }

 private:
  [[noreturn]] void help() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return wanted_ > 0; });
      --wanted_;
      const std::function<void()>& work = *work_;
      lock.unlock();
      work();
      lock.lock();
      --running_;
      changed_.notify_all();
    }
  }

  std::mutex busy_, mutex_;
  std::condition_variable changed_;
  const std::function<void()>* work_ = nullptr;
  int started_ = 0, wanted_ = 0, running_ = 0;
};

}  // namespace

void run_with_helpers(int threads, const std::function<void()>& work) {
  static Helpers* const helpers = new Helpers;  // never destroyed: its threads run until the process ends
  helpers->run(threads, work);
}

}  // namespace fake_cuda
