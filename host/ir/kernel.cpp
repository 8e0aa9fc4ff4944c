#include "host/ir/kernel.h"

namespace ingot::ir {

bool is_order_sensitive(Reducer reducer, DType value) {
  switch (reducer) {
    case Reducer::sum:
    case Reducer::prod:
    case Reducer::sumsqdev: return is_floating(value);
    case Reducer::min:
    case Reducer::max:
    case Reducer::any:
    case Reducer::all: return false;
  }
  return true;
}

int lanes(const Kernel& kernel) {
  DType dtype = kernel.value_dtype(kernel.reductions.front());
  for (const Reduction& r : kernel.reductions) {
    if (is_order_sensitive(r.reducer, kernel.value_dtype(r))) {
      dtype = kernel.value_dtype(r);
      break;
    }
  }
  return kLaneBytes / static_cast<int>(itemsize(dtype));
}

int leaf_size(const Kernel& kernel) { return kernel.form() == Form::Row ? kLeafRows * lanes(kernel) : kColumnLeaf; }

int argument_count(const Instr& instr) {
  switch (instr.code) {
    case Code::Load:
    case Code::Param:
    case Code::Reduced: return 0;
    case Code::Cast: return 1;
    case Code::Apply: return info(instr.op).arity;
  }
  return 0;
}

int cost(const Region& region) {
  int total = 0;
  for (const Instr& instr : region.code) {
    if (instr.code == Code::Apply) total += info(instr.op).cost;
    if (instr.code == Code::Cast) total += 1;
  }
  return total;
}

}  // namespace ingot::ir
