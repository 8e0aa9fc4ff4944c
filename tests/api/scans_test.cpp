#include "ingot/scans.hpp"

#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <random>

#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr ScanOptions kReverse{.reverse = true}, kExclusive{.exclusive = true},
    kReverseExclusive{.reverse = true, .exclusive = true};

template <class T = double>
std::vector<T> numbers(std::int64_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& value : values) value = static_cast<T>(static_cast<double>(random() >> 11) * 0x1p-52 - 0.5);
  return values;
}

TEST(Scans, GoBothWaysWithAndWithoutTheElement) {
  const Array x = array({3, 1, 4, 1, 5});
  EXPECT_VALUES(cumsum(x, 0), ({5}), int, 3, 4, 8, 9, 14);
  EXPECT_VALUES(cumsum(x, 0, kReverse), ({5}), int, 14, 11, 10, 6, 5);
  EXPECT_VALUES(cumsum(x, 0, kExclusive), ({5}), int, 0, 3, 4, 8, 9);
  EXPECT_VALUES(cumsum(x, 0, kReverseExclusive), ({5}), int, 11, 10, 6, 5, 0);
  EXPECT_VALUES(cumprod(x, 0), ({5}), int, 3, 3, 12, 12, 60);
  EXPECT_VALUES(cumprod(x, 0, kReverseExclusive), ({5}), int, 20, 20, 5, 5, 1);
  EXPECT_VALUES(cummax(x), ({5}), int, 3, 3, 4, 4, 5);
  EXPECT_VALUES(cummin(x), ({5}), int, 3, 1, 1, 1, 1);
  EXPECT_VALUES(cummax(x, 0, kReverse), ({5}), int, 5, 5, 5, 5, 5);
  EXPECT_VALUES(cummin(astype(x, DType::Int8), 0, kReverseExclusive), ({5}), int, 1, 1, 1, 5, 127);
  EXPECT_VALUES(cummax(astype(x, DType::Float32), 0, kExclusive), ({5}), double, -kInf, 3, 3, 4, 4);
}

TEST(Scans, HaveAnInitialElementOnRequest) {
  const Array x = array({3.0, 1.0, 4.0});
  EXPECT_VALUES(cumulative_sum(x), ({3}), double, 3, 4, 8);
  EXPECT_VALUES(cumulative_sum(x, 0, {}, true), ({4}), double, 0, 3, 4, 8);
  EXPECT_VALUES(cumulative_prod(x, -1, DType::Float16, true), ({4}), double, 1, 3, 3, 12);
  EXPECT_VALUES(cumulative_sum(array({1, 2, 3, 4}, {2, 2}), 0, {}, true), ({3, 2}), int, 0, 0, 1, 2, 4, 6);
  EXPECT_VALUES(cumulative_sum(array({1, 2, 3, 4}, {2, 2}), 1, {}, true), ({2, 3}), int, 0, 1, 3, 0, 3, 7);
  EXPECT_FALSE(std::signbit(cumulative_sum(x, 0, {}, true)(0).item<double>()));
}

TEST(Scans, WidenIntegersAsSumsDo) {
  const Array x = array({200, 100, 7});
  EXPECT_EQ(cumsum(astype(x, DType::UInt8)).dtype(), DType::UInt64);
  EXPECT_EQ(cumsum(astype(x, DType::Int16)).dtype(), DType::Int64);
  EXPECT_EQ(cumprod(astype(x, DType::Bool)).dtype(), DType::Int64);
  EXPECT_EQ(cumsum(astype(x, DType::Float16)).dtype(), DType::Float16);
  EXPECT_EQ(cummax(astype(x, DType::UInt8)).dtype(), DType::UInt8);
  EXPECT_EQ(logcumsumexp(astype(x, DType::Int8)).dtype(), DType::Float64);
  EXPECT_VALUES(cumsum(astype(x, DType::UInt8)), ({3}), int, 200, 300, 307);
  EXPECT_VALUES(cumulative_sum(astype(x, DType::UInt8), 0, DType::UInt8), ({3}), int, 200, 44, 51);
  EXPECT_VALUES(cumulative_sum(array({1.75, 1.75}), 0, DType::Int32), ({2}), int, 1, 2);
  EXPECT_VALUES(cumsum(array({true, false, true})), ({3}), int, 1, 1, 2);
  EXPECT_VALUES(cummax(array({false, true, false})), ({3}), bool, false, true, true);
}

TEST(Scans, RoundHalvesOnceForEachElement) {
  const Array x = full({4000}, 1.0, DType::Float16);
  const std::vector<double> sums = cumsum(x).to_vector<double>();
  EXPECT_EQ(sums[2999], 3000);  // adding in float16 stops at 2048
  EXPECT_EQ(sums[2048], 2048);  // 2049, rounded
}

TEST(Scans, PropagateNaNAndOrderZeros) {
  const Array x = array({1.0, -0.0, kNaN, kInf});
  EXPECT_VALUES(cumsum(x), ({4}), double, 1, 1, kNaN, kNaN);
  EXPECT_VALUES(cummax(x), ({4}), double, 1, 1, kNaN, kNaN);
  EXPECT_VALUES(cummin(x, 0, kReverse), ({4}), double, kNaN, kNaN, kNaN, kInf);
  EXPECT_VALUES(cumsum(array({1.0, kInf, 2.0, -kInf, 1.0})), ({5}), double, 1, kInf, kInf, kNaN, kNaN);
  EXPECT_TRUE(std::signbit(cumsum(array({-0.0, -0.0}))(1).item<double>()));
  EXPECT_TRUE(std::signbit(cummin(array({0.0, -0.0}))(1).item<double>()));
  EXPECT_FALSE(std::signbit(cummax(array({0.0, -0.0}))(1).item<double>()));
  // Also where it came in an earlier block.
  EXPECT_EQ(cumsum(where(arange(1000) == 3, kInf, 1.0))(999).item<double>(), kInf);
  EXPECT_TRUE(std::signbit(cumsum(full({1000}, -0.0))(999).item<double>()));
}

TEST(Scans, SumExponentialsWithoutOverflow) {
  const std::vector<double> got = logcumsumexp(array({1000.0, 1000.0, -1000.0, 2000.0})).to_vector<double>();
  EXPECT_DOUBLE_EQ(got[1], 1000 + std::log(2.0));
  EXPECT_DOUBLE_EQ(got[3], 2000);
  EXPECT_VALUES(logcumsumexp(array({-kInf, -kInf, 1.0, kInf, kNaN})), ({5}), double, -kInf, -kInf, 1, kInf, kNaN);
  EXPECT_VALUES(logcumsumexp(array({5.0, 6.0}), 0, kExclusive), ({2}), double, -kInf, 5);
}

TEST(Scans, OfProductsOverflowWhereALoopDoes) {
  EXPECT_VALUES(cumprod(array({1e-300, 1e200, 1e-300, 1e200, 1e200})), ({5}), double, 1e-300, 1e-300 * 1e200,
                1e-300 * 1e200 * 1e-300, 1e-300 * 1e200 * 1e-300 * 1e200, 1e-300 * 1e200 * 1e-300 * 1e200 * 1e200);
  EXPECT_VALUES(cumprod(array({0.0, 1e200, 1e200})), ({3}), double, 0, 0, 0);
}

TEST(Scans, OfComplexNumbersAddBothParts) {
  using C = std::complex<double>;
  const Array x = array({C(1, 2), C(3, -1), C(0, 5)});
  EXPECT_VALUES(real(cumsum(x)), ({3}), double, 1, 4, 4);
  EXPECT_VALUES(imag(cumsum(x, 0, kReverse)), ({3}), double, 6, 4, 5);
  EXPECT_EQ(cumulative_sum(array({1.0}), 0, DType::Complex64).dtype(), DType::Complex64);
  EXPECT_ERROR(TypeError, cumprod(x), "cumprod: not defined for complex128; use real(x), imag(x) or abs(x)");
  EXPECT_ERROR(TypeError, cummax(x), "cummax: not defined for complex128; use real(x), imag(x) or abs(x)");
}

TEST(Scans, HaveEmptyAndOneElementRows) {
  EXPECT_EQ(cumsum(zeros({0})).shape(), (Shape{0}));
  EXPECT_EQ(cumsum(zeros({3, 0, 2}), 0).shape(), (Shape{3, 0, 2}));
  EXPECT_VALUES(cumulative_sum(zeros({0}), 0, {}, true), ({1}), double, 0);
  EXPECT_VALUES(cumulative_prod(zeros({0, 2}), 0, {}, true), ({1, 2}), double, 1, 1);
  EXPECT_VALUES(cumsum(array({2.0}), 0, kExclusive), ({1}), double, 0);
  EXPECT_VALUES(cumsum(array({2.0, 3.0}, {2, 1}), 1), ({2, 1}), double, 2, 3);
  EXPECT_VALUES(cumsum(full({}, 2.0)), ({1}), double, 2);
  EXPECT_VALUES(cumsum(array({1, 2, 3, 4}, {2, 2})), ({4}), int, 1, 3, 6, 10);
}

TEST(Scans, RefuseWhatHasNoAxisOrNoSum) {
  const Array x = zeros({2, 3});
  EXPECT_ERROR(IndexError, cumsum(x, 2),
               "cumsum: axis 2 is out of bounds for an array of 2 axes; axes run from -2 to 1");
  EXPECT_ERROR(IndexError, cummax(full({}, 1.0)), "cummax: axis -1 is out of bounds: a 0-d array has no axes");
  EXPECT_ERROR(
      ValueError, cumulative_sum(x),
      "cumulative_sum: an array of shape (2, 3) was given without an axis, which may be left out where there is "
      "one; name the axis, or ravel the array");
  EXPECT_ERROR(ValueError, cumulative_prod(full({}, 1.0)),
               "cumulative_prod: an array of shape () was given without an axis, which may be left out where there is "
               "one; name the axis, or ravel the array");
  EXPECT_ERROR(TypeError, cumulative_sum(x, 0, DType::Bool),
               "cumulative_sum: dtype bool was given, which has no sums and products; name an integer dtype");
}

// Every element against long double, by the bound of ingot/scans.hpp; rows of one block, of several, and so long that
// threads share them.
template <class T>
void expect_sums(const Array& x, std::int64_t n, std::int64_t inner, bool reverse, double unit) {
  const std::vector<T> in = x.to_vector<T>(), out = cumsum(x, 1, {.reverse = reverse}).template to_vector<T>();
  const auto outer = static_cast<std::int64_t>(in.size()) / (n * inner);
  for (std::int64_t row = 0; row < outer * inner; ++row) {
    long double sum = 0, magnitudes = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t k = reverse ? n - 1 - i : i;
      const auto at = static_cast<std::size_t>((row / inner * n + k) * inner + row % inner);
      sum += static_cast<long double>(in[at]);
      magnitudes += std::fabs(static_cast<long double>(in[at]));
      const long double error = std::fabs(static_cast<long double>(out[at]) - sum);
      ASSERT_LE(error, (2 * std::fabs(sum) + 40 * magnitudes) * unit) << "row " << row << ", element " << k;
    }
  }
}

TEST(Scans, OfFloatsKeepTheirBoundHoweverLong) {
  const Shape shapes[] = {{3, 7, 1}, {5, 257, 1}, {2, 3000, 3}, {2, 1500, 70}, {1, 300'007, 1}};
  for (const Shape& shape : shapes) {
    const std::int64_t n = shape[1], inner = shape[2];
    for (const bool reverse : {false, true}) {
      const std::vector<double> values = numbers(shape.numel(), 1);
      expect_sums<double>(array(std::span(values), shape), n, inner, reverse, 0x1p-53);
      expect_sums<float>(astype(array(std::span(values), shape) + 10.0, DType::Float32), n, inner, reverse, 0x1p-24);
    }
  }
  // A sum of a million times the float nearest to 0.1: a loop loses six digits.
  const Array tenths = cumsum(full({1'000'000}, 0.1, DType::Float32));
  EXPECT_NEAR(tenths(999'999).item<double>(), 100'000.0 * (static_cast<double>(0.1F) / 0.1), 0.1);
}

TEST(Scans, OfExponentialsAreCloseToThoseOfALoop) {
  const std::vector<double> values = numbers(100'000, 7);
  const Array x = array(std::span(values)) * 50.0;
  const std::vector<double> in = x.to_vector<double>(), got = logcumsumexp(x).to_vector<double>();
  long double sum = 0;
  for (std::size_t i = 0; i < in.size(); ++i) {
    sum += std::exp(static_cast<long double>(in[i]));
    ASSERT_NEAR(got[i], static_cast<double>(std::log(sum)), 1e-13 + 4e-16 * std::fabs(got[i])) << i;
  }
}

using Call = Array (*)(const Array&, std::int64_t, ScanOptions);
constexpr Call kCalls[] = {[](const Array& x, std::int64_t axis, ScanOptions o) { return cumsum(x, axis, o); },
                           [](const Array& x, std::int64_t axis, ScanOptions o) { return cumprod(x, axis, o); },
                           [](const Array& x, std::int64_t axis, ScanOptions o) { return cummin(x, axis, o); },
                           [](const Array& x, std::int64_t axis, ScanOptions o) { return cummax(x, axis, o); },
                           [](const Array& x, std::int64_t axis, ScanOptions o) { return logcumsumexp(x, axis, o); }};

std::vector<double> bits(const Array& x) { return astype(x, DType::Float64).to_vector<double>(); }

bool same(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(Scans, GiveTheSameBitsForAnyNumberOfThreads) {
  const int before = num_threads();
  const std::vector<double> values = numbers(60'000, 3);
  const Shape shapes[] = {{60'000}, {2, 30'000}, {200, 300}, {300, 200}, {15'000, 4}};
  for (const Shape& shape : shapes) {
    for (const DType dtype : {DType::Float64, DType::Float32, DType::BFloat16, DType::Int16}) {
      const Array x = astype(array(std::span(values), shape) * 3.0, dtype);
      for (const Call call : kCalls) {
        for (const ScanOptions& options : {ScanOptions{}, kReverseExclusive}) {
          set_num_threads(1);
          const std::vector<double> alone = bits(call(x, 0, options));
          // Many more threads than cores are slow, and one way to share the work is like another to them.
          set_num_threads(dtype == DType::Float64 ? 8 : 3);
          EXPECT_TRUE(same(bits(call(x, 0, options)), alone)) << to_string(shape) << " " << name(dtype);
        }
      }
    }
  }
  set_num_threads(before);
}

TEST(Scans, GiveALongRowTheSameBitsForAnyNumberOfThreads) {
  const int before = num_threads();
  const std::vector<double> values = numbers(300'007, 5);
  for (const DType dtype : {DType::Float64, DType::BFloat16, DType::Int16}) {
    const Array x = astype(array(std::span(values)) * 3.0, dtype);
    for (const Call call : {kCalls[0], kCalls[3], kCalls[4]}) {
      for (const ScanOptions& options : {ScanOptions{}, kReverseExclusive}) {
        set_num_threads(1);
        const std::vector<double> alone = bits(call(x, 0, options));
        set_num_threads(3);
        EXPECT_TRUE(same(bits(call(x, 0, options)), alone)) << name(dtype);
      }
    }
  }
  set_num_threads(before);
}

// Rows alone, as columns among others, backwards and cut short: an element's bits depend on what it is made of.
TEST(Scans, GiveARowTheSameBitsWhateverLiesBesideIt) {
  constexpr std::int64_t n = 1000;
  const std::vector<double> values = numbers(40 * n, 4);
  const Array all = array(std::span(values), {40, n});
  for (const DType dtype : {DType::Float64, DType::Float32, DType::Float16}) {
    const Array x = astype(all, dtype);
    for (const Call call : kCalls) {
      const std::vector<double> alone = bits(call(x(17), 0, {}));
      EXPECT_TRUE(same(bits(call(x, 1, {})(17)), alone));
      EXPECT_TRUE(same(bits(call(x.T().eval(), 0, {})({ellipsis, 17})), alone));
      EXPECT_TRUE(same(bits(call(x(Slice(15, 20)).T().eval(), 0, {})({ellipsis, 2})), alone));
      EXPECT_TRUE(same(bits(flip(call(flip(x(17)), 0, kReverse))), alone));
      EXPECT_TRUE(same(bits(flip(call(flip(x.T(), Axes{0}).eval(), 0, kReverse), Axes{0})({ellipsis, 17})), alone));
      EXPECT_TRUE(same(bits(call(x(17)(Slice(0, 777)), 0, {})), {alone.begin(), alone.begin() + 777}));
      EXPECT_TRUE(same(bits(call(x(17), 0, kExclusive)(Slice(1, n))), {alone.begin(), alone.end() - 1}));
    }
  }
}

TEST(Scans, AreOneCallBetweenTheKernelsBeforeAndAfter) {
  const std::vector<double> values = numbers(6000, 2);
  const Array x = array(std::span(values), {20, 300});
  const auto expect_steps = [](const Array& y, std::int64_t launches, std::int64_t calls) {
    const Stats before = stats();
    y.eval();
    EXPECT_EQ(stats().launches - before.launches, launches);
    EXPECT_EQ(stats().calls - before.calls, calls);
  };
  expect_steps(cumsum(x, 1), 0, 1);
  expect_steps(cumsum(x, 0), 0, 1);
  expect_steps(cumsum(x), 0, 1);
  expect_steps(cumsum(x * 2.0 + 1.0, 1), 1, 1);
  expect_steps(sum(sqrt(abs(cumsum(x, 0, kReverseExclusive))) + 1.0), 1, 1);
  expect_steps(cumsum(x < 0.0, 1), 1, 1);  // widened as it is read
}

}  // namespace
}  // namespace ingot
