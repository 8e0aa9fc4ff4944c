// What shares a kernel: plans of recorded expressions, not run.
#include <gtest/gtest.h>

#include "host/plan/fuse.h"
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

int count(const Launch& launch, Op op) {
  int n = 0;
  for (const ir::Region* region : {&launch.kernel.body, &launch.kernel.epilogue})
    for (const ir::Instr& instr : region->code) n += instr.code == ir::Code::Apply && instr.op == op;
  return n;
}

TEST(Fuse, MakesOneKernelOfAChain) {
  const Array x = input({100});
  const Plan plan = plan_of({sqrt(x) + sin(x) * 2.0 - abs(x)});
  ASSERT_EQ(plan.launches.size(), 1u);
  EXPECT_EQ(plan.launches[0].kernel.body.inputs.size(), 1u);
  EXPECT_EQ(plan.launches[0].kernel.body.stores.size(), 1u);
}

TEST(Fuse, PutsProducersIntoAReductionOverAnyAxes) {
  const Array x = input({6, 7, 8});
  for (const std::vector<int>& axes : {std::vector<int>{0}, {1}, {2}, {0, 2}, {0, 1, 2}}) {
    Array y = sqrt(x) + 1.0;
    for (int k = static_cast<int>(axes.size()); k-- > 0;) y = axes.size() == 1 ? sum(y, axes[0]) : y;
    if (axes.size() == 2) y = sum(y, {0, 2});
    if (axes.size() == 3) y = sum(y);
    const Plan plan = plan_of({y});
    ASSERT_EQ(plan.launches.size(), 1u);
    EXPECT_TRUE(plan.launches[0].kernel.body.stores.empty());
  }
}

TEST(Fuse, GivesSiblingReductionsOnePass) {
  const Array x = input({1000});
  const Array y = sqrt(x) + sin(x);
  const Plan plan = plan_of({mean(y), stddev(y), max(y)});
  ASSERT_EQ(plan.launches.size(), 1u);
  EXPECT_EQ(plan.launches[0].kernel.reductions.size(), 3u);
  EXPECT_EQ(count(plan.launches[0], Op::sin), 1);
  EXPECT_EQ(plan.launches[0].kernel.epilogue.stores.size(), 3u);
}

TEST(Fuse, ComputesWhatFollowsAReductionInItsEpilogue) {
  const Array x = input({50, 60});
  const Plan plan = plan_of({x - mean(x, 0)});
  ASSERT_EQ(plan.launches.size(), 2u);
  EXPECT_EQ(count(plan.launches[0], Op::divide), 1);
  EXPECT_EQ(count(plan.launches[1], Op::divide), 0);
}

TEST(Fuse, StoresAndReducesOneValueInOneKernel) {
  const Array x = input({64, 64});
  const Array y = exp(x);
  const Plan plan = plan_of({y, sum(y, 1)});
  ASSERT_EQ(plan.launches.size(), 1u);
  EXPECT_EQ(plan.launches[0].kernel.body.stores.size(), 1u);
}

TEST(Fuse, StoresHeavyWorkThatTwoKernelsNeed) {
  const Array x = input({64, 64});
  const Array y = exp(x);
  const Plan plan = plan_of({y - max(y, 1, true)});
  ASSERT_EQ(plan.launches.size(), 2u);
  EXPECT_EQ(count(plan.launches[0], Op::exp) + count(plan.launches[1], Op::exp), 1);
}

TEST(Fuse, RepeatsLightWorkRatherThanStoreIt) {
  const Array x = input({64, 64});
  const Array y = x + 1.0;
  const Plan plan = plan_of({y - max(y, 1, true)});
  ASSERT_EQ(plan.launches.size(), 2u);
  EXPECT_EQ(count(plan.launches[0], Op::add) + count(plan.launches[1], Op::add), 2);
  EXPECT_EQ(plan.values.size(), 2u);
}

TEST(Fuse, NeverRepeatsHeavyWorkThroughABroadcast) {
  const Array x = input({1000}), y = input({500, 1000});
  const Plan plan = plan_of({y * exp(x)});
  ASSERT_EQ(plan.launches.size(), 2u);
  EXPECT_EQ(count(plan.launches[0], Op::exp), 1);
  EXPECT_EQ(plan.launches[0].extents, (Dims{1000}));
}

TEST(Fuse, KeepsDependentReductionsOfOneSpaceApart) {
  const Array x = input({1000});
  const Plan plan = plan_of({mean(square(x - mean(x)))});
  ASSERT_EQ(plan.launches.size(), 2u);
  EXPECT_EQ(plan.launches[0].kernel.reductions.size(), 1u);
}

TEST(Fuse, GivesReductionsOverOtherAxesTheirOwnKernel) {
  const Array x = input({30, 40});
  EXPECT_EQ(plan_of({sum(x, 0), sum(x, 1)}).launches.size(), 2u);
}

TEST(Fuse, LeavesUnrelatedWorkApart) {
  const Array x = input({100}), y = input({100});
  EXPECT_EQ(plan_of({x + 1.0, y + 1.0}).launches.size(), 2u);
}

TEST(Fuse, FollowsViewsIntoTheKernel) {
  const Array x = input({40, 60});
  const Plan plan = plan_of({(x + 1.0).T()(Slice(none, none, -2)) * reshape(x, Shape{60, 40})(Slice(0, 30))});
  ASSERT_EQ(plan.launches.size(), 1u);
  EXPECT_EQ(plan.values.size(), 1u);
}

TEST(Fuse, CopiesAViewThatNoStridesCanFollow) {
  const Array x = input({4, 6});
  const Plan plan = plan_of({reshape(x.T(), Shape{8, 3})(Slice(none, none), 1) + 1.0});
  EXPECT_EQ(plan.launches.size(), 2u);
}

TEST(Fuse, SplitsAChainTooLongForOneKernel) {
  Array x = input({10});
  const auto depth = kMaxKernelOps * 3 / 2;
  for (int i = 0; i < depth; ++i) x = (i % 2 == 0) ? x + 1.0 : sqrt(x);
  const Plan plan = plan_of({x});
  ASSERT_EQ(plan.launches.size(), 2u);
  for (const Launch& launch : plan.launches) EXPECT_LE(launch.kernel.body.code.size(), kMaxKernelOps + 8u);
}

TEST(Collapse, MergesWhatIsEvenlySpaced) {
  const Array x = input({6, 7, 8});
  EXPECT_EQ(plan_of({x + 1.0}).launches[0].extents, (Dims{336}));
  EXPECT_EQ(plan_of({sum(x, 0)}).launches[0].extents, (Dims{6, 56}));
  EXPECT_EQ(plan_of({x + input({8})}).launches[0].extents, (Dims{42, 8}));
}

TEST(Plan, PutsCallsAmongLaunches) {
  const Array x = input({30, 40});
  const Array y = exp(x);
  const Plan plan = plan_of({sum(sort(y * 2.0), 1) + max(y, 1)});
  ASSERT_EQ(plan.calls.size(), 1u);
  ASSERT_EQ(plan.steps.size(), plan.launches.size() + 1);
  std::size_t call = 0;
  while (!plan.steps[call].is_call) ++call;
  EXPECT_GT(call, 0u);
  EXPECT_LT(call, plan.steps.size() - 1);
  int temporaries = 0;
  for (const Value& value : plan.values) {
    if (value.item == plan.calls[0].inputs[0].item) {
      EXPECT_EQ(value.last_use, static_cast<int>(call));
    } else if (value.item == plan.calls[0].item) {
      EXPECT_GT(value.last_use, static_cast<int>(call));
    }
    temporaries += value.root ? 0 : 1;
  }
  EXPECT_GE(temporaries, 2);
}

TEST(Plan, ReadsViewsThroughCallsThatTakeStrides) {
  const Array x = input({30, 40}), y = input({60, 50});
  const Plan plan = plan_of({matmul(x.T()(Slice(none, none, -1)), y(Slice(none, none, 2)))});
  EXPECT_EQ(plan.launches.size(), 0u);
  ASSERT_EQ(plan.calls.size(), 1u);
  EXPECT_EQ(plan.calls[0].inputs[0].map, (graph::Map{39, {-1, 40}}));
  EXPECT_EQ(plan.calls[0].inputs[1].map, (graph::Map{0, {100, 1}}));
}

TEST(Plan, ReadsViewsOfWhatIsComputedBeforeACall) {
  const Array x = input({30, 40});
  const Plan plan = plan_of({matmul((x + 1.0).T(), broadcast_to(input({5}), {30, 5}))});
  ASSERT_EQ(plan.launches.size(), 1u);
  EXPECT_EQ(plan.launches[0].extents, (Dims{1200})) << "stored in the order in which it is computed";
  ASSERT_EQ(plan.calls.size(), 1u);
  EXPECT_EQ(plan.calls[0].inputs[0].map, (graph::Map{0, {1, 40}}));
  EXPECT_EQ(plan.calls[0].inputs[1].map, (graph::Map{0, {0, 1}}));
}

TEST(Plan, StoresAViewThatNoStridesFollowBeforeACall) {
  const Array x = input({30, 40});
  const Plan plan = plan_of({matmul(reshape(x.T(), {30, 40}), x.T())});
  EXPECT_EQ(plan.launches.size(), 1u);
  ASSERT_EQ(plan.calls.size(), 1u);
  EXPECT_EQ(plan.calls[0].inputs[1].map, (graph::Map{0, {1, 40}}));
}

TEST(Plan, ReadsPiecesOfStoredArraysForCallsWhereTheyLie) {
  const Array x = input({30, 40});
  for (const Array& piece : {x, reshape(x, {1200}), x(Slice(5, 20)), x(7), expand_dims(x(3, Slice(1, 9)), 0)}) {
    const Plan plan = plan_of({sort(piece)});
    EXPECT_EQ(plan.launches.size(), 0u);
    EXPECT_EQ(plan.calls.size(), 1u);
  }
  for (const Array& other : {x.T(), x(Slice(), Slice(1, 9)), flip(x), broadcast_to(x(0), {3, 40}), x * 2.0})
    EXPECT_EQ(plan_of({sort(other)}).launches.size(), 1u);
}

TEST(Plan, TellsCallsApartByRoutineAndParameters) {
  const Array x = input({30});
  const Array ways[] = {sort(x), sort(x, 0, true), argsort(x), sort(input({30}))};
  Outline outlines[4];
  for (int k = 0; k < 4; ++k) {
    graph::Node* const node = ways[k].node();
    outline({&node, 1}, outlines[k]);
  }
  EXPECT_NE(outlines[0].key, outlines[1].key);
  EXPECT_NE(outlines[0].key, outlines[2].key);
  EXPECT_EQ(outlines[0].key, outlines[3].key);
}

TEST(Plan, DependsOnStructureOnly) {
  const Array x = input({100}), y = input({100});
  const Array first = x * 2.0 + 3.0, second = y * 5.0 + 7.0, third = x * 2.0 + 2.0;
  graph::Node* const nodes[] = {first.node(), second.node(), third.node()};
  Outline outlines[3];
  for (int k = 0; k < 3; ++k) outline({nodes + k, 1}, outlines[k]);
  EXPECT_EQ(outlines[0].key, outlines[1].key);
  EXPECT_NE(outlines[0].key, outlines[2].key);
}

// Elements that the bodies of a plan's kernels run over.
std::int64_t elements(const Plan& plan) {
  std::int64_t n = 0;
  for (const Launch& launch : plan.launches) {
    std::int64_t space = 1;
    for (const std::int64_t extent : launch.extents) space *= extent;
    n += space;
  }
  return n;
}

TEST(Narrow, ReducesWhatIsReducedAlreadyWhereOrderCannotShow) {
  const Array x = input({100, 50});
  EXPECT_EQ(elements(plan_of({max(x, 1), max(x)})), 5000 + 100);
  EXPECT_EQ(elements(plan_of({max(x, 0), max(x)})), 5000 + 50);
  EXPECT_EQ(elements(plan_of({count_nonzero(x, 0), count_nonzero(x)})), 5000 + 50);
  EXPECT_EQ(elements(plan_of({sum(x, 1), sum(x)})), 2 * 5000);
  EXPECT_EQ(elements(plan_of({argmax(x, 1), argmax(x)})), 2 * 5000);
  EXPECT_EQ(elements(plan_of({max(x, 1), min(x)})), 2 * 5000);
}

TEST(Narrow, LeavesWhatSharesAPassAlone) {
  const Array x = input({100, 50});
  const Plan plan = plan_of({max(x, 1), max(x), sum(x)});
  EXPECT_EQ(plan.launches.size(), 2u);
  EXPECT_EQ(elements(plan), 2 * 5000);
}

}  // namespace
}  // namespace ingot::plan
