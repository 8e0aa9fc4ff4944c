// Kernel IR -> LLVM IR: a function per region that computes one tile (kernels/cpu/tile.h).
#pragma once

#include <memory>

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include "host/ir/kernel.h"
#include "kernels/cpu/support.h"

namespace ingot::emit {

/// A module that defines `ingot_body` and, for a kernel with an epilogue, `ingot_epilogue`, with the bodies they call
/// linked in but not yet inlined. What stays undefined: slow paths of kernels/math, folds and fma.
std::unique_ptr<llvm::Module> emit_llvm(const ir::Kernel& kernel, cpu::Level level, const llvm::TargetMachine& target,
                                        llvm::LLVMContext& context);

}  // namespace ingot::emit
