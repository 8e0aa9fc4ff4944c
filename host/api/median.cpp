#include "ingot/median.hpp"

#include <bit>

#include "host/api/reduction.h"
#include "ingot/manipulation.hpp"

namespace ingot {
namespace api {
namespace {

// The routine takes rows of the last axis: reduced axes are moved there and made one.
Array select(std::string_view op, const Array& x, double q, bool skips_nan, const Axes& axes, bool keepdims,
             const Location& where) {
  if (is_half_array(x, where)) {
    const Array wide = astype(x, DType::Float32, where);
    return astype(select(op, wide, q, skips_nan, axes, keepdims, where), x.dtype(), where);
  }
  const Request request(op, x, axes, keepdims, where);
  if (!(q >= 0 && q <= 1)) fail<ValueError>(where, op, ": q is ", q, ", and must be between 0 and 1");
  const DType dtype = floating(request.dtype());
  if (request.is_empty()) return request.constant_result(convert(kNaN, dtype));
  const Shape& kept = request.result_shape();
  const NodeRef rows = request.rows();
  Node* const inputs[] = {rows.get()};
  return request.finish(graph::call(Routine::quantile, dtype, kept, inputs,
                                    Dims{std::bit_cast<std::int64_t>(q), std::int64_t{skips_nan}}, where));
}

}  // namespace
}  // namespace api

Array median(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::select("median", x, 0.5, false, axes, keepdims, where);
}

Array nanmedian(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::select("nanmedian", x, 0.5, true, axes, keepdims, where);
}

Array quantile(const Array& x, double q, const Axes& axes, bool keepdims, Location where) {
  return api::select("quantile", x, q, false, axes, keepdims, where);
}

Array nanquantile(const Array& x, double q, const Axes& axes, bool keepdims, Location where) {
  return api::select("nanquantile", x, q, true, axes, keepdims, where);
}

}  // namespace ingot
