// Which dtype a function's result has, and in which its operands are computed.
#include <limits>

#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr DType kComputable[] = {DType::Bool,   DType::Int8,    DType::Int16,  DType::Int32,
                                 DType::Int64,  DType::UInt8,   DType::UInt16, DType::UInt32,
                                 DType::UInt64, DType::Float32, DType::Float64};

Array some(DType dtype) { return ones({3}, dtype); }

TEST(Promotion, OfTwoArraysIsThatOfTheirDtypes) {
  for (DType a : kComputable)
    for (DType b : kComputable) {
      EXPECT_EQ((some(a) + some(b)).dtype(), promote_types(a, b)) << a << " + " << b;
      EXPECT_EQ(maximum(some(a), some(b)).dtype(), promote_types(a, b)) << a << " maximum " << b;
      EXPECT_EQ(where(true, some(a), some(b)).dtype(), promote_types(a, b)) << a << " where " << b;
      EXPECT_EQ((some(a) < some(b)).dtype(), DType::Bool);
      EXPECT_EQ(logical_and(some(a), some(b)).dtype(), DType::Bool);
      const DType common = promote_types(a, b);
      EXPECT_EQ((some(a) / some(b)).dtype(), is_floating(common) ? common : DType::Float64) << a << " / " << b;
      EXPECT_EQ((some(a) % some(b)).dtype(), is_bool(common) ? DType::Int8 : common) << a << " % " << b;
    }
}

TEST(Promotion, TakesTheArraysDtypeForAScalarOfNoHigherKind) {
  for (DType d : kComputable) {
    EXPECT_EQ((some(d) + true).dtype(), d) << d;
    EXPECT_EQ((some(d) + 1).dtype(), is_bool(d) ? DType::Int64 : d) << d;
    EXPECT_EQ((1 + some(d)).dtype(), is_bool(d) ? DType::Int64 : d) << d;
    EXPECT_EQ((some(d) + std::uint8_t{1}).dtype(), is_bool(d) ? DType::Int64 : d) << d;
    EXPECT_EQ((some(d) + 1.0).dtype(), is_floating(d) ? d : DType::Float64) << d;
    EXPECT_EQ((some(d) + 1.0f).dtype(), is_floating(d) ? d : DType::Float64) << d;
  }
}

TEST(Promotion, LetsAScalarArrayBeWeakToo) {
  const Array two = 2.0;
  EXPECT_EQ((some(DType::Float32) * two).dtype(), DType::Float32);
  EXPECT_EQ((some(DType::Float32) * astype(two, DType::Float64)).dtype(), DType::Float64);
  EXPECT_EQ((some(DType::Float32) * ones({})).dtype(), DType::Float64);
}

TEST(Promotion, OfScalarsAloneIsThatOfTheirCppTypes) {
  EXPECT_EQ(add(1, 2).dtype(), DType::Int32);
  EXPECT_EQ(add(1, 2.0).dtype(), DType::Float64);
  EXPECT_EQ(add(1, 2).item<int>(), 3);
  EXPECT_EQ((some(DType::Int8) + add(1, 2)).dtype(), DType::Int32);  // a result is an ordinary array
}

TEST(Promotion, RefusesAScalarThatDoesNotFit) {
  const Array bytes = some(DType::Int8), unsigned_bytes = some(DType::UInt8), singles = some(DType::Float32);
  EXPECT_ERROR(
      ValueError, bytes + 300,
      "add: 300 does not fit int8, which holds -128 to 127; use astype to convert the array to a dtype that holds it");
  EXPECT_ERROR(ValueError, -129 * bytes,
               "multiply: -129 does not fit int8, which holds -128 to 127; use astype to convert the array to a dtype "
               "that holds it");
  EXPECT_ERROR(ValueError, minimum(unsigned_bytes, -1),
               "minimum: -1 does not fit uint8, which holds 0 to 255; use astype to convert the array to a dtype that "
               "holds it");
  EXPECT_ERROR(ValueError, singles * 1e300,
               "multiply: 1e+300 does not fit float32, whose largest value is 3.4028235e+38; use astype to convert the "
               "array to a "
               "dtype that holds it");
  EXPECT_ERROR(ValueError, some(DType::Int64) + std::uint64_t{1} * std::numeric_limits<std::uint64_t>::max(),
               "add: 18446744073709551615 does not fit int64, which holds -9223372036854775808 to 9223372036854775807; "
               "use astype to "
               "convert the array to a dtype that holds it");
  EXPECT_EQ((bytes + 127).dtype(), DType::Int8);
  EXPECT_EQ((bytes - -128).dtype(), DType::Int8);
  EXPECT_EQ((singles * std::numeric_limits<double>::infinity()).dtype(), DType::Float32);
  EXPECT_EQ((singles * 3.4028235e38).dtype(), DType::Float32);
}

TEST(Promotion, ComputesFunctionsOfIntegersInFloat64) {
  for (DType d : kComputable) {
    const DType expected = is_floating(d) ? d : DType::Float64;
    EXPECT_EQ(sqrt(some(d)).dtype(), expected) << d;
    EXPECT_EQ(sin(some(d)).dtype(), expected) << d;
    EXPECT_EQ(reciprocal(some(d)).dtype(), expected) << d;
    EXPECT_EQ(isnan(some(d)).dtype(), DType::Bool) << d;
  }
}

TEST(Promotion, MakesInt8OfBoolsWhereNumPyDoes) {
  const Array yes = some(DType::Bool);
  EXPECT_EQ(floor_divide(yes, yes).dtype(), DType::Int8);
  EXPECT_EQ(pow(yes, yes).dtype(), DType::Int8);
  EXPECT_EQ(square(yes).dtype(), DType::Int8);
  EXPECT_EQ((yes << yes).dtype(), DType::Int8);
  EXPECT_EQ(abs(yes).dtype(), DType::Bool);
  EXPECT_EQ(floor(yes).dtype(), DType::Bool);
  EXPECT_EQ((yes & yes).dtype(), DType::Bool);
}

TEST(Promotion, RefusesWhatHasNoMeaningForBool) {
  const Array yes = some(DType::Bool);
  EXPECT_ERROR(TypeError, -yes,
               "negative: not defined for bool; use logical_not, or convert with astype(x, DType::Int64)");
  EXPECT_ERROR(TypeError, yes - yes,
               "subtract: not defined for bool; use logical_xor, or convert with astype(x, DType::Int64)");
  EXPECT_ERROR(TypeError, sign(yes), "sign: not defined for bool; convert with astype(x, DType::Int64)");
  EXPECT_EQ((yes - 1).dtype(), DType::Int64);
}

TEST(Promotion, RefusesBitsOfFloats) {
  const Array x = some(DType::Float64);
  EXPECT_ERROR(TypeError, x & 1,
               "bitwise_and: needs bool or integer operands, and these promote to float64; convert with astype, or use "
               "the logical "
               "functions to test for zero");
  EXPECT_ERROR(TypeError, some(DType::Int8) << 1.5,
               "bitwise_left_shift: needs bool or integer operands, and these promote to float64; convert with astype, "
               "or use the "
               "logical functions to test for zero");
  EXPECT_THROW(~x, TypeError);
}

TEST(Promotion, SaysWhatComplexDtypesAreNotFor) {
  EXPECT_ERROR(TypeError, max(ones({2}, DType::Complex64)),
               "max: not defined for complex64; use real(x), imag(x) or abs(x)");
}

}  // namespace
}  // namespace ingot
