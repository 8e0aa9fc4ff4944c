// Law 10: arrays may be shared and evaluated from any thread.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
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

// A child evaluates what would take a team of threads; while others evaluate as well.
TEST(Law10, EvaluatesInAChildAfterFork) {
  const Array x = array(sample(200'000));
  const double expected = sum(sin(x)).item<double>();
  std::atomic<bool> done{false};
  std::thread other([&] {
    for (int i = 0; !done; ++i) sum(sqrt(x) * static_cast<double>(i)).eval();
  });
  for (int round = 0; round < 5; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      _exit(sum(sin(x) * 1.0).item<double>() == expected ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  done = true;
  other.join();
}

// The kernel that the parent compiles in the background while it forks, a child needs at once.
TEST(Law10, CompilesInAChildAfterFork) {
  const Array few = array(sample(100'000)), many = arange(1e6);
  const auto kernel = [](const Array& x) { return sum(log(square(x) + 1.5) * exp(x * -0.125)); };
  for (int i = 0; i < 7; ++i) kernel(few + static_cast<double>(i)).eval();
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    set_num_threads(2);
    _exit(kernel(many + 7.0).item<double>() > 0 ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

struct EvaluatesAtExit {
  Array x = arange(10.0) + 1.0;
  ~EvaluatesAtExit() {
    if (sum(x * 3.0).item<double>() != 165) _exit(1);
    std::fputs("165 at exit", stderr);
  }
};

TEST(Law10, EvaluatesInDestructorsOfStaticObjects) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        static const EvaluatesAtExit global;
        sum(global.x).eval();
        std::exit(0);
      },
      testing::ExitedWithCode(0), "165 at exit");
}

}  // namespace
}  // namespace ingot::tests
