// Bundles that are not full: the ends of rows.
#include "host/emit/llvm/tile_function.h"

namespace ingot::emit {

bool TileFunction::has_masks(DType dtype) const { return emit::has_masks(bodies_.level(), dtype); }

// Of everything that the region loads and stores.
bool TileFunction::has_masks() const {
  bool all = true;
  for (std::size_t k = 0; k < inputs_.size(); ++k) all = all && (!contiguous(k) || has_masks(inputs_[k].dtype));
  for (const ir::Store& s : region_.stores) all = all && has_masks(s.operand.dtype);
  return all;
}

Value* TileFunction::first_lanes(Value* count) {
  std::vector<llvm::Constant*> lane(static_cast<std::size_t>(bundle_.lanes));
  for (int l = 0; l < bundle_.lanes; ++l)
    lane[static_cast<std::size_t>(l)] = builder_.getInt32(static_cast<unsigned>(l));
  Value* end = builder_.CreateTrunc(count, builder_.getInt32Ty());
  return builder_.CreateICmpSLT(llvm::ConstantVector::get(lane), builder_.CreateVectorSplat(bundle_.lanes, end));
}

Value* TileFunction::load_bundle(Value* from, DType dtype) {
  return builder_.CreateAlignedLoad(code_->vector_type(dtype), from, llvm::Align(itemsize(dtype)));
}

void TileFunction::store_bundle(Value* value, Value* to, DType dtype) {
  builder_.CreateAlignedStore(value, to, llvm::Align(itemsize(dtype)));
}

// The lanes of a bundle in the mask, the others filled with the element at `filler`, one of its neighbours: they then
// take no slow path that those do not take.
Value* TileFunction::load_lanes(Value* from, Value* filler, Value* mask, DType dtype) {
  Value* filled = builder_.CreateVectorSplat(bundle_.lanes, builder_.CreateLoad(type_of(dtype), filler));
  return builder_.CreateMaskedLoad(code_->vector_type(dtype), from, llvm::Align(itemsize(dtype)), mask, filled);
}

// `count` elements, less than a bundle, to a bundle of their own, filled up with the first of them. In whole vectors
// where the level can: what is stored in pieces is not at hand yet when it is loaded whole.
void TileFunction::pad_bundle(Value* to, Value* from, Value* count, DType dtype) {
  if (has_masks(dtype)) return store_bundle(load_lanes(from, from, first_lanes(count), dtype), to, dtype);
  store_bundle(builder_.CreateVectorSplat(bundle_.lanes, builder_.CreateLoad(type_of(dtype), from)), to, dtype);
  copy(to, from, count, dtype);
}

void TileFunction::unpad_bundle(Value* to, Value* from, Value* count, DType dtype) {
  if (has_masks(dtype))
    builder_.CreateMaskedStore(load_bundle(from, dtype), to, llvm::Align(itemsize(dtype)), first_lanes(count));
  else
    copy(to, from, count, dtype);
}

// Replaces what comes after the first `count` elements of the bundle at `to`.
void TileFunction::blend(Value* to, Value* beyond, Value* count, DType dtype) {
  store_bundle(builder_.CreateSelect(first_lanes(count), load_bundle(to, dtype), load_bundle(beyond, dtype)), to,
               dtype);
}

// In code of its own: a call of memcpy would cost as much as the copy.
void TileFunction::copy(Value* to, Value* from, Value* count, DType dtype) {
  constexpr int kAtOnce = 8;
  const auto move = [&](Value* i, llvm::Type* type) {
    const llvm::Align align(itemsize(dtype));
    builder_.CreateAlignedStore(builder_.CreateAlignedLoad(type, at(from, i, dtype), align), at(to, i, dtype), align);
    return Values{};
  };
  Value* whole = builder_.CreateAnd(count, i64(~std::int64_t{kAtOnce - 1}));
  loop(whole, kAtOnce, {},
       [&](Value* i, Values) { return move(i, llvm::FixedVectorType::get(type_of(dtype), kAtOnce)); });
  loop(builder_.CreateSub(count, whole), 1, {},
       [&](Value* i, Values) { return move(builder_.CreateAdd(whole, i), type_of(dtype)); });
}

}  // namespace ingot::emit
