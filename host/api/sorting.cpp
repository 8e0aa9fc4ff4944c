#include "ingot/sorting.hpp"

#include "host/api/record.h"
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

}  // namespace
}  // namespace api

Array sort(const Array& x, std::int64_t axis, bool descending, Location where) {
  return api::sorted(Routine::sort, x, axis, descending, where);
}

Array argsort(const Array& x, std::int64_t axis, bool descending, Location where) {
  return api::sorted(Routine::argsort, x, axis, descending, where);
}

}  // namespace ingot
