#include "kernels/prebuilt/linalg/eigen.h"
// Eigen's headers follow its name.
#include <Eigen/Eigenvalues>

#include "kernels/prebuilt/linalg/spectral.h"

namespace ingot::prebuilt {

bool eigh(const void* a, std::int64_t n, double* values, void* vectors) {
  using Matrix = Eigen::MatrixXcd;
  using Rows = Eigen::Matrix<std::complex<double>, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::SelfAdjointEigenSolver<Matrix> solver(n);
  solver.compute(Eigen::Map<const Rows>(static_cast<const std::complex<double>*>(a), n, n),
                 vectors != nullptr ? Eigen::ComputeEigenvectors : Eigen::EigenvaluesOnly);
  if (solver.info() != Eigen::Success) return false;
  Eigen::Map<Eigen::VectorXd>(values, n) = solver.eigenvalues();
  if (vectors != nullptr) Eigen::Map<Rows>(static_cast<std::complex<double>*>(vectors), n, n) = solver.eigenvectors();
  return true;
}

}  // namespace ingot::prebuilt
