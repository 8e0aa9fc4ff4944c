#include "host/ir/range.h"

#include <gtest/gtest.h>

namespace ingot::ir {
namespace {

constexpr DType kF64 = DType::Float64;

// Builds a region value by value.
struct Builder {
  Region region;

  int load(DType dtype = kF64) {
    region.inputs.push_back({dtype, Access::Contiguous, false});
    return add({.code = Code::Load, .dtype = dtype, .index = static_cast<std::uint16_t>(region.inputs.size() - 1)});
  }
  int param() {
    region.params.push_back(kF64);
    return add({.code = Code::Param, .dtype = kF64, .index = static_cast<std::uint16_t>(region.params.size() - 1)});
  }
  int cast(int value, DType dtype) { return add({.code = Code::Cast, .dtype = dtype, .args = {u16(value)}}); }
  int apply(Op op, int a, int b = 0, DType dtype = kF64) {
    return add({.code = Code::Apply, .op = op, .dtype = dtype, .args = {u16(a), u16(b)}});
  }

 private:
  static std::uint16_t u16(int value) { return static_cast<std::uint16_t>(value); }
  int add(const Instr& instr) {
    region.code.push_back(instr);
    return static_cast<int>(region.code.size()) - 1;
  }
};

TEST(CommonPaths, LeaveTheFirstSineOfAnyInputItsRareCases) {
  Builder b;
  const int sine = b.apply(Op::sin, b.load());
  const CommonPaths paths = common_paths(b.region);
  EXPECT_FALSE(paths.always[sine]);
  EXPECT_EQ(paths.limit, 0);
}

TEST(CommonPaths, KnowWhatIsBoundedByItself) {
  Builder b;
  const int number = b.apply(Op::random_uniform, b.load(DType::Int64), b.load(DType::Int64));
  const int sine = b.apply(Op::sin, number);
  const int next = b.apply(Op::cos, b.apply(Op::add, b.apply(Op::sqrt, sine), sine));
  const int small = b.apply(Op::sin, b.cast(b.load(DType::Int16), kF64));
  const int large = b.apply(Op::sin, b.cast(b.load(DType::Int32), kF64));
  const CommonPaths paths = common_paths(b.region);
  EXPECT_TRUE(paths.always[sine]);
  EXPECT_TRUE(paths.always[next]);
  EXPECT_TRUE(paths.always[small]);
  EXPECT_FALSE(paths.always[large]);
}

TEST(CommonPaths, AreGuardedByTheInputsThatMatter) {
  Builder b;
  const int x = b.load(), beside = b.load(), scale = b.param();
  const int first = b.apply(Op::sin, b.apply(Op::multiply, x, scale));
  const int second = b.apply(Op::sin, b.apply(Op::add, first, b.apply(Op::sqrt, x)));
  b.apply(Op::add, second, beside);
  const CommonPaths paths = common_paths(b.region);
  EXPECT_EQ(paths.limit, 0x1p6) << "64 * 64 < 2^18 < 2048 * 2048";
  EXPECT_TRUE(paths.guarded[first] && paths.guarded[second]);
  EXPECT_TRUE(paths.asked[x] && paths.asked[scale]);
  EXPECT_FALSE(paths.asked[beside]);
}

TEST(CommonPaths, AreNotGuardedWhereRarityIsNoMatterOfSize) {
  Builder b;
  const int x = b.load();
  b.apply(Op::sin, x);
  b.apply(Op::cos, x);
  b.apply(Op::log, x);
  EXPECT_EQ(common_paths(b.region).limit, 0);
}

TEST(CommonPaths, AskOfWhatOverflowsFloat32) {
  Builder b;
  const int x = b.cast(b.cast(b.load(DType::UInt64), DType::Float32), DType::Float32);
  const int power = b.apply(Op::square, b.apply(Op::square, x, 0, DType::Float32), 0, DType::Float32);
  const int sine = b.apply(Op::sin, b.apply(Op::sin, power, 0, DType::Float32), 0, DType::Float32);
  const CommonPaths paths = common_paths(b.region);
  EXPECT_TRUE(paths.always[sine]);
  EXPECT_FALSE(paths.always[b.region.code[sine].args[0]]);
}

}  // namespace
}  // namespace ingot::ir
