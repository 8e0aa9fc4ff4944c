// Whether random numbers are distributed as they should be. Seeds are fixed, so that nothing here depends on luck: the
// bounds are those that a good generator misses once in some thousands of seeds.
#include <cmath>
#include <functional>

#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr std::int64_t kMany = 1'000'000;
constexpr DType kReal[] = {DType::Float32, DType::Float64};

// How far a chi-square statistic of equally likely cells is from its mean, in standard deviations.
double chi_square(const std::vector<std::int64_t>& counts) {
  double total = 0, sum = 0;
  for (const std::int64_t count : counts) total += static_cast<double>(count);
  const double expected = total / static_cast<double>(counts.size());
  for (const std::int64_t count : counts) {
    const double off = static_cast<double>(count) - expected;
    sum += off * off / expected;
  }
  const double freedom = static_cast<double>(counts.size()) - 1;
  return (sum - freedom) / std::sqrt(2 * freedom);
}

std::vector<std::int64_t> histogram(const Array& cells, std::size_t count) {
  std::vector<std::int64_t> counts(count);
  for (const std::int64_t cell : astype(cells, DType::Int64).eval().to_vector<std::int64_t>())
    ++counts.at(static_cast<std::size_t>(cell));
  return counts;
}

// Kolmogorov and Smirnov's: the largest distance from the distribution, times sqrt(n); above 1.95 once in 1000.
double distance(const Array& x, const std::function<double(double)>& distribution) {
  const std::vector<double> sorted = sort(astype(x, DType::Float64)).to_vector<double>();
  const double n = static_cast<double>(sorted.size());
  double largest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double p = distribution(sorted[i]), below = static_cast<double>(i) / n;
    largest = std::max({largest, p - below, below + 1 / n - p});
  }
  return largest * std::sqrt(n);
}

// Of standardised numbers with others `lag` further on, times sqrt(n): standard normal if they are independent.
double correlation(const Array& x, std::int64_t lag) {
  const Array a = x(Slice(none, -lag)), b = x(Slice(lag, none));
  return mean(astype(a, DType::Float64) * astype(b, DType::Float64)).item<double>() *
         std::sqrt(static_cast<double>(a.size()));
}

void expect_independent(const Array& standardised) {
  for (const std::int64_t lag : {1, 2, 7, 8, 16, 24, 32, 1000})
    EXPECT_LT(std::abs(correlation(standardised, lag)), 4) << "lag " << lag;
}

TEST(Distributions, OfUniformNumbers) {
  random::Generator g(1);
  for (const DType dtype : kReal) {
    const Array u = g.uniform({2 * kMany}, 0, 1, dtype);
    EXPECT_LT(std::abs(chi_square(histogram(floor(u * 1000.0), 1000))), 4) << dtype;
    const Array low_bits = u * 0x1p20 - floor(u * 0x1p20);
    EXPECT_LT(std::abs(chi_square(histogram(floor(low_bits * 16.0), 16))), 4) << dtype;
    // Neighbours, in pairs and in the pairs that share a counter, as cells of a square.
    const Array cell = floor(u * 32.0);
    for (const std::int64_t lag : {1, 8, 16})
      EXPECT_LT(std::abs(chi_square(histogram(cell(Slice(none, -lag)) * 32 + cell(Slice(lag, none)), 1024))), 5)
          << dtype << " lag " << lag;
    const Array some = u(Slice(0, kMany));
    EXPECT_LT(distance(some, [](double x) { return x; }), 1.95) << dtype;
    expect_independent((some - 0.5) * std::sqrt(12.0));
  }
}

TEST(Distributions, OfNormalNumbers) {
  random::Generator g(2);
  const auto normal = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  for (const DType dtype : kReal) {
    const Array z = g.normal({4 * kMany}, 0, 1, dtype), x = astype(z, DType::Float64), square_of = x * x;
    const double unit = 1 / std::sqrt(4.0 * kMany);
    EXPECT_NEAR(mean(x).item<double>(), 0, 4 * unit) << dtype;
    EXPECT_NEAR(mean(square_of).item<double>(), 1, 4 * std::sqrt(2.0) * unit) << dtype;
    EXPECT_NEAR(mean(square_of * x).item<double>(), 0, 4 * std::sqrt(15.0) * unit) << dtype;
    EXPECT_NEAR(mean(square_of * square_of).item<double>(), 3, 4 * std::sqrt(96.0) * unit) << dtype;
    for (const double beyond : {2.0, 3.0, 4.0}) {
      const double expected = 4 * kMany * normal(-beyond);
      EXPECT_NEAR(sum(x > beyond).item<double>(), expected, 4 * std::sqrt(expected)) << dtype << " above " << beyond;
      EXPECT_NEAR(sum(x < -beyond).item<double>(), expected, 4 * std::sqrt(expected)) << dtype << " below " << -beyond;
    }
    EXPECT_GT(max(abs(x)).item<double>(), 4.8) << dtype;
    EXPECT_LT(distance(x(Slice(0, kMany)), normal), 1.95) << dtype;
    expect_independent(x(Slice(0, kMany)));
    expect_independent((square_of(Slice(0, kMany)) - 1.0) / std::sqrt(2.0));  // the radius that two share
  }
}

TEST(Distributions, OfExponentialNumbers) {
  random::Generator g(3);
  for (const DType dtype : kReal) {
    const Array x = g.exponential({kMany}, 2, dtype);
    EXPECT_LT(distance(x, [](double v) { return -std::expm1(-v / 2); }), 1.95) << dtype;
    expect_independent(x / 2.0 - 1.0);
  }
}

TEST(Distributions, OfIntegers) {
  random::Generator g(4);
  for (const std::int64_t bound : {2, 6, 1000, 65'536})
    EXPECT_LT(std::abs(chi_square(histogram(g.integers(0, bound, {kMany}), static_cast<std::size_t>(bound)))), 4)
        << bound;
  // Of a bound so near 2^63 a third of the draws are drawn again.
  constexpr std::int64_t kLarge = std::int64_t{3} << 61;
  const Array large = g.integers(std::int64_t{0}, kLarge, {kMany});
  EXPECT_LT(std::abs(chi_square(histogram(floor_divide(large, kLarge / 96), 96))), 4);
  const Array words = g.integers(std::int64_t{-1} << 63, ~(std::int64_t{-1} << 63), {kMany}, DType::Int64, true);
  for (int bit = 0; bit < 64; ++bit)
    EXPECT_NEAR(mean((words >> bit) & 1).item<double>(), 0.5, 2.0 / std::sqrt(static_cast<double>(kMany))) << bit;
}

TEST(Distributions, OfPermutationsAndChoices) {
  random::Generator g(5);
  const double n = kMany, spread = n / std::sqrt(12.0);
  const Array p = (g.permutation(kMany) - (n - 1) / 2) / spread, place = (arange(kMany) - (n - 1) / 2) / spread;
  EXPECT_LT(std::abs(mean(p * place).item<double>()) * std::sqrt(n), 4);
  expect_independent(p);
  std::vector<std::int64_t> counts(50);
  for (int i = 0; i < 1000; ++i)
    for (const std::int64_t k : g.choice(50, {5}, false).to_vector<std::int64_t>())
      ++counts[static_cast<std::size_t>(k)];
  EXPECT_LT(std::abs(chi_square(counts)), 4);
  EXPECT_NEAR(mean(g.bernoulli(0.3, {kMany})).item<double>(), 0.3, 4 * std::sqrt(0.21 / n));
}

TEST(Distributions, OfSpawnedGeneratorsAreIndependent) {
  std::vector<random::Generator> children = random::Generator(6).spawn(4);
  std::vector<Array> z;
  for (random::Generator& child : children) z.push_back(child.normal({kMany}));
  for (std::size_t i = 0; i < z.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_LT(std::abs(mean(z[i] * z[j]).item<double>()) * std::sqrt(static_cast<double>(kMany)), 4);
}

}  // namespace
}  // namespace ingot
