#include "host/jit/guard.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <future>
#include <memory>
#include <new>
#include <thread>

#include <llvm/Support/ErrorHandling.h>

#include "host/base/error.h"

namespace ingot::jit {
namespace {

struct Job {
  std::promise<void> finished;
  bool parked = false;
};

thread_local Job* job = nullptr;
std::atomic<bool> broken{false};

[[noreturn]] void park(void*, const char* reason, bool) {
  broken = true;
  job->parked = true;
  try {
    throw InternalError(text("internal error: LLVM: fatal error: ", reason));
  } catch (...) {
    job->finished.set_exception(std::current_exception());
  }
  for (;;) pause();
}

void run(Job& own, const std::function<void()>& work) {
  job = &own;
  try {
    work();
    own.finished.set_value();
  } catch (...) {
    try {
      throw;
    } catch (const std::bad_alloc&) {
      broken = true;  // it passed through LLVM, which does not expect exceptions
    } catch (...) {
    }
    own.finished.set_exception(std::current_exception());
  }
}

// A compilation takes and frees tens of megabytes. What is free at the end of a heap glibc hands back to the system
// from 128 KiB on, again and again; to have freed one large block raises that limit to twice its size (mallopt(3)).
// Compiling sqrt(x) + sin(x) takes 13 instead of 20 ms.
void keep_heaps() {
  void* volatile block = std::malloc(std::size_t{16} << 20);
  std::free(block);
}

}  // namespace

void guarded(const std::function<void()>& work) {
  static const bool installed = [] {
    keep_heaps();
    llvm::install_fatal_error_handler(park);
    llvm::install_bad_alloc_error_handler(park);
    return true;
  }();
  static_cast<void>(installed);
  if (broken) throw InternalError("internal error: LLVM is not used again after a fatal error");

  const auto own = std::make_shared<Job>();  // the thread's too: if it is parked, it has it for good
  std::future<void> finished = own->finished.get_future();
  std::thread thread([own, &work] { run(*own, work); });
  finished.wait();
  if (own->parked)
    thread.detach();
  else
    thread.join();
  finished.get();
}

}  // namespace ingot::jit
