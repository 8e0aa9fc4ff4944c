#include <cfenv>
#include <cmath>
#include <limits>

#include "tests/api/expect.h"

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace ingot {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Broadcasting, MatchesAxesFromTheLast) {
  const Array a = array({{1, 2, 3}, {4, 5, 6}}), row = array({10, 20, 30}), column = array({{100}, {200}});
  EXPECT_VALUES(a + row, ({2, 3}), int, 11, 22, 33, 14, 25, 36);
  EXPECT_VALUES(column + a, ({2, 3}), int, 101, 102, 103, 204, 205, 206);
  EXPECT_VALUES(row + column, ({2, 3}), int, 110, 120, 130, 210, 220, 230);
  EXPECT_VALUES(a + array({1}), ({2, 3}), int, 2, 3, 4, 5, 6, 7);
  EXPECT_VALUES(a * sum(a), ({2, 3}), int, 21, 42, 63, 84, 105, 126);
  EXPECT_EQ((ones({3, 1, 5}) + ones({2, 1, 4, 1})).shape(), (Shape{2, 3, 4, 5}));
  EXPECT_EQ((ones({0, 3}) + ones({1, 3})).shape(), (Shape{0, 3}));
  EXPECT_EQ((ones({}) + ones({})).shape(), Shape{});
}

TEST(Broadcasting, OfThreeOperandsTakesThemTogether) {
  const Array condition = array({{true}, {false}}), row = array({1, 2, 3});
  EXPECT_VALUES(where(condition, row, -row), ({2, 3}), int, 1, 2, 3, -1, -2, -3);
  EXPECT_VALUES(clip(array({{0}, {9}}), array({1, 2, 3}), 5), ({2, 3}), int, 1, 2, 3, 5, 5, 5);
}

TEST(Broadcasting, NamesTheAxisThatDoesNotMatch) {
  const Array a = ones({2, 3}), b = arange(4);
  EXPECT_ERROR(
      ShapeError, a + b,
      "add: shapes (2, 3) and (4,) do not broadcast; axis 1 is 3 and 4, where equal extents or 1 were expected (dtypes "
      "float64 and int64)");
  EXPECT_ERROR(ShapeError, where(ones({5, 1, 2}), a, 1),
               "where: shapes (5, 1, 2), (2, 3) and () do not broadcast; axis 2 is 2 and 3, where equal extents or 1 "
               "were expected "
               "(dtypes float64, float64 and int32)");
  EXPECT_ERROR(ShapeError, maximum(ones({0}), ones({2})),
               "maximum: shapes (0,) and (2,) do not broadcast; axis 0 is 0 and 2, where equal extents or 1 were "
               "expected (dtypes "
               "float64 and float64)");
}

TEST(Broadcasting, RefusesAResultBeyond64Bits) {
  const Array column = broadcast_to(array({1.0}), {std::int64_t{1} << 40, 1}),
              row = broadcast_to(array({1.0}), {std::int64_t{1} << 40});
  EXPECT_ERROR(ValueError, column + row,
               "add: shape (1099511627776, 1099511627776) is too large; an array holds less than 2^59 elements");
}

TEST(Broadcasting, LeavesRoomForWiderDtypes) {
  const Array bytes = broadcast_to(zeros({1}, DType::Int8), {(std::int64_t{1} << 59) - 1});
  EXPECT_THROW(sqrt(bytes).eval(), MemoryError);
  EXPECT_THROW(astype(bytes, DType::Float64).eval(), MemoryError);
}

TEST(Broadcasting, OfValuesThatAreAllTheSameStaysAnArray) {
  EXPECT_VALUES(ones({3}) + full({3}, 2), ({3}), double, 3, 3, 3);
  EXPECT_VALUES(ones({2, 1}) + zeros({3}), ({2, 3}), double, 1, 1, 1, 1, 1, 1);
  EXPECT_VALUES(astype(ones({2}), DType::Int8), ({2}), int, 1, 1);
}

TEST(Elementwise, AddsAndMultipliesBoolsAsLogic) {
  const Array a = array({true, true, false}), b = array({true, false, false});
  EXPECT_SAME_NODE(a + b, logical_or(a, b));
  EXPECT_SAME_NODE(a * b, logical_and(a, b));
  EXPECT_SAME_NODE(~a, logical_not(a));
  EXPECT_VALUES(a + b, ({3}), bool, true, true, false);
  EXPECT_VALUES(a ^ b, ({3}), bool, false, true, false);
}

TEST(Elementwise, TakesZeroForFalseInLogic) {
  const Array x = array({0.0, -0.0, 2.5, kNaN}), n = array({0, 1, 0, -7});
  EXPECT_VALUES(logical_and(x, n), ({4}), bool, false, false, false, true);
  EXPECT_VALUES(logical_or(x, n), ({4}), bool, false, true, true, true);
  EXPECT_VALUES(logical_xor(x, true), ({4}), bool, true, true, false, false);
  EXPECT_VALUES(logical_and(n, 300), ({4}), bool, false, true, false, true);
  EXPECT_VALUES(!x, ({4}), bool, true, true, false, false);
  EXPECT_VALUES(where(x, 1, 2), ({4}), int, 2, 2, 1, 1);
}

TEST(Elementwise, LeavesIntegersAloneWhereThereIsNothingToRound) {
  for (const Array& x : {array({-3, 0, 5}), array({std::uint8_t{7}}), array({true, false})}) {
    EXPECT_SAME_NODE(floor(x), x);
    EXPECT_SAME_NODE(ceil(x), x);
    EXPECT_SAME_NODE(round(x), x);
    EXPECT_SAME_NODE(trunc(x), x);
  }
  const Array u = array({1u, 2u});
  EXPECT_SAME_NODE(abs(u), u);
  EXPECT_VALUES(abs(array({-3, 4})), ({2}), int, 3, 4);
  EXPECT_VALUES(sign(array({-3, 0, 4})), ({3}), int, -1, 0, 1);
}

TEST(Elementwise, FindsNoNaNInIntegers) {
  const Array n = array({{1, 2}, {3, 4}});
  EXPECT_VALUES(isnan(n), ({2, 2}), bool, false, false, false, false);
  EXPECT_VALUES(isinf(n), ({2, 2}), bool, false, false, false, false);
  EXPECT_VALUES(isfinite(n), ({2, 2}), bool, true, true, true, true);
  EXPECT_VALUES(isfinite(array({1.0, kInf, kNaN})), ({3}), bool, true, false, false);
  EXPECT_FALSE(isnan(5).item<bool>());
}

TEST(Elementwise, DividesTruly) {
  EXPECT_VALUES(array({1, -7, 0}) / array({2, 2, 0}), ({3}), double, 0.5, -3.5, kNaN);
  EXPECT_VALUES(array({7, -7}) / 2, ({2}), double, 3.5, -3.5);
  EXPECT_VALUES(floor_divide(array({7, -7, 7, 5}), array({2, 2, -2, 0})), ({4}), int, 3, -4, -4, 0);
  EXPECT_VALUES(array({7, -7, 7, 5}) % array({2, 2, -2, 0}), ({4}), int, 1, 1, -1, 0);
  constexpr int kLowest = std::numeric_limits<int>::min();
  EXPECT_VALUES(floor_divide(array({kLowest}), -1), ({1}), int, kLowest);
  EXPECT_VALUES(array({kLowest}) % -1, ({1}), int, 0);
}

TEST(Elementwise, RecordsPowersByLiteralsAsWhatTheyAre) {
  const Array x = array({-2.0, 0.5, 3.0}), n = array({-3, 0, 5});
  EXPECT_SAME_NODE(pow(x, 2), square(x));
  EXPECT_SAME_NODE(pow(x, 2.0), square(x));
  EXPECT_SAME_NODE(pow(n, 2), square(n));
  EXPECT_SAME_NODE(pow(n, 2.0), square(astype(n, DType::Float64)));
  EXPECT_SAME_NODE(pow(x, 1), x);
  EXPECT_SAME_NODE(pow(x, -1), reciprocal(x));
  EXPECT_SAME_NODE(pow(n, -1.0), reciprocal(n));
  EXPECT_NE(pow(x, array({2.0})).node(), square(x).node());  // by the literal, never by a value
  EXPECT_VALUES(pow(n, -1), ({3}), int, 0, 0, 0);
  EXPECT_VALUES(pow(array({1, -1, 2}), -1), ({3}), int, 1, -1, 0);
}

TEST(Elementwise, ComparesSignedWithUnsigned64Exactly) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const Array s = array({std::int64_t{-1}, kMax, kMax, std::int64_t{0}});
  const Array u = array({std::numeric_limits<std::uint64_t>::max(), static_cast<std::uint64_t>(kMax) + 1,
                         static_cast<std::uint64_t>(kMax), std::uint64_t{0}});
  EXPECT_VALUES(s == u, ({4}), bool, false, false, true, true);
  EXPECT_VALUES(s != u, ({4}), bool, true, true, false, false);
  EXPECT_VALUES(s < u, ({4}), bool, true, true, false, false);
  EXPECT_VALUES(s <= u, ({4}), bool, true, true, true, true);
  EXPECT_VALUES(s > u, ({4}), bool, false, false, false, false);
  EXPECT_VALUES(s >= u, ({4}), bool, false, false, true, true);
  EXPECT_VALUES(u == s, ({4}), bool, false, false, true, true);
  EXPECT_VALUES(u < s, ({4}), bool, false, false, false, false);
  EXPECT_VALUES(u <= s, ({4}), bool, false, false, true, true);
  EXPECT_VALUES(u > s, ({4}), bool, true, true, false, false);
  EXPECT_VALUES(u >= s, ({4}), bool, true, true, true, true);
  EXPECT_VALUES(astype(s, DType::Int8) < u, ({4}), bool, true, true, true, false);
}

TEST(Elementwise, ComparesFloatsWithLiteralsBeyondThem) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const Array x = array({-kInf, 1.0f, kInf, static_cast<float>(kNaN)});
  EXPECT_VALUES(x < 1e300, ({4}), bool, true, true, false, false);
  EXPECT_VALUES(x <= 1e300, ({4}), bool, true, true, false, false);
  EXPECT_VALUES(x > 1e300, ({4}), bool, false, false, true, false);
  EXPECT_VALUES(x < -1e300, ({4}), bool, true, false, false, false);
  EXPECT_VALUES(-1e300 < x, ({4}), bool, false, true, true, false);
  EXPECT_VALUES(1e300 == x, ({4}), bool, false, false, false, false);
  EXPECT_VALUES(x != 1e300, ({4}), bool, true, true, true, true);
}

TEST(Elementwise, ComparesIntegersWithLiteralsBeyondThem) {
  const Array bytes = array<std::uint8_t>({0, 255}), longs = array({std::numeric_limits<std::int64_t>::max()});
  EXPECT_VALUES(bytes < 300, ({2}), bool, true, true);
  EXPECT_VALUES(bytes <= 300, ({2}), bool, true, true);
  EXPECT_VALUES(bytes > 300, ({2}), bool, false, false);
  EXPECT_VALUES(bytes >= -1, ({2}), bool, true, true);
  EXPECT_VALUES(300 > bytes, ({2}), bool, true, true);
  EXPECT_VALUES(-1 >= bytes, ({2}), bool, false, false);
  EXPECT_VALUES(bytes == -1, ({2}), bool, false, false);
  EXPECT_VALUES(-1 != bytes, ({2}), bool, true, true);
  EXPECT_VALUES(longs < std::numeric_limits<std::uint64_t>::max(), ({1}), bool, true);
}

TEST(Elementwise, ClipsWithOneBoundOrTwo) {
  const Array x = array({-5.0, 0.5, 5.0, kNaN});
  EXPECT_VALUES(clip(x, -1, 1), ({4}), double, -1, 0.5, 1, kNaN);
  EXPECT_SAME_NODE(clip(x, none, 1), minimum(x, 1));
  EXPECT_SAME_NODE(clip(x, 0, none), maximum(x, 0));
}

TEST(Elementwise, ShiftsOutOfRangeAreDefined) {
  EXPECT_VALUES(array({1, -8}) << 2, ({2}), int, 4, -32);
  EXPECT_VALUES(array({1, -8}) >> 31, ({2}), int, 0, -1);
  EXPECT_VALUES(array({1, -8}) >> array({40, 40}), ({2}), int, 0, -1);
  EXPECT_VALUES(array({1, -8}) << array({32, -1}), ({2}), int, 0, 0);
}

TEST(Elementwise, RoundsLiteralsToNearestWhateverTheCaller) {
  const Array x = ones({1}, DType::Float32);
  const Array expected = x * 0.1, tiny = ones({1}) * 1e-40f;
  const int mode = std::fegetround();
  for (int other : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    std::fesetround(other);
    const Array again = x * 0.1;
    std::fesetround(mode);
    EXPECT_SAME_NODE(again, expected);
  }
#if defined(__SSE2__)
  const unsigned state = _mm_getcsr();
  _mm_setcsr(state | 0x8040);  // flush to zero, subnormals are zero
  const Array again = ones({1}) * 1e-40f;
  _mm_setcsr(state);
  EXPECT_SAME_NODE(again, tiny);
#endif
}

TEST(Operators, RecordTheFunctionsTheyStandFor) {
  const Array x = array({5, 6, 7}), y = array({1, 2, 3});
  EXPECT_SAME_NODE(x + y, add(x, y));
  EXPECT_SAME_NODE(x - y, subtract(x, y));
  EXPECT_SAME_NODE(x * y, multiply(x, y));
  EXPECT_SAME_NODE(x / y, divide(x, y));
  EXPECT_SAME_NODE(x % y, remainder(x, y));
  EXPECT_SAME_NODE(-x, negative(x));
  EXPECT_SAME_NODE(+x, x);
  EXPECT_SAME_NODE(x & y, bitwise_and(x, y));
  EXPECT_SAME_NODE(x | y, bitwise_or(x, y));
  EXPECT_SAME_NODE(x ^ y, bitwise_xor(x, y));
  EXPECT_SAME_NODE(x << y, bitwise_left_shift(x, y));
  EXPECT_SAME_NODE(x >> y, bitwise_right_shift(x, y));
  EXPECT_SAME_NODE(~x, bitwise_invert(x));
  EXPECT_SAME_NODE(!x, logical_not(x));
  EXPECT_SAME_NODE(x == y, equal(x, y));
  EXPECT_SAME_NODE(x != y, not_equal(x, y));
  EXPECT_SAME_NODE(x < y, less(x, y));
  EXPECT_SAME_NODE(x <= y, less_equal(x, y));
  EXPECT_SAME_NODE(x > y, greater(x, y));
  EXPECT_SAME_NODE(x >= y, greater_equal(x, y));
  EXPECT_SAME_NODE(2 - x, subtract(2, x));
  EXPECT_SAME_NODE(2 == x, equal(2, x));
}

TEST(Operators, RebindWhenTheyAssign) {
  const Array y = array({1, 2, 3});
  Array x = array({5, 6, 7});
  const Array before = x;
  const auto step = [&](const Array& expected, auto assign) {
    const Array old = x;
    assign();
    EXPECT_EQ(x.node(), expected.node());
    x = old;
  };
  step(x + y, [&] { x += y; });
  step(x - y, [&] { x -= y; });
  step(x * y, [&] { x *= y; });
  step(x / y, [&] { x /= y; });
  step(x % y, [&] { x %= y; });
  step(x & y, [&] { x &= y; });
  step(x | y, [&] { x |= y; });
  step(x ^ y, [&] { x ^= y; });
  step(x << y, [&] { x <<= y; });
  step(x >> y, [&] { x >>= y; });
  x += 1;
  EXPECT_VALUES(before, ({3}), int, 5, 6, 7);
  EXPECT_VALUES(x, ({3}), int, 6, 7, 8);
}

TEST(Operators, NameTheLineOfTheCaller) {
  const Array x = ones({2}), y = ones({3});
  Array z = x;
  EXPECT_ERROR(ShapeError, (void)(x + y),
               "add: shapes (2,) and (3,) do not broadcast; axis 0 is 2 and 3, where equal extents or 1 were expected "
               "(dtypes float64 "
               "and float64)");
  EXPECT_ERROR(ShapeError, z += y,
               "add: shapes (2,) and (3,) do not broadcast; axis 0 is 2 and 3, where equal extents or 1 were expected "
               "(dtypes float64 "
               "and float64)");
  EXPECT_ERROR(
      ShapeError, (void)(x == y),
      "equal: shapes (2,) and (3,) do not broadcast; axis 0 is 2 and 3, where equal extents or 1 were expected (dtypes "
      "float64 and float64)");
}

TEST(Recording, GivesTheSameNodeForTheSameExpression) {
  const Array x = array({1.0, 2.0});
  EXPECT_SAME_NODE(sqrt(x) + 1.0, sqrt(x) + 1.0);
  EXPECT_SAME_NODE(sum(x, 0), sum(x, -1));
  EXPECT_SAME_NODE(x(Slice(0, 1)), x(Slice(none, -1)));
}

}  // namespace
}  // namespace ingot
