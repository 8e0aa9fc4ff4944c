#include "host/api/contraction.h"

#include <algorithm>
#include <mutex>

#include "host/api/complex.h"
#include "host/api/reduction.h"
#include "host/graph/intern.h"
#include "ingot/complex.hpp"
#include "ingot/elementwise.hpp"
#include "ingot/manipulation.hpp"
#include "ingot/reductions.hpp"

namespace ingot::api {
namespace {

// The two operands of a product, without axes of extent 1, and what becomes of their labels.
struct Operands {
  Labelled x, y;

  bool only_x(std::int64_t label) const { return contains(x.labels, label) && !contains(y.labels, label); }
  bool only_y(std::int64_t label) const { return contains(y.labels, label) && !contains(x.labels, label); }
  std::int64_t extent(std::int64_t label) const {
    if (const int k = find(x.labels, label); k >= 0) return x.array.shape()[k];
    const int k = find(y.labels, label);
    return k < 0 ? 1 : y.array.shape()[k];
  }
  Shape extents(const Labels& labels) const {
    Shape shape;
    for (const std::int64_t label : labels) shape.push_back(extent(label));
    return shape;
  }
};

template <class Predicate>
Labels select(const Labels& labels, Predicate&& keep) {
  Labels kept;
  for (const std::int64_t label : labels)
    if (keep(label)) kept.push_back(label);
  return kept;
}

Labels joined(Labels first, const Labels& second) {
  for (const std::int64_t label : second) first.push_back(label);
  return first;
}

// All but the last two axes of a matrix product, then these two extents.
Shape matrix(const Shape& like, std::int64_t rows, std::int64_t columns) {
  Shape shape = like;
  shape[like.ndim() - 2] = rows;
  shape[like.ndim() - 1] = columns;
  return shape;
}

NodeRef real_product(Node* x, Node* y, const Location& where) {
  const Shape shape = matrix(x->shape, x->shape[x->shape.ndim() - 2], y->shape.back());
  if (x->shape.back() == 0 || shape.numel() == 0) return fill(shape, convert(0, x->dtype), where);
  Node* const inputs[] = {x, y};
  return graph::call(Routine::matmul, x->dtype, shape, inputs, {}, where);
}

// One real product of twice the extents: x as it lies in memory is (m, 2k), a row of it re, im, re, im ...; each
// element of y becomes [re, im; -im, re], and the result (m, 2n) is interleaved as it comes. These are the four
// products of parts, without copies of parts before and sums after.
NodeRef complex_product(Node* x, Node* y, const Location& where) {
  const Shape xs = x->shape, ys = y->shape;
  const std::int64_t m = xs[xs.ndim() - 2], k = xs.back(), n = ys.back();
  const NodeRef pairs = graph::interleaved(x, where), left = graph::reshape(pairs.get(), matrix(xs, m, 2 * k), where);

  const graph::Parts parts = graph::parts(y);
  const NodeRef negative = apply(Op::negative, parts.imag.get(), where),
                turned = graph::complex({negative, parts.real}, ys, where);
  Shape rows = ys;
  rows.push_back(2);
  rows.insert(ys.ndim() - 1, 1);  // (..., k, 1, n, 2)
  const NodeRef first = graph::interleaved(y, where), second = graph::interleaved(turned.get(), where);
  const NodeRef re_im = graph::reshape(first.get(), rows, where), im_re = graph::reshape(second.get(), rows, where);
  const NodeRef number = graph::index(2), column = graph::reshape(number.get(), {2, 1, 1}, where),
                is_second = graph::cast(column.get(), DType::Bool, where);
  const Input inputs[] = {is_second.get(), im_re.get(), re_im.get()};
  const NodeRef expanded = apply(Op::where, parts.real->dtype, inputs, where),
                right = graph::reshape(expanded.get(), matrix(ys, 2 * k, 2 * n), where);

  const NodeRef values = real_product(left.get(), right.get(), where);
  Shape interleaved = matrix(xs, m, n);
  interleaved.push_back(2);
  const NodeRef result = graph::reshape(values.get(), interleaved, where);
  return graph::of_interleaved(result.get(), matrix(xs, m, n), where);
}

// Whether strides lead from x to something that has values, or will have.
bool is_one_view(const Array& x) {
  const Node* const node = x.node();
  const std::scoped_lock guard(graph::lock());
  const Node* const part = is_complex(node->dtype) ? node->inputs[0] : node;
  return part->kind != graph::Kind::View || part->input_count == 0 || part->inputs[0]->kind != graph::Kind::View ||
         part->inputs[0]->has_values();
}

bool has_own(const Labels& mine, const Labels& other) {
  return std::any_of(mine.begin(), mine.end(), [&](std::int64_t label) { return !contains(other, label); });
}

Array matrix_product(const Operands& of, const Labels& summed, const Labels& result, const Location& where) {
  // The result may end in labels of the one operand alone and, before them, labels of the other alone: rows and columns
  // of a product that needs no transposition. What comes before them numbers matrices, whichever operand has it.
  const int n = result.size();
  const bool swaps = n > 0 && of.only_x(result[n - 1]) && has_own(of.y.labels, of.x.labels);
  const auto is_column = [&](std::int64_t label) { return swaps ? of.only_x(label) : of.only_y(label); };
  const auto is_row = [&](std::int64_t label) { return swaps ? of.only_y(label) : of.only_x(label); };
  int first_column = n;
  while (first_column > 0 && is_column(result[first_column - 1])) --first_column;
  int first_row = first_column;
  while (first_row > 0 && is_row(result[first_row - 1])) --first_row;
  const std::span<const std::int64_t> all = result;
  const auto part = [&](int from, int to) {
    return Labels(all.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
  };
  Labels batch = part(0, first_row), rows = part(first_row, first_column), columns = part(first_column, n);
  if (rows.empty() || columns.empty()) {
    batch = select(result, [&](std::int64_t label) { return !of.only_x(label) && !of.only_y(label); });
    rows = select(result, is_row);
    columns = select(result, is_column);
  }

  const Labelled &left = swaps ? of.y : of.x, &right = swaps ? of.x : of.y;
  const auto as_matrices = [&](const Labelled& x, const Labels& first, const Labels& second) {
    const Labels order = joined(joined(batch, first), second);
    Shape shape = of.extents(batch);
    shape.push_back(of.extents(first).numel());
    shape.push_back(of.extents(second).numel());
    return reshape(arranged(x, order, of.extents(order), where), shape, where);
  };
  // Where the first of rows, or of columns of a vector's product, do not make one axis with the others, as in a stack
  // of transposed matrices, they number matrices instead, which spares a copy.
  Labels& first = rows.empty() ? columns : rows;
  const auto is_read_in_place = [&] {
    return is_one_view(rows.empty() ? as_matrices(right, summed, columns) : as_matrices(left, rows, summed));
  };
  const Labels all_first = first, stack = batch;
  while (first.size() > 1 && !is_read_in_place()) {
    batch.push_back(first[0]);
    first.erase(0);
  }
  if (first.size() < all_first.size() && !is_read_in_place()) {
    first = all_first;
    batch = stack;
  }
  const Array x = as_matrices(left, rows, summed), y = as_matrices(right, summed, columns);
  const Array product = wrap(is_complex(x.dtype()) ? complex_product(x.node(), y.node(), where)
                                                   : real_product(x.node(), y.node(), where));
  const Labels order = joined(joined(batch, rows), columns);
  return arranged({reshape(product, of.extents(order), where), order}, result, of.extents(result), where);
}

// The axes stay in the order in which the operand that has them all has them, since that is how it most likely lies.
Array multiply_and_sum(const Operands& of, const Labels& order, const Labels& summed, const Labels& result,
                       const Location& where) {
  const DType dtype = of.x.array.dtype();
  Array x = arranged(of.x, order, of.extents(order), where), y = arranged(of.y, order, of.extents(order), where);
  if (is_half(dtype) && !summed.empty()) {  // products are not rounded
    x = astype(x, DType::Float32, where);
    y = astype(y, DType::Float32, where);
  }
  Array product = multiply(Operand(x, where), Operand(y, where));
  Labels left = order;
  if (!summed.empty()) {
    Dims axes;
    for (const std::int64_t label : summed) axes.push_back(find(order, label));
    product = astype(add_up(product, axes, where), dtype, where);
    left = select(order, [&](std::int64_t label) { return !contains(summed, label); });
  }
  return arranged({product, left}, result, of.extents(result), where);
}

}  // namespace

int find(const Labels& labels, std::int64_t label) {
  for (int k = 0; k < labels.size(); ++k)
    if (labels[k] == label) return k;
  return -1;
}

Array arranged(const Labelled& x, const Labels& labels, const Shape& extents, const Location& where) {
  const Strides of = c_strides(x.array.shape());
  Strides strides(labels.size(), 0);
  for (int k = 0; k < labels.size(); ++k)
    for (int axis = 0; axis < of.size(); ++axis)
      if (x.labels[axis] == labels[k]) strides[k] += of[axis];
  return wrap(graph::view(x.array.node(), extents, 0, strides, where));
}

Labelled without_ones(const Labelled& x, const Location& where) {
  const Shape& from = x.array.shape();
  Shape shape;
  Labels labels;
  for (int k = 0; k < from.ndim(); ++k) {
    if (from[k] == 1) continue;
    shape.push_back(from[k]);
    labels.push_back(x.labels[k]);
  }
  return {wrap(graph::reshape(x.array.node(), shape, where)), labels};
}

Array add_up(const Array& x, const Axes& axes, const Location& where) {
  const DType dtype = x.dtype();
  if (is_complex(dtype))
    return from_parts(add_up(real(Operand(x, where)), axes, where), add_up(imag(Operand(x, where)), axes, where),
                      where);
  if (is_bool(dtype)) return any(x, axes, false, where);
  const Request request("sum", x, axes, false, where);
  if (request.is_empty()) return request.constant_result(convert(0, dtype));
  return request.finish(request.reduce(Reducer::sum, dtype));
}

Labelled sum_others(const Labelled& x, const Labels& kept, const Location& where) {
  Dims axes;
  for (int k = 0; k < x.labels.size(); ++k)
    if (!contains(kept, x.labels[k])) axes.push_back(k);
  if (axes.empty()) return x;
  return {add_up(x.array, axes, where), select(x.labels, [&](std::int64_t label) { return contains(kept, label); })};
}

Array contract(const Labelled& x, const Labelled& y, const Labels& result, const Location& where) {
  Operands of = {without_ones(x, where), without_ones(y, where)};
  of.x = sum_others(of.x, joined(of.y.labels, result), where);
  of.y = sum_others(of.y, joined(of.x.labels, result), where);
  const auto in_neither = [&](std::int64_t label) {
    return !contains(of.x.labels, label) && !contains(of.y.labels, label);
  };
  const Labels shown = select(result, [&](std::int64_t label) { return !in_neither(label); });
  const auto is_summed = [&](std::int64_t label) { return !contains(result, label); };
  const bool x_is_larger = of.x.array.size() >= of.y.array.size();
  const Labels summed = select(x_is_larger ? of.x.labels : of.y.labels, is_summed);
  const bool x_has_own = has_own(of.x.labels, of.y.labels), y_has_own = has_own(of.y.labels, of.x.labels);
  if (summed.empty()) return multiply_and_sum(of, result, summed, result, where);
  const bool is_matrix_product = is_complex(of.x.array.dtype()) ? x_has_own && y_has_own : x_has_own || y_has_own;
  const Array product = is_matrix_product
                            ? matrix_product(of, summed, shown, where)
                            : multiply_and_sum(of, y_has_own ? of.y.labels : of.x.labels, summed, shown, where);
  return arranged({product, shown}, result, of.extents(result), where);
}

NodeRef plain_product(Node* a, Node* b, const Location& where) {
  const Shape &x = a->shape, &y = b->shape;
  const int n = x.ndim();
  const bool by_vector = n == 2 && y.ndim() == 1;
  if (a->dtype != b->dtype || is_complex(a->dtype) || a->weak || b->weak || n < 2 || (y.ndim() != n && !by_vector))
    return {};
  const auto has_one = [](const Shape& s) { return std::find(s.begin(), s.end(), 1) != s.end(); };
  if (has_one(x) || has_one(y) || x[n - 1] != y[by_vector ? 0 : n - 2] ||
      !std::equal(x.begin(), x.end() - 2, y.begin()))
    return {};
  require_shape("matmul", by_vector ? Shape{x[0]} : matrix(x, x[n - 2], y[n - 1]), where);
  if (!by_vector) return real_product(a, b, where);
  const NodeRef column = graph::reshape(b, {y[0], 1}, where), product = real_product(a, column.get(), where);
  return graph::reshape(product.get(), {x[0]}, where);
}

std::vector<Array> promoted(std::string_view op, std::span<const Array> arrays, const Location& where) {
  std::vector<Input> terms;
  for (const Array& x : arrays) terms.push_back(term(Operand(x, where)));
  const DType dtype = promote(terms);
  std::vector<Array> result;
  for (const Input& t : terms)
    result.push_back(
        wrap(t.is_value() ? constant(literal(op, t.value, dtype, where)) : to_dtype(t.node, dtype, where)));
  return result;
}

}  // namespace ingot::api
