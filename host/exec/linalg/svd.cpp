// Singular values, and what is computed through them.
#include <bit>
#include <cmath>

#include "host/exec/linalg/real_svd.h"
#include "host/exec/linalg/wide.h"
#include "kernels/prebuilt/linalg/spectral.h"

namespace ingot::exec {
namespace {

constexpr std::string_view kDiverged = "has singular values that the iteration does not converge to";

// u, m x columns, and vh, rows x n, in C order; both without elements where only the values are wanted.
template <class S>
struct Decomposition {
  Decomposition(const Batch& batch, std::int64_t i, bool vectors, bool full, [[maybe_unused]] int threads)
      : m(batch.rows()),
        n(batch.columns()),
        values(std::min(m, n), 1),
        u(vectors ? (full ? m : std::min(m, n)) : 0, m),
        vh(n, vectors ? (full ? n : std::min(m, n)) : 0) {
    Columns<S> a(n, m);  // C order
    widen(batch, batch.input(i).data, m * n, a.data());
    S *const left = vectors ? u.data() : nullptr, *const right = vectors ? vh.data() : nullptr;
    if constexpr (std::is_same_v<S, double>) {
      int exponent = 0;  // float32's squares stay in range
      if (batch.real_bytes() == 8) exponent = batch.bring_into_range(reinterpret_cast<std::byte*>(a.data()), m, n, n);
      converged = real_svd(a.data(), m, n, full, left, values.data(), right, threads);
      for (std::int64_t k = 0; k < values.rows(); ++k) values(k, 0) = std::scalbn(values(k, 0), exponent);
    } else {
      converged = prebuilt::svd(a.data(), m, n, full, left, values.data(), right);
    }
  }
  // Of the larger values, those above the largest one's share `tolerance`.
  std::int64_t rank(double tolerance) const {
    std::int64_t r = 0;
    while (r < values.rows() && values(r, 0) > tolerance * values(0, 0)) ++r;
    return r;
  }

  std::int64_t m, n;
  Columns<double> values;
  Columns<S> u, vh;
  bool converged;
};

template <class S>
bool svd_of(const Batch& batch, std::int64_t i, std::int64_t mode, int threads) {
  const Decomposition<S> found(batch, i, mode > 0, mode > 1, threads);
  void* const out = batch.result(i).data;
  const std::int64_t k = found.values.rows(), of_u = found.u.rows() * found.u.columns() * batch.parts();
  narrow(batch, found.values.data(), k, out);
  if (mode > 0) {
    narrow(batch, found.u.data(), of_u, out, k);
    narrow(batch, found.vh.data(), found.vh.rows() * found.vh.columns() * batch.parts(), out, k + of_u);
  }
  return found.converged;
}

// vh^H diag(1 / values) u^H, with what is below the tolerance left out.
template <class S>
bool pinv_of(const Batch& batch, std::int64_t i, double tolerance, int threads) {
  const Decomposition<S> found(batch, i, true, false, threads);
  const std::int64_t rank = found.rank(tolerance), m = found.m, n = found.n, k = found.values.rows();
  // In C order the result is, in Fortran order, its transpose: conj(u) times the rest, conjugate.
  const Columns<S> left(m, rank), right(rank, n), result(m, n);
  for (std::int64_t r = 0; r < rank; ++r) {
    for (std::int64_t row = 0; row < m; ++row) left(row, r) = conjugate(found.u.data()[row * k + r]);
    for (std::int64_t column = 0; column < n; ++column)
      right(r, column) = conjugate(found.vh.data()[r * n + column]) / found.values(r, 0);
  }
  add_product(1, left, right, result);
  narrow(batch, result.data(), m * n * batch.parts(), batch.result(i).data);
  return found.converged;
}

template <class S>
bool lstsq_of(const Batch& batch, std::int64_t i, double tolerance, int threads) {
  const Decomposition<S> found(batch, i, true, false, threads);
  const std::int64_t rank = found.rank(tolerance), m = found.m, n = found.n, k = found.values.rows(),
                     sides = batch.columns(1);
  Columns<S> given(sides, m), read(n, m);  // C order
  widen(batch, batch.input(i, 1).data, m * sides, given.data());
  widen(batch, batch.input(i).data, m * n, read.data());

  const Columns<S> uh(rank, m), v(n, rank), b(m, sides), along(rank, sides), x(n, sides), a(m, n);
  for (std::int64_t row = 0; row < m; ++row) {
    for (std::int64_t r = 0; r < rank; ++r) uh(r, row) = conjugate(found.u.data()[row * k + r]);
    for (std::int64_t j = 0; j < sides; ++j) b(row, j) = given(j, row);
    for (std::int64_t j = 0; j < n; ++j) a(row, j) = read(j, row);
  }
  for (std::int64_t r = 0; r < rank; ++r)
    for (std::int64_t j = 0; j < n; ++j) v(j, r) = conjugate(found.vh.data()[r * n + j]);
  add_product(1, uh, b, along);
  for (std::int64_t j = 0; j < sides; ++j)
    for (std::int64_t r = 0; r < rank; ++r) along(r, j) /= found.values(r, 0);
  add_product(1, v, along, x);
  add_product(-1, a, x, b);  // the residual

  const Columns<S> x_rows(sides, n);
  const Columns<double> rest(1, sides + 1);
  for (std::int64_t j = 0; j < sides; ++j) {
    for (std::int64_t r = 0; r < n; ++r) x_rows(j, r) = x(r, j);
    for (std::int64_t row = 0; row < m; ++row) rest(0, j) += std::norm(b(row, j));
  }
  rest(0, sides) = static_cast<double>(rank);
  void* const out = batch.result(i).data;
  const std::int64_t of_x = n * sides * batch.parts();
  narrow(batch, x_rows.data(), of_x, out);
  narrow(batch, rest.data(), sides + 1, out, of_x);
  narrow(batch, found.values.data(), k, out, of_x + sides + 1);
  return found.converged;
}

std::int64_t work_of(const Batch& batch) {
  return 20 * batch.rows() * batch.columns() * std::min(batch.rows(), batch.columns());
}

}  // namespace

void run_svd(const RoutineCall& call) {
  const Batch batch("svd", call);
  batch.require_finite();
  const std::int64_t m = batch.rows(), n = batch.columns();
  if (std::max(m, n) <= prebuilt::kSmall) {
    const bool vectors = call.parameters[1] > 0, full = call.parameters[1] > 1;
    return batch.for_small(work_of(batch), kDiverged, [&](std::int64_t first, std::int64_t count, void* room) {
      return batch.small().svd(batch.input(first), count, m, n, vectors, full, batch.result(first), room);
    });
  }
  with_wide(batch, [&]<class S>() {
    batch.for_each(work_of(batch), kDiverged,
                   [&](std::int64_t i, int threads) { return svd_of<S>(batch, i, call.parameters[1], threads); });
  });
}

void run_pinv(const RoutineCall& call) {
  const Batch batch("pinv", call);
  batch.require_finite();
  const auto tolerance = std::bit_cast<double>(call.parameters[1]);
  with_wide(batch, [&]<class S>() {
    batch.for_each(work_of(batch), kDiverged,
                   [&](std::int64_t i, int threads) { return pinv_of<S>(batch, i, tolerance, threads); });
  });
}

void run_lstsq(const RoutineCall& call) {
  const Batch batch("lstsq", call);
  batch.require_finite();
  const auto tolerance = std::bit_cast<double>(call.parameters[1]);
  with_wide(batch, [&]<class S>() {
    batch.for_each(work_of(batch), kDiverged,
                   [&](std::int64_t i, int threads) { return lstsq_of<S>(batch, i, tolerance, threads); });
  });
}

}  // namespace ingot::exec
