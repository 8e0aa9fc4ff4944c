// jit::Compiler on LLVM: passes, code generation and loading through ORC.
#pragma once

#include <memory>

#include "host/jit/compiler.h"

namespace llvm::orc {
class ExecutionSession;
class JITDylib;
class ObjectLinkingLayer;
}  // namespace llvm::orc

namespace ingot::jit {

class OrcCompiler final : public Compiler {
 public:
  OrcCompiler(const Symbol* symbols, int count);
  ~OrcCompiler() override;

  std::string compile(const ir::Kernel& kernel, cpu::Level level) override;
  std::unique_ptr<Loaded> load(std::string_view object) override;
  std::string text(const ir::Kernel& kernel, cpu::Level level, std::string_view kind) override;
  std::string version() const override;

 private:
  std::unique_ptr<llvm::orc::ExecutionSession> session_;
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> layer_;
  llvm::orc::JITDylib* symbols_ = nullptr;  // what generated code may call
};

}  // namespace ingot::jit
