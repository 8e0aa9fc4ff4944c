// The special cases of the array API standard 2024.12 for exponentials, logarithms, hyperbolic functions and hypot.
#include <gtest/gtest.h>

#include "tests/api/special_cases.h"

namespace ingot::tests {
namespace {

const std::vector<double> kZeros = {-0.0, 0.0}, kInfinities = {-kInf, kInf};

TEST(SpecialCases, OfExponentialsToOtherBases) {
  const Rule rules[] = {
      {"expm1", "NaN: NaN", {kNaN}, {}, kNaN},
      {"expm1", "-0 or +0: x1", kZeros, {}, first},
      {"expm1", "+infinity: +infinity", {kInf}, {}, kInf},
      {"expm1", "-infinity: -1", {-kInf}, {}, -1.0},
      {"exp2", "as exp: NaN", {kNaN}, {}, kNaN},
      {"exp2", "as exp: 1 of zeros", kZeros, {}, 1.0},
      {"exp2", "as exp: infinities", {kInf, 1024}, {}, kInf},
      {"exp2", "as exp: infinities", {-kInf}, {}, 0.0},
      {"exp10", "as exp: NaN", {kNaN}, {}, kNaN},
      {"exp10", "as exp: 1 of zeros", kZeros, {}, 1.0},
      {"exp10", "as exp: infinities", {kInf, 1024}, {}, kInf},
      {"exp10", "as exp: infinities", {-kInf, -1024}, {}, 0.0},
      {"sigmoid", "NaN: NaN", {kNaN}, {}, kNaN},
      {"sigmoid", "-0 or +0: 1/2", kZeros, {}, 0.5},
      {"sigmoid", "+infinity: 1", {kInf, 1024}, {}, 1.0},
      {"sigmoid", "-infinity: +0", {-kInf, -1024}, {}, 0.0},
  };
  check(rules);
}

TEST(SpecialCases, OfLogarithms) {
  const auto of_logarithm = [](const char* function) {
    const Rule rules[] = {
        {function, "NaN: NaN", {kNaN}, {}, kNaN},
        {function, "less than 0: NaN", {-kInf, -3, -0.375}, {}, kNaN},
        {function, "-0 or +0: -infinity", kZeros, {}, -kInf},
        {function, "1: +0", {1}, {}, 0.0},
        {function, "+infinity: +infinity", {kInf}, {}, kInf},
    };
    check(rules);
  };
  of_logarithm("log2");
  of_logarithm("log10");
  const Rule rules[] = {
      {"log2", "powers of 2 are exact", {1024}, {}, 10.0},
      {"log1p", "NaN: NaN", {kNaN}, {}, kNaN},
      {"log1p", "less than -1: NaN", {-kInf, -3, -1024}, {}, kNaN},
      {"log1p", "-1: -infinity", {-1}, {}, -kInf},
      {"log1p", "-0 or +0: x1", kZeros, {}, first},
      {"log1p", "+infinity: +infinity", {kInf}, {}, kInf},
      {"logaddexp", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"logaddexp", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"logaddexp", "x1 +infinity and x2 not NaN: +infinity", {kInf}, kNumber, kInf},
      {"logaddexp", "x2 +infinity and x1 not NaN: +infinity", kNumber, {kInf}, kInf},
      {"logaddexp", "both -infinity: -infinity, as log(0 + 0)", {-kInf}, {-kInf}, -kInf},
      {"logaddexp", "x1 -infinity and x2 not zero: x2, as log(0 + exp(x2))", {-kInf}, kNonzero, second},
      {"logaddexp", "x1 -infinity and x2 zero: +0, as log(0 + 1)", {-kInf}, kZeros, 0.0},
  };
  check(rules);
}

TEST(SpecialCases, OfHyperbolicFunctions) {
  const Rule rules[] = {
      {"sinh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"sinh", "-0 or +0: x1", kZeros, {}, first},
      {"sinh", "infinities: x1", kInfinities, {}, first},
      {"cosh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"cosh", "-0 or +0: 1", kZeros, {}, 1.0},
      {"cosh", "infinities: +infinity", kInfinities, {}, kInf},
      {"asinh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"asinh", "-0 or +0: x1", kZeros, {}, first},
      {"asinh", "infinities: x1", kInfinities, {}, first},
      {"acosh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"acosh", "less than 1: NaN", {-kInf, -3, -0.0, 0.0, 0.375}, {}, kNaN},
      {"acosh", "1: +0", {1}, {}, 0.0},
      {"acosh", "+infinity: +infinity", {kInf}, {}, kInf},
      {"atanh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"atanh", "less than -1 or greater than 1: NaN", {-kInf, -3, 3, kInf}, {}, kNaN},
      {"atanh", "-1: -infinity", {-1}, {}, -kInf},
      {"atanh", "+1: +infinity", {1}, {}, kInf},
      {"atanh", "-0 or +0: x1", kZeros, {}, first},
  };
  check(rules);
}

TEST(SpecialCases, OfRootsAndDistances) {
  const Rule rules[] = {
      {"hypot", "x1 infinite and x2 anything, even NaN: +infinity", kInfinities, kAnything, kInf},
      {"hypot", "x2 infinite and x1 anything, even NaN: +infinity", kAnything, kInfinities, kInf},
      {"hypot", "x1 NaN and x2 finite or NaN: NaN", {kNaN}, kFinite, kNaN},
      {"hypot", "x2 NaN and x1 finite or NaN: NaN", kFinite, {kNaN}, kNaN},
      {"hypot", "both NaN: NaN", {kNaN}, {kNaN}, kNaN},
      {"hypot", "both zeros: +0", kZeros, kZeros, 0.0},
      {"hypot", "x2 zero: the size of x1", kNumber, kZeros, size_of_first},
      {"cbrt", "NaN: NaN", {kNaN}, {}, kNaN},
      {"cbrt", "-0 or +0, infinities, 1: x1", {-0.0, 0.0, -kInf, kInf, 1, -1}, {}, first},
  };
  check(rules);
}

}  // namespace
}  // namespace ingot::tests
