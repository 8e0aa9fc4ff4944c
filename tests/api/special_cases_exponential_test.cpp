// The special cases of the array API standard 2024.12 for exponentials, logarithms and hyperbolic functions.
#include "tests/api/special_cases.h"

#include <gtest/gtest.h>

namespace ingot::tests {
namespace {

const std::vector<double> kZeros = {-0.0, 0.0}, kInfinities = {-kInf, kInf};

TEST(SpecialCasesOfExponentials, AreThoseOfTheStandard) {
  const Rule rules[] = {
      {"expm1", "NaN: NaN", {kNaN}, {}, kNaN},
      {"expm1", "-0 or +0: x1", kZeros, {}, first},
      {"expm1", "+infinity: +infinity", {kInf}, {}, kInf},
      {"expm1", "-infinity: -1", {-kInf}, {}, -1.0},
      {"exp2", "of C, as exp", {kNaN}, {}, kNaN},
      {"exp2", "of C, as exp", kZeros, {}, 1.0},
      {"exp2", "of C, as exp", {-kInf}, {}, 0.0},
      {"exp2", "of C, as exp", {kInf}, {}, kInf},
      {"log1p", "NaN: NaN", {kNaN}, {}, kNaN},
      {"log1p", "less than -1: NaN", {-kInf, -1024, -3}, {}, kNaN},
      {"log1p", "-1: -infinity", {-1}, {}, -kInf},
      {"log1p", "-0 or +0: x1", kZeros, {}, first},
      {"log1p", "+infinity: +infinity", {kInf}, {}, kInf},
      {"logaddexp", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"logaddexp", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"logaddexp", "x1 +infinity and x2 not NaN: +infinity", {kInf}, kNumber, kInf},
      {"logaddexp", "x2 +infinity and x1 not NaN: +infinity", kNumber, {kInf}, kInf},
      {"logaddexp", "of NumPy: -infinity and -infinity: -infinity", {-kInf}, {-kInf}, -kInf},
      {"logaddexp", "of NumPy: -infinity counts for nothing", kPositive, {-kInf}, first},
  };
  check(rules);
}

TEST(SpecialCasesOfLogarithms, AreThoseOfTheStandardForEveryBase) {
  for (const char* function : {"log2", "log10"}) {
    const Rule rules[] = {
        {function, "NaN: NaN", {kNaN}, {}, kNaN},
        {function, "less than 0: NaN", {-kInf, -3, -0.375}, {}, kNaN},
        {function, "-0 or +0: -infinity", kZeros, {}, -kInf},
        {function, "1: +0", {1}, {}, 0.0},
        {function, "+infinity: +infinity", {kInf}, {}, kInf},
    };
    check(rules);
  }
}

TEST(SpecialCasesOfHyperbolicFunctions, AreThoseOfTheStandard) {
  const Rule rules[] = {
      {"sinh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"sinh", "-0 or +0: x1", kZeros, {}, first},
      {"sinh", "an infinity: x1", kInfinities, {}, first},
      {"cosh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"cosh", "-0 or +0: 1", kZeros, {}, 1.0},
      {"cosh", "an infinity: +infinity", kInfinities, {}, kInf},
      {"asinh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"asinh", "-0 or +0: x1", kZeros, {}, first},
      {"asinh", "an infinity: x1", kInfinities, {}, first},
      {"acosh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"acosh", "less than 1: NaN", {-kInf, -3, -0.0, 0.0, 0.375}, {}, kNaN},
      {"acosh", "1: +0", {1}, {}, 0.0},
      {"acosh", "+infinity: +infinity", {kInf}, {}, kInf},
      {"atanh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"atanh", "less than -1, or greater than 1: NaN", {-kInf, -3, 3, kInf}, {}, kNaN},
      {"atanh", "-1: -infinity", {-1}, {}, -kInf},
      {"atanh", "1: +infinity", {1}, {}, kInf},
      {"atanh", "-0 or +0: x1", kZeros, {}, first},
  };
  check(rules);
}

TEST(SpecialCasesOfHypot, AreThoseOfTheStandard) {
  const Rule rules[] = {
      {"hypot", "x1 an infinity, x2 NaN included: +infinity", kInfinities, kAnything, kInf},
      {"hypot", "x2 an infinity, x1 NaN included: +infinity", kAnything, kInfinities, kInf},
      {"hypot", "x1 finite or NaN, x2 NaN: NaN", kFinite, {kNaN}, kNaN},
      {"hypot", "x1 NaN, x2 finite or NaN: NaN", {kNaN}, kFinite, kNaN},
      {"hypot", "a zero and x2: abs(x2)", kZeros, kNegative, negative_of_second},
      {"hypot", "x1 and a zero: abs(x1)", kPositive, kZeros, first},
  };
  check(rules);
}

}  // namespace
}  // namespace ingot::tests
