// Law 3: NumPy's meaning, and no traps.
#include <cmath>
#include <limits>

#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Law3, TreatsScalarsAsWeak) {
  const Array x = astype(array({1.0, 2.0}), DType::Float32);
  EXPECT_EQ((x * 2.0).dtype(), DType::Float32);
  EXPECT_EQ((astype(x, DType::Int8) * 2).dtype(), DType::Int8);
  EXPECT_EQ((astype(x, DType::Int8) * 0.5).dtype(), DType::Float64);
  EXPECT_EQ((astype(x, DType::Bool) + 1).dtype(), DType::Int64);
}

TEST(Law3, DividesTruly) {
  const Array x = array({7, -7}), y = array({2, 2});
  EXPECT_EQ((x / y).dtype(), DType::Float64);
  EXPECT_EQ((x / y).to_vector<double>(), (std::vector<double>{3.5, -3.5}));
  EXPECT_EQ(floor_divide(x, y).to_vector<int>(), (std::vector<int>{3, -4}));
  EXPECT_EQ((x % y).to_vector<int>(), (std::vector<int>{1, 1}));
}

TEST(Law3, TrapsNowhere) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  const Array x = array({std::int64_t{5}, kLeast, std::int64_t{-3}}),
              y = array({std::int64_t{0}, std::int64_t{-1}, std::int64_t{0}});
  EXPECT_EQ(floor_divide(x, y).to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, kLeast, 0}));
  EXPECT_EQ((x % y).to_vector<std::int64_t>(), (std::vector<std::int64_t>{0, 0, 0}));
  EXPECT_EQ(abs(x).to_vector<std::int64_t>(), (std::vector<std::int64_t>{5, kLeast, 3}));
  const Array one = array({std::int8_t{1}, std::int8_t{-1}});
  EXPECT_EQ((one << 7).to_vector<int>(), (std::vector<int>{-128, -128}));
  EXPECT_EQ((one << 8).to_vector<int>(), (std::vector<int>{0, 0}));
  EXPECT_EQ((one >> 100).to_vector<int>(), (std::vector<int>{0, -1}));
}

TEST(Law3, SaturatesCastsToIntegers) {
  const Array x = array({1e300, -kInf, kNaN, -1.9});
  EXPECT_EQ(x.to_vector<std::int8_t>(), (std::vector<std::int8_t>{127, -128, 0, -1}));
  EXPECT_EQ(astype(x, DType::UInt64).to_vector<std::uint64_t>(),
            (std::vector<std::uint64_t>{std::numeric_limits<std::uint64_t>::max(), 0, 0, 0}));
  EXPECT_EQ(astype(array({300, -129}), DType::Int8).to_vector<int>(), (std::vector<int>{44, 127}));
}

TEST(Law3, OrdersZerosAndNaNs) {
  const Array x = array({0.0, -0.0, 0.0});
  EXPECT_TRUE(std::signbit(min(x).item<double>()));
  EXPECT_FALSE(std::signbit(max(x).item<double>()));
  const Array y = array({1.0, kNaN, 2.0});
  EXPECT_TRUE(std::isnan(min(y).item<double>()));
  EXPECT_TRUE(std::isnan(max(y).item<double>()));
}

TEST(Law3, HasEmptyAndZeroDimensionalArrays) {
  const Array none_there = zeros({0, 3});
  EXPECT_EQ((none_there + 1.0).shape(), (Shape{0, 3}));
  EXPECT_EQ(sum(none_there).item<double>(), 0.0);
  EXPECT_EQ(prod(none_there, 0).to_vector<double>(), (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(sum(none_there, 1).shape(), (Shape{0}));
  EXPECT_TRUE(std::isnan(mean(none_there).item<double>()));
  EXPECT_FALSE(any(none_there).item<bool>());
  EXPECT_TRUE(all(none_there).item<bool>());
  EXPECT_NE(message<ValueError>([&] { min(none_there); }).find("min"), std::string::npos);
  EXPECT_EQ(max(none_there, 1).shape(), (Shape{0}));
  const Array point = full({}, 2.5);
  EXPECT_EQ(point.ndim(), 0);
  EXPECT_EQ((point * point).item<double>(), 6.25);
  EXPECT_EQ(sum(point).item<double>(), 2.5);
}

TEST(Law3, ReducesAnyNumberOfAxes) {
  const Shape many(Dims(12, 2));
  const Array x = reshape(arange(4096), many);
  EXPECT_EQ(x.ndim(), 12);
  EXPECT_EQ(sum(x, {0, 2, 4, 6, 8, 10}).ndim(), 6);
  EXPECT_EQ(sum(x).item<std::int64_t>(), 4096 * 4095 / 2);
  EXPECT_EQ(sum(permute_dims(x, {11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}), {0, 5}).ndim(), 10);
}

}  // namespace
}  // namespace ingot::tests
