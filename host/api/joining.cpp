#include "ingot/joining.hpp"

#include <algorithm>
#include <vector>

#include "host/api/complex.h"
#include "host/api/contraction.h"
#include "ingot/creation.hpp"
#include "ingot/manipulation.hpp"

namespace ingot {
namespace api {
namespace {

constexpr std::size_t kAtOnce = Node::kMaxInputs;

void require_any(std::string_view op, std::span<const Array> arrays, const Location& where) {
  if (arrays.empty()) fail<ValueError>(where, op, ": no arrays were given; expected one or more");
}

Shape joined_shape(std::span<const Array> parts, int axis, std::string_view op, const Location& where) {
  Shape shape = parts.front().shape();
  for (const Array& part : parts.subspan(1)) {
    if (__builtin_add_overflow(shape[axis], part.shape()[axis], &shape[axis]))
      fail<ValueError>(where, op, ": the extents of ", parts.size(), " arrays along axis ", axis,
                       " add up to 2^63 or more; an array holds less than 2^59 elements");
  }
  return shape;
}

// The routine takes complex elements as they lie in memory.
Array join_few(std::string_view op, std::span<const Array> parts, int axis, const Location& where) {
  if (parts.size() == 1) return parts.front();
  const Shape shape = joined_shape(parts, axis, op, where);
  const DType dtype = parts.front().dtype();
  NodeRef values[kAtOnce];
  Node* inputs[kAtOnce];
  for (std::size_t k = 0; k < parts.size(); ++k) {
    values[k] = is_complex(dtype) ? graph::interleaved(parts[k].node(), where) : NodeRef(parts[k].node());
    inputs[k] = values[k].get();
  }
  const std::span<Node* const> all(inputs, parts.size());
  if (!is_complex(dtype)) return wrap(graph::call(Routine::concat, dtype, shape, all, Dims{axis}, where));
  Shape with_parts = shape;
  with_parts.push_back(2);
  const NodeRef result = graph::call(Routine::concat, graph::part_dtype(dtype), with_parts, all, Dims{axis}, where);
  return wrap(graph::of_interleaved(result.get(), shape, where));
}

// A call has few inputs: joined by so many at a time, all elements are copied as often.
Array join(std::string_view op, std::vector<Array> parts, int axis, const Location& where) {
  const Shape shape = joined_shape(parts, axis, op, where);
  require_shape(op, shape, where);
  if (shape.numel() == 0) return zeros(shape, parts.front().dtype(), where);
  std::erase_if(parts, [](const Array& part) { return part.size() == 0; });
  while (parts.size() > 1) {
    std::vector<Array> fewer;
    for (std::size_t k = 0; k < parts.size(); k += kAtOnce)
      fewer.push_back(join_few(op, std::span(parts).subspan(k, std::min(kAtOnce, parts.size() - k)), axis, where));
    parts = std::move(fewer);
  }
  return parts.front();
}

}  // namespace
}  // namespace api

Array concat(std::span<const Array> arrays, std::optional<std::int64_t> axis, Location where) {
  api::require_any("concat", arrays, where);
  std::vector<Array> parts = api::promoted("concat", arrays, where);
  if (!axis)
    for (Array& part : parts) part = ravel(part, where);
  const Shape first = parts.front().shape();
  if (first.ndim() == 0)
    fail<ShapeError>(where, "concat: operand 0 is a scalar, which has no axis to join along; stack joins scalars");
  const int at = api::resolve_axis("concat", axis.value_or(0), first.ndim(), where);
  for (std::size_t k = 1; k < parts.size(); ++k) {
    Shape shape = parts[k].shape();
    if (shape.ndim() == first.ndim()) shape[at] = first[at];
    if (shape != first)
      fail<ShapeError>(where, "concat: shapes ", first, " and ", parts[k].shape(), " of operands 0 and ", k,
                       " do not go together; expected equal extents along all axes but ", at);
  }
  return api::join("concat", std::move(parts), at, where);
}

Array stack(std::span<const Array> arrays, std::int64_t axis, Location where) {
  api::require_any("stack", arrays, where);
  std::vector<Array> parts = api::promoted("stack", arrays, where);
  const Shape first = parts.front().shape();
  const int at = api::resolve_axis("stack", axis, first.ndim() + 1, where, "a result");
  for (std::size_t k = 0; k < parts.size(); ++k) {
    if (parts[k].shape() != first)
      fail<ShapeError>(where, "stack: shapes ", first, " and ", parts[k].shape(), " of operands 0 and ", k,
                       " differ; expected equal ones");
    parts[k] = expand_dims(parts[k], at, where);
  }
  return api::join("stack", std::move(parts), at, where);
}

}  // namespace ingot
