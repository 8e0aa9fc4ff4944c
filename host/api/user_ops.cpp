#include "ingot/user_ops.hpp"

#include <vector>

#include "host/api/record.h"
#include "ingot/elementwise.hpp"
#include "ingot/manipulation.hpp"

namespace ingot::detail {

#define INGOT_VALUE_1(name) \
  Value name(const ValueOperand& x) { return Value(name(x.operand())); }
#define INGOT_VALUE_2(name) \
  Value name(const ValueOperand& x, const ValueOperand& y) { return Value(name(x.operand(), y.operand())); }
#define INGOT_VALUE_3(name)                                                         \
  Value name(const ValueOperand& x, const ValueOperand& y, const ValueOperand& z) { \
    return Value(name(x.operand(), y.operand(), z.operand()));                      \
  }
#define INGOT_DEFINE_Any(name, arity) INGOT_VALUE_##arity(name)
#define INGOT_DEFINE_Number(name, arity) INGOT_VALUE_##arity(name)
#define INGOT_DEFINE_Integral(name, arity) INGOT_VALUE_##arity(name)
#define INGOT_DEFINE_Integer(name, arity) INGOT_VALUE_##arity(name)
#define INGOT_DEFINE_Float(name, arity) INGOT_VALUE_##arity(name)
#define INGOT_DEFINE_Bool(name, arity) INGOT_VALUE_##arity(name)
#define INGOT_DEFINE_Index(name, arity)
#define INGOT_DEFINE_Fast(name, arity)
#define INGOT_OP(name, arity, operands, ...) INGOT_DEFINE_##operands(name, arity)
#include "kernels/ops.def"

Value cast(const ValueOperand& x, DType dtype) {
  const Location& where = x.operand().where();
  return Value(astype(value_of(x.operand()).array(), dtype, where));
}

Value value_of(const Operand& operand) {
  return Value(operand.array() != nullptr ? *operand.array() : Array(operand.scalar()));
}

Array result_of(const Value& value, std::span<const Operand* const> operands) {
  const Location& where = operands.front()->where();
  std::vector<graph::Input> terms{api::term({value.array(), where})};
  for (const Operand* operand : operands) terms.push_back(api::term(*operand));
  Shape made;
  return broadcast_to(value.array(), api::broadcast("elementwise", terms, made, where), where);
}

}  // namespace ingot::detail
