#include "host/ir/kernel.h"

namespace ingot::ir {

bool is_order_sensitive(Reducer reducer, DType value) {
  switch (reducer) {
    case Reducer::sum:
    case Reducer::prod:
    case Reducer::sumsqdev:
    case Reducer::sumexp: return is_floating(value);
    case Reducer::min:
    case Reducer::max:
    case Reducer::any:
    case Reducer::all:
    case Reducer::argmin:
    case Reducer::argmax: return false;
  }
  return true;
}

int arrays(Reducer reducer) {
  switch (state(reducer)) {
    case State::Value: return 1;
    case State::Moments: return 3;
    case State::Exponentials:
    case State::Best: return 2;
  }
  return 1;
}

std::int64_t state_bytes(Reducer reducer, DType value) {
  if (state(reducer) == State::Best) return 16;  // a place after the value, aligned
  return arrays(reducer) * static_cast<std::int64_t>(itemsize(value));
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

int fold_cost(const Kernel& kernel) {
  int total = 0;
  for (const Reduction& r : kernel.reductions) {
    switch (state(r.reducer)) {
      case State::Value: break;
      case State::Moments:
      case State::Best: total += 2; break;
      case State::Exponentials: total += info(Op::exp).cost + 4; break;
    }
  }
  return total;
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
