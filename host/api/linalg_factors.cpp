// Factors with orthonormal columns: q, singular vectors, eigenvectors.
#include "host/api/linalg.h"
#include "ingot/creation.hpp"
#include "ingot/linalg.hpp"
#include "ingot/manipulation.hpp"

namespace ingot::linalg {

using api::identities;
using api::MatrixStack;
using api::Packed;
using api::with_batch;

QrResult qr(const Array& x, QrMode mode, Location where) {
  const MatrixStack a("qr", x, where);
  const std::int64_t m = a.rows, n = a.columns, k = mode == QrMode::Complete ? m : a.smaller();
  if (a.is_empty()) {
    Array q = k == m ? identities(a, m) : zeros(with_batch(a.batch, {m, k}), a.dtype, where);
    return {std::move(q), zeros(with_batch(a.batch, {k, n}), a.dtype, where)};
  }
  const bool complex = a.is_complex();
  Packed packed(Routine::qr, {&a}, (m * k + k * n) * (complex ? 2 : 1), Dims{k});
  Array q = packed.take({m, k}, complex);
  return {std::move(q), packed.take({k, n}, complex)};
}

SvdResult svd(const Array& x, bool full_matrices, Location where) {
  const MatrixStack a("svd", x, where);
  const std::int64_t m = a.rows, n = a.columns, k = a.smaller(), c = full_matrices ? m : k, r = full_matrices ? n : k;
  if (a.is_empty()) {
    Array u = full_matrices ? identities(a, m) : zeros(with_batch(a.batch, {m, k}), a.dtype, where);
    Array vh = full_matrices ? identities(a, n) : zeros(with_batch(a.batch, {k, n}), a.dtype, where);
    return {std::move(u), zeros(with_batch(a.batch, {k}), a.real_dtype(), where), std::move(vh)};
  }
  const bool complex = a.is_complex();
  Packed packed(Routine::svd, {&a}, k + (m * c + r * n) * (complex ? 2 : 1), Dims{full_matrices ? 2 : 1});
  Array s = packed.take({k}, false), u = packed.take({m, c}, complex);
  return {std::move(u), std::move(s), packed.take({r, n}, complex)};
}

Array svdvals(const Array& x, Location where) {
  const MatrixStack a("svdvals", x, where);
  if (a.is_empty()) return zeros(with_batch(a.batch, {a.smaller()}), a.real_dtype(), where);
  return Packed(Routine::svd, {&a}, a.smaller(), Dims{0}).take({a.smaller()}, false);
}

EighResult eigh(const Array& x, bool upper, Location where) {
  const MatrixStack a("eigh", x, where);
  a.require_square();
  const std::int64_t n = a.rows;
  const bool complex = a.is_complex();
  Packed packed(Routine::eigh, {&a}, n + n * n * (complex ? 2 : 1), Dims{upper, true});
  Array values = packed.take({n}, false);
  return {std::move(values), packed.take({n, n}, complex)};
}

Array eigvalsh(const Array& x, bool upper, Location where) {
  const MatrixStack a("eigvalsh", x, where);
  a.require_square();
  return Packed(Routine::eigh, {&a}, a.rows, Dims{upper, false}).take({a.rows}, false);
}

EigResult eig(const Array& x, Location where) {
  const MatrixStack a("eig", x, where);
  a.require_square();
  const std::int64_t n = a.rows;
  Packed packed(Routine::eig, {&a}, 2 * n + 2 * n * n, Dims{true});
  Array values = packed.take({n}, true);
  return {std::move(values), packed.take({n, n}, true)};
}

Array eigvals(const Array& x, Location where) {
  const MatrixStack a("eigvals", x, where);
  a.require_square();
  return Packed(Routine::eig, {&a}, 2 * a.rows, Dims{false}).take({a.rows}, true);
}

}  // namespace ingot::linalg
