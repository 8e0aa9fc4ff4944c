// Kernels in memory: each structure once, as an interpreted program from the start and as machine code when that pays.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "host/emit/interp.h"
#include "host/ir/kernel.h"
#include "host/jit/compiler.h"
#include "host/jit/object.h"
#include "kernels/cpu/tile.h"

namespace ingot::jit {

/// How one launch runs: the machine code, or the interpreter.
class Runner {
 public:
  Runner() = default;
  Runner(const Loaded* code, const emit::Program* program) : code_(code), program_(program) {}

  bool is_interpreted() const { return code_ == nullptr; }
  void body(const cpu::Tile& tile) const {
    if (code_ != nullptr)
      code_->body(&tile);
    else
      program_->body(tile);
  }
  void epilogue(const cpu::Tile& tile) const {
    if (code_ != nullptr)
      code_->epilogue(&tile);
    else
      program_->epilogue(tile);
  }

  bool operator==(const Runner&) const = default;

 private:
  const Loaded* code_ = nullptr;
  const emit::Program* program_ = nullptr;
};

/// A kernel that can run. Never unloaded while a plan or a launch holds it.
class Code {
 public:
  explicit Code(ir::Kernel kernel);
  ~Code();

  /// Called before each launch with its work, in additions: sees to it that work worth compiling for is compiled, at
  /// once for a large launch and in the background for many small ones.
  Runner prepare(std::int64_t work);

  const ir::Kernel& kernel() const { return kernel_; }
  bool is_compiled() const { return loaded_.load(std::memory_order_acquire) != nullptr; }

  /// Compiles now, or loads from the disk cache; a failure is logged once and leaves the kernel interpreted.
  void compile();

 private:
  const ir::Kernel kernel_;
  const emit::Program program_;
  std::mutex compiling_;
  std::atomic<bool> tried_{false}, queued_{false};
  std::atomic<std::int64_t> work_{0};
  std::atomic<const Loaded*> loaded_{nullptr};
};

/// The code of a kernel: equal kernels (for the CPU: staged operands count as contiguous) share one.
std::shared_ptr<Code> code_for(const ir::Kernel& kernel);

/// The CPU level in use: INGOT_CPU, or the machine's. Throws ValueError for a level that is unknown or that the machine
/// lacks.
cpu::Level level();

/// The LLVM module, or null where there is none; why, in `reason`.
Compiler* compiler(std::string* reason = nullptr);

struct Counters {
  std::atomic<std::int64_t> compiles{0}, cache_hits{0};
};
Counters& counters();

/// Forgets all kernels in memory that no plan holds, for tests of the disk cache.
void forget_kernels();

/// Waits until nothing is queued for the background compiler.
void finish_background();

}  // namespace ingot::jit
