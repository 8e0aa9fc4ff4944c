// The bodies of exp_log.h, hyperbolic.h, roots.h and logaddexp.h beyond exp, log and tanh: exact results where there
// are such, and special values.
#include <utility>

#include "tests/kernels/bodies.h"

namespace ingot::math {
namespace {

template <class T>
class ExpLog : public testing::Test {};
using FloatTypes = testing::Types<f32, f64>;
TYPED_TEST_SUITE(ExpLog, FloatTypes);

TYPED_TEST(ExpLog, PowersOfTwoAreExactBothWays) {
  using T = TypeParam;
  using L = std::numeric_limits<T>;
  for (int k = L::min_exponent - L::digits - 3; k <= L::max_exponent + 3; ++k) {
    const T power = std::ldexp(T(1), k);
    EXPECT_TRUE(same(exp2(static_cast<T>(k)), power)) << k;
    if (power > 0 && power < L::infinity()) EXPECT_TRUE(same(log2(power), static_cast<T>(k))) << k;
  }
}

TYPED_TEST(ExpLog, PowersOfTenAreExactBothWaysAsFarAsTheyAreNumbers) {
  using T = TypeParam;
  T power = 1;
  for (int k = 0; k <= (sizeof(T) == 8 ? 22 : 10); ++k, power *= 10) {
    EXPECT_TRUE(same(exp10(static_cast<T>(k)), power)) << k;
    EXPECT_TRUE(same(log10(power), static_cast<T>(k))) << k;
  }
}

TYPED_TEST(ExpLog, CubesHaveExactRoots) {
  using T = TypeParam;
  for (int k = 0; k <= (sizeof(T) == 8 ? 20000 : 255); ++k) {
    const T root = static_cast<T>(k);
    EXPECT_TRUE(same(cbrt(root * root * root), root) && same(cbrt(-(root * root * root)), -root)) << k;
  }
}

TYPED_TEST(ExpLog, SymmetricFunctionsGiveTheSameBitsBothWays) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 20000; ++i) {
    const T x = operand<T>(random), y = operand<T>(random);
    ASSERT_TRUE(same(ingot::math::hypot(x, y), ingot::math::hypot(y, x))) << text(x) << ", " << text(y);
    ASSERT_TRUE(same(logaddexp(x, y), logaddexp(y, x))) << text(x) << ", " << text(y);
  }
}

TYPED_TEST(ExpLog, OddFunctionsKeepZerosAndSubnormals) {
  using T = TypeParam;
  using L = std::numeric_limits<T>;
  for (T x : {T(0), L::denorm_min(), 3 * L::denorm_min(), std::nextafter(L::min(), T(0)), L::min(), 5 * L::min()})
    for (T v : {x, -x})
      for (T y : {expm1(v), log1p(v), sinh(v), asinh(v), atanh(v)})
        EXPECT_TRUE(same(y, v)) << text(v) << " " << text(y);
  EXPECT_TRUE(same(cbrt(T(-0.0)), T(-0.0)));
}

TYPED_TEST(ExpLog, FollowsTheSpecialCasesOfTheStandard) {
  using T = TypeParam;
  const T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN(), zero = 0;
  struct Case {
    const char* name;
    T got, want;
  };
  const Case cases[] = {
      {"exp2(-inf)", exp2(-inf), zero},
      {"exp2(inf)", exp2(inf), inf},
      {"exp10(-inf)", exp10(-inf), zero},
      {"exp10(inf)", exp10(inf), inf},
      {"expm1(-inf)", expm1(-inf), T(-1)},
      {"expm1(inf)", expm1(inf), inf},
      {"log2(0)", log2(zero), -inf},
      {"log2(-0)", log2(-zero), -inf},
      {"log2(-1)", log2(T(-1)), nan},
      {"log2(inf)", log2(inf), inf},
      {"log10(0)", log10(zero), -inf},
      {"log10(-1)", log10(T(-1)), nan},
      {"log10(1)", log10(T(1)), zero},
      {"log10(inf)", log10(inf), inf},
      {"log1p(-1)", log1p(T(-1)), -inf},
      {"log1p(-2)", log1p(T(-2)), nan},
      {"log1p(-inf)", log1p(-inf), nan},
      {"log1p(inf)", log1p(inf), inf},
      {"sinh(-inf)", sinh(-inf), -inf},
      {"cosh(-inf)", cosh(-inf), inf},
      {"cosh(0)", cosh(-zero), T(1)},
      {"asinh(-inf)", asinh(-inf), -inf},
      {"acosh(1)", acosh(T(1)), zero},
      {"acosh(0.5)", acosh(T(0.5)), nan},
      {"acosh(-inf)", acosh(-inf), nan},
      {"acosh(inf)", acosh(inf), inf},
      {"atanh(1)", atanh(T(1)), inf},
      {"atanh(-1)", atanh(T(-1)), -inf},
      {"atanh(2)", atanh(T(2)), nan},
      {"atanh(inf)", atanh(inf), nan},
      {"sigmoid(-inf)", sigmoid(-inf), zero},
      {"sigmoid(0)", sigmoid(zero), T(0.5)},
      {"sigmoid(inf)", sigmoid(inf), T(1)},
      {"cbrt(-inf)", cbrt(-inf), -inf},
      {"hypot(inf, nan)", ingot::math::hypot(inf, nan), inf},
      {"hypot(nan, -inf)", ingot::math::hypot(nan, -inf), inf},
      {"hypot(nan, 1)", ingot::math::hypot(nan, T(1)), nan},
      {"hypot(-0, -0)", ingot::math::hypot(-zero, -zero), zero},
      {"logaddexp(-inf, -inf)", logaddexp(-inf, -inf), -inf},
      {"logaddexp(inf, inf)", logaddexp(inf, inf), inf},
      {"logaddexp(inf, -inf)", logaddexp(inf, -inf), inf},
      {"logaddexp(-inf, 3)", logaddexp(-inf, T(3)), T(3)},
      {"logaddexp(nan, inf)", logaddexp(nan, inf), nan},
      {"logaddexp(-inf, nan)", logaddexp(-inf, nan), nan},
  };
  for (const Case& c : cases) EXPECT_TRUE(same(c.got, c.want)) << c.name << " = " << text(c.got);
  for (T y : {exp2(nan), exp10(nan), expm1(nan), log2(nan), log10(nan), log1p(nan), sinh(nan), cosh(nan), asinh(nan),
              acosh(nan), atanh(nan), sigmoid(nan), cbrt(nan)})
    EXPECT_TRUE(std::isnan(y));
}

}  // namespace
}  // namespace ingot::math
