#include "block.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace fake_cuda {
namespace {

thread_local BlockRunner* t_runner = nullptr;

}  // namespace

BlockRunner::BlockRunner() {
  machine_.barrier = barrier;
  machine_.exchange = exchange;
  machine_.trap = trap;
  machine_.access = access;
  machine_.enter = enter;
}

BlockRunner::~BlockRunner() = default;

BlockRunner* BlockRunner::current() { return t_runner != nullptr && t_runner->fiber_ != nullptr ? t_runner : nullptr; }

Fault BlockRunner::run(const Kernel& kernel, void* const* parameters, Random random) {
  t_runner = this;
  kernel_ = &kernel;
  parameters_ = parameters;
  random_ = random;
  prepare();
  while (ended_ < threads_ && fault_.result == Result::Success) {
    const std::uint32_t warps = runnable();
    if (warps == 0) {
      fault_ = {Result::LaunchFailed, "threads wait for others that do not come"};
      break;
    }
    std::uint32_t pick = warps;
    for (std::uint32_t skip = random_.below(static_cast<std::uint32_t>(std::popcount(warps))); skip > 0; --skip)
      pick &= pick - 1;
    run_warp(std::countr_zero(pick));
  }
  t_runner = nullptr;
  if (fault_.result != Result::Success) {  // fibers are left in the middle of threads
    idle_.clear();
    fibers_.clear();
  }
  return std::exchange(fault_, {});
}

void BlockRunner::place_threads() {
  extent_ = machine_.block_extent;
  int t = 0;
  for (unsigned z = 0; z < extent_.z; ++z)
    for (unsigned y = 0; y < extent_.y; ++y)
      for (unsigned x = 0; x < extent_.x; ++x) thread_[t++].place = {x, y, z};
  threads_ = t;
}

void BlockRunner::prepare() {
  const Index3& extent = machine_.block_extent;
  if (extent.x != extent_.x || extent.y != extent_.y || extent.z != extent_.z) place_threads();
  ended_ = at_barrier_ = 0;
  found_ = -1;
  for (int w = 0; w < kMostThreads / kWarp; ++w) {
    const int lanes = std::clamp(threads_ - w * kWarp, 0, kWarp);
    warp_[w] = {};
    warp_[w].all = warp_[w].fresh = lanes == kWarp ? ~0u : (1u << lanes) - 1;
  }
}

std::uint32_t BlockRunner::runnable() const {
  std::uint32_t warps = 0;
  for (int w = 0; w * kWarp < threads_; ++w)
    if ((warp_[w].fresh | warp_[w].ready) != 0) warps |= 1u << w;
  return warps;
}

// An odd stride visits every lane.
void BlockRunner::run_warp(int warp) {
  turn_ = warp;
  position_ = 0;
  stride_ = static_cast<int>(2 * random_.below(kWarp / 2) + 1);
  start_ = static_cast<int>(random_.below(kWarp));
  for (;;) {
    const int thread = found_ >= 0 ? std::exchange(found_, -1) : next_thread();
    if (thread < 0) return;
    const std::uint32_t bit = 1u << (thread % kWarp);
    Warp& w = warp_[turn_];
    const bool waited = (w.ready & bit) != 0;
    w.ready &= ~bit;
    fiber_ = waited ? thread_[thread].fiber : &idle_fiber();
    begin_thread(thread);
    Fiber::switch_to(scheduler_, *fiber_);
    fiber_ = nullptr;
    if (fault_.result != Result::Success) return;
  }
}

/// The next thread of the warp's turn that can go on; -1 after the last.
int BlockRunner::next_thread() {
  const Warp& w = warp_[turn_];
  while (position_ < kWarp) {
    const int lane = (position_++ * stride_ + start_) % kWarp;
    if (((w.fresh | w.ready) >> lane & 1) != 0) return turn_ * kWarp + lane;
  }
  return -1;
}

void BlockRunner::begin_thread(int thread) {
  running_ = thread;
  warp_[thread / kWarp].fresh &= ~(1u << (thread % kWarp));
  machine_.thread = thread_[thread].place;
}

Fiber& BlockRunner::idle_fiber() {
  if (idle_.empty()) {
    fibers_.push_back(std::make_unique<Fiber>(&BlockRunner::fiber_main));
    return *fibers_.back();
  }
  Fiber* const fiber = idle_.back();
  idle_.pop_back();
  return *fiber;
}

void BlockRunner::fiber_main() {
  for (;;) {
    BlockRunner& b = *t_runner;
    b.kernel_->run(b.parameters_);
    b.end_thread();
    const int next = b.next_thread();
    if (next >= 0 && (b.warp_[b.turn_].fresh >> (next % kWarp) & 1) != 0) {
      b.begin_thread(next);
      continue;
    }
    b.found_ = next;
    b.idle_.push_back(b.fiber_);
    b.to_scheduler();
  }
}

void BlockRunner::to_scheduler() { Fiber::switch_to(*fiber_, scheduler_); }

void BlockRunner::abandon(Fault fault) {
  fault_ = std::move(fault);
  to_scheduler();
  __builtin_unreachable();
}

bool BlockRunner::overflowed(const void* address) const { return fiber_ != nullptr && fiber_->guards(address); }

std::string BlockRunner::who(int thread) const { return "thread " + std::to_string(thread); }

// Keeps the running thread on its fiber until it is ready again.
void BlockRunner::wait() {
  const int thread = running_;
  thread_[thread].fiber = fiber_;
  to_scheduler();
}

void BlockRunner::end_thread() {
  warp_[running_ / kWarp].ended |= 1u << (running_ % kWarp);
  ++ended_;
  if (at_barrier_ > 0)
    abandon({Result::LaunchFailed, "divergent barrier: " + who(running_) + " ends while others wait in __syncthreads"});
}

void BlockRunner::barrier() {
  BlockRunner& b = *t_runner;
  if (b.ended_ > 0)
    b.abandon({Result::LaunchFailed,
               "divergent barrier: " + b.who(b.running_) + " is in __syncthreads and others have ended"});
  b.warp_[b.running_ / kWarp].at_barrier |= 1u << (b.running_ % kWarp);
  if (++b.at_barrier_ < b.threads_) return b.wait();
  b.at_barrier_ = 0;
  for (Warp& w : b.warp_) w.ready |= std::exchange(w.at_barrier, 0);
  b.warp_[b.running_ / kWarp].ready &= ~(1u << (b.running_ % kWarp));  // it never stopped
}

unsigned long long BlockRunner::exchange(const Exchange& given) {
  BlockRunner& b = *t_runner;
  const int lane = b.running_ % kWarp, first = b.running_ - lane;
  Warp& w = b.warp_[first / kWarp];
  if ((given.mask >> lane & 1) == 0)
    b.abandon({Result::LaunchFailed, b.who(b.running_) + " is not in the mask of its own shuffle or vote"});
  const std::uint32_t mask = given.mask & w.all;
  Thread& self = b.thread_[b.running_];
  self.exchange = given;
  if (const std::uint32_t gone = mask & w.ended; gone != 0)
    b.abandon({Result::LaunchFailed, b.who(b.running_) + " shuffles or votes with " +
                                         b.who(first + std::countr_zero(gone)) + ", which has ended"});
  // One of those that wait stands for all of them until the last has come.
  std::uint32_t compared = mask & w.in_exchange;
  w.in_exchange |= 1u << lane;
  const bool last = (mask & ~w.in_exchange) == 0;
  if (!last) compared &= -compared;
  for (; compared != 0; compared &= compared - 1) {
    const int other = first + std::countr_zero(compared);
    const Exchange& its = b.thread_[other].exchange;
    if (its.mask != given.mask || its.kind != given.kind)
      b.abandon({Result::LaunchFailed,
                 b.who(b.running_) + " and " + b.who(other) + " meet in different shuffles or votes of one warp"});
  }
  if (!last) {
    b.wait();
    return self.taken;
  }
  b.meet(w, mask);
  w.ready &= ~(1u << lane);
  return self.taken;
}

/// All lanes of the mask are there: each takes what it came for, and can go on.
void BlockRunner::meet(Warp& warp, std::uint32_t mask) {
  const int first = static_cast<int>(&warp - warp_.data()) * kWarp;
  unsigned long long ballot = 0;
  for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
    const int lane = std::countr_zero(rest);
    ballot |= (thread_[first + lane].exchange.value & 1) << lane;
  }
  for (std::uint32_t rest = mask; rest != 0; rest &= rest - 1) {
    Thread& t = thread_[first + std::countr_zero(rest)];
    const unsigned from = t.exchange.from % kWarp;
    // A lane that takes no part has no value: what a GPU gives is undefined.
    const bool present = (mask >> from & 1) != 0;
    t.taken = t.exchange.kind == Exchange::Ballot ? ballot
              : present                           ? thread_[first + static_cast<int>(from)].exchange.value
                                                  : ~0ull;
  }
  warp.in_exchange &= ~mask;
  warp.ready |= mask;
}

void BlockRunner::access(const void* instruction, unsigned long at, unsigned long bytes) {
  BlockRunner& b = *t_runner;
  std::string wrong = b.trace_.access(b.running_, instruction, at, bytes);
  if (!wrong.empty()) b.abandon({Result::IllegalAddress, std::move(wrong)});
}

void BlockRunner::enter(const void* basic_block) { t_runner->trace_.enter(t_runner->running_, basic_block); }

void BlockRunner::trap() { t_runner->abandon({Result::LaunchFailed, "__trap was called"}); }

}  // namespace fake_cuda
