#include <cmath>
#include <limits>

#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

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

}  // namespace
}  // namespace ingot
