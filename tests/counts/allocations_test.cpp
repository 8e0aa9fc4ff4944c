// What a warm evaluation on the host asks of the heap: the result's memory comes from a pool, and nothing else is left
// but what its handle takes.
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <new>

#include "ingot/ingot.hpp"

namespace {
thread_local long allocations = 0;
}

// In place of the standard library's, for all of this program.
void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* const memory = std::malloc(bytes != 0 ? bytes : 1)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

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

}  // namespace
}  // namespace ingot::tests
