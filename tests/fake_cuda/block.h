// Runs the threads of one block on one OS thread, in an order drawn from a seed.
//
// A fiber runs thread after thread of a warp and keeps the first that has to wait; the rest of the warp goes on with
// another. So kernels that never wait are plain loops on one stack. Warps take turns: the one whose turn it is runs all
// its threads that can go on until each waits or has ended.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fiber.h"
#include "machine.h"
#include "random.h"
#include "result.h"
#include "trace.h"

namespace fake_cuda {

/// Why a block did not come to its end.
struct Fault {
  Result result = Result::Success;
  std::string reason;
};

class BlockRunner {
 public:
  static constexpr int kMostThreads = 1024, kWarp = 32;

  BlockRunner();
  ~BlockRunner();

  /// `machine().block` and the extents are set. `parameters` are the kernel's.
  Fault run(const Kernel& kernel, void* const* parameters, Random random);

  Machine& machine() { return machine_; }

  /// Of kernels that have their accesses counted.
  Trace& trace() { return trace_; }

  /// The runner whose kernel runs on this OS thread at this moment; null outside of kernels.
  static BlockRunner* current();
  /// Ends the block from within its kernel.
  [[noreturn]] void abandon(Fault fault);
  /// Whether the kernel's stack has run over its end to touch an address.
  bool overflowed(const void* address) const;
  /// A place in the kernel's stack that is not in use when the kernel has to end, with room on both sides.
  void* spare_stack() const { return fiber_->middle(); }

 private:
  struct Thread {
    Index3 place{};
    Fiber* fiber = nullptr;  // that keeps it while it waits
    Exchange exchange{};
    unsigned long long taken = 0;
  };
  // Lanes as bits. A lane that waits is in none.
  struct Warp {
    std::uint32_t all = 0, fresh = 0, ready = 0, ended = 0, at_barrier = 0, in_exchange = 0;
  };

  static void fiber_main();
  static void barrier();
  static unsigned long long exchange(const Exchange& given);
  static void trap();
  static void access(const void* instruction, unsigned long at, unsigned long bytes);
  static void enter(const void* basic_block);

  void prepare();
  void place_threads();
  int next_thread();
  void begin_thread(int thread);
  void run_warp(int warp);
  void wait();
  void end_thread();
  void meet(Warp& warp, std::uint32_t mask);
  std::uint32_t runnable() const;
  void to_scheduler();
  Fiber& idle_fiber();
  std::string who(int thread) const;

  Machine machine_{};
  Trace trace_;
  const Kernel* kernel_ = nullptr;
  void* const* parameters_ = nullptr;
  Random random_{0};
  Fault fault_;

  Fiber scheduler_;
  Fiber* fiber_ = nullptr;  // that runs; null while the scheduler does
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::vector<Fiber*> idle_;

  Index3 extent_{};  // that the threads' places are for
  int threads_ = 0, ended_ = 0, at_barrier_ = 0;
  std::array<Thread, kMostThreads> thread_;
  std::array<Warp, kMostThreads / kWarp> warp_;

  // The turn of a warp: lanes in the order position * stride + start, and the thread that runs.
  int turn_ = 0, position_ = 0, stride_ = 1, start_ = 0, running_ = 0;
  int found_ = -1;  // a thread that a fiber found next in order but must leave to the scheduler
};

}  // namespace fake_cuda
