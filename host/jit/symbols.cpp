#include "host/jit/symbols.h"

#include <cmath>
#include <deque>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/graph/op.h"
#include "host/jit/kernels.h"

extern "C" {
#define INGOT_RARE_OP(NAME, arity)                                                  \
  void ingot_slow_##NAME##_f64(double* y, const double* a, const double* b, int n); \
  void ingot_slow_##NAME##_f32(float* y, const float* a, const float* b, int n);
#include "kernels/math/slow.def"
}

namespace ingot::jit {
namespace {

template <class F>
void* address(F* function) {
  return reinterpret_cast<void*>(function);
}

class Table {
 public:
  Table() {
#define INGOT_RARE_OP(NAME, arity)                                   \
  add("ingot_slow_" #NAME "_f64", address(ingot_slow_##NAME##_f64)); \
  add("ingot_slow_" #NAME "_f32", address(ingot_slow_##NAME##_f32));
#include "kernels/math/slow.def"
    // Below x86-64-v3 there is no instruction for these.
    add("fma", address(static_cast<double (*)(double, double, double)>(std::fma)));
    add("fmaf", address(static_cast<float (*)(float, float, float)>(std::fma)));

    // Where states are values, the code folds the lanes itself.
    for (int r = 0; r < kReducerCount; ++r) {
      const auto reducer = static_cast<Reducer>(r);
      if (state(reducer) == State::Value) continue;
      const auto& folds = cpu::support(level()).fold[r];
      for (int d = 0; d < kDTypeCount; ++d) {
        const auto dtype = static_cast<DType>(d);
        if (has_fold(reducer, dtype))
          add(text("ingot_fold_", name(reducer), "_", short_name(dtype)), address(folds[d]));
      }
    }
  }

  std::vector<Symbol> symbols;

 private:
  void add(std::string name, void* address) {
    names_.push_back(std::move(name));
    symbols.push_back({names_.back().c_str(), address});
  }

  std::deque<std::string> names_;  // stable addresses
};

}  // namespace

std::span<const Symbol> symbols() {
  static const Table* const table = new Table;
  return table->symbols;
}

}  // namespace ingot::jit
