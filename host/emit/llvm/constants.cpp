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

using Places = llvm::DenseMap<llvm::Constant*, llvm::GlobalVariable*>;

// Where the constant lies; equal ones are unique in a context, and so are their places.
llvm::GlobalVariable* place(llvm::Module& module, llvm::Constant* constant, Places& places) {
  llvm::GlobalVariable*& known = places[constant];
  if (!known) {
    known = new llvm::GlobalVariable(module, constant->getType(), true, llvm::GlobalValue::PrivateLinkage, constant);
    known->setAlignment(llvm::Align(64));
  }
  return known;
}

// Calls use(operand, constant) for the constants of a function's vector arithmetic.
template <class Use>
void each_constant(llvm::Function& function, Use&& use) {
  for (llvm::Instruction& instruction : llvm::instructions(function)) {
    if (!is_vector_arithmetic(instruction)) continue;
    for (llvm::Use& operand : instruction.operands()) {
      auto* constant = llvm::dyn_cast<llvm::Constant>(operand);
      if (constant && constant->getType()->isVectorTy()) use(operand, constant);
    }
  }
}

// Volatile, so that loads are neither merged, which would leave them with several uses and without an instruction to be
// folded into, nor taken for the constants that they load.
llvm::Value* load(llvm::IRBuilder<>& builder, llvm::Type* type, llvm::GlobalVariable* from) {
  return builder.CreateAlignedLoad(type, from, llvm::Align(64), true);
}

// A register of them, once for every part of the bundle.
llvm::Value* load_register(llvm::IRBuilder<>& builder, llvm::Type* bundle, unsigned lanes, llvm::GlobalVariable* from) {
  auto* type = llvm::cast<llvm::FixedVectorType>(bundle);
  if (type->getNumElements() <= lanes) return load(builder, type, from);
  llvm::Value* one = load(builder, llvm::FixedVectorType::get(type->getElementType(), lanes), from);
  llvm::SmallVector<int> each;
  for (unsigned l = 0; l < type->getNumElements(); ++l) each.push_back(static_cast<int>(l % lanes));
  return builder.CreateShuffleVector(one, each);
}

}  // namespace

void read_constants_in_place(llvm::Module& module) {
  Places places;
  for (llvm::Function& function : module) {
    each_constant(function, [&](llvm::Use& operand, llvm::Constant* constant) {
      llvm::IRBuilder<> builder(llvm::cast<llvm::Instruction>(operand.getUser()));
      operand.set(load(builder, constant->getType(), place(module, constant, places)));
    });
  }
}

void keep_constants_in_registers(llvm::Module& module, int register_bytes) {
  Places places;
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    llvm::IRBuilder<> builder(&*function.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
    llvm::DenseMap<llvm::Constant*, llvm::Value*> loaded;
    each_constant(function, [&](llvm::Use& operand, llvm::Constant* constant) {
      if (constant->getSplatValue() == nullptr) return;
      llvm::Value*& value = loaded[constant];
      const unsigned lanes = static_cast<unsigned>(register_bytes) * 8 / constant->getType()->getScalarSizeInBits();
      if (!value) value = load_register(builder, constant->getType(), lanes, place(module, constant, places));
      operand.set(value);
    });
  }
}

}  // namespace ingot::emit
