#include "host/graph/intern.h"

#include <gtest/gtest.h>

#include "host/graph/build.h"
#include "ingot/ingot.hpp"

namespace ingot {
namespace {

TEST(Graph, GivesTheSameNodeForTheSameOperation) {
  const Array x = arange(10);
  EXPECT_EQ((x + 1).node(), (x + 1).node());
  EXPECT_EQ(sqrt(x).node(), sqrt(x).node());
  EXPECT_NE((x + 1).node(), (x + 2).node());
  EXPECT_NE((x + 1).node(), (1 + x).node());
}

TEST(Graph, ComposesViewsWhenTheyAreRecorded) {
  const Array x = array({1.0, 2.0, 3.0, 4.0, 5.0, 6.0});
  const Array twice = reshape(x, Shape{2, 3}).T();
  EXPECT_EQ(twice.node()->kind, graph::Kind::View);
  EXPECT_EQ(twice.node()->inputs[0], x.node());
  EXPECT_EQ(reshape(twice.T(), Shape{6}).node(), x.node());
}

TEST(Graph, FreesNodesWithTheirLastHandle) {
  const std::int64_t before = graph::pending_nodes();
  {
    Array x = arange(10);
    for (int i = 0; i < 100; ++i) x = x + i;
    EXPECT_GT(graph::pending_nodes(), before + 90);
  }
  EXPECT_EQ(graph::pending_nodes(), before);
}

TEST(Graph, MergesAxesOfAReductionIntoKeptAndReducedGroups) {
  const Array x = zeros(Shape{2, 1, 3, 4}) + arange(4);
  const Array s = sum(x, {2, 3});
  ASSERT_EQ(s.node()->kind, graph::Kind::Reduce);
  EXPECT_EQ(s.node()->dims, (Dims{2, 12}));
  EXPECT_FALSE(s.node()->first_reduced);
  EXPECT_EQ(s.shape(), (Shape{2, 1}));
}

TEST(Graph, GivesTheInputForAReductionOfExtentOne) {
  const Array x = arange(3) + 1;
  const Array column = reshape(x, Shape{3, 1});
  EXPECT_EQ(max(column, 1).node(), x.node());
}

}  // namespace
}  // namespace ingot
