// A region's straight-line code, computed for one bundle of lanes at a time.
#pragma once

#include <map>
#include <span>
#include <vector>

#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/STLFunctionalExtras.h>
#include <llvm/IR/IRBuilder.h>

#include "host/emit/llvm/bodies.h"
#include "host/emit/llvm/bundle.h"
#include "host/ir/kernel.h"
#include "host/ir/range.h"
#include "host/ir/repetition.h"

namespace ingot::emit {

/// The type of one element. Bool is a byte of 0 or 1; signedness is in the bodies' names only.
llvm::Type* element_type(llvm::LLVMContext& context, DType dtype);

class RegionCode {
 public:
  /// What a Load, Reduced or Param instruction gives: one element where it is uniform, else a vector of them.
  using Source = llvm::function_ref<llvm::Value*(const ir::Instr&)>;

  /// Emits through `builder`, whose block is `function`'s. `uniform_input` tells which inputs are the same along a row,
  /// `results` which values are asked for besides those that the region stores.
  RegionCode(const ir::Region& region, const std::vector<bool>& uniform_input, std::vector<int> results,
             const Bundle& bundle, Bodies& bodies, llvm::IRBuilder<>& builder, llvm::Function& function);

  /// Computes what is the same for all elements of a row; compute() then only spreads it over the lanes.
  void compute_uniform(Source source);

  /// Computes everything for the bundle that `source` loads from. Where ops go without their rare cases for inputs of
  /// ordinary size (ir::CommonPaths), other bundles are computed once more, by calls.
  void compute(Source source);

  /// The lanes of a value after compute().
  llvm::Value* vector(int value);
  /// Their address.
  llvm::Value* slot(int value) const { return slots_[value]; }

  llvm::Type* vector_type(DType dtype);
  /// A stack slot for one bundle.
  llvm::Value* new_slot(DType dtype);

  struct Slot {
    llvm::Value* address;  // none for an operand that the body does not have
    DType dtype;
  };
  /// Calls a body over the bundle in these slots, a part of it at a time; body(lanes) is the one that takes so many.
  void call(llvm::function_ref<llvm::Function*(int)> body, llvm::ArrayRef<Slot> slots) {
    call(body, bundle_.part, slots);
  }

 private:
  void compute(Source source, const std::vector<bool>& common);
  void compute(int i, Source source, bool common);
  ir::Repetition repetition(const std::vector<bool>& common) const;
  void repeat(const ir::Repetition& r, Source source, const std::vector<bool>& common);
  void copy(llvm::Value* to, llvm::Value* from, DType dtype);
  void compute_again(Source source);
  void ask_size(int i);
  void apply(int i, bool common);
  void draw(llvm::function_ref<llvm::Function*(int)> body, std::vector<Slot> slots);
  void call(llvm::function_ref<llvm::Function*(int)> body, int part, llvm::ArrayRef<Slot> slots);

  const ir::Region& region_;
  const std::vector<int> results_;
  const Bundle bundle_;
  Bodies& bodies_;
  llvm::IRBuilder<>& builder_;
  llvm::Function& function_;
  std::vector<bool> uniform_;
  std::vector<llvm::Value*> scalars_;  // of uniform instructions
  std::vector<llvm::Value*> slots_;    // bodies take pointers; SROA turns the slots into registers
  // In a loop over the groups of a repetition: what they take from each other, by what the first one takes instead.
  const ir::Repetition* loop_ = nullptr;
  std::map<int, llvm::Value*> carried_;
  ir::CommonPaths paths_;
  bool split_roots_;
  llvm::Value* large_ = nullptr;          // i1: whether an input of the bundle exceeds paths_.limit
  llvm::Value* large_uniform_ = nullptr;  // the same of the uniform ones
  bool out_of_line_ = false;
};

}  // namespace ingot::emit
