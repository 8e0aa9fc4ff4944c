#include "kernels/prebuilt/linalg/eigen.h"
// Eigen's headers follow its name.
#include <Eigen/Eigenvalues>

#include "kernels/prebuilt/linalg/spectral.h"

namespace ingot::prebuilt {
namespace {

template <class S>
bool eigh_of(const void* a, std::int64_t n, double* values, void* vectors) {
  using Matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
  using Rows = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::SelfAdjointEigenSolver<Matrix> solver(n);
  solver.compute(Eigen::Map<const Rows>(static_cast<const S*>(a), n, n),
                 vectors != nullptr ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success) return false;
  Eigen::Map<Eigen::VectorXd>(values, n) = solver.eigenvalues();
  if (vectors != nullptr) Eigen::Map<Rows>(static_cast<S*>(vectors), n, n) = solver.eigenvectors();
  return true;
}

}  // namespace

Eigh* eigh(bool is_complex) { return is_complex ? eigh_of<std::complex<double>> : eigh_of<double>; }

}  // namespace ingot::prebuilt
