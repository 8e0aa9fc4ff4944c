#include "host/emit/llvm/kernel.h"

#include "host/emit/llvm/bodies.h"
#include "host/emit/llvm/bundle.h"
#include "host/emit/llvm/tile_function.h"

namespace ingot::emit {

std::unique_ptr<llvm::Module> emit_llvm(const ir::Kernel& kernel, cpu::Level level, const llvm::TargetMachine& target,
                                        llvm::LLVMContext& context) {
  auto module = std::make_unique<llvm::Module>("ingot", context);
  module->setTargetTriple(target.getTargetTriple().str());
  module->setDataLayout(target.createDataLayout());
  Bodies bodies(*module, level);
  TileFunction(*module, bodies, "ingot_body", kernel, kernel.body, true, choose_body_bundle(kernel, level)).emit();
  if (!kernel.epilogue.empty())
    TileFunction(*module, bodies, "ingot_epilogue", kernel, kernel.epilogue, false,
                 choose_bundle(kernel.epilogue, level))
        .emit();
  bodies.link();
  return module;
}

}  // namespace ingot::emit
