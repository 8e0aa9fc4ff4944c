#include "ingot/norm.hpp"

#include <cmath>

#include "host/api/reduction.h"
#include "host/exec/float_state.h"
#include "ingot/manipulation.hpp"

namespace ingot {
namespace api {
namespace {

NodeRef sum_of_squares(const Request& request, const NodeRef& x) {
  return request.reduce(Reducer::sum, apply(Op::square, x.get(), request.where()));
}

// Squares of float32 fit float64. Those of float64 are added up three times over, of x as it is and of x scaled down
// and up; the first sum tells which one to take. Where that is at least 2^-900, what underflowed was nothing beside it.
NodeRef euclidean(const Request& request) {
  const Location& where = request.where();
  const NodeRef x = to_dtype(request.node(), DType::Float64, where);
  const NodeRef squares = sum_of_squares(request, x);
  if (request.dtype() != DType::Float64) {
    const NodeRef root = apply(Op::sqrt, squares.get(), where);
    return to_dtype(root.get(), floating(request.dtype()), where);
  }
  const auto scaled = [&](double scale) {
    const NodeRef values = apply(Op::multiply, x.get(), Scalar(scale), where), sum = sum_of_squares(request, values),
                  root = apply(Op::sqrt, sum.get(), where);
    return apply(Op::multiply, root.get(), Scalar(1 / scale), where);
  };
  const NodeRef usual = apply(Op::sqrt, squares.get(), where), large = scaled(0x1p-600), small = scaled(0x1p600);
  const NodeRef overflowed = apply(Op::isinf, squares.get(), where),
                underflowed = apply(Op::less, squares.get(), Scalar(0x1p-900), where);
  const Input tiny[] = {underflowed.get(), small.get(), usual.get()};
  const NodeRef not_large = apply(Op::where, DType::Float64, tiny, where);
  const Input all[] = {overflowed.get(), large.get(), not_large.get()};
  return apply(Op::where, DType::Float64, all, where);
}

NodeRef norm(const Request& request, double ord) {
  const exec::DefaultFloatState state;  // of 1 / ord, whatever the caller's rounding
  const Location& where = request.where();
  const DType dtype = floating(request.dtype());
  if (ord == 2) return euclidean(request);
  if (ord == 0) return to_dtype(request.count_true(to_dtype(request.node(), DType::Bool, where)).get(), dtype, where);
  const NodeRef values = to_dtype(request.node(), dtype, where), magnitude = apply(Op::abs, values.get(), where);
  if (std::isinf(ord)) return request.reduce(ord > 0 ? Reducer::max : Reducer::min, magnitude);
  if (ord == 1) return request.reduce(Reducer::sum, magnitude);
  const NodeRef powers = apply(Op::pow, magnitude.get(), convert(ord, dtype), where),
                sum = request.reduce(Reducer::sum, powers);
  return apply(Op::pow, sum.get(), convert(1 / ord, dtype), where);
}

}  // namespace
}  // namespace api

Array linalg::vector_norm(const Array& x, const Axes& axes, bool keepdims, double ord, Location where) {
  if (api::is_half_array(x, where)) return api::in_float32(vector_norm, x, where, axes, keepdims, ord);
  const api::Request request("vector_norm", x, axes, keepdims, where);
  if (std::isnan(ord)) fail<ValueError>(where, "vector_norm: ord is NaN; give a number or an infinity");
  if (std::isinf(ord) && ord < 0) request.require_elements();
  if (request.is_empty()) return request.constant_result(api::convert(0.0, api::floating(request.dtype())));
  return request.finish(api::norm(request, ord));
}

}  // namespace ingot
