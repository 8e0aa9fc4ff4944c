#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr long double kPi = 3.14159265358979323846264338327950288L;

TEST(Divmod, GivesWhatTheTwoFunctionsGive) {
  const Array x = array({7, -7, 7, 5}), y = array({2, 2, -2, 0});
  const auto [quotient, rest] = divmod(x, y);
  EXPECT_SAME_NODE(quotient, floor_divide(x, y));
  EXPECT_SAME_NODE(rest, remainder(x, y));
  EXPECT_VALUES(divmod(x, 2).first, ({4}), int, 3, -4, 3, 2);
  EXPECT_VALUES(divmod(-1.5, array({2.0, kInf})).second, ({2}), double, 0.5, kInf);
  EXPECT_ERROR(ShapeError, divmod(x, array({1, 2})),
               "divmod: shapes (4,) and (2,) do not broadcast; axis 0 is 4 and 2, where equal extents or 1 were "
               "expected (dtypes int32 and int32)");
}

TEST(Sincos, GivesWhatTheTwoFunctionsGive) {
  const Array x = array({0.5, -2.0, 1e9});
  const auto [sine, cosine] = sincos(x);
  EXPECT_SAME_NODE(sine, sin(x));
  EXPECT_SAME_NODE(cosine, cos(x));
}

TEST(Softplus, NeitherOverflowsNorLosesSmallValues) {
  EXPECT_VALUES(softplus(array({kInf, 1000.0, -kInf, -1000.0, kNaN})), ({5}), double, kInf, 1000, 0, 0, kNaN);
  std::vector<double> x;
  for (double v = -745; v < 800; v += 1.37) x.push_back(v);
  const std::vector<double> got = softplus(array(std::span<const double>(x))).to_vector<double>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double expected =
        static_cast<double>(std::max(x[i], 0.0) + std::log1p(std::exp(-std::fabs(static_cast<long double>(x[i])))));
    EXPECT_TRUE(got[i] >= std::nextafter(expected, -kInf) && got[i] <= std::nextafter(expected, kInf)) << x[i];
  }
  EXPECT_EQ(softplus(array({1.0f})).dtype(), DType::Float32);
  EXPECT_EQ(softplus(array({1})).dtype(), DType::Float64);
  EXPECT_ERROR(TypeError, softplus(array({std::complex<double>(1, 2)})),
               "softplus: not defined for complex128; use real(x), imag(x) or abs(x)");
}

TEST(Lerp, IsExactAtBothEnds) {
  const std::vector<double> ends = {-0.0, 1.0, 1e300, -1e300, 0.1, -0.3, 5e-324, 1e16, 1e-16, -1.7e308, 1.7e308};
  std::vector<double> x, y;
  for (double a : ends)
    for (double b : ends) {
      x.push_back(a);
      y.push_back(b);
    }
  const Array first = array(std::span<const double>(x)), last = array(std::span<const double>(y));
  EXPECT_EQ(lerp(first, last, 0).to_vector<double>(), x);
  EXPECT_EQ(lerp(first, last, 1.0).to_vector<double>(), y);
}

template <class T>
void expect_monotone() {
  std::mt19937_64 random(7);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  for (int trial = 0; trial < 60; ++trial) {
    T x = static_cast<T>(uniform() * 4 - 2), y = static_cast<T>(uniform() * 4 - 2);
    if (trial % 3 == 0) y = x + x * static_cast<T>(trial) * std::numeric_limits<T>::epsilon();
    std::vector<T> t;
    for (int i = -20; i <= 1020; ++i) t.push_back(static_cast<T>(i) / 1000);
    for (T near = 1 - 40 * std::numeric_limits<T>::epsilon(); near < 1; near = std::nextafter(near, T(2)))
      t.push_back(near);
    std::sort(t.begin(), t.end());
    const std::vector<T> values = lerp(x, y, array(std::span<const T>(t))).template to_vector<T>();
    for (std::size_t i = 1; i < values.size(); ++i) {
      ASSERT_TRUE(y >= x ? values[i] >= values[i - 1] : values[i] <= values[i - 1])
          << x << " to " << y << " at " << t[i] << ": " << values[i - 1] << ", " << values[i];
      if (t[i] >= 0 && t[i] <= 1) {
        ASSERT_TRUE(values[i] >= std::min(x, y) && values[i] <= std::max(x, y)) << x << " to " << y << " at " << t[i];
      }
    }
  }
}
TEST(Lerp, IsMonotoneAndStaysBetweenItsEnds) {
  expect_monotone<double>();
  expect_monotone<float>();
}

TEST(Lerp, BroadcastsAndGoesOnBeyondTheEnds) {
  EXPECT_VALUES(lerp(array({{0.0}, {10.0}}), 20, array({0.5, 2.0})), ({2, 2}), double, 10, 40, 15, 30);
  EXPECT_VALUES(lerp(array({0, 10}), array({10, 20}), 0.25), ({2}), double, 2.5, 12.5);
  EXPECT_EQ(lerp(array({1.0f}), 2, 0.5).dtype(), DType::Float32);
  EXPECT_VALUES(lerp(-1.7e308, array({1.7e308}), 0.5), ({1}), double, 0);
}

template <class T>
void expect_scaled(Array (*function)(const Operand&), long double factor) {
  std::mt19937_64 random(5);
  std::vector<T> x;
  for (int i = 0; i < 20000; ++i)
    x.push_back(static_cast<T>(
        std::ldexp(static_cast<double>(random() >> 11) * 0x1p-53, static_cast<int>(random() % 160) - 80)));
  const std::vector<T> values = function(array(std::span<const T>(x))).template to_vector<T>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double exact = static_cast<long double>(x[i]) * factor;
    const T near = static_cast<T>(exact);
    const long double place = static_cast<long double>(std::nextafter(near, std::numeric_limits<T>::infinity())) - near;
    ASSERT_LE(std::fabs(static_cast<long double>(values[i]) - exact), 0.6L * place) << x[i];
  }
}
TEST(Degrees, StayWithinTheStatedError) {
  expect_scaled<double>(degrees, 180 / kPi);
  expect_scaled<float>(degrees, 180 / kPi);
  expect_scaled<double>(radians, kPi / 180);
  expect_scaled<float>(radians, kPi / 180);
}

TEST(Degrees, KeepInfinitiesAndZeros) {
  const Array x = array({kInf, -kInf, kNaN, 1e307});
  EXPECT_VALUES(degrees(x), ({4}), double, kInf, -kInf, kNaN, kInf);
  EXPECT_VALUES(radians(x(Slice(0, 3))), ({3}), double, kInf, -kInf, kNaN);
  EXPECT_VALUES(signbit(degrees(array({-0.0, 0.0}))), ({2}), bool, true, false);
  EXPECT_VALUES(signbit(radians(array({-0.0, 0.0}))), ({2}), bool, true, false);
  EXPECT_EQ(degrees(3.14159265358979323846).item<double>(), 180.0);
  EXPECT_EQ(radians(array({180})).item<double>(), 3.14159265358979323846);
  EXPECT_SAME_NODE(rad2deg(x), degrees(x));
  EXPECT_SAME_NODE(deg2rad(x), radians(x));
}

TEST(NanToNum, PutsNumbersInPlace) {
  const Array x = array({kNaN, kInf, -kInf, -0.0, 2.5});
  constexpr double kMax = std::numeric_limits<double>::max();
  EXPECT_VALUES(nan_to_num(x), ({5}), double, 0, kMax, -kMax, -0.0, 2.5);
  EXPECT_VALUES(nan_to_num(x, -1, 7), ({5}), double, -1, 7, -kMax, 0, 2.5);
  EXPECT_VALUES(nan_to_num(x, 1, {}, 9), ({5}), double, 1, kMax, 9, 0, 2.5);
  constexpr float kMaxFloat = std::numeric_limits<float>::max();
  EXPECT_VALUES(nan_to_num(astype(x, DType::Float32)), ({5}), float, 0, kMaxFloat, -kMaxFloat, 0, 2.5f);
  EXPECT_VALUES(nan_to_num(x, kNaN, kInf, -kInf), ({5}), double, kNaN, kInf, -kInf, 0, 2.5);
  const Array n = array({1, 2});
  EXPECT_SAME_NODE(nan_to_num(n), n);
  EXPECT_ERROR(ValueError, nan_to_num(astype(x, DType::Float32), 1e300),
               "nan_to_num: 1e+300 does not fit float32, whose largest value is 3.4028235e+38; use astype to convert "
               "the array to "
               "a dtype that holds it");
}

TEST(IsClose, IsNumPysFormula) {
  EXPECT_VALUES(isclose(array({1e10, 1e-7}), array({1.00001e10, 1e-8})), ({2}), bool, true, false);
  EXPECT_VALUES(isclose(array({1e10, 1e-8}), array({1.00001e10, 1e-9})), ({2}), bool, true, true);
  EXPECT_VALUES(isclose(array({1e10, 1e-8}), array({1.0001e10, 1e-9})), ({2}), bool, false, true);
  // y is the reference.
  EXPECT_VALUES(isclose(array({100.0, 110.0}), array({110.0, 100.0}), 0.095, 0), ({2}), bool, true, false);
  EXPECT_VALUES(isclose(array({kInf, kInf, -kInf, 1.0, kInf}), array({kInf, -kInf, -kInf, kInf, 1.0})), ({5}), bool,
                true, false, true, false, false);
  EXPECT_VALUES(isclose(array({kNaN, kNaN, 1.0}), array({kNaN, 1.0, kNaN})), ({3}), bool, false, false, false);
  EXPECT_VALUES(isclose(array({kNaN, kNaN, 1.0}), array({kNaN, 1.0, kNaN}), 1e-5, 1e-8, true), ({3}), bool, true, false,
                false);
  EXPECT_VALUES(isclose(array({100000, 7}), array({{100001}, {7}})), ({2, 2}), bool, true, false, false, true);
  EXPECT_ERROR(ShapeError, isclose(ones({2}), ones({3})),
               "isclose: shapes (2,) and (3,) do not broadcast; axis 0 is 2 and 3, where equal extents or 1 were "
               "expected (dtypes float64 and float64)");
}

TEST(AllClose, AsksEverywhere) {
  EXPECT_TRUE(allclose(array({1.0, 2.0}), array({1.0, 2.0 + 1e-9})).item<bool>());
  EXPECT_FALSE(allclose(array({1.0, kNaN}), array({1.0, kNaN})).item<bool>());
  EXPECT_TRUE(allclose(array({1.0, kNaN}), array({1.0, kNaN}), 1e-5, 1e-8, true).item<bool>());
  EXPECT_EQ(allclose(ones({2, 3}), 1).shape(), Shape{});
}

TEST(ArrayEqual, AsksForTheShapeToo) {
  EXPECT_TRUE(array_equal(array({1, 2}), array({1.0, 2.0})).item<bool>());
  EXPECT_FALSE(array_equal(array({1, 2}), array({1, 3})).item<bool>());
  EXPECT_FALSE(array_equal(array({1, 1}), 1).item<bool>());
  EXPECT_FALSE(array_equal(ones({2, 1}), ones({2})).item<bool>());
  EXPECT_TRUE(array_equal(zeros({0}), zeros({0})).item<bool>());
  EXPECT_FALSE(array_equal(array({kNaN}), array({kNaN})).item<bool>());
  EXPECT_TRUE(array_equal(array({kNaN, 1.0}), array({kNaN, 1.0}), true).item<bool>());
  EXPECT_FALSE(array_equal(array({kNaN, 1.0}), array({1.0, kNaN}), true).item<bool>());
}

TEST(Names, OfNumPyRecordTheFunctionsTheyStandFor) {
  const Array x = array({1.5, -2.5}), n = array({5, -6});
  EXPECT_SAME_NODE(rint(x), round(x));
  EXPECT_SAME_NODE(positive(x), x);
  EXPECT_SAME_NODE(invert(n), ~n);
  EXPECT_SAME_NODE(bitwise_not(n), ~n);
  EXPECT_SAME_NODE(left_shift(n, 2), n << 2);
  EXPECT_SAME_NODE(right_shift(n, 2), n >> 2);
  EXPECT_ERROR(TypeError, positive(array({true})),
               "positive: not defined for bool; convert with astype(x, DType::Int64)");
}

TEST(Elementwise, TakesIntegersForFloatsWhereNumPyDoes) {
  const Array n = array({-3, 0, 3});
  EXPECT_EQ(tan(n).dtype(), DType::Float64);
  EXPECT_EQ(copysign(n, n).dtype(), DType::Float64);
  EXPECT_EQ(atan2(array({1.0f}), 2).dtype(), DType::Float32);
  EXPECT_VALUES(heaviside(n, 0.5), ({3}), double, 0, 0.5, 1);
  EXPECT_VALUES(signbit(n), ({3}), bool, true, false, false);
  EXPECT_VALUES(fmod(array({7, -7, 7, 5}), array({2, 2, -2, 0})), ({4}), int, 1, -1, 1, 0);
  EXPECT_VALUES(fma(n, n, 1), ({3}), double, 10, 1, 10);
  EXPECT_EQ(fma(array({1 + 0x1p-30}), array({1 - 0x1p-30}), -1).item<double>(), -0x1p-60);
  EXPECT_VALUES(atan2(array({1.0, -1.0}), array({-1.0, 0.0})), ({2}), double, std::atan2(1.0, -1.0),
                std::atan2(-1.0, 0.0));
}

TEST(Elementwise, FindsDivisorsAndMultiples) {
  EXPECT_VALUES(gcd(array({12, -18, 0, 0, 7}), array({-18, 24, 5, 0, 1})), ({5}), int, 6, 6, 5, 0, 1);
  EXPECT_VALUES(lcm(array({4, -6, 0, 7}), array({6, 4, 5, 0})), ({4}), int, 12, 12, 0, 0);
  constexpr int kLowest = std::numeric_limits<int>::min();
  EXPECT_VALUES(gcd(array({kLowest, kLowest}), array({0, 6})), ({2}), int, kLowest, 2);
  EXPECT_EQ(gcd(array({true}), array({true})).dtype(), DType::Int8);
  EXPECT_ERROR(TypeError, gcd(array({1.0}), 2),
               "gcd: needs bool or integer operands, and these promote to float64; convert with astype, or use the "
               "logical functions to test for zero");
}

}  // namespace
}  // namespace ingot
