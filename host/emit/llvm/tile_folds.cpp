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
    case Reducer::sumsqdev: break;
  }
  throw InternalError("internal error: a reducer that no op combines");
}

}  // namespace

// Folds the values of the bundle at `offset` into the accumulators: those in registers, given in `acc`, or else those
// in memory. Under a mask, which only accumulators in registers have, the other lanes stay as they are.
Values TileFunction::accumulate(const Segment& segment, Value* offset, Values acc, Value* starts, Value* mask) {
  Value* index = row_form() ? builder_.CreateAnd(offset, i64(lanes_ - 1)) : offset;
  std::size_t array = 0;
  for (const Accumulators& r : reductions_) {
    Value* value = code_->slot(r.reduction.value);
    if (mask != nullptr) {
      Value* const folded =
          builder_.CreateSelect(mask, code_->vector(r.reduction.value), splat(identity(r.reduction.reducer, r.dtype)));
      value = code_->new_slot(r.dtype);
      builder_.CreateStore(folded, value);
    }
    const auto address = [&](int a) { return at(segment.acc[array + static_cast<std::size_t>(a)], index, r.dtype); };
    if (r.deviation()) {
      check(!in_registers(), "deviations are accumulated in memory");
      Value* const first =
          row_form() ? builder_.CreateICmpSLT(builder_.CreateAdd(segment.start, offset), i64(lanes_)) : starts;
      accumulate_deviations(r, {address(0), address(1), address(2)}, value, first);
    } else {
      Value *const slot = code_->new_slot(r.dtype), *const place = in_registers() ? nullptr : address(0);
      builder_.CreateStore(place ? load_bundle(place, r.dtype) : acc[array], slot);
      join(r, slot, value);
      Value* const result = builder_.CreateLoad(code_->vector_type(r.dtype), slot);
      if (place)
        store_bundle(result, place, r.dtype);
      else
        acc[array] = result;
    }
    array += static_cast<std::size_t>(r.arrays());
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
  Values slots;
  for (Value* address : at) {
    slots.push_back(code_->new_slot(r.dtype));
    builder_.CreateStore(load_bundle(address, r.dtype), slots.back());
  }
  code_->call([&](int lanes) { return bodies_.sumsqdev(r.dtype, lanes); },
              {{slots[0], r.dtype}, {slots[1], r.dtype}, {slots[2], r.dtype}, {value, r.dtype}});
  for (int a = 1; a < 3; ++a) store_bundle(builder_.CreateLoad(type, slots[a]), at[a], r.dtype);
  builder_.CreateBr(done);
  builder_.SetInsertPoint(done);
}

// Combines the bundle in slot `right` into the one in slot `left`.
void TileFunction::join(const Accumulators& r, Value* left, Value* right) {
  code_->call([&](int lanes) { return bodies_.op(combine(r.reduction.reducer), r.dtype, lanes); },
              {{left, r.dtype}, {left, r.dtype}, {right, r.dtype}, {nullptr, r.dtype}});
}

// Sets `count` accumulators of each array to what the first value combined with leaves as it is.
void TileFunction::clear(const Values& acc, Value* count) {
  Value* whole = builder_.CreateAnd(count, i64(-bundle_.lanes));
  Value* rest = builder_.CreateSub(count, whole);
  std::size_t array = 0;
  for (const Accumulators& r : reductions_) {
    for (int a = 0; a < r.arrays(); ++a, ++array) {
      llvm::Constant* value = identity(r.reduction.reducer, r.dtype);
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
  if (!r.deviation()) return fold_here(r, row_acc_[array], leaf_state);
  llvm::Type *pointer = builder_.getPtrTy(), *word = builder_.getInt64Ty();
  auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {pointer, word, word, pointer}, false);
  auto* function = llvm::cast<llvm::Function>(
      module_.getOrInsertFunction(text("ingot_fold_sumsqdev_", short_name(r.dtype)), type).getCallee());
  function->setDoesNotThrow();
  function->addParamAttr(0, llvm::Attribute::NoCapture);
  function->addParamAttr(3, llvm::Attribute::NoCapture);
  builder_.CreateCall(function, {row_acc_[array], i64(lanes_), count, leaf_state});
}

// Folds the lanes by halving in generated code: where a leaf takes 80 ns, a call that does it takes half as long again.
// Lanes without elements hold the identity.
void TileFunction::fold_here(const Accumulators& r, Value* lanes, Value* leaf_state) {
  Value *left = code_->new_slot(r.dtype), *right = code_->new_slot(r.dtype);
  llvm::Type* type = code_->vector_type(r.dtype);
  const auto joined = [&](Value* a, Value* b) -> Value* {
    builder_.CreateStore(a, left);
    builder_.CreateStore(b, right);
    join(r, left, right);
    return builder_.CreateLoad(type, left);
  };
  Values bundles;
  for (int lane = 0; lane < lanes_; lane += bundle_.lanes)
    bundles.push_back(builder_.CreateAlignedLoad(type, at(lanes, i64(lane), r.dtype), llvm::Align(itemsize(r.dtype))));
  for (std::size_t half = bundles.size() / 2; half > 0; half /= 2)
    for (std::size_t k = 0; k < half; ++k) bundles[k] = joined(bundles[k], bundles[k + half]);
  Value* last = bundles[0];
  for (int half = bundle_.lanes / 2; half > 0; half /= 2) {
    llvm::SmallVector<int> upper(static_cast<std::size_t>(bundle_.lanes), llvm::PoisonMaskElem);
    for (int l = 0; l < half; ++l) upper[static_cast<std::size_t>(l)] = l + half;
    last = joined(last, builder_.CreateShuffleVector(last, upper));
  }
  builder_.CreateStore(builder_.CreateExtractElement(last, std::uint64_t{0}), leaf_state);
}

llvm::Constant* TileFunction::identity(Reducer reducer, DType dtype) {
  llvm::Type* type = type_of(dtype);
  const unsigned bits = 8 * static_cast<unsigned>(itemsize(dtype));
  const bool lowest = reducer == Reducer::max;
  switch (reducer) {
    case Reducer::sum:  // -0 + x is x for every x, +0 + -0 is not
      return is_floating(dtype) ? llvm::ConstantFP::getNegativeZero(type) : llvm::Constant::getNullValue(type);
    case Reducer::prod: return is_floating(dtype) ? llvm::ConstantFP::get(type, 1.0) : llvm::ConstantInt::get(type, 1);
    case Reducer::min:
    case Reducer::max:
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
