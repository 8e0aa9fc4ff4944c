// Records the elementwise functions of kernels/ops.def.
#include "ingot/elementwise.hpp"

#include <limits>

#include "host/api/complex.h"

namespace ingot {
namespace api {
namespace {

// NumPy has no bool loops for these, and takes int8 for want of better; add, subtract, multiply and negative are dealt
// with apart.
DType without_bool(DType dtype) { return is_bool(dtype) ? DType::Int8 : dtype; }

Input truth(Input t, NodeRef& made, const Location& where) {
  if (t.is_value()) return convert(t.value, DType::Bool);
  return realize({}, t, DType::Bool, made, where);
}

NodeRef node_from(Input input) { return input.is_value() ? constant(input.value) : NodeRef(input.node); }

// The dtype in which the op's body runs, for operands promoted to `dtype`.
DType body_dtype(Op op, DType dtype, const Location& where) {
  const std::string_view name = info(op).name;
  require_computable(name, dtype, where);
  if (op == Op::nextafter && is_half(dtype))
    fail<TypeError>(where, "nextafter: not defined for ", dtype,
                    ", whose functions are computed in float32; convert with astype");
  switch (info(op).operands) {
    case Operands::Bool: return DType::Bool;
    case Operands::Float: return is_floating(dtype) ? dtype : DType::Float64;
    case Operands::Integral:
    case Operands::Integer:
      if (is_floating(dtype))
        fail<TypeError>(where, name, ": needs bool or integer operands, and these promote to ", ingot::name(dtype),
                        "; convert with astype, or use the logical functions to test for zero");
      return info(op).operands == Operands::Integer ? without_bool(dtype) : dtype;
    case Operands::Number:
      if (!is_bool(dtype)) return dtype;
      if (op == Op::add || op == Op::multiply) return dtype;
      if (op == Op::subtract)
        fail<TypeError>(where,
                        "subtract: not defined for bool; use logical_xor, or convert with astype(x, DType::Int64)");
      if (op == Op::negative)
        fail<TypeError>(where,
                        "negative: not defined for bool; use logical_not, or convert with astype(x, DType::Int64)");
      if (op == Op::sign) fail<TypeError>(where, "sign: not defined for bool; convert with astype(x, DType::Int64)");
      return without_bool(dtype);
    case Operands::Any:
    case Operands::Index:
    case Operands::Fast: return dtype;
  }
  return dtype;
}

// Of bools, add, multiply and bitwise_invert are logical functions, as in NumPy.
Op body_op(Op op, DType dtype) {
  if (!is_bool(dtype)) return op;
  if (op == Op::add) return Op::logical_or;
  if (op == Op::multiply) return Op::logical_and;
  if (op == Op::bitwise_invert) return Op::logical_not;
  return op;
}

bool is_comparison(Op op) {
  switch (op) {
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal: return true;
    default: return false;
  }
}

bool is_rounding(Op op) { return op == Op::floor || op == Op::ceil || op == Op::round || op == Op::trunc; }
bool is_float_test(Op op) { return op == Op::isnan || op == Op::isinf || op == Op::isfinite; }

// A signed with an uint64 array: no integer dtype holds both, and float64 would confuse neighbours beyond 2^53. A
// negative number is below every unsigned one; the others compare as uint64.
NodeRef compare_mixed(Op op, Node* x, Node* y, const Location& where) {
  const bool x_is_signed = is_signed_integer(x->dtype);
  Node* const with_sign = x_is_signed ? x : y;
  const NodeRef negative = apply(Op::less, with_sign, Scalar(with_sign->dtype, 0), where);
  const NodeRef a = to_dtype(x, DType::UInt64, where), b = to_dtype(y, DType::UInt64, where);
  const NodeRef compared = apply(op, a.get(), b.get(), where);
  const bool is_less = op == Op::less || op == Op::less_equal;
  const bool is_greater = op == Op::greater || op == Op::greater_equal;
  if (op == Op::not_equal || (x_is_signed ? is_less : is_greater))
    return apply(Op::logical_or, negative.get(), compared.get(), where);
  const NodeRef not_negative = apply(Op::logical_not, negative.get(), where);
  return apply(Op::logical_and, not_negative.get(), compared.get(), where);
}

bool is_mixed_sign(DType a, DType b) {
  return (is_signed_integer(a) && b == DType::UInt64) || (a == DType::UInt64 && is_signed_integer(b));
}

Op mirrored(Op op) {
  switch (op) {
    case Op::less: return Op::greater;
    case Op::less_equal: return Op::greater_equal;
    case Op::greater: return Op::less;
    case Op::greater_equal: return Op::less_equal;
    default: return op;
  }
}

// With a literal that the dtype does not hold: all values, infinities apart, are on one side of it. Null where that is
// not so.
NodeRef compare_beyond(Op op, const Input& x, const Input& y, DType dtype, const Shape& shape, const Location& where) {
  if (x.is_value() == y.is_value()) return {};
  if (x.is_value()) return compare_beyond(mirrored(op), y, x, dtype, shape, where);
  if (is_bool(dtype) || fits(y.value, dtype)) return {};
  const bool is_above = to_double(y.value) > 0, asks_less = op == Op::less || op == Op::less_equal;
  if (op == Op::equal || op == Op::not_equal) return fill(shape, op == Op::not_equal, where);
  if (is_integer(dtype)) return fill(shape, asks_less == is_above, where);
  const Op at_infinity =
      is_above ? (asks_less ? Op::less : Op::greater_equal) : (asks_less ? Op::less_equal : Op::greater);
  const double infinity = std::numeric_limits<double>::infinity();
  return apply(at_infinity, x, convert(is_above ? infinity : -infinity, dtype), where);
}

// pow with a literal exponent of 2, 1 or -1 is a cheaper op with the same value (x * x is the correctly rounded
// square). Null where no rule applies.
NodeRef power_of_literal(Input x, Input y, DType dtype, const Location& where) {
  if (!y.is_value()) return {};
  const double exponent = to_double(y.value);
  if (exponent != 1 && exponent != 2 && exponent != -1) return {};
  if (exponent == -1 && !is_floating(dtype)) return {};
  NodeRef made;
  const Input base = realize("pow", x, dtype, made, where);
  if (exponent == 1) return node_from(base);
  return apply(exponent == 2 ? Op::square : Op::reciprocal, base, where);
}

// An operand of the body. The logical functions ask each operand on its own whether it is zero; the others convert to
// `dtype`.
Input body_operand(Op op, const Input& t, DType dtype, NodeRef& made, const Location& where) {
  if (!t.is_value() && t.node->dtype == dtype) [[likely]]
    return t;
  if (info(op).operands == Operands::Bool) return truth(t, made, where);
  return realize(info(op).name, t, dtype, made, where);
}

// Whether the body of the op runs in the dtype itself, and gives it back or a bool.
bool runs_in(Op op, DType dtype) {
  switch (info(op).operands) {
    case Operands::Any: return is_computable(dtype);
    case Operands::Number: return is_computable(dtype) && !is_bool(dtype);
    case Operands::Integral: return is_integer(dtype) || is_bool(dtype);
    case Operands::Integer: return is_integer(dtype);
    case Operands::Float: return is_floating(dtype) && !is_half(dtype);
    case Operands::Bool: return is_bool(dtype);
    case Operands::Index:
    case Operands::Fast: return false;
  }
  return false;
}

// What most ops are: of arrays of one shape and dtype, with nothing to convert, to broadcast or to choose. Null for
// others.
template <int N>
NodeRef record_plain(Op op, const Operand* const (&operands)[N]) {
  Node* nodes[N];
  for (int k = 0; k < N; ++k) {
    const Array* const array = operands[k]->array();
    if (array == nullptr || array->node() == nullptr) return {};
    nodes[k] = array->node();
  }
  const DType dtype = nodes[0]->dtype;
  if (!runs_in(op, dtype)) return {};
  const DType result = info(op).result == Result::Bool ? DType::Bool : dtype;
  return graph::elementwise_of_alike(op, result, nodes, operands[0]->where());
}

Array record(Op asked, const Operand& operand) {
  const Location& where = operand.where();
  const Input x = term(operand);
  const DType given = x.dtype();
  if (is_floating(given))
    if (NodeRef node = record_plain(asked, {&operand})) return wrap(std::move(node));
  if (is_complex(given)) [[unlikely]]
    return record_complex(asked, {&x, 1}, given, where);
  const Op op = body_op(asked, given);
  const DType dtype = body_dtype(op, given, where);
  if (is_whole(given)) {
    if (is_rounding(op) || (op == Op::abs && !is_signed_integer(given))) return wrap(node_from(x));
    if (is_float_test(op)) return wrap(fill(x.is_value() ? Shape() : x.node->shape, op == Op::isfinite, where));
  }
  NodeRef made;
  return wrap(apply(op, body_operand(op, x, dtype, made, where), where));
}

Array record(Op op, const Operand& first, const Operand& second) {
  if (NodeRef node = record_plain(op, {&first, &second})) [[likely]]
    return wrap(std::move(node));
  const Location& where = first.where();
  const Input terms[] = {term(first), term(second)};
  const DType promoted = promote(terms);
  if (is_complex(promoted)) [[unlikely]]
    return record_complex(op, terms, promoted, where);
  const DType dtype = body_dtype(op, promoted, where);
  Shape common;
  const Shape& shape = broadcast(info(op).name, terms, common, where);
  if (is_comparison(op)) {
    if (!terms[0].is_value() && !terms[1].is_value() && is_mixed_sign(terms[0].dtype(), terms[1].dtype()))
      return wrap(compare_mixed(op, terms[0].node, terms[1].node, where));
    if (NodeRef node = compare_beyond(op, terms[0], terms[1], dtype, shape, where)) return wrap(std::move(node));
  }
  if (op == Op::pow)
    if (NodeRef node = power_of_literal(terms[0], terms[1], dtype, where)) return wrap(std::move(node));

  NodeRef made[2];
  const Input inputs[] = {body_operand(op, terms[0], dtype, made[0], where),
                          body_operand(op, terms[1], dtype, made[1], where)};
  const DType result = info(op).result == Result::Bool ? DType::Bool : dtype;
  if (&shape == &common) require_shape(info(op).name, common, where);
  return wrap(graph::elementwise(body_op(op, dtype), result, shape, inputs, where));
}

Array record(Op op, const Operand& first, const Operand& second, const Operand& third) {
  const Location& where = first.where();
  const Input terms[] = {term(first), term(second), term(third)};
  const std::string_view name = info(op).name;
  const bool selects = (info(op).properties & Selects_) != 0;  // the first operand is a condition, apart from promotion
  const DType promoted = promote(std::span(terms).subspan(selects ? 1 : 0));
  if (is_complex(promoted)) [[unlikely]]
    return record_complex(op, terms, promoted, where);
  const DType dtype = body_dtype(op, promoted, where);
  Shape common;
  const Shape& shape = broadcast(name, terms, common, where);
  NodeRef made[3];
  Input inputs[3];
  for (int i = 0; i < 3; ++i) {
    if (selects && i == 0) {
      require_computable(name, terms[0].dtype(), where);
      inputs[i] = truth(terms[0], made[0], where);
    } else {
      inputs[i] = realize(name, terms[i], dtype, made[i], where);
    }
  }
  if (&shape == &common) require_shape(name, common, where);
  return wrap(graph::elementwise(op, dtype, shape, inputs, where));
}

}  // namespace
}  // namespace api

#define INGOT_FUNCTION_1(name) \
  Array name(const Operand& x) { return api::record(Op::name, x); }
#define INGOT_FUNCTION_2(name) \
  Array name(const Operand& x, const Operand& y) { return api::record(Op::name, x, y); }
#define INGOT_FUNCTION_3(name) \
  Array name(const Operand& x, const Operand& y, const Operand& z) { return api::record(Op::name, x, y, z); }

// Rows whose operands are Index or Fast have no public function.
#define INGOT_DEFINE_Any(name, arity) INGOT_FUNCTION_##arity(name)
#define INGOT_DEFINE_Number(name, arity) INGOT_FUNCTION_##arity(name)
#define INGOT_DEFINE_Integral(name, arity) INGOT_FUNCTION_##arity(name)
#define INGOT_DEFINE_Integer(name, arity) INGOT_FUNCTION_##arity(name)
#define INGOT_DEFINE_Float(name, arity) INGOT_FUNCTION_##arity(name)
#define INGOT_DEFINE_Bool(name, arity) INGOT_FUNCTION_##arity(name)
#define INGOT_DEFINE_Index(name, arity)
#define INGOT_DEFINE_Fast(name, arity)

#define INGOT_OP(name, arity, operands, ...) INGOT_DEFINE_##operands(name, arity)
#include "kernels/ops.def"

}  // namespace ingot
