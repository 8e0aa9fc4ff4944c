#include "host/emit/llvm/constants.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>

namespace ingot::emit {
namespace {

bool is_vector_arithmetic(const llvm::Instruction& instruction) {
  if (!instruction.getType()->isVectorTy()) return false;
  switch (instruction.getOpcode()) {
    case llvm::Instruction::FAdd:
    case llvm::Instruction::FSub:
    case llvm::Instruction::FMul: return true;
    default: break;
  }
  const auto* intrinsic = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
  return intrinsic && intrinsic->getIntrinsicID() == llvm::Intrinsic::fma;
}

// Where the constant lies; equal ones are unique in a context, and so are their places.
llvm::GlobalVariable* place(llvm::Module& module, llvm::Constant* constant,
                            llvm::DenseMap<llvm::Constant*, llvm::GlobalVariable*>& places) {
  llvm::GlobalVariable*& known = places[constant];
  if (!known) {
    known = new llvm::GlobalVariable(module, constant->getType(), true, llvm::GlobalValue::PrivateLinkage, constant);
    known->setAlignment(llvm::Align(64));
  }
  return known;
}

}  // namespace

void read_constants_in_place(llvm::Module& module) {
  llvm::DenseMap<llvm::Constant*, llvm::GlobalVariable*> places;
  for (llvm::Function& function : module) {
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      if (!is_vector_arithmetic(instruction)) continue;
      llvm::IRBuilder<> builder(&instruction);
      for (llvm::Use& use : instruction.operands()) {
        auto* constant = llvm::dyn_cast<llvm::Constant>(use);
        if (!constant || !constant->getType()->isVectorTy()) continue;
        // Volatile loads are not merged, which would leave them with several uses and without an instruction to be
        // folded into.
        use.set(builder.CreateAlignedLoad(constant->getType(), place(module, constant, places), llvm::Align(64), true));
      }
    }
  }
}

}  // namespace ingot::emit
