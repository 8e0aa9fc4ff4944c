#include "ingot/reductions.hpp"

#include <algorithm>

#include "host/api/complex.h"
#include "host/api/reduction.h"
#include "host/exec/float_state.h"
#include "ingot/complex.hpp"
#include "ingot/creation.hpp"
#include "ingot/elementwise.hpp"
#include "ingot/indexing.hpp"
#include "ingot/manipulation.hpp"

namespace ingot {
namespace api {
namespace {

Array fold(const Request& request, Reducer reducer, DType dtype, Scalar identity) {
  if (request.is_empty()) return request.constant_result(convert(identity, dtype));
  return request.finish(request.reduce(reducer, dtype));
}

Array extreme(const Request& request, Reducer reducer) {
  request.require_elements();
  return api::fold(request, reducer, request.dtype(), false);
}

// The number of the first extreme, counted in C order over the reduced axes.
Array place(const Request& request, Reducer reducer) {
  request.require_elements();
  const DType dtype = is_bool(request.dtype()) ? DType::UInt8 : request.dtype();
  if (request.has_no_result()) return request.constant_result(std::int64_t{0});
  return request.finish(request.reduce(reducer, graph::cast(request.node(), dtype, request.where())));
}

NodeRef variance(const Request& request, double correction) {
  const exec::DefaultFloatState state;  // of the divisor, whatever the caller's rounding
  const NodeRef squares = request.reduce(Reducer::sumsqdev, floating(request.dtype()));
  return request.divide(squares, std::max(static_cast<double>(request.count()) - correction, 0.0));
}

// Weights of x's shape, or a 1-d array of them along the one axis that is reduced.
NodeRef weights_for(const Request& request, const Array& weights) {
  const Location& where = request.where();
  Node* const w = node_of(weights, where);
  require_computable("average", w->dtype, where);
  const Shape& shape = request.node()->shape;
  if (w->shape == shape) return NodeRef(w);
  const int axis = request.only_axis();
  if (w->shape.ndim() != 1 || axis < 0 || w->shape[0] != shape[axis])
    fail<ShapeError>(where, "average: weights of shape ", w->shape, " do not go with an array of shape ", shape,
                     "; they have its shape, or are 1-d with an element for each index of the one axis given");
  Shape along;
  for (int k = axis; k < shape.ndim(); ++k) along.push_back(k == axis ? shape[k] : 1);
  const NodeRef column = graph::reshape(w, along, where);
  return graph::broadcast(column.get(), shape, where);
}

// The first half times the second, over and over: no reducer folds pairs. An element left over waits for the end.
Array complex_product(const Array& x, const Axes& axes, bool keepdims, const Location& where) {
  const Shape& shape = x.shape();
  Dims order = resolve_axes("prod", axes, shape.ndim(), where);
  Shape kept, result = shape;
  std::int64_t count = 1;
  for (const std::int64_t k : order) {
    count *= shape[static_cast<int>(k)];
    result[static_cast<int>(k)] = 1;
  }
  for (int k = 0; k < shape.ndim(); ++k) {
    if (std::find(order.begin(), order.end(), k) != order.end()) continue;
    order.push_back(k);
    kept.push_back(shape[k]);
  }
  if (!keepdims) result = kept;
  if (count == 0 || kept.numel() == 0) return full(result, 1, x.dtype(), where);

  Array rest = reshape(permute_dims(x, order, where), Shape{count, kept.numel()}, where);
  std::optional<Array> left;
  for (; count > 1; count /= 2) {
    if (count % 2 != 0) {
      const Array last = rest(count - 1);
      left = left ? multiply({*left, where}, last) : last;
    }
    rest = multiply({rest(Slice(0, count / 2)), where}, rest(Slice(count / 2, count / 2 * 2)));
  }
  const Array all = rest(0);
  return reshape(left ? multiply({*left, where}, all) : all, result, where);
}

}  // namespace

Exponentials exponentials(const Request& request) {
  const NodeRef values = to_dtype(request.node(), floating(request.dtype()), request.where());
  return {request.reduce(Reducer::max, values), request.reduce(Reducer::sumexp, values)};
}

}  // namespace api

using api::Request;

Array sum(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where))
    return api::from_parts(sum(real(x), axes, keepdims, where), sum(imag(x), axes, keepdims, where), where);
  const Request request("sum", x, axes, keepdims, where);
  return api::fold(request, Reducer::sum, api::widened(request.dtype()), 0);
}

Array prod(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where)) return api::complex_product(x, axes, keepdims, where);
  const Request request("prod", x, axes, keepdims, where);
  return api::fold(request, Reducer::prod, api::widened(request.dtype()), 1);
}

Array mean(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where))
    return api::from_parts(mean(real(x), axes, keepdims, where), mean(imag(x), axes, keepdims, where), where);
  if (api::is_half_array(x, where)) return api::in_float32(mean, x, where, axes, keepdims);
  const Request request("mean", x, axes, keepdims, where);
  const DType dtype = api::floating(request.dtype());
  if (request.is_empty()) return request.constant_result(api::convert(api::kNaN, dtype));
  return request.finish(request.divide(request.reduce(Reducer::sum, dtype), static_cast<double>(request.count())));
}

Array var(const Array& x, const Axes& axes, bool keepdims, double correction, Location where) {
  if (api::is_complex_array(x, where))
    return add({var(real(x), axes, keepdims, correction, where), where},
               var(imag(x), axes, keepdims, correction, where));
  if (api::is_half_array(x, where)) return api::in_float32(var, x, where, axes, keepdims, correction);
  const Request request("var", x, axes, keepdims, where);
  if (request.is_empty()) return request.constant_result(api::convert(api::kNaN, api::floating(request.dtype())));
  return request.finish(api::variance(request, correction));
}

Array stddev(const Array& x, const Axes& axes, bool keepdims, double correction, Location where) {
  if (api::is_complex_array(x, where)) return sqrt({var(x, axes, keepdims, correction, where), where});
  if (api::is_half_array(x, where)) return api::in_float32(stddev, x, where, axes, keepdims, correction);
  const Request request("stddev", x, axes, keepdims, where);
  if (request.is_empty()) return request.constant_result(api::convert(api::kNaN, api::floating(request.dtype())));
  const graph::NodeRef variance = api::variance(request, correction);
  return request.finish(api::apply(Op::sqrt, variance.get(), where));
}

Array min(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::extreme(Request("min", x, axes, keepdims, where), Reducer::min);
}

Array max(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::extreme(Request("max", x, axes, keepdims, where), Reducer::max);
}

Array argmin(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::place(Request("argmin", x, axes, keepdims, where), Reducer::argmin);
}

Array argmax(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::place(Request("argmax", x, axes, keepdims, where), Reducer::argmax);
}

Array ptp(const Array& x, const Axes& axes, bool keepdims, Location where) {
  const Request request("ptp", x, axes, keepdims, where);
  if (is_bool(request.dtype()))
    fail<TypeError>(where, "ptp: not defined for bool; convert with astype(x, DType::Int64)");
  request.require_elements();
  if (request.has_no_result()) return request.constant_result(api::convert(0, request.dtype()));
  const graph::NodeRef high = request.reduce(Reducer::max, request.dtype()),
                       low = request.reduce(Reducer::min, request.dtype());
  return request.finish(api::apply(Op::subtract, high.get(), low.get(), where));
}

Array count_nonzero(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where)) return count_nonzero(astype(x, DType::Bool, where), axes, keepdims, where);
  const Request request("count_nonzero", x, axes, keepdims, where);
  if (request.is_empty()) return request.constant_result(std::int64_t{0});
  return request.finish(request.count_true(api::to_dtype(request.node(), DType::Bool, where)));
}

Array average(const Array& x, const Array& weights, const Axes& axes, bool keepdims, Location where) {
  if (const DType dtype = promote_types(x.dtype(), weights.dtype()); is_half(dtype)) {
    const Array wide = astype(x, DType::Float32, where);
    return astype(average(wide, astype(weights, DType::Float32, where), axes, keepdims, where), dtype, where);
  }
  const Request request("average", x, axes, keepdims, where);
  const graph::NodeRef spread = api::weights_for(request, weights);
  const DType dtype = api::floating(promote_types(request.dtype(), spread->dtype));
  if (request.is_empty()) return request.constant_result(api::convert(api::kNaN, dtype));
  const graph::NodeRef w = api::to_dtype(spread.get(), dtype, where),
                       values = api::to_dtype(request.node(), dtype, where),
                       weighted = api::apply(Op::multiply, values.get(), w.get(), where);
  const graph::NodeRef sum = request.reduce(Reducer::sum, weighted), total = request.reduce(Reducer::sum, w);
  return request.finish(api::apply(Op::divide, sum.get(), total.get(), where));
}

Array logsumexp(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_half_array(x, where)) return api::in_float32(logsumexp, x, where, axes, keepdims);
  const Request request("logsumexp", x, axes, keepdims, where);
  const DType dtype = api::floating(request.dtype());
  if (request.is_empty()) return request.constant_result(api::convert(-std::numeric_limits<double>::infinity(), dtype));
  const api::Exponentials e = api::exponentials(request);
  const graph::NodeRef log = api::apply(Op::log, e.sum.get(), where);
  return request.finish(api::apply(Op::add, e.largest.get(), log.get(), where));
}

Array any(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where)) return any(astype(x, DType::Bool, where), axes, keepdims, where);
  return api::fold(Request("any", x, axes, keepdims, where), Reducer::any, DType::Bool, false);
}

Array all(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where)) return all(astype(x, DType::Bool, where), axes, keepdims, where);
  return api::fold(Request("all", x, axes, keepdims, where), Reducer::all, DType::Bool, true);
}

}  // namespace ingot
