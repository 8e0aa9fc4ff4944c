#include "kernels/prebuilt/linalg/eigen.h"
// Eigen's headers follow its name.
#include <Eigen/SVD>

#include "kernels/prebuilt/linalg/spectral.h"

namespace ingot::prebuilt {

bool svd(const void* a, std::int64_t m, std::int64_t n, bool full, void* u, double* s, void* vh) {
  using S = std::complex<double>;
  using Matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
  using Rows = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const unsigned options = u == nullptr ? 0
                           : full       ? Eigen::ComputeFullU | Eigen::ComputeFullV
                                        : Eigen::ComputeThinU | Eigen::ComputeThinV;
  Eigen::BDCSVD<Matrix> solver(m, n, options);
  solver.compute(Eigen::Map<const Rows>(static_cast<const S*>(a), m, n));
  if (solver.info() != Eigen::Success) return false;
  Eigen::Map<Eigen::VectorXd>(s, m < n ? m : n) = solver.singularValues();
  if (u == nullptr) return true;
  Eigen::Map<Rows>(static_cast<S*>(u), m, solver.matrixU().cols()) = solver.matrixU();
  Eigen::Map<Rows>(static_cast<S*>(vh), solver.matrixV().cols(), n) = solver.matrixV().adjoint();
  return true;
}

}  // namespace ingot::prebuilt
