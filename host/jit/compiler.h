// What the LLVM module (libingot_llvm.so) gives to libingot, which opens it at run time when a kernel first needs
// compiling.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "host/ir/kernel.h"
#include "ingot/export.hpp"
#include "kernels/cpu/support.h"
#include "kernels/cpu/tile.h"

namespace ingot::jit {

/// A symbol of libingot that generated code may call: slow paths of kernels/math, folds, fma.
struct Symbol {
  const char* name;
  void* address;
};

/// Machine code in memory; unloads when destroyed.
class Loaded {
 public:
  virtual ~Loaded() = default;
  cpu::TileFn body = nullptr;
  cpu::TileFn epilogue = nullptr;  // null for a kernel without one
};

/// Thread-safe: two kernels may be compiled at once.
class Compiler {
 public:
  virtual ~Compiler() = default;

  /// Kernel -> relocatable object defining `ingot_body` and, where there is one, `ingot_epilogue`, for a CPU of this
  /// level. A pure function of its arguments and version().
  virtual std::string compile(const ir::Kernel& kernel, cpu::Level level) = 0;

  /// Object -> callable. Throws for an object that cannot be linked.
  virtual std::unique_ptr<Loaded> load(std::string_view object) = 0;

  /// The generated code as text: "llvm" (optimised IR) or "asm".
  virtual std::string text(const ir::Kernel& kernel, cpu::Level level, std::string_view kind) = 0;

  /// Changes whenever compile() could give other code: LLVM's version and a hash of the embedded bodies.
  virtual std::string version() const = 0;
};

}  // namespace ingot::jit

/// The module's one entry point; never fails after it has been found. The compiler lives as long as the process.
extern "C" INGOT_API ingot::jit::Compiler* ingot_llvm_open(const ingot::jit::Symbol* symbols, int count);
