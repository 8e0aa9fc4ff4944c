#include "host/ir/repetition.h"

#include <gtest/gtest.h>

namespace ingot::ir {
namespace {

// Builds a region value by value.
struct Builder {
  Region region;
  std::vector<int> labels;

  int load() { return add({.code = Code::Load}); }
  int apply(Op op, int a, int b = 0, int label = 0) {
    const int value = add({.code = Code::Apply, .op = op, .args = {u16(a), u16(b)}});
    labels.back() = label;
    return value;
  }
  int cast(int value) { return add({.code = Code::Cast, .args = {u16(value)}}); }
  // sqrt(value) + sin(value)
  int step(int value, int label = 0) {
    const int root = apply(Op::sqrt, value);
    return apply(Op::add, root, apply(Op::sin, value, 0, label));
  }
  void store(int value) { region.stores.push_back({u16(value), {}}); }
  Repetition find(const std::vector<int>& results = {}) const { return find_repetition(region, labels, results); }

 private:
  static std::uint16_t u16(int value) { return static_cast<std::uint16_t>(value); }
  int add(Instr instr) {
    instr.dtype = DType::Float64;
    region.code.push_back(instr);
    labels.push_back(0);
    return static_cast<int>(region.code.size()) - 1;
  }
};

void expect(const Repetition& r, int first, int period, int times) {
  EXPECT_EQ(r.first, first);
  EXPECT_EQ(r.period, period);
  EXPECT_EQ(r.times, times);
}

TEST(Repetition, IsOfStepsThatTakeTheLastOnesResult) {
  Builder b;
  int value = b.load();
  for (int k = 0; k < 5; ++k) value = b.step(value);
  b.store(value);
  const Repetition r = b.find();
  expect(r, 1, 3, 5);
  EXPECT_TRUE(r.carries(b.region, 1, 0));   // sqrt
  EXPECT_TRUE(r.carries(b.region, 2, 0));   // sin
  EXPECT_FALSE(r.carries(b.region, 3, 0));  // add
  EXPECT_FALSE(r.carries(b.region, 3, 1));
  EXPECT_EQ(r.last(), 13);
}

TEST(Repetition, StartsWhereTheLabelsAreAlike) {
  Builder b;
  int value = b.step(b.load(), 1);
  for (int k = 0; k < 4; ++k) value = b.step(value);
  b.store(value);
  const Repetition r = b.find();
  EXPECT_EQ(r.period, 3);
  EXPECT_GE(r.times, 3);
  EXPECT_GT(r.first, 2);
  EXPECT_LE(r.end(), 16);
}

TEST(Repetition, StartsAfterACastFromAnotherDtype) {
  Builder b;
  int value = b.load();
  b.region.code[0].dtype = DType::Int32;
  for (int k = 0; k < 5; ++k) value = b.apply(Op::tanh, b.cast(value));
  b.store(value);
  const Repetition r = b.find();
  EXPECT_EQ(r.period, 2);
  EXPECT_GE(r.first, 2);
  EXPECT_GE(r.times, 3);
}

TEST(Repetition, ReadsWhatComesBeforeAllGroups) {
  Builder b;
  const int x = b.load();
  int value = b.apply(Op::sqrt, x);
  for (int k = 0; k < 4; ++k) value = b.apply(Op::add, b.apply(Op::sin, value), x);
  b.store(value);
  const Repetition r = b.find();
  expect(r, 2, 2, 4);
  EXPECT_TRUE(r.carries(b.region, 2, 0));
  EXPECT_FALSE(r.carries(b.region, 3, 1));
}

TEST(Repetition, CarriesSeveralValues) {
  Builder b;
  int x = b.load(), y = b.load();
  for (int k = 0; k < 4; ++k) {
    const int sum = b.apply(Op::add, x, y);
    y = b.apply(Op::sin, x);
    x = sum;
  }
  b.store(b.apply(Op::add, x, y));
  const Repetition r = b.find();
  expect(r, 2, 2, 4);
  EXPECT_TRUE(r.carries(b.region, 2, 0));  // the sum's
  EXPECT_TRUE(r.carries(b.region, 2, 1));
  EXPECT_TRUE(r.carries(b.region, 3, 0));  // the sine's
}

TEST(Repetition, LeavesOutWhatIsReadFromOutside) {
  const auto steps = [](int count) {
    Builder b;
    int value = b.load();
    for (int k = 0; k < count; ++k) value = b.step(value);
    b.store(value);
    return b;
  };
  Builder stored = steps(6);
  stored.store(6);  // the result of the second step
  expect(stored.find(), 7, 3, 4);
  expect(steps(6).find({3}), 4, 3, 5);
  expect(steps(6).find({18}), 1, 3, 6);
  Builder read = steps(6);
  read.store(read.apply(Op::add, 3, 18));
  expect(read.find(), 4, 3, 5);
  Builder late = steps(6);
  late.store(12);
  EXPECT_TRUE(late.find().empty());
}

TEST(Repetition, HasThreeGroupsAtLeast) {
  Builder b;
  b.store(b.step(b.step(b.load())));
  EXPECT_TRUE(b.find().empty());
}

TEST(Repetition, DoesNotReachPastTheGroupBefore) {
  Builder b;
  int x = b.load(), y = b.load();
  for (int k = 0; k < 6; ++k) {
    const int next = b.apply(Op::add, x, y);  // Fibonacci's: the sum of the last two
    x = y;
    y = next;
  }
  b.store(y);
  // Two additions make a group that reads the one before it.
  expect(b.find(), 2, 2, 3);
}

}  // namespace
}  // namespace ingot::ir
