#include "host/exec/prepare.h"

#include <gtest/gtest.h>

#include "host/base/cache.h"
#include "host/plan/lower.h"
#include "ingot/ingot.hpp"

namespace ingot::exec {
namespace {

std::unique_ptr<Prepared> prepared(const Array& x) {
  graph::Node* const roots[] = {x.node()};
  const plan::Snapshot snapshot = plan::snapshot(roots);
  return prepare(snapshot, plan::lower(snapshot));
}

Array stored(const Shape& shape) {
  const std::vector<double> values(static_cast<std::size_t>(shape.numel()), 0.5);
  return array(std::span<const double>(values), shape);
}

// What fits a core's second-level cache is not fetched ahead: the lines behind it may be another core's.
TEST(Prepare, FetchesAheadWhatDoesNotFitTheCache) {
  const std::int64_t fits = second_level_cache() / std::int64_t{sizeof(double)};
  EXPECT_EQ(prepared(sum(stored({fits})))->launches[0].body.ahead, 0);
  EXPECT_GT(prepared(sum(stored({fits + 1})))->launches[0].body.ahead, 0);
  EXPECT_GT(prepared(stored({fits}) + stored({2, 1}))->launches[0].body.ahead, 0);
  EXPECT_EQ(prepared(stored({fits}) * 2.0)->launches[0].body.ahead, 0);
}

// In a row region what a step before it has read lies in the cache.
TEST(Prepare, FetchesAheadOnceInARowRegion) {
  const Array x = stored({4096, second_level_cache() / 4096});
  const std::unique_ptr<Prepared> p = prepared(softmax(x));
  ASSERT_EQ(p->regions.size(), 1U);
  ASSERT_EQ(p->launches.size(), 3U);
  EXPECT_GT(p->launches[0].body.ahead, 0);
  EXPECT_EQ(p->launches[1].body.ahead, 0);
  EXPECT_EQ(p->launches[2].body.ahead, 0);
}

}  // namespace
}  // namespace ingot::exec
