#include "ingot/median.hpp"

#include <bit>
#include <utility>

#include "host/api/reduction.h"

namespace ingot {
namespace api {
namespace {

constexpr double kMiddle = 0.5;

// The routine takes rows of the last axis: reduced axes are moved there and made one.
// Several quantiles have an axis of their own, the first.
Array select(const Array& x, std::string_view op, std::span<const double> q, bool several, bool skips_nan,
             const Axes& axes, bool keepdims, const Location& where) {
  if (is_half_array(x, where)) return in_float32(select, x, where, op, q, several, skips_nan, axes, keepdims);
  const Request request(op, x, axes, keepdims, where);
  Dims parameters{std::int64_t{skips_nan}};
  for (const double each : q) {
    if (!(each >= 0 && each <= 1)) fail<ValueError>(where, op, ": q is ", each, ", and must be between 0 and 1");
    parameters.push_back(std::bit_cast<std::int64_t>(each));
  }
  Shape shape = request.finished_shape();
  if (several) shape.insert(0, static_cast<std::int64_t>(q.size()));
  const DType dtype = floating(request.dtype());
  if (request.is_empty()) return wrap(fill(shape, convert(kNaN, dtype), where));
  const NodeRef rows = request.rows();
  Node* const inputs[] = {rows.get()};
  return wrap(graph::call(Routine::quantile, dtype, shape, inputs, std::move(parameters), where));
}

}  // namespace
}  // namespace api

Array median(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::select(x, "median", {&api::kMiddle, 1}, false, false, axes, keepdims, where);
}

Array nanmedian(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::select(x, "nanmedian", {&api::kMiddle, 1}, false, true, axes, keepdims, where);
}

Array quantile(const Array& x, double q, const Axes& axes, bool keepdims, Location where) {
  return api::select(x, "quantile", {&q, 1}, false, false, axes, keepdims, where);
}

Array quantile(const Array& x, std::span<const double> q, const Axes& axes, bool keepdims, Location where) {
  return api::select(x, "quantile", q, true, false, axes, keepdims, where);
}

Array nanquantile(const Array& x, double q, const Axes& axes, bool keepdims, Location where) {
  return api::select(x, "nanquantile", {&q, 1}, false, true, axes, keepdims, where);
}

Array nanquantile(const Array& x, std::span<const double> q, const Axes& axes, bool keepdims, Location where) {
  return api::select(x, "nanquantile", q, true, true, axes, keepdims, where);
}

}  // namespace ingot
