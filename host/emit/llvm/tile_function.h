// The functions of a generated kernel.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/IRBuilder.h>

#include "host/emit/llvm/bodies.h"
#include "host/emit/llvm/bundle.h"
#include "host/emit/llvm/region.h"
#include "host/ir/kernel.h"

namespace ingot::emit {

using llvm::BasicBlock;
using llvm::PHINode;
using llvm::Value;
using Values = std::vector<Value*>;

// The accumulators of one reduction.
struct Accumulators {
  ir::Reduction reduction;
  DType dtype;
  Reducer reducer() const { return reduction.reducer; }
  State state() const { return ingot::state(reducer()); }
  bool deviation() const { return state() == State::Moments; }
  int arrays() const { return ir::arrays(reducer()); }
};

// One function of the contract in kernels/cpu/tile.h. A row is cut into blocks; the code of the region is emitted once,
// in a loop that runs over the whole blocks of the row in place, and then once more over a padded copy of what is left.
// So the hot loop knows nothing of tails, and lanes past the end reach neither memory nor accumulators. Where a leaf's
// accumulators are held in registers (choose_body_bundle), a block of its lanes goes down all its rows before the next
// one does, and the row that is not whole is one more block under masks, or where the level has none goes through the
// code above a bundle at a time. Cheap bodies of Column reductions fold a few rows into a block's accumulators before
// these go back to memory.
class TileFunction {
 public:
  TileFunction(llvm::Module& module, Bodies& bodies, const char* name, const ir::Kernel& kernel,
               const ir::Region& region, bool is_body, Bundle bundle);
  void emit();

 private:
  // What the two runs over a row differ in.
  struct Segment {
    Values in, out, acc;  // addresses of element 0; acc per array
    Value* start;         // element 0 counted from the start of the row or leaf
    Value* row;           // of the leaf, that element 0 is of (Row: that `start` counts from)
    Value* count;         // a multiple of the block
    Value* streaming;
  };

  // Of the bundles of a block.
  struct Copies {
    int first, last;
  };

  Value* i64(std::int64_t value) { return builder_.getInt64(static_cast<std::uint64_t>(value)); }
  llvm::Type* type_of(DType dtype) { return element_type(context_, dtype); }
  Value* stack(DType dtype, int elements);
  Value* field(std::size_t offset, llvm::Type* type);
  Value* entry(Value* array, std::size_t index, llvm::Type* type);
  Value* smaller(Value* a, Value* b) { return builder_.CreateSelect(builder_.CreateICmpSLT(a, b), a, b); }
  Value* at(Value* base, Value* index, DType dtype) { return builder_.CreateGEP(type_of(dtype), base, index); }
  Value* bytes_from(Value* base, Value* bytes) { return builder_.CreateGEP(builder_.getInt8Ty(), base, bytes); }
  Values loop(Value* end, std::int64_t step, Values carried, llvm::function_ref<Values(Value*, Values)> body);
  BasicBlock* block(const char* name) { return BasicBlock::Create(context_, name, function_); }

  bool generated(std::size_t input) const { return inputs_[input].generated; }
  bool contiguous(std::size_t input) const { return !generated(input) && !uniform_[input]; }

  void load_tile();
  void emit_row(Value* row);
  void emit_rows(Value* row);
  void emit_columns(Value* row, Value* rows, Value* column, Value* count);
  void emit_leaves(Value* row, const Segment& whole);
  void emit_lanes(const Segment& leaf, Value* lane, Value* count);
  Segment from(const Segment& whole, Value* start);
  void emit_span(const Segment& whole, Value* count, Value* starts);
  void emit_blocks(const Segment& segment, Value* starts);
  Values emit_held(const Segment& segment, Value* block, Value* count, Copies copies, Values acc, bool starts);
  Values emit_some(const Segment& segment, Value* count, Values acc, bool starts);
  void emit_bundles(const Segment& segment, Value* block, Value* count, Copies copies,
                    llvm::function_ref<void(int copy, Value* offset, Value* mask)> fold);
  void prefetch(const Segment& segment, Value* block);
  void hold(const Values& acc, const Values& arrays);
  void store(const Segment& segment, Value* offset, Value* mask);
  void accumulate(const Segment& segment, Value* offset, Value* starts);
  Values accumulate_held(Values acc, Value* row, bool first, Value* mask);
  void accumulate_deviations(const Accumulators& r, const Values& at, Value* value, Value* first);
  Values folded(const Accumulators& r, Values acc, Value* value, Value* row);
  Value* row_of(const Segment& segment, Value* offset);
  Value* joined(const Accumulators& r, Value* left, Value* value);
  void join(const Accumulators& r, Value* left, Value* right);
  void clear(const Values& acc, Value* count);
  void fold(Value* leaf_state, std::size_t reduction, Value* count);
  void fold_here(const Accumulators& r, Value* lanes, Value* leaf_state);
  bool has_masks(DType dtype) const;
  bool has_masks() const;
  Value* first_lanes(Value* count);
  Value* load_bundle(Value* from, DType dtype);
  Value* load_lanes(Value* from, Value* filler, Value* mask, DType dtype);
  void store_bundle(Value* value, Value* to, DType dtype);
  void pad_bundle(Value* to, Value* from, Value* count, DType dtype);
  void unpad_bundle(Value* to, Value* from, Value* count, DType dtype);
  void blend(Value* to, Value* beyond, Value* count, DType dtype);
  void copy(Value* to, Value* from, Value* count, DType dtype);
  llvm::Constant* identity(Reducer reducer, int array, DType dtype);
  llvm::Constant* splat(llvm::Constant* value) {
    return llvm::ConstantVector::getSplat(llvm::ElementCount::getFixed(static_cast<unsigned>(bundle_.lanes)), value);
  }

  bool row_form() const { return form_ == ir::Form::Row; }
  bool in_registers() const { return bundle_.held; }
  bool has_deviations() const;

  llvm::Module& module_;
  llvm::LLVMContext& context_;
  Bodies& bodies_;
  const ir::Region& region_;
  Bundle bundle_;
  llvm::IRBuilder<> builder_;
  llvm::Function* function_;
  std::vector<ir::Operand> inputs_;
  std::vector<bool> uniform_;  // per input
  ir::Form form_ = ir::Form::Map;
  std::vector<Accumulators> reductions_;
  std::vector<DType> acc_dtypes_;  // per array
  int lanes_ = 0, leaf_ = 0;       // Row
  std::unique_ptr<RegionCode> code_;

  Value *rows_, *n_, *leaf_row_, *streaming_, *ahead_;
  Values in_, in_row_, in_step_, out_, out_row_, params_, states_;
  Values ramps_;    // generated inputs: lane k holds k * in_step
  Values row_acc_;  // Row: the arrays of a leaf's lane accumulators
  Segment padded_;  // the copy of a row's end
};

}  // namespace ingot::emit
