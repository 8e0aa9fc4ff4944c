#include "ingot/gathering.hpp"

#include "host/api/complex.h"

namespace ingot {
namespace api {
namespace {

void require_indices(std::string_view op, const Node* indices, const Location& where) {
  if (!is_integer(indices->dtype))
    fail<TypeError>(where, op, ": the indices are ", indices->dtype, "; expected an integer dtype",
                    is_bool(indices->dtype) ? " (where(condition, x, y) selects by bools)" : ", convert with astype");
}

// The routine takes complex elements as they lie in memory.
Array taken(std::string_view op, Node* x, Node* indices, int axis, bool along, const Shape& shape,
            const Location& where) {
  require_shape(op, shape, where);
  if (x->shape[axis] == 0 && shape.numel() > 0)
    fail<IndexError>(where, op, ": axis ", axis, " of shape ", x->shape, " has no elements, and ", shape.numel(),
                     shape.numel() == 1 ? " is" : " are", " to be taken; give indices of no elements, or another axis");
  if (!is_complex(x->dtype)) {
    Node* const inputs[] = {x, indices};
    return wrap(graph::call(Routine::take, x->dtype, shape, inputs, Dims{axis, std::int64_t{along}, 1}, where));
  }
  const NodeRef values = graph::interleaved(x, where);
  Node* const inputs[] = {values.get(), indices};
  Shape with_parts = shape;
  with_parts.push_back(2);
  const NodeRef result = graph::call(Routine::take, graph::part_dtype(x->dtype), with_parts, inputs,
                                     Dims{axis, std::int64_t{along}, 2}, where);
  return wrap(graph::of_interleaved(result.get(), shape, where));
}

}  // namespace
}  // namespace api

Array take(const Array& x, const Array& indices, std::optional<std::int64_t> axis, Location where) {
  graph::Node *const node = api::node_of(x, where), *const at = api::node_of(indices, where);
  const int ndim = node->shape.ndim();
  if (!axis && ndim != 1)
    fail<ValueError>(where, "take: no axis was given for an array of shape ", node->shape,
                     "; name one, as only an array of one axis has but that one to take from");
  const int k = api::resolve_axis("take", axis.value_or(0), ndim, where);
  api::require_indices("take", at, where);
  Shape shape;
  for (int i = 0; i < k; ++i) shape.push_back(node->shape[i]);
  for (const std::int64_t extent : at->shape) shape.push_back(extent);
  for (int i = k + 1; i < ndim; ++i) shape.push_back(node->shape[i]);
  return api::taken("take", node, at, k, false, shape, where);
}

Array take_along_axis(const Array& x, const Array& indices, std::int64_t axis, Location where) {
  constexpr const char* kOp = "take_along_axis";
  graph::Node *const node = api::node_of(x, where), *const at = api::node_of(indices, where);
  const int k = api::resolve_axis(kOp, axis, node->shape.ndim(), where);
  api::require_indices(kOp, at, where);
  if (at->shape.ndim() != node->shape.ndim())
    fail<ShapeError>(where, kOp, ": x has shape ", node->shape, " and the indices have ", at->shape,
                     "; expected as many axes of both (take has indices of one axis for all of x)");
  Shape common = node->shape, others = at->shape;
  common[k] = others[k] = 1;
  if (!api::broadcast_into(common, others))
    fail<ShapeError>(where, kOp, ": x of shape ", node->shape, " and indices of shape ", at->shape,
                     " do not broadcast along the axes other than ", k, "; expected equal extents there, or 1");
  Shape shape = common, from = common;
  shape[k] = at->shape[k];
  from[k] = node->shape[k];
  api::require_shape(kOp, from, where);
  const graph::NodeRef values = graph::broadcast(node, from, where), positions = graph::broadcast(at, shape, where);
  return api::taken(kOp, values.get(), positions.get(), k, true, shape, where);
}

}  // namespace ingot
