// Sizes past 2^31, labelled long: they take 2 GiB and more of memory.
#include <sys/sysinfo.h>

#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

constexpr std::int64_t kCount = (std::int64_t{1} << 31) + 8;

class LongSizes : public ::testing::Test {
 protected:
  void SetUp() override {
    struct sysinfo system;
    if (sysinfo(&system) != 0 || system.freeram * system.mem_unit < (std::uint64_t{6} << 30)) {
      GTEST_SKIP() << "needs 6 GiB of free memory";
    }
  }
};

TEST_F(LongSizes, AreAddressedIn64Bits) {
  // A period of 251, which no power of two divides, so that a wrapped index shows.
  const Array x = astype(arange(kCount) % 251, DType::UInt8).eval();
  EXPECT_EQ(x.size(), kCount);
  EXPECT_EQ(x(kCount - 1).item<std::int64_t>(), (kCount - 1) % 251);
  EXPECT_EQ(
      x(Slice(-4, none)).to_vector<std::int64_t>(),
      (std::vector<std::int64_t>{(kCount - 4) % 251, (kCount - 3) % 251, (kCount - 2) % 251, (kCount - 1) % 251}));
  const std::int64_t cycles = kCount / 251, rest = kCount % 251;
  EXPECT_EQ(sum(x).item<std::int64_t>(), cycles * (250 * 251 / 2) + rest * (rest - 1) / 2);
  EXPECT_EQ(max(x).item<int>(), 250);

  const Array y = (x + 3).eval();
  EXPECT_EQ(y(kCount - 2).item<std::int64_t>(), (kCount - 2) % 251 + 3);
  const Array backwards = flip(y)(Slice(0, 3));
  EXPECT_EQ(backwards(0).item<std::int64_t>(), (kCount - 1) % 251 + 3);
}

TEST_F(LongSizes, AreReducedAlongEitherAxis) {
  const Array x = reshape(astype(arange(kCount) % 7, DType::Int8), {8, kCount / 8});
  const Array rows = sum(x, 1), columns = sum(x, 0);
  EXPECT_EQ(sum(rows).item<std::int64_t>(), sum(columns).item<std::int64_t>());
  EXPECT_EQ(columns.shape(), (Shape{kCount / 8}));
}

}  // namespace
}  // namespace ingot::tests
