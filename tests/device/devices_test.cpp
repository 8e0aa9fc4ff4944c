// Several devices.
#include <thread>

#include "tests/device/on_device.h"

namespace ingot {
namespace {

constexpr std::int64_t kCount = 5000, kBytes = 8 * kCount;

using fake_cuda_test::driver;

class Devices : public tests::OnDevice {};

TEST_F(Devices, EachComputesTheSame) {
  const auto values = numbers(kCount, 0.5);
  const auto results = [&](Device device) {
    set_default_device(device);
    const Array x = from_host(values.data(), {50, 100}), y = sqrt(x) + sin(x);
    std::vector<double> all = (y.T() * 2.0).to_vector<double>();
    for (const double s : sum(y, 0).to_vector<double>()) all.push_back(s);
    return all;
  };
  const auto expected = results(Device::cpu());
  for (int k = 0; k < 3; ++k) {
    const FakeCudaBooks before = books();
    EXPECT_EQ(results(Device::cuda(k)), expected);
    EXPECT_GT(books().launches, before.launches);
    EXPECT_EQ(default_device(), Device::cuda(k));
  }
}

TEST_F(Devices, ShareArraysByWayOfTheHostAndCopyOnce) {
  const auto values = numbers(kCount, 0);
  const Array x = from_host(values.data(), {kCount}), y = (x + 1.0).eval();
  set_default_device(Device::cuda(1));
  const Array z = (y * 2.0).eval();
  EXPECT_EQ(copied([&] { (z + y).eval(); }), (Copied{0, 0})) << "y is on both by now";
  set_default_device(Device::cuda(2));
  EXPECT_EQ(copied([&] { (z + y).eval(); }), (Copied{2 * kBytes, kBytes})) << "the host has y already";
  for (int k = 0; k < 3; ++k) {
    set_default_device(Device::cuda(k));
    EXPECT_EQ(copied([&] { (y * 3.0).eval(); }), (Copied{0, 0})) << "cuda(" << k << ")";
  }
  EXPECT_EQ(z.to_vector<double>()[10], 22);
}

TEST_F(Devices, OfTheirOwnChoiceTakeTheOneThatHasMost) {
  const auto values = numbers(3 * kCount, 0), few = numbers(kCount, 7);
  const Array x = from_host(values.data(), {3, kCount}), y = from_host(few.data(), {kCount});
  const Array large = (x + 1.0).eval();
  set_default_device(Device::cuda(2));
  const Array small = (y * 2.0).eval();
  config().device = kAutomatic;
  const Array both = large + small;
  EXPECT_EQ(copied([&] { both.eval(); }), (Copied{kBytes, kBytes})) << "the small one goes to the large one";
  EXPECT_EQ(both.to_vector<double>()[1], 18);
  EXPECT_EQ(copied([&] { to(y * x(0), Device::cuda(1)); }).out, 0) << "the host has these";
}

TEST_F(Devices, WriteIntoTheCallersMemoryWithoutAnotherInBetween) {
  const auto values = numbers(kCount, 0);
  const Array x = to(from_host(values.data(), {kCount}), Device::cuda(0));
  std::vector<double> out(kCount), nothing(3, 1);
  reset_stats();
  const auto before = stats().peak_bytes;
  EXPECT_EQ(copied([&] { eval_into(x * 2.0, out.data()); }), (Copied{0, kBytes}));
  EXPECT_EQ(stats().peak_bytes, before);
  EXPECT_EQ(out[11], 22);
  eval_into(sum(reshape(x(Slice(0, 0)), {3, 0}) + 1.0, 1), nothing.data());
  EXPECT_EQ(nothing, std::vector<double>(3, 0));
}

TEST_F(Devices, LeaveTheThreadItsContext) {
  cuda::give_back_context();
  cuda::Context mine = nullptr, now = nullptr;
  ASSERT_EQ(driver().context_retain(&mine, 1), cuda::Result::Success);
  ASSERT_EQ(driver().context_set(mine), cuda::Result::Success);
  const auto is_mine = [&] { return driver().context_get(&now) == cuda::Result::Success && now == mine; };
  const auto values = numbers(kCount, 0);
  const Array x = from_host(values.data(), {kCount});
  (x + 1.0).eval();
  EXPECT_TRUE(is_mine()) << "an evaluation";
  to(x, Device::cuda(2));
  EXPECT_TRUE(is_mine()) << "a copy";
  set_default_device(Device::cuda(2));
  EXPECT_TRUE(is_mine()) << "a choice";
  EXPECT_EQ(sum(x).item<double>(), sum(x).item<double>());
  EXPECT_TRUE(is_mine()) << "a value";
  driver().context_set(nullptr);
  driver().context_release(1);
}

TEST_F(Devices, ServeThreads) {
  config().device = kAutomatic;
  std::vector<double> totals(3);
  std::vector<std::thread> threads;
  for (int k = 0; k < 3; ++k)
    threads.emplace_back([&, k] {
      const auto values = numbers(kCount, k);
      for (int round = 0; round < 10; ++round) {
        const Array x = to(array(std::span(values)), Device::cuda(k));
        totals[static_cast<std::size_t>(k)] += sum(to(x + 1.0, Device::cuda((k + round) % 3))).item<double>();
      }
    });
  for (std::thread& thread : threads) thread.join();
  const double first = 10 * (5 * 499'500.0 + kCount);
  for (int k = 0; k < 3; ++k) EXPECT_EQ(totals[static_cast<std::size_t>(k)], first + 10.0 * k * kCount);
}

}  // namespace
}  // namespace ingot
