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

// Whether three passes over a row are one pass over memory on every host: it lies together, and the row, its
// exponentials and the result fit half of a second-level cache of 512 KiB. By the shape alone, so that bits do not
// depend on the machine.
bool has_short_rows(const Array& x, int axis) {
  constexpr std::int64_t kShort = 64 << 10;
  std::int64_t inner = 1;
  for (int k = axis + 1; k < x.ndim(); ++k) inner *= x.shape()[k];
  return inner == 1 && x.shape()[axis] * static_cast<std::int64_t>(itemsize(x.dtype())) <= kShort;
}

// The largest element of a row and the sum of exponentials relative to it. Of short rows one after the other, which is
// quicker and more precise; else both from one pass, where an infinite largest element leaves no scale, and so NaN.
Array softened(const Array& x, std::int64_t axis, bool in_logs, const Location& where) {
  const std::string_view op = in_logs ? "log_softmax" : "softmax";
  const Array values = to_floating(op, x, where);
  const int at = resolve_axis(op, axis, values.ndim(), where);
  if (values.size() == 0) return values;
  const Request request(op, values, at, true, where);
  const bool is_short = has_short_rows(values, at);
  Exponentials e = is_short ? Exponentials{request.reduce(Reducer::max, values.dtype()), {}} : exponentials(request);
  const Array shifted = less(values, wrap(request.keep(e.largest)), where);
  const Array powers = exp({shifted, where});
  if (is_short) {
    e.sum = request.reduce(Reducer::sum, NodeRef(node_of(powers, where)));
  } else {
    const NodeRef of_infinite = apply(Op::subtract, e.largest.get(), e.largest.get(), where);
    e.sum = apply(Op::add, e.sum.get(), of_infinite.get(), where);
  }
  if (!in_logs) return divide({powers, where}, {wrap(request.keep(e.sum)), where});
  const NodeRef log = apply(Op::log, e.sum.get(), where);
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

Array softmax(const Array& x, std::int64_t axis, Location where) {
  if (api::is_half_array(x, where)) return api::in_float32(softmax, x, where, axis);
  return api::softened(x, axis, false, where);
}

Array log_softmax(const Array& x, std::int64_t axis, Location where) {
  if (api::is_half_array(x, where)) return api::in_float32(log_softmax, x, where, axis);
  return api::softened(x, axis, true, where);
}

Array zscore(const Array& x, std::int64_t axis, double correction, Location where) {
  if (api::is_half_array(x, where)) return api::in_float32(zscore, x, where, axis, correction);
  const Array values = api::to_floating("zscore", x, where);
  const std::int64_t at = api::resolve_axis("zscore", axis, values.ndim(), where);
  if (values.size() == 0) return values;
  // Of equal elements the mean may be rounded: 0 / 0 there, not a small difference over 0.
  const Array deviation = stddev(values, at, true, correction, where);
  const Array known = ingot::where(equal({deviation, where}, 0.0), api::kNaN, {deviation, where});
  return divide({api::less(values, mean(values, at, true, where), where), where}, {known, where});
}

Array layer_norm(const Array& x, const Array& weight, const Array& bias, double epsilon, const Axes& axes,
                 Location where) {
  if (api::is_half_array(x, where)) {
    const DType dtype = promote_types(promote_types(x.dtype(), weight.dtype()), bias.dtype());
    return astype(layer_norm(astype(x, DType::Float32, where), weight, bias, epsilon, axes, where), dtype, where);
  }
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
