#include "ingot/element.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace ingot {
namespace {

// numpy.promote_types (2.4), with bfloat16 in the place of float16 where NumPy has none.
TEST(DTypes, PromoteAsInNumPy) {
  constexpr auto b = DType::Bool, i8 = DType::Int8, i16 = DType::Int16, i32 = DType::Int32, i64 = DType::Int64,
                 u8 = DType::UInt8, u16 = DType::UInt16, u32 = DType::UInt32, u64 = DType::UInt64, f16 = DType::Float16,
                 bf = DType::BFloat16, f32 = DType::Float32, f64 = DType::Float64, c64 = DType::Complex64,
                 c128 = DType::Complex128;
  constexpr DType kExpected[kDTypeCount][kDTypeCount] = {
      {b, i8, i16, i32, i64, u8, u16, u32, u64, f16, bf, f32, f64, c64, c128},
      {i8, i8, i16, i32, i64, i16, i32, i64, f64, f16, bf, f32, f64, c64, c128},
      {i16, i16, i16, i32, i64, i16, i32, i64, f64, f32, f32, f32, f64, c64, c128},
      {i32, i32, i32, i32, i64, i32, i32, i64, f64, f64, f64, f64, f64, c128, c128},
      {i64, i64, i64, i64, i64, i64, i64, i64, f64, f64, f64, f64, f64, c128, c128},
      {u8, i16, i16, i32, i64, u8, u16, u32, u64, f16, bf, f32, f64, c64, c128},
      {u16, i32, i32, i32, i64, u16, u16, u32, u64, f32, f32, f32, f64, c64, c128},
      {u32, i64, i64, i64, i64, u32, u32, u32, u64, f64, f64, f64, f64, c128, c128},
      {u64, f64, f64, f64, f64, u64, u64, u64, u64, f64, f64, f64, f64, c128, c128},
      {f16, f16, f32, f64, f64, f16, f32, f64, f64, f16, f32, f32, f64, c64, c128},
      {bf, bf, f32, f64, f64, bf, f32, f64, f64, f32, bf, f32, f64, c64, c128},
      {f32, f32, f32, f64, f64, f32, f32, f64, f64, f32, f32, f32, f64, c64, c128},
      {f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, f64, c128, c128},
      {c64, c64, c64, c128, c128, c64, c64, c128, c128, c64, c64, c64, c128, c64, c128},
      {c128, c128, c128, c128, c128, c128, c128, c128, c128, c128, c128, c128, c128, c128, c128},
  };
  for (int x = 0; x < kDTypeCount; ++x)
    for (int y = 0; y < kDTypeCount; ++y)
      EXPECT_EQ(promote_types(DType(x), DType(y)), kExpected[x][y]) << DType(x) << " with " << DType(y);
}

TEST(DTypes, HaveTheArrayApisNames) {
  std::ostringstream names;
  for (int d = 0; d < kDTypeCount; ++d) names << DType(d) << ' ';
  EXPECT_EQ(
      names.str(),
      "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64 complex64 complex128 ");
}

TEST(DTypes, KnowTheirSizesAndKinds) {
  constexpr std::size_t kSizes[kDTypeCount] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16};
  for (int d = 0; d < kDTypeCount; ++d) {
    const DType dtype = DType(d);
    EXPECT_EQ(itemsize(dtype), kSizes[d]) << dtype;
    EXPECT_EQ(is_bool(dtype) + is_integer(dtype) + is_floating(dtype) + is_complex(dtype), 1) << dtype;
    EXPECT_EQ(is_integer(dtype), is_signed_integer(dtype) || is_unsigned_integer(dtype)) << dtype;
  }
}

TEST(DTypes, FollowFromCppTypes) {
  EXPECT_EQ(dtype_of<bool>(), DType::Bool);
  EXPECT_EQ(dtype_of<signed char>(), DType::Int8);
  EXPECT_EQ(dtype_of<std::uint16_t>(), DType::UInt16);
  EXPECT_EQ(dtype_of<int>(), DType::Int32);
  EXPECT_EQ(dtype_of<long>(), DType::Int64);
  EXPECT_EQ(dtype_of<long long>(), DType::Int64);
  EXPECT_EQ(dtype_of<std::size_t>(), DType::UInt64);
  EXPECT_EQ(dtype_of<float>(), DType::Float32);
  EXPECT_EQ(dtype_of<double>(), DType::Float64);
  static_assert(!Element<long double> && !Element<const char*> && !Element<DType>);
}

}  // namespace
}  // namespace ingot
