// What a warm evaluation on the host asks of the heap: the result's memory comes from a pool, and nothing else is left
// but what its handle takes. And what happens where the heap has nothing left.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <new>
#include <thread>

#include "ingot/ingot.hpp"

namespace {
thread_local long allocations = 0;
thread_local long failing = -1;  // the allocation that fails, counted from now; none if negative
}  // namespace

// In place of the standard library's, for all of this program.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (failing >= 0 && failing-- == 0) throw std::bad_alloc();
  if (void* const memory = std::malloc(bytes != 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace ingot::tests {
namespace {

class OnHost {
 public:
  OnHost() { set_default_device(Device::cpu()); }
  ~OnHost() { set_default_device(before_); }
  OnHost(const OnHost&) = delete;
  OnHost& operator=(const OnHost&) = delete;

 private:
  const Device before_ = default_device();
};

long allocated(const std::function<Array()>& make) {
  for (int warm = 0; warm < 4; ++warm) make().eval();
  const Array y = make();
  const long before = allocations;
  y.eval();
  return allocations - before;
}

TEST(Allocations, OfAWarmEvaluationAreThoseOfItsResult) {
  const OnHost guard;
  Array x = arange(100.0);
  x = reshape(x, {10, 10}) / 100.0;
  x.eval();
  const long floor = allocated([&] { return x * 2.0 + x; });
  EXPECT_LE(floor, 2);
  EXPECT_EQ(allocated([&] { return sum(x, 1); }), floor);
  EXPECT_EQ(allocated([&] { return softmax(x); }), floor);
  EXPECT_EQ(allocated([&] { return zscore(x); }), floor);
  EXPECT_EQ(allocated([&] { return log_softmax(x * 3.0); }), floor);
}

// One thread's memory for several regions in turn.
TEST(Allocations, StayAtThatWhereRegionsTakeTurns) {
  const OnHost guard;
  Array x = reshape(arange(100.0), {10, 10}) / 100.0, y = reshape(arange(96.0), {8, 12}) / 100.0;
  eval({x, y});
  const long floor = allocated([&] { return x * 2.0 + x; });
  for (int round = 0; round < 3; ++round) {
    softmax(x).eval();
    zscore(y).eval();
  }
  const Array a = softmax(x), b = zscore(y);
  const long before = allocations;
  a.eval();
  b.eval();
  EXPECT_EQ(allocations - before, 2 * floor);
}

// Records, plans and evaluates, all of it new for every n.
double mixed_program(std::int64_t n) {
  const Array x = arange(n) * 0.5, rows = reshape(arange(4 * n), {4, n});
  const Array y = sqrt(x) + sin(x) * 0.25, means = mean(rows + x, 1, true), z = softmax(rows / 1e3);
  eval({y, means, z});
  return sum(y).item<double>() + max(cumsum(x)).item<double>() +
         sum(matmul(rows * 1.0, rows.T() * 1.0)).item<double>() + sum(take(y, sort(argsort(-x)))).item<double>() +
         sum(means * z).item<double>();
}

// Every allocation of the thread in turn.
TEST(Allocations, ThatFailLoseNothing) {
  const OnHost guard;
  long failed = 0;
  for (std::int64_t n = 50;; ++n) {
    const double expected = mixed_program(2 * n);
    bool is_over = false;
    std::thread([&] {  // which has no memory yet
      failing = n - 50;
      try {
        mixed_program(n);
        is_over = failing >= 0;
      } catch (const std::exception& error) {
        ++failed;
        EXPECT_LT(failing, 0) << error.what();
      }
    })
        .join();
    ASSERT_EQ(mixed_program(2 * n), expected);
    if (is_over) break;  // it has no such allocation
  }
  EXPECT_GT(failed, 100);
}

}  // namespace
}  // namespace ingot::tests
