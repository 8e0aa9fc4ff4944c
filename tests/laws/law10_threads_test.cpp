// Law 10: arrays may be shared and evaluated from any thread.
#include <atomic>
#include <thread>

#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

template <class F>
void in_threads(int count, F&& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
}

TEST(Law10, ComputesSharedWorkOnce) {
  const Array x = array(sample(200'000)), y = sqrt(x) + sin(x);
  const Stats s = measured([&] { in_threads(6, [&](int) { y.eval(); }); });
  EXPECT_EQ(s.launches, 1);
}

TEST(Law10, EvaluatesFromManyThreads) {
  const Array x = array(sample(10'000));
  const double expected = sum(sqrt(x) * 2.0).item<double>();
  std::atomic<int> wrong{0};
  in_threads(6, [&](int) {
    for (int i = 0; i < 50; ++i) wrong += sum(sqrt(x) * 2.0).item<double>() != expected;
  });
  EXPECT_EQ(wrong, 0);
}

TEST(Law10, RecordsFromManyThreads) {
  const Array x = array(sample(1000));
  std::atomic<int> wrong{0};
  in_threads(6, [&](int thread) {
    Array y = x;
    for (int i = 0; i < 300; ++i) y = y + static_cast<double>(thread);
    const Array expected = x + 300.0 * thread;
    wrong += max(abs(y - expected)).item<double>() > 1e-9;
  });
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace ingot::tests
