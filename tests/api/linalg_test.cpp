#include "ingot/linalg.hpp"

#include <cmath>
#include <limits>

#include "tests/api/linalg_matrix.h"

namespace ingot::tests {
namespace {

using linalg::QrMode;

// To either side of where small matrices end, and of the widths of panels and stripes.
constexpr std::int64_t kSizes[] = {1, 2, 3, 8, 16, 17, 33, 65, 100, 150};

// body(a batch of m x n, m, n, u n) for square ones, all dtypes, and batches that fill lanes and do not.
template <class Body>
void for_square(Body&& body) {
  for (const DType dtype : kLinalgDTypes)
    for (const std::int64_t n : kSizes) {
      const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(name(dtype)) + " " + std::to_string(n));
      const Shape batch = n <= 16 ? Shape{3, 7} : n < 100 ? Shape{3} : Shape{};
      Shape shape = batch;
      shape.push_back(n);
      shape.push_back(n);
      body(random_matrices(shape, dtype, static_cast<unsigned>(n)), n, unit(dtype) * static_cast<long double>(n));
    }
}

template <class Body>
void for_rectangular(Body&& body) {
  constexpr std::int64_t shapes[][2] = {{1, 1},  {3, 2},  {2, 3},   {16, 5},  {5, 16},
                                        {20, 7}, {7, 20}, {40, 40}, {90, 33}, {33, 90}};
  for (const DType dtype : kLinalgDTypes)
    for (const auto& [m, n] : shapes) {
      const testing::ScopedTrace trace(__FILE__, __LINE__,
                                       std::string(name(dtype)) + " " + std::to_string(m) + " x " + std::to_string(n));
      body(random_matrices(m <= 16 ? Shape{9, m, n} : Shape{2, m, n}, dtype, static_cast<unsigned>(m + n)), m, n,
           unit(dtype) * static_cast<long double>(std::max(m, n)));
    }
}

Array hermitian(const Array& x) { return x + conj(swapaxes(x, -1, -2)); }

TEST(Linalg, SolvesAndInverts) {
  for_square([](const Array& a, std::int64_t n, long double nu) {
    Shape shape = a.shape();
    shape[shape.ndim() - 1] = 18;
    const Array b = random_matrices(shape, a.dtype(), 5);
    const Array x = linalg::solve(a, b), inverse = linalg::inv(a);
    eval({x, inverse});
    ASSERT_EQ(x.dtype(), a.dtype());
    ASSERT_EQ(x.shape(), b.shape());
    const auto as = matrices(a), bs = matrices(b), xs = matrices(x), inverses = matrices(inverse);
    for (std::size_t i = 0; i < as.size(); ++i) {
      ASSERT_LT(norm(as[i] * xs[i] - bs[i]), 4 * nu * norm(as[i]) * norm(xs[i])) << i;
      ASSERT_LT(norm(as[i] * inverses[i] - identity(n)), 4 * nu * norm(as[i]) * norm(inverses[i])) << i;
    }
  });
}

TEST(Linalg, SolvesTriangular) {
  for_square([](const Array& x, std::int64_t n, long double nu) {
    const Array a = x + eye(n, {}, 0, x.dtype()) * static_cast<double>(n);
    for (const bool lower : {false, true})
      for (const bool unit_diagonal : {false, true}) {
        const Array b = random_matrices({n, 3}, x.dtype(), 6);
        const Array solution =
            linalg::solve_triangular(unit_diagonal ? a / static_cast<double>(n) : a, b, lower, unit_diagonal);
        const auto as = matrices(unit_diagonal ? a / static_cast<double>(n) : a), bs = matrices(b),
                   xs = matrices(solution);
        for (std::size_t i = 0; i < as.size(); ++i) {
          Matrix t = as[i];
          for (std::int64_t r = 0; r < n; ++r)
            for (std::int64_t c = 0; c < n; ++c) {
              if (lower ? c > r : c < r) t(r, c) = 0;
              if (unit_diagonal && r == c) t(r, c) = 1;
            }
          ASSERT_LT(norm(t * xs[i] - bs[0]), 2 * nu * norm(t) * norm(xs[i])) << i;
        }
      }
  });
}

TEST(Linalg, FactorsIntoLu) {
  for_rectangular([](const Array& a, std::int64_t m, std::int64_t n, long double nu) {
    const auto [p, l, u] = linalg::lu(a);
    eval({p, l, u});
    const std::int64_t k = std::min(m, n);
    const auto as = matrices(a), ps = matrices(p), ls = matrices(l), us = matrices(u);
    ASSERT_EQ(us[0].rows, k);
    for (std::size_t i = 0; i < as.size(); ++i) {
      ASSERT_LT(norm(ps[i] * ls[i] * us[i] - as[i]), 2 * nu * norm(ls[i]) * norm(us[i])) << i;
      ASSERT_EQ(norm(ps[i] * adjoint(ps[i]) - identity(m)), 0);
      for (std::int64_t r = 0; r < m; ++r)
        for (std::int64_t c = 0; c < k; ++c) {
          if (r <= c) {
            ASSERT_EQ(ls[i](r, c), Number(r == c ? 1 : 0));
          } else {
            ASSERT_LE(std::abs(ls[i](r, c)), 1.42);  // sqrt(2) for complex pivots
          }
        }
      for (std::int64_t r = 0; r < k; ++r)
        for (std::int64_t c = 0; c < r && c < n; ++c) ASSERT_EQ(us[i](r, c), Number(0));
    }
  });
}

// Of the upper triangle alone, by elimination in long double.
Number determinant(Matrix a) {
  Number product = 1;
  for (std::int64_t k = 0; k < a.rows; ++k) {
    std::int64_t at = k;
    for (std::int64_t i = k; i < a.rows; ++i)
      if (std::abs(a(i, k)) > std::abs(a(at, k))) at = i;
    if (at != k) product = -product;
    for (std::int64_t j = 0; j < a.rows; ++j) std::swap(a(k, j), a(at, j));
    product *= a(k, k);
    for (std::int64_t i = k + 1; i < a.rows; ++i)
      for (std::int64_t j = a.rows - 1; j >= k; --j) a(i, j) -= a(i, k) / a(k, k) * a(k, j);
  }
  return product;
}

TEST(Linalg, FindsDeterminants) {
  for_square([](const Array& x, std::int64_t n, long double nu) {
    const Array a = x + eye(n, {}, 0, x.dtype()) * 2.0;
    const Array det = linalg::det(a);
    const auto [sign, logabsdet] = linalg::slogdet(a);
    eval({det, sign, logabsdet});
    const auto as = matrices(a);
    const std::vector<std::complex<double>> dets = det.to_vector<std::complex<double>>(),
                                            signs = sign.to_vector<std::complex<double>>();
    const std::vector<double> logs = logabsdet.to_vector<double>();
    const std::vector<double> conditions = linalg::cond(a).to_vector<double>();
    for (std::size_t i = 0; i < as.size(); ++i) {
      const Number expected = determinant(as[i]);
      const long double bound = 4 * nu * conditions[i];
      if (unit(x.dtype()) < 1e-10 || std::abs(expected) < 1e37L) {
        ASSERT_LE(std::abs(Number(dets[i]) - expected), bound * std::abs(expected)) << i;
      }
      ASSERT_LE(std::abs(Number(signs[i]) - expected / std::abs(expected)), bound) << i;
      ASSERT_LE(std::abs(logs[i] - std::log(std::abs(expected))),
                bound + 2 * unit(x.dtype()) * std::abs(std::log(std::abs(expected))))
          << i;
    }
  });
  // Products that leave the range on the way.
  EXPECT_EQ(linalg::det(eye(4) * array({1e200, 1e200, 1e-200, 1e-200})).item<double>(), 1.0);
  EXPECT_VALUES(linalg::det(zeros({2, 3, 3})), ({2}), double, 0, 0);
  EXPECT_VALUES(linalg::det(zeros({2, 0, 0})), ({2}), double, 1, 1);
  EXPECT_EQ(linalg::slogdet(zeros({3, 3})).sign.item<double>(), 0.0);
  EXPECT_EQ(linalg::slogdet(zeros({20, 20})).logabsdet.item<double>(), -kInf);
  EXPECT_TRUE(std::isnan(linalg::det(full({3, 3}, kNaN)).item<double>()));
}

TEST(Linalg, FindsCholeskyFactors) {
  for_square([](const Array& x, std::int64_t n, long double nu) {
    const Array a = hermitian(x) + eye(n, {}, 0, x.dtype()) * (2.0 * static_cast<double>(n));
    const Array l = linalg::cholesky(a), u = linalg::cholesky(a, true);
    eval({l, u});
    const auto as = matrices(a), ls = matrices(l), us = matrices(u);
    for (std::size_t i = 0; i < as.size(); ++i) {
      ASSERT_LT(norm(ls[i] * adjoint(ls[i]) - as[i]), 2 * nu * norm(as[i])) << i;
      ASSERT_LT(norm(adjoint(us[i]) * us[i] - as[i]), 2 * nu * norm(as[i])) << i;
      for (std::int64_t r = 0; r < n; ++r) {
        ASSERT_GT(ls[i](r, r).real(), 0);
        for (std::int64_t c = r + 1; c < n; ++c) ASSERT_EQ(ls[i](r, c), Number(0));
        for (std::int64_t c = 0; c < r; ++c) ASSERT_EQ(us[i](r, c), Number(0));
      }
    }
  });
}

TEST(Linalg, FactorsIntoQr) {
  for_rectangular([](const Array& a, std::int64_t m, std::int64_t n, long double nu) {
    for (const QrMode mode : {QrMode::Reduced, QrMode::Complete}) {
      const auto [q, r] = linalg::qr(a, mode);
      eval({q, r});
      const auto as = matrices(a), qs = matrices(q), rs = matrices(r);
      const std::int64_t k = mode == QrMode::Complete ? m : std::min(m, n);
      ASSERT_EQ(qs[0].columns, k);
      for (std::size_t i = 0; i < as.size(); ++i) {
        ASSERT_LT(norm(qs[i] * rs[i] - as[i]), 4 * nu * norm(as[i])) << i;
        ASSERT_LT(norm(adjoint(qs[i]) * qs[i] - identity(k)), 4 * nu * std::sqrt(static_cast<long double>(k))) << i;
        for (std::int64_t row = 0; row < k; ++row)
          for (std::int64_t column = 0; column < n && column <= row; ++column) {
            if (column < row) {
              ASSERT_EQ(rs[i](row, column), Number(0));
            } else {
              ASSERT_EQ(rs[i](row, column).imag(), 0);
            }
          }
      }
    }
  });
  for (const double size : {1e-300, 1e300})  // squares leave the range
    for (const std::int64_t n : {4, 30}) {
      const Array a = random_matrices({n, n}, DType::Float64, 3) * size;
      const auto [q, r] = linalg::qr(a);
      EXPECT_LT(norm(matrices(q)[0] * matrices(r)[0] - matrices(a)[0]),
                4 * static_cast<long double>(n) * unit(DType::Float64) * norm(matrices(a)[0]));
    }
}

TEST(Linalg, FindsSingularValues) {
  for_rectangular([](const Array& a, std::int64_t m, std::int64_t n, long double nu) {
    const Array alone = linalg::svdvals(a);
    for (const bool full_matrices : {false, true}) {
      const auto [u, s, vh] = linalg::svd(a, full_matrices);
      eval({u, s, vh, alone});
      ASSERT_EQ(s.dtype(), real(a).dtype());
      const auto as = matrices(a), us = matrices(u), ss = matrices(s, true), vhs = matrices(vh),
                 alones = matrices(alone, true);
      for (std::size_t i = 0; i < as.size(); ++i) {
        const long double bound = 16 * nu * norm(as[i]);
        ASSERT_LT(norm(us[i] * diagonal(ss[i], us[i].columns, vhs[i].rows) * vhs[i] - as[i]), bound) << i;
        ASSERT_LT(norm(adjoint(us[i]) * us[i] - identity(us[i].columns)), 16 * nu) << i;
        ASSERT_LT(norm(vhs[i] * adjoint(vhs[i]) - identity(vhs[i].rows)), 16 * nu) << i;
        ASSERT_LT(norm(ss[i] - alones[i]), bound) << i;
        for (std::int64_t k = 0; k < std::min(m, n); ++k)
          ASSERT_LE(ss[i](0, k).real(), k == 0 ? kInf : ss[i](0, k - 1).real());
        ASSERT_GE(ss[i](0, std::min(m, n) - 1).real(), 0);
      }
    }
  });
}

TEST(Linalg, FindsEigenvaluesOfHermitianMatrices) {
  for_square([](const Array& x, std::int64_t n, long double nu) {
    const Array a = hermitian(x);
    for (const bool upper : {false, true}) {
      const Array read =
          where(upper ? arange(n)(Slice(), newaxis) <= arange(n) : arange(n)(Slice(), newaxis) >= arange(n), a, 7);
      const auto [w, v] = linalg::eigh(read, upper);
      const Array alone = linalg::eigvalsh(read, upper);
      eval({w, v, alone});
      ASSERT_EQ(w.dtype(), real(a).dtype());
      const auto as = matrices(a), ws = matrices(w, true), vs = matrices(v), alones = matrices(alone, true);
      for (std::size_t i = 0; i < as.size(); ++i) {
        ASSERT_LT(norm(as[i] * vs[i] - vs[i] * diagonal(ws[i], n, n)), 16 * nu * norm(as[i])) << i;
        ASSERT_LT(norm(adjoint(vs[i]) * vs[i] - identity(n)), 16 * nu) << i;
        ASSERT_LT(norm(ws[i] - alones[i]), 16 * nu * norm(as[i])) << i;
        for (std::int64_t k = 1; k < n; ++k) ASSERT_LE(ws[i](0, k - 1).real(), ws[i](0, k).real());
      }
    }
  });
}

TEST(Linalg, FindsEigenvalues) {
  for_square([](const Array& a, std::int64_t n, long double nu) {
    const auto [w, v] = linalg::eig(a);
    const Array alone = linalg::eigvals(a);
    eval({w, v, alone});
    ASSERT_EQ(w.dtype(), promote_types(a.dtype(), DType::Complex64));
    const auto as = matrices(a), ws = matrices(w, true), vs = matrices(v), alones = matrices(alone, true);
    for (std::size_t i = 0; i < as.size(); ++i) {
      ASSERT_LT(norm(as[i] * vs[i] - vs[i] * diagonal(ws[i], n, n)), 32 * nu * norm(as[i])) << i;
      Number trace = 0, of_alone = 0, expected = 0;
      for (std::int64_t k = 0; k < n; ++k) {
        trace += ws[i](0, k);
        of_alone += alones[i](0, k);
        expected += as[i](k, k);
        long double length = 0;
        for (std::int64_t r = 0; r < n; ++r) length += std::norm(vs[i](r, k));
        ASSERT_LT(std::abs(length - 1), 16 * nu);
      }
      ASSERT_LT(std::abs(trace - expected), 32 * nu * norm(as[i])) << i;
      ASSERT_LT(std::abs(of_alone - expected), 32 * nu * norm(as[i])) << i;
    }
  });
}

}  // namespace
}  // namespace ingot::tests
