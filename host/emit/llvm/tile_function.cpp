// The loops of a function: rows, leaves, spans of blocks, and what they read from the tile.
#include "host/emit/llvm/tile_function.h"

#include <algorithm>

#include <llvm/IR/IntrinsicsX86.h>
#include <llvm/TargetParser/Triple.h>

#include "host/base/error.h"
#include "kernels/cpu/tile.h"

namespace ingot::emit {
namespace {

constexpr int kRowsTogether = 4;

}  // namespace

TileFunction::TileFunction(llvm::Module& module, Bodies& bodies, const char* name, const ir::Kernel& kernel,
                           const ir::Region& region, bool is_body, Bundle bundle)
    : module_(module),
      context_(module.getContext()),
      bodies_(bodies),
      region_(region),
      bundle_(bundle),
      builder_(context_),
      inputs_(region.inputs) {
  if (is_body) {
    form_ = kernel.form();
    for (const ir::Reduction& r : kernel.reductions) reductions_.push_back({r, kernel.value_dtype(r)});
    for (const Accumulators& r : reductions_) acc_dtypes_.insert(acc_dtypes_.end(), r.arrays(), r.dtype);
    if (row_form()) {
      lanes_ = ir::lanes(kernel);
      leaf_ = ir::leaf_size(kernel);
    }
  } else {
    for (const ir::Reduction& r : kernel.reductions)
      inputs_.push_back({kernel.result_dtype(r), ir::Access::Contiguous, false});
  }
  for (const ir::Operand& input : inputs_) uniform_.push_back(!input.generated && input.access == ir::Access::Uniform);

  auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {builder_.getPtrTy()}, false);
  function_ = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module_);
  function_->setDoesNotThrow();
  bodies_.set_target(*function_);
  builder_.SetInsertPoint(block("entry"));
  std::vector<int> folded;
  for (const Accumulators& r : reductions_) folded.push_back(r.reduction.value);
  code_ = std::make_unique<RegionCode>(region_, uniform_, std::move(folded), bundle_, bodies_, builder_, *function_);
}

Value* TileFunction::stack(DType dtype, int elements) {
  BasicBlock& entry = function_->getEntryBlock();
  auto* slot = llvm::IRBuilder<>(&entry, entry.begin())
                   .CreateAlloca(llvm::ArrayType::get(type_of(dtype), static_cast<std::uint64_t>(elements)));
  slot->setAlignment(llvm::Align(64));
  return slot;
}

Value* TileFunction::field(std::size_t offset, llvm::Type* type) {
  return builder_.CreateLoad(type, bytes_from(function_->getArg(0), i64(static_cast<std::int64_t>(offset))));
}

Value* TileFunction::entry(Value* array, std::size_t index, llvm::Type* type) {
  return builder_.CreateLoad(type, builder_.CreateGEP(type, array, i64(static_cast<std::int64_t>(index))));
}

// for (i = 0; i < end; i += step) carried = body(i, carried). Returns the carried values after it.
Values TileFunction::loop(Value* end, std::int64_t step, Values carried,
                          llvm::function_ref<Values(Value*, Values)> body) {
  if (end == i64(step)) return body(i64(0), std::move(carried));  // constants are unique
  BasicBlock *before = builder_.GetInsertBlock(), *head = block("loop"), *done = block("done");
  builder_.CreateCondBr(builder_.CreateICmpSGT(end, i64(0)), head, done);
  builder_.SetInsertPoint(head);
  PHINode* i = builder_.CreatePHI(builder_.getInt64Ty(), 2);
  i->addIncoming(i64(0), before);
  std::vector<PHINode*> phis;
  Values inside;
  for (Value* value : carried) {
    phis.push_back(builder_.CreatePHI(value->getType(), 2));
    phis.back()->addIncoming(value, before);
    inside.push_back(phis.back());
  }
  inside = body(i, std::move(inside));
  Value* next = builder_.CreateAdd(i, i64(step), "", true, true);
  BasicBlock* latch = builder_.GetInsertBlock();
  i->addIncoming(next, latch);
  builder_.CreateCondBr(builder_.CreateICmpSLT(next, end), head, done);
  builder_.SetInsertPoint(done);
  for (std::size_t k = 0; k < phis.size(); ++k) {
    phis[k]->addIncoming(inside[k], latch);
    PHINode* after = builder_.CreatePHI(phis[k]->getType(), 2);
    after->addIncoming(carried[k], before);
    after->addIncoming(inside[k], latch);
    carried[k] = after;
  }
  return carried;
}

void TileFunction::load_tile() {
  llvm::Type *word = builder_.getInt64Ty(), *pointer = builder_.getPtrTy();
  const auto flag = [&](std::size_t offset) {
    return builder_.CreateTrunc(field(offset, builder_.getInt8Ty()), builder_.getInt1Ty());
  };
  rows_ = field(offsetof(cpu::Tile, rows), word);
  n_ = field(offsetof(cpu::Tile, n), word);
  Value* in = field(offsetof(cpu::Tile, in), pointer);
  Value* in_row = field(offsetof(cpu::Tile, in_row), pointer);
  Value* in_step = field(offsetof(cpu::Tile, in_step), pointer);
  Value* out = field(offsetof(cpu::Tile, out), pointer);
  Value* out_row = field(offsetof(cpu::Tile, out_row), pointer);
  Value* params = field(offsetof(cpu::Tile, params), pointer);
  Value* acc = field(offsetof(cpu::Tile, acc), pointer);
  leaf_row_ = field(offsetof(cpu::Tile, leaf_row), word);
  streaming_ = flag(offsetof(cpu::Tile, streaming));
  ahead_ = field(offsetof(cpu::Tile, ahead), word);

  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    in_.push_back(entry(in, k, generated(k) ? word : pointer));
    in_row_.push_back(entry(in_row, k, word));
    in_step_.push_back(nullptr);
    ramps_.push_back(nullptr);
    if (!generated(k)) continue;
    in_step_[k] = entry(in_step, k, word);
    std::vector<llvm::Constant*> lane(static_cast<std::size_t>(bundle_.lanes));
    for (int l = 0; l < bundle_.lanes; ++l) lane[l] = builder_.getInt64(static_cast<std::uint64_t>(l));
    ramps_[k] =
        builder_.CreateMul(llvm::ConstantVector::get(lane), builder_.CreateVectorSplat(bundle_.lanes, in_step_[k]));
  }
  for (std::size_t k = 0; k < region_.stores.size(); ++k) {
    out_.push_back(entry(out, k, pointer));
    out_row_.push_back(entry(out_row, k, word));
  }
  for (std::size_t k = 0; k < region_.params.size(); ++k)
    params_.push_back(builder_.CreateLoad(type_of(region_.params[k]),
                                          builder_.CreateGEP(word, params, i64(static_cast<std::int64_t>(k)))));
  for (std::size_t k = 0; k < reductions_.size(); ++k) states_.push_back(entry(acc, k, pointer));
}

void TileFunction::emit() {
  load_tile();
  for (std::size_t k = 0; k < inputs_.size(); ++k)
    padded_.in.push_back(contiguous(k) ? stack(inputs_[k].dtype, bundle_.block()) : nullptr);
  for (const ir::Store& s : region_.stores) padded_.out.push_back(stack(s.operand.dtype, bundle_.block()));
  for (DType dtype : acc_dtypes_) padded_.acc.push_back(stack(dtype, bundle_.block()));
  if (row_form()) {
    for (const Accumulators& r : reductions_) {
      Value* arrays = stack(r.dtype, r.arrays() * lanes_);
      for (int a = 0; a < r.arrays(); ++a) row_acc_.push_back(at(arrays, i64(a * lanes_), r.dtype));
    }
  }

  loop(rows_, bundle_.together ? kRowsTogether : 1, {}, [&](Value* row, Values) {
    bundle_.together ? emit_rows(row) : emit_row(row);
    return Values{};
  });

  if (llvm::Triple(module_.getTargetTriple()).isX86() && !region_.stores.empty()) {
    BasicBlock *fence = block("fence"), *done = block("end");
    builder_.CreateCondBr(streaming_, fence, done);
    builder_.SetInsertPoint(fence);
    builder_.CreateIntrinsic(llvm::Intrinsic::x86_sse_sfence, {}, {});
    builder_.CreateBr(done);
    builder_.SetInsertPoint(done);
  }
  builder_.CreateRetVoid();
}

void TileFunction::emit_row(Value* row) {
  Segment whole{{}, {}, {}, i64(0), row_form() ? i64(0) : builder_.CreateAdd(leaf_row_, row), n_, streaming_};
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    Value* offset = builder_.CreateMul(row, in_row_[k]);
    whole.in.push_back(generated(k) ? builder_.CreateAdd(in_[k], offset) : bytes_from(in_[k], offset));
  }
  for (std::size_t k = 0; k < out_.size(); ++k)
    whole.out.push_back(bytes_from(out_[k], builder_.CreateMul(row, out_row_[k])));
  code_->compute_uniform([&](const ir::Instr& instr) -> Value* {
    if (instr.code == ir::Code::Param) return params_[instr.index];
    return builder_.CreateLoad(type_of(instr.dtype), whole.in[instr.index]);
  });

  if (row_form()) return emit_leaves(row, whole);
  Value* starts = builder_.CreateICmpEQ(whole.row, i64(0));
  if (form_ == ir::Form::Column) {
    for (std::size_t k = 0; k < reductions_.size(); ++k)
      for (int a = 0; a < reductions_[k].arrays(); ++a)
        whole.acc.push_back(at(states_[k], builder_.CreateMul(n_, i64(a)), reductions_[k].dtype));
    BasicBlock *set = block("clear"), *ready = block("cleared");
    builder_.CreateCondBr(starts, set, ready);
    builder_.SetInsertPoint(set);
    clear(whole.acc, n_);
    builder_.CreateBr(ready);
    builder_.SetInsertPoint(ready);
  }
  emit_span(whole, n_, starts);
}

void TileFunction::emit_rows(Value* row) {
  code_->compute_uniform([&](const ir::Instr& instr) { return params_[instr.index]; });
  Value* left = builder_.CreateSub(rows_, row);
  Value* rows = smaller(left, i64(kRowsTogether));
  Value* rest = builder_.CreateAnd(n_, i64(bundle_.block() - 1));
  Value* main = builder_.CreateSub(n_, rest);
  loop(main, bundle_.block(), {}, [&](Value* column, Values) {
    emit_columns(row, rows, column, nullptr);
    return Values{};
  });
  BasicBlock *last = block("last"), *done = block("lasted");
  builder_.CreateCondBr(builder_.CreateICmpSGT(rest, i64(0)), last, done);
  builder_.SetInsertPoint(last);
  emit_columns(row, rows, main, rest);
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
}

// The block of elements that begins at `column` of some rows; its first `count` elements only, unless that is null.
void TileFunction::emit_columns(Value* row, Value* rows, Value* column, Value* count) {
  Values masks, places, acc;
  Value* starts = builder_.CreateICmpEQ(builder_.CreateAdd(leaf_row_, row), i64(0));
  for (int copy = 0; copy < bundle_.unroll; ++copy) {
    masks.push_back(count ? first_lanes(builder_.CreateSub(count, i64(copy * bundle_.lanes))) : nullptr);
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      const DType dtype = reductions_[k].dtype;
      for (int a = 0; a < reductions_[k].arrays(); ++a) {
        Value* none = splat(identity(reductions_[k].reducer(), a, dtype));
        Value* array = at(states_[k], builder_.CreateMul(n_, i64(a)), dtype);
        places.push_back(at(at(array, column, dtype), i64(copy * bundle_.lanes), dtype));
        Value* before = masks[copy] ? builder_.CreateMaskedLoad(none->getType(), places.back(),
                                                                llvm::Align(itemsize(dtype)), masks[copy], none)
                                    : load_bundle(places.back(), dtype);
        acc.push_back(builder_.CreateSelect(starts, none, before));
      }
    }
  }
  acc = loop(rows, 1, std::move(acc), [&](Value* r, Values held) {
    Value* at_row = builder_.CreateAdd(row, r);
    Value* leaf_row = builder_.CreateAdd(leaf_row_, at_row);
    Values from;
    for (std::size_t k = 0; k < inputs_.size(); ++k)
      from.push_back(at(bytes_from(in_[k], builder_.CreateMul(at_row, in_row_[k])), column, inputs_[k].dtype));
    auto mine = held.begin();
    for (int copy = 0; copy < bundle_.unroll; ++copy) {
      code_->compute([&](const ir::Instr& instr) -> Value* {
        Value* place = at(from[instr.index], i64(copy * bundle_.lanes), instr.dtype);
        return masks[copy] ? load_lanes(place, from[instr.index], masks[copy], instr.dtype)
                           : load_bundle(place, instr.dtype);
      });
      for (const Accumulators& reduction : reductions_)
        mine = std::ranges::copy(folded(reduction, Values(mine, mine + reduction.arrays()),
                                        code_->slot(reduction.reduction.value), leaf_row),
                                 mine)
                   .out;
    }
    return held;
  });
  for (std::size_t k = 0; k < acc.size(); ++k) {
    Value* mask = masks[k / acc_dtypes_.size()];
    const DType dtype = acc_dtypes_[k % acc_dtypes_.size()];
    if (mask)
      builder_.CreateMaskedStore(acc[k], places[k], llvm::Align(itemsize(dtype)), mask);
    else
      store_bundle(acc[k], places[k], dtype);
  }
}

void TileFunction::emit_leaves(Value* row, const Segment& whole) {
  Value* leaves = builder_.CreateUDiv(builder_.CreateAdd(n_, i64(leaf_ - 1)), i64(leaf_));
  loop(leaves, 1, {}, [&](Value* leaf, Values) {
    Value* start = builder_.CreateMul(leaf, i64(leaf_));
    Value* left = builder_.CreateSub(n_, start);
    Value* count = smaller(left, i64(leaf_));
    Segment part = from(whole, start);
    part.acc = row_acc_;
    if (in_registers()) {
      loop(i64(lanes_), bundle_.block(), {}, [&](Value* lane, Values) {
        emit_lanes(part, lane, count);
        return Values{};
      });
    } else {
      clear(part.acc, i64(lanes_));
      emit_span(part, count, nullptr);
    }
    Value* index = builder_.CreateAdd(builder_.CreateMul(row, leaves), leaf);
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      const std::int64_t bytes = ir::state_bytes(reductions_[k].reducer(), reductions_[k].dtype);
      fold(bytes_from(states_[k], builder_.CreateMul(index, i64(bytes))), k, count);
    }
    return Values{};
  });
}

// A block of a leaf's lanes, down all its rows. Deviations begin with a row of their own, which gives the shifts.
void TileFunction::emit_lanes(const Segment& leaf, Value* lane, Value* count) {
  Value *whole = builder_.CreateAnd(count, i64(-lanes_)), *rest = builder_.CreateSub(count, whole);
  Segment lanes = from(leaf, lane);
  for (std::size_t a = 0; a < acc_dtypes_.size(); ++a) lanes.acc[a] = at(row_acc_[a], lane, acc_dtypes_[a]);
  const auto of_these = [&](Value* elements) { return builder_.CreateSub(elements, lane); };

  Values acc;
  for (int copy = 0; copy < bundle_.unroll; ++copy)
    for (const Accumulators& r : reductions_)
      for (int a = 0; a < r.arrays(); ++a) acc.push_back(splat(identity(r.reducer(), a, r.dtype)));
  Segment rows = lanes;
  rows.count = whole;
  if (has_deviations()) {
    acc = emit_some(lanes, of_these(smaller(count, i64(lanes_))), std::move(acc), true);
    rows = from(lanes, i64(lanes_));
    rows.row = i64(1);
    rows.count = builder_.CreateSub(whole, i64(lanes_));
    rest = builder_.CreateSelect(builder_.CreateICmpSGT(whole, i64(0)), rest, i64(0));
  }
  acc = loop(rows.count, lanes_, std::move(acc), [&](Value* i, Values held) {
    return emit_held(rows, i, nullptr, {0, bundle_.unroll}, std::move(held), false);
  });
  Segment end = from(lanes, whole);
  end.row = builder_.CreateUDiv(whole, i64(lanes_));
  if (has_masks()) return hold(emit_some(end, of_these(rest), std::move(acc), false), lanes.acc);
  hold(acc, lanes.acc);
  check(bundle_.block() == lanes_, "lanes are cut only where the end of a row can be masked");
  const Bundle all = bundle_;
  bundle_.unroll = 1;
  bundle_.held = false;
  emit_span(end, rest, nullptr);
  bundle_ = all;
}

bool TileFunction::has_deviations() const { return std::ranges::any_of(reductions_, &Accumulators::deviation); }

TileFunction::Segment TileFunction::from(const Segment& whole, Value* start) {
  Segment part = whole;
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    if (generated(k)) part.in[k] = builder_.CreateAdd(whole.in[k], builder_.CreateMul(start, in_step_[k]));
    if (contiguous(k)) part.in[k] = at(whole.in[k], start, inputs_[k].dtype);
  }
  for (std::size_t k = 0; k < out_.size(); ++k) part.out[k] = at(whole.out[k], start, region_.stores[k].operand.dtype);
  return part;
}

void TileFunction::emit_span(const Segment& whole, Value* count, Value* starts) {
  Value* rest = builder_.CreateAnd(count, i64(bundle_.block() - 1));
  Value* main = builder_.CreateSub(count, rest);
  Value* acc_start = row_form() ? builder_.CreateAnd(main, i64(lanes_ - 1)) : main;
  BasicBlock *before = builder_.GetInsertBlock(), *head = block("segment"), *end = block("segment.end"),
             *check = block("rest"), *pad = block("pad"), *unpad = block("unpad"), *done = block("span.end");
  builder_.CreateCondBr(builder_.CreateICmpSGT(main, i64(0)), head, check);

  builder_.SetInsertPoint(pad);
  Values padded_acc;
  for (std::size_t k = 0; k < inputs_.size(); ++k)
    if (contiguous(k)) pad_bundle(padded_.in[k], at(whole.in[k], main, inputs_[k].dtype), rest, inputs_[k].dtype);
  for (std::size_t k = 0; k < acc_dtypes_.size(); ++k) {
    const DType dtype = acc_dtypes_[k];
    Value* acc = at(whole.acc[k], acc_start, dtype);
    // A leaf's accumulators have room for all lanes: they are folded into in place, and the lanes past the end
    // restored.
    if (row_form())
      store_bundle(load_bundle(acc, dtype), padded_.acc[k], dtype);
    else
      pad_bundle(padded_.acc[k], acc, rest, dtype);
    padded_acc.push_back(row_form() ? acc : padded_.acc[k]);
  }
  BasicBlock* padded_end = builder_.GetInsertBlock();
  builder_.CreateBr(head);

  builder_.SetInsertPoint(head);
  const auto either = [&](Value* first, Value* second) -> Value* {
    if (first == second) return first;
    PHINode* phi = builder_.CreatePHI(first->getType(), 2);
    phi->addIncoming(first, before);
    phi->addIncoming(second, padded_end);
    return phi;
  };
  Segment segment;
  for (std::size_t k = 0; k < inputs_.size(); ++k)
    segment.in.push_back(either(whole.in[k], contiguous(k) ? padded_.in[k] : whole.in[k]));
  for (std::size_t k = 0; k < out_.size(); ++k) segment.out.push_back(either(whole.out[k], padded_.out[k]));
  for (std::size_t k = 0; k < acc_dtypes_.size(); ++k) segment.acc.push_back(either(whole.acc[k], padded_acc[k]));
  segment.start = either(i64(0), main);
  segment.row = whole.row;
  segment.count = either(main, i64(bundle_.block()));
  segment.streaming = either(whole.streaming, builder_.getFalse());
  Value* is_padded = either(builder_.getFalse(), builder_.getTrue());
  emit_blocks(segment, starts);
  builder_.CreateBr(end);
  builder_.SetInsertPoint(end);
  builder_.CreateCondBr(is_padded, unpad, check);

  builder_.SetInsertPoint(check);
  builder_.CreateCondBr(builder_.CreateICmpSGT(rest, i64(0)), pad, done);

  builder_.SetInsertPoint(unpad);
  for (std::size_t k = 0; k < out_.size(); ++k) {
    const DType dtype = region_.stores[k].operand.dtype;
    unpad_bundle(at(whole.out[k], main, dtype), padded_.out[k], rest, dtype);
  }
  for (std::size_t k = 0; k < acc_dtypes_.size(); ++k) {
    Value* to = at(whole.acc[k], acc_start, acc_dtypes_[k]);
    if (row_form())
      blend(to, padded_.acc[k], rest, acc_dtypes_[k]);
    else
      unpad_bundle(to, padded_.acc[k], rest, acc_dtypes_[k]);
  }
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
}

void TileFunction::emit_blocks(const Segment& segment, Value* starts) {
  loop(segment.count, bundle_.block(), {}, [&](Value* i, Values) {
    emit_bundles(segment, i, nullptr, {0, bundle_.unroll},
                 [&](int, Value* offset, Value*) { accumulate(segment, offset, starts); });
    return Values{};
  });
}

// Copies [first, last) of the block that begins at element `block`, folded into accumulators in registers; of the
// block's first `count` elements only, unless that is null. `starts`: no lane has seen a value before.
Values TileFunction::emit_held(const Segment& segment, Value* block, Value* count, Copies copies, Values acc,
                               bool starts) {
  const auto arrays = static_cast<std::ptrdiff_t>(acc_dtypes_.size());
  emit_bundles(segment, block, count, copies, [&](int copy, Value*, Value* mask) {
    const auto mine = acc.begin() + copy * arrays;
    std::ranges::copy(accumulate_held({mine, mine + arrays}, row_of(segment, block), starts, mask), mine);
  });
  return acc;
}

// The same for the first `count` elements of the segment, if there are any; past copies that have none, where that
// pays.
Values TileFunction::emit_some(const Segment& segment, Value* count, Values acc, bool starts) {
  const int step = bundle_.costly ? 1 : bundle_.unroll;
  for (int copy = 0; copy < bundle_.unroll; copy += step) {
    BasicBlock *before = builder_.GetInsertBlock(), *some = block("some"), *done = block("some.end");
    builder_.CreateCondBr(builder_.CreateICmpSGT(count, i64(copy * bundle_.lanes)), some, done);
    builder_.SetInsertPoint(some);
    const Values more = emit_held(segment, i64(0), count, {copy, copy + step}, acc, starts);
    BasicBlock* const end = builder_.GetInsertBlock();
    builder_.CreateBr(done);
    builder_.SetInsertPoint(done);
    for (std::size_t k = 0; k < acc.size(); ++k) {
      if (more[k] == acc[k]) continue;
      PHINode* either = builder_.CreatePHI(acc[k]->getType(), 2);
      either->addIncoming(acc[k], before);
      either->addIncoming(more[k], end);
      acc[k] = either;
    }
  }
  return acc;
}

// Computes and stores some bundles of the block that begins at element `block`, of its first `count` elements only,
// unless that is null, and folds each.
void TileFunction::emit_bundles(const Segment& segment, Value* block, Value* count, Copies copies,
                                llvm::function_ref<void(int copy, Value* offset, Value* mask)> fold) {
  if (count == nullptr) prefetch(segment, block);
  for (int copy = copies.first; copy < copies.last; ++copy) {
    Value* offset = builder_.CreateAdd(block, i64(copy * bundle_.lanes), "", true, true);
    Value* mask = count != nullptr ? first_lanes(builder_.CreateSub(count, i64(copy * bundle_.lanes))) : nullptr;
    code_->compute([&](const ir::Instr& instr) -> Value* {
      const std::size_t k = instr.code == ir::Code::Reduced ? region_.inputs.size() + instr.index : instr.index;
      if (!generated(k)) {
        Value* from = at(at(segment.in[k], block, instr.dtype), i64(copy * bundle_.lanes), instr.dtype);
        return mask != nullptr ? load_lanes(from, segment.in[k], mask, instr.dtype) : load_bundle(from, instr.dtype);
      }
      Value* first =
          builder_.CreateAdd(segment.in[k], builder_.CreateMul(builder_.CreateAdd(segment.start, offset), in_step_[k]));
      return builder_.CreateAdd(builder_.CreateVectorSplat(bundle_.lanes, first), ramps_[k]);
    });
    store(segment, offset, mask);
    fold(copy, offset, mask);
  }
}

// Asks for what later blocks read, where a body's work would otherwise wait for memory. Of a long chain a processor
// does not see past one bundle: the next block, at ten rounds of sqrt + sin of 1e7 f64 in memory 2.15 ns an element
// after 2.29 (Zen 5; two blocks ahead 2.35). Of shorter ones it does, but not past what its own prefetching reaches:
// as far ahead as the tile says. What only moves data is as fast without, and what is in a cache faster: a sum of 5e4
// f64 in the second-level one takes 0.12 ns an element after 0.20 (Sapphire Rapids).
void TileFunction::prefetch(const Segment& segment, Value* block) {
  constexpr std::int64_t kLine = 64;
  constexpr int kMoves = 4;
  if (ir::cost(region_) <= kMoves && !row_form()) return;
  const bool long_chain = is_long_chain(region_);
  BasicBlock *fetch = this->block("fetch"), *done = this->block("fetched");
  builder_.CreateCondBr(builder_.CreateICmpSGT(ahead_, i64(0)), fetch, done);
  builder_.SetInsertPoint(fetch);
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    if (!contiguous(k)) continue;
    const std::int64_t bytes = bundle_.block() * static_cast<std::int64_t>(itemsize(inputs_[k].dtype));
    Value* from = bytes_from(at(segment.in[k], block, inputs_[k].dtype), long_chain ? i64(bytes) : ahead_);
    for (std::int64_t byte = 0; byte < bytes; byte += kLine)
      builder_.CreateIntrinsic(
          llvm::Intrinsic::prefetch, {builder_.getPtrTy()},
          {bytes_from(from, i64(byte)), builder_.getInt32(0), builder_.getInt32(3), builder_.getInt32(1)});
  }
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
}

// Accumulators from registers to memory.
void TileFunction::hold(const Values& acc, const Values& arrays) {
  for (std::size_t k = 0; k < acc.size(); ++k) {
    const std::size_t array = k % arrays.size(), copy = k / arrays.size();
    const DType dtype = acc_dtypes_[array];
    store_bundle(acc[k], at(arrays[array], i64(static_cast<std::int64_t>(copy) * bundle_.lanes), dtype), dtype);
  }
}

void TileFunction::store(const Segment& segment, Value* offset, Value* mask) {
  if (region_.stores.empty()) return;
  if (mask != nullptr) {
    for (std::size_t k = 0; k < region_.stores.size(); ++k) {
      const DType dtype = region_.stores[k].operand.dtype;
      builder_.CreateMaskedStore(code_->vector(region_.stores[k].value), at(segment.out[k], offset, dtype),
                                 llvm::Align(itemsize(dtype)), mask);
    }
    return;
  }
  BasicBlock *past = block("store.streaming"), *plain = block("store"), *done = block("stored");
  Values vectors;
  for (const ir::Store& s : region_.stores) vectors.push_back(code_->vector(s.value));
  builder_.CreateCondBr(segment.streaming, past, plain);
  for (BasicBlock* where : {past, plain}) {
    builder_.SetInsertPoint(where);
    for (std::size_t k = 0; k < region_.stores.size(); ++k) {
      const DType dtype = region_.stores[k].operand.dtype;
      const std::uint64_t size = itemsize(dtype), bytes = size * static_cast<std::uint64_t>(bundle_.lanes);
      auto* put = builder_.CreateAlignedStore(vectors[k], at(segment.out[k], offset, dtype),
                                              llvm::Align(where == past ? std::min<std::uint64_t>(bytes, 64) : size));
      if (where == past)
        put->setMetadata(llvm::LLVMContext::MD_nontemporal,
                         llvm::MDNode::get(context_, llvm::ConstantAsMetadata::get(builder_.getInt32(1))));
    }
    builder_.CreateBr(done);
  }
  builder_.SetInsertPoint(done);
}

}  // namespace ingot::emit
