// Functions of matrices that are made of products.
#include <cmath>

#include "host/api/contraction.h"
#include "host/api/reduction.h"
#include "ingot/creation.hpp"
#include "ingot/elementwise.hpp"
#include "ingot/linalg.hpp"
#include "ingot/manipulation.hpp"
#include "ingot/norm.hpp"
#include "ingot/products.hpp"
#include "ingot/reductions.hpp"

namespace ingot {
namespace api {
namespace {

// The classic dynamic programme: the cheapest product of matrices i to j is that of i to split and the rest, for the
// split that takes the fewest multiplications.
class Chain {
 public:
  explicit Chain(std::vector<Array> matrices) : matrices_(std::move(matrices)), n_(matrices_.size()) {
    cost_.assign(n_ * n_, 0);
    split_.assign(n_ * n_, 0);
    for (std::size_t length = 2; length <= n_; ++length)
      for (std::size_t i = 0; i + length <= n_; ++i) choose(i, i + length - 1);
  }

  Array multiply(const Location& where) const { return multiply(0, n_ - 1, where); }

 private:
  double rows(std::size_t i) const { return static_cast<double>(matrices_[i].shape()[0]); }
  double columns(std::size_t i) const { return static_cast<double>(matrices_[i].shape()[1]); }

  void choose(std::size_t i, std::size_t j) {
    double& best = cost_[i * n_ + j];
    for (std::size_t k = i; k < j; ++k) {
      const double cost = cost_[i * n_ + k] + cost_[(k + 1) * n_ + j] + rows(i) * columns(k) * columns(j);
      if (k > i && cost >= best) continue;
      best = cost;
      split_[i * n_ + j] = k;
    }
  }

  Array multiply(std::size_t i, std::size_t j, const Location& where) const {
    if (i == j) return matrices_[i];
    const std::size_t k = split_[i * n_ + j];
    return matmul(multiply(i, k, where), multiply(k + 1, j, where), where);
  }

  std::vector<Array> matrices_;
  std::size_t n_;
  std::vector<double> cost_;
  std::vector<std::size_t> split_;
};

// In floating point, as it is added up.
Array magnitudes(const Array& x, const Location& where) {
  const DType dtype = node_of(x, where)->dtype;
  const DType wide = is_half(dtype) ? DType::Float32 : is_complex(dtype) ? dtype : floating(dtype);
  return abs(Operand(astype(x, wide, where), where));
}

DType norm_dtype(DType dtype) {
  return dtype == DType::Complex64 ? DType::Float32 : dtype == DType::Complex128 ? DType::Float64 : floating(dtype);
}

}  // namespace
}  // namespace api

Array multi_dot(std::span<const Array> matrices, Location where) {
  const std::size_t n = matrices.size();
  if (n < 2) fail<ValueError>(where, "multi_dot: ", n, " matrices were given; expected two or more");
  std::vector<Array> chain = api::promoted("multi_dot", matrices, where);
  const bool row = chain.front().ndim() == 1, column = chain.back().ndim() == 1;
  if (row) chain.front() = expand_dims(chain.front(), 0, where);
  if (column) chain.back() = expand_dims(chain.back(), 1, where);
  for (std::size_t i = 0; i < n; ++i) {
    if (chain[i].ndim() != 2)
      fail<ShapeError>(where, "multi_dot: operand ", i, " has shape ", matrices[i].shape(),
                       "; expected two axes, or one of the first and the last");
    if (i > 0 && chain[i - 1].shape()[1] != chain[i].shape()[0])
      fail<ShapeError>(where, "multi_dot: shapes ", matrices[i - 1].shape(), " and ", matrices[i].shape(),
                       " of operands ", i - 1, " and ", i, " do not go together; the last axis of the first is ",
                       chain[i - 1].shape()[1], " and the first of the second is ", chain[i].shape()[0],
                       ", where equal extents were expected");
  }
  const Array product = api::Chain(std::move(chain)).multiply(where);
  Shape shape;
  if (!row) shape.push_back(product.shape()[0]);
  if (!column) shape.push_back(product.shape()[1]);
  return reshape(product, shape, where);
}

Array linalg::outer(const Array& a, const Array& b, Location where) {
  if (a.ndim() != 1 || b.ndim() != 1)
    fail<ShapeError>(where, "outer: shapes ", a.shape(), " and ", b.shape(),
                     " were given, and 1-d operands were expected; ingot::outer takes others as one axis");
  return ingot::outer(a, b, where);
}

Array linalg::trace(const Array& x, std::int64_t k, Location where) {
  api::require_matrices("trace", api::node_of(x, where)->shape, where);
  return sum(diagonal(x, k, where), -1, false, where);
}

Array linalg::matrix_power(const Array& x, std::int64_t n, Location where) {
  const Shape shape = api::node_of(x, where)->shape;
  api::require_matrices("matrix_power", shape, where);
  const std::int64_t rows = shape[shape.ndim() - 2], columns = shape.back();
  if (rows != columns)
    fail<LinAlgError>(where, "matrix_power: shape ", shape, " holds matrices of ", rows, " rows and ", columns,
                      " columns, and square ones were expected");
  if (n == 0) return broadcast_to(astype(eye(rows, {}, 0, DType::Float64, where), x.dtype(), where), shape, where);
  Array square = n < 0 ? inv(x, where) : x, power = square;
  bool any = false;
  for (std::uint64_t left = n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n); left > 0;
       left /= 2) {
    if (left % 2 != 0) {
      power = any ? matmul(power, square, where) : square;
      any = true;
    }
    if (left > 1) square = matmul(square, square, where);
  }
  return power;
}

Array linalg::matrix_norm(const Array& x, bool keepdims, Location where) {
  api::require_matrices("matrix_norm", api::node_of(x, where)->shape, where);
  const Array norm = vector_norm(api::magnitudes(x, where), Axes{-2, -1}, keepdims, 2, where);
  return astype(norm, api::norm_dtype(x.dtype()), where);
}

Array linalg::matrix_norm(const Array& x, bool keepdims, double ord, Location where) {
  api::require_matrices("matrix_norm", api::node_of(x, where)->shape, where);
  if (std::abs(ord) != 1 && std::abs(ord) != 2 && !std::isinf(ord))
    fail<ValueError>(where, "matrix_norm: order ", ord,
                     " was given; expected 1, -1, 2, -2, an infinity, or none for Frobenius' norm");
  if (std::abs(ord) == 2) {
    const Array values = expand_dims(svdvals(x, where), -2, where);
    return ord > 0 ? max(values, Axes{-2, -1}, keepdims, where) : min(values, Axes{-2, -1}, keepdims, where);
  }
  const Array sums = sum(api::magnitudes(x, where), std::isinf(ord) ? -1 : -2, true, where);
  const Array norm = ord > 0 ? max(sums, Axes{-2, -1}, keepdims, where) : min(sums, Axes{-2, -1}, keepdims, where);
  return astype(norm, api::norm_dtype(x.dtype()), where);
}

}  // namespace ingot
