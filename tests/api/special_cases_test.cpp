// The special cases of the array API standard 2024.12, function by function, in its words. Those of exponentials,
// logarithms and hyperbolic functions: special_cases_exponential_test.cpp.
#include "tests/api/special_cases.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ingot::tests {
namespace {

const std::vector<double> kZeros = {-0.0, 0.0}, kInfinities = {-kInf, kInf},
                          kIntegers = {-1024, -3, -1, 0.0, 1, 3, 1024};

TEST(SpecialCases, OfSigns) {
  const Rule rules[] = {
      {"abs", "NaN: NaN", {kNaN}, {}, kNaN},
      {"abs", "-0: +0", {-0.0}, {}, 0.0},
      {"abs", "-infinity: +infinity", {-kInf}, {}, kInf},
      {"negative", "signed zeros and infinities change their sign", {-0.0, 0.0, -kInf, kInf}, {}, negative_of_first},
      {"sign", "less than 0: -1", {-kInf, -3, -0.375}, {}, -1.0},
      {"sign", "-0 or +0: 0", kZeros, {}, 0.0},
      {"sign", "greater than 0: +1", {0.375, 3, kInf}, {}, 1.0},
      {"sign", "NaN: NaN", {kNaN}, {}, kNaN},
      {"signbit", "+0, +infinity, a positive number: false", {0.0, kInf, 0.375, 1024}, {}, 0.0},
      {"signbit", "-0, -infinity, a negative number: true", {-0.0, -kInf, -0.375, -1024}, {}, 1.0},
      {"signbit", "NaN whose sign bit is 1: true", {std::copysign(kNaN, -1)}, {}, 1.0},
      {"signbit", "NaN whose sign bit is 0: false", {std::copysign(kNaN, 1)}, {}, 0.0},
      {"copysign", "x2 less than 0, or -0: x1 with a minus sign", kNumber, {-kInf, -3, -0.0}, negative_size_of_first},
      {"copysign", "x2 greater than 0, or +0: x1 with a plus sign", kNumber, {kInf, 3, 0.0}, size_of_first},
      {"copysign",
       "x2 NaN whose sign bit is 1: x1 with a minus sign",
       kNumber,
       {std::copysign(kNaN, -1)},
       negative_size_of_first},
      {"copysign", "x2 NaN whose sign bit is 0: x1 with a plus sign", kNumber, {std::copysign(kNaN, 1)}, size_of_first},
      {"nextafter", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"nextafter", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"nextafter", "-0 and +0: +0", {-0.0}, {0.0}, 0.0},
      {"nextafter", "+0 and -0: -0", {0.0}, {-0.0}, -0.0},
      {"nextafter", "equal: x2", {3}, {3}, second},
      {"nextafter", "equal infinities: x2", {-kInf}, {-kInf}, second},
  };
  check(rules);
}

TEST(SpecialCases, OfRounding) {
  const auto of_whole_numbers = [](const char* function) {
    const Rule rules[] = {
        {function, "already integer-valued: x1", kIntegers, {}, first},
        {function, "+infinity, -infinity, +0, -0: x1", {kInf, -kInf, 0.0, -0.0}, {}, first},
        {function, "NaN: NaN", {kNaN}, {}, kNaN},
    };
    check(rules);
  };
  of_whole_numbers("floor");
  of_whole_numbers("ceil");
  of_whole_numbers("trunc");
  of_whole_numbers("round");
  const Rule rules[] = {
      {"round", "two integers equally close: the even one", {1.5, 2.5}, {}, 2.0},
      {"round", "two integers equally close: the even one", {-1.5, -2.5}, {}, -2.0},
      {"floor", "the greatest integer not greater", {0.375}, {}, 0.0},
      {"floor", "the greatest integer not greater", {-0.375}, {}, -1.0},
      {"ceil", "the smallest integer not less", {0.375}, {}, 1.0},
      {"trunc", "the integer closest towards 0", {0.375, 0.75}, {}, 0.0},
  };
  check(rules);
}

TEST(SpecialCases, OfClassificationAndComparison) {
  const Rule rules[] = {
      {"isnan", "NaN: true", {kNaN}, {}, 1.0},
      {"isnan", "otherwise: false", kNumber, {}, 0.0},
      {"isinf", "+infinity or -infinity: true", kInfinities, {}, 1.0},
      {"isinf", "otherwise: false", kFinite, {}, 0.0},
      {"isinf", "otherwise: false", {kNaN}, {}, 0.0},
      {"isfinite", "+infinity, -infinity, NaN: false", {kInf, -kInf, kNaN}, {}, 0.0},
      {"isfinite", "finite: true", kFinite, {}, 1.0},
      {"equal", "x1 NaN: false", {kNaN}, kAnything, 0.0},
      {"equal", "x2 NaN: false", kAnything, {kNaN}, 0.0},
      {"equal", "both +infinity: true", {kInf}, {kInf}, 1.0},
      {"equal", "both -infinity: true", {-kInf}, {-kInf}, 1.0},
      {"equal", "-0 and +0: true", kZeros, kZeros, 1.0},
      {"equal", "an infinity and a finite number: false", kInfinities, kFinite, 0.0},
      {"not_equal", "x1 NaN: true", {kNaN}, kAnything, 1.0},
      {"not_equal", "x2 NaN: true", kAnything, {kNaN}, 1.0},
      {"not_equal", "-0 and +0: false", kZeros, kZeros, 0.0},
      {"less", "either NaN: false", {kNaN}, kAnything, 0.0},
      {"less", "either NaN: false", kAnything, {kNaN}, 0.0},
      {"less", "-infinity and finite: true", {-kInf}, kFinite, 1.0},
      {"less", "-0 and +0: false", kZeros, kZeros, 0.0},
      {"less_equal", "either NaN: false", {kNaN}, kAnything, 0.0},
      {"less_equal", "either NaN: false", kAnything, {kNaN}, 0.0},
      {"less_equal", "-0 and +0: true", kZeros, kZeros, 1.0},
      {"greater", "either NaN: false", {kNaN}, kAnything, 0.0},
      {"greater", "either NaN: false", kAnything, {kNaN}, 0.0},
      {"greater", "+infinity and finite: true", {kInf}, kFinite, 1.0},
      {"greater_equal", "either NaN: false", {kNaN}, kAnything, 0.0},
      {"greater_equal", "either NaN: false", kAnything, {kNaN}, 0.0},
      {"logical_not", "NaN and infinities are true", {kNaN, kInf, -kInf}, {}, 0.0},
      {"logical_not", "zeros are false", kZeros, {}, 1.0},
      {"logical_and", "NaN is true", {kNaN}, {kNaN, 1, kInf}, 1.0},
      {"logical_or", "NaN is true", {kNaN}, kAnything, 1.0},
      {"logical_xor", "NaN is true", {kNaN}, kZeros, 1.0},
      {"maximum", "either NaN: NaN", {kNaN}, kAnything, kNaN},
      {"maximum", "either NaN: NaN", kAnything, {kNaN}, kNaN},
      {"minimum", "either NaN: NaN", {kNaN}, kAnything, kNaN},
      {"minimum", "either NaN: NaN", kAnything, {kNaN}, kNaN},
      {"clip", "x1 NaN: NaN", {kNaN}, kFinite, kNaN},
      {"clip", "a bound NaN: NaN", kAnything, {kNaN}, kNaN},
  };
  check(rules);
}

TEST(SpecialCases, OfSums) {
  const Rule rules[] = {
      {"add", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"add", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"add", "+infinity and -infinity: NaN", {kInf}, {-kInf}, kNaN},
      {"add", "-infinity and +infinity: NaN", {-kInf}, {kInf}, kNaN},
      {"add", "+infinity and +infinity: +infinity", {kInf}, {kInf}, kInf},
      {"add", "-infinity and -infinity: -infinity", {-kInf}, {-kInf}, -kInf},
      {"add", "infinity and finite: that infinity", kInfinities, kFinite, first},
      {"add", "finite and infinity: that infinity", kFinite, kInfinities, second},
      {"add", "-0 and -0: -0", {-0.0}, {-0.0}, -0.0},
      {"add", "-0 and +0: +0", {-0.0}, {0.0}, 0.0},
      {"add", "+0 and -0: +0", {0.0}, {-0.0}, 0.0},
      {"add", "+0 and +0: +0", {0.0}, {0.0}, 0.0},
      {"add", "a zero and a nonzero finite number: that number", kZeros, {-3, 0.375}, second},
      {"add", "a nonzero finite number and a zero: that number", {-3, 0.375}, kZeros, first},
      {"add", "a nonzero finite number and its negative: +0", {-3}, {3}, 0.0},
      {"subtract", "x1 - x2 is x1 + (-x2): infinity minus itself", {kInf}, {kInf}, kNaN},
      {"subtract", "x1 - x2 is x1 + (-x2): infinity minus itself", {-kInf}, {-kInf}, kNaN},
      {"subtract", "x1 - x2 is x1 + (-x2): infinities of both signs", {kInf}, {-kInf}, kInf},
      {"subtract", "x1 - x2 is x1 + (-x2): finite minus infinity", kFinite, kInfinities, negative_of_second},
      {"subtract", "x1 - x2 is x1 + (-x2): infinity minus finite", kInfinities, kFinite, first},
      {"subtract", "x1 - x2 is x1 + (-x2): -0 - +0", {-0.0}, {0.0}, -0.0},
      {"subtract", "x1 - x2 is x1 + (-x2): -0 - -0", {-0.0}, {-0.0}, 0.0},
      {"subtract", "x1 - x2 is x1 + (-x2): +0 - +0", {0.0}, {0.0}, 0.0},
      {"subtract", "x1 - x2 is x1 + (-x2): NaN", {kNaN}, kAnything, kNaN},
  };
  check(rules);
}

TEST(SpecialCases, OfProductsAndQuotients) {
  const Rule rules[] = {
      {"multiply", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"multiply", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"multiply", "infinity and zero: NaN", kInfinities, kZeros, kNaN},
      {"multiply", "zero and infinity: NaN", kZeros, kInfinities, kNaN},
      {"multiply", "infinity and the same sign: +infinity", {kInf}, {0.375, 3, kInf}, kInf},
      {"multiply", "infinity and the same sign: +infinity", {-kInf}, {-0.375, -3, -kInf}, kInf},
      {"multiply", "infinity and the other sign: -infinity", {kInf}, {-0.375, -3, -kInf}, -kInf},
      {"multiply", "infinity and the other sign: -infinity", {0.375, 3}, {-kInf}, -kInf},
      {"multiply", "zeros: the sign rule", {0.0}, {3, 0.0}, 0.0},
      {"multiply", "zeros: the sign rule", {-0.0}, {3, 0.0}, -0.0},
      {"multiply", "zeros: the sign rule", {-0.0}, {-3, -0.0}, 0.0},
      {"divide", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"divide", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"divide", "infinity by infinity: NaN", kInfinities, kInfinities, kNaN},
      {"divide", "zero by zero: NaN", kZeros, kZeros, kNaN},
      {"divide", "+0 by greater than 0: +0", {0.0}, {0.375, kInf}, 0.0},
      {"divide", "-0 by greater than 0: -0", {-0.0}, {0.375, kInf}, -0.0},
      {"divide", "+0 by less than 0: -0", {0.0}, {-0.375, -kInf}, -0.0},
      {"divide", "-0 by less than 0: +0", {-0.0}, {-0.375, -kInf}, 0.0},
      {"divide", "greater than 0 by +0: +infinity", {0.375, kInf}, {0.0}, kInf},
      {"divide", "greater than 0 by -0: -infinity", {0.375, kInf}, {-0.0}, -kInf},
      {"divide", "less than 0 by +0: -infinity", {-0.375, -kInf}, {0.0}, -kInf},
      {"divide", "less than 0 by -0: +infinity", {-0.375, -kInf}, {-0.0}, kInf},
      {"divide", "+infinity by a positive finite number: +infinity", {kInf}, kPositive, kInf},
      {"divide", "+infinity by a negative finite number: -infinity", {kInf}, kNegative, -kInf},
      {"divide", "-infinity by a positive finite number: -infinity", {-kInf}, kPositive, -kInf},
      {"divide", "-infinity by a negative finite number: +infinity", {-kInf}, kNegative, kInf},
      {"divide", "a positive finite number by +infinity: +0", kPositive, {kInf}, 0.0},
      {"divide", "a positive finite number by -infinity: -0", kPositive, {-kInf}, -0.0},
      {"divide", "a negative finite number by +infinity: -0", kNegative, {kInf}, -0.0},
      {"divide", "a negative finite number by -infinity: +0", kNegative, {-kInf}, 0.0},
      {"reciprocal", "1 / x1: of infinities", {kInf}, {}, 0.0},
      {"reciprocal", "1 / x1: of infinities", {-kInf}, {}, -0.0},
      {"reciprocal", "1 / x1: of zeros", {-0.0}, {}, -kInf},
      {"square", "x1 * x1", {-kInf, kInf}, {}, kInf},
      {"square", "x1 * x1", kZeros, {}, 0.0},
  };
  check(rules);
}

TEST(SpecialCases, OfDivisionWithRemainder) {
  const Rule rules[] = {
      {"floor_divide", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"floor_divide", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"floor_divide", "infinity by infinity: NaN", kInfinities, kInfinities, kNaN},
      {"floor_divide", "zero by zero: NaN", kZeros, kZeros, kNaN},
      {"floor_divide", "+0 by greater than 0: +0", {0.0}, {0.375, kInf}, 0.0},
      {"floor_divide", "-0 by greater than 0: -0", {-0.0}, {0.375, kInf}, -0.0},
      {"floor_divide", "+0 by less than 0: -0", {0.0}, {-0.375, -kInf}, -0.0},
      {"floor_divide", "-0 by less than 0: +0", {-0.0}, {-0.375, -kInf}, 0.0},
      {"floor_divide", "greater than 0 by +0: +infinity", kPositive, {0.0}, kInf},
      {"floor_divide", "greater than 0 by -0: -infinity", kPositive, {-0.0}, -kInf},
      {"floor_divide", "less than 0 by +0: -infinity", kNegative, {0.0}, -kInf},
      {"floor_divide", "less than 0 by -0: +infinity", kNegative, {-0.0}, kInf},
      {"floor_divide", "infinity by a finite number: NaN, as the note on Python allows", kInfinities, kPositive, kNaN},
      {"floor_divide", "infinity by a finite number: NaN, as the note on Python allows", kInfinities, kNegative, kNaN},
      {"floor_divide", "a positive finite number by +infinity: +0", kPositive, {kInf}, 0.0},
      {"floor_divide",
       "a positive finite number by -infinity: -1, as the note on Python allows",
       kPositive,
       {-kInf},
       -1.0},
      {"floor_divide",
       "a negative finite number by +infinity: -1, as the note on Python allows",
       kNegative,
       {kInf},
       -1.0},
      {"floor_divide", "a negative finite number by -infinity: +0", kNegative, {-kInf}, 0.0},
      {"remainder", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"remainder", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"remainder", "infinity by infinity: NaN", kInfinities, kInfinities, kNaN},
      {"remainder", "zero by zero: NaN", kZeros, kZeros, kNaN},
      {"remainder", "zero by greater than 0: +0", kZeros, {0.375, 3}, 0.0},
      {"remainder", "zero by less than 0: -0", kZeros, {-0.375, -3}, -0.0},
      {"remainder", "a number by zero: NaN", {-3, 0.375, 3}, kZeros, kNaN},
      {"remainder", "infinity by a finite number: NaN", kInfinities, kFinite, kNaN},
      {"remainder", "a positive finite number by +infinity: x1", kPositive, {kInf}, first},
      {"remainder", "a positive finite number by -infinity: x2", kPositive, {-kInf}, second},
      {"remainder", "a negative finite number by +infinity: x2", kNegative, {kInf}, second},
      {"remainder", "a negative finite number by -infinity: x1", kNegative, {-kInf}, first},
      {"fmod", "of C: the sign of x1", {-0.0, 0.0}, {-3, 3, kInf}, first},
      {"fmod", "of C: a finite number by infinity is x1", kFinite, kInfinities, first},
      {"fmod", "of C: infinity, or by zero: NaN", kInfinities, kFinite, kNaN},
      {"fmod", "of C: infinity, or by zero: NaN", kFinite, kZeros, kNaN},
  };
  check(rules);
}

TEST(SpecialCases, OfPowersAndRoots) {
  const std::vector<double> above_one = {-kInf, -1024, -3, 3, 1024, kInf}, below_one = {-0.375, -0.0, 0.0, 0.375};
  const Rule rules[] = {
      {"sqrt", "NaN: NaN", {kNaN}, {}, kNaN},
      {"sqrt", "less than 0: NaN", {-kInf, -3, -0.375}, {}, kNaN},
      {"sqrt", "-0 or +0: x1", kZeros, {}, first},
      {"sqrt", "+infinity: +infinity", {kInf}, {}, kInf},
      {"pow", "x1 not 1 and x2 NaN: NaN", kNegative, {kNaN}, kNaN},
      {"pow", "x2 +0 or -0: 1, even for NaN", kAnything, kZeros, 1.0},
      {"pow", "x1 NaN and x2 not 0: NaN", {kNaN}, kNonzero, kNaN},
      {"pow", "abs(x1) greater than 1 and x2 +infinity: +infinity", above_one, {kInf}, kInf},
      {"pow", "abs(x1) greater than 1 and x2 -infinity: +0", above_one, {-kInf}, 0.0},
      {"pow", "abs(x1) equal to 1 and x2 an infinity: 1", {-1, 1}, kInfinities, 1.0},
      {"pow", "x1 1: 1", {1}, kAnything, 1.0},
      {"pow", "abs(x1) less than 1 and x2 +infinity: +0", below_one, {kInf}, 0.0},
      {"pow", "abs(x1) less than 1 and x2 -infinity: +infinity", below_one, {-kInf}, kInf},
      {"pow", "x1 +infinity and x2 greater than 0: +infinity", {kInf}, kPositive, kInf},
      {"pow", "x1 +infinity and x2 less than 0: +0", {kInf}, kNegative, 0.0},
      {"pow", "x1 -infinity and x2 odd and greater than 0: -infinity", {-kInf}, {1, 3, 5}, -kInf},
      {"pow", "x1 -infinity and x2 greater than 0, not odd: +infinity", {-kInf}, {0.5, 2, 2.5, 1024}, kInf},
      {"pow", "x1 -infinity and x2 odd and less than 0: -0", {-kInf}, {-1, -3}, -0.0},
      {"pow", "x1 -infinity and x2 less than 0, not odd: +0", {-kInf}, {-0.5, -2, -1024}, 0.0},
      {"pow", "x1 +0 and x2 greater than 0: +0", {0.0}, kPositive, 0.0},
      {"pow", "x1 +0 and x2 less than 0: +infinity", {0.0}, kNegative, kInf},
      {"pow", "x1 -0 and x2 odd and greater than 0: -0", {-0.0}, {1, 3}, -0.0},
      {"pow", "x1 -0 and x2 greater than 0, not odd: +0", {-0.0}, {0.5, 2, 1024}, 0.0},
      {"pow", "x1 -0 and x2 odd and less than 0: -infinity", {-0.0}, {-1, -3}, -kInf},
      {"pow", "x1 -0 and x2 less than 0, not odd: +infinity", {-0.0}, {-0.5, -2, -1024}, kInf},
      {"pow", "x1 less than 0 and finite, x2 finite and no integer: NaN", kNegative, {-2.5, -0.5, 0.5, 2.5}, kNaN},
  };
  check(rules);
}

TEST(SpecialCases, OfTrigonometry) {
  const auto about = Expected::about;
  const Rule rules[] = {
      {"sin", "NaN: NaN", {kNaN}, {}, kNaN},
      {"sin", "-0 or +0: x1", kZeros, {}, first},
      {"sin", "an infinity: NaN", kInfinities, {}, kNaN},
      {"cos", "NaN: NaN", {kNaN}, {}, kNaN},
      {"cos", "-0 or +0: 1", kZeros, {}, 1.0},
      {"cos", "an infinity: NaN", kInfinities, {}, kNaN},
      {"tan", "NaN: NaN", {kNaN}, {}, kNaN},
      {"tan", "-0 or +0: x1", kZeros, {}, first},
      {"tan", "an infinity: NaN", kInfinities, {}, kNaN},
      {"asin", "NaN: NaN", {kNaN}, {}, kNaN},
      {"asin", "greater than 1: NaN", {3, 1024, kInf}, {}, kNaN},
      {"asin", "less than -1: NaN", {-3, -1024, -kInf}, {}, kNaN},
      {"asin", "-0 or +0: x1", kZeros, {}, first},
      {"asin", "the ends", {1}, {}, about(kPi / 2)},
      {"asin", "the ends", {-1}, {}, about(-kPi / 2)},
      {"acos", "NaN: NaN", {kNaN}, {}, kNaN},
      {"acos", "greater than 1: NaN", {3, 1024, kInf}, {}, kNaN},
      {"acos", "less than -1: NaN", {-3, -1024, -kInf}, {}, kNaN},
      {"acos", "1: +0", {1}, {}, 0.0},
      {"acos", "the ends", {-1}, {}, about(kPi)},
      {"atan", "NaN: NaN", {kNaN}, {}, kNaN},
      {"atan", "-0 or +0: x1", kZeros, {}, first},
      {"atan", "+infinity: about +pi/2", {kInf}, {}, about(kPi / 2)},
      {"atan", "-infinity: about -pi/2", {-kInf}, {}, about(-kPi / 2)},
      {"atan2", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"atan2", "x2 NaN: NaN", kAnything, {kNaN}, kNaN},
      {"atan2", "x1 greater than 0 and x2 a zero: about +pi/2", {0.375, 3, kInf}, kZeros, about(kPi / 2)},
      {"atan2", "+0 and greater than 0, or +0: +0", {0.0}, {0.0, 0.375, kInf}, 0.0},
      {"atan2", "+0 and less than 0, or -0: about +pi", {0.0}, {-0.0, -0.375, -kInf}, about(kPi)},
      {"atan2", "-0 and greater than 0, or +0: -0", {-0.0}, {0.0, 0.375, kInf}, -0.0},
      {"atan2", "-0 and less than 0, or -0: about -pi", {-0.0}, {-0.0, -0.375, -kInf}, about(-kPi)},
      {"atan2", "x1 less than 0 and x2 a zero: about -pi/2", {-0.375, -3, -kInf}, kZeros, about(-kPi / 2)},
      {"atan2", "x1 greater than 0 and finite, x2 +infinity: +0", kPositive, {kInf}, 0.0},
      {"atan2", "x1 greater than 0 and finite, x2 -infinity: about +pi", kPositive, {-kInf}, about(kPi)},
      {"atan2", "x1 less than 0 and finite, x2 +infinity: -0", kNegative, {kInf}, -0.0},
      {"atan2", "x1 less than 0 and finite, x2 -infinity: about -pi", kNegative, {-kInf}, about(-kPi)},
      {"atan2", "x1 +infinity and x2 finite: about +pi/2", {kInf}, kFinite, about(kPi / 2)},
      {"atan2", "x1 -infinity and x2 finite: about -pi/2", {-kInf}, kFinite, about(-kPi / 2)},
      {"atan2", "+infinity and +infinity: about +pi/4", {kInf}, {kInf}, about(kPi / 4)},
      {"atan2", "+infinity and -infinity: about +3pi/4", {kInf}, {-kInf}, about(3 * kPi / 4)},
      {"atan2", "-infinity and +infinity: about -pi/4", {-kInf}, {kInf}, about(-kPi / 4)},
      {"atan2", "-infinity and -infinity: about -3pi/4", {-kInf}, {-kInf}, about(-3 * kPi / 4)},
  };
  check(rules);
}

TEST(SpecialCases, OfExponentials) {
  const Rule rules[] = {
      {"exp", "NaN: NaN", {kNaN}, {}, kNaN},
      {"exp", "-0 or +0: 1", kZeros, {}, 1.0},
      {"exp", "+infinity: +infinity", {kInf}, {}, kInf},
      {"exp", "-infinity: +0", {-kInf}, {}, 0.0},
      {"log", "NaN: NaN", {kNaN}, {}, kNaN},
      {"log", "less than 0: NaN", {-kInf, -3, -0.375}, {}, kNaN},
      {"log", "-0 or +0: -infinity", kZeros, {}, -kInf},
      {"log", "1: +0", {1}, {}, 0.0},
      {"log", "+infinity: +infinity", {kInf}, {}, kInf},
      {"tanh", "NaN: NaN", {kNaN}, {}, kNaN},
      {"tanh", "-0 or +0: x1", kZeros, {}, first},
      {"tanh", "+infinity: +1", {kInf}, {}, 1.0},
      {"tanh", "-infinity: -1", {-kInf}, {}, -1.0},
  };
  check(rules);
}

// NumPy's and C's, where the standard has no such function.
TEST(SpecialCases, BeyondTheStandard) {
  const Rule rules[] = {
      {"erf", "NaN: NaN", {kNaN}, {}, kNaN},
      {"erf", "-0 or +0: x1", kZeros, {}, first},
      {"erf", "infinities: 1 with their sign", {kInf, 1024}, {}, 1.0},
      {"erf", "infinities: 1 with their sign", {-kInf, -1024}, {}, -1.0},
      {"erfc", "NaN: NaN", {kNaN}, {}, kNaN},
      {"erfc", "-0 or +0: 1", kZeros, {}, 1.0},
      {"erfc", "+infinity: +0", {kInf, 1024}, {}, 0.0},
      {"erfc", "-infinity: 2", {-kInf, -1024}, {}, 2.0},
      {"sinpi", "NaN and infinities: NaN", {kNaN, kInf, -kInf}, {}, kNaN},
      {"sinpi", "-0 or +0: x1", kZeros, {}, first},
      {"sinpi", "whole and greater than 0: +0", {1, 2, 1024}, {}, 0.0},
      {"sinpi", "whole and less than 0: -0", {-1, -2, -1024}, {}, -0.0},
      {"cospi", "NaN and infinities: NaN", {kNaN, kInf, -kInf}, {}, kNaN},
      {"cospi", "even: 1", {-0.0, 0.0, 2, -2, 1024}, {}, 1.0},
      {"cospi", "odd: -1", {1, -1, 3}, {}, -1.0},
      {"cospi", "whole + 1/2: +0", {0.5, -0.5, 1.5, -1.5}, {}, 0.0},
      {"tanpi", "NaN and infinities: NaN", {kNaN, kInf, -kInf}, {}, kNaN},
      {"tanpi", "-0 or +0: x1", kZeros, {}, first},
      {"tanpi", "even and greater than 0, odd and less than 0: +0", {2, 1024, -1, -3}, {}, 0.0},
      {"tanpi", "odd and greater than 0, even and less than 0: -0", {1, 3, -2, -1024}, {}, -0.0},
      {"tanpi", "even + 1/2: +infinity", {0.5, 2.5, -1.5}, {}, kInf},
      {"tanpi", "odd + 1/2: -infinity", {1.5, -0.5, -2.5}, {}, -kInf},
      {"sinc", "NaN and, as in NumPy, infinities: NaN", {kNaN, kInf, -kInf}, {}, kNaN},
      {"sinc", "-0 or +0: 1", kZeros, {}, 1.0},
      {"sinc", "whole and not 0: +0", {1, -1, 1024}, {}, 0.0},
      {"logit", "NaN, less than 0 or greater than 1: NaN", {kNaN, -0.375, 3, kInf, -kInf}, {}, kNaN},
      {"logit", "-0 or +0: -infinity", kZeros, {}, -kInf},
      {"logit", "1: +infinity", {1}, {}, kInf},
      {"logit", "1/2: +0", {0.5}, {}, 0.0},
      {"gelu", "NaN: NaN", {kNaN}, {}, kNaN},
      {"gelu", "-0 or +0: x1", kZeros, {}, first},
      {"gelu", "+infinity: +infinity", {kInf}, {}, kInf},
      {"gelu", "-infinity: -0", {-kInf, -1024}, {}, -0.0},
      {"erfinv", "NaN, or less than -1 or greater than 1: NaN", {kNaN, -1.5, 1.5, kInf, -kInf}, {}, kNaN},
      {"erfinv", "-0 or +0: x1", kZeros, {}, first},
      {"erfinv", "1: +infinity", {1}, {}, kInf},
      {"erfinv", "-1: -infinity", {-1}, {}, -kInf},
      {"i0", "NaN: NaN", {kNaN}, {}, kNaN},
      {"i0", "-0 or +0: 1", kZeros, {}, 1.0},
      {"i0", "infinite: +infinity", {kInf, -kInf}, {}, kInf},
      {"tgamma", "NaN, -infinity or a negative integer: NaN", {kNaN, -kInf, -1, -2, -1024}, {}, kNaN},
      {"tgamma", "-0: -infinity", {-0.0}, {}, -kInf},
      {"tgamma", "+0 or +infinity: +infinity", {0.0, kInf}, {}, kInf},
      {"tgamma", "1 or 2: 1", {1, 2}, {}, 1.0},
      {"lgamma", "NaN: NaN", {kNaN}, {}, kNaN},
      {"lgamma", "1 or 2: +0", {1, 2}, {}, 0.0},
      {"lgamma", "a zero, a negative integer or infinite: +infinity", {0.0, -0.0, -1, -1024, kInf, -kInf}, {}, kInf},
      {"digamma", "NaN, -infinity or a negative integer: NaN", {kNaN, -kInf, -1, -1024}, {}, kNaN},
      {"digamma", "+0: -infinity", {0.0}, {}, -kInf},
      {"digamma", "-0 or +infinity: +infinity", {-0.0, kInf}, {}, kInf},
      {"heaviside", "x1 NaN: NaN", {kNaN}, kAnything, kNaN},
      {"heaviside", "x1 less than 0: 0", {-kInf, -3}, kAnything, 0.0},
      {"heaviside", "x1 greater than 0: 1", {kInf, 3}, kAnything, 1.0},
      {"heaviside", "x1 a zero: x2", kZeros, kAnything, second},
      {"rsqrt", "1 / sqrt(x1)", {kInf}, {}, 0.0},
      {"rsqrt", "1 / sqrt(x1)", {-0.0}, {}, -kInf},
  };
  check(rules);
}

}  // namespace
}  // namespace ingot::tests
