#include "ingot/scans.hpp"

#include "host/api/complex.h"
#include "host/api/reduction.h"
#include "ingot/complex.hpp"
#include "ingot/creation.hpp"
#include "ingot/manipulation.hpp"
#include "kernels/prebuilt/scan.h"

namespace ingot {
namespace api {
namespace {

using prebuilt::ScanOp;

// Columns fewer than these are turned into rows, which vectors and threads can do as well.
constexpr std::int64_t kFewColumns = 16;

struct Scan {
  std::string_view name;
  ScanOp op;
  DType dtype;
  int axis;
  bool reverse, exclusive, include_initial;
};

NodeRef recorded(const Scan& scan, const NodeRef& x, const Location& where) {
  Shape shape = x->shape;
  std::int64_t outer = 1, inner = 1;
  for (int k = 0; k < shape.ndim(); ++k) {
    if (k < scan.axis) outer *= shape[k];
    if (k > scan.axis) inner *= shape[k];
  }
  const std::int64_t n = shape[scan.axis];
  shape[scan.axis] += scan.include_initial ? 1 : 0;
  const NodeRef stacked = graph::reshape(x.get(), Shape{outer, n, inner}, where);
  Node* const inputs[] = {stacked.get()};
  const Dims parameters{static_cast<std::int64_t>(scan.op), std::int64_t{scan.reverse},
                        std::int64_t{scan.exclusive || scan.include_initial}};
  const NodeRef result =
      graph::call(Routine::scan, scan.dtype, Shape{outer, shape[scan.axis], inner}, inputs, parameters, where);
  return graph::reshape(result.get(), shape, where);
}

Array scanned(const Array& x, Scan scan, const Location& where) {
  Node* const node = node_of(x, where);
  require_computable(scan.name, node->dtype, where);
  // Sums and products widen integers as they read them.
  const bool widens =
      (scan.op == ScanOp::Sum || scan.op == ScanOp::Product) && is_whole(node->dtype) && is_whole(scan.dtype);
  const Array own = widens || node->dtype == scan.dtype ? x : astype(x, scan.dtype, where);
  const Shape& shape = node->shape;
  if (shape.numel() == 0) {
    Shape result = shape;
    result[scan.axis] += scan.include_initial ? 1 : 0;
    return full(result, scan.op == ScanOp::Product ? 1 : 0, scan.dtype, where);
  }
  std::int64_t inner = 1;
  for (int k = scan.axis + 1; k < shape.ndim(); ++k) inner *= shape[k];
  if (inner == 1 || inner >= kFewColumns) return wrap(recorded(scan, NodeRef(node_of(own, where)), where));
  const int axis = scan.axis;
  scan.axis = shape.ndim() - 1;
  const Array rows = moveaxis(own, axis, -1, where);
  return moveaxis(wrap(recorded(scan, NodeRef(node_of(rows, where)), where)), -1, axis, where);
}

// A sum or a product, in the dtype given or the one that integers widen to.
Array accumulated(const Array& x, Scan scan, std::optional<DType> dtype, const Location& where) {
  const DType given = node_of(x, where)->dtype;
  scan.dtype = dtype.value_or(widened(given));
  if (is_bool(scan.dtype))
    fail<TypeError>(where, scan.name, ": dtype bool was given, which has no sums and products; name an integer dtype");
  if (!is_complex(given) && !is_complex(scan.dtype)) return scanned(x, scan, where);
  if (scan.op == ScanOp::Product) fail_to_compute(scan.name, is_complex(given) ? given : scan.dtype, where);
  const Array values = astype(x, scan.dtype, where), re = real(values), im = imag(values);
  scan.dtype = re.dtype();
  return from_parts(scanned(re, scan, where), scanned(im, scan, where), where);
}

int axis_or_only(std::string_view op, const Array& x, std::optional<std::int64_t> axis, const Location& where) {
  const Shape& shape = node_of(x, where)->shape;
  if (axis) return resolve_axis(op, *axis, shape.ndim(), where);
  if (shape.ndim() != 1)
    fail<ValueError>(where, op, ": an array of shape ", shape,
                     " was given without an axis, which may be left out where there is one; name the axis, or ravel "
                     "the array");
  return 0;
}

Array cumulative(std::string_view op, ScanOp kind, const Array& x, std::optional<std::int64_t> axis,
                 std::optional<DType> dtype, bool include_initial, const Location& where) {
  const int at = axis_or_only(op, x, axis, where);
  return accumulated(x, {op, kind, {}, at, false, false, include_initial}, dtype, where);
}

Array flat_or_along(std::string_view op, ScanOp kind, const Array& x, std::optional<std::int64_t> axis,
                    const ScanOptions& options, const Location& where) {
  const Array& own = axis ? x : ravel(x, where);
  const int at = resolve_axis(op, axis.value_or(0), own.ndim(), where);
  return accumulated(own, {op, kind, {}, at, options.reverse, options.exclusive, false}, {}, where);
}

Array along(std::string_view op, ScanOp kind, const Array& x, std::int64_t axis, const ScanOptions& options,
            const Location& where) {
  const Node* const node = node_of(x, where);
  const int at = resolve_axis(op, axis, node->shape.ndim(), where);
  const DType dtype = kind == ScanOp::LogSumExp ? floating(node->dtype) : node->dtype;
  return scanned(x, {op, kind, dtype, at, options.reverse, options.exclusive, false}, where);
}

}  // namespace
}  // namespace api

using prebuilt::ScanOp;

Array cumulative_sum(const Array& x, std::optional<std::int64_t> axis, std::optional<DType> dtype, bool include_initial,
                     Location where) {
  return api::cumulative("cumulative_sum", ScanOp::Sum, x, axis, dtype, include_initial, where);
}

Array cumulative_prod(const Array& x, std::optional<std::int64_t> axis, std::optional<DType> dtype,
                      bool include_initial, Location where) {
  return api::cumulative("cumulative_prod", ScanOp::Product, x, axis, dtype, include_initial, where);
}

Array cumsum(const Array& x, std::optional<std::int64_t> axis, ScanOptions options, Location where) {
  return api::flat_or_along("cumsum", ScanOp::Sum, x, axis, options, where);
}

Array cumprod(const Array& x, std::optional<std::int64_t> axis, ScanOptions options, Location where) {
  return api::flat_or_along("cumprod", ScanOp::Product, x, axis, options, where);
}

Array cummin(const Array& x, std::int64_t axis, ScanOptions options, Location where) {
  return api::along("cummin", ScanOp::Min, x, axis, options, where);
}

Array cummax(const Array& x, std::int64_t axis, ScanOptions options, Location where) {
  return api::along("cummax", ScanOp::Max, x, axis, options, where);
}

Array logcumsumexp(const Array& x, std::int64_t axis, ScanOptions options, Location where) {
  return api::along("logcumsumexp", ScanOp::LogSumExp, x, axis, options, where);
}

}  // namespace ingot
