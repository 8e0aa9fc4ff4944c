// Law 8: after any error the library is usable.
#include "host/base/log.h"
#include "host/device/host_memory.h"
#include "host/jit/kernels.h"
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

// Wherever memory runs out, nothing of what was begun stays.
TEST(Law8, KeepsNoMemoryOfProductsThatFailed) {
  const Array a = reshape(array(sample(300 * 64)), {300, 64}), b = reshape(array(sample(64 * 200)), {64, 200});
  const Array y = matmul(maximum(matmul(a, b), 0.0), b.T());
  const std::int64_t before = device::bytes_in_use();
  int failed = 0;
  for (std::int64_t bytes = 0; bytes < 600'000; bytes += 20'000) {
    const MemoryLimit limit(bytes);
    try {
      (y * 1.0).eval();
    } catch (const MemoryError&) {
      ++failed;
    }
    EXPECT_EQ(device::bytes_in_use(), before) << "with room for " << bytes;
  }
  EXPECT_GT(failed, 10);
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

// An error in values, in the middle of a plan: all that it is made of can still be computed, by itself and together.
TEST(Law8, LosesNothingToAnErrorInValues) {
  const Array x = array(sample(50'000)) * 2.0, at = astype(arange(50'000), DType::Int32);
  const Array before = sqrt(x), wrong = take(before, where(at == 40'000, 50'000, at)), after = wrong + 1.0,
              other = sum(x);
  for (int again = 0; again < 3; ++again) {
    EXPECT_THROW(eval({after, before, other}), IndexError);
    EXPECT_THROW(after.item<double>(), ValueError);
    EXPECT_THROW(wrong.eval(), IndexError);
  }
  EXPECT_EQ(other.item<double>(), sum(array(sample(50'000)) * 2.0).item<double>());
  EXPECT_TRUE(all(take(before, at) == before).item<bool>());
}

// Ends the process with 0 if three expressions, the first of which ends LLVM, are interpreted and right.
[[noreturn]] void evaluate_with_a_fatal_error() {
  config().cache_dir = "/dev/null";
  config().log = static_cast<int>(Log::Warn);
  const std::vector<double> values = sample(100'000);
  const auto results = [&] {
    const Array x = array(values);
    return std::vector<double>{sum(sqrt(x) + sin(x)).item<double>(), max(x * x - 3.0).item<double>(),
                               mean(exp(-x)).item<double>()};
  };
  std::vector<double> expected, got;
  {
    const WithBackend interpreter(Backend::Interpreter);
    expected = results();
  }
  const WithBackend llvm(Backend::Llvm);
  jit::compiler()->fail_next();
  const Stats done = measured([&] { got = results(); });
  std::exit(got == expected && done.interpreted == done.launches && done.compiles == 0 ? 0 : 1);
}

TEST(Law8DeathTest, InterpretsAfterAFatalErrorOfLlvm) {
  std::string reason;
  if (jit::compiler(&reason) == nullptr) GTEST_SKIP() << reason;
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(evaluate_with_a_fatal_error(), testing::ExitedWithCode(0),
              "fatal error: one that a test asked for(.|\n)*LLVM is not used again after a fatal error");
}

}  // namespace
}  // namespace ingot::tests
