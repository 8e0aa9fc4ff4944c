#include "ingot/grids.hpp"

#include <algorithm>

#include "host/api/record.h"
#include "ingot/creation.hpp"
#include "ingot/elementwise.hpp"
#include "ingot/gathering.hpp"

namespace ingot {
namespace api {
namespace {

// 0, 1 ... along one axis of the shape, and of extent 1 along the others.
NodeRef open_index(const Shape& shape, int axis, const Location& where) {
  Shape open(Dims(shape.ndim(), 1));
  open[axis] = shape[axis];
  const NodeRef index = graph::index(shape[axis]);
  return graph::reshape(index.get(), open, where);
}

// The number of the diagonal that each element of the last two axes lies on.
NodeRef diagonal_number(const Shape& shape, const Location& where) {
  const Shape matrix{shape[shape.ndim() - 2], shape[shape.ndim() - 1]};
  const NodeRef row = open_index(matrix, 0, where), column = open_index(matrix, 1, where);
  return apply(Op::subtract, column.get(), row.get(), where);
}

// x where the number of the diagonal compares so with k, and zero elsewhere.
Array keep_where(std::string_view op, Op compare, const Array& x, std::int64_t k, const Location& where) {
  const Shape& shape = node_of(x, where)->shape;
  require_matrices(op, shape, where);
  const NodeRef number = diagonal_number(shape, where);
  const Array kept = wrap(apply(compare, number.get(), Scalar(k), where));
  return ingot::where({kept, where}, {x, where}, false);
}

}  // namespace
}  // namespace api

using api::apply;
using api::NodeRef;
using api::wrap;

std::vector<Array> meshgrid(std::span<const Array> x, std::string_view indexing, Location where) {
  if (indexing != "xy" && indexing != "ij")
    fail<ValueError>(where, "meshgrid: indexing \"", indexing, "\" was given; use \"xy\" or \"ij\"");
  const int ndim = static_cast<int>(x.size());
  const bool swaps = indexing == "xy" && ndim > 1;
  const auto axis_of = [&](int k) { return swaps && k < 2 ? 1 - k : k; };
  Shape grid(Dims(ndim, 1));
  for (int k = 0; k < ndim; ++k) {
    const Shape& shape = api::node_of(x[static_cast<std::size_t>(k)], where)->shape;
    if (shape.ndim() > 1)
      fail<ShapeError>(where, "meshgrid: array ", k, " has shape ", shape,
                       "; the coordinates of one axis are 1-d: ravel it first");
    grid[axis_of(k)] = shape.numel();
  }
  api::require_shape("meshgrid", grid, where);
  std::vector<Array> result;
  for (int k = 0; k < ndim; ++k) {
    Shape open(Dims(ndim, 1));
    open[axis_of(k)] = grid[axis_of(k)];
    const NodeRef line = graph::reshape(x[static_cast<std::size_t>(k)].node(), open, where);
    result.push_back(wrap(graph::broadcast(line.get(), grid, where)));
  }
  return result;
}

Array indices(const Shape& shape, DType dtype, Location where) {
  Shape all = shape;
  all.insert(0, shape.ndim());
  api::require_shape("indices", shape, where);
  api::require_shape("indices", all, where);
  if (shape.ndim() == 0) return zeros(all, dtype, where);
  const NodeRef axis = api::open_index(all, 0, where);
  NodeRef chosen = api::open_index(shape, 0, where);
  for (int k = 1; k < shape.ndim(); ++k) {
    const NodeRef is_k = apply(Op::equal, axis.get(), Scalar(std::int64_t{k}), where);
    const NodeRef along = api::open_index(shape, k, where);
    const api::Input inputs[] = {is_k.get(), along.get(), chosen.get()};
    chosen = apply(Op::where, DType::Int64, inputs, where);
  }
  const NodeRef full = graph::broadcast(chosen.get(), all, where);
  return wrap(api::to_dtype(full.get(), dtype, where));
}

Array tri(std::int64_t rows, std::optional<std::int64_t> columns, std::int64_t k, DType dtype, Location where) {
  const Shape shape{rows, columns.value_or(rows)};
  api::require_shape("tri", shape, where);
  const NodeRef number = api::diagonal_number(shape, where);
  const NodeRef ones = apply(Op::less_equal, number.get(), Scalar(k), where);
  return wrap(api::to_dtype(ones.get(), dtype, where));
}

Array tril(const Array& x, std::int64_t k, Location where) {
  return api::keep_where("tril", Op::less_equal, x, k, where);
}
Array triu(const Array& x, std::int64_t k, Location where) {
  return api::keep_where("triu", Op::greater_equal, x, k, where);
}

Array diagonal(const Array& x, std::int64_t k, Location where) {
  graph::Node* const node = api::node_of(x, where);
  api::require_matrices("diagonal", node->shape, where);
  const int ndim = node->shape.ndim(), row = ndim - 2, column = ndim - 1;
  const std::int64_t rows = node->shape[row], columns = node->shape[column];
  // Saturated, so that no k overflows.
  const std::int64_t down = k < 0 ? -std::max(k, -rows) : 0, right = k > 0 ? std::min(k, columns) : 0;
  const std::int64_t count = std::min(rows - down, columns - right);
  Dims strides = c_strides(node->shape);
  Shape shape = node->shape;
  const std::int64_t offset = count > 0 ? down * strides[row] + right * strides[column] : 0;
  strides[row] += strides[column];
  strides.erase(column);
  shape.erase(column);
  shape[row] = count;
  return wrap(graph::view(node, shape, offset, strides, where));
}

// Element (i, i + k) is where the diagonal runs: element i of x in the row i, or with k below 0 in the column i. Beyond
// its end rows and columns hold what nobody looks at.
Array diag(const Array& x, std::int64_t k, Location where) {
  const Shape& shape = api::node_of(x, where)->shape;
  if (shape.ndim() == 2) return diagonal(x, k, where);
  if (shape.ndim() != 1)
    fail<ShapeError>(where, "diag: x has shape ", shape,
                     "; expected 1 axis, to make a matrix, or 2 (diagonal(x) takes matrices in more)");
  const __int128 extent = static_cast<__int128>(shape[0]) + (k < 0 ? -static_cast<__int128>(k) : k);
  const std::int64_t n = shape[0], size = static_cast<std::int64_t>(std::min(extent, __int128{1} << 62));
  const Shape square{size, size};
  api::require_shape("diag", square, where);
  if (n == 0) return zeros(square, x.dtype(), where);
  Array line = x;
  if (k != 0) line = take(x, minimum({arange(size, {}, where), where}, n - 1), 0, where);
  if (k > 0) line = reshape(line, {size, 1}, where);
  const NodeRef number = api::diagonal_number(square, where);
  const Array on = wrap(apply(Op::equal, number.get(), Scalar(k), where));
  return ingot::where({on, where}, {line, where}, false);
}

Array detail::open_index(const Shape& shape, int axis, DType dtype, Location where) {
  api::require_shape("fromfunction", shape, where);
  const NodeRef index = api::open_index(shape, axis, where);
  return wrap(api::to_dtype(index.get(), dtype, where));
}

void detail::fail_axes(const Shape& shape, Location where) {
  fail<ShapeError>(where, "fromfunction: the function does not take the ", shape.ndim(),
                   " arrays of indices that shape ", shape, " has; give it one parameter for each axis, 1 to 8");
}

}  // namespace ingot
