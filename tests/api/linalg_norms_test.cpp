// What is found through factors: least squares, ranks, norms, exponentials; and the errors of all of linear algebra.
#include <cmath>
#include <limits>

#include "ingot/linalg.hpp"
#include "tests/api/linalg_matrix.h"

namespace ingot::tests {
namespace {

TEST(Linalg, SolvesLeastSquares) {
  constexpr std::int64_t shapes[][2] = {{6, 4}, {4, 6}, {5, 5}, {30, 20}, {20, 30}};
  for (const DType dtype : kLinalgDTypes)
    for (const auto& [m, n] : shapes) {
      const Array a = random_matrices({2, m, n}, dtype, 1), b = random_matrices({2, m, 3}, dtype, 2);
      const auto [x, residuals, rank, s] = linalg::lstsq(a, b);
      const auto as = matrices(a), bs = matrices(b), xs = matrices(x), found = matrices(residuals, true);
      for (std::size_t i = 0; i < as.size(); ++i) {
        const Matrix rest = bs[i] - as[i] * xs[i];
        const long double bound = 100 * static_cast<long double>(std::max(m, n)) * unit(dtype);
        EXPECT_LT(norm(adjoint(as[i]) * rest), bound * norm(as[i]) * (norm(as[i]) * norm(xs[i]) + norm(bs[i])));
        for (std::int64_t j = 0; j < 3; ++j) {
          long double sum = 0;
          for (std::int64_t r = 0; r < m; ++r) sum += std::norm(rest(r, j));
          EXPECT_NEAR(static_cast<double>(found[i](0, j).real()), static_cast<double>(sum), 30 * bound);
        }
      }
      EXPECT_EQ(rank.to_vector<std::int64_t>(), std::vector<std::int64_t>(2, std::min(m, n)));
      EXPECT_EQ(s.shape(), (Shape{2, std::min(m, n)}));
    }
  // NumPy's example: a line through four points.
  const Array line = reshape(array({0., 1., 1., 1., 2., 1., 3., 1.}), {4, 2});
  const auto fit = linalg::lstsq(line, array({-1.0, 0.2, 0.9, 2.1}));
  EXPECT_NEAR(fit.x(0).item<double>(), 1, 1e-14);
  EXPECT_NEAR(fit.x(1).item<double>(), -0.95, 1e-14);
  EXPECT_NEAR(fit.residuals.item<double>(), 0.05, 1e-14);
  EXPECT_EQ(fit.rank.dtype(), DType::Int64);
  // Of rank 1: the shortest of all solutions.
  const auto shortest = linalg::lstsq(ones({3, 2}), ones({3}));
  EXPECT_EQ(shortest.rank.item<std::int64_t>(), 1);
  EXPECT_NEAR(shortest.x(0).item<double>(), 0.5, 1e-15);
  EXPECT_NEAR(shortest.x(1).item<double>(), 0.5, 1e-15);
  EXPECT_VALUES(linalg::lstsq(zeros({0, 2}), zeros({0})).x, ({2}), double, 0, 0);
}

TEST(Linalg, FindsPseudoInverses) {
  constexpr std::int64_t shapes[][2] = {{6, 4}, {4, 6}, {25, 20}};
  for (const DType dtype : kLinalgDTypes)
    for (const auto& [m, n] : shapes) {
      const Array a = random_matrices({2, m, n}, dtype, 4), p = linalg::pinv(a);
      ASSERT_EQ(p.shape(), (Shape{2, n, m}));
      const auto as = matrices(a), ps = matrices(p);
      for (std::size_t i = 0; i < as.size(); ++i) {
        const long double bound = 100 * unit(dtype) * norm(as[i]) * norm(ps[i]);
        EXPECT_LT(norm(as[i] * ps[i] * as[i] - as[i]), bound * norm(as[i]));
        EXPECT_LT(norm(ps[i] * as[i] * ps[i] - ps[i]), bound * norm(ps[i]));
        EXPECT_LT(norm(adjoint(as[i] * ps[i]) - as[i] * ps[i]), bound);
      }
    }
  EXPECT_VALUES(linalg::pinv(zeros({2, 3})), ({3, 2}), double, 0, 0, 0, 0, 0, 0);
  EXPECT_EQ(linalg::pinv(zeros({0, 3})).shape(), (Shape{3, 0}));
}

TEST(Linalg, FindsRanks) {
  const Array x = reshape(array({1., 2., 2., 4.}), {2, 2});
  EXPECT_EQ(linalg::matrix_rank(x).item<std::int64_t>(), 1);
  EXPECT_EQ(linalg::matrix_rank(eye(4)).item<std::int64_t>(), 4);
  EXPECT_EQ(linalg::matrix_rank(eye(2) * array({1.0, 0.01}), 0.1).item<std::int64_t>(), 1);
  EXPECT_VALUES(linalg::matrix_rank(zeros({2, 3, 3})), ({2}), std::int64_t, 0, 0);
  EXPECT_EQ(linalg::matrix_rank(zeros({3, 0})).item<std::int64_t>(), 0);
}

TEST(Linalg, FindsNorms) {
  const Array x = array({{1., -2., 2.}, {-4., 0., 3.}}), s = linalg::svdvals(x);
  EXPECT_EQ(linalg::matrix_norm(x, false, 2).item<double>(), s(0).item<double>());
  EXPECT_EQ(linalg::matrix_norm(x, false, -2).item<double>(), s(1).item<double>());
  EXPECT_EQ(linalg::matrix_norm(x, false, "nuc").item<double>(), sum(s).item<double>());
  EXPECT_NEAR(linalg::matrix_norm(x, false, "fro").item<double>(), std::sqrt(34.0), 1e-15);
  EXPECT_EQ(linalg::matrix_norm(zeros({2, 3, 4}), true, "nuc").shape(), (Shape{2, 1, 1}));
  EXPECT_EQ(linalg::matrix_norm(zeros({2, 3, 4}), true, 2).shape(), (Shape{2, 1, 1}));
  EXPECT_EQ(linalg::matrix_norm(astype(x, DType::Complex64), false, "nuc").dtype(), DType::Float32);
  EXPECT_EQ(linalg::matrix_norm(zeros({0, 3}), false, "nuc").item<double>(), 0);
  EXPECT_ERROR(ValueError, linalg::matrix_norm(x, false, "two"),
               std::string("matrix_norm: order \"two\" was given; expected \"fro\" or \"nuc\", or a number"));

  EXPECT_NEAR(linalg::cond(eye(3) * array({4., 2., 1.})).item<double>(), 4, 1e-15);
  EXPECT_NEAR(linalg::cond(eye(3) * array({4., 2., 1.}), -2).item<double>(), 0.25, 1e-16);
  EXPECT_EQ(linalg::cond(eye(3) * array({4., 2., 1.}), 1).item<double>(), 4);
  EXPECT_EQ(linalg::cond(zeros({2, 2}) + eye(2) * array({1., 0.})).item<double>(), kInf);
}

Matrix exponential(const Matrix& a) {
  Matrix x = a;
  for (Number& value : x.values) value /= 1024;
  Matrix sum = identity(a.rows), term = sum;
  for (int k = 1; k < 30; ++k) {
    term = term * x;
    for (std::size_t e = 0; e < sum.values.size(); ++e) sum.values[e] += term.values[e] /= k;
  }
  for (int k = 0; k < 10; ++k) sum = sum * sum;
  return sum;
}

TEST(Linalg, ExponentiatesMatrices) {
  for (const DType dtype : kLinalgDTypes)
    for (const std::int64_t n : {1, 2, 5, 20})
      for (const double size : {1e-3, 1.0, 6.0}) {
        const Array a = random_matrices({2, n, n}, dtype, 7) * size;
        const auto as = matrices(a), es = matrices(linalg::expm(a));
        for (std::size_t i = 0; i < as.size(); ++i) {
          const Matrix expected = exponential(as[i]);
          ASSERT_LT(norm(es[i] - expected),
                    64 * static_cast<long double>(n) * unit(dtype) * std::max(1.0L, norm(as[i])) * norm(expected))
              << name(dtype) << n << size;
        }
      }
  EXPECT_VALUES(linalg::expm(zeros({2, 2})), ({2, 2}), double, 1, 0, 0, 1);
  EXPECT_TRUE(std::isnan(linalg::expm(full({2, 2}, kInf))(0, 1).item<double>()));
}

TEST(Linalg, NamesTheMatrixThatFails) {
  const auto at = [](std::int64_t index, std::int64_t n) {  // eye, and one that is 0
    return eye(n) * where(arange(6) == index, 0.0, 1.0)(Slice(), newaxis, newaxis);
  };
  for (const std::int64_t n : {2, 40}) {
    const Array a = reshape(at(4, n), {3, 2, n, n});
    EXPECT_ERROR(LinAlgError, linalg::inv(a).eval(),
                 std::string("inv: matrix (2, 0) of the batch is singular: a pivot is 0"));
    EXPECT_ERROR(LinAlgError, linalg::solve(a, ones({n})).eval(),
                 std::string("solve: matrix (2, 0) of the batch is singular: a pivot is 0"));
    EXPECT_ERROR(LinAlgError, linalg::cholesky(a).eval(),
                 std::string("cholesky: matrix (2, 0) of the batch is not positive definite"));
    const std::string triangular = "solve_triangular: matrix (2, 0) of the batch is singular: an element of its ";
    EXPECT_ERROR(LinAlgError, linalg::solve_triangular(a, ones({n})).eval(), triangular + "diagonal is 0");
    EXPECT_ERROR(LinAlgError, linalg::inv(zeros({n, n})).eval(),
                 std::string("inv: the matrix is singular: a pivot is 0"));
    EXPECT_ERROR(LinAlgError, linalg::cholesky(full({n, n}, kNaN)).eval(),
                 std::string("cholesky: the matrix is not positive definite"));
    const Array nan = where(reshape(at(3, n), {6, n, n}) == 0.0, 1.0, kNaN);
    const std::string message = ": matrix (0,) of the batch has an element that is NaN or infinite";
    EXPECT_ERROR(LinAlgError, linalg::svdvals(nan).eval(), "svd" + message);
    EXPECT_ERROR(LinAlgError, linalg::eigh(nan).eigenvalues.eval(), "eigh" + message);
    EXPECT_ERROR(LinAlgError, linalg::eigvals(nan).eval(), "eig" + message);
    EXPECT_TRUE(all(isnan(linalg::solve(full({n, n}, kNaN), ones({n})))).item<bool>());
  }
  // The first of several; and again, with everything else still there.
  const Array inverse = linalg::inv(zeros({4, 2, 2}));
  for (int k = 0; k < 2; ++k) EXPECT_THROW(inverse.eval(), LinAlgError);
  EXPECT_EQ(linalg::inv(eye(2))(0, 0).item<double>(), 1.0);
}

TEST(Linalg, ChecksShapesAtTheCall) {
  const std::string none =
      "inv: an array of shape (3,) holds no matrices; expected two axes or more, of which the last ";
  EXPECT_ERROR(ShapeError, linalg::inv(zeros(3)), none + "two are rows and columns");
  EXPECT_ERROR(LinAlgError, linalg::det(zeros({2, 3, 4})),
               std::string("det: the matrices of shape (2, 3, 4) are 3 x 4; expected square ones"));
  const std::string rows =
      "solve: matrices of 3 rows, of shape (3, 3), do not go with a right-hand side of 2, of shape ";
  EXPECT_ERROR(ShapeError, linalg::solve(zeros({3, 3}), zeros(2)), rows + "(2,); expected as many rows of both");
  EXPECT_ERROR(ShapeError, linalg::solve(zeros({2, 3, 3}), zeros({5, 3, 1})),
               std::string("solve: the batches of shapes (2, 3, 3) and (5, 3, 1) do not broadcast; each extent but the "
                           "last two, from the last, must be equal or 1"));
  EXPECT_ERROR(TypeError, linalg::svd(zeros({3, 3}, DType::Float16)),
               std::string("svd: not defined for float16; convert with astype(x, DType::Float32)"));
  EXPECT_ERROR(ValueError, linalg::cond(zeros({0, 0})), std::string("cond: matrices of 0 x 0 have no condition"));
}

TEST(Linalg, TakesWhatHasNoElements) {
  EXPECT_EQ(linalg::inv(zeros({0, 0})).shape(), (Shape{0, 0}));
  EXPECT_EQ(linalg::inv(zeros({0, 3, 3})).shape(), (Shape{0, 3, 3}));
  EXPECT_EQ(linalg::solve(zeros({2, 0, 0}), zeros({0, 4})).shape(), (Shape{2, 0, 4}));
  EXPECT_VALUES(linalg::qr(zeros({2, 0}), linalg::QrMode::Complete).q, ({2, 2}), double, 1, 0, 0, 1);
  EXPECT_EQ(linalg::qr(zeros({2, 0})).q.shape(), (Shape{2, 0}));
  EXPECT_VALUES(linalg::svd(zeros({2, 0})).u, ({2, 2}), double, 1, 0, 0, 1);
  EXPECT_EQ(linalg::svd(zeros({2, 0})).vh.shape(), (Shape{0, 0}));
  EXPECT_EQ(linalg::eigh(zeros({0, 0})).eigenvalues.shape(), (Shape{0}));
  EXPECT_EQ(linalg::eig(zeros({0, 0})).eigenvectors.dtype(), DType::Complex128);
  EXPECT_EQ(linalg::lu(zeros({3, 0})).p.shape(), (Shape{3, 3}));
}

TEST(Linalg, PromotesOperands) {
  EXPECT_EQ(linalg::inv(astype(eye(2), DType::Int32)).dtype(), DType::Float64);
  EXPECT_EQ(linalg::solve(eye(2, {}, 0, DType::Float32), ones(2, DType::Complex64)).dtype(), DType::Complex64);
  EXPECT_EQ(linalg::solve(eye(2, {}, 0, DType::Float32), ones(2, DType::Float64)).dtype(), DType::Float64);
  const Array x = linalg::solve(eye(3) * 2.0, arange(3));
  EXPECT_VALUES(x, ({3}), double, 0, 0.5, 1);
}

TEST(Linalg, TakesOperandsOfAnyStrides) {
  const Array whole = random_matrices({2, 40, 50}, DType::Float64, 8);
  for (const std::int64_t n : {5, 19}) {
    const Array a = swapaxes(whole(ellipsis, Slice(n, 0, -1), Slice(0, 2 * n, 2)), -1, -2),
                copy = array(a.to_vector<double>(), a.shape());
    EXPECT_EQ(linalg::inv(a).to_vector<double>(), linalg::inv(copy).to_vector<double>());
    EXPECT_EQ(linalg::svdvals(a).to_vector<double>(), linalg::svdvals(copy).to_vector<double>());
  }
}

TEST(Linalg, HasTheSameBitsForAnyNumberOfThreads) {
  const auto results = [] {
    std::vector<double> bits;
    for (const std::int64_t n : {7, 300}) {
      const Array a = random_matrices(n < 10 ? Shape{1000, n, n} : Shape{n, n}, DType::Float64, 9);
      const auto qr = linalg::qr(a);
      const Array symmetric = a + swapaxes(a, -1, -2);
      for (const Array& x :
           {linalg::inv(a), qr.q, qr.r, linalg::cholesky(symmetric + eye(n) * (4.0 * static_cast<double>(n))),
            linalg::eigvalsh(symmetric(ellipsis, Slice(0, 7), Slice(0, 7)))})
        for (const double value : x.to_vector<double>()) bits.push_back(value);
    }
    return bits;
  };
  const int team = num_threads();
  set_num_threads(1);
  const std::vector<double> one = results();
  set_num_threads(3);
  const std::vector<double> three = results();
  set_num_threads(team);
  EXPECT_EQ(one, three);
}

}  // namespace
}  // namespace ingot::tests
