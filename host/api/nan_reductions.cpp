#include "ingot/nan_reductions.hpp"

#include <limits>

#include "host/api/reduction.h"
#include "ingot/manipulation.hpp"
#include "ingot/reductions.hpp"

namespace ingot {
namespace api {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The values of a request for floats, and which of them are NaN.
struct Numbers {
  explicit Numbers(const Request& request)
      : where(request.where()), values(request.node()), nan(apply(Op::isnan, values, where)) {}

  /// With another value in place of NaN.
  NodeRef with(double filler) const {
    const Input inputs[] = {nan.get(), convert(filler, values->dtype), values};
    return apply(Op::where, values->dtype, inputs, where);
  }

  const Location& where;
  Node* values;
  NodeRef nan;
};

NodeRef choose(const NodeRef& condition, Input yes, Input no, const Location& where) {
  const Input inputs[] = {condition.get(), yes, no};
  return apply(Op::where, no.dtype(), inputs, where);
}

NodeRef count_numbers(const Request& request, const Numbers& numbers) {
  const NodeRef present = apply(Op::logical_not, numbers.nan.get(), request.where());
  return to_dtype(request.count_true(present).get(), request.dtype(), request.where());
}

NodeRef mean_of(const Request& request, const Numbers& numbers) {
  const NodeRef sum = request.reduce(Reducer::sum, numbers.with(0)), count = count_numbers(request, numbers);
  return apply(Op::divide, sum.get(), count.get(), request.where());
}

// Squares of what is left of the numbers' mean, over the count less the correction.
NodeRef variance_of(const Request& request, double correction) {
  const Location& where = request.where();
  const Numbers numbers(request);
  const NodeRef mean = request.keep(mean_of(request, numbers));
  const NodeRef difference = apply(Op::subtract, request.node(), mean.get(), where);
  const NodeRef deviation = choose(numbers.nan, convert(0.0, request.dtype()), difference.get(), where);
  const NodeRef square = apply(Op::square, deviation.get(), where);
  const NodeRef sum = request.reduce(Reducer::sum, square), count = count_numbers(request, numbers);
  const NodeRef divisor = apply(Op::subtract, count.get(), convert(correction, request.dtype()), where);
  const NodeRef enough = apply(Op::greater, divisor.get(), convert(0.0, request.dtype()), where);
  const NodeRef quotient = apply(Op::divide, sum.get(), divisor.get(), where);
  const Input inputs[] = {enough.get(), quotient.get(), convert(kNaN, request.dtype())};
  return apply(Op::where, request.dtype(), inputs, where);
}

Array total(const Request& request, Reducer reducer, double identity) {
  if (request.is_empty()) return request.constant_result(convert(identity, request.dtype()));
  return request.finish(request.reduce(reducer, Numbers(request).with(identity)));
}

// `last` is the number that loses to all others.
Array extreme(const Request& request, Reducer reducer, double last) {
  request.require_elements();
  if (request.has_no_result()) return request.constant_result(convert(kNaN, request.dtype()));
  const Numbers numbers(request);
  const NodeRef best = request.reduce(reducer, numbers.with(last)), none = request.reduce(Reducer::all, numbers.nan);
  return request.finish(choose(none, convert(kNaN, request.dtype()), best.get(), request.where()));
}

Array place(const Request& request, Reducer reducer, double last) {
  request.require_elements();
  if (request.has_no_result()) return request.constant_result(std::int64_t{0});
  const Numbers numbers(request);
  const NodeRef best = request.reduce(reducer, numbers.with(last)), none = request.reduce(Reducer::all, numbers.nan);
  return request.finish(choose(none, Scalar(std::int64_t{-1}), best.get(), request.where()));
}

}  // namespace
}  // namespace api

using api::Request;

Array nansum(const Array& x, const Axes& axes, bool keepdims, Location where) {
  const Request request("nansum", x, axes, keepdims, where);
  return is_floating(request.dtype()) ? api::total(request, Reducer::sum, 0) : sum(x, axes, keepdims, where);
}

Array nanprod(const Array& x, const Axes& axes, bool keepdims, Location where) {
  const Request request("nanprod", x, axes, keepdims, where);
  return is_floating(request.dtype()) ? api::total(request, Reducer::prod, 1) : prod(x, axes, keepdims, where);
}

Array nanmean(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_half_array(x, where)) return api::in_float32(nanmean, x, where, axes, keepdims);
  const Request request("nanmean", x, axes, keepdims, where);
  if (!is_floating(request.dtype()) || request.is_empty()) return mean(x, axes, keepdims, where);
  return request.finish(api::mean_of(request, api::Numbers(request)));
}

Array nanvar(const Array& x, const Axes& axes, bool keepdims, double correction, Location where) {
  if (api::is_half_array(x, where)) return api::in_float32(nanvar, x, where, axes, keepdims, correction);
  const Request request("nanvar", x, axes, keepdims, where);
  if (!is_floating(request.dtype()) || request.is_empty()) return var(x, axes, keepdims, correction, where);
  return request.finish(api::variance_of(request, correction));
}

Array nanstddev(const Array& x, const Axes& axes, bool keepdims, double correction, Location where) {
  if (api::is_half_array(x, where)) return api::in_float32(nanstddev, x, where, axes, keepdims, correction);
  const Request request("nanstddev", x, axes, keepdims, where);
  if (!is_floating(request.dtype()) || request.is_empty()) return stddev(x, axes, keepdims, correction, where);
  return request.finish(api::apply(Op::sqrt, api::variance_of(request, correction).get(), where));
}

Array nanmin(const Array& x, const Axes& axes, bool keepdims, Location where) {
  const Request request("nanmin", x, axes, keepdims, where);
  if (!is_floating(request.dtype())) return min(x, axes, keepdims, where);
  return api::extreme(request, Reducer::min, api::kInfinity);
}

Array nanmax(const Array& x, const Axes& axes, bool keepdims, Location where) {
  const Request request("nanmax", x, axes, keepdims, where);
  if (!is_floating(request.dtype())) return max(x, axes, keepdims, where);
  return api::extreme(request, Reducer::max, -api::kInfinity);
}

Array nanargmin(const Array& x, const Axes& axes, bool keepdims, Location where) {
  const Request request("nanargmin", x, axes, keepdims, where);
  if (!is_floating(request.dtype())) return argmin(x, axes, keepdims, where);
  return api::place(request, Reducer::argmin, api::kInfinity);
}

Array nanargmax(const Array& x, const Axes& axes, bool keepdims, Location where) {
  const Request request("nanargmax", x, axes, keepdims, where);
  if (!is_floating(request.dtype())) return argmax(x, axes, keepdims, where);
  return api::place(request, Reducer::argmax, -api::kInfinity);
}

}  // namespace ingot
