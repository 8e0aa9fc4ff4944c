// Streams and memory of the caller's, and the streams of a device under many seeds.
#include <thread>

#include "host/device/residence.h"
#include "host/device/size_class.h"
#include "tests/api/expect.h"
#include "tests/device/mixed_program.h"
#include "tests/device/on_device.h"

namespace ingot {
namespace {

using fake_cuda_test::control;
using fake_cuda_test::driver;
using tests::message_of;

constexpr std::size_t kCount = 100'000, kBytes = 8 * kCount;  // copied through pinned memory

// What another library would have: a stream, memory of the device and pinned memory of the host.
class CallersStream : public tests::OnDevice {
 protected:
  void SetUp() override {
    OnDevice::SetUp();
    cuda::Context context = nullptr;
    ASSERT_EQ(driver().init(0), cuda::Result::Success);
    ASSERT_EQ(driver().context_retain(&context, 0), cuda::Result::Success);
    ASSERT_EQ(driver().context_set(context), cuda::Result::Success);
    ASSERT_EQ(driver().stream_create(&stream, 1), cuda::Result::Success);
    ASSERT_EQ(driver().allocate(&buffer, kBytes), cuda::Result::Success);
    void* memory = nullptr;
    ASSERT_EQ(driver().host_allocate(&memory, kBytes, 0), cuda::Result::Success);
    pinned = static_cast<double*>(memory);
  }
  void TearDown() override {
    driver().stream_destroy(stream);
    driver().free(buffer);
    driver().host_free(pinned);
    driver().context_release(0);
    OnDevice::TearDown();
  }

  const double* values() const { return reinterpret_cast<const double*>(buffer); }
  // Begun, not done: the stream pauses at random, many times over.
  void write(double value) {
    for (std::size_t i = 0; i < kCount; ++i) pinned[i] = value;
    for (int k = 0; k < 200; ++k) driver().set_bytes(buffer, 0, 8, stream);
    driver().copy_in(buffer, pinned, kBytes, stream);
  }

  cuda::Stream stream = nullptr;
  cuda::Address buffer = 0;
  double* pinned = nullptr;
};

TEST_F(CallersStream, IsSeenByWhatIngotComputes) {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
    control().set_seed(seed);
    const double value = 10.0 + static_cast<double>(seed);
    write(value);
    const StreamScope scope(Device::cuda(0), stream);
    const Array x = from_device(values(), {static_cast<std::int64_t>(kCount)}, Device::cuda(0));
    const Stats before = stats();
    EXPECT_EQ((x(Slice(-3, none)) + 1.0).to_vector<double>(), std::vector(3, value + 1));
    EXPECT_EQ(stats().bytes_to_device, before.bytes_to_device);
    EXPECT_EQ(stats().bytes_to_host, before.bytes_to_host + 24);
    EXPECT_EQ(driver().stream_synchronize(stream), cuda::Result::Success);
  }
}

TEST_F(CallersStream, IsSeenByTheHost) {
  write(7);
  const StreamScope scope(Device::cuda(0), stream);
  const Array x = from_device(values(), {static_cast<std::int64_t>(kCount)}, Device::cuda(0));
  EXPECT_EQ(x.to_vector<double>().back(), 7);
}

TEST_F(CallersStream, SeesWhatIngotComputed) {
  for (std::size_t i = 0; i < kCount; ++i) pinned[i] = 2;
  const Array x = from_host(pinned, {static_cast<std::int64_t>(kCount)});
  {
    const StreamScope scope(Device::cuda(0), stream);
    const double* const there = device_data<double>(x, Device::cuda(0));
    driver().copy_within(buffer, reinterpret_cast<cuda::Address>(there), kBytes, stream);
  }
  std::vector<double> seen(kCount);
  driver().copy_out(seen.data(), buffer, kBytes, stream);
  EXPECT_EQ(driver().stream_synchronize(stream), cuda::Result::Success);
  EXPECT_EQ(seen, std::vector<double>(kCount, 2));
}

TEST_F(CallersStream, WaitsForIngotAfterTheScope) {
  write(1);
  const auto waits = control().calls("cuStreamWaitEvent");
  {
    const StreamScope scope(Device::cuda(0), stream);
  }
  EXPECT_EQ(control().calls("cuStreamWaitEvent"), waits + 2) << "Ingot for the stream, and the stream for Ingot";
  EXPECT_EQ(driver().stream_synchronize(stream), cuda::Result::Success);
}

TEST_F(CallersStream, MemoryIsKeptAndNeverFreed) {
  write(3);
  EXPECT_EQ(driver().stream_synchronize(stream), cuda::Result::Success);
  const auto owner = std::make_shared<int>(0);
  {
    const Array x = from_device(values(), {4}, Device::cuda(0), owner), y = (x * 2.0).eval();
    EXPECT_EQ(owner.use_count(), 2);
    set_memory_budget(Device::cuda(0), 1024);  // what is borrowed does not count, and cannot go
    EXPECT_THROW((arange(0, 100'000) * 2.0).eval(), MemoryError);
    EXPECT_EQ(y.to_vector<double>(), std::vector<double>(4, 6));
  }
  EXPECT_EQ(owner.use_count(), 1);
  std::vector<double> still(4);
  EXPECT_EQ(driver().copy_out(still.data(), buffer, 32, stream), cuda::Result::Success);
  EXPECT_EQ(still, std::vector<double>(4, 3));
}

TEST_F(CallersStream, MemoryThatWasGivenOutStays) {
  const std::vector<double> list(1000, 4);
  const Array x = (from_host(list.data(), {1000}) + 1.0).eval();
  const double* const there = device_data<double>(x, Device::cuda(0));
  set_memory_budget(Device::cuda(0), 20'000);
  for (int k = 0; k < 5; ++k) (x * 2.0 + static_cast<double>(k)).eval();
  EXPECT_EQ(device_data<double>(x, Device::cuda(0)), there);
  std::vector<double> seen(1000);
  driver().copy_out(seen.data(), reinterpret_cast<cuda::Address>(there), 8000, stream);
  EXPECT_EQ(seen, std::vector<double>(1000, 5));
}

TEST_F(CallersStream, RefusesWhatCannotBe) {
  const auto gpu = Device::cuda(0), cpu = Device::cpu();
  const double* const none = nullptr;
  EXPECT_NE(message_of<ValueError>([&] { from_device(none, {2}, gpu); }).find("data is null"), std::string::npos);
  EXPECT_NE(message_of<ValueError>([&] { from_device(values(), {2}, cpu); }).find("from_device: the cpu"),
            std::string::npos);
  EXPECT_THROW(from_device(values(), {-1}, gpu), ValueError);
  EXPECT_THROW(from_device(values(), {2}, Device::cuda(9)), DeviceError);
  const auto* const odd = reinterpret_cast<const double*>(buffer + 4);
  EXPECT_NE(message_of<ValueError>([&] { from_device(odd, {2}, gpu); }).find("not aligned"), std::string::npos);
  const Array x = ones({2}), nothing = zeros({0}) + 1.0;
  EXPECT_THROW((void)device_data<float>(x, gpu), TypeError);
  EXPECT_THROW((void)device_data<double>(x, cpu), ValueError);
  EXPECT_EQ(device_data<double>(nothing, gpu), nullptr);
  int no_stream = 0;
  EXPECT_THROW(StreamScope(gpu, &no_stream), DeviceError) << "a handle that is no stream";
  EXPECT_TRUE(is_available(gpu));
  EXPECT_EQ(from_device(none, {0, 3}, gpu).size(), 0);
}

// Three streams, copies above and below what is pinned, memory that is handed out again.
void expect_results_of_the_host(std::uint64_t seed, std::int64_t budget) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  set_default_device(Device::cpu());
  std::vector<std::vector<double>> expected;
  for (const tests::Step& step : tests::mixed_program()) expected.push_back(step.run());
  set_default_device(Device::cuda(0));
  control().set_seed(seed);
  set_memory_budget(Device::cuda(0), budget);
  const auto copied_back = cuda::evictions().copied_back;
  std::size_t k = 0;
  for (const tests::Step& step : tests::mixed_program()) EXPECT_EQ(step.run(), expected[k++]) << step.name;
  EXPECT_EQ(cuda::evictions().copied_back > copied_back, budget >= 0);
}

class Seeds : public tests::OnDevice {};
class LongSeeds : public tests::OnDevice {};

TEST_F(Seeds, GiveTheSameResults) {
  expect_results_of_the_host(1, -1);
  expect_results_of_the_host(2, tests::kLittleMemory);
}

TEST_F(LongSeeds, GiveTheSameResults) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    expect_results_of_the_host(seed, -1);
    expect_results_of_the_host(100 + seed, tests::kLittleMemory);
  }
}

// While earlier launches of the plan may still run, an array takes the memory of one that they read, and a temporary
// goes to the host and comes back. Both are copied by streams of their own.
void copy_between_launches(std::uint64_t seed) {
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  constexpr std::int64_t rows = 200, count = rows * rows, bytes = 8 * count;
  control().set_seed(seed);
  std::vector<double> a(count), b(count);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<double>(i % 311), b[i] = static_cast<double>(i % 173);
  const auto results = [&](int arrays) {
    const Array x = from_host(a.data(), {rows, rows}), y = from_host(b.data(), {count});
    const Array pair = array({0.5, 2.5});
    const auto thrice = [&](const Array& array) {  // turned, and a launch of its own
      return reshape(sum(reshape(array, {rows, rows, 1}) * pair, 2).T(), {count});
    };
    if (arrays > 0) {
      const std::int64_t kept = cuda::Gpu::get(0).memory_use().in_use;
      set_memory_budget(Device::cuda(0), kept + arrays * device::size_class(bytes, 512) + 50'000);
    }
    const Stats before = stats();
    const double into_freed_memory = sum(thrice(x) + y).item<double>();
    EXPECT_EQ(stats().launches, before.launches + 2);
    const Array first = thrice(x), third = thrice(thrice(first));
    const double by_way_of_the_host = sum(third + first).item<double>();
    EXPECT_EQ(stats().launches, before.launches + 2 + 4);
    return std::vector<double>{into_freed_memory, by_way_of_the_host};
  };
  set_default_device(Device::cpu());
  const auto expected = results(0);
  set_default_device(Device::cuda(0));
  const cuda::Evictions before = cuda::evictions();
  EXPECT_EQ(results(2), expected);
  EXPECT_GT(cuda::evictions().dropped, before.dropped);
  EXPECT_GT(cuda::evictions().copied_back, before.copied_back);
}

TEST_F(Seeds, OrderCopiesBetweenLaunches) { copy_between_launches(1); }
TEST_F(LongSeeds, OrderCopiesBetweenLaunches) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) copy_between_launches(seed);
}

TEST_F(Seeds, CopyThroughAllPinnedSlots) {
  const auto values = numbers(2'200'000, 0.5);  // 17.6 MB, and there are four of 4 MiB
  const Array x = (from_host(values.data(), {2'200'000}) + 1.0).eval();
  std::vector<double> back;
  EXPECT_EQ(copied([&] { back = x.to_vector<double>(); }), (Copied{0, 17'600'000}));
  for (std::size_t i = 0; i < back.size(); ++i) ASSERT_EQ(back[i], values[i] + 1.0);
}

// Arrays are made, shared and dropped by threads while others evaluate and memory is short.
void run_threads(std::uint64_t seed, int rounds) {
  control().set_seed(seed);
  config().device = kAutomatic;
  for (int k = 0; k < 2; ++k) set_memory_budget(Device::cuda(k), 400'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([t, rounds] {
      std::vector<double> values(8000);
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 100) + t;
      std::vector<Array> kept;
      for (int round = 0; round < rounds; ++round) {
        const Array x = to(array(std::span<const double>(values)), Device::cuda((t + round) % 2));
        kept.push_back(to(x * 2.0, Device::cuda(t % 2)));
        if (kept.size() > 4) kept.erase(kept.begin());
        const Array oldest = kept.front();
        EXPECT_EQ(sum(oldest + x).item<double>(), 3 * 8000 * (49.5 + t));
        EXPECT_EQ(oldest.data<double>()[101], 2.0 * (1 + t));
        const Device there = Device::cuda(round % 2);
        const Array borrowed = from_device(device_data<double>(x, there), {8000}, there, x);
        EXPECT_EQ(max(borrowed).item<double>(), 99 + t);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST_F(Seeds, ServeThreadsWithLittleMemory) { run_threads(1, 5); }
TEST_F(LongSeeds, ServeThreadsWithLittleMemory) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) run_threads(seed, 10);
}

}  // namespace
}  // namespace ingot
