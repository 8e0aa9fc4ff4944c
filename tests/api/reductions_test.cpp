#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kSeed = 20261;

Array cube() { return reshape(arange(24), {2, 3, 4}); }

TEST(Reductions, GoOverAllAxesOrThoseGiven) {
  const Array x = cube();
  EXPECT_EQ(sum(x).item<int>(), 276);
  EXPECT_EQ(sum(x).shape(), Shape{});
  EXPECT_VALUES(sum(x, 0), ({3, 4}), int, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34);
  EXPECT_VALUES(sum(x, 1), ({2, 4}), int, 12, 15, 18, 21, 48, 51, 54, 57);
  EXPECT_VALUES(sum(x, -1), ({2, 3}), int, 6, 22, 38, 54, 70, 86);
  EXPECT_VALUES(sum(x, {0, 2}), ({3}), int, 60, 92, 124);
  EXPECT_VALUES(sum(x, {-1, 0}), ({3}), int, 60, 92, 124);
  EXPECT_VALUES(max(x, {1, 2}), ({2}), int, 11, 23);
  EXPECT_EQ(sum(x, none).shape(), Shape{});
  EXPECT_EQ(sum(x, {}).shape(), Shape{});
  EXPECT_SAME_NODE(sum(x, Dims()), x);
}

TEST(Reductions, KeepAxesWhenAsked) {
  const Array x = cube();
  EXPECT_EQ(sum(x, {}, true).shape(), (Shape{1, 1, 1}));
  EXPECT_EQ(mean(x, {0, 2}, true).shape(), (Shape{1, 3, 1}));
  EXPECT_VALUES(min(x, -1, true), ({2, 3, 1}), int, 0, 4, 8, 12, 16, 20);
}

TEST(Reductions, RefuseAxesThatAreNotThere) {
  const Array x = cube();
  EXPECT_ERROR(IndexError, sum(x, 3), "sum: axis 3 is out of bounds for an array of 3 axes; axes run from -3 to 2");
  EXPECT_ERROR(IndexError, var(x, -4), "var: axis -4 is out of bounds for an array of 3 axes; axes run from -3 to 2");
  EXPECT_ERROR(ValueError, mean(x, {0, -3}), "mean: axis -3 is given twice; each axis may be named once");
  EXPECT_ERROR(IndexError, sum(Array(1), 0), "sum: axis 0 is out of bounds: a 0-d array has no axes");
}

TEST(Reductions, SumNarrowIntegersInWideOnes) {
  EXPECT_EQ(sum(ones({2}, DType::Bool)).dtype(), DType::Int64);
  EXPECT_EQ(sum(ones({2}, DType::Int8)).dtype(), DType::Int64);
  EXPECT_EQ(prod(ones({2}, DType::UInt16)).dtype(), DType::UInt64);
  EXPECT_EQ(sum(ones({2}, DType::Float32)).dtype(), DType::Float32);
  EXPECT_EQ(mean(ones({2}, DType::Int8)).dtype(), DType::Float64);
  EXPECT_EQ(var(ones({2}, DType::Bool)).dtype(), DType::Float64);
  EXPECT_EQ(stddev(ones({2}, DType::Float32)).dtype(), DType::Float32);
  EXPECT_EQ(max(ones({2}, DType::Int8)).dtype(), DType::Int8);
  EXPECT_EQ(any(ones({2}, DType::Float64)).dtype(), DType::Bool);
  EXPECT_EQ(sum(full({300}, 127, DType::Int8)).item<int>(), 38100);
}

TEST(Reductions, HaveTheirMeaning) {
  const Array x = array({{1.0, 2.0}, {3.0, 6.0}});
  EXPECT_EQ(prod(x).item<double>(), 36);
  EXPECT_EQ(mean(x).item<double>(), 3);
  EXPECT_EQ(var(x).item<double>(), 3.5);
  EXPECT_EQ(var(x, {}, false, 1).item<double>(), 14.0 / 3);
  EXPECT_VALUES(var(x, 0), ({2}), double, 1, 4);
  EXPECT_VALUES(stddev(x, 0), ({2}), double, 1, 2);
  EXPECT_EQ(var(x, {}, false, 4).item<double>(), kInf);
  EXPECT_EQ(var(x, {}, false, 9).item<double>(), kInf);
  EXPECT_EQ(var(Array(3.0)).item<double>(), 0);
  EXPECT_TRUE(std::isnan(var(array({kInf})).item<double>()));
  EXPECT_TRUE(std::isnan(max(array({1.0, kNaN, 3.0})).item<double>()));
  EXPECT_TRUE(std::isnan(min(array({1.0, kNaN, 3.0})).item<double>()));
  EXPECT_TRUE(any(array({0.0, kNaN})).item<bool>());
  EXPECT_FALSE(all(array({1, 0})).item<bool>());
  EXPECT_FALSE(max(array({false, false})).item<bool>());
  EXPECT_TRUE(min(array({true, true})).item<bool>());
}

TEST(Reductions, OfNothingGiveTheIdentity) {
  const Array none_at_all = zeros({0}), rows = zeros({2, 0}), no_result = zeros({0, 2});
  EXPECT_EQ(sum(none_at_all).item<double>(), 0);
  EXPECT_EQ(prod(none_at_all).item<double>(), 1);
  EXPECT_FALSE(any(none_at_all).item<bool>());
  EXPECT_TRUE(all(none_at_all).item<bool>());
  EXPECT_VALUES(sum(rows, 1), ({2}), double, 0, 0);
  EXPECT_VALUES(prod(rows, 1, true), ({2, 1}), double, 1, 1);
  EXPECT_VALUES(mean(rows, 1), ({2}), double, kNaN, kNaN);
  EXPECT_VALUES(var(rows, 1), ({2}), double, kNaN, kNaN);
  EXPECT_VALUES(stddev(rows, 1), ({2}), double, kNaN, kNaN);
  EXPECT_EQ(sum(no_result, 1).shape(), Shape{0});
  EXPECT_EQ(max(no_result, 1).shape(), Shape{0});
  EXPECT_ERROR(
      ValueError, max(rows, 1),
      "max: axis 1 of shape (2, 0) has no elements, and max has no identity; reduce over axes that have elements");
  EXPECT_ERROR(
      ValueError, min(none_at_all),
      "min: axis 0 of shape (0,) has no elements, and min has no identity; reduce over axes that have elements");
}

TEST(Reductions, WorkOnMoreAxesThanFitInline) {
  const Array x = ones(Shape(Dims(20, 2)));
  EXPECT_EQ(sum(x).item<double>(), 1 << 20);
  EXPECT_EQ(sum(x, 7).ndim(), 19);
}

// Relative error of a variance, in units of half an ulp of 1. Values less their first lose nothing in a long double.
template <class T>
double error_in_units(const std::vector<T>& x, double got) {
  long double sum = 0, squares = 0;
  for (const T v : x) sum += static_cast<long double>(v) - x[0];
  const long double mean = sum / static_cast<long double>(x.size());
  for (const T v : x) {
    const long double d = (static_cast<long double>(v) - x[0]) - mean;
    squares += d * d;
  }
  const long double exact = squares / static_cast<long double>(x.size());
  return static_cast<double>(std::fabs(got - exact) / exact * 2 / std::numeric_limits<T>::epsilon());
}

template <class T>
class Variance : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(Variance, Floats);

TYPED_TEST(Variance, IsAsPreciseFarFromZeroAsAtIt) {
  using T = TypeParam;
  const bool single = sizeof(T) == 4;
  std::mt19937_64 random(kSeed);
  std::normal_distribution<double> normal(0, 1);
  for (const double middle : {0.0, 100.0, single ? -3e4 : -1e6, single ? 1e6 : 1e15}) {
    // The first value is what its lane subtracts from the others: one far off costs a factor 17, or 65 on axis 0.
    for (const double first : {0.0, 1000.0, -middle}) {
      const double row_bound = first == 0 ? 16 : 16 * 17, column_bound = first == 0 ? 64 : 64 * 65;
      for (const std::int64_t n : {2, 3, 5, 64, 65, 1000, 2049, 30000}) {
        std::vector<T> x, columns;
        for (std::int64_t i = 0; i < n; ++i) {
          x.push_back(static_cast<T>(middle + (i == 0 ? first : 0) + normal(random)));
          columns.insert(columns.end(), {x.back(), T(i), x.back()});
        }
        if (std::all_of(x.begin(), x.end(), [&](T v) { return v == x[0]; })) x.back() = columns.back() = x[0] + T(1);
        const double row = var(array(x)).template item<T>();
        const std::vector<T> column = var(reshape(array(columns), {n, 3}), 0).template to_vector<T>();
        const std::string what = " of " + std::to_string(n) + " values about " + std::to_string(middle) +
                                 ", the first off by " + std::to_string(first);
        EXPECT_LE(error_in_units(x, row), row_bound) << "last axis" << what;
        EXPECT_LE(error_in_units(x, column[0]), column_bound) << "axis 0" << what;
      }
    }
  }
}

TEST(Reductions, VaryAsIntegersDoFarFromZero) {
  const Array x = array({1073741824.0, 1073741825.0, 1073741826.0, 1073741824.0, 1073741827.0});
  EXPECT_DOUBLE_EQ(var(x).item<double>(), 1.36);
  EXPECT_DOUBLE_EQ(var(reshape(x, {5, 1}), 0).to_vector<double>()[0], 1.36);
  EXPECT_EQ(var(array({0x1p53, 0x1p53 + 2})).item<double>(), 1);
}

}  // namespace
}  // namespace ingot
