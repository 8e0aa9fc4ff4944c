// The bodies of kernels/math as embedded bitcode (kernels/cpu/bodies.cpp): which function computes an op, and linking
// those that a module calls into it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/Module.h>

#include "host/ir/kernel.h"
#include "kernels/cpu/support.h"

namespace ingot::emit {

class Bodies {
 public:
  Bodies(llvm::Module& module, cpu::Level level);

  cpu::Level level() const { return level_; }

  /// void (out, a, b, c), pointers to `lanes` elements. `dtype` is that of the operands (result Random: of the
  /// result).
  llvm::Function* op(Op op, DType dtype, int lanes);
  /// The same of an op that may leave out its rare cases (host/ir/range.h).
  llvm::Function* common(Op op, DType dtype, int lanes);
  llvm::Function* split_sqrt(int lanes);
  /// void (out, a)
  llvm::Function* cast(DType from, DType to, int lanes);
  /// Folds a value into the accumulators of a reducer whose state is not a value: void (shift, s, q, value) of
  /// sumsqdev, (largest, sum, value) of sumexp, (best, row of it, value, row) of argmin and argmax.
  llvm::Function* fold(Reducer reducer, DType dtype, int lanes);

  /// Gives a function the target that the bodies were compiled for, so that they may be inlined into it.
  void set_target(llvm::Function& function);

  /// Defines every function that has been asked for, as internal and always inlined.
  void link();

 private:
  llvm::Function* declare(DType dtype, const std::string& name);
  llvm::Module& source(DType dtype);

  llvm::Module& module_;
  cpu::Level level_;
  std::map<DType, std::unique_ptr<llvm::Module>> sources_;
};

}  // namespace ingot::emit
