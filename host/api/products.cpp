#include "ingot/products.hpp"

#include "host/api/contraction.h"
#include "ingot/complex.hpp"
#include "ingot/elementwise.hpp"

namespace ingot {
namespace api {
namespace {

// Labels of the axes that are neither batches, which are counted from the last, nor tensordot's own.
enum : std::int64_t { kRow = -1, kColumn = -2, kSummed = -3 };

enum class Extents : std::uint8_t { Equal, Broadcast };

/// Labels for `count` axes that broadcast, the first of them first.
Labels batches(int count) {
  Labels labels;
  for (int k = count; k-- > 0;) labels.push_back(k);
  return labels;
}

std::string axes_text(int count) { return std::to_string(count) + (count == 1 ? " axis" : " axes"); }

void require_axes(std::string_view op, const Array& x, int which, int least, const Location& where) {
  if (x.ndim() < least)
    fail<ShapeError>(where, op, ": operand ", which, " has shape ", x.shape(), ", and ", axes_text(least),
                     " or more were expected; give it some with expand_dims or reshape");
}

// The contraction of two operands. ShapeError where extents of one label are not equal; those that are not summed over
// may be 1.
Array product(std::string_view op, const Labelled& x, const Labelled& y, const Labels& result, const Location& where) {
  const Shape &xs = x.array.shape(), &ys = y.array.shape();
  Shape shape(Dims(result.size(), 1));
  for (const Labelled* const each : {&x, &y})
    for (int k = 0; k < each->labels.size(); ++k)
      if (const int at = find(result, each->labels[k]); at >= 0 && each->array.shape()[k] != 1)
        shape[at] = each->array.shape()[k];
  for (int k = 0; k < x.labels.size(); ++k) {
    const int other = find(y.labels, x.labels[k]);
    if (other < 0 || xs[k] == ys[other]) continue;
    const bool broadcasts = contains(result, x.labels[k]);
    if (broadcasts && (xs[k] == 1 || ys[other] == 1)) continue;
    fail<ShapeError>(where, op, ": shapes ", xs, " and ", ys, " do not go together; axis ", k, " of the first is ",
                     xs[k], " and axis ", other, " of the second is ", ys[other], ", where equal extents",
                     broadcasts ? " or 1" : "", " were expected (dtypes ", x.array.dtype(), " and ", y.array.dtype(),
                     ")");
  }
  require_shape(op, shape, where);
  const Array given[] = {x.array, y.array};
  const std::vector<Array> same = promoted(op, given, where);
  return contract({same[0], x.labels}, {same[1], y.labels}, result, where);
}

// A vector has one axis, a matrix two; before them come those that broadcast.
Labelled stack_of(const Array& x, std::initializer_list<std::int64_t> last) {
  Labels labels = batches(x.ndim() - static_cast<int>(last.size()));
  for (const std::int64_t label : last) labels.push_back(label);
  return {x, labels};
}

Labels result_of(const Labelled& x, int x_axes, const Labelled& y, int y_axes,
                 std::initializer_list<std::int64_t> last) {
  Labels result = batches(std::max(x.labels.size() - x_axes, y.labels.size() - y_axes));
  for (const std::int64_t label : last) result.push_back(label);
  return result;
}

// Sums over pairs of axes.
Array sum_over(std::string_view op, const Array& a, const Array& b, const Dims& a_axes, const Dims& b_axes,
               const Location& where) {
  Labelled x{a, {}}, y{b, {}};
  Labels result;
  for (int k = 0; k < a.ndim(); ++k) {
    x.labels.push_back(k);
    if (!contains(a_axes, k)) result.push_back(k);
  }
  for (int k = 0; k < b.ndim(); ++k) {
    const int pair = find(b_axes, k);
    const std::int64_t label = pair < 0 ? a.ndim() + k : a_axes[pair];
    y.labels.push_back(label);
    if (pair < 0) result.push_back(label);
  }
  return product(op, x, y, result, where);
}

// As NumPy has it: an axis of each operand, which counts as its last.
Labelled with_axis(std::string_view op, const Array& x, std::int64_t axis, const Location& where) {
  const int at = resolve_axis(op, axis, x.ndim(), where);
  Labels labels = batches(x.ndim() - 1);
  labels.insert(at, kSummed);
  return {x, labels};
}

Array conjugate(const Array& x, const Location& where) { return conj(Operand(x, where)); }

}  // namespace
}  // namespace api

using api::kColumn;
using api::kRow;
using api::kSummed;
using api::Labelled;
using api::Labels;

Array matmul(const Array& a, const Array& b, Location where) {
  api::require_axes("matmul", a, 0, 1, where);
  api::require_axes("matmul", b, 1, 1, where);
  if (graph::NodeRef plain = api::plain_product(a.node(), b.node(), where)) return api::wrap(std::move(plain));
  const bool row = a.ndim() == 1, column = b.ndim() == 1;
  const Labelled x = row ? api::stack_of(a, {kSummed}) : api::stack_of(a, {kRow, kSummed});
  const Labelled y = column ? api::stack_of(b, {kSummed}) : api::stack_of(b, {kSummed, kColumn});
  Labels result = api::result_of(x, row ? 1 : 2, y, column ? 1 : 2, {});
  if (!row) result.push_back(kRow);
  if (!column) result.push_back(kColumn);
  return api::product("matmul", x, y, result, where);
}

Array dot(const Array& a, const Array& b, Location where) {
  if (a.ndim() == 0 || b.ndim() == 0) return multiply(Operand(a, where), Operand(b, where));
  return api::sum_over("dot", a, b, Dims{a.ndim() - 1}, Dims{std::max(b.ndim() - 2, 0)}, where);
}

Array vecdot(const Array& a, const Array& b, std::int64_t axis, Location where) {
  const Labelled x = api::with_axis("vecdot", api::conjugate(a, where), axis, where),
                 y = api::with_axis("vecdot", b, axis, where);
  return api::product("vecdot", x, y, api::result_of(x, 1, y, 1, {}), where);
}

Array matvec(const Array& matrix, const Array& vector, Location where) {
  api::require_axes("matvec", matrix, 0, 2, where);
  api::require_axes("matvec", vector, 1, 1, where);
  const Labelled x = api::stack_of(matrix, {kRow, kSummed}), y = api::stack_of(vector, {kSummed});
  return api::product("matvec", x, y, api::result_of(x, 2, y, 1, {kRow}), where);
}

Array vecmat(const Array& vector, const Array& matrix, Location where) {
  api::require_axes("vecmat", vector, 0, 1, where);
  api::require_axes("vecmat", matrix, 1, 2, where);
  const Labelled x = api::stack_of(api::conjugate(vector, where), {kSummed}),
                 y = api::stack_of(matrix, {kSummed, kColumn});
  return api::product("vecmat", x, y, api::result_of(x, 1, y, 2, {kColumn}), where);
}

Array inner(const Array& a, const Array& b, Location where) {
  if (a.ndim() == 0 || b.ndim() == 0) return multiply(Operand(a, where), Operand(b, where));
  return api::sum_over("inner", a, b, Dims{a.ndim() - 1}, Dims{b.ndim() - 1}, where);
}

Array outer(const Array& a, const Array& b, Location where) {
  return api::sum_over("outer", ravel(a, where), ravel(b, where), {}, {}, where);
}

Array tensordot(const Array& a, const Array& b, std::int64_t axes, Location where) {
  if (axes < 0 || axes > a.ndim() || axes > b.ndim())
    fail<ValueError>(where, "tensordot: ", axes, " axes were given to sum over, of shapes ", a.shape(), " and ",
                     b.shape(), "; expected 0 to ", std::min(a.ndim(), b.ndim()));
  Dims last, first;
  for (int k = 0; k < axes; ++k) {
    last.push_back(a.ndim() - axes + k);
    first.push_back(k);
  }
  return api::sum_over("tensordot", a, b, last, first, where);
}

Array tensordot(const Array& a, const Array& b, const Axes& a_axes, const Axes& b_axes, Location where) {
  const Dims of_a = api::resolve_axes("tensordot", a_axes, a.ndim(), where),
             of_b = api::resolve_axes("tensordot", b_axes, b.ndim(), where);
  if (of_a.size() != of_b.size())
    fail<ValueError>(where, "tensordot: ", of_a.size(), " axes of the first and ", of_b.size(),
                     " of the second operand were given; expected as many of each");
  return api::sum_over("tensordot", a, b, of_a, of_b, where);
}

Array kron(const Array& a, const Array& b, Location where) {
  const int ndim = std::max(a.ndim(), b.ndim());
  Labelled x{a, {}}, y{b, {}};
  for (int k = 0; k < a.ndim(); ++k) x.labels.push_back(2 * (ndim - a.ndim() + k));
  for (int k = 0; k < b.ndim(); ++k) y.labels.push_back(2 * (ndim - b.ndim() + k) + 1);
  Labels pairs;
  for (int k = 0; k < 2 * ndim; ++k) pairs.push_back(k);
  const Array blocks = api::product("kron", x, y, pairs, where);
  Shape shape;
  for (int k = 0; k < ndim; ++k) shape.push_back(blocks.shape()[2 * k] * blocks.shape()[2 * k + 1]);
  return reshape(blocks, shape, where);
}

Array cross(const Array& a, const Array& b, std::int64_t axis, Location where) {
  const Array given[] = {a, b};
  const std::vector<Array> same = api::promoted("cross", given, where);
  if (is_bool(same[0].dtype()))
    fail<TypeError>(where, "cross: not defined for bool; convert with astype(x, DType::Int64)");
  const auto components = [&](const Array& x) {
    const int at = api::resolve_axis("cross", axis, x.ndim(), where);
    if (x.shape()[at] != 3)
      fail<ShapeError>(where, "cross: axis ", axis, " of shape ", x.shape(), " has extent ", x.shape()[at],
                       ", and vectors of 3 elements were expected");
    return moveaxis(x, at, -1, where);
  };
  const Array x = components(same[0]), y = components(same[1]);
  const api::Input both[] = {x.node(), y.node()};
  Shape common;
  api::broadcast("cross", both, common, where);
  // Component i is x[i + 1] y[i + 2] - x[i + 2] y[i + 1], indices modulo 3. Operands are selected, not results, so that
  // nothing is computed three times.
  const Array number = api::wrap(graph::index(3));
  const auto turned = [&](const Array& v, int by) {
    const auto part = [&](int k) { return v({ellipsis, Slice((k + by) % 3, (k + by) % 3 + 1)}, where); };
    const Array second = equal(Operand(number, where), Operand(1, where)),
                third = equal(Operand(number, where), Operand(2, where));
    const Array rest = ingot::where(Operand(second, where), Operand(part(1), where), Operand(part(0), where));
    return ingot::where(Operand(third, where), Operand(part(2), where), Operand(rest, where));
  };
  const Array plus = multiply(Operand(turned(x, 1), where), Operand(turned(y, 2), where)),
              minus = multiply(Operand(turned(x, 2), where), Operand(turned(y, 1), where));
  const Array all = subtract(Operand(plus, where), Operand(minus, where));
  return moveaxis(all, -1, axis, where);
}

Array matrix_transpose(const Array& x, Location where) {
  api::require_matrices("matrix_transpose", api::node_of(x, where)->shape, where);
  return swapaxes(x, -2, -1, where);
}

}  // namespace ingot
