// Norms, and what is found through singular values.
#include <bit>
#include <cmath>

#include "host/api/linalg.h"
#include "ingot/creation.hpp"
#include "ingot/elementwise.hpp"
#include "ingot/linalg.hpp"
#include "ingot/manipulation.hpp"
#include "ingot/operators.hpp"
#include "ingot/products.hpp"
#include "ingot/reductions.hpp"

namespace ingot {
namespace api {
namespace {

std::int64_t bits_of(double x) { return std::bit_cast<std::int64_t>(x); }

// Of what is not singular values: norm(x) * norm(inv(x)), of an order or a name.
template <class Order>
Array condition(const Array& x, Order ord, const Location& where) {
  const Array norm = linalg::matrix_norm(x, false, ord, where),
              of_inverse = linalg::matrix_norm(linalg::inv(x, where), false, ord, where);
  return multiply({norm, where}, {of_inverse, where});
}

MatrixStack conditioned(const Array& x, const Location& where) {
  MatrixStack a("cond", x, where);
  if (a.rows * a.columns == 0)
    fail<ValueError>(where, "cond: matrices of ", a.rows, " x ", a.columns, " have no condition");
  return a;
}

}  // namespace
}  // namespace api

namespace linalg {

using api::MatrixStack;
using api::Packed;

Array matrix_norm(const Array& x, bool keepdims, std::string_view ord, Location where) {
  if (ord == "fro") return matrix_norm(x, keepdims, where);
  if (ord != "nuc")
    fail<ValueError>(where, "matrix_norm: order \"", ord, "\" was given; expected \"fro\" or \"nuc\", or a number");
  const Array values = expand_dims(svdvals(x, where), -2, where);
  return sum(values, {-2, -1}, keepdims, where);
}

Array cond(const Array& x, double ord, Location where) {
  const MatrixStack a = api::conditioned(x, where);
  if (std::abs(ord) != 2) return api::condition(a.array, ord, where);
  const Array s = svdvals(a.array, where);
  const Array most = s(ellipsis, 0), least = s(ellipsis, -1);
  return ord > 0 ? divide({most, where}, {least, where}) : divide({least, where}, {most, where});
}

Array cond(const Array& x, std::string_view ord, Location where) {
  return api::condition(api::conditioned(x, where).array, ord, where);
}

Array matrix_rank(const Array& x, std::optional<double> rtol, Location where) {
  const MatrixStack a("matrix_rank", x, where);
  if (a.is_empty()) return zeros(a.batch, DType::Int64, where);
  const Array s = svdvals(a.array, where);
  const Array least = s(ellipsis, Slice(0, 1)) * a.tolerance(rtol);
  return sum(astype(s > least, DType::Int64, where), -1, false, where);
}

Array pinv(const Array& x, std::optional<double> rtol, Location where) {
  const MatrixStack a("pinv", x, where);
  const std::int64_t m = a.rows, n = a.columns;
  const bool complex = a.is_complex();
  return Packed(Routine::pinv, {&a}, n * m * (complex ? 2 : 1), Dims{api::bits_of(a.tolerance(rtol))})
      .take({n, m}, complex);
}

LstsqResult lstsq(const Array& a, const Array& b, std::optional<double> rcond, Location where) {
  const api::Sides sides("lstsq", a, b, where);
  const std::int64_t n = sides.a.columns, k = sides.b.columns, s = sides.a.smaller();
  const Shape& batch = sides.a.batch;
  const DType dtype = sides.a.dtype, real = sides.a.real_dtype();
  if (sides.a.is_empty()) {
    const Array size = abs({sides.b.array, where});
    const Array residuals = sum(square({size, where}), -2, false, where);
    return {sides.as_given(zeros(api::with_batch(batch, {n, k}), dtype, where)), sides.as_given(residuals),
            zeros(batch, DType::Int64, where), zeros(api::with_batch(batch, {s}), real, where)};
  }
  const bool complex = sides.a.is_complex();
  Packed packed(Routine::lstsq, {&sides.a, &sides.b}, n * k * (complex ? 2 : 1) + k + 1 + s,
                Dims{api::bits_of(sides.a.tolerance(rcond))});
  const Array x = packed.take({n, k}, complex), residuals = packed.take({k}, false), rank = packed.take({}, false);
  return {sides.as_given(x), sides.as_given(residuals), astype(rank, DType::Int64, where), packed.take({s}, false)};
}

Array expm(const Array& x, Location where) {
  const MatrixStack a("expm", x, where);
  a.require_square();
  const std::int64_t n = a.rows;
  return Packed(Routine::expm, {&a}, n * n * (a.is_complex() ? 2 : 1)).take({n, n}, a.is_complex());
}

}  // namespace linalg
}  // namespace ingot
