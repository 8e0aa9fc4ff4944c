// Which launches form row regions, and where they meet their operands.
#include "host/plan/rows.h"

#include <gtest/gtest.h>

#include <set>

#include "host/plan/lower.h"
#include "ingot/ingot.hpp"

namespace ingot::plan {
namespace {

Plan plan_of(std::initializer_list<Array> arrays) {
  std::vector<graph::Node*> nodes;
  for (const Array& array : arrays) nodes.push_back(array.node());
  return lower(snapshot(nodes));
}

Array input(Shape shape) {
  const std::vector<double> values(static_cast<std::size_t>(shape.numel()), 0.5);
  return array(std::span<const double>(values), shape);
}

Array centred(const Array& x) { return x - mean(x, -1, true); }

const Launch& launch(const Plan& plan, int step) {
  return plan.launches[static_cast<std::size_t>(plan.steps[static_cast<std::size_t>(step)].number)];
}

// The launches of the first region write and read each row's own elements; residences of all its operands.
std::multiset<Residence> residences(const Plan& plan) {
  std::multiset<Residence> found;
  const RowRegion& region = plan.regions.at(0);
  for (int k = region.first; k < region.first + region.count; ++k) {
    for (const RegionBindings* bindings : {&launch(plan, k).body, &launch(plan, k).epilogue}) {
      for (const Binding& input : bindings->inputs) found.insert(input.residence);
      for (const Binding& output : bindings->outputs) found.insert(output.residence);
    }
  }
  return found;
}

TEST(RowRegions, HoldAReductionAndWhatFollowsOnItsRows) {
  const Plan plan = plan_of({centred(input({20, 30}))});
  ASSERT_EQ(plan.regions.size(), 1u);
  EXPECT_EQ(plan.regions[0].count, 2);
  EXPECT_EQ(plan.regions[0].rows, 20);
  EXPECT_EQ(plan.regions[0].row_bytes, 8 * (30 + 30 + 1));
  // x read, x again, the mean written and read, the result.
  EXPECT_EQ(residences(plan), (std::multiset<Residence>{Residence::Memory, Residence::Cache, Residence::Block,
                                                        Residence::Block, Residence::Memory}));
}

TEST(RowRegions, LeaveWhatIsAskedForInMemory) {
  const Array x = input({20, 30}), average = mean(x, -1);
  const Plan plan = plan_of({x - expand_dims(average, -1), average});
  ASSERT_EQ(plan.regions.size(), 1u);
  EXPECT_EQ(residences(plan), (std::multiset<Residence>{Residence::Memory, Residence::Cache, Residence::Memory,
                                                        Residence::Cache, Residence::Memory}));
}

TEST(RowRegions, AreOfTheLastAxesOnly) {
  const Array x = input({20, 30, 40});
  EXPECT_EQ(plan_of({x - mean(x, {1, 2}, true)}).regions.size(), 1u);
  EXPECT_EQ(plan_of({x - mean(x, 0, true)}).regions.size(), 0u);
  EXPECT_EQ(plan_of({x - mean(x, 1, true)}).regions.size(), 0u);
  EXPECT_EQ(plan_of({x - mean(x, {0, 2}, true)}).regions.size(), 0u);
}

TEST(RowRegions, KeepOutWhatReadsOtherRows) {
  const Array x = input({20, 30});
  const Array y = centred(x);
  // Sums of y's rows, by which other rows are divided.
  EXPECT_EQ(plan_of({y / flip(sum(exp(y), -1, true), 0)}).regions.at(0).count, 2);
  EXPECT_EQ(plan_of({y / sum(exp(y), -1, true)}).regions.at(0).count, 3);
}

TEST(RowRegions, TakeReadersOfRowsInAnyOrderWithinThem) {
  const Array x = input({20, 30});
  EXPECT_EQ(residences(plan_of({flip(x, 1) - max(x, -1, true)})).count(Residence::Cache), 1u);
}

TEST(RowRegions, AreApartWhereTheyShareNothing) {
  const Plan plan = plan_of({centred(input({20, 30})), centred(input({20, 30}) + 1.0)});
  ASSERT_EQ(plan.regions.size(), 2u);
  EXPECT_EQ(plan.regions[0].first, 0);
  EXPECT_EQ(plan.regions[0].count, 2);
  EXPECT_EQ(plan.regions[1].first, 2);
  EXPECT_EQ(plan.regions[1].count, 2);
}

TEST(RowRegions, EndWhereARoutineNeedsAllRows) {
  const Array x = input({20, 30});
  const Array y = centred(x);
  const Plan plan = plan_of({y - max(sort(y), -1, true)});
  ASSERT_EQ(plan.calls.size(), 1u);
  for (const RowRegion& region : plan.regions)
    for (int k = region.first; k < region.first + region.count; ++k)
      EXPECT_FALSE(plan.steps[static_cast<std::size_t>(k)].is_call);
}

TEST(RowRegions, HaveRowsThatFit) {
  const std::int64_t most = row_bytes_limit() / 8;
  const auto regions = [](std::int64_t n) {
    const Array x = broadcast_to(input({4, 1}), {4, n});  // as the plan sees it: one element a row
    const Array y = reshape(arange(4 * n), {4, n}) * 1.0;
    return plan_of({centred(x) + y}).regions.size();
  };
  EXPECT_EQ(regions(most - 100), 1u);
  EXPECT_EQ(regions(most + 100), 0u);
}

// Its blocks have 256 rows, for which a thread has a buffer.
TEST(RowRegions, HaveNarrowRowsWhereAProductSumsThem) {
  const auto ends_in_product = [](std::int64_t n) {
    const Array x = reshape(arange(8192 * n), {8192, n}) * 0.5, e = exp(x - max(x, -1, true));
    const Array sums = sum(e / sum(e, -1, true), -1, true);
    const Plan plan = plan_of({matmul(sums.T(), input({8192, 2}))});
    EXPECT_EQ(plan.regions.size(), 1u);
    return plan.regions[0].sums_rows;
  };
  const std::int64_t most = row_bytes_limit() / 16 / 8;
  EXPECT_TRUE(ends_in_product(most - 100));
  EXPECT_FALSE(ends_in_product(most + 100));
}

TEST(RowRegions, ComputeEveryInputBeforeItIsRead) {
  const Array x = input({20, 30}), z = input({40, 50});
  const Array a = softmax(x), b = softmax(z), c = sum(a) + sum(b);
  const Plan plan = plan_of({zscore(a), zscore(b), sort(b), c});
  std::set<int> computed;
  for (const Step& step : plan.steps) {
    if (step.is_call) {
      computed.insert(plan.calls[static_cast<std::size_t>(step.number)].item);
      continue;
    }
    const Launch& l = plan.launches[static_cast<std::size_t>(step.number)];
    std::set<int> own;
    for (const RegionBindings* bindings : {&l.body, &l.epilogue})
      for (const Binding& output : bindings->outputs) own.insert(output.item);
    for (const RegionBindings* bindings : {&l.body, &l.epilogue})
      for (const Binding& input : bindings->inputs) {
        bool made = false;
        for (const Launch& other : plan.launches)
          for (const RegionBindings* of : {&other.body, &other.epilogue})
            for (const Binding& output : of->outputs) made |= output.item == input.item;
        EXPECT_TRUE(!made || computed.count(input.item) == 1);
      }
    computed.insert(own.begin(), own.end());
  }
  EXPECT_EQ(plan.steps.size(), plan.launches.size() + plan.calls.size());
}

}  // namespace
}  // namespace ingot::plan
