#include <limits>

#include "tests/api/expect.h"

namespace ingot {
namespace {

TEST(Values, ComeOneByOne) {
  EXPECT_EQ(Array(2.5).item<double>(), 2.5);
  EXPECT_EQ(array({7}).item<double>(), 7);
  EXPECT_EQ(array({2.9}).item<int>(), 2);
  EXPECT_EQ(array({-1.0}).item<std::uint8_t>(), 0);
  EXPECT_EQ(array({1e300}).item<float>(), std::numeric_limits<float>::infinity());
  EXPECT_EQ(array({300}).item<std::int8_t>(), 44);
  EXPECT_TRUE(array({0.5}).item<bool>());
  EXPECT_EQ((Array(2.0) * 3.0 + 1.0).item<int>(), 7);
  EXPECT_ERROR(ValueError, arange(3).item<int>(),
               "item: an array of shape (3,) has 3 elements; item() needs exactly one: index first, or use data() or "
               "to_vector()");
  EXPECT_ERROR(ValueError, zeros({0}).item<int>(),
               "item: an array of shape (0,) has 0 elements; item() needs exactly one: index first, or use data() or "
               "to_vector()");
}

TEST(Values, ComeAsASpanOfTheirOwnType) {
  const Array x = array({1.0, 2.0, 3.0}), y = x + 1.0;
  ASSERT_EQ(y.data<double>().size(), 3u);
  EXPECT_EQ(y.data<double>()[2], 4.0);
  EXPECT_EQ(y.data<double>().data(), y.data<double>().data());
  const Array reversed = flip(x);
  EXPECT_EQ(reversed.data<double>()[0], 3.0);
  EXPECT_EQ(zeros({0}).eval().size(), 0);
  EXPECT_ERROR(
      TypeError, (void)x.data<float>(),
      "data: the array is float64, and its values were asked for as float; ask for double, or convert with astype");
  EXPECT_ERROR(TypeError, (void)y.data<std::int64_t>(),
               "data: the array is float64, and its values were asked for as std::int64_t; ask for double, or convert "
               "with astype");
}

TEST(Values, StayAsLongAsAnyHandle) {
  std::span<const int> values;
  Array copy = 0;
  {
    const Array x = array({1, 2, 3}) * 2;
    values = x.data<int>();
    copy = x;
  }
  EXPECT_EQ(values[2], 6);
}

TEST(Values, ComeAsVectorsOfAnyType) {
  const Array x = array({{1.5, -2.5}, {0.0, 4.0}});
  EXPECT_EQ(x.to_vector<int>(), (std::vector<int>{1, -2, 0, 4}));
  EXPECT_EQ(x.T().to_vector<double>(), (std::vector<double>{1.5, 0, -2.5, 4}));
  EXPECT_EQ(x.to_vector<bool>(), (std::vector<bool>{true, true, false, true}));
  EXPECT_EQ(zeros({0}).to_vector<float>(), std::vector<float>());
  EXPECT_EQ(Array(3).to_vector<double>(), std::vector<double>{3});
}

TEST(Values, AreComputedTogether) {
  const Array x = arange(10.0), a = sum(x), b = max(x);
  eval({a, b});
  EXPECT_EQ(a.item<double>(), 45);
  EXPECT_EQ(b.item<double>(), 9);
  const std::vector<Array> many = {x + 1.0, x + 2.0};
  eval(many);
  EXPECT_EQ(&many[0].eval(), &many[0]);
  EXPECT_EQ(many[1](0).item<int>(), 2);
}

TEST(Values, GoStraightIntoTheCallersMemory) {
  const Array x = reshape(arange(6.0), {2, 3});
  double rows[6] = {}, columns[6] = {}, backwards[6] = {}, spread[12] = {};
  eval_into(x, rows);
  EXPECT_EQ(std::vector<double>(rows, rows + 6), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  eval_into(x * 2.0, columns, {1, 2});
  EXPECT_EQ(std::vector<double>(columns, columns + 6), (std::vector<double>{0, 6, 2, 8, 4, 10}));
  eval_into(x, backwards + 5, {-3, -1});
  EXPECT_EQ(std::vector<double>(backwards, backwards + 6), (std::vector<double>{5, 4, 3, 2, 1, 0}));
  eval_into(x, spread, {6, 2});
  EXPECT_EQ(std::vector<double>(spread, spread + 12), (std::vector<double>{0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0}));
  double one = 0;
  eval_into(sum(x), &one);
  EXPECT_EQ(one, 15);

  float wrong[6];
  double* const nowhere = nullptr;
  EXPECT_ERROR(TypeError, eval_into(x, wrong),
               "eval_into: the array is float64, and its values were asked for as float; ask for double, or convert "
               "with astype");
  EXPECT_ERROR(ValueError, eval_into(x, rows, {1}),
               "eval_into: 1 strides were given for an array of shape (2, 3); expected one per axis");
  EXPECT_ERROR(
      ValueError, eval_into(x, rows, {1, 1}),
      "eval_into: strides (1, 1) lead several elements of shape (2, 3) to one place; give each element its own");
  EXPECT_ERROR(ValueError, eval_into(x, rows, {std::int64_t{1} << 61, 1}),
               "eval_into: strides (2305843009213693952, 1) of shape (2, 3) reach over 2^63 bytes and more");
  EXPECT_ERROR(ValueError, eval_into(x, nowhere), "eval_into: out is null, and 6 elements are to be written");
}

TEST(Threads, AreAtLeastOne) {
  const int before = num_threads();
  EXPECT_ERROR(ValueError, set_num_threads(0), "set_num_threads: 0 threads given; expected at least 1");
  EXPECT_EQ(num_threads(), before);
}

TEST(Handles, ShareAndMove) {
  Array x = array({1, 2, 3});
  const Array copy = x;
  EXPECT_SAME_NODE(copy, x);
  Array moved = std::move(x);
  EXPECT_SAME_NODE(moved, copy);
  EXPECT_ERROR(ValueError, x + 1, "an array was used after it was moved from; assign to it first");
  EXPECT_THROW(x.shape(), ValueError);
  EXPECT_THROW(x.eval(), ValueError);
  EXPECT_THROW(sum(x), ValueError);
  x = moved;
  EXPECT_VALUES(x, ({3}), int, 1, 2, 3);
  const Array& self = x;
  x = self;
  EXPECT_VALUES(x, ({3}), int, 1, 2, 3);
}

TEST(Handles, KnowShapeAndSizeWithoutComputing) {
  const Array x = zeros({std::int64_t{1} << 20, std::int64_t{1} << 20, 4}, DType::Int16) + std::int16_t{1};
  EXPECT_EQ(x.dtype(), DType::Int16);
  EXPECT_EQ(x.ndim(), 3);
  EXPECT_EQ(x.size(), std::int64_t{1} << 42);
  EXPECT_EQ(x.nbytes(), std::int64_t{1} << 43);
}

TEST(Handles, OfScalarsAreWeakZeroDimensionalArrays) {
  const Array x = 3;
  EXPECT_EQ(x.dtype(), DType::Int32);
  EXPECT_EQ(x.shape(), Shape{});
  EXPECT_EQ(x.size(), 1);
  EXPECT_EQ(Array(true).dtype(), DType::Bool);
  EXPECT_EQ(Array(1.0f).dtype(), DType::Float32);
  EXPECT_EQ(Array(std::uint8_t{5}).item<int>(), 5);
}

}  // namespace
}  // namespace ingot
