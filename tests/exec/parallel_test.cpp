#include "host/exec/parallel.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace ingot::exec {
namespace {

TEST(ParallelFor, RunsEveryTaskOnce) {
  for (const int threads : {1, 2, 3, 64, 65, 100}) {
    for (const std::int64_t count : {0, 1, 2, 7, 63, 64, 200}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
      parallel_for(count, threads, [&](std::int64_t i) { ++runs[static_cast<std::size_t>(i)]; });
      for (const auto& n : runs) ASSERT_EQ(n, 1) << count << " tasks, " << threads << " threads";
    }
  }
}

TEST(ParallelFor, ThrowsWhatATaskThrowsWhenAllThreadsAreDone) {
  for (const std::int64_t count : {100, 2, 5}) {  // 2 and 5: also a task for each thread
    for (const int threads : {1, 2, 5}) {
      std::atomic<int> running{0};
      EXPECT_THROW(parallel_for(count, threads,
                                [&](std::int64_t i) {
                                  ++running;
                                  if (i % 10 == 1) {
                                    --running;
                                    throw std::runtime_error("a task's");
                                  }
                                  --running;
                                }),
                   std::runtime_error)
          << count << " tasks, " << threads << " threads";
      EXPECT_EQ(running, 0);
    }
  }
}

// As inside a region, where OpenMP gives one thread to another.
TEST(ParallelFor, NeedsNoTeamOfTheSizeThatItAsksFor) {
  for (const std::int64_t count : {3, 8, 100}) {
    std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
#pragma omp parallel num_threads(2)
    {
      if (omp_get_thread_num() == 0)
        parallel_for(count, 8, [&](std::int64_t i) {
          EXPECT_EQ(omp_get_num_threads(), 1);
          ++runs[static_cast<std::size_t>(i)];
        });
    }
    for (const auto& n : runs) ASSERT_EQ(n, 1) << count << " tasks";
  }
}

// A team may be smaller than was asked for.
TEST(TaskShares, AreLeftToNobody) {
  TaskShares shares(100, 8);
  std::vector<int> runs(100);
  shares.run(5, [&](std::int64_t i) {
    ++runs[static_cast<std::size_t>(i)];
    return true;
  });
  EXPECT_EQ(runs, std::vector<int>(100, 1));
}

TEST(TaskShares, BeginWithTheThreadsOwn) {
  TaskShares shares(100, 4);
  std::vector<std::int64_t> order;
  shares.run(2, [&](std::int64_t i) {
    order.push_back(i);
    return order.size() < 30;
  });
  ASSERT_EQ(order.size(), 30U);
  EXPECT_EQ(order.front(), 50);
  EXPECT_EQ(order[24], 74);
  EXPECT_EQ(order[25], 75);
}

}  // namespace
}  // namespace ingot::exec
