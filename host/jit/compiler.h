// What the LLVM module (libingot_llvm.so) gives to libingot, which opens it at run time when a kernel first needs
// compiling.
#pragma once

#include <string>
#include <string_view>

#include "host/ir/kernel.h"
#include "ingot/export.hpp"
#include "kernels/cpu/support.h"

namespace ingot::jit {

/// Thread-safe: two kernels may be compiled at once. After an error that LLVM calls fatal, which the call that meets it
/// throws as an InternalError, every call throws: what state LLVM is in is unknown.
class Compiler {
 public:
  virtual ~Compiler() = default;

  /// Kernel -> relocatable object defining `ingot_body` and, where there is one, `ingot_epilogue`, for a CPU of this
  /// level; host/jit/object.h loads it. A pure function of its arguments and compiler_version().
  virtual std::string compile(const ir::Kernel& kernel, cpu::Level level) = 0;

  /// The generated code as text: "llvm" (optimised IR) or "asm".
  virtual std::string text(const ir::Kernel& kernel, cpu::Level level, std::string_view kind) = 0;

  /// For tests of what happens then: the next call meets a fatal error.
  virtual void fail_next() = 0;
};

/// Changes whenever compile() could give other code: the versions of LLVM and of ingot, and a hash of the emitter and
/// the embedded bodies, which the build writes. Known without opening the module; empty in a build without LLVM.
std::string_view compiler_version();

}  // namespace ingot::jit

/// The module's one entry point: null if its compiler_version() is not `version`. The compiler lives as long as the
/// process.
extern "C" INGOT_API ingot::jit::Compiler* ingot_llvm_open(const char* version);
