#include "ingot/manipulation.hpp"

#include <algorithm>

#include "host/api/record.h"

namespace ingot {

using api::node_of;
using api::resolve_axes;
using api::resolve_axis;
using api::wrap;
using graph::Node;

namespace {

Array permuted(Node* node, const Dims& order, const Location& where) {
  const Strides strides = c_strides(node->shape);
  Shape shape = node->shape;
  Strides steps = strides;
  for (int k = 0; k < order.size(); ++k) {
    shape[k] = node->shape[static_cast<int>(order[k])];
    steps[k] = strides[static_cast<int>(order[k])];
  }
  return wrap(graph::view(node, shape, 0, std::move(steps), where));
}

Dims reversed(int ndim) {
  Dims order(ndim, 0);
  for (int k = 0; k < ndim; ++k) order[k] = ndim - 1 - k;
  return order;
}

Array permute(std::string_view op, const Array& x, const Axes& axes, const Location& where) {
  Node* const node = node_of(x, where);
  const int ndim = node->shape.ndim();
  if (!axes.all() && axes.list().size() != ndim)
    fail<ValueError>(where, op, ": ", axes.list().size(), " axes were given for an array of ", ndim, " axes, of shape ",
                     node->shape, "; every axis must be named once");
  return permuted(node, axes.all() ? reversed(ndim) : resolve_axes(op, axes, ndim, where), where);
}

bool contains(const Dims& list, std::int64_t value) { return std::find(list.begin(), list.end(), value) != list.end(); }

}  // namespace

Array Array::T(Location where) const {
  Node* const node = node_of(*this, where);
  return permuted(node, reversed(node->shape.ndim()), where);
}

Array astype(const Array& x, DType dtype, Location where) {
  Node* const node = node_of(x, where);
  if (is_complex(node->dtype) && !is_complex(dtype) && !is_bool(dtype))
    fail<TypeError>(where, "astype: a ", node->dtype, " array does not convert to ", dtype,
                    "; use real(x), imag(x) or abs(x)");
  // A scalar that was converted on purpose is weak no longer.
  if (node->kind == graph::Kind::Constant)
    return wrap(api::constant(api::convert(Scalar(node->dtype, node->bits), dtype)));
  return wrap(api::to_dtype(node, dtype, where));
}

Array reshape(const Array& x, const Shape& shape, Location where) {
  Node* const node = node_of(x, where);
  const std::int64_t size = node->numel();
  Shape result = shape;
  int unknown = -1;
  for (int k = 0; k < result.ndim(); ++k) {
    if (result[k] != -1) continue;
    if (unknown >= 0)
      fail<ValueError>(where, "reshape: shape ", shape,
                       " has more than one -1; only one extent can be found from the rest");
    unknown = k;
    result[k] = 1;
  }
  api::require_shape("reshape", result, where);
  const std::int64_t known = result.numel();
  if (unknown >= 0) result[unknown] = known == 0 ? 0 : size / known;
  // With another extent of 0, no value of the unknown one would be better than any other.
  if (result.numel() != size || (unknown >= 0 && known == 0))
    fail<ShapeError>(where, "reshape: an array of shape ", node->shape, ", which has ", size,
                     size == 1 ? " element" : " elements", ", cannot take the shape ", shape);
  return wrap(graph::reshape(node, result, where));
}

Array ravel(const Array& x, Location where) {
  Node* const node = node_of(x, where);
  return wrap(graph::reshape(node, Shape{node->numel()}, where));
}

Array flatten(const Array& x, Location where) { return ravel(x, where); }

Array permute_dims(const Array& x, const Axes& axes, Location where) { return permute("permute_dims", x, axes, where); }

Array transpose(const Array& x, const Axes& axes, Location where) { return permute("transpose", x, axes, where); }

Array moveaxis(const Array& x, const Axes& source, const Axes& destination, Location where) {
  Node* const node = node_of(x, where);
  const int ndim = node->shape.ndim();
  const Dims from = resolve_axes("moveaxis", source, ndim, where),
             to = resolve_axes("moveaxis", destination, ndim, where);
  if (from.size() != to.size())
    fail<ValueError>(where, "moveaxis: ", from.size(), " source and ", to.size(),
                     " destination axes were given; expected as many of each");
  Dims order(ndim, -1);
  for (int k = 0; k < from.size(); ++k) order[static_cast<int>(to[k])] = from[k];
  int next = 0;
  for (std::int64_t& axis : order) {
    if (axis >= 0) continue;
    while (contains(from, next)) ++next;
    axis = next++;
  }
  return permuted(node, order, where);
}

Array swapaxes(const Array& x, std::int64_t axis1, std::int64_t axis2, Location where) {
  Node* const node = node_of(x, where);
  const int ndim = node->shape.ndim();
  Dims order(ndim, 0);
  for (int k = 0; k < ndim; ++k) order[k] = k;
  std::swap(order[resolve_axis("swapaxes", axis1, ndim, where)], order[resolve_axis("swapaxes", axis2, ndim, where)]);
  return permuted(node, order, where);
}

Array expand_dims(const Array& x, const Axes& axes, Location where) {
  Node* const node = node_of(x, where);
  if (axes.all())
    fail<ValueError>(where, "expand_dims: which axes to insert was not said; give their places in the result");
  const int ndim = node->shape.ndim() + axes.list().size();
  const Dims inserted = resolve_axes("expand_dims", axes, ndim, where, "a result");
  Shape shape;
  for (int k = 0, from = 0; k < ndim; ++k) shape.push_back(contains(inserted, k) ? 1 : node->shape[from++]);
  return wrap(graph::reshape(node, shape, where));
}

Array squeeze(const Array& x, const Axes& axes, Location where) {
  Node* const node = node_of(x, where);
  const Dims dropped = resolve_axes("squeeze", axes, node->shape.ndim(), where);
  Shape shape;
  for (int k = 0; k < node->shape.ndim(); ++k) {
    if (node->shape[k] == 1 && contains(dropped, k)) continue;
    if (!axes.all() && contains(dropped, k))
      fail<ValueError>(where, "squeeze: axis ", k, " of shape ", node->shape, " has extent ", node->shape[k],
                       "; only axes of extent 1 can be dropped");
    shape.push_back(node->shape[k]);
  }
  return wrap(graph::reshape(node, shape, where));
}

Array broadcast_to(const Array& x, const Shape& shape, Location where) {
  Node* const node = node_of(x, where);
  api::require_shape("broadcast_to", shape, where);
  Shape common = shape;
  if (node->shape.ndim() > shape.ndim() || !api::broadcast_into(common, node->shape) || !(common == shape))
    fail<ShapeError>(where, "broadcast_to: an array of shape ", node->shape, " does not broadcast to ", shape,
                     "; each extent, from the last, must be equal or 1");
  return wrap(graph::broadcast(node, shape, where));
}

Shape broadcast_shapes(std::initializer_list<Shape> shapes, Location where) {
  Shape common;
  for (const Shape& shape : shapes) {
    Shape next = common;
    if (!api::broadcast_into(next, shape))
      fail<ShapeError>(where, "broadcast_shapes: ", shape, " does not broadcast with ", common,
                       ", the shape of those before it");
    common = std::move(next);
  }
  api::require_shape("broadcast_shapes", common, where);
  return common;
}

Array flip(const Array& x, const Axes& axes, Location where) {
  Node* const node = node_of(x, where);
  Strides steps = c_strides(node->shape);
  std::int64_t offset = 0;
  for (std::int64_t axis : resolve_axes("flip", axes, node->shape.ndim(), where)) {
    const int k = static_cast<int>(axis);
    offset += (node->shape[k] - 1) * steps[k];
    steps[k] = -steps[k];
  }
  return wrap(graph::view(node, node->shape, offset, std::move(steps), where));
}

}  // namespace ingot
