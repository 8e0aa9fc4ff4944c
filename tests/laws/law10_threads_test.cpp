// Law 10: arrays may be shared and evaluated from any thread.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "host/jit/kernels.h"
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

// Small expressions are computed beside each other; what several threads ask for is still computed once.
TEST(Law10, ComputesSmallSharedWorkOnce) {
  constexpr int kShared = 400, kThreads = 8;
  const Array x = array(sample(100));
  std::vector<Array> shared;
  for (int i = 0; i < kShared; ++i) shared.push_back(sqrt(x) * static_cast<double>(i));
  const Stats s = measured([&] {
    in_threads(kThreads, [&](int) {
      for (const Array& y : shared) y.eval();
    });
  });
  EXPECT_EQ(s.launches, kShared);
}

int threads_of_this_process() {
  int count = 0;
  for ([[maybe_unused]] const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) ++count;
  return count;
}

// A node that gets its values from one thread while another computes it into memory of its own.
TEST(Law10, ComputesIntoMemoryBesideAnEvaluation) {
  const Array x = array(sample(2000));
  const double expected = x.to_vector<double>()[1] + 1.0;
  std::atomic<int> wrong{0};
  for (int round = 0; round < 200; ++round) {
    const Array y = x + 1.0, part = y(Slice(1, 3)) * 1.0;
    in_threads(4, [&](int thread) {
      std::vector<double> out(2000, -1.0);
      if (thread == 0) y.eval();
      if (thread == 1) eval_into(y, out.data());
      if (thread == 1) wrong += out[1] != expected;
      if (thread == 2) part.eval();
      if (thread == 3) wrong += part.to_vector<double>()[0] != expected;
    });
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Law10, KeepsOneCopyOfComplexValues) {
  const Array x = array(sample(1000));
  std::atomic<int> wrong{0};
  for (int round = 0; round < 100; ++round) {
    const Array z = x * std::complex<double>(0.0, static_cast<double>(round));
    const std::complex<double>* pointers[4];
    in_threads(4, [&](int thread) { pointers[thread] = z.data<std::complex<double>>().data(); });
    for (const auto* pointer : pointers) wrong += pointer != pointers[0];
  }
  EXPECT_EQ(wrong, 0);
}

// OpenMP's threads stay with the thread that opened their region.
TEST(Law10, HasOneTeamForManyThreads) {
  const Array x = array(sample(200'000));
  const int team = num_threads();
  sum(x).eval();
  const int before = threads_of_this_process();
  std::atomic<int> evaluated{0}, most{0};
  in_threads(6, [&](int thread) {
    for (int i = 0; i < 5; ++i) sum(x * static_cast<double>(5 * thread + i)).eval();
    ++evaluated;
    while (evaluated < 6) std::this_thread::yield();
    if (thread == 0) most = threads_of_this_process();
    while (most == 0) std::this_thread::yield();
  });
  EXPECT_LE(most, before + 6 + team + 1) << "of which " << before << " were there before, and 6 are the test's";
}

// Arrays that one thread computes are inputs of what others compute meanwhile, and lose theirs on the way.
TEST(Law10, EvaluatesSmallExpressionsOfEightThreadsOverSharedArrays) {
  constexpr int kShared = 50, kRounds = 20, kThreads = 8;
  const std::vector<double> values = sample(100);
  std::atomic<int> wrong{0};
  for (int round = 0; round < kRounds; ++round) {
    const Array x = array(values);
    std::vector<Array> shared;
    for (int i = 0; i < kShared; ++i) shared.push_back((i == 0 ? x : shared.back()) + 1.0);
    in_threads(kThreads, [&](int thread) {
      for (int k = 0; k < kShared; ++k) {
        const int i = (k * 7 + thread * 11) % kShared;
        const Array& y = shared[static_cast<std::size_t>(i)];
        if (k % 3 == 0) y.eval();
        const Array view = y(Slice(10, 20)) * 2.0 + static_cast<double>(thread);
        double expected = values[10];
        for (int n = 0; n <= i; ++n) expected += 1.0;
        wrong += view.data<double>()[0] != expected * 2.0 + thread;
      }
    });
  }
  EXPECT_EQ(wrong, 0);
}

// A node leaves the table of its thread, which evaluates it, while others let go of it.
TEST(Law10, LetsGoOfArraysWhileTheirThreadEvaluatesThem) {
  constexpr int kArrays = 500;
  const Array x = array(sample(10));
  std::vector<Array> own, given;
  for (int i = 0; i < kArrays; ++i) given.push_back(own.emplace_back(x + static_cast<double>(i)));
  std::thread other([&] {
    while (!given.empty()) given.pop_back();
  });
  for (int i = kArrays; i-- > 0;) own[static_cast<std::size_t>(i)].eval();
  other.join();
  int wrong = 0;
  for (int i = 0; i < kArrays; ++i)
    wrong += own[static_cast<std::size_t>(i)].data<double>()[0] != x.data<double>()[0] + i;
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

// The kernel that the parent compiles in the background while it forks, the child needs at once. It differs from run to
// run, so that it is in no cache.
TEST(Law10, CompilesInAChildAfterFork) {
  const unsigned number = static_cast<unsigned>(getpid()) | 1U << 22;
  const Array few = array(sample(100'000)), many = array(sample(1'000'000));
  const auto compute = [&](const Array& x) {
    Array y = x;
    for (unsigned bits = number; bits > 1; bits /= 2) y = bits % 2 == 0 ? y + x : y - x;
    return sum(exp(square(y) * -0.125)).item<double>();
  };
  double expected = 0;
  {
    const WithBackend interpreter(Backend::Interpreter);
    expected = compute(many);
  }
  const bool compiles = jit::compiler() != nullptr;
  for (int i = 0; i < 10; ++i) compute(few + static_cast<double>(i));
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    set_num_threads(2);
    reset_stats();
    _exit(compute(many) == expected && (stats().interpreted == 0) == compiles ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

// Arrays are made and dropped while the process forks: the child finds no lock of theirs held.
TEST(Law10, ForksBesideThreadsThatMakeArrays) {
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) {
      (arange(100.0) + 1.0).eval();
      stats();
    }
  });
  for (int round = 0; round < 100; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      alarm(20);
      _exit(sum(arange(2000.0) + 1.0).item<double>() == 2001000.0 ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    ASSERT_EQ(status, 0) << "round " << round;
  }
  done = true;
  other.join();
}

// What keeps borrowed memory alive may itself compute when it is destroyed.
TEST(Law10, DestroysOwnersThatEvaluate) {
  struct Owner {
    explicit Owner(double* result) : result_(result) {}
    Owner(Owner&& other) noexcept : result_(std::exchange(other.result_, nullptr)) {}
    ~Owner() {
      if (result_ != nullptr) *result_ = sum(arange(10.0)).item<double>();
    }
    double* result_;
  };
  const std::vector<double> values = sample(1000);
  double result = 0;
  const Array y = from_host(values.data(), {1000}, {}, Owner(&result)) + 1.0;
  y.eval();
  EXPECT_EQ(result, 45);
}

// The last handle of what an evaluation reads may go while it runs; what dies of it then evaluates, while others fork.
TEST(Law10, DestroysOwnersThatEvaluateBesideForks) {
  struct Owner {
    explicit Owner(std::atomic<int>* count) : count_(count) {}
    Owner(Owner&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
    ~Owner() {
      if (count_ != nullptr) *count_ += sum(arange(10.0)).item<double>() == 45;
    }
    std::atomic<int>* count_;
  };
  const std::vector<double> values = sample(1000);
  std::atomic<int> evaluated{0};
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) {
      const Array y = from_host(values.data(), {1000}, {}, Owner(&evaluated)) + 1.0;
      y.eval();
    }
  });
  for (int round = 0; round < 100; ++round) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    int status = -1;
    waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
  }
  done = true;
  other.join();
  EXPECT_GT(evaluated, 0);
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
