// Linear equations, and the factors that they are solved by.
#include "host/api/linalg.h"
#include "ingot/creation.hpp"
#include "ingot/elementwise.hpp"
#include "ingot/linalg.hpp"
#include "ingot/manipulation.hpp"

namespace ingot {
namespace api {

Sides::Sides(std::string_view op, const Array& a, const Array& b, const Location& where)
    : dtype_(promoted(op, a, b, where)),
      is_vector_(node_of(b, where)->shape.ndim() == 1),
      a(op, a, dtype_, where),
      b(op, is_vector_ ? expand_dims(b, 1, where) : b, dtype_, where) {
  if (this->a.rows != this->b.rows)
    fail<ShapeError>(where, op, ": matrices of ", this->a.rows, " rows, of shape ", a.shape(),
                     ", do not go with a right-hand side of ", this->b.rows, ", of shape ", b.shape(),
                     "; expected as many rows of both");
  Shape batch = this->a.batch;
  if (!broadcast_into(batch, this->b.batch))
    fail<ShapeError>(where, op, ": the batches of shapes ", a.shape(), " and ", b.shape(),
                     " do not broadcast; each extent but the last two, from the last, must be equal or 1");
  require_shape(op, with_batch(batch, {this->a.columns, this->b.columns}), where);
  this->a.broadcast(batch);
  this->b.broadcast(batch);
}

DType Sides::promoted(std::string_view op, const Array& a, const Array& b, const Location& where) {
  const DType of_a = linalg_dtype(op, node_of(a, where)->dtype, where),
              of_b = linalg_dtype(op, node_of(b, where)->dtype, where);
  return promote_types(of_a, of_b);
}

Array Sides::as_given(const Array& x) const { return is_vector_ ? squeeze(x, -1, a.where) : x; }

namespace {

struct Determinant {
  Array det, sign, logabsdet;
};

Determinant determinant(std::string_view op, const Array& x, const Location& where) {
  const MatrixStack a(op, x, where);
  a.require_square();
  if (a.rows == 0) {
    const Array one = ones(a.batch, a.dtype, where);
    return {one, one, zeros(a.batch, a.real_dtype(), where)};
  }
  const bool complex = a.is_complex();
  Packed packed(Routine::det, {&a}, complex ? 5 : 3);
  Array det = packed.take({}, complex), sign = packed.take({}, complex);
  return {std::move(det), std::move(sign), packed.take({}, false)};
}

// Whether an element is where a matrix of m x n has one below the diagonal, on it, or above it.
Array band(Op op, std::int64_t m, std::int64_t n, const Location& where) {
  const NodeRef rows = graph::index(m), columns = graph::index(n);
  const NodeRef row = graph::reshape(rows.get(), {m, 1}, where);
  return wrap(apply(op, row.get(), columns.get(), where));
}

}  // namespace
}  // namespace api

namespace linalg {

using api::MatrixStack;
using api::Packed;
using api::Sides;

Array solve(const Array& a, const Array& b, Location where) {
  const Sides sides("solve", a, b, where);
  sides.a.require_square();
  const std::int64_t n = sides.a.rows, k = sides.b.columns;
  const bool complex = sides.a.is_complex();
  return sides.as_given(Packed(Routine::solve, {&sides.a, &sides.b}, n * k * (complex ? 2 : 1)).take({n, k}, complex));
}

Array inv(const Array& x, Location where) {
  const MatrixStack a("inv", x, where);
  a.require_square();
  const std::int64_t n = a.rows;
  return Packed(Routine::solve, {&a}, n * n * (a.is_complex() ? 2 : 1)).take({n, n}, a.is_complex());
}

Array solve_triangular(const Array& a, const Array& b, bool lower, bool unit, Location where) {
  const Sides sides("solve_triangular", a, b, where);
  sides.a.require_square();
  const std::int64_t n = sides.a.rows, k = sides.b.columns;
  const bool complex = sides.a.is_complex();
  Packed packed(Routine::solve_triangular, {&sides.a, &sides.b}, n * k * (complex ? 2 : 1), Dims{lower, unit});
  return sides.as_given(packed.take({n, k}, complex));
}

Array det(const Array& x, Location where) { return api::determinant("det", x, where).det; }

SlogdetResult slogdet(const Array& x, Location where) {
  api::Determinant found = api::determinant("slogdet", x, where);
  return {std::move(found.sign), std::move(found.logabsdet)};
}

Array cholesky(const Array& x, bool upper, Location where) {
  const MatrixStack a("cholesky", x, where);
  a.require_square();
  const std::int64_t n = a.rows;
  return Packed(Routine::cholesky, {&a}, n * n * (a.is_complex() ? 2 : 1), Dims{upper}).take({n, n}, a.is_complex());
}

LuResult lu(const Array& x, Location where) {
  const MatrixStack a("lu", x, where);
  const std::int64_t m = a.rows, n = a.columns, k = a.smaller();
  if (a.is_empty())
    return {api::identities(a, m), zeros(api::with_batch(a.batch, {m, k}), a.dtype, where),
            zeros(api::with_batch(a.batch, {k, n}), a.dtype, where)};
  const bool complex = a.is_complex();
  Packed packed(Routine::lu, {&a}, m + m * n * (complex ? 2 : 1));
  const Array rows = packed.take({m}, false), factors = packed.take({m, n}, complex);
  // Row rows[j] of x is row j of l u.
  const Array number = expand_dims(arange(m, a.real_dtype(), where), 1, where);
  const Array p = astype(equal(number, expand_dims(rows, -2, where)), a.dtype, where);
  const Array left = factors(ellipsis, Slice(0, k)), right = factors(ellipsis, Slice(0, k), Slice());
  const Array below = api::band(Op::greater, m, k, where), on = api::band(Op::equal, m, k, where),
              above = api::band(Op::less_equal, k, n, where);
  return {p, ingot::where(below, left, astype(on, a.dtype, where)), ingot::where(above, right, 0)};
}

}  // namespace linalg
}  // namespace ingot
