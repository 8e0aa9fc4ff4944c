#include "ingot/sorting.hpp"

#include "host/api/record.h"
#include "ingot/creation.hpp"
#include "ingot/gathering.hpp"
#include "ingot/manipulation.hpp"

namespace ingot {
namespace api {
namespace {

// Routines sort along the last axis: others change places with it before and after.
Array sorted(Routine routine, const Array& x, std::int64_t axis, bool descending, const Location& where) {
  const std::string_view op = info(routine).name;
  Node* const node = node_of(x, where);
  require_computable(op, node->dtype, where);
  const int ndim = node->shape.ndim(), at = resolve_axis(op, axis, ndim, where), last = ndim - 1;
  const Array rows = at == last ? x : swapaxes(x, at, last, where);
  Node* const inputs[] = {node_of(rows, where)};
  const DType dtype = routine == Routine::argsort ? DType::Int64 : node->dtype;
  const Array result = wrap(graph::call(routine, dtype, inputs[0]->shape, inputs, Dims{descending}, where));
  return at == last ? result : swapaxes(result, at, last, where);
}

void require_sorted_along_axis(const Node* x, const Location& where) {
  if (x->shape.ndim() != 1)
    fail<ShapeError>(where, "searchsorted: x has shape ", x->shape,
                     "; the sorted numbers are 1-d: ravel it, or search one row at a time");
}

}  // namespace
}  // namespace api

Array sort(const Array& x, std::int64_t axis, bool descending, Location where) {
  return api::sorted(Routine::sort, x, axis, descending, where);
}

Array argsort(const Array& x, std::int64_t axis, bool descending, Location where) {
  return api::sorted(Routine::argsort, x, axis, descending, where);
}

Array searchsorted(const Array& x, const Array& values, std::string_view side, Location where) {
  constexpr std::string_view kOp = "searchsorted";
  api::require_sorted_along_axis(api::node_of(x, where), where);
  if (side != "left" && side != "right")
    fail<ValueError>(where, kOp, ": side \"", side, "\" was given; use \"left\" or \"right\"");
  const api::Input terms[] = {api::term({x, where}), api::term({values, where})};
  const DType dtype = api::promote(terms);
  api::require_computable(kOp, dtype, where);
  const Shape& shape = values.shape();
  if (x.size() == 0) return zeros(shape, DType::Int64, where);
  // Bool and the 16-bit floats keep their order in these.
  const DType compared = is_bool(dtype) ? DType::UInt8 : is_half(dtype) ? DType::Float32 : dtype;
  const auto operand = [&](const api::Input& term) {
    const api::NodeRef own =
        term.is_value() ? api::constant(api::literal(kOp, term.value, dtype, where)) : api::NodeRef(term.node);
    const api::NodeRef common = api::to_dtype(own.get(), dtype, where);
    return graph::cast(common.get(), compared, where);
  };
  const api::NodeRef sorted = operand(terms[0]), sought = operand(terms[1]);
  api::Node* const inputs[] = {sorted.get(), sought.get()};
  return api::wrap(
      graph::call(Routine::searchsorted, DType::Int64, shape, inputs, Dims{std::int64_t{side == "right"}}, where));
}

Array searchsorted(const Array& x, const Array& values, std::string_view side, const Array& sorter, Location where) {
  const api::Node* const node = api::node_of(x, where);
  api::require_sorted_along_axis(node, where);
  if (api::node_of(sorter, where)->shape != node->shape)
    fail<ShapeError>(where, "searchsorted: the sorter has shape ", sorter.shape(), ", and x has ", node->shape,
                     "; expected a position for each element, as argsort(x) gives them");
  return searchsorted(take(x, sorter, 0, where), values, side, where);
}

}  // namespace ingot
