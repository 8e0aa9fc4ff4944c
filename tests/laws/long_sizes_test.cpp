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

// design.md section 6: the error of a sum grows with the logarithm of the count.
TEST(LongSums, OfABillionFloat32OnesAreExact) {
  EXPECT_EQ(sum(ones({1'000'000'000}, DType::Float32)).item<float>(), 1e9F);
}

// Mean 1e8 and deviation 1: every value is mean - 1 or mean + 1, so that the variance is 1 - s^2 for an s that is
// known.
TEST(LongSums, VarianceFarFromZeroIsRightToTenDigits) {
  constexpr std::int64_t kValues = 100'000'000;
  const Array up = astype(arange(kValues) * 2654435761 % 65536 < 32768, DType::Float64);
  const double ups = sum(up).item<double>(), share = 2 * ups / static_cast<double>(kValues) - 1;
  const Array x = (up * 2.0 + (1e8 - 1.0)).eval();
  EXPECT_NEAR(var(x).item<double>(), 1 - share * share, 1e-10);
  EXPECT_NEAR(mean(x).item<double>(), 1e8 + share, 1e-7);
}

}  // namespace
}  // namespace ingot::tests
