// Factorisations of matrices whose sizes fill no lane, panel or stripe, by residuals; and their bits, which no layout
// and no number of threads may change.
#include "ingot/linalg.hpp"

#include "tests/api/linalg_matrix.h"

namespace ingot::tests {
namespace {

constexpr std::int64_t kOdd[] = {1, 5, 31, 63, 129, 257};

Array well_conditioned(const Array& x) { return x + eye(x.shape().back(), {}, 0, x.dtype()) * 4.0; }
Array hermitian(const Array& x) { return x + conj(swapaxes(x, -1, -2)); }
Array positive(const Array& x) {
  return hermitian(x) + eye(x.shape().back(), {}, 0, x.dtype()) * (4.0 * static_cast<double>(x.shape().back()));
}

// |product - x| within a bound of |x|.
void expect_close(const Matrix& product, const Matrix& x, long double bound, const char* what) {
  EXPECT_LT(norm(product - x), bound * norm(x)) << what;
}

TEST(LongLinalg, FactorsMatricesOfOddSizes) {
  for (const DType dtype : kLinalgDTypes)
    for (const std::int64_t n : kOdd) {
      if (is_complex(dtype) && n > 129) continue;
      SCOPED_TRACE(std::string(name(dtype)) + " " + std::to_string(n));
      const Array x = well_conditioned(random_matrices({n, n}, dtype, static_cast<unsigned>(n))), spd = positive(x),
                  h = hermitian(x), b = random_matrices({n, 3}, dtype, 2);
      const Array solution = linalg::solve(x, b), inverse = linalg::inv(x), lower = linalg::cholesky(spd);
      const auto [p, l, u] = linalg::lu(x);
      const auto [q, r] = linalg::qr(x);
      const auto [left, s, right] = linalg::svd(x);
      const auto [values, vectors] = linalg::eigh(h);
      eval({solution, inverse, lower, p, l, u, q, r, left, s, right, values, vectors});
      const auto of = [](const Array& a) { return matrices(a)[0]; };
      const long double nu = unit(dtype) * static_cast<long double>(n);
      const Matrix a = of(x), qs = of(q), us = of(left), vs = of(vectors);
      EXPECT_LT(norm(a * of(solution) - of(b)), 4 * nu * norm(a) * norm(of(solution)));
      EXPECT_LT(norm(a * of(inverse) - identity(n)), 4 * nu * norm(a) * norm(of(inverse)));
      EXPECT_LT(norm(of(p) * of(l) * of(u) - a), 2 * nu * norm(of(l)) * norm(of(u)));
      expect_close(of(lower) * adjoint(of(lower)), of(spd), 2 * nu, "cholesky");
      expect_close(qs * of(r), a, 4 * nu, "qr");
      expect_close(adjoint(qs) * qs, identity(n), 4 * nu, "q");
      const Matrix sizes = of(expand_dims(s, 0)), eigenvalues = of(expand_dims(values, 0));
      expect_close(us * diagonal(sizes, n, n) * of(right), a, 8 * nu, "svd");
      expect_close(adjoint(us) * us, identity(n), 8 * nu, "u");
      expect_close(vs * diagonal(eigenvalues, n, n) * adjoint(vs), of(h), 8 * nu, "eigh");
    }
}

// Every result of them, one after another.
std::vector<double> results(const Array& x, const Array& b) {
  const auto lu = linalg::lu(x);
  const auto qr = linalg::qr(x);
  std::vector<Array> all = {linalg::solve(x, b),
                            linalg::inv(x),
                            linalg::det(x),
                            lu.l,
                            lu.u,
                            qr.q,
                            qr.r,
                            linalg::cholesky(positive(x)),
                            linalg::solve_triangular(x, b, true)};
  const auto svd = linalg::svd(x);
  const auto eigh = linalg::eigh(x);
  all.insert(all.end(), {svd.u, svd.s, svd.vh, eigh.eigenvalues, eigh.eigenvectors});
  eval(all);
  std::vector<double> values;
  for (const Array& y : all)
    for (const double v : y.to_vector<double>()) values.push_back(v);
  return values;
}

TEST(LongLinalg, GivesTheSameBitsForAnyLayoutAndNumberOfThreads) {
  const int team = num_threads();
  for (const DType dtype : {DType::Float32, DType::Float64})
    for (const std::int64_t n : kOdd) {
      SCOPED_TRACE(std::string(name(dtype)) + " " + std::to_string(n));
      const Array x = well_conditioned(random_matrices({n, n}, dtype, 3)).eval(),
                  b = random_matrices({n, 2}, dtype, 4).eval();
      const Array wide = expand_dims(flip(x), 2) * ones({1, 1, 2}, dtype);
      wide.eval();
      set_num_threads(1);
      const std::vector<double> wanted = results(x, b);
      const Array turned = array(x.T().to_vector<double>(), {n, n});
      const Array layouts[] = {x, flip(wide(ellipsis, 1)), astype(turned, dtype).eval().T()};
      for (const int threads : {1, 2, 3, 8}) {
        set_num_threads(threads);
        for (const Array& laid : layouts) EXPECT_TRUE(results(laid, b) == wanted) << threads << " threads";
      }
    }
  set_num_threads(team);
}

}  // namespace
}  // namespace ingot::tests
