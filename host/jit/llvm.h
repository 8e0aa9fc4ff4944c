// jit::Compiler on LLVM: passes and code generation.
#pragma once

#include <atomic>

#include "host/jit/compiler.h"

namespace ingot::jit {

class LlvmCompiler final : public Compiler {
 public:
  LlvmCompiler();

  std::string compile(const ir::Kernel& kernel, cpu::Level level) override;
  std::string text(const ir::Kernel& kernel, cpu::Level level, std::string_view kind) override;
  void fail_next() override { fails_next_ = true; }

 private:
  void fail_if_asked();

  std::atomic<bool> fails_next_{false};
};

}  // namespace ingot::jit
