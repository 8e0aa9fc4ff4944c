#include "host/graph/compose.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace ingot::graph {
namespace {

std::int64_t at(const Map& map, const std::vector<std::int64_t>& index) {
  std::int64_t position = map.offset;
  for (std::size_t k = 0; k < index.size(); ++k) position += map.strides[static_cast<int>(k)] * index[k];
  return position;
}

template <class F>
void for_each_index(const Dims& extents, F&& f) {
  std::vector<std::int64_t> index(static_cast<std::size_t>(extents.size()), 0);
  for (;;) {
    f(index);
    int k = extents.size() - 1;
    while (k >= 0 && ++index[static_cast<std::size_t>(k)] == extents[k]) index[static_cast<std::size_t>(k--)] = 0;
    if (k < 0) return;
  }
}

// The position that two maps lead to, one after the other, straight from the definition.
std::int64_t through(const Map& outer, const Shape& shape, const Map& inner, const std::vector<std::int64_t>& index) {
  std::int64_t rest = at(outer, index);
  std::vector<std::int64_t> middle(static_cast<std::size_t>(shape.ndim()));
  for (int k = shape.ndim() - 1; k >= 0; --k) {
    middle[static_cast<std::size_t>(k)] = rest % shape[k];
    rest /= shape[k];
  }
  return at(inner, middle);
}

TEST(Compose, FollowsASliceOfATranspose) {
  const Shape shape{4, 6};  // of the transpose of a (6, 4) array
  const Map transpose{0, {1, 4}};
  const Map slice{8, {6, 2}};  // rows 1 and 2, columns 2, 4
  Map result;
  ASSERT_TRUE(compose(Dims{2, 2}, slice, shape, transpose, result));
  for_each_index(Dims{2, 2}, [&](const auto& i) { EXPECT_EQ(at(result, i), through(slice, shape, transpose, i)); });
}

TEST(Compose, RefusesTheFlatteningOfATransposeAndFindsTheSplitThatHelps) {
  const Shape shape{4, 6};
  const Map transpose{0, {1, 4}}, flat{0, {1}};
  Map result;
  EXPECT_FALSE(compose(Dims{24}, flat, shape, transpose, result));
  int axis = -1;
  std::int64_t extent = 0;
  ASSERT_TRUE(find_split(Dims{24}, flat, shape, transpose, axis, extent));
  EXPECT_EQ(axis, 0);
  EXPECT_EQ(extent, 6);
  EXPECT_TRUE(compose(Dims{4, 6}, {0, {6, 1}}, shape, transpose, result));
}

TEST(Compose, AgreesWithTheDefinitionOnRandomMaps) {
  std::mt19937 random(20261122);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  int composed = 0;
  for (int round = 0; round < 5000; ++round) {
    Shape shape;
    Map inner{pick(0, 5), {}};
    for (int k = pick(1, 3); k > 0; --k) {
      shape.push_back(pick(1, 5));
      inner.strides.push_back(pick(-7, 7));
    }
    Dims extents;
    Map outer;
    std::int64_t low = 0, high = 0;
    for (int k = pick(1, 3); k > 0; --k) {
      extents.push_back(pick(1, 4));
      outer.strides.push_back(pick(-6, 6));
      const std::int64_t reach = outer.strides.back() * (extents.back() - 1);
      (reach < 0 ? low : high) += reach;
    }
    if (high - low >= shape.numel()) continue;
    outer.offset = -low + pick(0, static_cast<int>(shape.numel() - 1 - (high - low)));
    Map result;
    if (!compose(extents, outer, shape, inner, result)) continue;
    ++composed;
    for_each_index(extents, [&](const auto& i) {
      ASSERT_EQ(at(result, i), through(outer, shape, inner, i)) << "round " << round;
    });
  }
  EXPECT_GT(composed, 500);
}

TEST(Compose, IdentityIgnoresAxesOfExtentOne) {
  EXPECT_TRUE(is_identity(Dims{2, 1, 3}, {0, {3, 99, 1}}));
  EXPECT_FALSE(is_identity(Dims{2, 3}, {1, {3, 1}}));
  EXPECT_FALSE(is_identity(Dims{2, 3}, {0, {1, 2}}));
}

TEST(Compose, InjectiveMeansThatNoElementIsReachedTwice) {
  std::mt19937 random(7);
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  for (int round = 0; round < 2000; ++round) {
    Dims extents;
    Map map;
    for (int k = pick(1, 3); k > 0; --k) {
      extents.push_back(pick(1, 4));
      map.strides.push_back(pick(-9, 9));
    }
    std::set<std::int64_t> seen;
    std::size_t count = 0;
    for_each_index(extents, [&](const auto& i) {
      seen.insert(at(map, i));
      ++count;
    });
    if (is_injective(extents, map)) {  // it may say no where it need not
      EXPECT_EQ(seen.size(), count) << "round " << round;
    }
  }
  EXPECT_TRUE(is_injective(Dims{3, 4}, {0, {1, 3}}));
  EXPECT_FALSE(is_injective(Dims{3, 4}, {0, {0, 1}}));
}

}  // namespace
}  // namespace ingot::graph
