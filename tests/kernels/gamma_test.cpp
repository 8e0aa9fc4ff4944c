// The bodies of gamma.h: accuracy against MPFR, and exact results.
#include <numbers>

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
  const int n = samples(500);
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

// `term` gives the magnitude whose last place counts where the result is smaller.
template <class T>
void expect_gamma_accurate(const char* name, T (*body)(T), void (*reference)(mpfr_ptr, mpfr_srcptr),
                           double (*term)(double)) {
  double worst = 0, worst_above_zero = 0;
  Big exact, operand(64);
  for (const T x : gamma_operands<T>()) {
    if (x < 0 && x == std::floor(x)) continue;  // special cases, which are the API's tests
    mpfr_set_d(operand, x, MPFR_RNDN);
    reference(exact, operand);
    const T got = body(x);
    double error = ulps(got, exact);
    const double size = x < 0 ? term(x) : 0, result = std::fabs(mpfr_get_d(exact, MPFR_RNDN));
    if (result < size) error = std::ldexp(error, std::ilogb(result) - std::ilogb(size));
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
  expect_gamma_accurate<T>(
      "tgamma", [](T x) { return ingot::math::tgamma(x); },
      [](mpfr_ptr y, mpfr_srcptr x) {
        if (mpfr_cmp_si(x, -1000) >= 0 || mpfr_inf_p(x)) {
          mpfr_gamma(y, x, MPFR_RNDN);
        } else {
          mpfr_set_zero(y, std::fmod(std::floor(mpfr_get_d(x, MPFR_RNDN)), 2) == 0 ? 1 : -1);
        }
      },
      [](double) { return 0.0; });
}

TYPED_TEST(Gamma, LogarithmStaysWithinTwoUlpAndBelowZeroOfItsLargestTerm) {
  using T = TypeParam;
  expect_gamma_accurate<T>(
      "lgamma", [](T x) { return ingot::math::lgamma(x); },
      [](mpfr_ptr y, mpfr_srcptr x) {
        int sign = 0;
        mpfr_lgamma(y, &sign, x, MPFR_RNDN);
      },
      [](double) { return 1.0; });  // log(pi)
}

TYPED_TEST(Gamma, DerivativeStaysWithinTwoUlpAndBelowZeroOfItsLargestTerm) {
  using T = TypeParam;
  expect_gamma_accurate<T>(
      "digamma", [](T x) { return ingot::math::digamma(x); },
      [](mpfr_ptr y, mpfr_srcptr x) {
        if (mpfr_zero_p(x)) return mpfr_set_inf(y, mpfr_signbit(x) ? 1 : -1);
        mpfr_digamma(y, x, MPFR_RNDN);
      },
      [](double x) {
        const double cotangent = std::fabs(std::numbers::pi / std::tan(std::numbers::pi * std::fmod(x, 1)));
        return std::fmax(cotangent, std::fmax(std::log(-x) + 0.5 / x, -1 / x));
      });
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
