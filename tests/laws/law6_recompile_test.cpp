// Law 6: no recompile for a value.
#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

class Law6 : public ::testing::Test {
 protected:
  void SetUp() override {
    const Stats s = measured([] { (array(sample(64)) * 0.3 - 11.0).eval(); });
    if (s.interpreted == s.launches) GTEST_SKIP() << "no compiler in this build";
  }
  WithBackend backend_{Backend::Llvm};
};

// Compiled now, or found in the caches.
std::int64_t made(const Stats& s) { return s.compiles; }

TEST_F(Law6, CompilesOneKernelForThreeSizes) {
  const Stats s = measured([] {
    for (const std::int64_t size : {100'000, 200'000, 300'000}) {
      random::Generator g(1);
      const Array a = g.uniform({size}), y = sqrt(a) + sin(a);
      eval({mean(y), stddev(y), max(y)});
    }
  });
  EXPECT_EQ(s.launches, 3);
  EXPECT_EQ(s.interpreted, 0);
  EXPECT_LE(made(s), 1);
}

TEST_F(Law6, CompilesOneKernelForManyScalars) {
  const Array x = array(sample(1000));
  const Stats s = measured([&] {
    for (int i = 1; i <= 20; ++i) (x * (0.1 * i) + static_cast<double>(i)).eval();
  });
  EXPECT_EQ(s.launches, 20);
  EXPECT_LE(made(s), 1);
}

TEST_F(Law6, CompilesOneKernelForManyShapesAndOffsets) {
  const Array x = array(sample(4096));
  const Stats s = measured([&] {
    for (std::int64_t n = 100; n < 120; ++n) (exp(x(Slice(n, 10 * n))) * x(Slice(n + 1, 10 * n + 1))).eval();
  });
  EXPECT_EQ(s.launches, 20);
  EXPECT_LE(made(s), 2);
}

}  // namespace
}  // namespace ingot::tests
