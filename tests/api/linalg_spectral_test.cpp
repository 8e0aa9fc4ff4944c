// Eigenvalues and singular values of larger matrices that are hard on iterations: graded, clustered, of deficient rank.
#include <algorithm>
#include <cmath>

#include "ingot/linalg.hpp"

#include "tests/api/linalg_matrix.h"

namespace ingot::tests {
namespace {

constexpr std::int64_t kSizes[] = {17, 18, 31, 33, 64, 65, 100, 200, 257};

struct Hard {
  std::string name;
  Array a;
  std::vector<double> values;  // where they are known
};

Array values_on_diagonal(const std::vector<double>& values) {
  return eye(static_cast<std::int64_t>(values.size())) * array(values, {static_cast<std::int64_t>(values.size())});
}
template <class F>
std::vector<double> list(std::int64_t n, F&& of) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < n; ++i) values.push_back(of(i));
  return values;
}
// From 10^-most to 10^most.
Array powers_of_ten(std::int64_t n, double most) {
  return array(list(n,
                    [&](std::int64_t i) {
                      return std::pow(10.0, most * (2.0 * static_cast<double>(i) / static_cast<double>(n - 1) - 1));
                    }),
               {n});
}
Array orthogonal(std::int64_t n, unsigned seed) { return linalg::qr(random_matrices({n, n}, DType::Float64, seed)).q; }

std::vector<Hard> symmetric_cases(std::int64_t n) {
  const auto seed = static_cast<unsigned>(n);
  const Array x = random_matrices({n, n}, DType::Float64, seed), q = orthogonal(n, seed + 1);
  const Array random = x + x.T(), scale = powers_of_ten(n, 75);
  std::vector<Hard> cases = {{"random", random, {}},
                             {"tiny", random * 1e-300, {}},
                             {"huge", random * 1e300, {}},
                             {"graded up", random * scale * expand_dims(scale, 1), {}},
                             {"graded down", flip(random * scale * expand_dims(scale, 1)), {}},
                             {"columns near underflow", where(eye(n) > 0, random, random * 1e-161), {}}};
  const auto add = [&](const char* name, const std::vector<double>& values) {
    cases.push_back({name, matmul(q * array(values, {n}), q.T()), values});
  };
  add("clustered", list(n, [](std::int64_t i) { return 1 + 1e-14 * static_cast<double>(i); }));
  add("multiple", list(n, [](std::int64_t i) { return static_cast<double>(i / 5); }));
  add("of rank 3", list(n, [](std::int64_t i) { return i < 3 ? 1.0 + static_cast<double>(i) : 0; }));
  add("of both signs", list(n, [](std::int64_t i) { return i % 2 == 0 ? 1.0 : -1.0; }));
  const auto add_diagonal = [&](const char* name, const std::vector<double>& values) {
    cases.push_back({name, values_on_diagonal(values), values});
  };
  add_diagonal("zero", std::vector<double>(static_cast<std::size_t>(n)));
  add_diagonal("diagonal", list(n, [](std::int64_t i) { return std::cos(static_cast<double>(i)); }));
  const Array middle = abs(arange(n) - static_cast<double>(n - 1) / 2);
  cases.push_back({"Wilkinson's", eye(n) * middle + eye(n, {}, 1) + eye(n, {}, -1), {}});
  // 2 - 2 cos(pi k / (n + 1))
  cases.push_back({"of second differences", eye(n) * 2 - eye(n, {}, 1) - eye(n, {}, -1), list(n, [&](std::int64_t i) {
                     const double s =
                         std::sin(std::acos(-1.0) * static_cast<double>(i + 1) / static_cast<double>(2 * (n + 1)));
                     return 4 * s * s;
                   })});
  return cases;
}

void expect_values(const Array& found, std::vector<double> wanted, long double bound) {
  const std::vector<double> values = found.to_vector<double>();
  std::sort(wanted.begin(), wanted.end());
  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_LE(std::abs(values[i] - wanted[i]), bound) << i;
}

long double size_of(const Array& x) { return norm(matrices(x)[0]); }
// |x^T x - 1|
long double off_orthogonal(const Array& x) { return size_of(matmul(x.T(), x) - eye(x.shape().back())); }
long double n_units(const Array& x) {
  return static_cast<long double>(std::max(x.shape()[0], x.shape()[1])) * unit(DType::Float64);
}

TEST(LongLinalg, FindsEigenvaluesThatAreHardToFind) {
  for (const std::int64_t n : kSizes)
    for (const Hard& hard : symmetric_cases(n)) {
      SCOPED_TRACE(hard.name + " " + std::to_string(n));
      const auto [w, v] = linalg::eigh(hard.a);
      const Array alone = linalg::eigvalsh(hard.a);
      eval({w, v, alone, hard.a});
      const long double bound = 8 * n_units(hard.a) * size_of(hard.a);
      EXPECT_LE(size_of(matmul(hard.a, v) - v * w), bound);
      EXPECT_LE(off_orthogonal(v), 8 * n_units(v));
      const std::vector<double> values = w.to_vector<double>();
      EXPECT_TRUE(std::is_sorted(values.begin(), values.end()));
      EXPECT_EQ(alone.to_vector<double>(), values);
      if (!hard.values.empty()) expect_values(w, hard.values, bound);
    }
}

void expect_decomposition(const Array& a, const std::string& name) {
  const std::int64_t m = a.shape()[0], n = a.shape()[1], k = std::min(m, n);
  const Array alone = linalg::svdvals(a);
  const long double bound = 8 * n_units(a) * size_of(a);
  // Of values all near 1 the lengths that rotations divide by are rounded down: vectors grow by about a half-ulp a
  // sweep.
  const long double off = 32 * n_units(a);
  for (const bool full : {false, true}) {
    if (full && m == n) continue;
    SCOPED_TRACE(name + " " + std::to_string(m) + " x " + std::to_string(n) + (full ? ", full" : ""));
    const auto [u, s, vh] = linalg::svd(a, full);
    eval({u, s, vh, alone});
    ASSERT_EQ(u.shape(), Shape({m, full ? m : k}));
    ASSERT_EQ(vh.shape(), Shape({full ? n : k, n}));
    EXPECT_LE(size_of(matmul(u(Slice(), Slice(0, k)) * s, vh(Slice(0, k))) - a), bound);
    EXPECT_LE(off_orthogonal(u), off);
    EXPECT_LE(off_orthogonal(vh.T()), off);
    const std::vector<double> values = s.to_vector<double>();
    EXPECT_TRUE(std::is_sorted(values.rbegin(), values.rend()));
    EXPECT_GE(values.back(), 0);
    EXPECT_EQ(alone.to_vector<double>(), values);
  }
}

TEST(LongLinalg, FindsSingularValuesThatAreHardToFind) {
  for (const std::int64_t n : kSizes) {
    for (const Hard& hard : symmetric_cases(n)) {
      expect_decomposition(hard.a, hard.name);
      if (hard.values.empty()) continue;
      std::vector<double> sizes = hard.values;
      for (double& value : sizes) value = std::abs(value);
      expect_values(sort(linalg::svdvals(hard.a)), sizes, 8 * n_units(hard.a) * size_of(hard.a));
    }
    if (n > 65) continue;
    const auto seed = static_cast<unsigned>(n);
    for (const std::int64_t m : {std::int64_t{1}, n + 1, 2 * n + 3}) {
      const Array x = random_matrices({m, n}, DType::Float64, seed), scale = powers_of_ten(n, 150);
      const Array thin = random_matrices({m, 2}, DType::Float64, 1),
                  deficient = matmul(thin, random_matrices({2, n}, DType::Float64, 2));
      for (const Array& a : {x, x * scale, deficient, x * 0.0}) {
        expect_decomposition(a, "rectangular");
        expect_decomposition(a.T(), "turned");
      }
    }
  }
}

// Their product is the diagonal's, however small they are.
TEST(Linalg, FindsTinySingularValuesOfBidiagonalMatrices) {
  for (const std::int64_t n : {17, 40, 100})
    for (const bool turned : {false, true}) {
      SCOPED_TRACE(std::to_string(n) + (turned ? " turned" : ""));
      const std::vector<double> graded =
          list(n, [&](std::int64_t i) { return std::pow(10.0, -2.0 * static_cast<double>(turned ? n - i : i)); });
      const Array d = array(graded, {n}), a = eye(n) * d + eye(n, {}, 1) * d;
      const std::vector<double> values = linalg::svdvals(a).to_vector<double>();
      long double found = 0, wanted = 0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        found += std::log(static_cast<long double>(values[i]));
        wanted += std::log(static_cast<long double>(graded[i]));
      }
      EXPECT_NEAR(static_cast<double>(found - wanted), 0, 1e-13 * static_cast<double>(n));
    }
}

// Where only a part of a matrix is tiny no scaling of the whole helps.
TEST(Linalg, KeepsVectorsOrthogonalWherePartOfAMatrixIsTiny) {
  constexpr std::int64_t n = 24, half = n / 2;
  const auto with_tiny_part = [](DType dtype, std::int64_t columns, double size) {
    const Array top = concat({random_matrices({half, half}, dtype, 1), zeros({half, columns - half}, dtype)}, 1);
    const Array part = random_matrices({half, columns - half}, dtype, 2) * size;
    return concat({top, concat({zeros({half, half}, dtype), part}, 1)}, 0);
  };
  for (const double size : {1e-150, 1e-161, 1e-290, 1e-305, 1e-308, 1e-310, 1e-312, 1e-314, 1e-316, 1e-320, 4e-324}) {
    SCOPED_TRACE(size);
    const Array square = with_tiny_part(DType::Float64, n, size), tall = with_tiny_part(DType::Float64, 20, size);
    EXPECT_LE(off_orthogonal(linalg::eigh(square + square.T()).eigenvectors), 8 * n_units(square));
    EXPECT_LE(off_orthogonal(linalg::qr(tall).q), 4 * n_units(tall));
    const auto [u, s, vh] = linalg::svd(tall, false);
    EXPECT_LE(off_orthogonal(u), 8 * n_units(tall));
    EXPECT_LE(off_orthogonal(vh.T()), 8 * n_units(tall));
    const Array q = linalg::qr(with_tiny_part(DType::Complex128, 20, size)).q;
    EXPECT_LE(size_of(matmul(conj(q).T(), q) - eye(20)), 4 * n_units(tall));
  }
  for (const double size : {1e-20, 1e-36, 1e-38, 1e-39, 1e-40, 1e-41, 1e-42, 1e-45}) {
    SCOPED_TRACE(size);
    const Array q = linalg::qr(with_tiny_part(DType::Float32, 20, size)).q;
    EXPECT_LE(off_orthogonal(q), 4 * n * unit(DType::Float32));
  }
}

TEST(LongLinalg, GivesLargeVectorsTheSameBitsForAnyNumberOfThreads) {
  const int team = num_threads();
  const Array x = random_matrices({700, 700}, DType::Float64, 5).eval();
  std::vector<double> wanted;
  for (const int threads : {1, 2, 3, 7}) {
    set_num_threads(threads);
    const auto [w, v] = linalg::eigh(x);
    const auto [u, s, vh] = linalg::svd(x);
    eval({w, v, u, s, vh});
    std::vector<double> found;
    for (const Array& part : {w, v, u, s, vh})
      for (const double y : part.to_vector<double>()) found.push_back(y);
    if (wanted.empty()) wanted = found;
    EXPECT_TRUE(found == wanted) << threads << " threads";
  }
  set_num_threads(team);
}

}  // namespace
}  // namespace ingot::tests
