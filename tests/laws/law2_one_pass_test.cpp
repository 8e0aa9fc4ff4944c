// Law 2: one pass over memory for a chain and the reductions that consume it.
#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

constexpr std::int64_t kCount = 300'000;
constexpr std::int64_t kMostWritten = 64 * 1024;

class Law2 : public ::testing::TestWithParam<Backend> {
 protected:
  WithBackend backend_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Backends, Law2, ::testing::Values(Backend::Interpreter, Backend::Automatic),
                         [](const auto& info) {
                           return info.param == Backend::Interpreter ? std::string("interp") : std::string("automatic");
                         });

TEST_P(Law2, ReadsASummedChainOnce) {
  const Array x = array(sample(kCount)), total = sum(sqrt(x) + sin(x));
  const Stats s = measured([&] { total.eval(); });
  EXPECT_EQ(s.launches, 1);
  EXPECT_EQ(s.bytes_read, 8 * kCount);
  EXPECT_LE(s.bytes_written, kMostWritten);
}

TEST_P(Law2, WritesAChainOnce) {
  const Array x = array(sample(kCount)), y = sqrt(x) + sin(x) * 2.0;
  const Stats s = measured([&] { y.eval(); });
  EXPECT_EQ(s.launches, 1);
  EXPECT_EQ(s.bytes_read, 8 * kCount);
  EXPECT_EQ(s.bytes_written, 8 * kCount);
}

TEST_P(Law2, SharesThePassOfSiblingReductions) {
  const Array x = array(sample(kCount)), y = sqrt(x) + sin(x);
  const Array average = mean(y), spread = stddev(y), largest = max(y);
  const Stats s = measured([&] { eval({average, spread, largest}); });
  EXPECT_EQ(s.launches, 1);
  EXPECT_EQ(s.bytes_read, 8 * kCount);
  EXPECT_LE(s.bytes_written, kMostWritten);
}

TEST_P(Law2, GeneratesWithoutMemory) {
  // W2 of the workloads.
  random::Generator g(1);
  Array a = g.uniform({kCount});
  for (int round = 0; round < 10; ++round) a = sqrt(a) + sin(a);
  const Array average = mean(a);
  const Stats s = measured([&] { average.eval(); });
  EXPECT_EQ(s.launches, 1);
  EXPECT_EQ(s.bytes_read, 0);
  EXPECT_LE(s.bytes_written, kMostWritten);
  EXPECT_LE(s.peak_bytes, 1 << 20);
}

TEST_P(Law2, FusesViewsAndBroadcasts) {
  const Array x = reshape(array(sample(kCount)), {300, 1000}), row = array(sample(1000));
  const Array y = sum((x.T() * 2.0)(Slice(none, none, -1)) + expand_dims(row, 1));
  const Stats s = measured([&] { y.eval(); });
  EXPECT_EQ(s.launches, 1);
  EXPECT_LE(s.bytes_written, kMostWritten);
}

TEST_P(Law2, DoesNotReturnToTheHostAfterAReduction) {
  const Array x = array(sample(kCount)), scaled = (x - mean(x)) / stddev(x);
  const Stats s = measured([&] { scaled.eval(); });
  EXPECT_LE(s.launches, 2);
  EXPECT_LE(s.bytes_read, 2 * 8 * kCount + kMostWritten);
  EXPECT_LE(s.bytes_written, 8 * kCount + kMostWritten);
}

TEST_P(Law2, ReducesRowsAndColumnsInOnePassEach) {
  const Array x = reshape(array(sample(kCount)), {300, 1000});
  for (const std::int64_t axis : {0, 1}) {
    const Array y = sum(square(x), axis);
    const Stats s = measured([&] { y.eval(); });
    EXPECT_EQ(s.launches, 1) << "axis " << axis;
    EXPECT_EQ(s.bytes_read, 8 * kCount) << "axis " << axis;
  }
}

TEST_P(Law2, ReadsRowsOnceThatAReductionGoesBackTo) {
  if (config().device >= 0) GTEST_SKIP() << "a device runs the kernels over the same rows one after another";
  const Array x = reshape(array(sample(kCount)), {300, 1000}), scale = array(sample(1000));
  const Array results[] = {softmax(x), log_softmax(x), zscore(x), layer_norm(x, scale, scale),
                           (x - mean(x, -1, true)) / (1.0 + stddev(x, -1, true))};
  for (const Array& y : results) {
    const Stats s = measured([&] { y.eval(); });
    EXPECT_GE(s.bytes_read, 8 * kCount);
    EXPECT_LE(s.bytes_read, 8 * kCount + 2 * scale.nbytes());
    EXPECT_EQ(s.bytes_written, 8 * kCount);
  }
}

TEST_P(Law2, ReadsRowsTwiceThatDoNotFitTheCache) {
  const Array x = reshape(array(sample(kCount)), {1, kCount});
  const Array results[] = {softmax(x), log_softmax(x), zscore(x),
                           (x - mean(x, -1, true)) / (1.0 + stddev(x, -1, true))};
  for (const Array& y : results) {
    const Stats s = measured([&] { y.eval(); });
    EXPECT_LE(s.bytes_read, 2 * 8 * kCount + kMostWritten);
    EXPECT_LE(s.bytes_written, 8 * kCount + kMostWritten);
  }
}

TEST_P(Law2, MultipliesViewsWithoutCopies) {
  const Array x = reshape(array(sample(kCount)), {300, 1000}), y = reshape(array(sample(kCount)), {600, 500});
  const Array z = matmul(x.T(), y(Slice(none, none, 2)));
  const Stats s = measured([&] { z.eval(); });
  EXPECT_EQ(s.launches, 0);
  EXPECT_EQ(s.calls, 1);
  EXPECT_EQ(s.bytes_read, x.nbytes() + y.nbytes() / 2);
  EXPECT_EQ(s.bytes_written, z.nbytes());
}

TEST_P(Law2, ComputesWhatIsSharedOnce) {
  const Array x = array(sample(kCount)), heavy = sin(x), a = heavy + 1.0, b = heavy * 2.0;
  const Stats s = measured([&] { eval({a, b}); });
  EXPECT_EQ(s.launches, 1);
  EXPECT_EQ(s.bytes_read, 8 * kCount);
}

}  // namespace
}  // namespace ingot::tests
