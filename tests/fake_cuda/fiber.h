// A stack of its own for a thread of a block. Fibers of one OS thread take turns on it and never move to another.
#pragma once

#include <cstddef>

#if !defined(__x86_64__)
#include <ucontext.h>
#endif

namespace fake_cuda {

class Fiber {
 public:
  /// The OS thread itself, once it switches to others.
  Fiber();
  /// A new stack on which `entry`, which must not return, begins at the first switch.
  explicit Fiber(void (*entry)());
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// Runs `to` until something switches back to `from`, the fiber that calls.
  static void switch_to(Fiber& from, Fiber& to);

  /// Whether an address is in the guard page that a stack that grows too large runs into.
  bool guards(const void* address) const;
  void* middle() const;

 private:
  static void begin();

  char* stack_ = nullptr;
  void (*entry_)() = nullptr;
#if defined(__x86_64__)
  void* pointer_ = nullptr;  // of the stack, while others run
#else
  ucontext_t context_{};
#endif
  // For the sanitizers.
  const void* bottom_ = nullptr;
  std::size_t size_ = 0;
  void* thread_ = nullptr;
};

}  // namespace fake_cuda
