#include <cmath>

#include "tests/api/expect.h"

namespace ingot {
namespace {

TEST(UserOps, RecordWhatTheFunctionDoes) {
  const Array x = array({0.25, 1.0, 4.0});
  const Array y = elementwise([](Value v) { return select(v > 1.0, sqrt(v), v * v); }, x);
  EXPECT_SAME_NODE(y, where(x > 1.0, sqrt(x), x * x));
  EXPECT_VALUES(y, ({3}), double, 0.0625, 1, 2);
  const Array same = elementwise([](auto v) { return -v + 2.0 * v - v / 4 + abs(v) % 3; }, x);
  EXPECT_SAME_NODE(same, -x + 2.0 * x - x / 4 + abs(x) % 3);
}

TEST(UserOps, BroadcastAndPromoteAsBuiltIns) {
  const Array rows = array({{1.0f}, {2.0f}}), columns = array({10, 20, 30});
  const Array y = elementwise([](Value a, Value b) { return a + b; }, rows, columns);
  EXPECT_SAME_NODE(y, rows + columns);
  EXPECT_EQ(elementwise([](Value a, Value b) { return a * b; }, rows, 2.0).dtype(), DType::Float32);
  // An operand that the function leaves out counts for the shape.
  EXPECT_VALUES(elementwise([](Value, Value b) { return b; }, rows, columns), ({2, 3}), int, 10, 20, 30, 10, 20, 30);
  EXPECT_VALUES(elementwise([](Value) { return 7; }, columns), ({3}), int, 7, 7, 7);
  EXPECT_ERROR(ShapeError, elementwise([](Value a, Value) { return a; }, array({1, 2}), array({1, 2, 3})),
               "elementwise: shapes (2,), (2,) and (3,) do not broadcast; axis 0 is 2 and 3, where equal extents or 1 "
               "were expected (dtypes int32, int32 and int32)");
}

TEST(UserOps, CastAndTestBits) {
  const Array x = array({-1.5, 2.5, 300.0});
  EXPECT_VALUES(elementwise([](Value v) { return cast<std::uint8_t>(v); }, x), ({3}), int, 0, 2, 255);
  const Array y = elementwise(
      [](Value v) {
        Value i = cast<int>(v);
        i += 1;
        i *= 2;
        i -= 3;
        return ((i << 1) | (i & 1)) ^ ~(i >> 2);
      },
      x);
  EXPECT_EQ(y.dtype(), DType::Int32);
  const auto by_hand = [](int v) {
    const int i = (v + 1) * 2 - 3;
    return ((i * 2) | (i & 1)) ^ ~(i >> 2);
  };
  EXPECT_VALUES(y, ({3}), int, by_hand(-1), by_hand(2), by_hand(300));
  EXPECT_VALUES(
      elementwise([](Value v) { return (!(v > 0.0)) | (v == 300) | ((v >= 300) & (v <= 300) & (v != 1)); }, x), ({3}),
      bool, true, false, true);
}

TEST(UserOps, GiveSeveralArrays) {
  const auto [s, c] = elementwise([](Value t) { return std::tuple(sin(t), cos(t)); }, array({0.0, 1.0}));
  EXPECT_VALUES(s, ({2}), double, 0, std::sin(1.0));
  EXPECT_VALUES(c, ({2}), double, 1, std::cos(1.0));
}

TEST(UserOps, NameTheirLineInErrors) {
  EXPECT_ERROR(TypeError, elementwise([](Value v) { return v & 1; }, array({1.5})),
               "bitwise_and: needs bool or integer operands, and these promote to float64; convert with astype, or use "
               "the logical functions to test for zero");
  const auto six = [](Value a, Value b, Value c, Value d, Value e, Value f) { return a + b + c + d + e + f; };
  EXPECT_VALUES(elementwise(six, 1, 2, 3, 4, 5, array({6, 7})), ({2}), int, 21, 22);
}

TEST(UserOps, FuseInOnePass) {
  const Array x = ones({100'000});
  reset_stats();
  EXPECT_EQ(sum(elementwise([](Value v) { return clip(v * 3.0, 0.0, 2.0); }, x)).item<double>(), 200'000);
  EXPECT_EQ(stats().launches, 1);
}

}  // namespace
}  // namespace ingot
