#include "ingot/joining.hpp"

#include <complex>
#include <cstdint>
#include <limits>

#include "tests/api/expect.h"
#include "tests/oracle/tensor.h"

namespace ingot {
namespace {

using C = std::complex<double>;

Array counted(const Shape& shape, DType dtype = DType::Float64) {
  return reshape(astype(arange(shape.numel()), dtype), shape);
}

// By NumPy's words: element i along the axis is the first operand's, as far as it goes, then the next one's.
template <class E>
std::vector<E> joined(const std::vector<Array>& arrays, int axis, const Shape& shape) {
  std::vector<std::vector<E>> values;
  for (const Array& x : arrays) values.push_back(x.to_vector<E>());
  std::int64_t inner = 1;
  for (int k = axis + 1; k < shape.ndim(); ++k) inner *= shape[k];
  std::vector<E> all;
  for (std::int64_t i = 0; i < shape.numel(); ++i) {
    std::int64_t at = i / inner % shape[axis];
    std::size_t k = 0;
    for (; at >= arrays[k].shape()[axis]; ++k) at -= arrays[k].shape()[axis];
    const std::int64_t outer = i / inner / shape[axis], extent = arrays[k].shape()[axis];
    all.push_back(values[k][static_cast<std::size_t>((outer * extent + at) * inner + i % inner)]);
  }
  return all;
}

TEST(Joining, PutsArraysOneAfterAnother) {
  const Array x = array({1, 2, 3}), y = array({4, 5});
  EXPECT_VALUES(concat({x, y}), ({5}), int, 1, 2, 3, 4, 5);
  EXPECT_VALUES(concat({counted({1, 2}), counted({2, 2})}), ({3, 2}), double, 0, 1, 0, 1, 2, 3);
  EXPECT_VALUES(concat({counted({2, 1}), counted({2, 2})}, -1), ({2, 3}), double, 0, 0, 1, 1, 2, 3);
  EXPECT_VALUES(concat({counted({2, 2}), y}, std::nullopt), ({6}), double, 0, 1, 2, 3, 4, 5);
  EXPECT_SAME_NODE(concat({x}), x);
}

TEST(Joining, PutsArraysSideBySide) {
  const Array x = array({1, 2, 3}), y = array({4, 5, 6});
  EXPECT_VALUES(stack({x, y}), ({2, 3}), int, 1, 2, 3, 4, 5, 6);
  EXPECT_VALUES(stack({x, y}, -1), ({3, 2}), int, 1, 4, 2, 5, 3, 6);
  EXPECT_VALUES(stack({Array(1), Array(2.5)}), ({2}), double, 1, 2.5);
  EXPECT_EQ(stack({counted({2, 3})}, 1).shape(), (Shape{2, 1, 3}));
  EXPECT_VALUES(stack({ones({2}), zeros({2})}, 1), ({2, 2}), double, 1, 0, 1, 0);
}

TEST(Joining, TakesAnyNumberOfArrays) {
  for (const std::size_t count : {2U, 3U, 4U, 9U, 10U, 28U}) {
    std::vector<Array> arrays;
    for (std::size_t k = 0; k < count; ++k)
      arrays.push_back(counted({3, static_cast<std::int64_t>(k % 4), 2}) + static_cast<double>(100 * k));
    const Array all = concat(arrays, 1);
    EXPECT_EQ(all.to_vector<double>(), joined<double>(arrays, 1, all.shape())) << count;
  }
  const std::vector<Array> rows(1000, arange(3));
  EXPECT_VALUES(sum(stack(rows), 0), ({3}), int, 0, 1000, 2000);
}

TEST(Joining, TakesEveryDTypeAndKeepsItsBits) {
  for (int d = 0; d < kDTypeCount; ++d) {
    const auto dtype = static_cast<DType>(d);
    const testing::ScopedTrace trace(__FILE__, __LINE__, std::string(name(dtype)));
    const Array x = astype(counted({2, 3}) - 2.0, dtype), y = astype(counted({2, 4}) * 0.5, dtype);
    const Array all = concat({x, y}, 1);
    ASSERT_EQ(all.dtype(), dtype);
    EXPECT_EQ(all.to_vector<C>(), joined<C>({x, y}, 1, {2, 7}));
  }
  const double special[] = {-0.0, std::numeric_limits<double>::quiet_NaN(), 5e-324};
  const Array x = array(std::span(special), Shape{3});
  EXPECT_EQ(first_difference(oracle::values(concat({x, x})(Slice(3, 6))), oracle::values(x)), -1);
}

TEST(Joining, Promotes) {
  EXPECT_EQ(concat({counted({2}, DType::Int8), counted({2}, DType::Float32)}).dtype(), DType::Float32);
  EXPECT_EQ(stack({counted({2}, DType::Int32), counted({2}, DType::Complex64)}).dtype(), DType::Complex128);
  EXPECT_EQ(concat({zeros({0}), counted({2}, DType::Int8)}).dtype(), DType::Float64);
}

// Views, pending operands, and what is generated: every layout of three operands, along every axis, for any threads.
TEST(Joining, TakesOperandsOfAnyLayout) {
  const Array whole = counted({6, 8, 10}).eval();
  const std::vector<Array> layouts = {
      whole(Slice(0, 3), Slice(0, 4), Slice(0, 5)),
      whole(Slice(none, none, -2), Slice(1, none, 2), Slice(none, none, -2)),
      swapaxes(whole, 0, 2)(Slice(0, 3), Slice(2, 6), Slice(1, 6)),
      moveaxis(whole, 2, 0)(Slice(9, 0, -3), Slice(1, 5), Slice(0, 5)),
      broadcast_to(whole(0, 0, Slice(0, 5)), {3, 4, 5}),
      broadcast_to(whole(Slice(0, 3), Slice(0, 4), Slice(0, 1)), {3, 4, 5}),
      whole(Slice(0, 3), Slice(0, 4), Slice(0, 5)) * 2.0 + 1.0,
      ones({3, 4, 5}),
      reshape(arange(60.0), {3, 4, 5}),
  };
  const int team = num_threads();
  for (int axis = 0; axis < 3; ++axis)
    for (std::size_t i = 0; i < layouts.size(); ++i) {
      const std::vector<Array> arrays = {layouts[i], layouts[(i + 1) % layouts.size()], layouts[0]};
      for (const int threads : {1, 3}) {
        set_num_threads(threads);
        const Array all = concat(arrays, axis), side = stack(arrays, axis);
        eval({all, side});
        ASSERT_EQ(all.to_vector<double>(), joined<double>(arrays, axis, all.shape())) << i << ", axis " << axis;
        std::vector<Array> expanded;
        for (const Array& x : arrays) expanded.push_back(expand_dims(x, axis));
        ASSERT_EQ(side.to_vector<double>(), joined<double>(expanded, axis, side.shape())) << i << ", axis " << axis;
      }
    }
  set_num_threads(team);
}

TEST(Joining, SharesOutLongMoves) {
  const Array x = counted({300, 2000}, DType::Float32), y = x.T();
  for (const Array& all : {concat({x, x * 2.0F}), concat({y, y}, 1), stack({x, x}, -1), stack({y, y}, -1)}) {
    const int team = num_threads();
    set_num_threads(1);
    const std::vector<float> one = (all + 0.0F).to_vector<float>();
    set_num_threads(3);
    const std::vector<float> three = (all * 1.0F).to_vector<float>();
    set_num_threads(team);
    EXPECT_EQ(one, three);
  }
  const std::vector<float> side = stack({y, y}, -1).to_vector<float>(), plain = y.to_vector<float>();
  for (std::size_t i = 0; i < plain.size(); ++i) ASSERT_TRUE(side[2 * i] == plain[i] && side[2 * i + 1] == plain[i]);
}

TEST(Joining, TakesArraysWithoutElements) {
  EXPECT_EQ(concat({zeros({0, 3}), zeros({0, 3})}).shape(), (Shape{0, 3}));
  EXPECT_EQ(concat({zeros({2, 0}), zeros({3, 0})}).shape(), (Shape{5, 0}));
  EXPECT_EQ(stack({zeros({0}), zeros({0})}).shape(), (Shape{2, 0}));
  EXPECT_VALUES(concat({zeros({0}), array({1.0}), zeros({0})}), ({1}), double, 1);
  EXPECT_EQ(concat({zeros({0}, DType::Complex64), zeros({0}, DType::Complex64)}).dtype(), DType::Complex64);
}

TEST(Joining, ReadsStoredViewsInPlace) {
  const Array x = counted({100, 100}).eval(), y = x.T();
  const Array all = concat({y, x});
  reset_stats();
  all.eval();
  EXPECT_EQ(stats().launches, 0);
  EXPECT_EQ(stats().bytes_read, 2 * x.nbytes());
  EXPECT_EQ(stats().bytes_written, 2 * x.nbytes());
}

TEST(Joining, RefusesWhatDoesNotGoTogether) {
  const Array x = counted({2, 3}), y = counted({2, 4});
  EXPECT_ERROR(ValueError, concat(std::span<const Array>{}), "concat: no arrays were given; expected one or more");
  EXPECT_ERROR(ValueError, stack(std::span<const Array>{}), "stack: no arrays were given; expected one or more");
  EXPECT_ERROR(ShapeError, concat({Array(1), Array(2)}),
               "concat: operand 0 is a scalar, which has no axis to join along; stack joins scalars");
  EXPECT_ERROR(ShapeError, concat({x, y}),
               "concat: shapes (2, 3) and (2, 4) of operands 0 and 1 do not go together; expected equal extents along "
               "all axes but 0");
  EXPECT_ERROR(
      ShapeError, concat({x, x, x(0)}, 1),
      "concat: shapes (2, 3) and (3,) of operands 0 and 2 do not go together; expected equal extents along all "
      "axes but 1");
  EXPECT_ERROR(IndexError, concat({x, x}, 2),
               "concat: axis 2 is out of bounds for an array of 2 axes; axes run from -2 to 1");
  EXPECT_ERROR(ValueError,
               concat(std::vector<Array>(64, broadcast_to(zeros({1}, DType::Bool), {std::int64_t{1} << 57}))),
               "concat: the extents of 64 arrays along axis 0 add up to 2^63 or more; an array holds less than 2^59 "
               "elements");
  EXPECT_ERROR(ShapeError, stack({x, y}),
               "stack: shapes (2, 3) and (2, 4) of operands 0 and 1 differ; expected equal ones");
  EXPECT_ERROR(IndexError, stack({x, x}, 3),
               "stack: axis 3 is out of bounds for a result of 3 axes; axes run from -3 to 2");
}

}  // namespace
}  // namespace ingot
