// Law 7: bounded memory, and no deep recursion.
#include "host/exec/evaluate.h"
#include "host/graph/intern.h"
#include "tests/laws/deep.h"
#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

TEST(Law7, LoopsForeverInConstantMemory) {
  on_a_small_stack([] {
    // By then the loop's kernel has been compiled, and the compiler loaded for it, in the background.
    constexpr int kRounds = 1'000'000, kWarmUp = 300'000;
    Array x = zeros({1000}).eval();
    for (int i = 0; i < kWarmUp; ++i) x = x + 1;
    const std::int64_t before = resident_bytes();
    const Stats s = measured([&] {
      for (int i = kWarmUp; i < kRounds; ++i) x = x + 1;
      x.eval();
    });
    EXPECT_LT(resident_bytes() - before, 16 << 20);
    EXPECT_LT(s.peak_bytes, 1 << 20);
    EXPECT_LT(s.compiles, 8);
    EXPECT_EQ(x(17).item<double>(), kRounds);
    EXPECT_LT(graph::pending_nodes(), 1 << 17);
  });
}

// What has been evaluated is no depth of what is recorded on it, where the values are another node's too.
TEST(Law7, CountsNoStepsBeforeAnEvaluation) {
  Array z = astype(array(sample(100)), DType::Complex128);
  for (int i = 0; i < 10; ++i) {
    z = take(z + 1.0, arange(100));
    z.eval();
  }
  EXPECT_LE(real(z).node()->depth, 2U);
}

TEST(Law7, BuildsAndDestroysADeepChain) {
  on_a_small_stack([] {
    const Unbounded unbounded;
    constexpr int kDepth = 1'000'000;
    Array x = zeros({10}).eval();
    const std::int64_t pending = graph::pending_nodes();
    for (int i = 0; i < kDepth; ++i) x = x + 1;
    // zeros({10}) is a pending view, which the first addition replaces.
    EXPECT_GE(graph::pending_nodes() - pending, kDepth - 1);
    x = Array(0.0);
    EXPECT_LE(graph::pending_nodes(), pending + 1);
  });
}

void plan_and_evaluate(int depth) {
  on_a_small_stack([depth] {
    const Unbounded unbounded;
    Array x = ones({10}).eval();
    for (int i = 0; i < depth; ++i) x = x + 1;
    EXPECT_EQ(x(3).item<double>(), depth + 1);
  });
}

TEST(Law7, PlansAndEvaluatesADeepChain) { plan_and_evaluate(100'000); }
TEST(LongLaw7, PlansAndEvaluatesAMillionNodes) { plan_and_evaluate(1'000'000); }

TEST(Law7, SharesWhatDoublesWithoutWalkingEveryPath) {
  // 2^60 paths, 60 nodes.
  Array x = array({1.0, 2.0});
  for (int i = 0; i < 60; ++i) x = x + x;
  EXPECT_EQ(x(0).item<double>(), 0x1p60);
}

TEST(Law7, FreesResultsWithTheirLastHandle) {
  const Stats s = measured([] {
    for (int i = 0; i < 50; ++i) {
      const Array x = zeros({250'000}) + static_cast<double>(i);
      EXPECT_EQ(max(x.eval()).item<double>(), i);
    }
  });
  EXPECT_LT(s.peak_bytes, 3 * 2'000'000 + (1 << 20));
}

TEST(Law7, NeedsNoMemoryForGenerators) {
  const std::int64_t count = std::int64_t{1} << 33;
  const Array x = full({count}, 3, DType::Int8);
  EXPECT_EQ(x.size(), count);
  const Array few = x(Slice(none, none, count / 4));
  const Stats s = measured([&] { EXPECT_EQ(sum(few).item<std::int64_t>(), 12); });
  EXPECT_LT(s.peak_bytes, 1 << 20);
}

}  // namespace
}  // namespace ingot::tests
