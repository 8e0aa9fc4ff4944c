// Eigenvalues and vectors.
#include "host/exec/linalg/wide.h"
#include "kernels/prebuilt/linalg/spectral.h"

namespace ingot::exec {
namespace {

constexpr std::string_view kDiverged = "has eigenvalues that the iteration does not converge to";

// Of the upper triangle the lower one is made.
template <class S>
bool eigh_of(const Batch& batch, std::int64_t i, bool upper, bool vectors) {
  const std::int64_t n = batch.rows();
  const Columns<S> a(n, n), v(vectors ? n : 0, n);
  widen(batch, batch.input(i).data, n * n, a.data());
  if (upper)
    for (std::int64_t row = 0; row < n; ++row)
      for (std::int64_t column = row + 1; column < n; ++column) a(row, column) = conjugate(a(column, row));
  const Columns<double> values(n, 1);
  if (!prebuilt::eigh(batch.is_complex())(a.data(), n, values.data(), vectors ? v.data() : nullptr)) return false;
  void* const out = batch.result(i).data;
  narrow(batch, values.data(), n, out);
  if (vectors) narrow(batch, v.data(), n * n * batch.parts(), out, n);
  return true;
}

template <class S>
bool eig_of(const Batch& batch, std::int64_t i, bool vectors) {
  const std::int64_t n = batch.rows();
  const Columns<S> a(n, n);
  const Columns<std::complex<double>> values(n, 1), v(vectors ? n : 0, n);
  widen(batch, batch.input(i).data, n * n, a.data());
  if (!prebuilt::eig(batch.is_complex())(a.data(), n, values.data(), vectors ? v.data() : nullptr)) return false;
  void* const out = batch.result(i).data;
  narrow(batch, values.data(), 2 * n, out);
  if (vectors) narrow(batch, v.data(), 2 * n * n, out, 2 * n);
  return true;
}

}  // namespace

void run_eigh(const RoutineCall& call) {
  const Batch batch("eigh", call);
  batch.require_finite();
  const std::int64_t n = batch.rows();
  const bool upper = call.parameters[1] != 0, vectors = call.parameters[2] != 0;
  if (n <= prebuilt::kSmall) {
    return batch.for_small(20 * n * n * n, kDiverged, [&](std::int64_t first, std::int64_t count, void* room) {
      return batch.small().eigh(batch.input(first), count, n, upper, vectors, batch.result(first), room);
    });
  }
  with_wide(batch, [&]<class S>() {
    batch.for_each(10 * n * n * n, kDiverged,
                   [&](std::int64_t i, int) { return eigh_of<S>(batch, i, upper, vectors); });
  });
}

void run_eig(const RoutineCall& call) {
  const Batch batch("eig", call);
  batch.require_finite();
  const std::int64_t n = batch.rows();
  with_wide(batch, [&]<class S>() {
    batch.for_each(25 * n * n * n, kDiverged,
                   [&](std::int64_t i, int) { return eig_of<S>(batch, i, call.parameters[1] != 0); });
  });
}

}  // namespace ingot::exec
