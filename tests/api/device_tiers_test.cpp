// When kernels for a device are compiled: in the background while the host computes what is small, otherwise first.
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "host/base/config.h"
#include "host/jit/kernels.h"
#include "ingot/device.hpp"
#include "tests/api/expect.h"

namespace ingot {
namespace {

// Kernels that no test has had before, on a device that nothing forces.
class DeviceTiers : public testing::Test {
 protected:
  void SetUp() override {
    if (!is_available(Device::cuda())) GTEST_SKIP() << "no CUDA device, and not on the software one";
    std::string pattern = (std::filesystem::temp_directory_path() / "ingot-tiers-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    cache_dir_ = std::exchange(config().cache_dir, folder_);
    backend_ = config().backend.exchange(Backend::Automatic);
    device_ = default_device();
    set_default_device(Device::cuda());
  }
  void TearDown() override {
    if (folder_.empty()) return;
    jit::finish_background();
    set_default_device(device_);
    config().backend = backend_;
    config().cache_dir = cache_dir_;
    std::filesystem::remove_all(folder_);
  }

  template <class Work>
  static Stats counted(Work&& work) {
    reset_stats();
    work();
    return stats();
  }

 private:
  std::string folder_, cache_dir_;
  Backend backend_{};
  Device device_ = Device::cpu();
};

TEST_F(DeviceTiers, RunOnTheHostWhileASmallKernelIsCompiled) {
  const std::vector<double> values(1000, 4.0);
  const Array x = from_host(values.data(), {1000});
  const auto compute = [&] { EXPECT_EQ(sum(sqrt(abs(x) * x) - floor(x)).item<double>(), 0); };
  const Stats first = counted([&] {
    compute();
    jit::finish_background();
  });
  EXPECT_EQ(first.launches, 1);
  EXPECT_EQ(first.interpreted, 1);
  EXPECT_EQ(first.bytes_to_device, 0);
  EXPECT_EQ(first.compiles, 1);
  const Stats second = counted(compute);
  EXPECT_EQ(second.launches, 1);
  EXPECT_EQ(second.interpreted, 0);
  EXPECT_EQ(second.bytes_to_device, 8000);
  EXPECT_EQ(second.compiles, 0);
}

TEST_F(DeviceTiers, AskForAKernelOnce) {
  const std::vector<double> values(100, 2.0);
  const Array x = from_host(values.data(), {100});
  const Stats done = counted([&] {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(sum(ceil(x) * exp(x - x) * x).item<double>(), 400);
    jit::finish_background();
  });
  EXPECT_EQ(done.launches, 20);
  EXPECT_EQ(done.compiles, 1);
}

TEST_F(DeviceTiers, CompileFirstWhatOnlyTheDeviceHasMuchOf) {
  config().backend = Backend::Cuda;
  const Array y = (arange(0.0, 200'000.0) * 0.5).eval();
  config().backend = Backend::Automatic;
  const Stats done = counted([&] { (trunc(y) - y * y).eval(); });
  EXPECT_EQ(done.launches, 1);
  EXPECT_EQ(done.interpreted, 0);
  EXPECT_EQ(done.compiles, 1);
  EXPECT_EQ(done.bytes_to_host, 0);
}

TEST_F(DeviceTiers, CompileFirstWhatIsMuchWork) {
  const std::vector<double> values(50'000, 1.0);
  Array x = from_host(values.data(), {50'000});
  for (int i = 0; i < 150; ++i) x = sin(x);
  const Stats done = counted([&] { x.eval(); });
  EXPECT_EQ(done.launches, 1);
  EXPECT_EQ(done.interpreted, 0);
  EXPECT_EQ(done.compiles, 1);
}

TEST_F(DeviceTiers, CompileAllKernelsOfAPlan) {
  const std::vector<double> values(600, 3.0);
  const Array x = from_host(values.data(), {20, 30}), y = from_host(values.data(), {600});
  const auto compute = [&] {
    const Array a = sum(square(x) - x, 0), b = max(cos(y) * cos(y)), c = negative(square(y));
    eval({a, b, c});
    EXPECT_EQ(a.to_vector<double>(), std::vector<double>(30, 120));
    EXPECT_EQ(c.to_vector<double>(), std::vector<double>(600, -9));
  };
  const Stats first = counted([&] {
    compute();
    jit::finish_background();
  });
  EXPECT_GE(first.launches, 2);
  EXPECT_EQ(first.interpreted, first.launches);
  EXPECT_EQ(first.compiles, first.launches);
  const Stats second = counted(compute);
  EXPECT_EQ(second.launches, first.launches);
  EXPECT_EQ(second.interpreted, 0);
  EXPECT_EQ(second.compiles, 0);
}

}  // namespace
}  // namespace ingot
