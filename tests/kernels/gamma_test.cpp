// The bodies of gamma.h: accuracy against MPFR, and exact results.
#include "tests/kernels/bodies.h"

namespace ingot::math {
namespace {

// The intervals where formulas change, next to zeros and poles, and the ends of the range.
template <class T>
std::vector<T> gamma_operands() {
  std::mt19937_64 random(kSeed);
  std::vector<T> x;
  const double intervals[][2] = {{0, 1},       {0.9, 1.1}, {1.9, 2.1},  {1, 8},      {1.4, 1.55}, {7.9, 8.1},
                                 {8, 172},     {0, 1e-15}, {-1e-15, 0}, {-1, 0},     {-5, 0},     {-30, 0},
                                 {-185, -160}, {171, 172}, {33, 36},    {0, 1e-308}, {0, 1e-38}};
  const int n = samples(150);
  for (const auto& interval : intervals)
    for (int i = 0; i < n; ++i)
      x.push_back(
          static_cast<T>(interval[0] + (interval[1] - interval[0]) * static_cast<double>(random() >> 11) * 0x1p-53));
  for (int i = 0; i < 4 * n; ++i) x.push_back(std::bit_cast<T>(static_cast<typename Scalar<T>::UInt>(random())));
  for (const double at : {0.0, 1.0, 2.0, 1.0625, 0.9375, 2.0625, 1.9375, 8.0, 171.62437695630272, 0x1p-60, -0x1p-60,
                          -170.5, -184.5, 0x1p-900, 0x1p-1024, 2.5563481638716906e305, 1.4928821449683623}) {
    T near = static_cast<T>(at);
    for (int i = 0; i < 10; ++i) near = std::nextafter(near, std::numeric_limits<T>::lowest());
    for (int i = 0; i < 20; ++i, near = std::nextafter(near, std::numeric_limits<T>::max())) x.push_back(near);
  }
  return x;
}

// An error is in units of the last place of the result, or of its largest term where that is more.
template <class T>
void expect_gamma_accurate(const char* name, Op op, T (*body)(T)) {
  double worst = 0, worst_above_zero = 0;
  Big exact;
  for (const T x : gamma_operands<T>()) {
    if (x < 0 && x == std::floor(x)) continue;  // special cases, which are the API's tests
    oracle::exact(exact, op, x, 0);
    const T got = body(x);
    double error = ulps(got, exact);
    const long least = oracle::least_exponent(op, x);
    if (mpfr_regular_p(exact) && mpfr_get_exp(exact) < least)
      error = std::ldexp(error, static_cast<int>(mpfr_get_exp(exact) - least));
    EXPECT_LE(error, std::fabs(row(name).ulp)) << name << " of " << text(x) << " gave " << text(got);
    worst = std::fmax(worst, error);
    if (x > 0) worst_above_zero = std::fmax(worst_above_zero, error);
  }
  std::printf("%-6s f%d  %.4f ulp, %.4f above 0\n", name, static_cast<int>(8 * sizeof(T)), worst, worst_above_zero);
}

template <class T>
class Gamma : public testing::Test {};
using FloatTypes = testing::Types<f32, f64>;
TYPED_TEST_SUITE(Gamma, FloatTypes);

TYPED_TEST(Gamma, StaysWithinTwoUlpOverTheWholeRange) {
  using T = TypeParam;
  expect_gamma_accurate<T>("tgamma", Op::tgamma, [](T x) { return ingot::math::tgamma(x); });
}

TYPED_TEST(Gamma, LogarithmStaysWithinTwoUlpAndBelowZeroOfItsLargestTerm) {
  using T = TypeParam;
  expect_gamma_accurate<T>("lgamma", Op::lgamma, [](T x) { return ingot::math::lgamma(x); });
}

TYPED_TEST(Gamma, DerivativeStaysWithinTwoUlpAndBelowZeroOfItsLargestTerm) {
  using T = TypeParam;
  expect_gamma_accurate<T>("digamma", Op::digamma, [](T x) { return ingot::math::digamma(x); });
}

TYPED_TEST(Gamma, OfSmallIntegersIsTheFactorial) {
  using T = TypeParam;
  T factorial = 1;
  for (int n = 1; n <= (sizeof(T) == 8 ? 18 : 11); ++n) {
    EXPECT_LE(std::fabs(ingot::math::tgamma(static_cast<T>(n)) - factorial),
              factorial * std::numeric_limits<T>::epsilon())
        << n;
    factorial *= static_cast<T>(n);
  }
  EXPECT_TRUE(same(ingot::math::tgamma(T(1)), T(1)) && same(ingot::math::tgamma(T(2)), T(1)));
  EXPECT_TRUE(same(ingot::math::lgamma(T(1)), T(0)) && same(ingot::math::lgamma(T(2)), T(0)));
}

}  // namespace
}  // namespace ingot::math
