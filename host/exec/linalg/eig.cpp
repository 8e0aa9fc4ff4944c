// Eigenvalues and vectors of matrices that are not Hermitian.
#include "host/exec/linalg/wide.h"
#include "kernels/prebuilt/linalg/spectral.h"

namespace ingot::exec {
namespace {

constexpr std::string_view kDiverged = "has eigenvalues that the iteration does not converge to";

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
