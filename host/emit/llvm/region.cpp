#include "host/emit/llvm/region.h"

#include <utility>

#include <llvm/IR/MDBuilder.h>

namespace ingot::emit {

using llvm::Value;

llvm::Type* element_type(llvm::LLVMContext& context, DType dtype) {
  if (dtype == DType::Float32) return llvm::Type::getFloatTy(context);
  if (dtype == DType::Float64) return llvm::Type::getDoubleTy(context);
  return llvm::Type::getIntNTy(context, 8 * static_cast<unsigned>(itemsize(dtype)));
}

RegionCode::RegionCode(const ir::Region& region, const std::vector<bool>& uniform_input, std::vector<int> results,
                       const Bundle& bundle, Bodies& bodies, llvm::IRBuilder<>& builder, llvm::Function& function)
    : region_(region),
      results_(std::move(results)),
      bundle_(bundle),
      bodies_(bodies),
      builder_(builder),
      function_(function),
      uniform_(region.code.size()),
      scalars_(region.code.size()),
      slots_(region.code.size()),
      paths_(ir::common_paths(region)),
      split_roots_(waits_for_square_roots(region, bodies.level())) {
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
  return llvm::FixedVectorType::get(element_type(builder_.getContext(), dtype), static_cast<unsigned>(bundle_.lanes));
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
    builder_.CreateStore(builder_.CreateVectorSplat(bundle_.lanes, scalars_[i]), slots_[i]);
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
  const ir::Repetition r = repetition(common);
  for (int i = 0; i < r.first; ++i) compute(i, source, common[i]);
  if (!r.empty()) repeat(r, source, common);
  for (int i = r.end(); i < static_cast<int>(region_.code.size()); ++i) compute(i, source, common[i]);
}

void RegionCode::compute(int i, Source source, bool common) {
  const ir::Instr& instr = region_.code[i];
  if (uniform_[i])
    builder_.CreateStore(builder_.CreateVectorSplat(bundle_.lanes, scalars_[i]), slots_[i]);
  else if (instr.code == ir::Code::Apply || instr.code == ir::Code::Cast)
    apply(i, common);
  else
    builder_.CreateStore(source(instr), slots_[i]);
  if (paths_.asked[i] && !uniform_[i] && !out_of_line_) ask_size(i);
}

// Of a long chain only: unrolled, ten rounds of sqrt + sin take 1.3 times as long, their 20 KB of code being more than
// a processor keeps decoded, and longer to compile.
ir::Repetition RegionCode::repetition(const std::vector<bool>& common) const {
  if (!is_long_chain(region_)) return {};
  std::vector<int> labels;
  for (std::size_t i = 0; i < region_.code.size(); ++i)
    labels.push_back(uniform_[i] || paths_.asked[i] ? -1 - static_cast<int>(i) : common[i]);
  return ir::find_repetition(region_, labels, results_);
}

void RegionCode::repeat(const ir::Repetition& r, Source source, const std::vector<bool>& common) {
  for (int i = r.first; i < r.first + r.period; ++i)
    for (int k = 0; k < ir::argument_count(region_.code[i]); ++k)
      if (r.carries(region_, i, k)) carried_[region_.code[i].args[k]] = nullptr;
  for (auto& [initial, slot] : carried_) {
    slot = new_slot(region_.code[initial].dtype);
    copy(slot, slots_[initial], region_.code[initial].dtype);
  }

  llvm::LLVMContext& context = builder_.getContext();
  auto *before = builder_.GetInsertBlock(), *head = llvm::BasicBlock::Create(context, "group", &function_),
       *done = llvm::BasicBlock::Create(context, "repeated", &function_);
  builder_.CreateBr(head);
  builder_.SetInsertPoint(head);
  llvm::PHINode* count = builder_.CreatePHI(builder_.getInt32Ty(), 2);
  count->addIncoming(builder_.getInt32(static_cast<unsigned>(r.times)), before);
  loop_ = &r;
  for (int i = r.first; i < r.first + r.period; ++i) compute(i, source, common[i]);
  loop_ = nullptr;
  for (const auto& [initial, slot] : carried_) copy(slot, slots_[initial + r.period], region_.code[initial].dtype);
  Value* left = builder_.CreateSub(count, builder_.getInt32(1));
  count->addIncoming(left, builder_.GetInsertBlock());
  builder_.CreateCondBr(builder_.CreateICmpNE(left, builder_.getInt32(0)), head, done);
  builder_.SetInsertPoint(done);
  carried_.clear();
  for (int i = 0; i < r.period; ++i) slots_[r.last() + i] = slots_[r.first + i];
}

void RegionCode::copy(Value* to, Value* from, DType dtype) {
  llvm::Type* type = element_type(builder_.getContext(), dtype);
  auto* part = llvm::FixedVectorType::get(type, static_cast<unsigned>(bundle_.part));
  for (int lane = 0; lane < bundle_.lanes; lane += bundle_.part) {
    Value* value = builder_.CreateLoad(part, builder_.CreateConstInBoundsGEP1_32(type, from, lane));
    builder_.CreateStore(value, builder_.CreateConstInBoundsGEP1_32(type, to, lane));
  }
}

void RegionCode::call(llvm::function_ref<llvm::Function*(int)> body, int part, llvm::ArrayRef<Slot> slots) {
  for (int lane = 0; lane < bundle_.lanes; lane += part) {
    llvm::SmallVector<Value*> operands;
    for (const Slot& slot : slots) {
      operands.push_back(slot.address ? builder_.CreateConstInBoundsGEP1_32(
                                            element_type(builder_.getContext(), slot.dtype), slot.address, lane)
                                      : llvm::PoisonValue::get(builder_.getPtrTy()));
    }
    llvm::CallInst* const made = builder_.CreateCall(body(part), operands);
    if (out_of_line_) made->addFnAttr(llvm::Attribute::NoInline);
  }
}

void RegionCode::apply(int i, bool common) {
  const ir::Instr& instr = region_.code[i];
  Slot result{slots_[i], instr.dtype}, args[3]{};
  for (int k = 0; k < ir::argument_count(instr); ++k) {
    const int value = instr.args[k];
    args[k] = {loop_ && loop_->carries(region_, i, k) ? carried_.at(value) : slots_[value], region_.code[value].dtype};
  }
  if (instr.code == ir::Code::Cast) {
    const DType from = args[0].dtype;
    const bool same = from == instr.dtype || (is_bool(from) && instr.dtype == DType::UInt8);
    if (same)
      copy(slots_[i], args[0].address, instr.dtype);
    else
      call([&](int lanes) { return bodies_.cast(from, instr.dtype, lanes); }, {result, args[0]});
    return;
  }
  const OpInfo& op = info(instr.op);
  const bool random = op.result == Result::Random;
  const DType dtype = random ? instr.dtype : args[(op.properties & Selects_) != 0 ? 1 : 0].dtype;
  const auto body = [&](int lanes) {
    if (split_roots_ && instr.op == Op::sqrt && dtype == DType::Float64) return bodies_.split_sqrt(lanes);
    return common ? bodies_.common(instr.op, dtype, lanes) : bodies_.op(instr.op, dtype, lanes);
  };
  if (op.operands != Operands::Index)
    call(body, bundle_.part, {result, args[0], args[1], args[2]});
  else if (const ir::Instr& index = region_.code[instr.args[0]];
           index.code == ir::Code::Load && region_.inputs[index.index].generated && uniform_[instr.args[1]] &&
           !(loop_ && loop_->carries(region_, i, 0)))
    draw(body, {result, args[0], args[1], args[2]});
  else
    call(body, bundle_.random_part, {result, args[0], args[1], args[2]});
}

// Random numbers of an index that goes up by the same step from lane to lane. A body asks all lanes whether they are
// neighbours, since whole rows are cheaper; here two tell, and the body is given lanes of which LLVM sees that they
// are. Others are left to a function.
void RegionCode::draw(llvm::function_ref<llvm::Function*(int)> body, std::vector<Slot> slots) {
  llvm::LLVMContext& context = builder_.getContext();
  const auto lanes = static_cast<unsigned>(bundle_.lanes);
  const auto part = static_cast<std::uint64_t>(bundle_.random_part);
  auto *row = llvm::BasicBlock::Create(context, "row", &function_),
       *other = llvm::BasicBlock::Create(context, "other", &function_),
       *drawn = llvm::BasicBlock::Create(context, "drawn", &function_);
  Value* indices = builder_.CreateLoad(vector_type(DType::Int64), slots[1].address);
  Value *first = builder_.CreateExtractElement(indices, std::uint64_t{0}),
        *second = builder_.CreateExtractElement(indices, std::uint64_t{1});
  Value* begin = builder_.CreateAnd(first, builder_.getInt64(~(part - 1)));
  builder_.CreateCondBr(
      builder_.CreateAnd(builder_.CreateICmpEQ(first, begin),
                         builder_.CreateICmpEQ(second, builder_.CreateAdd(first, builder_.getInt64(1)))),
      row, other);

  builder_.SetInsertPoint(row);
  std::vector<llvm::Constant*> ramp;
  for (unsigned lane = 0; lane < lanes; ++lane) ramp.push_back(builder_.getInt64(lane));
  std::vector<Slot> mine = slots;
  mine[1].address = new_slot(DType::Int64);
  builder_.CreateStore(builder_.CreateAdd(builder_.CreateVectorSplat(lanes, begin), llvm::ConstantVector::get(ramp)),
                       mine[1].address);
  call(body, bundle_.random_part, mine);
  builder_.CreateBr(drawn);

  // In slots of their own, whose addresses the function may keep.
  builder_.SetInsertPoint(other);
  mine = slots;
  for (Slot& slot : mine) {
    if (slot.address == nullptr) continue;
    Value* value = builder_.CreateLoad(vector_type(slot.dtype), slot.address);
    slot.address = new_slot(slot.dtype);
    builder_.CreateStore(value, slot.address);
  }
  const bool was_out_of_line = std::exchange(out_of_line_, true);
  call(body, bundle_.random_part, mine);
  out_of_line_ = was_out_of_line;
  builder_.CreateStore(builder_.CreateLoad(vector_type(slots[0].dtype), mine[0].address), slots[0].address);
  builder_.CreateBr(drawn);
  builder_.SetInsertPoint(drawn);
}

}  // namespace ingot::emit
