#include "launch.h"

#include <atomic>
#include <cstdio>
#include <mutex>
#include <numeric>

#include "block.h"
#include "calls.h"
#include "faults.h"
#include "helpers.h"
#include "random.h"

namespace fake_cuda {
namespace {

constexpr unsigned kMostShared = 48 * 1024;
constexpr unsigned kOverhead = 64;  // of a module's shared memory: the pointer to the machine, and alignment

std::string text(const Index3& i) {
  return "(" + std::to_string(i.x) + ", " + std::to_string(i.y) + ", " + std::to_string(i.z) + ")";
}

// The blocks of a grid in an order drawn from the seed: start + i * stride, for a stride without a factor in common
// with their number.
class Order {
 public:
  Order(std::uint64_t count, std::uint64_t seed) : count_(count) {
    Random random(seed);
    start_ = random.next() % count;
    do stride_ = random.next() % count;
    while (std::gcd(stride_, count) != 1);
  }
  std::uint64_t at(std::uint64_t i) const {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(i) * stride_ + start_) % count_);
  }

 private:
  std::uint64_t count_, start_, stride_ = 1;
};

class Grid {
 public:
  Grid(const Launch& launch, Memory& memory)
      : launch_(launch),
        memory_(memory),
        count_(std::uint64_t{launch.grid.x} * launch.grid.y * launch.grid.z),
        order_(count_, launch.seed) {
    for (const auto& value : launch.parameters) parameters_.push_back(const_cast<char*>(value.data()));
  }

  Result run() {
    if (launch_.threads > 1 && count_ > 1) {
      run_with_helpers(launch_.threads, [this] { work(); });
    } else {
      work();
    }
    book(&FakeCudaBooks::blocks, done_);
    return result_;
  }

 private:
  void work() {
    static thread_local BlockRunner runner;
    const FaultsCaught caught(memory_);
    Machine& machine = runner.machine();
    const Index3& grid = launch_.grid;
    machine.block_extent = launch_.block;
    machine.grid_extent = grid;
    for (std::uint64_t i; !stop_ && (i = next_++) < count_;) {
      const std::uint64_t block = order_.at(i);
      machine.block = {static_cast<unsigned>(block % grid.x), static_cast<unsigned>(block / grid.x % grid.y),
                       static_cast<unsigned>(block / grid.x / grid.y)};
      const Module& module = *launch_.function->module;
      module.bind(machine);
      if (module.counts()) runner.trace().begin(memory_, module.shared(), module.shared_bytes());
      const Fault fault = runner.run(*launch_.function->kernel, parameters_.data(), Random(launch_.seed, block));
      if (module.counts()) book_traced(runner.trace().finish());
      if (fault.result != Result::Success) return fail(fault, machine);
      ++done_;
    }
  }

  void fail(const Fault& fault, const Machine& machine) {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    if (result_ != Result::Success) return;
    result_ = fault.result;
    std::fprintf(stderr, "fake_cuda: kernel %s, block %s, thread %s: %s\n", launch_.function->name.c_str(),
                 text(machine.block).c_str(), text(machine.thread).c_str(), fault.reason.c_str());
  }

  const Launch& launch_;
  Memory& memory_;
  const std::uint64_t count_;
  const Order order_;
  std::vector<void*> parameters_;
  std::atomic<std::uint64_t> next_ = 0, done_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  Result result_ = Result::Success;
};

}  // namespace

Result check(const Launch& launch, unsigned shared_bytes, void** parameters, void** extra) {
  const Index3 &g = launch.grid, &b = launch.block;
  const Kernel& kernel = *launch.function->kernel;
  if (g.x == 0 || g.y == 0 || g.z == 0 || b.x == 0 || b.y == 0 || b.z == 0) return Result::InvalidValue;
  if (g.x > 0x7fffffff || g.y > 65535 || g.z > 65535) return Result::InvalidValue;
  if (b.x > 1024 || b.y > 1024 || b.z > 64 || std::uint64_t{b.x} * b.y * b.z > BlockRunner::kMostThreads)
    return Result::InvalidValue;
  // Which kernel has how much of a module's shared memory is not known: several are held to what all may have.
  const Module& module = *launch.function->module;
  if (shared_bytes > kMostShared || module.shared_bytes() + shared_bytes > kMostShared * module.kernels() + kOverhead)
    return Result::InvalidValue;
  if (extra != nullptr) return Result::NotSupported;
  if (kernel.count > 0 && parameters == nullptr) return Result::InvalidValue;
  if (kernel.most_threads > 0 && b.x * b.y * b.z > kernel.most_threads) return Result::LaunchOutOfResources;
  return Result::Success;
}

void take_parameters(Launch& launch, void** parameters) {
  const Kernel& kernel = *launch.function->kernel;
  for (unsigned i = 0; i < kernel.count; ++i) {
    const char* const value = static_cast<const char*>(parameters[i]);
    launch.parameters.emplace_back(value, value + kernel.sizes[i]);
  }
}

Result run(const Launch& launch, Memory& memory) {
  memory.begin_kernel();
  const Result result = Grid(launch, memory).run();
  memory.end_kernel();
  return result;
}

}  // namespace fake_cuda
