#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

Array cube() { return reshape(arange(24), {2, 3, 4}); }

TEST(ArgReductions, TakeTheFirstOfEqualElements) {
  const Array x = array({{3, 1, 1}, {1, 3, 3}});
  EXPECT_EQ(argmin(x).dtype(), DType::Int64);
  EXPECT_EQ(argmin(x).item<int>(), 1);
  EXPECT_EQ(argmax(x).item<int>(), 0);
  EXPECT_VALUES(argmin(x, 0), ({3}), int, 1, 0, 0);
  EXPECT_VALUES(argmax(x, -1), ({2}), int, 0, 1);
  EXPECT_VALUES(argmax(x, 1, true), ({2, 1}), int, 0, 1);
  EXPECT_VALUES(argmax(x, {}, true), ({1, 1}), int, 0);
  EXPECT_EQ(argmax(array({false, true, true})).item<int>(), 1);
  EXPECT_EQ(argmin(array({true, true})).item<int>(), 0);
  EXPECT_EQ(argmax(array({0.0, -0.0, 0.0})).item<int>(), 0);
  EXPECT_EQ(argmax(array({-0.0, 0.0})).item<int>(), 0);
  EXPECT_EQ(argmin(array({0.0, -0.0})).item<int>(), 0);
}

TEST(ArgReductions, CountInCOrderOverSeveralAxes) {
  const Array x = cube();
  EXPECT_EQ(argmax(x).item<int>(), 23);
  EXPECT_VALUES(argmax(x, {0, 2}), ({3}), int, 7, 7, 7);
  EXPECT_VALUES(argmin(x, {0, 1}), ({4}), int, 0, 0, 0, 0);
  EXPECT_EQ(argmax(Array(5.0)).item<int>(), 0);
  EXPECT_VALUES(argmax(ones({2, 1}), 1), ({2}), int, 0, 0);
}

TEST(ArgReductions, LetNaNWin) {
  const Array x = array({1.0, kNaN, kInf, kNaN, -kInf});
  EXPECT_EQ(argmax(x).item<int>(), 1);
  EXPECT_EQ(argmin(x).item<int>(), 1);
  EXPECT_EQ(argmax(array({-kInf, -kInf})).item<int>(), 0);
  EXPECT_EQ(argmin(array({kInf, kInf})).item<int>(), 0);
  EXPECT_EQ(argmin(array({kInf, 1.0, kNaN})).item<int>(), 2);
}

TEST(ArgReductions, RefuseToReduceNothing) {
  EXPECT_ERROR(ValueError, argmax(zeros({2, 0}), 1),
               "argmax: axis 1 of shape (2, 0) has no elements, and argmax has no identity; reduce over axes that have "
               "elements");
  EXPECT_ERROR(ValueError, argmin(zeros({0})),
               "argmin: axis 0 of shape (0,) has no elements, and argmin has no identity; reduce over axes that have "
               "elements");
  EXPECT_EQ(argmax(zeros({2, 0}), 0).shape(), Shape{0});
  EXPECT_ERROR(IndexError, argmax(zeros({2}), 1),
               "argmax: axis 1 is out of bounds for an array of 1 axis; axes run from -1 to 0");
}

// Of many equal elements, so that places far into a long row are asked for, and by every form of the loops.
TEST(ArgReductions, FindPlacesAnywhereInLongRowsAndColumns) {
  std::mt19937_64 random(7);
  for (const std::int64_t n : {1000, 100003, 700001}) {
    for (const DType dtype : {DType::Float64, DType::Float32, DType::Int16, DType::UInt8}) {
      const auto at = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(n));
      const Array i = arange(n), x = astype(where(i == at, 3, 2), dtype), y = astype(where(i == at, 1, 2), dtype);
      EXPECT_EQ(argmax(x).item<std::int64_t>(), at) << n << " " << name(dtype);
      EXPECT_EQ(argmin(y).item<std::int64_t>(), at) << n << " " << name(dtype);
      const Array columns = broadcast_to(expand_dims(x, 1), {n, 3});
      EXPECT_VALUES(argmax(columns, 0), ({3}), std::int64_t, at, at, at);
    }
  }
}

TEST(ArgReductions, ShareAPassWithTheirExtremes) {
  const Array x = array(std::vector<double>(5000, 1.5));
  reset_stats();
  const Array m = max(x), i = argmax(x), s = sum(x);
  eval({m, i, s});
  EXPECT_EQ(stats().launches, 1);
  EXPECT_EQ(i.item<int>(), 0);
}

TEST(LogSumExp, IsOnePass) {
  const Array x = array({1.0, 2.0, 3.0});
  reset_stats();
  EXPECT_NEAR(logsumexp(x).item<double>(), std::log(std::exp(1) + std::exp(2) + std::exp(3)), 1e-15);
  EXPECT_EQ(stats().launches, 1);
  EXPECT_EQ(stats().bytes_read, 24);
}

TEST(LogSumExp, NeitherOverflowsNorLosesInfinities) {
  EXPECT_EQ(logsumexp(array({1000.0, 1000.0})).item<double>(), 1000 + std::log(2));
  EXPECT_EQ(logsumexp(array({-1e308, -1e308})).item<double>(), -1e308);
  EXPECT_EQ(logsumexp(array({-kInf, -kInf})).item<double>(), -kInf);
  EXPECT_EQ(logsumexp(array({-kInf, 2.0})).item<double>(), 2);
  EXPECT_EQ(logsumexp(array({kInf, 2.0, kInf, -kInf})).item<double>(), kInf);
  EXPECT_TRUE(std::isnan(logsumexp(array({kInf, kNaN})).item<double>()));
  EXPECT_TRUE(std::isnan(logsumexp(array({kNaN, -kInf})).item<double>()));
  EXPECT_EQ(logsumexp(Array(-kInf)).item<double>(), -kInf);
  EXPECT_EQ(logsumexp(Array(kInf)).item<double>(), kInf);
  EXPECT_EQ(logsumexp(Array(3.0)).item<double>(), 3);
  EXPECT_EQ(logsumexp(zeros({0})).item<double>(), -kInf);
  EXPECT_VALUES(logsumexp(zeros({2, 0}), 1, true), ({2, 1}), double, -kInf, -kInf);
  EXPECT_EQ(logsumexp(zeros({4}, DType::Int8)).dtype(), DType::Float64);
  EXPECT_EQ(logsumexp(zeros({4}, DType::Float32)).item<float>(), std::log(4.0F));
  EXPECT_VALUES(logsumexp(full({2, 3}, -kInf), 0), ({3}), double, -kInf, -kInf, -kInf);
}

TEST(Counts, CountWhatDiffersFromZero) {
  const Array x = array({{0.0, -0.0, kNaN}, {2.0, 0.0, 1.0}});
  EXPECT_EQ(count_nonzero(x).dtype(), DType::Int64);
  EXPECT_EQ(count_nonzero(x).item<int>(), 3);
  EXPECT_VALUES(count_nonzero(x, 0), ({3}), int, 1, 0, 2);
  EXPECT_VALUES(count_nonzero(zeros({2, 0}), 1, true), ({2, 1}), int, 0, 0);
}

TEST(Ptp, IsTheRangeInOnePass) {
  const Array x = array({{1, 7, 3}, {4, 2, 9}});
  reset_stats();
  EXPECT_EQ(ptp(x).item<int>(), 8);
  EXPECT_EQ(stats().launches, 1);
  EXPECT_VALUES(ptp(x, 0, true), ({1, 3}), int, 3, 5, 6);
  EXPECT_EQ(ptp(astype(array({-100, 100}), DType::Int8)).item<int>(), -56);
  EXPECT_ERROR(TypeError, ptp(array({true})), "ptp: not defined for bool; convert with astype(x, DType::Int64)");
  EXPECT_ERROR(
      ValueError, ptp(zeros({0})),
      "ptp: axis 0 of shape (0,) has no elements, and ptp has no identity; reduce over axes that have elements");
}

TEST(Average, WeighsElements) {
  const Array x = array({{1.0, 2.0}, {3.0, 4.0}});
  reset_stats();
  EXPECT_EQ(average(x, array({{1.0, 0.0}, {0.0, 3.0}})).item<double>(), 13.0 / 4);
  EXPECT_EQ(stats().launches, 1);
  EXPECT_VALUES(average(x, array({1.0, 3.0}), 1), ({2}), double, 1.75, 3.75);
  EXPECT_VALUES(average(x, array({1, 3}), 0, true), ({1, 2}), double, 2.5, 3.5);
  EXPECT_TRUE(std::isnan(average(array({0.0}), array({0.0})).item<double>()));
  EXPECT_EQ(average(array({1.0, 3.0}), array({1.0, -1.0})).item<double>(), -kInf);
  EXPECT_EQ(average(ones({2}, DType::Float32), ones({2}, DType::Int8)).dtype(), DType::Float32);
  EXPECT_ERROR(
      ShapeError, average(x, array({1.0, 2.0})),
      "average: weights of shape (2,) do not go with an array of shape (2, 2); they have its shape, or are 1-d "
      "with an element for each index of the one axis given");
  EXPECT_ERROR(
      ShapeError, average(x, array({1.0, 2.0, 3.0}), 1),
      "average: weights of shape (3,) do not go with an array of shape (2, 2); they have its shape, or are 1-d "
      "with an element for each index of the one axis given");
}

TEST(NanReductions, PassOverNaN) {
  const Array x = array({{1.0, kNaN, 5.0}, {kNaN, kNaN, kNaN}});
  EXPECT_VALUES(nansum(x, 1), ({2}), double, 6, 0);
  EXPECT_VALUES(nanprod(x, 1), ({2}), double, 5, 1);
  EXPECT_VALUES(nanmean(x, 1), ({2}), double, 3, kNaN);
  EXPECT_VALUES(nanmin(x, 1), ({2}), double, 1, kNaN);
  EXPECT_VALUES(nanmax(x, 1, true), ({2, 1}), double, 5, kNaN);
  EXPECT_VALUES(nanvar(x, 1), ({2}), double, 4, kNaN);
  EXPECT_VALUES(nanvar(x, 1, false, 1), ({2}), double, 8, kNaN);
  EXPECT_VALUES(nanstddev(x, 1), ({2}), double, 2, kNaN);
  EXPECT_VALUES(nanvar(x, 1, false, 2), ({2}), double, kNaN, kNaN);
  EXPECT_VALUES(nanargmin(x, 1), ({2}), int, 0, -1);
  EXPECT_VALUES(nanargmax(x, 1), ({2}), int, 2, -1);
  EXPECT_EQ(nanmax(array({-kInf, kNaN})).item<double>(), -kInf);
  EXPECT_EQ(nansum(array({true, true})).dtype(), DType::Int64);
  EXPECT_EQ(nanmean(array({1, 2})).item<double>(), 1.5);
  EXPECT_EQ(nanargmax(array({1, 2})).item<int>(), 1);
  EXPECT_VALUES(nanmean(zeros({2, 0}), 1), ({2}), double, kNaN, kNaN);
  EXPECT_ERROR(ValueError, nanmin(zeros({0})),
               "nanmin: axis 0 of shape (0,) has no elements, and nanmin has no identity; reduce over axes that have "
               "elements");
}

TEST(NanReductions, AreOnePass) {
  const Array x = array(std::vector<float>(3000, 2.5F));
  for (const auto& f : {nansum, nanprod, nanmean, nanmin, nanmax, nanargmin, nanargmax}) {
    reset_stats();
    eval({f(x, {}, false, Location::current())});
    EXPECT_EQ(stats().launches, 1);
    EXPECT_EQ(stats().bytes_read, 12000);
  }
}

TEST(VectorNorm, HasEveryOrder) {
  using linalg::vector_norm;
  const Array x = array({{3.0, -4.0}, {0.0, 0.0}});
  EXPECT_EQ(vector_norm(x).item<double>(), 5);
  EXPECT_VALUES(vector_norm(x, 1), ({2}), double, 5, 0);
  EXPECT_VALUES(vector_norm(x, 1, true, 1), ({2, 1}), double, 7, 0);
  EXPECT_VALUES(vector_norm(x, 1, false, kInf), ({2}), double, 4, 0);
  EXPECT_VALUES(vector_norm(x, 1, false, -kInf), ({2}), double, 3, 0);
  EXPECT_VALUES(vector_norm(x, 1, false, 0), ({2}), double, 2, 0);
  EXPECT_NEAR(vector_norm(x, {}, false, 3).item<double>(), std::cbrt(91), 1e-14);
  EXPECT_EQ(vector_norm(array({3, 4})).item<double>(), 5);
  EXPECT_EQ(vector_norm(ones({4}, DType::Float32)).dtype(), DType::Float32);
  EXPECT_EQ(vector_norm(zeros({0})).item<double>(), 0);
  EXPECT_TRUE(std::isnan(vector_norm(array({kInf, kNaN})).item<double>()));
  EXPECT_EQ(vector_norm(array({kInf, 1.0})).item<double>(), kInf);
  EXPECT_ERROR(ValueError, vector_norm(x, {}, false, kNaN), "vector_norm: ord is NaN; give a number or an infinity");
}

TEST(VectorNorm, NeitherOverflowsNorUnderflows) {
  using linalg::vector_norm;
  reset_stats();
  EXPECT_EQ(vector_norm(array({3e300, 4e300})).item<double>(), 5e300);
  EXPECT_EQ(stats().launches, 1);
  EXPECT_DOUBLE_EQ(vector_norm(array({3e-300, 4e-300})).item<double>(), 5e-300);
  EXPECT_EQ(vector_norm(array({5e-324})).item<double>(), 5e-324);
  EXPECT_EQ(vector_norm(array({3e30F, 4e30F})).item<float>(), 5e30F);
  EXPECT_EQ(vector_norm(array({3e-40F, 4e-40F})).item<float>(), 5e-40F);
}

TEST(Median, IsTheMiddle) {
  const Array x = array({{3.0, 1.0, 2.0}, {9.0, 7.0, kNaN}});
  EXPECT_VALUES(median(x, 1), ({2}), double, 2, kNaN);
  EXPECT_VALUES(nanmedian(x, 1, true), ({2, 1}), double, 2, 8);
  EXPECT_VALUES(median(array({{4, 1}, {3, 2}}), 0), ({2}), double, 3.5, 1.5);
  EXPECT_EQ(median(array({4, 1, 3, 2})).dtype(), DType::Float64);
  EXPECT_EQ(median(array({4, 1, 3, 2})).item<double>(), 2.5);
  EXPECT_EQ(median(array({1.0F, 2.0F})).dtype(), DType::Float32);
  EXPECT_EQ(median(array({true, false})).item<double>(), 0.5);
  EXPECT_VALUES(median(cube(), {0, 2}), ({3}), double, 7.5, 11.5, 15.5);
  EXPECT_VALUES(median(cube(), {0, 2}, true), ({1, 3, 1}), double, 7.5, 11.5, 15.5);
  EXPECT_EQ(median(Array(3.0)).item<double>(), 3);
  EXPECT_DOUBLE_EQ(median(array({1.7e308, 1.7e308, 1.6e308, 1.6e308})).item<double>(), 1.65e308);
  EXPECT_TRUE(std::isnan(median(zeros({0})).item<double>()));
  EXPECT_TRUE(std::isnan(nanmedian(array({kNaN, kNaN})).item<double>()));
  EXPECT_EQ(median(array({-kInf, 0.0, kInf})).item<double>(), 0);
}

TEST(Median, OfLongRowsNeedsNoSample) {
  std::mt19937_64 random(5);
  for (const std::int64_t n : {32768, 100001, 400000}) {
    for (const int kind : {0, 1, 2, 3}) {
      std::vector<double> v(static_cast<std::size_t>(n));
      for (std::size_t i = 0; i < v.size(); ++i)
        v[i] = kind == 0   ? std::normal_distribution<double>()(random)
               : kind == 1 ? static_cast<double>(random() % 3)
               : kind == 2 ? (i % 8 == 0 ? 1e9 : static_cast<double>(i))  // against an even sample
                           : -1.0;
      const double got = median(array(v)).item<double>();
      std::sort(v.begin(), v.end());
      const std::size_t half = v.size() / 2;
      EXPECT_EQ(got, v.size() % 2 ? v[half] : (v[half - 1] + v[half]) / 2) << n << ", kind " << kind;
    }
  }
}

TEST(Quantile, LiesOnTheLineBetweenNeighbours) {
  const Array x = array({4.0, 1.0, 3.0, 2.0});
  EXPECT_EQ(quantile(x, 0).item<double>(), 1);
  EXPECT_EQ(quantile(x, 1).item<double>(), 4);
  EXPECT_EQ(quantile(x, 0.25).item<double>(), 1.75);
  EXPECT_EQ(nanquantile(array({1.0, kNaN, 3.0}), 0.25).item<double>(), 1.5);
  EXPECT_EQ(quantile(x, 0.9).item<double>(), 4 - 0.3 * 1);
  EXPECT_ERROR(ValueError, quantile(x, 1.5), "quantile: q is 1.5, and must be between 0 and 1");
  EXPECT_ERROR(ValueError, quantile(x, kNaN), "quantile: q is nan, and must be between 0 and 1");
}

TEST(Quantile, DoesNotOverflow) {
  constexpr double kMost = std::numeric_limits<double>::max();
  const Array ends = array({-1.7e308, 1.7e308});
  EXPECT_EQ(median(ends).item<double>(), 0);
  EXPECT_DOUBLE_EQ(quantile(ends, 0.25).item<double>(), -0.85e308);
  EXPECT_DOUBLE_EQ(quantile(ends, 0.75).item<double>(), 0.85e308);
  EXPECT_DOUBLE_EQ(quantile(array({-kMost, kMost}), 1 - 0x1p-53).item<double>(), kMost);
  EXPECT_EQ(quantile(array({kMost, kMost / 2}), 0.5).item<double>(), kMost * 0.75);
  EXPECT_EQ(median(array({3.0e38F, -3.0e38F})).item<float>(), 0);
  // What lies between an infinite and a finite number is infinite.
  EXPECT_EQ(quantile(array({-kInf, 1.0}), 0.25).item<double>(), -kInf);
  EXPECT_EQ(quantile(array({1.0, kInf}), 0.75).item<double>(), kInf);
  EXPECT_EQ(quantile(array({kInf, kInf}), 0.3).item<double>(), kInf);
  EXPECT_TRUE(std::isnan(quantile(array({-kInf, kInf}), 0.3).item<double>()));
}

TEST(Quantile, OfAListHasAnAxisMore) {
  const Array x = reshape(arange(12.0), {3, 4});
  EXPECT_VALUES(quantile(x, {0.0, 0.5, 1.0}, 1), ({3, 3}), double, 0, 4, 8, 1.5, 5.5, 9.5, 3, 7, 11);
  EXPECT_VALUES(quantile(x, {0.25}), ({1}), double, 2.75);
  EXPECT_EQ(quantile(x, {0.5, 1.0}, 0, true).shape(), (Shape{2, 1, 4}));
  EXPECT_EQ(quantile(x, std::vector<double>{}, 0).shape(), (Shape{0, 4}));
  EXPECT_EQ(quantile(zeros({0, 2}), {0.5, 0.1}, 0).shape(), (Shape{2, 2}));
  EXPECT_TRUE(all(isnan(quantile(zeros({0, 2}), {0.5, 0.1}, 0))).item<bool>());
  EXPECT_EQ(quantile(astype(x, DType::Float16), {0.5, 0.1}, 0).dtype(), DType::Float16);
  EXPECT_VALUES(nanquantile(array({1.0, kNaN, 3.0}), {0.25, 0.5}), ({2}), double, 1.5, 2);
  const Array many = random::Generator(3).normal({3, 100'000});
  const Array all_at_once = quantile(many, {0.1, 0.9}, 1);
  EXPECT_TRUE(all(all_at_once(0) == quantile(many, 0.1, 1)).item<bool>());
  EXPECT_TRUE(all(all_at_once(1) == quantile(many, 0.9, 1)).item<bool>());
  EXPECT_ERROR(ValueError, quantile(x, {0.5, -0.5}), "quantile: q is -0.5, and must be between 0 and 1");
}

}  // namespace
}  // namespace ingot
