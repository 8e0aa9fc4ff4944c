#include "host/emit/llvm/region.h"

#include <llvm/IR/MDBuilder.h>

namespace ingot::emit {

using llvm::Value;

llvm::Type* element_type(llvm::LLVMContext& context, DType dtype) {
  if (dtype == DType::Float32) return llvm::Type::getFloatTy(context);
  if (dtype == DType::Float64) return llvm::Type::getDoubleTy(context);
  return llvm::Type::getIntNTy(context, 8 * static_cast<unsigned>(itemsize(dtype)));
}

RegionCode::RegionCode(const ir::Region& region, const std::vector<bool>& uniform_input, int lanes, Bodies& bodies,
                       llvm::IRBuilder<>& builder, llvm::Function& function)
    : region_(region),
      lanes_(lanes),
      bodies_(bodies),
      builder_(builder),
      function_(function),
      uniform_(region.code.size()),
      scalars_(region.code.size()),
      slots_(region.code.size()),
      paths_(ir::common_paths(region)) {
  for (std::size_t i = 0; i < region.code.size(); ++i) {
    const ir::Instr& instr = region.code[i];
    switch (instr.code) {
      case ir::Code::Load: uniform_[i] = uniform_input[instr.index]; break;
      case ir::Code::Reduced: uniform_[i] = false; break;
      case ir::Code::Param: uniform_[i] = true; break;
      case ir::Code::Apply:
      case ir::Code::Cast:
        uniform_[i] = true;
        for (int k = 0; k < ir::argument_count(instr); ++k) uniform_[i] = uniform_[i] && uniform_[instr.args[k]];
        break;
    }
    slots_[i] = new_slot(instr.dtype);
  }
}

llvm::Type* RegionCode::vector_type(DType dtype) {
  return llvm::FixedVectorType::get(element_type(builder_.getContext(), dtype), static_cast<unsigned>(lanes_));
}

Value* RegionCode::new_slot(DType dtype) {
  llvm::BasicBlock& entry = function_.getEntryBlock();
  return llvm::IRBuilder<>(&entry, entry.begin()).CreateAlloca(vector_type(dtype));
}

Value* RegionCode::vector(int value) {
  return builder_.CreateLoad(vector_type(region_.code[value].dtype), slots_[value]);
}

void RegionCode::compute_uniform(Source source) {
  large_ = builder_.getFalse();
  for (std::size_t i = 0; i < region_.code.size(); ++i) {
    if (!uniform_[i]) continue;
    const ir::Instr& instr = region_.code[i];
    if (instr.code == ir::Code::Apply || instr.code == ir::Code::Cast) {
      // The lanes are all alike. One of them crosses into the loop, where it costs one register rather than a bundle of
      // them.
      apply(static_cast<int>(i), false);
      scalars_[i] = builder_.CreateExtractElement(vector(static_cast<int>(i)), std::uint64_t{0});
    } else {
      scalars_[i] = source(instr);
    }
    builder_.CreateStore(builder_.CreateVectorSplat(lanes_, scalars_[i]), slots_[i]);
    if (paths_.asked[i]) ask_size(static_cast<int>(i));
  }
  large_uniform_ = large_;
}

void RegionCode::compute(Source source) {
  if (paths_.limit == 0) return compute(source, paths_.always);
  large_ = large_uniform_;
  compute(source, paths_.guarded);
  llvm::LLVMContext& context = builder_.getContext();
  auto *again = llvm::BasicBlock::Create(context, "large", &function_),
       *done = llvm::BasicBlock::Create(context, "computed", &function_);
  builder_.CreateCondBr(large_, again, done, llvm::MDBuilder(context).createUnlikelyBranchWeights());
  builder_.SetInsertPoint(again);
  compute_again(source);
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
}

void RegionCode::compute_again(Source source) {
  const std::vector<Value*> usual = slots_;
  for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i] = new_slot(region_.code[i].dtype);
  out_of_line_ = true;
  compute(source, paths_.always);
  out_of_line_ = false;
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (!uniform_[i]) builder_.CreateStore(vector(static_cast<int>(i)), usual[i]);
  slots_ = usual;
}

void RegionCode::ask_size(int i) {
  const DType dtype = region_.code[i].dtype;
  Value* size = builder_.CreateUnaryIntrinsic(llvm::Intrinsic::fabs, vector(i));
  Value* beyond = builder_.CreateFCmpOGT(size, llvm::ConstantFP::get(vector_type(dtype), paths_.limit));
  large_ = builder_.CreateOr(large_, builder_.CreateOrReduce(beyond));
}

void RegionCode::compute(Source source, const std::vector<bool>& common) {
  for (std::size_t i = 0; i < region_.code.size(); ++i) {
    const ir::Instr& instr = region_.code[i];
    if (uniform_[i])
      builder_.CreateStore(builder_.CreateVectorSplat(lanes_, scalars_[i]), slots_[i]);
    else if (instr.code == ir::Code::Apply || instr.code == ir::Code::Cast)
      apply(static_cast<int>(i), common[i]);
    else
      builder_.CreateStore(source(instr), slots_[i]);
    if (paths_.asked[i] && !uniform_[i] && !out_of_line_) ask_size(static_cast<int>(i));
  }
}

void RegionCode::call(llvm::Function* body, llvm::ArrayRef<Value*> operands) {
  llvm::CallInst* const made = builder_.CreateCall(body, operands);
  if (out_of_line_) made->addFnAttr(llvm::Attribute::NoInline);
}

void RegionCode::apply(int i, bool common) {
  const ir::Instr& instr = region_.code[i];
  Value* none = llvm::PoisonValue::get(builder_.getPtrTy());
  Value* args[3] = {none, none, none};
  for (int k = 0; k < ir::argument_count(instr); ++k) args[k] = slots_[instr.args[k]];
  if (instr.code == ir::Code::Cast) {
    const DType from = region_.code[instr.args[0]].dtype;
    const bool same = from == instr.dtype || (is_bool(from) && instr.dtype == DType::UInt8);
    if (same)
      builder_.CreateStore(vector(instr.args[0]), slots_[i]);
    else
      call(bodies_.cast(from, instr.dtype, lanes_), {slots_[i], args[0]});
    return;
  }
  const OpInfo& op = info(instr.op);
  DType dtype = region_.code[instr.args[(op.properties & Selects_) != 0 ? 1 : 0]].dtype;
  if (op.result == Result::Random) dtype = instr.dtype;
  call(common ? bodies_.common(instr.op, dtype, lanes_) : bodies_.op(instr.op, dtype, lanes_),
       {slots_[i], args[0], args[1], args[2]});
}

}  // namespace ingot::emit
