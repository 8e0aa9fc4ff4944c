// Functions that are formulas over the op table.
#include "ingot/composed.hpp"

#include <limits>

#include "host/api/record.h"
#include "ingot/manipulation.hpp"
#include "ingot/reductions.hpp"

namespace ingot {
namespace api {
namespace {

// The operands of one function in the float that they promote to, and ops on them. Shapes are checked in its name.
class Formula {
 public:
  Formula(std::string_view name, std::span<const Operand* const> operands)
      : name_(name), where_(operands.front()->where()) {
    Input terms[3];
    const std::size_t count = operands.size();
    for (std::size_t k = 0; k < count; ++k) terms[k] = term(*operands[k]);
    const DType promoted = promote({terms, count});
    require_computable(name, promoted, where_);
    dtype_ = is_floating(promoted) ? promoted : DType::Float64;
    Shape common;
    if (&broadcast(name, {terms, count}, common, where_) == &common) require_shape(name, common, where_);
    for (std::size_t k = 0; k < count; ++k) operands_[k] = realize(name, terms[k], dtype_, made_[k], where_);
  }

  DType dtype() const { return dtype_; }
  const Location& where() const { return where_; }
  Input operand(int k) const { return operands_[k]; }
  /// A parameter that is a number.
  Scalar number(double value) const { return literal(name_, value, dtype_, where_); }

  NodeRef of(Op op, Input x) const { return apply(op, x, where_); }
  NodeRef of(Op op, Input x, Input y) const { return apply(op, x, y, where_); }
  NodeRef of(Op op, Input x, Input y, Input z) const {
    const Input inputs[] = {x, y, z};
    return apply(op, dtype_, inputs, where_);
  }

 private:
  std::string_view name_;
  Location where_;
  DType dtype_;
  Input operands_[3];
  NodeRef made_[3];
};

// x * c with c as two numbers of the dtype, the first rounded down so that the second has its sign: infinities stay.
Array scaled(std::string_view name, const Operand& x, double high, double low, float high32, float low32) {
  if (const Input given = term(x); is_half(given.dtype())) {
    const NodeRef own = given.is_value() ? constant(given.value) : NodeRef(given.node);
    const Array wide = astype(wrap(own), DType::Float32, x.where());
    return astype(scaled(name, {wide, x.where()}, high, low, high32, low32), given.dtype(), x.where());
  }
  const Operand* const operands[] = {&x};
  const Formula f(name, operands);
  const bool single = f.dtype() == DType::Float32;
  const Scalar first = single ? Scalar(high32) : Scalar(high), rest = single ? Scalar(low32) : Scalar(low);
  const NodeRef small = f.of(Op::multiply, f.operand(0), rest);
  return wrap(f.of(Op::fma, f.operand(0), first, small.get()));
}

// Two operands to be compared, as arrays of the float or complex dtype that they promote to, or of the widest where one
// is a value beyond that dtype: so nothing but shapes is an error.
struct Compared {
  Array x, y;
  Location where;

  Array both_nan() const { return logical_and({isnan({x, where}), where}, isnan({y, where})); }
};

Compared compared(std::string_view name, const Operand& x, const Operand& y) {
  const Location& where = x.where();
  const Input terms[] = {term(x), term(y)};
  const DType promoted = promote(terms);
  DType dtype = is_whole(promoted) ? DType::Float64 : promoted;
  for (const Input& t : terms)
    if (t.is_value() && !fits(t.value, dtype)) dtype = is_complex(dtype) ? DType::Complex128 : DType::Float64;
  Shape common;
  if (&broadcast(name, terms, common, where) == &common) require_shape(name, common, where);
  const auto as_array = [&](const Input& t) {
    return wrap(t.is_value() ? constant(convert(t.value, dtype)) : to_dtype(t.node, dtype, where));
  };
  return {as_array(terms[0]), as_array(terms[1]), where};
}

}  // namespace
}  // namespace api

using api::Formula;
using api::Input;
using api::NodeRef;
using api::wrap;

std::pair<Array, Array> divmod(const Operand& x, const Operand& y) {
  const Operand* const operands[] = {&x, &y};
  const Formula checked("divmod", operands);
  return {floor_divide(x, y), remainder(x, y)};
}

std::pair<Array, Array> sincos(const Operand& x) { return {sin(x), cos(x)}; }

Array softplus(const Operand& x) {
  const Operand* const operands[] = {&x};
  const Formula f("softplus", operands);
  return wrap(f.of(Op::logaddexp, f.operand(0), f.number(0)));
}

Array lerp(const Operand& x, const Operand& y, const Operand& t) {
  const Operand* const operands[] = {&x, &y, &t};
  const Formula f("lerp", operands);
  const Input a = f.operand(0), b = f.operand(1), s = f.operand(2);
  const Scalar zero = f.number(0), one = f.number(1);

  const NodeRef least = f.of(Op::minimum, a, b), most = f.of(Op::maximum, a, b);
  const NodeRef not_above = f.of(Op::less_equal, least.get(), zero);
  const NodeRef not_below = f.of(Op::greater_equal, most.get(), zero);
  const NodeRef signs_differ = f.of(Op::logical_and, not_above.get(), not_below.get());

  const NodeRef left = f.of(Op::subtract, one, s), share = f.of(Op::multiply, left.get(), a);
  const NodeRef between = f.of(Op::fma, s, b, share.get());

  // Rounding may take it past y, and keep it from y at t = 1.
  const NodeRef step = f.of(Op::subtract, b, a), along = f.of(Op::fma, s, step.get(), a);
  const NodeRef beyond = f.of(Op::greater, s, one), rising = f.of(Op::greater, b, a);
  const NodeRef above = f.of(Op::equal, beyond.get(), rising.get());
  const NodeRef raised = f.of(Op::maximum, b, along.get()), lowered = f.of(Op::minimum, b, along.get());
  const NodeRef held = f.of(Op::where, above.get(), raised.get(), lowered.get());
  const NodeRef at_end = f.of(Op::equal, s, one);
  const NodeRef ended = f.of(Op::where, at_end.get(), b, held.get());
  return wrap(f.of(Op::where, signs_differ.get(), between.get(), ended.get()));
}

Array degrees(const Operand& x) {
  return api::scaled("degrees", x, 0x1.ca5dc1a63c1f7p+5, 0x1.70c2a5d4dfd03p-48, 0x1.ca5dc0p+5f, 0x1.a63c20p-19f);
}

Array radians(const Operand& x) {
  return api::scaled("radians", x, 0x1.1df46a2529d39p-6, 0x1.5c1d8becdd291p-62, 0x1.1df46ap-6f, 0x1.294e9cp-33f);
}

Array nan_to_num(const Operand& x, double nan, std::optional<double> posinf, std::optional<double> neginf) {
  const Input given = api::term(x);
  if (api::is_whole(given.dtype())) return wrap(given.is_value() ? api::constant(given.value) : NodeRef(given.node));
  const Operand* const operands[] = {&x};
  const Formula f("nan_to_num", operands);
  const double infinity = std::numeric_limits<double>::infinity();
  const double largest = f.dtype() == DType::Float16    ? 65504
                         : f.dtype() == DType::BFloat16 ? 0x1.FEp127
                         : f.dtype() == DType::Float32  ? std::numeric_limits<float>::max()
                                                        : std::numeric_limits<double>::max();
  const Scalar for_nan = f.number(nan), high = f.number(posinf.value_or(largest));
  const Scalar low = f.number(neginf.value_or(-largest));

  const NodeRef is_nan = f.of(Op::isnan, f.operand(0));
  const NodeRef is_high = f.of(Op::equal, f.operand(0), f.number(infinity));
  const NodeRef is_low = f.of(Op::equal, f.operand(0), f.number(-infinity));
  const NodeRef lowest = f.of(Op::where, is_low.get(), low, f.operand(0));
  const NodeRef bounded = f.of(Op::where, is_high.get(), high, lowest.get());
  return wrap(f.of(Op::where, is_nan.get(), for_nan, bounded.get()));
}

Array isclose(const Operand& x, const Operand& y, double rtol, double atol, bool equal_nan) {
  const api::Compared c = api::compared("isclose", x, y);
  const Location& where = c.where;
  const Array size = abs({c.y, where}), distance = abs({subtract({c.x, where}, c.y), where});
  const auto tolerance = [&](double value) { return wrap(api::constant(api::convert(value, size.dtype()))); };
  const Array allowed = add({multiply({size, where}, tolerance(rtol)), where}, tolerance(atol));
  const Array near = less_equal({distance, where}, allowed), same = equal({c.x, where}, c.y);
  const Array close = logical_or({logical_and({near, where}, isfinite({c.y, where})), where}, same);
  return equal_nan ? logical_or({close, where}, c.both_nan()) : close;
}

Array allclose(const Operand& x, const Operand& y, double rtol, double atol, bool equal_nan) {
  return all(isclose(x, y, rtol, atol, equal_nan), {}, false, x.where());
}

Array array_equal(const Operand& x, const Operand& y, bool equal_nan) {
  const Input a = api::term(x), b = api::term(y);
  const Shape scalar, &of_x = a.is_value() ? scalar : a.node->shape, &of_y = b.is_value() ? scalar : b.node->shape;
  if (!(of_x == of_y)) return wrap(api::constant(false));
  Array same = equal(x, y);
  if (equal_nan && !api::is_whole(a.dtype()) && !api::is_whole(b.dtype()))
    same = logical_or({same, x.where()}, api::compared("array_equal", x, y).both_nan());
  return all(same, {}, false, x.where());
}

Array positive(const Operand& x) {
  const Input given = api::term(x);
  if (is_bool(given.dtype()))
    fail<TypeError>(x.where(), "positive: not defined for bool; convert with astype(x, DType::Int64)");
  return wrap(given.is_value() ? api::constant(given.value) : NodeRef(given.node));
}

}  // namespace ingot
