#include "host/jit/background.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "host/jit/kernels.h"

namespace ingot::jit {
namespace {

TEST(Background, RunsWhatIsQueuedInOrder) {
  std::vector<int> order;
  for (int i = 0; i < 10; ++i) in_background([&order, i] { order.push_back(i); });
  finish_background();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(Background, PausesAfterTheTaskThatRuns) {
  std::atomic<int> ran{0};
  std::atomic<bool> begun{false}, go{false};
  in_background([&] {
    begun = true;
    while (!go) std::this_thread::yield();
    ++ran;
  });
  for (int i = 0; i < 5; ++i) in_background([&] { ++ran; });
  while (!begun) std::this_thread::yield();
  std::thread opener([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    go = true;
  });
  pause_background();
  EXPECT_EQ(ran, 1);
  resume_background();
  opener.join();
  finish_background();
  EXPECT_EQ(ran, 6);
}

TEST(Background, RunsAtOnceInAChildAfterFork) {
  in_background([] {});
  finish_background();
  const pid_t child = fork();
  if (child == 0) {
    bool ran = false;
    in_background([&] { ran = true; });
    _exit(ran ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Background, ExitWaitsForTheTaskThatRuns) {
  EXPECT_EXIT(
      {
        static std::atomic<bool> begun{false};
        in_background([] {
          begun = true;
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
          std::fputs("finished", stderr);
        });
        while (!begun) std::this_thread::yield();
        std::exit(0);
      },
      testing::ExitedWithCode(0), "finished");
}

// The process may end while the worker opens the compiler or compiles: LLVM then still has what it works with.
TEST(Background, LetsTheProcessEndWhileTheCompilerIsOpened) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const int milliseconds : {0, 1, 2, 4, 8})
    EXPECT_EXIT(
        {
          in_background([] { compiler(); });
          std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
          std::exit(0);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ingot::jit
