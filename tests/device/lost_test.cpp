// A device that is lost, each time in a process of its own.
#include <sys/wait.h>
#include <unistd.h>

#include "host/device/residence.h"
#include "tests/api/expect.h"
#include "tests/device/on_device.h"
#include "tests/device/process.h"

namespace ingot {
namespace {

using fake_cuda_test::control;
using tests::message_of;

constexpr int kIllegalAddress = 700;

class LostDevice : public tests::OnDevice {
 protected:
  const std::vector<double> values = numbers(1000, 1);
  Array x = from_host(values.data(), {1000});
};

void run_alone(const char* name) {
  const tests::Ended ended = tests::run_case(std::string("LostDevice.DISABLED_") + name, {});
  EXPECT_EQ(ended.status, 0) << ended.output;
}

TEST_F(LostDevice, DISABLED_SaysSoAndLeavesTheCpu) {
  const Array there = (x + 1.0).eval(), both = (x + 2.0).eval();
  EXPECT_EQ(both.to_vector<double>()[0], 3);
  const Array pending = x + 3.0;
  control().lose("cuLaunchKernel", 1, kIllegalAddress);
  const std::string in_flight = message_of<DeviceError>([&] { pending.eval(); });
  EXPECT_NE(in_flight.find("cuda(0) is lost to this process: cuLaunchKernel failed with CUDA_ERROR_ILLEGAL_ADDRESS"),
            std::string::npos)
      << in_flight;
  EXPECT_NE(in_flight.find("set_default_device(Device::cpu())"), std::string::npos) << in_flight;
  EXPECT_FALSE(is_available(Device::cuda(0)));
  EXPECT_TRUE(is_available(Device::cuda(1)));
  EXPECT_EQ(message_of<DeviceError>([&] { pending.eval(); }), in_flight) << "it stays set, and lost";
  EXPECT_NE(message_of<DeviceError>([] { set_default_device(Device::cuda(0)); }).find("ILLEGAL_ADDRESS"),
            std::string::npos);
  EXPECT_THROW(to(x, Device::cuda(0)), DeviceError);
  EXPECT_THROW(set_memory_budget(Device::cuda(0), 1), DeviceError);

  set_default_device(Device::cpu());
  EXPECT_EQ(pending.to_vector<double>()[0], 4);
  EXPECT_EQ((both + x).to_vector<double>()[0], 4);
  EXPECT_EQ(message_of<DeviceError>([&] { (void)there.to_vector<double>(); }), in_flight);
  EXPECT_THROW((there + 1.0).eval(), DeviceError);

  set_default_device(Device::cuda(1));
  EXPECT_EQ((both * x).to_vector<double>()[1], 8);
  EXPECT_THROW((there * x).eval(), DeviceError);
}

TEST_F(LostDevice, DISABLED_IsNotChosen) {
  const Array there = to(x + 1.0, Device::cuda(0));
  config().device = kAutomatic;
  const Array work = sum(sin(there) + cos(there));
  control().lose("cuLaunchKernel", 1, kIllegalAddress);
  EXPECT_THROW(work.eval(), DeviceError) << "only the device had `there`";
  EXPECT_EQ(default_device(), Device::cuda(1));
  EXPECT_EQ((x + 5.0).to_vector<double>()[0], 6);
  EXPECT_EQ(message_of<DeviceError>([&] { work.eval(); }).substr(0, 15), "cuda(0) is lost");
}

TEST_F(LostDevice, DISABLED_IsReplacedByTheHostWhereItWasNotAskedFor) {
  const Array there = (x + 1.0).eval(), both = (x + 2.0).eval();
  EXPECT_EQ(both.to_vector<double>()[0], 3);
  const Array on_the_second = to(both, Device::cuda(1));
  config().device = kAutomatic;
  set_num_threads(1);
  const auto launches = control().calls("cuLaunchKernel");
  control().lose("cuLaunchKernel", 1, kIllegalAddress);
  const Array work = sum(sin(arange(0, 8'000'000) * 1e-6) + cos(arange(0, 8'000'000) * 2e-6) >= -2.0);
  EXPECT_EQ(work.item<int>(), 8'000'000);
  EXPECT_EQ(control().calls("cuLaunchKernel"), launches + 1) << "the work was to be the device's";
  EXPECT_FALSE(is_available(Device::cuda(0)));
  EXPECT_THROW((there + both).eval(), DeviceError);
  EXPECT_EQ((on_the_second + x).to_vector<double>()[0], 4);
}

TEST_F(LostDevice, DISABLED_HandsNoMemoryOut) {
  Array there = (x + 1.0).eval();
  control().lose("cuStreamSynchronize", 1, kIllegalAddress);
  EXPECT_THROW((x + 2.0).eval(), DeviceError);
  const auto allocations = control().calls("cuMemAlloc_v2");
  cuda::Gpu* const gpu = [] {
    try {
      return &cuda::Gpu::get(0);
    } catch (const DeviceError&) {
      return static_cast<cuda::Gpu*>(nullptr);
    }
  }();
  EXPECT_EQ(gpu, nullptr);
  there = Array(0.0);
  EXPECT_THROW((x + 3.0).eval(), DeviceError);
  EXPECT_EQ(control().calls("cuMemAlloc_v2"), allocations);
}

TEST_F(LostDevice, DISABLED_ShowsWhenMemoryIsGivenBack) {
  (x + 1.0).eval();  // its memory is cached
  set_memory_budget(Device::cuda(0), 30'000);
  control().lose("cuMemFree_v2", 1, kIllegalAddress);
  const std::string message = message_of<DeviceError>([&] { (reshape(x, {1, 1000}) + ones({3, 1})).eval(); });
  EXPECT_NE(message.find("is lost to this process: cuMemFree failed"), std::string::npos) << message;
}

TEST(LostDevices, ShowWhenMemoryIsGivenBack) { run_alone("ShowsWhenMemoryIsGivenBack"); }
TEST(LostDevices, SaySoAndLeaveTheCpu) { run_alone("SaysSoAndLeavesTheCpu"); }
TEST(LostDevices, AreNotChosen) { run_alone("IsNotChosen"); }
TEST(LostDevices, AreReplacedByTheHostWhereTheyWereNotAskedFor) {
  run_alone("IsReplacedByTheHostWhereItWasNotAskedFor");
}
TEST(LostDevices, HandNoMemoryOut) { run_alone("HandsNoMemoryOut"); }

TEST_F(LostDevice, IsEveryOneToAChildAfterFork) {
  const Array there = (x + 1.0).eval();
  const pid_t child = fork();
  if (child == 0) {
    int wrong = is_available(Device::cuda(0)) ? 1 : 0;
    try {
      (void)there.to_vector<double>();
      wrong |= 2;
    } catch (const DeviceError& error) {
      if (std::string(error.what()).find("cannot be used in a child after fork") == std::string::npos) wrong |= 4;
    }
    if ((x + 2.0).to_vector<double>()[0] != 3) wrong |= 8;
    _exit(wrong);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "exit status " << status / 256;
  EXPECT_EQ(there.to_vector<double>()[0], 2);
}

// What a failure leaves is a device that works.
TEST_F(LostDevice, IsOneOnlyWhereTheDeviceNoLongerAnswers) {
  for (const char* call : {"cuLaunchKernel", "cuMemcpyHtoDAsync_v2", "cuStreamSynchronize", "cuModuleLoadData"}) {
    const auto fresh = numbers(1000, 3);
    control().fail(call, 1, 1);
    EXPECT_EQ((from_host(fresh.data(), {1000}) * 5.0).eval().to_vector<double>()[1], 20) << "by the host, or it did";
    control().clear_failures();
    EXPECT_TRUE(is_available(Device::cuda(0)));
    const FakeCudaBooks before = books();
    EXPECT_EQ((from_host(fresh.data(), {1000}) * 6.0).eval().to_vector<double>()[1], 24);
    EXPECT_EQ(books().launches, before.launches + 1);
  }
}

TEST_F(LostDevice, IsNoneWhenAKernelCannotBeCompiled) {
  // Nothing on disk and no memory for the module: the host takes over where the device was set.
  control().fail("cuModuleLoadData", 1, 200);
  EXPECT_EQ((x * 2.0 - 7.0 + abs(x)).eval().to_vector<double>()[0], -4);
  control().clear_failures();
  EXPECT_TRUE(is_available(Device::cuda(0)));
}

}  // namespace
}  // namespace ingot
