#include "ingot/shape.hpp"

#include <gtest/gtest.h>

#include <array>
#include <sstream>
#include <vector>

namespace ingot {
namespace {

TEST(Shapes, PrintAsNumPyPrintsThem) {
  EXPECT_EQ(to_string(Shape{}), "()");
  EXPECT_EQ(to_string(Shape{3}), "(3,)");
  EXPECT_EQ(to_string(Shape{2, 3}), "(2, 3)");
  std::ostringstream out;
  out << Shape{4, 0, 1};
  EXPECT_EQ(out.str(), "(4, 0, 1)");
}

TEST(Shapes, ComeFromListsSpansVectorsAndOneNumber) {
  const std::vector<std::int64_t> extents = {2, 3};
  const Shape expected{2, 3};
  EXPECT_EQ(Shape(extents), expected);
  EXPECT_EQ(Shape(std::span<const std::int64_t>(extents)), expected);
  EXPECT_EQ(Shape(std::array<std::int64_t, 2>{2, 3}), expected);
  EXPECT_EQ(Shape(5), Shape{5});
  EXPECT_EQ(Shape(std::size_t{5}), Shape{5});
}

TEST(Shapes, HaveOneElementWithoutAxes) {
  EXPECT_EQ(Shape{}.numel(), 1);
  EXPECT_EQ((Shape{2, 3, 4}).numel(), 24);
  EXPECT_EQ((Shape{2, 0, 4}).numel(), 0);
}

TEST(Shapes, HaveRowMajorStrides) {
  EXPECT_EQ(c_strides({2, 3, 4}), (Strides{12, 4, 1}));
  EXPECT_EQ(c_strides({}), Strides{});
  EXPECT_EQ(c_strides({3, 0, 2}), (Strides{0, 2, 1}));
}

TEST(Dims, KeepTheirValuesBeyondTheInlineOnes) {
  Dims d{1, 2, 3};
  for (std::int64_t i = 4; i <= 9; ++i) d.push_back(i);
  EXPECT_EQ(d, (Dims{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  d.insert(2, 77);
  EXPECT_EQ(d, (Dims{1, 2, 77, 3, 4, 5, 6, 7, 8, 9}));
  d.erase(0);
  EXPECT_EQ(d, (Dims{2, 77, 3, 4, 5, 6, 7, 8, 9}));

  const Dims copy = d;
  Dims moved = std::move(d);
  EXPECT_EQ(copy, moved);
  moved = Dims{1};
  EXPECT_EQ(moved, Dims{1});
  moved = copy;
  EXPECT_EQ(moved, copy);
  moved.resize(2);
  moved.resize(4);
  EXPECT_EQ(moved, (Dims{2, 77, 0, 0}));
}

}  // namespace
}  // namespace ingot
