#include "ingot/normalization.hpp"

#include <vector>

#include "host/api/reduction.h"
#include "ingot/elementwise.hpp"
#include "ingot/manipulation.hpp"
#include "ingot/reductions.hpp"

namespace ingot {
namespace api {
namespace {

Array to_floating(std::string_view op, const Array& x, const Location& where) {
  Node* const node = node_of(x, where);
  require_computable(op, node->dtype, where);
  return wrap(to_dtype(node, floating(node->dtype), where));
}

Array less(const Array& x, const Array& y, const Location& where) { return subtract({x, where}, {y, where}); }

// From the largest element and the sum of exponentials relative to it, which come from one pass. An infinite largest
// element leaves no scale: the sum becomes NaN.
Array softened(const Array& x, std::int64_t axis, bool in_logs, const Location& where) {
  const std::string_view op = in_logs ? "log_softmax" : "softmax";
  const Array values = to_floating(op, x, where);
  if (values.size() == 0) {
    resolve_axis(op, axis, values.ndim(), where);
    return values;
  }
  const Request request(op, values, axis, true, where);
  const Exponentials e = exponentials(request);
  const NodeRef of_infinite = apply(Op::subtract, e.largest.get(), e.largest.get(), where);
  const NodeRef total = apply(Op::add, e.sum.get(), of_infinite.get(), where);
  const Array shifted = less(values, wrap(request.keep(e.largest)), where);
  if (!in_logs) return divide({exp({shifted, where}), where}, {wrap(request.keep(total)), where});
  const NodeRef log = apply(Op::log, total.get(), where);
  return less(shifted, wrap(request.keep(log)), where);
}

// Values for the elements along the chosen axes of x, to broadcast against it.
Array along(const Array& values, const char* what, const Array& x, const std::vector<bool>& axes,
            const Location& where) {
  Shape wanted, shape;
  for (int k = 0; k < x.ndim(); ++k) {
    shape.push_back(axes[static_cast<std::size_t>(k)] ? x.shape()[k] : 1);
    if (axes[static_cast<std::size_t>(k)]) wanted.push_back(x.shape()[k]);
  }
  if (values.shape() != wanted)
    fail<ShapeError>(where, "layer_norm: ", what, " has shape ", values.shape(), ", and the axes of x (shape ",
                     x.shape(), ") that are normalised have ", wanted, "; give one value for each of their elements");
  return reshape(values, shape, where);
}

}  // namespace
}  // namespace api

Array softmax(const Array& x, std::int64_t axis, Location where) { return api::softened(x, axis, false, where); }

Array log_softmax(const Array& x, std::int64_t axis, Location where) { return api::softened(x, axis, true, where); }

Array zscore(const Array& x, std::int64_t axis, double correction, Location where) {
  const Array values = api::to_floating("zscore", x, where);
  const std::int64_t at = api::resolve_axis("zscore", axis, values.ndim(), where);
  if (values.size() == 0) return values;
  return divide({api::less(values, mean(values, at, true, where), where), where},
                {stddev(values, at, true, correction, where), where});
}

Array layer_norm(const Array& x, const Array& weight, const Array& bias, double epsilon, const Axes& axes,
                 Location where) {
  const Array values = api::to_floating("layer_norm", x, where);
  if (values.ndim() == 0) api::resolve_axis("layer_norm", -1, 0, where);
  std::vector<bool> chosen(static_cast<std::size_t>(values.ndim()), false);
  for (const std::int64_t axis : api::resolve_axes("layer_norm", axes, values.ndim(), where))
    chosen[static_cast<std::size_t>(axis)] = true;
  const Array scale = api::along(weight, "weight", values, chosen, where);
  const Array shift = api::along(bias, "bias", values, chosen, where);
  const Array variance = var(values, axes, true, 0, where);
  const Array deviation = sqrt({add({variance, where}, {epsilon, where}), where});
  const Array normal = multiply({api::less(values, mean(values, axes, true, where), where), where},
                                {reciprocal({deviation, where}), where});
  return add({multiply({normal, where}, {scale, where}), where}, {shift, where});
}

}  // namespace ingot
