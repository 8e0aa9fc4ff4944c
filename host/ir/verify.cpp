// What a legal kernel is.
#include "host/base/error.h"
#include "host/ir/kernel.h"

namespace ingot::ir {
namespace {

template <class... Parts>
void require(bool holds, const Kernel& kernel, const Parts&... parts) {
  if (!holds) [[unlikely]]
    throw InternalError(text("internal error: illegal kernel: ", parts..., "\n", print(kernel)));
}

DType operand_dtype(const Region& region, const Instr& instr) {
  const bool selects = (info(instr.op).properties & Selects_) != 0;
  return region.code[instr.args[selects ? 1 : 0]].dtype;
}

void verify_apply(const Kernel& kernel, const Region& region, int at) {
  const Instr& instr = region.code[at];
  const OpInfo& op = info(instr.op);
  const DType operand = operand_dtype(region, instr);
  require(has_body(instr.op, operand), kernel, "%", at, " applies ", op.name, " to ", name(operand));
  for (int k = 0; k < op.arity; ++k) {
    const DType argument = region.code[instr.args[k]].dtype;
    const bool condition = k == 0 && (op.properties & Selects_) != 0;
    require(argument == (condition ? DType::Bool : operand), kernel, "%", at, " mixes operand dtypes");
  }
  const DType expected = op.result == Result::Bool ? DType::Bool : operand;
  const bool random = op.result == Result::Random && (instr.dtype == DType::Float32 || instr.dtype == DType::Float64);
  require(random || instr.dtype == expected, kernel, "%", at, " has the wrong result dtype");
}

void verify_region(const Kernel& kernel, const Region& region, bool epilogue) {
  for (const Operand& input : region.inputs)
    require(!input.generated || input.dtype == DType::Int64, kernel, "a generated input that is not int64");
  const int count = static_cast<int>(region.code.size());
  require(count < 0xFFFF, kernel, "too many instructions");
  for (int i = 0; i < count; ++i) {
    const Instr& instr = region.code[i];
    require(is_computable(instr.dtype), kernel, "%", i, " has dtype ", name(instr.dtype));
    for (int k = 0; k < argument_count(instr); ++k)
      require(instr.args[k] < i, kernel, "%", i, " uses a value that does not precede it");
    switch (instr.code) {
      case Code::Load:
        require(instr.index < region.inputs.size() && region.inputs[instr.index].dtype == instr.dtype, kernel, "%", i,
                " loads what is not there");
        break;
      case Code::Param:
        require(instr.index < region.params.size() && region.params[instr.index] == instr.dtype, kernel, "%", i,
                " reads a parameter that is not there");
        break;
      case Code::Reduced:
        require(epilogue && instr.index < kernel.reductions.size() &&
                    kernel.result_dtype(kernel.reductions[instr.index]) == instr.dtype,
                kernel, "%", i, " reads a reduction that is not there");
        break;
      case Code::Apply: verify_apply(kernel, region, i); break;
      case Code::Cast: break;
    }
  }
  for (const Store& store : region.stores) {
    require(store.value < count && region.code[store.value].dtype == store.operand.dtype, kernel,
            "a store of the wrong value");
    require(store.operand.access != Access::Uniform && !store.operand.generated, kernel,
            "a store to a uniform operand");
  }
}

}  // namespace

void verify(const Kernel& kernel) {
  require(!kernel.reduced.empty(), kernel, "no axes");
  bool any_reduced = false;
  for (bool r : kernel.reduced) any_reduced = any_reduced || r;
  require(any_reduced == !kernel.reductions.empty(), kernel, "reduced axes and reductions do not match");
  require(!kernel.reductions.empty() || kernel.epilogue.empty(), kernel, "an epilogue without reductions");
  require(!kernel.body.stores.empty() || !kernel.reductions.empty(), kernel, "no output");
  require(kernel.reductions.empty() || !kernel.epilogue.stores.empty(), kernel, "reductions that nothing stores");
  verify_region(kernel, kernel.body, false);
  verify_region(kernel, kernel.epilogue, true);

  std::size_t ordered_size = 0;
  for (const Reduction& r : kernel.reductions) {
    require(r.value < kernel.body.code.size(), kernel, "a reduction of a value that is not there");
    const DType dtype = kernel.value_dtype(r);
    require(has_fold(r.reducer, dtype), kernel, name(r.reducer), " of ", name(dtype));
    if (!is_order_sensitive(r.reducer, dtype)) continue;
    require(ordered_size == 0 || ordered_size == itemsize(dtype), kernel,
            "order-sensitive reductions of different itemsize");
    ordered_size = itemsize(dtype);
  }
}

}  // namespace ingot::ir
