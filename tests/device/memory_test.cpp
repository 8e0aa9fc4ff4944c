// What happens when a device's memory runs out.
#include "host/device/residence.h"
#include "tests/api/expect.h"
#include "tests/device/on_device.h"
#include "tests/device/process.h"

namespace ingot {
namespace {

using tests::message_of;

constexpr std::int64_t kCount = 16 << 10, kBytes = 8 * kCount;  // of an array of the tests

class DeviceMemory : public tests::OnDevice {
 protected:
  void SetUp() override {
    OnDevice::SetUp();
    sum(ones({kCount})).item<double>();  // the memory that a device keeps for reductions
    const cuda::MemoryUse use = device().memory_use();
    kept_ = use.in_use;
    before_ = cuda::evictions();
  }
  static cuda::Gpu& device() { return cuda::Gpu::get(0); }
  void allow_arrays(int count) { set_memory_budget(Device::cuda(0), kept_ + count * kBytes); }
  std::int64_t dropped() const { return cuda::evictions().dropped - before_.dropped; }
  std::int64_t copied_back() const { return cuda::evictions().copied_back - before_.copied_back; }

  std::int64_t kept_ = 0;
  cuda::Evictions before_;
};

// Its destructor may evaluate, and wait for whoever does.
TEST_F(DeviceMemory, FreesNobodysOwnerWhileRoomIsMade) {
  allow_arrays(2);
  const auto values = numbers(kCount, 0);
  bool gone = false;
  auto owner = std::shared_ptr<void>(nullptr, [&gone](void*) { gone = true; });
  auto x = std::make_unique<Array>(from_host(values.data(), {kCount}, {}, Owner(std::move(owner))));
  to(*x, Device::cuda(0));
  cuda::begin_launch();
  EXPECT_TRUE(cuda::make_room(device(), 2 * kBytes));
  EXPECT_EQ(dropped(), 1);
  x.reset();
  EXPECT_FALSE(gone);
  cuda::take_considered();
  EXPECT_TRUE(gone);
}

TEST_F(DeviceMemory, TakesTheSmallPartThatIsRead) {
  constexpr std::int64_t many = 100 * kCount, middle = many / 2;
  const auto values = numbers(many, 0);
  const Array x = from_host(values.data(), {many});
  allow_arrays(2);
  EXPECT_EQ(copied([&] { EXPECT_EQ(x(middle + 1).item<double>(), values[middle + 1]); }).in, 16u);
  const Array y = x(Slice(middle + 9, middle, -1)) + 1.0;
  EXPECT_EQ(copied([&] { EXPECT_EQ(y.to_vector<double>()[8], values[middle + 1] + 1); }).in, 80u);
  EXPECT_THROW((x + 1.0).eval(), MemoryError);
}

TEST_F(DeviceMemory, HoldsNoMoreThanTheBudget) {
  allow_arrays(3);
  const auto values = numbers(kCount, 0);
  Array x = from_host(values.data(), {kCount});
  for (int k = 0; k < 10; ++k) x = (x + 1.0).eval();
  EXPECT_EQ(x.to_vector<double>()[5], 15);
  const cuda::MemoryUse use = device().memory_use();
  EXPECT_LE(use.in_use + use.cached, kept_ + 3 * kBytes);
  EXPECT_EQ(copied_back(), 0) << "memory of arrays that are gone serves first";
}

TEST_F(DeviceMemory, HoldsTheBudgetThatIsLoweredToo) {
  const auto values = numbers(kCount, 0);
  const Array x = from_host(values.data(), {kCount});
  std::vector<Array> list;
  for (int k = 0; k < 5; ++k) list.push_back((x + static_cast<double>(k)).eval());
  list.resize(3, Array(0.0));  // two are cached, four in use
  allow_arrays(3);
  list.push_back((list[2] + 1.0).eval());
  const cuda::MemoryUse use = device().memory_use();
  EXPECT_LE(use.in_use + use.cached, kept_ + 3 * kBytes);
  EXPECT_EQ(list[3].to_vector<double>()[4], 7);
}

TEST_F(DeviceMemory, GivesBackNoMoreOfTheCacheThanItMust) {
  allow_arrays(6);
  device().release_cached();
  for (const std::int64_t size : {kBytes, 2 * kBytes, 3 * kBytes / 2})
    device().allocate(static_cast<std::size_t>(size));
  const FakeCudaBooks before = books();
  const cuda::BlockRef block = device().allocate(static_cast<std::size_t>(5 * kBytes / 2));
  ASSERT_TRUE(block);
  EXPECT_EQ(books().frees, before.frees + 2) << "what was put there first, until it is enough";
  EXPECT_EQ(device().memory_use().cached, 3 * kBytes / 2);
}

TEST_F(DeviceMemory, DropsWhatTheHostHasAsWellFirst) {
  allow_arrays(4);
  const auto a = numbers(kCount, 1), b = numbers(kCount, 2), c = numbers(kCount, 3);
  const Array x = from_host(a.data(), {kCount}), y = from_host(b.data(), {kCount}), z = from_host(c.data(), {kCount});
  const Array only_there = (x * 2.0).eval();
  const auto device = Device::cuda(0);
  EXPECT_EQ(copied([&] { to(y, device), to(z, device); }), (Copied{2 * kBytes, 0}));
  EXPECT_EQ(dropped(), 0);
  EXPECT_EQ(copied([&] { (y + z).eval(); }), (Copied{0, 0}));
  EXPECT_EQ(dropped(), 1) << "x, which no launch used for longest";
  EXPECT_EQ(copied([&] { (only_there + y).eval(); }), (Copied{0, 0})) << "it stayed";
  EXPECT_EQ(copied([&] { to(x, device); }).in, kBytes);
  EXPECT_EQ(copied_back(), 0);
  EXPECT_EQ(only_there.to_vector<double>()[7], 16);
}

TEST_F(DeviceMemory, CopiesBackWhatOnlyTheDeviceHas) {
  allow_arrays(4);
  const auto values = numbers(kCount, 0);
  const Array x = from_host(values.data(), {kCount});
  std::vector<Array> list;
  for (int k = 0; k < 3; ++k) list.push_back((x + static_cast<double>(k)).eval());
  EXPECT_EQ(copied_back(), 0);
  EXPECT_EQ(copied([&] { list.push_back((list[2] * 2.0).eval()); }), (Copied{0, 0})) << "x goes, which the host has";
  EXPECT_EQ(copied([&] { list.push_back((list[3] * 2.0).eval()); }), (Copied{0, kBytes})) << "list[0], used first";
  EXPECT_EQ(dropped(), 1);
  EXPECT_EQ(copied_back(), 1);
  EXPECT_EQ(copied([&] { EXPECT_EQ(list[0].to_vector<double>()[9], 9); }), (Copied{0, 0}));
  EXPECT_EQ(copied([&] { EXPECT_EQ((list[0] + 0.5).eval().dtype(), DType::Float64); }), (Copied{kBytes, 2 * kBytes}));
  EXPECT_EQ(list[4].to_vector<double>()[9], 44);
}

TEST_F(DeviceMemory, KeepsTheOperandsOfTheLaunch) {
  allow_arrays(4);
  const auto values = numbers(kCount, 0);
  const Array x = from_host(values.data(), {kCount});
  std::vector<Array> list;
  for (int k = 0; k < 8; ++k) list.push_back((x + static_cast<double>(k)).eval());
  for (int k = 0; k < 6; ++k) {
    const Array all = (list[k] + list[k + 1] * list[k + 2]).eval();
    EXPECT_EQ(all.to_vector<double>()[1], k + 1 + (k + 2) * (k + 3));
  }
}

TEST_F(DeviceMemory, ErrorsHaveTheFigures) {
  allow_arrays(2);
  const auto values = numbers(kCount, 0);
  const Array x = from_host(values.data(), {kCount}), y = (x + 1.0).eval(), sum_of_two = x + y;
  const std::string message = message_of<MemoryError>([&] { sum_of_two.eval(); });
  for (const std::string& part :
       {std::string("cuda(0)"), std::to_string(kBytes) + " bytes wanted for an array of shape (16384,)",
        "a budget of " + std::to_string(kept_ + 2 * kBytes), std::string("on the host")})
    EXPECT_NE(message.find(part), std::string::npos) << message;
  allow_arrays(3);
  EXPECT_EQ(sum_of_two.to_vector<double>()[3], 7);
}

TEST_F(DeviceMemory, IsTheHostsWhereTheDeviceWasNotAskedFor) {
  const auto values = numbers(kCount, 0);
  const Array x = to(from_host(values.data(), {kCount}), Device::cuda(0)), y = (x + 1.0).eval();
  config().device = kAutomatic;
  allow_arrays(2);
  EXPECT_EQ(copied([&] { (y + x + 0.25).eval(); }).out, kBytes);
}

TEST_F(DeviceMemory, OfTheDriverMayRunOutToo) {
  const auto values = numbers(kCount, 0);
  const Array x = from_host(values.data(), {kCount});
  std::vector<Array> list;
  fake_cuda_test::control().set_memory(kept_ + 5 * kBytes);
  for (int k = 0; k < 12; ++k) list.push_back((x + static_cast<double>(k)).eval());
  fake_cuda_test::control().set_memory(std::size_t{1} << 30);
  EXPECT_GE(copied_back(), 7);
  for (int k = 0; k < 12; ++k) EXPECT_EQ(list[static_cast<std::size_t>(k)].to_vector<double>()[2], k + 2);
}

TEST_F(DeviceMemory, IsGivenBackForWhatTheDriverTakesItself) {
  const auto values = numbers(kCount, 0);
  const Array x = from_host(values.data(), {kCount});
  for (const char* call : {"cuModuleLoadData", "cuLaunchKernel"}) {
    (x * 2.0).eval();  // what it took is cached
    ASSERT_GE(device().memory_use().cached, kBytes);
    const FakeCudaBooks before = books();
    fake_cuda_test::control().fail(call, 1, 2);
    EXPECT_EQ(sum((x - 4.0) * (call[2] == 'M' ? x : x + 1.0) - 3.0).eval().dtype(), DType::Float64);
    EXPECT_EQ(books().launches, before.launches + 1) << call;
    EXPECT_GT(books().frees, before.frees) << call;
  }
}

TEST_F(DeviceMemory, HasNoBudgetForTheCpu) {
  EXPECT_NE(message_of<ValueError>([] { set_memory_budget(Device::cpu(), 1); }).find("set_memory_budget: the cpu"),
            std::string::npos);
  EXPECT_THROW(set_memory_budget(Device::cuda(77), 1), DeviceError);
}

TEST(DeviceMemoryProcess, DISABLED_HasTheBudgetOfTheEnvironment) {
  EXPECT_EQ(cuda::Gpu::get(0).memory_use().budget, 3 << 20);
  set_default_device(Device::cuda(0));
  EXPECT_THROW((arange(0, 1 << 19) * 1.0).eval(), MemoryError);
}

TEST(DeviceMemoryProcess, IsBoundedByTheEnvironment) {
  const tests::Ended ended =
      tests::run_case("DeviceMemoryProcess.DISABLED_HasTheBudgetOfTheEnvironment", {{"INGOT_DEVICE_MEMORY", "3M"}});
  EXPECT_EQ(ended.status, 0) << ended.output;
  const tests::Ended refused =
      tests::run_case("DeviceMemoryProcess.DISABLED_HasTheBudgetOfTheEnvironment", {{"INGOT_DEVICE_MEMORY", "3X"}});
  EXPECT_NE(refused.output.find("INGOT_DEVICE_MEMORY is \"3X\"; expected a number of bytes"), std::string::npos)
      << refused.output;
}

}  // namespace
}  // namespace ingot
