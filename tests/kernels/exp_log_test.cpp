// The bodies of exp_log.h, hyperbolic.h, roots.h and logaddexp.h beyond exp, log and tanh: accuracy against MPFR, exact
// results where there are such, and special values.
#include <utility>

#include "tests/kernels/bodies.h"

namespace ingot::math {
namespace {

TEST(Exp2, StaysWithinOneUlpWithGradualUnderflow) { EXPECT_ACCURATE(exp2, mpfr_exp2); }
TEST(Exp10, StaysWithinOneUlpWithGradualUnderflow) { EXPECT_ACCURATE(exp10, mpfr_exp10); }
TEST(Expm1, StaysWithinOneUlpNearZeroToo) { EXPECT_ACCURATE(expm1, mpfr_expm1); }
TEST(Log2, StaysWithinOneUlpOfSubnormalsToo) { EXPECT_ACCURATE(log2, mpfr_log2); }
TEST(Log10, StaysWithinOneUlpOfSubnormalsToo) { EXPECT_ACCURATE(log10, mpfr_log10); }
TEST(Log1p, StaysWithinOneUlpNearZeroToo) { EXPECT_ACCURATE(log1p, mpfr_log1p); }
TEST(Sinh, StaysWithinOneUlpNearZeroToo) { EXPECT_ACCURATE(sinh, mpfr_sinh); }
TEST(Cosh, StaysWithinOneUlpOverTheWholeRange) { EXPECT_ACCURATE(cosh, mpfr_cosh); }
TEST(Asinh, StaysWithinOneUlpNearZeroToo) { EXPECT_ACCURATE(asinh, mpfr_asinh); }
TEST(Acosh, StaysWithinOneUlpNearOneToo) { EXPECT_ACCURATE(acosh, mpfr_acosh); }
TEST(Atanh, StaysWithinOneUlpNearZeroAndOneToo) { EXPECT_ACCURATE(atanh, mpfr_atanh); }
TEST(Cbrt, StaysWithinOneUlpOverTheWholeRange) { EXPECT_ACCURATE(cbrt, mpfr_cbrt); }
TEST(Sigmoid, StaysWithinOneUlpWithGradualUnderflow) { EXPECT_ACCURATE(sigmoid, exact<Op::sigmoid>); }

// Random numbers for pairs of operands.
template <class T>
class Draw {
 public:
  T uniform(double low, double high) {
    return static_cast<T>(low + (high - low) * (static_cast<double>(random_() >> 11) * 0x1p-53));
  }
  T any() { return std::bit_cast<T>(static_cast<typename Scalar<T>::UInt>(random_())); }

 private:
  std::mt19937_64 random_{kSeed};
};

template <class T>
std::vector<std::pair<T, T>> special_pairs() {
  using L = std::numeric_limits<T>;
  std::vector<std::pair<T, T>> pairs;
  const T values[] = {0,        T(-0.0),   1,        -1,        L::infinity(),   -L::infinity(),  L::quiet_NaN(),
                      L::max(), -L::max(), L::min(), -L::min(), L::denorm_min(), -L::denorm_min()};
  for (T x : values)
    for (T y : values) pairs.emplace_back(x, y);
  return pairs;
}

template <class T, class Body, class Reference>
void expect_pairs_accurate(const char* name, const std::vector<std::pair<T, T>>& pairs, Body body,
                           Reference reference) {
  double worst = 0;
  std::pair<T, T> where;
  Big exact, x(64), y(64);
  for (const auto& p : pairs) {
    mpfr_set_d(x, p.first, MPFR_RNDN);
    mpfr_set_d(y, p.second, MPFR_RNDN);
    reference(exact, x, y);
    const T got = body(p.first, p.second);
    ASSERT_TRUE(same(got, body(p.second, p.first))) << name << " of " << text(p.first) << ", " << text(p.second);
    const double error = ulps(got, exact);
    if (error > worst) {
      worst = error;
      where = p;
    }
  }
  std::printf("%-6s f%d  %.4f ulp at %s, %s\n", name, static_cast<int>(8 * sizeof(T)), worst, text(where.first).c_str(),
              text(where.second).c_str());
  EXPECT_LE(worst, std::fabs(row(name).ulp)) << name << " of " << text(where.first) << ", " << text(where.second)
                                             << " gave " << text(body(where.first, where.second));
}

template <class T>
void expect_hypot_accurate() {
  using L = std::numeric_limits<T>;
  Draw<T> draw;
  auto pairs = special_pairs<T>();
  const int n = samples();
  for (int i = 0; i < 2 * n; ++i) pairs.emplace_back(draw.uniform(-20, 20), draw.uniform(-20, 20));
  for (int i = 0; i < n; ++i) {
    const T x = draw.any();
    pairs.emplace_back(x, draw.any());
    pairs.emplace_back(x, x * draw.uniform(-2, 2));  // of comparable size, in every binade
    pairs.emplace_back(x, x * draw.uniform(-1, 1) * 16 * std::sqrt(L::epsilon()));  // the smaller just counts
    pairs.emplace_back(draw.uniform(0, 1) * L::max(), draw.uniform(0, 1) * L::max());
    pairs.emplace_back(draw.uniform(0, 4) * L::min(), draw.uniform(0, 4) * L::min());
  }
  expect_pairs_accurate<T>(
      "hypot", pairs, [](T x, T y) { return ingot::math::hypot(x, y); },
      [](mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr y) { mpfr_hypot(z, x, y, MPFR_RNDN); });
}
TEST(Hypot, StaysWithinOneUlpAndNeitherOverflowsNorUnderflows) {
  expect_hypot_accurate<f64>();
  expect_hypot_accurate<f32>();
}

template <class T>
void expect_logaddexp_accurate() {
  Draw<T> draw;
  auto pairs = special_pairs<T>();
  const int n = samples();
  for (int i = 0; i < n; ++i) {
    pairs.emplace_back(draw.uniform(-4, 4), draw.uniform(-4, 4));
    pairs.emplace_back(draw.uniform(-50, 50), draw.uniform(-50, 50));
    const T x = draw.any();
    pairs.emplace_back(x, draw.any());
    pairs.emplace_back(x, x * draw.uniform(0.9, 1.1));
    // exp(x) + exp(y) close to 1, by all degrees: the result is next to zero.
    const double y = -std::exp(draw.uniform(-0.35, sizeof(T) == 8 ? 6.6 : 4.6)), cancelling = std::log1p(-std::exp(y));
    const T near = static_cast<T>(std::log1p(-std::exp(static_cast<double>(static_cast<T>(y)))));
    pairs.emplace_back(static_cast<T>(y), near);
    pairs.emplace_back(static_cast<T>(y), std::nextafter(near, T(1)));
    pairs.emplace_back(static_cast<T>(y), static_cast<T>(cancelling * (1 + std::ldexp(draw.uniform(-1, 1), -i % 50))));
    pairs.emplace_back(static_cast<T>(y), static_cast<T>(std::exp(y) * draw.uniform(-2, 2)));
  }
  const T half = static_cast<T>(-0x1.62e42fefa39efp-1);  // -ln 2: twice one half is one
  pairs.emplace_back(half, half);
  pairs.emplace_back(std::nextafter(half, T(0)), half);
  expect_pairs_accurate<T>(
      "logaddexp", pairs, [](T x, T y) { return logaddexp(x, y); },
      [](mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr y) {
        oracle::exact(z, Op::logaddexp, mpfr_get_d(x, MPFR_RNDN), mpfr_get_d(y, MPFR_RNDN));
      });
}
TEST(Logaddexp, StaysWithinOneUlpWhereItCancelsToo) {
  expect_logaddexp_accurate<f64>();
  expect_logaddexp_accurate<f32>();
}

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
