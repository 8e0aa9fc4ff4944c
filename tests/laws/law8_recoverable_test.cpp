// Law 8: after any error the library is usable.
#include "host/device/host_memory.h"
#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

class MemoryLimit {
 public:
  explicit MemoryLimit(std::int64_t bytes) { device::set_limit(device::bytes_in_use() + bytes); }
  ~MemoryLimit() { device::set_limit(-1); }
};

TEST(Law8, NamesTheArrayThatDoesNotFit) {
  const Array x = array(sample(1'000'000)), y = x + 1.0;
  {
    const MemoryLimit limit(1 << 20);
    const std::string text = message<MemoryError>([&] { y.eval(); });
    EXPECT_NE(text.find("8000000"), std::string::npos) << text;
    EXPECT_NE(text.find("(1000000,)"), std::string::npos) << text;
    EXPECT_EQ(sum(y).item<double>(), sum(x + 1.0).item<double>());
  }
  EXPECT_EQ(y(0).item<double>(), 1.0);
}

TEST(Law8, StaysUsableAfterEveryKindOfError) {
  const Array x = array({1.0, 2.0, 3.0});
  EXPECT_THROW(x + zeros({2}), ShapeError);
  EXPECT_THROW(~x, TypeError);
  EXPECT_THROW(x(5), IndexError);
  EXPECT_THROW(reshape(x, {2, 2}), ShapeError);
  EXPECT_THROW(x(Slice(none, none, 0)), ValueError);
  EXPECT_THROW(zeros({-1}), ValueError);
  EXPECT_THROW(zeros({std::int64_t{1} << 40, std::int64_t{1} << 40}), ValueError);
  EXPECT_THROW(permute_dims(x, {0, 0}), Error);
  EXPECT_THROW(load_npy("/nonexistent.npy"), IOError);
  EXPECT_EQ(sum(x).item<double>(), 6.0);
}

}  // namespace
}  // namespace ingot::tests
