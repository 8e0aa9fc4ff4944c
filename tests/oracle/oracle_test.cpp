// The oracle is only worth what is known about it by other means: values from NumPy 2.4.6, from the papers, or from
// hand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "tests/oracle/exact.h"
#include "tests/oracle/function.h"
#include "tests/oracle/philox.h"
#include "tests/oracle/reduce.h"

namespace ingot::oracle {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double f64(Op op, double x, double y = 0, double z = 0) {
  const Element in[] = {Element::real(x), Element::real(y), Element::real(z)};
  return apply(op, DType::Float64, DType::Float64, in).f;
}

long long integer(Op op, DType dtype, Wide x, Wide y = 0) {
  const Element in[] = {Element::integer(x), Element::integer(y), {}};
  return static_cast<long long>(apply(op, dtype, dtype, in).i);
}

bool allowed(Op op, DType dtype, double x, double got) {
  const Element in[] = {Element::real(x), {}, {}};
  return allows(op, dtype, dtype, in, Element::real(got));
}

#define EXPECT_SAME(a, b) \
  EXPECT_TRUE(same(DType::Float64, Element::real(a), Element::real(b))) << (a) << " is not " << (b)

TEST(Oracle, DividesDownAsNumpyDoes) {
  EXPECT_SAME(f64(Op::floor_divide, 1.0, 0.1), 9.0);
  EXPECT_SAME(f64(Op::floor_divide, 7.0, 2.0), 3.0);
  EXPECT_SAME(f64(Op::floor_divide, -7.0, 2.0), -4.0);
  EXPECT_SAME(f64(Op::floor_divide, 6.0, -2.0), -3.0);
  EXPECT_SAME(f64(Op::floor_divide, -1.0, kInf), -1.0);
  EXPECT_SAME(f64(Op::floor_divide, 1.0, kInf), 0.0);
  EXPECT_SAME(f64(Op::floor_divide, kInf, 2.0), kNaN);
  EXPECT_SAME(f64(Op::floor_divide, 5.0, 0.0), kInf);
  EXPECT_SAME(f64(Op::floor_divide, 5.0, -0.0), -kInf);
  EXPECT_SAME(f64(Op::floor_divide, 0.0, -5.0), -0.0);
  EXPECT_SAME(f64(Op::floor_divide, 5e-324, -1e308), -1.0);
  EXPECT_SAME(f64(Op::floor_divide, 1e300, 3.0), 3.3333333333333335e+299);
  EXPECT_SAME(f64(Op::remainder, -7.0, 2.0), 1.0);
  EXPECT_SAME(f64(Op::remainder, 7.0, -2.0), -1.0);
  EXPECT_SAME(f64(Op::remainder, 1.0, 0.1), 0.09999999999999995);
  EXPECT_SAME(f64(Op::remainder, 6.0, -2.0), -0.0);
  EXPECT_SAME(f64(Op::remainder, -1.0, kInf), kInf);
  EXPECT_SAME(f64(Op::remainder, 1.0, kInf), 1.0);
  EXPECT_SAME(f64(Op::remainder, 1.0, 0.0), kNaN);
  EXPECT_SAME(f64(Op::remainder, kInf, 2.0), kNaN);
}

TEST(Oracle, DividesIntegersWithoutTraps) {
  constexpr Wide kMin = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(integer(Op::floor_divide, DType::Int64, -7, 2), -4);
  EXPECT_EQ(integer(Op::floor_divide, DType::Int64, 7, 0), 0);
  EXPECT_EQ(integer(Op::floor_divide, DType::Int64, kMin, -1), static_cast<long long>(kMin));
  EXPECT_EQ(integer(Op::floor_divide, DType::Int8, -128, -1), -128);
  EXPECT_EQ(integer(Op::remainder, DType::Int64, -7, 2), 1);
  EXPECT_EQ(integer(Op::remainder, DType::Int64, 7, -2), -1);
  EXPECT_EQ(integer(Op::remainder, DType::Int64, kMin, -1), 0);
  EXPECT_EQ(integer(Op::remainder, DType::UInt8, 7, 0), 0);
}

TEST(Oracle, WrapsIntegers) {
  EXPECT_EQ(integer(Op::add, DType::Int8, 127, 1), -128);
  EXPECT_EQ(integer(Op::multiply, DType::UInt8, 16, 17), 16);
  EXPECT_EQ(integer(Op::negative, DType::UInt16, 1), 65535);
  EXPECT_EQ(integer(Op::abs, DType::Int32, std::numeric_limits<std::int32_t>::min()),
            std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(integer(Op::bitwise_invert, DType::UInt8, 1), 254);
  EXPECT_EQ(integer(Op::bitwise_and, DType::Int8, -2, 7), 6);
}

TEST(Oracle, RaisesIntegersToIntegerPowers) {
  EXPECT_EQ(integer(Op::pow, DType::Int32, 3, 4), 81);
  EXPECT_EQ(integer(Op::pow, DType::Int8, 2, 7), -128);
  EXPECT_EQ(integer(Op::pow, DType::Int64, -1, -3), -1);
  EXPECT_EQ(integer(Op::pow, DType::Int64, 2, -1), 0);
  EXPECT_EQ(integer(Op::pow, DType::Int64, 0, -1), 0);
  EXPECT_EQ(integer(Op::pow, DType::Int64, 0, 0), 1);
}

TEST(Oracle, ShiftsByAnyCount) {
  EXPECT_EQ(integer(Op::bitwise_left_shift, DType::Int8, 1, 7), -128);
  EXPECT_EQ(integer(Op::bitwise_left_shift, DType::Int8, 1, 8), 0);
  EXPECT_EQ(integer(Op::bitwise_left_shift, DType::Int8, 1, -1), 0);
  EXPECT_EQ(integer(Op::bitwise_right_shift, DType::Int8, -128, 3), -16);
  EXPECT_EQ(integer(Op::bitwise_right_shift, DType::Int8, -1, 100), -1);
  EXPECT_EQ(integer(Op::bitwise_right_shift, DType::Int8, 5, -3), 0);
  EXPECT_EQ(integer(Op::bitwise_right_shift, DType::UInt64, std::numeric_limits<std::uint64_t>::max(), 63), 1);
}

TEST(Oracle, OrdersZerosAndNaNs) {
  EXPECT_SAME(f64(Op::minimum, 0.0, -0.0), -0.0);
  EXPECT_SAME(f64(Op::maximum, -0.0, 0.0), 0.0);
  EXPECT_SAME(f64(Op::minimum, 1.0, kNaN), kNaN);
  EXPECT_SAME(f64(Op::clip, 5.0, 3.0, 1.0), 1.0);
  EXPECT_SAME(f64(Op::clip, kNaN, 0.0, 1.0), kNaN);
  EXPECT_SAME(f64(Op::sign, -0.0), 0.0);
  EXPECT_SAME(f64(Op::round, 2.5), 2.0);
  EXPECT_SAME(f64(Op::round, -0.4), -0.0);
}

TEST(Oracle, ConvertsWithSaturation) {
  const auto to = [](DType type, double value) {
    return static_cast<long long>(convert(DType::Float64, type, Element::real(value)).i);
  };
  EXPECT_EQ(to(DType::Int8, 1000), 127);
  EXPECT_EQ(to(DType::Int8, -kInf), -128);
  EXPECT_EQ(to(DType::UInt8, -3), 0);
  EXPECT_EQ(to(DType::Int32, -3.9), -3);
  EXPECT_EQ(to(DType::Int64, kNaN), 0);
  EXPECT_EQ(to(DType::Int64, 0x1p63), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(to(DType::Bool, kNaN), 1);
  EXPECT_EQ(to(DType::Bool, -0.0), 0);
  EXPECT_EQ(convert(DType::Int64, DType::Int8, Element::integer(300)).i, 44);
  EXPECT_EQ(convert(DType::UInt64, DType::Float32, Element::integer((Wide{1} << 64) - 1)).f, 0x1p64);
  EXPECT_EQ(convert(DType::Int64, DType::Float32, Element::integer(16777217)).f, 16777216.0);
}

TEST(Oracle, HoldsFunctionsToTheirUlps) {
  const double sine = 0.8414709848078965;  // sin(1), rounded
  EXPECT_SAME(rounded(Op::sin, DType::Float64, 1.0, 0), sine);
  EXPECT_LE(distance(Op::sin, DType::Float64, 1.0, 0, sine), 0.5);
  EXPECT_TRUE(allowed(Op::sin, DType::Float64, 1.0, sine));
  const double near = std::nextafter(sine, 2), far = std::nextafter(near, 2);
  EXPECT_EQ(allowed(Op::sin, DType::Float64, 1.0, near), distance(Op::sin, DType::Float64, 1.0, 0, near) <= 1);
  EXPECT_FALSE(allowed(Op::sin, DType::Float64, 1.0, far));
  // sin(1e22), by NumPy and by Ng, Argument reduction for huge arguments (1992).
  EXPECT_SAME(rounded(Op::sin, DType::Float64, 1e22, 0), -0.8522008497671888);
  EXPECT_TRUE(allowed(Op::exp, DType::Float32, 1.0, 2.7182817459106445));
  EXPECT_FALSE(allowed(Op::exp, DType::Float32, 1.0, 2.7182815));
  EXPECT_TRUE(allowed(Op::sqrt, DType::Float64, 2.0, 1.4142135623730951));
  EXPECT_FALSE(allowed(Op::sqrt, DType::Float64, 2.0, 1.414213562373095));
}

TEST(Oracle, HoldsFunctionsToSpecialValues) {
  EXPECT_TRUE(allowed(Op::sin, DType::Float64, -0.0, -0.0));
  EXPECT_FALSE(allowed(Op::sin, DType::Float64, -0.0, 0.0));
  EXPECT_TRUE(allowed(Op::exp, DType::Float64, -kInf, 0.0));
  EXPECT_FALSE(allowed(Op::exp, DType::Float64, -kInf, 5e-324));
  EXPECT_TRUE(allowed(Op::exp, DType::Float64, 710, kInf));
  EXPECT_FALSE(allowed(Op::exp, DType::Float64, 710, std::numeric_limits<double>::max()));
  EXPECT_FALSE(allowed(Op::exp, DType::Float64, 709, kInf));
  EXPECT_TRUE(allowed(Op::exp, DType::Float64, 1e308, kInf));
  EXPECT_TRUE(allowed(Op::exp, DType::Float64, -1e308, 0.0));
  EXPECT_TRUE(allowed(Op::exp, DType::Float64, -745.1, 5e-324));
  EXPECT_TRUE(allowed(Op::log, DType::Float64, 0.0, -kInf));
  EXPECT_TRUE(allowed(Op::log, DType::Float64, -1.0, kNaN));
  EXPECT_FALSE(allowed(Op::log, DType::Float64, -1.0, 0.0));
  EXPECT_TRUE(allowed(Op::rsqrt, DType::Float64, -0.0, -kInf));
  EXPECT_TRUE(allowed(Op::rsqrt, DType::Float64, kInf, 0.0));
  EXPECT_FALSE(allowed(Op::cos, DType::Float64, 1.0, kNaN));
  EXPECT_TRUE(allowed(Op::cos, DType::Float64, kInf, kNaN));
}

TEST(Oracle, AddsExponentialsWithoutLossAndKnowsInfinities) {
  const auto sum = [](double x, double y) { return rounded(Op::logaddexp, DType::Float64, x, y); };
  const double half = -0x1.62e42fefa39efp-1;  // -ln 2: what is left of it is the rest of ln 2
  EXPECT_SAME(sum(half, half), 0x1.abc9e3b39803fp-56);
  EXPECT_SAME(sum(-kInf, -kInf), -kInf);
  EXPECT_SAME(sum(kInf, kInf), kInf);
  EXPECT_SAME(sum(3, -kInf), 3.0);
  EXPECT_SAME(sum(kNaN, kInf), kNaN);
  EXPECT_SAME(rounded(Op::hypot, DType::Float64, kNaN, -kInf), kInf);
  EXPECT_SAME(rounded(Op::hypot, DType::Float64, 3e300, 4e300), 5e300);
  EXPECT_SAME(rounded(Op::sigmoid, DType::Float64, -kInf, 0), 0.0);
  EXPECT_SAME(rounded(Op::sigmoid, DType::Float64, kInf, 0), 1.0);
}

TEST(Oracle, KnowsPhilox) {
  // The vectors that come with Random123.
  using Block = std::array<std::uint32_t, 4>;
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

Tensor floats(const Shape& shape, double (*value)(std::int64_t)) {
  Tensor t(DType::Float32, shape);
  for (std::int64_t i = 0; i < t.size(); ++i) t.set(i, Element::real(value(i)));
  return t;
}

TEST(Oracle, FoldsLanesBeforeLeaves) {
  // 2^24 + 1 is not a float: lane 0 keeps 2^24 through its 15 ones, and each of the other lanes sums to 16.
  const Tensor row = floats(Shape{2048}, [](std::int64_t i) { return i == 0 ? 0x1p24 : 1.0; });
  EXPECT_EQ(reduce(Reducer::sum, row, {{2048}, true}, Shape{})[0].f, 0x1p24 + 127 * 16);
  // In one order the ones would be lost: in a column of 64 they all are.
  const Tensor column = floats(Shape{64, 2}, [](std::int64_t i) { return i < 2 ? 0x1p24 : 1.0; });
  EXPECT_EQ(reduce(Reducer::sum, column, {{64, 2}, true}, Shape{2})[1].f, 0x1p24);
  // Two column leaves: the second keeps its ones.
  const Tensor longer = floats(Shape{128, 2}, [](std::int64_t i) { return i < 2 ? 0x1p24 : 1.0; });
  EXPECT_EQ(reduce(Reducer::sum, longer, {{128, 2}, true}, Shape{2})[0].f, 0x1p24 + 64);
}

TEST(Oracle, JoinsLeavesAtPowersOfTwo) {
  // Seven leaves: ((0 1) (2 3)) ((4 5) 6). Only leaf 0 is large, so that what meets it alone is lost.
  const Tensor t = floats(Shape{7 * 64, 2}, [](std::int64_t i) { return i < 2 ? 0x1p24 : i % 128 < 2 ? 1.0 : 0.0; });
  // (2^24 + 1) rounds to 2^24, + (1 + 1) is exact, + ((1 + 1) + 1) is a tie that rounds down to even.
  EXPECT_EQ(reduce(Reducer::sum, t, {{448, 2}, true}, Shape{2})[0].f, 0x1p24 + 4);
}

TEST(Oracle, ReducesMixedAxes) {
  Tensor t(DType::Int32, Shape{2, 3, 4});
  for (std::int64_t i = 0; i < 24; ++i) t.set(i, Element::integer(i));
  const Domain domain = domain_of(t.shape, {true, false, true});
  EXPECT_EQ(domain.extents, (Dims{2, 3, 4}));
  EXPECT_TRUE(domain.first_reduced);
  const Tensor s = reduce(Reducer::sum, t, domain, Shape{3});
  EXPECT_EQ(s[0].i, 60);
  EXPECT_EQ(s[1].i, 92);
  EXPECT_EQ(s[2].i, 124);
  EXPECT_EQ(domain_of(Shape{2, 1, 3}, {true, false, true}).extents, (Dims{6}));
}

TEST(Oracle, BoundsTheErrorOfDeviations) {
  Tensor t(DType::Float64, Shape{1000});
  for (std::int64_t i = 0; i < 1000; ++i) t.set(i, Element::real(static_cast<double>(i % 10)));
  const Domain domain{{1000}, true};
  Tensor got(DType::Float64, Shape{});
  got.set(0, Element::real(8250 * (1 + 0x1p-50)));
  EXPECT_EQ(judge_reduction(Reducer::sumsqdev, t, domain, got), "");
  got.set(0, Element::real(8250 * (1 + 0x1p-40)));
  EXPECT_NE(judge_reduction(Reducer::sumsqdev, t, domain, got), "");

  // Far from 0 as well: means rounded at the size of the values would give 6.8000002.
  Tensor far(DType::Float64, Shape{5});
  for (std::int64_t i = 0; i < 5; ++i) far.set(i, Element::real(0x1p30 + (i == 4 ? 3 : i % 3)));
  got.set(0, Element::real(6.8));
  EXPECT_EQ(judge_reduction(Reducer::sumsqdev, far, {{5}, true}, got), "");
  got.set(0, Element::real(6.8000002));
  EXPECT_NE(judge_reduction(Reducer::sumsqdev, far, {{5}, true}, got), "");
}

}  // namespace
}  // namespace ingot::oracle
