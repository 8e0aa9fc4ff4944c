// The special cases of the array API standard 2024.12 for complex numbers a + bj.
#include <gtest/gtest.h>

#include <complex>

#include "ingot/ingot.hpp"
#include "tests/api/special_cases.h"

namespace ingot::tests {
namespace {

using Function = Array (*)(const Operand&);

/// Parts whose sign the standard leaves open.
enum Unspecified { kNone = 0, kRe = 1, kIm = 2, kBoth = 3 };

struct ComplexRule {
  const char* words;
  std::vector<double> a, b;
  Expected re, im;
  int unspecified = kNone;
};

const std::vector<double> kZeros = {-0.0, 0.0}, kInfinities = {-kInf, kInf};
const std::vector<double> kNonzeroFinite = {-1024, -3, -1, -0.375, 0.375, 1, 3, 1024};

double infinite_cos(double, double b) { return kInf * std::cos(b); }
double infinite_sin(double, double b) { return kInf * std::sin(b); }
double zero_cos(double, double b) { return 0.0 * std::cos(b); }
double zero_sin(double, double b) { return 0.0 * std::sin(b); }

bool has_bits(double got, double expected) {
  if (std::isnan(got) || std::isnan(expected)) return std::isnan(got) && std::isnan(expected);
  return got == expected && std::signbit(got) == std::signbit(expected);
}

template <class T>
bool agrees(double got, double wanted, bool about, bool any_sign) {
  if (any_sign) got = std::fabs(got), wanted = std::fabs(wanted);
  wanted = static_cast<T>(wanted);
  return has_bits(got, wanted) ||
         (about && std::fabs(got - wanted) <= std::numeric_limits<T>::epsilon() * std::fabs(wanted));
}

/// That f(-z) is f(z), or -f(z), follows from the rules as well.
enum class Parity { None, Even, Odd };

template <class T>
void check_dtype(const char* name, Function function, const ComplexRule& rule, Parity parity) {
  using C = std::complex<T>;
  // Rules hold for the conjugate too.
  for (const double re_sign : {1.0, -1.0})
    for (const double im_sign : {1.0, -1.0}) {
      if (re_sign < 0 && parity == Parity::None) continue;
      std::vector<C> z;
      std::vector<std::pair<double, double>> given;
      do {
        for (double a : rule.a)
          for (double b : rule.b) {
            given.emplace_back(a, b);
            z.emplace_back(static_cast<T>(re_sign * a), static_cast<T>(im_sign * b));
          }
      } while (z.size() < 67);
      const std::vector<C> got = function(array(std::span<const C>(z))).template to_vector<C>();
      for (std::size_t i = 0; i < got.size(); ++i) {
        const auto [a, b] = given[i];
        const double re = rule.re.of(a, b) * (parity == Parity::Odd ? re_sign : 1),
                     im = rule.im.of(a, b) * im_sign * (parity == Parity::Even ? re_sign : 1);
        ASSERT_TRUE(agrees<T>(got[i].real(), re, rule.re.is_approximate(), (rule.unspecified & kRe) != 0) &&
                    agrees<T>(got[i].imag(), im, rule.im.is_approximate(), (rule.unspecified & kIm) != 0))
            << name << " " << ingot::name(dtype_of<C>()) << ", \"" << rule.words << "\": of " << z[i] << " gave "
            << got[i] << ", expected (" << re << "," << im << ")";
      }
    }
}

void check(const char* name, Function function, std::initializer_list<ComplexRule> rules,
           Parity parity = Parity::None) {
  for (const ComplexRule& rule : rules) {
    check_dtype<float>(name, function, rule, parity);
    check_dtype<double>(name, function, rule, parity);
  }
}

Expected about(double value) { return Expected::about(value); }

TEST(ComplexSpecialCases, OfExponentials) {
  check("exp", exp,
        {{"a is either +0 or -0 and b is +0: 1 + 0j", kZeros, {0.0}, 1.0, 0.0},
         {"a is finite and b is +infinity: NaN + NaN j", kFinite, {kInf}, kNaN, kNaN},
         {"a is finite and b is NaN: NaN + NaN j", kFinite, {kNaN}, kNaN, kNaN},
         {"a is +infinity and b is +0: infinity + 0j", {kInf}, {0.0}, kInf, 0.0},
         {"a is -infinity and b is finite: +0 * cis(b)", {-kInf}, kFinite, zero_cos, zero_sin},
         {"a is +infinity and b is nonzero and finite: +infinity * cis(b)",
          {kInf},
          kNonzeroFinite,
          infinite_cos,
          infinite_sin},
         {"a is -infinity and b is +infinity: 0 + 0j", {-kInf}, {kInf}, 0.0, 0.0, kBoth},
         {"a is +infinity and b is +infinity: infinity + NaN j", {kInf}, {kInf}, kInf, kNaN, kRe},
         {"a is -infinity and b is NaN: 0 + 0j", {-kInf}, {kNaN}, 0.0, 0.0, kBoth},
         {"a is +infinity and b is NaN: infinity + NaN j", {kInf}, {kNaN}, kInf, kNaN, kRe},
         {"a is NaN and b is +0: NaN + 0j", {kNaN}, {0.0}, kNaN, 0.0},
         {"a is NaN and b is not equal to 0: NaN + NaN j", {kNaN}, kNonzero, kNaN, kNaN},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN}});
  check("expm1", expm1,
        {{"a is either +0 or -0 and b is +0: 0 + 0j", kZeros, {0.0}, 0.0, 0.0},
         {"a is finite and b is +infinity: NaN + NaN j", kFinite, {kInf}, kNaN, kNaN},
         {"a is finite and b is NaN: NaN + NaN j", kFinite, {kNaN}, kNaN, kNaN},
         {"a is +infinity and b is +0: +infinity + 0j", {kInf}, {0.0}, kInf, 0.0},
         {"a is -infinity and b is finite: +0 * cis(b) - 1", {-kInf}, kFinite, -1.0, zero_sin},
         {"a is +infinity and b is nonzero and finite: +infinity * cis(b) - 1",
          {kInf},
          kNonzeroFinite,
          infinite_cos,
          infinite_sin},
         {"a is -infinity and b is +infinity: -1 + 0j", {-kInf}, {kInf}, -1.0, 0.0, kIm},
         {"a is +infinity and b is +infinity: infinity + NaN j", {kInf}, {kInf}, kInf, kNaN, kRe},
         {"a is -infinity and b is NaN: -1 + 0j", {-kInf}, {kNaN}, -1.0, 0.0, kIm},
         {"a is +infinity and b is NaN: infinity + NaN j", {kInf}, {kNaN}, kInf, kNaN, kRe},
         {"a is NaN and b is +0: NaN + 0j", {kNaN}, {0.0}, kNaN, 0.0},
         {"a is NaN and b is not equal to 0: NaN + NaN j", {kNaN}, kNonzero, kNaN, kNaN},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN}});
  check("exp2", exp2,
        {{"as exp: 1 of zeros", kZeros, {0.0}, 1.0, 0.0},
         {"as exp: of an infinite b", kFinite, {kInf, kNaN}, kNaN, kNaN},
         {"as exp: +infinity + 0j", {kInf}, {0.0}, kInf, 0.0},
         {"as exp: 0 of -infinity", {-kInf}, {kInf, kNaN}, 0.0, 0.0, kBoth},
         {"as exp: NaN + 0j", {kNaN}, {0.0}, kNaN, 0.0},
         {"whole powers are exact", {3}, {0.0}, 8.0, 0.0}});
}

void check_logarithm(const char* name, Function function, double zero_at, double scale) {
  check(
      name, function,
      {{"a is finite and b is +infinity: +infinity + pi j / 2", kFinite, {kInf}, kInf, about(kPi / 2 * scale)},
       {"a is finite and b is NaN: NaN + NaN j", kFinite, {kNaN}, kNaN, kNaN},
       {"a is -infinity and b is positive and finite: +infinity + pi j", {-kInf}, kPositive, kInf, about(kPi * scale)},
       {"a is +infinity and b is positive and finite: +infinity + 0j", {kInf}, kPositive, kInf, 0.0},
       {"a is -infinity and b is +infinity: +infinity + 3 pi j / 4", {-kInf}, {kInf}, kInf, about(3 * kPi / 4 * scale)},
       {"a is +infinity and b is +infinity: +infinity + pi j / 4", {kInf}, {kInf}, kInf, about(kPi / 4 * scale)},
       {"a is infinite and b is NaN: +infinity + NaN j", kInfinities, {kNaN}, kInf, kNaN},
       {"a is NaN and b is finite: NaN + NaN j", {kNaN}, kFinite, kNaN, kNaN},
       {"a is NaN and b is +infinity: +infinity + NaN j", {kNaN}, {kInf}, kInf, kNaN},
       {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN},
       {"at the branch point: -infinity + 0j", {zero_at}, {0.0}, -kInf, 0.0},
       {"on the cut: pi j above, -pi j below",
        {-3},
        {0.0},
        about(std::log(std::fabs(-3 - zero_at)) * scale),
        about(kPi * scale)}});
}

TEST(ComplexSpecialCases, OfLogarithms) {
  check_logarithm("log", log, 0.0, 1);
  check_logarithm("log1p", log1p, -1.0, 1);
  check_logarithm("log2", log2, 0.0, 1 / std::log(2.0));
  check_logarithm("log10", log10, 0.0, 1 / std::log(10.0));
  check("log", log, {{"a is -0 and b is +0: -infinity + pi j", {-0.0}, {0.0}, -kInf, about(kPi)}});
  check("log2", log2, {{"powers of 2 are exact", {1024}, {0.0}, 10.0, 0.0}});
}

TEST(ComplexSpecialCases, OfHyperbolicFunctions) {
  check("cosh", cosh,
        {{"a is +0 and b is +0: 1 + 0j", {0.0}, {0.0}, 1.0, 0.0},
         {"a is +0 and b is +infinity: NaN + 0j", {0.0}, {kInf}, kNaN, 0.0, kIm},
         {"a is +0 and b is NaN: NaN + 0j", {0.0}, {kNaN}, kNaN, 0.0, kIm},
         {"a is nonzero and finite and b is +infinity: NaN + NaN j", kNonzeroFinite, {kInf}, kNaN, kNaN},
         {"a is nonzero and finite and b is NaN: NaN + NaN j", kNonzeroFinite, {kNaN}, kNaN, kNaN},
         {"a is +infinity and b is +0: +infinity + 0j", {kInf}, {0.0}, kInf, 0.0},
         {"a is +infinity and b is nonzero and finite: +infinity * cis(b)",
          {kInf},
          kNonzeroFinite,
          infinite_cos,
          infinite_sin},
         {"a is +infinity and b is +infinity: +infinity + NaN j", {kInf}, {kInf}, kInf, kNaN, kRe},
         {"a is +infinity and b is NaN: +infinity + NaN j", {kInf}, {kNaN}, kInf, kNaN},
         {"a is NaN and b is either +0 or -0: NaN + 0j", {kNaN}, kZeros, kNaN, 0.0, kIm},
         {"a is NaN and b is nonzero and finite: NaN + NaN j", {kNaN}, kNonzeroFinite, kNaN, kNaN},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN}},
        Parity::Even);
  check("sinh", sinh,
        {{"a is +0 and b is +0: +0 + 0j", {0.0}, {0.0}, 0.0, 0.0},
         {"a is +0 and b is +infinity: 0 + NaN j", {0.0}, {kInf}, 0.0, kNaN, kRe},
         {"a is +0 and b is NaN: 0 + NaN j", {0.0}, {kNaN}, 0.0, kNaN, kRe},
         {"a is positive and finite and b is +infinity: NaN + NaN j", kPositive, {kInf}, kNaN, kNaN},
         {"a is positive and finite and b is NaN: NaN + NaN j", kPositive, {kNaN}, kNaN, kNaN},
         {"a is +infinity and b is +0: +infinity + 0j", {kInf}, {0.0}, kInf, 0.0},
         {"a is +infinity and b is positive and finite: +infinity * cis(b)",
          {kInf},
          kPositive,
          infinite_cos,
          infinite_sin},
         {"a is +infinity and b is +infinity: infinity + NaN j", {kInf}, {kInf}, kInf, kNaN, kRe},
         {"a is +infinity and b is NaN: infinity + NaN j", {kInf}, {kNaN}, kInf, kNaN, kRe},
         {"a is NaN and b is +0: NaN + 0j", {kNaN}, {0.0}, kNaN, 0.0},
         {"a is NaN and b is nonzero and finite: NaN + NaN j", {kNaN}, kNonzeroFinite, kNaN, kNaN},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN}},
        Parity::Odd);
  check("tanh", tanh,
        {{"a is +0 and b is +0: +0 + 0j", {0.0}, {0.0}, 0.0, 0.0},
         {"a is nonzero and finite and b is +infinity: NaN + NaN j", kNonzeroFinite, {kInf}, kNaN, kNaN},
         {"a is +0 and b is +infinity: +0 + NaN j", {0.0}, {kInf}, 0.0, kNaN},
         {"a is nonzero and finite and b is NaN: NaN + NaN j", kNonzeroFinite, {kNaN}, kNaN, kNaN},
         {"a is +0 and b is NaN: +0 + NaN j", {0.0}, {kNaN}, 0.0, kNaN},
         {"a is +infinity and b is positive and finite: 1 + 0j, with the sign of sin(2b) as in C",
          {kInf},
          {0.375, 1},
          1.0,
          0.0},
         {"a is +infinity and b is +infinity: 1 + 0j", {kInf}, {kInf}, 1.0, 0.0, kIm},
         {"a is +infinity and b is NaN: 1 + 0j", {kInf}, {kNaN}, 1.0, 0.0, kIm},
         {"a is NaN and b is +0: NaN + 0j", {kNaN}, {0.0}, kNaN, 0.0},
         {"a is NaN and b is nonzero: NaN + NaN j", {kNaN}, kNonzero, kNaN, kNaN},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN}},
        Parity::Odd);
}

TEST(ComplexSpecialCases, OfInverseHyperbolicFunctions) {
  check("acosh", acosh,
        {{"a is either +0 or -0 and b is +0: +0 + pi j / 2", kZeros, {0.0}, 0.0, about(kPi / 2)},
         {"a is finite and b is +infinity: +infinity + pi j / 2", kFinite, {kInf}, kInf, about(kPi / 2)},
         {"a is nonzero and finite and b is NaN: NaN + NaN j", kNonzeroFinite, {kNaN}, kNaN, kNaN},
         {"a is +0 and b is NaN: NaN + pi j / 2", {0.0}, {kNaN}, kNaN, about(kPi / 2), kIm},
         {"a is -infinity and b is positive and finite: +infinity + pi j", {-kInf}, kPositive, kInf, about(kPi)},
         {"a is +infinity and b is positive and finite: +infinity + 0j", {kInf}, kPositive, kInf, 0.0},
         {"a is -infinity and b is +infinity: +infinity + 3 pi j / 4", {-kInf}, {kInf}, kInf, about(3 * kPi / 4)},
         {"a is +infinity and b is +infinity: +infinity + pi j / 4", {kInf}, {kInf}, kInf, about(kPi / 4)},
         {"a is infinite and b is NaN: +infinity + NaN j", kInfinities, {kNaN}, kInf, kNaN},
         {"a is NaN and b is finite: NaN + NaN j", {kNaN}, kFinite, kNaN, kNaN},
         {"a is NaN and b is +infinity: +infinity + NaN j", {kNaN}, {kInf}, kInf, kNaN},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN},
         {"on the cut, below -1: pi j", {-3}, {0.0}, about(std::acosh(3.0)), about(kPi)},
         {"on the cut, between -1 and 1", {-0.375}, {0.0}, 0.0, about(std::acos(-0.375))}});
  check("asinh", asinh,
        {{"a is +0 and b is +0: +0 + 0j", {0.0}, {0.0}, 0.0, 0.0},
         {"a is positive and finite and b is +infinity: +infinity + pi j / 2", kPositive, {kInf}, kInf, about(kPi / 2)},
         {"a is finite and b is NaN: NaN + NaN j", kFinite, {kNaN}, kNaN, kNaN},
         {"a is +infinity and b is positive and finite: +infinity + 0j", {kInf}, kPositive, kInf, 0.0},
         {"a is +infinity and b is +infinity: +infinity + pi j / 4", {kInf}, {kInf}, kInf, about(kPi / 4)},
         {"a is NaN and b is +0: NaN + 0j", {kNaN}, {0.0}, kNaN, 0.0},
         {"a is NaN and b is nonzero and finite: NaN + NaN j", {kNaN}, kNonzeroFinite, kNaN, kNaN},
         {"a is NaN and b is +infinity: infinity + NaN j", {kNaN}, {kInf}, kInf, kNaN, kRe},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN},
         {"on the cut: the sign of a tells the sides", {0.0}, {3}, about(std::acosh(3.0)), about(kPi / 2)}},
        Parity::Odd);
  check("atanh", atanh,
        {{"a is +0 and b is +0: +0 + 0j", {0.0}, {0.0}, 0.0, 0.0},
         {"a is +0 and b is NaN: +0 + NaN j", {0.0}, {kNaN}, 0.0, kNaN},
         {"a is 1 and b is +0: +infinity + 0j", {1}, {0.0}, kInf, 0.0},
         {"a is positive and finite and b is +infinity: +0 + pi j / 2", kPositive, {kInf}, 0.0, about(kPi / 2)},
         {"a is nonzero and finite and b is NaN: NaN + NaN j", kNonzeroFinite, {kNaN}, kNaN, kNaN},
         {"a is +infinity and b is positive and finite: +0 + pi j / 2", {kInf}, kPositive, 0.0, about(kPi / 2)},
         {"a is +infinity and b is +infinity: +0 + pi j / 2", {kInf}, {kInf}, 0.0, about(kPi / 2)},
         {"a is +infinity and b is NaN: +0 + NaN j", {kInf}, {kNaN}, 0.0, kNaN},
         {"a is NaN and b is finite: NaN + NaN j", {kNaN}, kFinite, kNaN, kNaN},
         {"a is NaN and b is +infinity: 0 + pi j / 2", {kNaN}, {kInf}, 0.0, about(kPi / 2), kRe},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN},
         {"on the cut: the sign of b tells the sides", {3}, {0.0}, about(std::atanh(1 / 3.0)), about(kPi / 2)}},
        Parity::Odd);
}

TEST(ComplexSpecialCases, OfAcos) {
  check("acos", acos,
        {{"a is either +0 or -0 and b is +0: pi / 2 - 0j", kZeros, {0.0}, about(kPi / 2), -0.0},
         {"a is either +0 or -0 and b is NaN: pi / 2 + NaN j", kZeros, {kNaN}, about(kPi / 2), kNaN},
         {"a is finite and b is +infinity: pi / 2 - infinity j", kFinite, {kInf}, about(kPi / 2), -kInf},
         {"a is nonzero and finite and b is NaN: NaN + NaN j", kNonzeroFinite, {kNaN}, kNaN, kNaN},
         {"a is -infinity and b is positive and finite: pi - infinity j", {-kInf}, kPositive, about(kPi), -kInf},
         {"a is +infinity and b is positive and finite: +0 - infinity j", {kInf}, kPositive, 0.0, -kInf},
         {"a is -infinity and b is +infinity: 3 pi / 4 - infinity j", {-kInf}, {kInf}, about(3 * kPi / 4), -kInf},
         {"a is +infinity and b is +infinity: pi / 4 - infinity j", {kInf}, {kInf}, about(kPi / 4), -kInf},
         {"a is infinite and b is NaN: NaN + infinity j", kInfinities, {kNaN}, kNaN, kInf, kIm},
         {"a is NaN and b is finite: NaN + NaN j", {kNaN}, kFinite, kNaN, kNaN},
         {"a is NaN and b is +infinity: NaN - infinity j", {kNaN}, {kInf}, kNaN, -kInf},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN},
         {"on the cut: the sign of b tells the sides", {3}, {0.0}, 0.0, about(-std::acosh(3.0))}});
}

// sin(z) is -1j * sinh(z * 1j), and so are tan, asin and atan; cos(z) is cosh(z * 1j). Signs of NaN's companions aside.
TEST(ComplexSpecialCases, OfTheCircleAreThoseOfTheHyperbola) {
  using C = std::complex<double>;
  std::vector<C> z, turned;
  for (const double a : kAnything)
    for (const double b : kAnything) {
      z.emplace_back(a, b);
      turned.emplace_back(-b, a);
    }
  const Array x = array(std::span<const C>(z)), y = array(std::span<const C>(turned));
  const auto same = [&](const char* name, const Array& circle, const Array& hyperbola, bool turns) {
    const std::vector<C> got = circle.to_vector<C>(), given = hyperbola.to_vector<C>();
    for (std::size_t i = 0; i < got.size(); ++i) {
      const C expected = turns ? C(given[i].imag(), -given[i].real()) : given[i];
      const bool any_sign = std::isnan(expected.real()) || std::isnan(expected.imag()) || !std::isfinite(z[i].real()) ||
                            !std::isfinite(z[i].imag());
      EXPECT_TRUE(agrees<double>(got[i].real(), expected.real(), false, any_sign) &&
                  agrees<double>(got[i].imag(), expected.imag(), false, any_sign))
          << name << " of " << z[i] << " gave " << got[i] << ", expected " << expected;
    }
  };
  same("sin", sin(x), sinh(y), true);
  same("cos", cos(x), cosh(y), false);
  same("tan", tan(x), tanh(y), true);
  same("asin", asin(x), asinh(y), true);
  same("atan", atan(x), atanh(y), true);
}

// Rules for a = -infinity and for a = +infinity with a finite b are C's: the standard's text has the parts of one
// changed for NaN, those of the other swapped.
TEST(ComplexSpecialCases, OfSqrt) {
  check("sqrt", sqrt,
        {{"a is either +0 or -0 and b is +0: +0 + 0j", kZeros, {0.0}, 0.0, 0.0},
         {"a is any value and b is +infinity: +infinity + infinity j", kAnything, {kInf}, kInf, kInf},
         {"a is finite and b is NaN: NaN + NaN j", kFinite, {kNaN}, kNaN, kNaN},
         {"a is -infinity and b is positive and finite: +0 + infinity j", {-kInf}, kPositive, 0.0, kInf},
         {"a is +infinity and b is positive and finite: +infinity + 0j", {kInf}, kPositive, kInf, 0.0},
         {"a is -infinity and b is NaN: NaN + infinity j", {-kInf}, {kNaN}, kNaN, kInf, kIm},
         {"a is +infinity and b is NaN: +infinity + NaN j", {kInf}, {kNaN}, kInf, kNaN},
         {"a is NaN and b is finite: NaN + NaN j", {kNaN}, kFinite, kNaN, kNaN},
         {"a is NaN and b is NaN: NaN + NaN j", {kNaN}, {kNaN}, kNaN, kNaN}});
}

TEST(ComplexSpecialCases, OfSignAndRound) {
  check("sign", sign,
        {{"both are zero: 0 + 0j", kZeros, kZeros, 0.0, 0.0, kBoth},
         {"a is NaN and b is finite: NaN + NaN j", {kNaN}, kFinite, kNaN, kNaN},
         {"b is NaN and a is finite: NaN + NaN j", kFinite, {kNaN}, kNaN, kNaN}});
  check("round", round,
        {{"parts are rounded on their own", {2.5}, {-3.5}, 2.0, -4.0},
         {"infinities, zeros and NaN stay", {kInf}, {-0.0}, kInf, -0.0},
         {"infinities, zeros and NaN stay", {kNaN}, {1}, kNaN, 1.0}});
}

}  // namespace
}  // namespace ingot::tests
