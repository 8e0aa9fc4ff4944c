// Folding values into accumulators, and the lanes of a leaf into its state.
#include "host/base/error.h"
#include "host/emit/llvm/tile_function.h"

namespace ingot::emit {
namespace {

Op combine(Reducer reducer) {
  switch (reducer) {
    case Reducer::sum: return Op::add;
    case Reducer::prod: return Op::multiply;
    case Reducer::min: return Op::minimum;
    case Reducer::max: return Op::maximum;
    case Reducer::any: return Op::logical_or;
    case Reducer::all: return Op::logical_and;
    case Reducer::sumsqdev:
    case Reducer::sumexp:
    case Reducer::argmin:
    case Reducer::argmax: break;
  }
  throw InternalError("internal error: a reducer that no op combines");
}

}  // namespace

// Folds the values of the bundle at `offset` into the accumulators in memory.
void TileFunction::accumulate(const Segment& segment, Value* offset, Value* starts) {
  Value* index = row_form() ? builder_.CreateAnd(offset, i64(lanes_ - 1)) : offset;
  std::size_t array = 0;
  for (const Accumulators& r : reductions_) {
    Value* value = code_->slot(r.reduction.value);
    const auto address = [&](int a) { return at(segment.acc[array + static_cast<std::size_t>(a)], index, r.dtype); };
    if (r.deviation()) {
      Value* const first = row_form() ? builder_.CreateICmpEQ(row_of(segment, offset), i64(0)) : starts;
      accumulate_deviations(r, {address(0), address(1), address(2)}, value, first);
    } else {
      Values acc;
      for (int a = 0; a < r.arrays(); ++a) acc.push_back(load_bundle(address(a), r.dtype));
      acc = folded(r, std::move(acc), value, row_of(segment, offset));
      for (int a = 0; a < r.arrays(); ++a) store_bundle(acc[static_cast<std::size_t>(a)], address(a), r.dtype);
    }
    array += static_cast<std::size_t>(r.arrays());
  }
}

// Folds the values of a bundle into its accumulators in registers, which it gives back; those of lanes outside the mask
// stay as they are. `first`: the values are the first that their lanes see.
Values TileFunction::accumulate_held(Values acc, Value* row, bool first, Value* mask) {
  std::size_t array = 0;
  for (const Accumulators& r : reductions_) {
    Value *const value = code_->vector(r.reduction.value), *const zero = llvm::Constant::getNullValue(value->getType());
    const Values before(acc.begin() + array, acc.begin() + array + r.arrays());
    const auto now = [&](int a) -> Value*& { return acc[array + static_cast<std::size_t>(a)]; };
    if (r.deviation() && first) {
      now(0) = value;
      now(1) = now(2) = zero;
    } else {
      std::ranges::copy(folded(r, before, code_->slot(r.reduction.value), row), &now(0));
    }
    if (mask != nullptr)
      for (int a = 0; a < r.arrays(); ++a) now(a) = builder_.CreateSelect(mask, now(a), before[a]);
    array += before.size();
  }
  return acc;
}

// `at`: shift, s and q. A lane's first value becomes its shift. It is not folded as well: an infinity less itself is
// not 0.
void TileFunction::accumulate_deviations(const Accumulators& r, const Values& at, Value* value, Value* first) {
  BasicBlock *set = block("first"), *fold = block("fold"), *done = block("folded");
  llvm::Type* const type = code_->vector_type(r.dtype);
  builder_.CreateCondBr(first, set, fold);

  builder_.SetInsertPoint(set);
  store_bundle(builder_.CreateLoad(type, value), at[0], r.dtype);
  for (int a = 1; a < 3; ++a) store_bundle(llvm::Constant::getNullValue(type), at[a], r.dtype);
  builder_.CreateBr(done);

  builder_.SetInsertPoint(fold);
  Values before;
  for (Value* address : at) before.push_back(load_bundle(address, r.dtype));
  const Values after = folded(r, before, value, nullptr);
  for (int a = 1; a < 3; ++a) store_bundle(after[a], at[a], r.dtype);
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
}

// The accumulators after the value in slot `value`, which is of this row of the leaf.
Values TileFunction::folded(const Accumulators& r, Values acc, Value* value, Value* row) {
  if (r.state() == State::Value) return {joined(r, acc[0], value)};
  llvm::SmallVector<RegionCode::Slot> slots;
  const auto push = [&](Value* part) {
    slots.push_back({code_->new_slot(r.dtype), r.dtype});
    builder_.CreateStore(part, slots.back().address);
  };
  for (Value* part : acc) push(part);
  slots.push_back({value, r.dtype});
  if (r.state() == State::Best) {
    llvm::Type* const type = type_of(r.dtype);
    Value* const number = is_floating(r.dtype) ? builder_.CreateSIToFP(row, type) : builder_.CreateTrunc(row, type);
    push(builder_.CreateVectorSplat(bundle_.lanes, number));
  }
  code_->call([&](int lanes) { return bodies_.fold(r.reducer(), r.dtype, lanes); }, slots);
  // The shift of sumsqdev stays.
  for (std::size_t a = r.deviation() ? 1 : 0; a < acc.size(); ++a)
    acc[a] = builder_.CreateLoad(code_->vector_type(r.dtype), slots[a].address);
  return acc;
}

// Of the leaf, that the bundle at `offset` is of.
Value* TileFunction::row_of(const Segment& segment, Value* offset) {
  if (!row_form()) return segment.row;
  Value* const element = builder_.CreateAdd(segment.start, offset);
  return builder_.CreateAdd(segment.row, builder_.CreateUDiv(element, i64(lanes_)));
}

// The bundle `left` combined with the one in slot `value`.
Value* TileFunction::joined(const Accumulators& r, Value* left, Value* value) {
  Value* const slot = code_->new_slot(r.dtype);
  builder_.CreateStore(left, slot);
  join(r, slot, value);
  return builder_.CreateLoad(code_->vector_type(r.dtype), slot);
}

// Combines the bundle in slot `right` into the one in slot `left`.
void TileFunction::join(const Accumulators& r, Value* left, Value* right) {
  code_->call([&](int lanes) { return bodies_.op(combine(r.reducer()), r.dtype, lanes); },
              {{left, r.dtype}, {left, r.dtype}, {right, r.dtype}, {nullptr, r.dtype}});
}

// Sets `count` accumulators of each array to what the first value combined with leaves as it is.
void TileFunction::clear(const Values& acc, Value* count) {
  Value* whole = builder_.CreateAnd(count, i64(-bundle_.lanes));
  Value* rest = builder_.CreateSub(count, whole);
  std::size_t array = 0;
  for (const Accumulators& r : reductions_) {
    for (int a = 0; a < r.arrays(); ++a, ++array) {
      llvm::Constant* value = identity(r.reducer(), a, r.dtype);
      const llvm::Align align(itemsize(r.dtype));
      loop(whole, bundle_.lanes, {}, [&](Value* i, Values) {
        builder_.CreateAlignedStore(splat(value), at(acc[array], i, r.dtype), align);
        return Values{};
      });
      loop(rest, 1, {}, [&](Value* i, Values) {
        builder_.CreateStore(value, at(acc[array], builder_.CreateAdd(whole, i), r.dtype));
        return Values{};
      });
    }
  }
}

void TileFunction::fold(Value* leaf_state, std::size_t reduction, Value* count) {
  const Accumulators& r = reductions_[reduction];
  std::size_t array = 0;
  for (std::size_t k = 0; k < reduction; ++k) array += static_cast<std::size_t>(reductions_[k].arrays());
  if (r.state() == State::Value) return fold_here(r, row_acc_[array], leaf_state);
  llvm::Type *pointer = builder_.getPtrTy(), *word = builder_.getInt64Ty();
  auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {pointer, word, word, pointer}, false);
  auto* function = llvm::cast<llvm::Function>(
      module_.getOrInsertFunction(text("ingot_fold_", name(r.reducer()), "_", short_name(r.dtype)), type).getCallee());
  function->setDoesNotThrow();
  function->addParamAttr(0, llvm::Attribute::NoCapture);
  function->addParamAttr(3, llvm::Attribute::NoCapture);
  builder_.CreateCall(function, {row_acc_[array], i64(lanes_), count, leaf_state});
}

// Folds the lanes by halving in generated code: where a leaf takes 80 ns, a call that does it takes half as long again.
// Lanes without elements hold the identity.
void TileFunction::fold_here(const Accumulators& r, Value* lanes, Value* leaf_state) {
  Value* right = code_->new_slot(r.dtype);
  llvm::Type* type = code_->vector_type(r.dtype);
  const auto together = [&](Value* a, Value* b) {
    builder_.CreateStore(b, right);
    return joined(r, a, right);
  };
  Values bundles;
  for (int lane = 0; lane < lanes_; lane += bundle_.lanes)
    bundles.push_back(builder_.CreateAlignedLoad(type, at(lanes, i64(lane), r.dtype), llvm::Align(itemsize(r.dtype))));
  for (std::size_t half = bundles.size() / 2; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k) bundles[k] = together(bundles[k], bundles[k + half]);
  Value* last = bundles[0];
  for (int half = bundle_.lanes / 2; half > 0; half /= 2) {
    llvm::SmallVector<int> upper(static_cast<std::size_t>(bundle_.lanes), llvm::PoisonMaskElem);
    for (int l = 0; l < half; ++l) upper[static_cast<std::size_t>(l)] = l + half;
    last = together(last, builder_.CreateShuffleVector(last, upper));
  }
  builder_.CreateStore(builder_.CreateExtractElement(last, std::uint64_t{0}), leaf_state);
}

llvm::Constant* TileFunction::identity(Reducer reducer, int array, DType dtype) {
  llvm::Type* type = type_of(dtype);
  const unsigned bits = 8 * static_cast<unsigned>(itemsize(dtype));
  const bool lowest = reducer == Reducer::max || reducer == Reducer::argmax || reducer == Reducer::sumexp;
  if (array > 0) return llvm::Constant::getNullValue(type);
  switch (reducer) {
    case Reducer::sum:  // -0 + x is x for every x, +0 + -0 is not
      return is_floating(dtype) ? llvm::ConstantFP::getNegativeZero(type) : llvm::Constant::getNullValue(type);
    case Reducer::prod: return is_floating(dtype) ? llvm::ConstantFP::get(type, 1.0) : llvm::ConstantInt::get(type, 1);
    case Reducer::min:
    case Reducer::max:
    case Reducer::argmin:
    case Reducer::argmax:
    case Reducer::sumexp:
      if (is_floating(dtype)) return llvm::ConstantFP::getInfinity(type, lowest);
      if (is_signed_integer(dtype))
        return llvm::ConstantInt::get(
            type, lowest ? llvm::APInt::getSignedMinValue(bits) : llvm::APInt::getSignedMaxValue(bits));
      return llvm::ConstantInt::get(type, lowest ? llvm::APInt::getMinValue(bits) : llvm::APInt::getMaxValue(bits));
    case Reducer::all: return llvm::ConstantInt::get(type, 1);
    case Reducer::any:
    case Reducer::sumsqdev: break;
  }
  return llvm::Constant::getNullValue(type);
}

}  // namespace ingot::emit
