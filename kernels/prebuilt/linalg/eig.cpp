#include "kernels/prebuilt/linalg/eigen.h"
// Eigen's headers follow its name.
#include <Eigen/Eigenvalues>
#include <type_traits>

#include "kernels/prebuilt/linalg/spectral.h"

namespace ingot::prebuilt {
namespace {

using Number = std::complex<double>;

template <class S>
bool eig_of(const void* a, std::int64_t n, void* values, void* vectors) {
  using Matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
  using Rows = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using NumberRows = Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Solver =
      std::conditional_t<std::is_same_v<S, double>, Eigen::EigenSolver<Matrix>, Eigen::ComplexEigenSolver<Matrix>>;
  const Solver solver(Eigen::Map<const Rows>(static_cast<const S*>(a), n, n), vectors != nullptr);
  if (solver.info() != Eigen::Success) return false;
  Eigen::Map<Eigen::VectorXcd>(static_cast<Number*>(values), n) = solver.eigenvalues();
  if (vectors != nullptr) Eigen::Map<NumberRows>(static_cast<Number*>(vectors), n, n) = solver.eigenvectors();
  return true;
}

}  // namespace

Eig* eig(bool is_complex) { return is_complex ? eig_of<Number> : eig_of<double>; }

}  // namespace ingot::prebuilt
