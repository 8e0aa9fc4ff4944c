// Functions of complex numbers against those of the oracle in long double, which has 11 bits more than float64.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <functional>
#include <numbers>
#include <random>

#include "tests/api/expect.h"
#include "tests/oracle/complex.h"

namespace ingot {
namespace {

using c64 = std::complex<float>;
using c128 = std::complex<double>;
using L = long double;

template <class C>
class ComplexFunctions : public testing::Test {};
using Dtypes = testing::Types<c64, c128>;
TYPED_TEST_SUITE(ComplexFunctions, Dtypes);

// Where formulas change: near 0, 1, -1, i and the zeros of sin and cos, on the unit circle, at all sizes up to 2^limit.
template <class C>
std::vector<C> numbers(int count, int limit, unsigned seed) {
  using T = typename C::value_type;
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> unit(-1, 1);
  std::uniform_int_distribution<int> size(-limit, limit), small(-55, -2), point(0, 6);
  constexpr double kPoints[] = {0, 0, 1, -1, 1.5707963267948966, 3.141592653589793, -1.5707963267948966};
  std::vector<C> list;
  for (int i = 0; i < count; ++i) {
    const double near_re = kPoints[point(random)] + std::ldexp(unit(random), small(random)),
                 near_im = kPoints[point(random)] + std::ldexp(unit(random), small(random));
    const double radius = 1 + std::ldexp(unit(random), small(random)), angle = 4 * unit(random);
    const C choices[] = {C(static_cast<T>(4 * unit(random)), static_cast<T>(4 * unit(random))),
                         C(static_cast<T>(std::ldexp(unit(random), size(random))),
                           static_cast<T>(std::ldexp(unit(random), size(random)))),
                         C(static_cast<T>(near_re), static_cast<T>(near_im)),
                         C(static_cast<T>(radius * std::cos(angle)), static_cast<T>(radius * std::sin(angle)))};
    list.push_back(choices[i % 4]);
  }
  return list;
}

template <class C>
oracle::Complex wide(const C& z) {
  return {z.real(), z.imag()};
}

// In units of half a place of the norm; 0 where the norm overflows.
template <class C>
L error(const C& got, const oracle::Complex& expected) {
  const L unit = oracle::unit(dtype_of<typename C::value_type>(), expected);
  return std::isinf(unit) ? 0 : std::hypot(got.real() - expected.real(), got.imag() - expected.imag()) / unit;
}

template <class C>
using Reference = std::function<oracle::Complex(std::size_t i)>;

// NaN counts as an infinite error.
template <class C>
void expect_near(std::string_view name, const Array& result, const std::vector<C>& z, const Reference<C>& reference,
                 const std::function<L(std::size_t)>& bound) {
  const std::vector<C> got = result.template to_vector<C>();
  for (std::size_t i = 0; i < got.size(); ++i) {
    const oracle::Complex expected = reference(i);
    const L miss = error(got[i], expected);
    ASSERT_TRUE(miss <= bound(i)) << name << " of " << z[i] << " (number " << i << ") gave " << got[i] << ", not "
                                  << expected << ": " << miss << " of " << bound(i);
  }
}

template <class C>
void expect_op(Op op, const Array& result, const std::vector<C>& z, const std::vector<C>& w) {
  expect_near<C>(
      info(op).name, result, z, [&](std::size_t i) { return oracle::apply(op, wide(z[i]), wide(w[i])); },
      [&](std::size_t i) {
        return oracle::allowed_error(op, dtype_of<typename C::value_type>(), wide(z[i]), wide(w[i]));
      });
}

TYPED_TEST(ComplexFunctions, AreWithin4UnitsOfTheNorm) {
  using C = TypeParam;
  const int all = std::numeric_limits<typename C::value_type>::max_exponent - 2;
  struct Case {
    Op op;
    Array (*function)(const Operand&);
    int limit;
  };
  const Case cases[] = {{Op::sqrt, sqrt, all},   {Op::reciprocal, reciprocal, all},
                        {Op::sign, sign, all},   {Op::exp, exp, 9},
                        {Op::exp2, exp2, 9},     {Op::expm1, expm1, 9},
                        {Op::log, log, all},     {Op::log2, log2, all},
                        {Op::log10, log10, all}, {Op::log1p, log1p, all},
                        {Op::sinh, sinh, 9},     {Op::cosh, cosh, 9},
                        {Op::tanh, tanh, 9},     {Op::sin, sin, 9},
                        {Op::cos, cos, 9},       {Op::tan, tan, 9},
                        {Op::asinh, asinh, all}, {Op::acosh, acosh, all},
                        {Op::atanh, atanh, all}, {Op::asin, asin, all},
                        {Op::acos, acos, all},   {Op::atan, atan, all}};
  for (const Case& c : cases) {
    const std::vector<C> z = numbers<C>(8000, c.limit, 11);
    expect_op(c.op, c.function(array(z)), z, z);
  }
}

TYPED_TEST(ComplexFunctions, OfTwoNumbersAreWithin4UnitsOfTheNorm) {
  using C = TypeParam;
  const int all = std::numeric_limits<typename C::value_type>::max_exponent - 2;
  const std::vector<C> x = numbers<C>(8000, all, 21), y = numbers<C>(8000, all, 22);
  expect_op(Op::multiply, array(x) * array(y), x, y);
  expect_op(Op::divide, array(x) / array(y), x, y);
  const std::vector<C> z = numbers<C>(8000, 20, 31), w = numbers<C>(8000, 3, 32);
  expect_op(Op::pow, pow(array(z), array(w)), z, w);
}

TYPED_TEST(ComplexFunctions, WholeLiteralPowersAreWithin4UnitsOfTheNorm) {
  using C = TypeParam;
  using T = std::numeric_limits<typename C::value_type>;
  const std::vector<C> z = numbers<C>(8000, 20, 31);
  for (const int n : {-7, -3, -2, -1, 0, 1, 2, 3, 5, 12, 64, 100})
    expect_near<C>(
        "pow", pow(array(z), n), z,
        [&](std::size_t i) -> oracle::Complex {
          oracle::Complex power = 1;
          for (int k = 0; k < std::abs(n); ++k) power *= wide(z[i]);
          const L size = std::hypot(power.real(), power.imag());
          // Reciprocals are those of the positive power, where that is in range.
          if (n < 0 && !(size < static_cast<L>(T::max()) && size > static_cast<L>(T::min()))) return INFINITY;
          return n < 0 ? 1.0L / power : power;
        },
        [](std::size_t) { return 4.0L; });
}

TEST(ComplexPow, OfWholeLiteralsIsExactForGaussianIntegers) {
  const Array z = array({c128(1, 2), c128(-3, 1)});
  EXPECT_VALUES(pow(z, 3), ({2}), c128, c128(-11, -2), c128(-18, 26));
  EXPECT_VALUES(pow(z, 2.0), ({2}), c128, c128(-3, 4), c128(8, -6));
  EXPECT_VALUES(pow(z, c128(4, 0)), ({2}), c128, c128(-7, -24), c128(28, -96));
  EXPECT_VALUES(pow(array({c128(NAN, 1)}), 0), ({1}), c128, c128(1, 0));
}

TEST(ComplexPow, TakesRealOperandsBesideComplexOnes) {
  const c128 got = pow(array({-8.0}), c128(0, 0.5)).item<c128>(), expected = std::pow(c128(-8, 0), c128(0, 0.5));
  EXPECT_NEAR(std::abs(got - expected), 0, 1e-15);
  EXPECT_EQ(pow(array({c64(1, 1)}), array({2.5f})).dtype(), DType::Complex64);
  EXPECT_EQ(pow(array({c64(1, 1)}), array({2.5})).dtype(), DType::Complex128);
  EXPECT_EQ(pow(array({2.0f}), c64(1, 1)).dtype(), DType::Complex64);
}

// exp(w log z), so that of 0 to a power with a positive real part 0 is left; to the power 0 it is 1, as in NumPy.
TEST(ComplexPow, OfZero) {
  const Array zero = zeros({1}, DType::Complex128);
  EXPECT_EQ(pow(zero, array({c128(2.5, 0)})).item<c128>(), c128(0, 0));
  EXPECT_EQ(pow(zero, array({c128(2.5, 1)})).item<c128>(), c128(0, 0));
  EXPECT_EQ(pow(zero, array({c128(0, 0)})).item<c128>(), c128(1, 0));
  EXPECT_TRUE(isinf(pow(zero, array({c128(-1.5, 0)}))).item<bool>());
  EXPECT_TRUE(isnan(pow(zero, array({c128(0, 1)}))).item<bool>());
}

TYPED_TEST(ComplexFunctions, GrowBeyondWhatOneExponentialHolds) {
  using C = TypeParam;
  using T = typename C::value_type;
  const bool narrow = std::is_same_v<C, c64>;
  const T tiny = static_cast<T>(narrow ? 1e-40 : 1e-310), beyond = static_cast<T>(narrow ? 150 : 1300);
  const std::vector<C> z = {C(static_cast<T>(narrow ? 89 : 710), T(0.78)), C(beyond, tiny), C(-beyond, tiny)};
  const std::vector<C> e = exp(array(z)).template to_vector<C>(), s = sinh(array(z)).template to_vector<C>();
  // The norm overflows; its parts do not.
  const oracle::Complex first = std::exp(wide(z[0]));
  const L norm = std::abs(first) * static_cast<L>(std::numeric_limits<T>::epsilon()) / 2;
  EXPECT_LE(std::abs(wide(e[0]) - first) / norm, 4);
  EXPECT_LE(std::abs(wide(s[0]) - first / 2.0L) / norm * 2, 4);
  // The real part overflows; the imaginary one does not.
  const L expected = std::exp(static_cast<L>(beyond) + std::log(static_cast<L>(tiny)));
  const L unit = expected * static_cast<L>(std::numeric_limits<T>::epsilon());
  EXPECT_LE(std::fabs(e[1].imag() - expected) / unit, 4);
  EXPECT_LE(std::fabs(s[1].imag() - expected / 2) / unit * 2, 4);
  EXPECT_EQ(e[1].real(), static_cast<T>(INFINITY));
}

TEST(ComplexParts, Angle) {
  EXPECT_VALUES(angle(array({c128(1, 0), c128(0, 1), c128(-1, 0.0), c128(-1, -0.0)})), ({4}), double, 0,
                std::numbers::pi / 2, std::numbers::pi, -std::numbers::pi);
  EXPECT_VALUES(angle(array({2.0, -2.0})), ({2}), double, 0, std::numbers::pi);
  EXPECT_EQ(angle(array({c64(1, 1)})).dtype(), DType::Float32);
  EXPECT_VALUES(positive(array({c128(1, -2)})), ({1}), c128, c128(1, -2));
}

TYPED_TEST(ComplexFunctions, ReductionsOfParts) {
  using C = TypeParam;
  using T = typename C::value_type;
  const Array x = array({C(1, 2), C(3, -4), C(5, 6), C(0, 1), C(1, 1), C(2, 2)}, {2, 3});
  EXPECT_VALUES(prod(x, 0), ({3}), C, C(-2, 1), C(7, -1), C(-2, 22));
  EXPECT_VALUES(prod(x, 1, true), ({2, 1}), C, C(1, 2) * C(3, -4) * C(5, 6), C(-4, 0));
  EXPECT_EQ(prod(x).template item<C>(), C(1, 2) * C(3, -4) * C(5, 6) * C(-4, 0));
  EXPECT_EQ(prod(x(Slice(0, 0))).template item<C>(), C(1, 0));
  EXPECT_EQ(prod(array({C(static_cast<T>(INFINITY), 0)})).template item<C>(), C(static_cast<T>(INFINITY), 0));
  EXPECT_VALUES(count_nonzero(x * array({C(1, 0), C(0, 0), C(0, 1)}), 1), ({2}), std::int64_t, 2, 2);
  EXPECT_VALUES(var(array({C(1, 2), C(3, 6)})), ({}), T, 5);
  EXPECT_VALUES(stddev(array({C(0, 0), C(6, 8)})), ({}), T, 5);

  // Turns of a full circle in all.
  std::vector<C> turns;
  for (int i = 0; i < 1000; ++i) {
    const double angle = 2 * std::numbers::pi * i / 1000;
    turns.emplace_back(static_cast<T>(std::cos(angle)), static_cast<T>(std::sin(angle)));
  }
  const C product = prod(array(turns)).template item<C>();
  EXPECT_NEAR(std::abs(product - C(-1, 0)), 0, 1000 * std::numeric_limits<T>::epsilon());
}

TYPED_TEST(ComplexFunctions, Comparisons) {
  using C = TypeParam;
  using T = typename C::value_type;
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const Array x = array({C(1, 2), C(3, -4), C(nan, 1)}), y = array({C(1, static_cast<T>(2.00001)), C(3, 4), C(1, nan)});
  EXPECT_VALUES(isclose(x, y), ({3}), bool, true, false, false);
  EXPECT_VALUES(isclose(x, y, 1e-5, 1e-8, true), ({3}), bool, true, false, true);
  EXPECT_EQ(allclose(x(Slice(0, 1)), y(Slice(0, 1))).template item<bool>(), true);
  EXPECT_EQ(array_equal(x, x).template item<bool>(), false);
  EXPECT_EQ(array_equal(x, x, true).template item<bool>(), true);
  EXPECT_VALUES(logical_not(x * 0), ({3}), bool, true, true, false);
  EXPECT_VALUES(logical_and(x, array({true, false, true})), ({3}), bool, true, false, true);
  const Array m = broadcast_to(array({C(1, 2), C(3, 4)}), {2, 2});
  EXPECT_VALUES(tril(m), ({2, 2}), C, C(1, 2), C(0, 0), C(1, 2), C(3, 4));
  EXPECT_VALUES(triu(m), ({2, 2}), C, C(1, 2), C(3, 4), C(0, 0), C(3, 4));
}

// A literal or a tolerance beyond the dtype is no error where it is only compared.
TEST(Comparisons, WithNumbersBeyondTheDtype) {
  const Array z = array({c64(1, 2), c64(INFINITY, 0)}), x = array({1.0f, INFINITY});
  EXPECT_VALUES(z == c128(1e300, 0), ({2}), bool, false, false);
  EXPECT_VALUES(c128(0, 1e300) != z, ({2}), bool, true, true);
  EXPECT_VALUES(z == 1e300, ({2}), bool, false, false);
  EXPECT_VALUES(isclose(z, c128(1e300, 0)), ({2}), bool, false, false);
  EXPECT_VALUES(isclose(x, 1e300), ({2}), bool, false, false);
  EXPECT_VALUES(isclose(x, 0.0, 0, 1e300)(Slice(0, 1)), ({1}), bool, true);
  EXPECT_VALUES(isclose(x, x, 1e300), ({2}), bool, true, true);
  EXPECT_EQ(allclose(x, 1e300).item<bool>(), false);
  EXPECT_EQ(array_equal(array({1.0f}), full({1}, 1e300), true).item<bool>(), false);
}

TEST(ComplexCreation, IsNumPys) {
  EXPECT_VALUES(full({2}, c128(1, 2), DType::Complex128), ({2}), c128, c128(1, 2), c128(1, 2));
  EXPECT_VALUES(arange(0, 3, 1, DType::Complex64), ({3}), c64, 0, 1, 2);
  EXPECT_VALUES(arange(0.5, 3, 1, DType::Complex128), ({3}), c128, 0.5, 1.5, 2.5);
  EXPECT_VALUES(linspace(0, 1, 3, true, DType::Complex64), ({3}), c64, 0, 0.5, 1);
  EXPECT_VALUES(linspace(c128(0, 1), c128(2, -1), 3), ({3}), c128, c128(0, 1), c128(1, 0), c128(2, -1));
  EXPECT_VALUES(linspace(0.0, c128(0, 4), 2, false), ({2}), c128, c128(0, 0), c128(0, 2));
  EXPECT_VALUES(tri(2, {}, 0, DType::Complex64), ({2, 2}), c64, 1, 0, 1, 1);
  EXPECT_VALUES(eye(2, {}, 0, DType::Complex64), ({2, 2}), c64, 1, 0, 0, 1);
  EXPECT_VALUES(indices({2}, DType::Complex128), ({1, 2}), c128, 0, 1);
  EXPECT_ERROR(TypeError, arange(Scalar(c128(0, 1)), 3),
               "arange: from (0+1j) to 3 by 1; complex numbers have no order, so take linspace, or a real range of a "
               "complex dtype");
  EXPECT_ERROR(TypeError, linspace(c128(0, 1), c128(1, 0), 3, true, DType::Float64),
               "linspace: from (0+1j) to (1+0j), and the dtype is float64; give real numbers or a complex dtype");
}

}  // namespace
}  // namespace ingot
