#include "ingot/device.hpp"

#include <vector>

#include "tests/api/expect.h"

namespace ingot {
namespace {

class OnDevice {
 public:
  explicit OnDevice(Device device) : before_(default_device()) { set_default_device(device); }
  ~OnDevice() { set_default_device(before_); }

 private:
  Device before_;
};

TEST(Devices, HaveNames) {
  EXPECT_EQ(to_string(Device::cpu()), "cpu");
  EXPECT_EQ(to_string(Device::cuda(2)), "cuda(2)");
  EXPECT_EQ(Device::cuda(2).index(), 2);
  EXPECT_NE(Device::cuda(), Device::cpu());
  EXPECT_TRUE(is_available(Device::cpu()));
}

TEST(Devices, SayWhyTheyAreMissing) {
  EXPECT_FALSE(is_available(Device::cuda(1000)));
  EXPECT_THROW(set_default_device(Device::cuda(1000)), DeviceError);
  EXPECT_THROW(to(zeros({2}), Device::cuda(1000)), DeviceError);
  if (is_available(Device::cuda())) return;
  try {
    set_default_device(Device::cuda());
    FAIL() << "a device that is not available was taken";
  } catch (const DeviceError& error) {
    EXPECT_NE(std::string(error.what()).find("CUDA"), std::string::npos) << error.what();
  }
  EXPECT_EQ(sum(ones({3})).item<int>(), 3);
}

TEST(Devices, GiveTheBitsOfTheHost) {
  if (!is_available(Device::cuda())) GTEST_SKIP() << "no CUDA device, and not on the software one";
  std::vector<double> values(10'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.37 * static_cast<double>(i % 997);
  const auto results = [&](Device device) {
    const OnDevice scope(device);
    const Array x = from_host(values.data(), {100, 100}), y = sqrt(x) + sin(x);
    const Array total = sum(y), spread = stddev(y, 0), turned = y.T() * 2.0;
    eval({total, spread, turned});
    std::vector<double> all = turned.to_vector<double>();
    for (double s : spread.to_vector<double>()) all.push_back(s);
    all.push_back(total.item<double>());
    return all;
  };
  EXPECT_EQ(results(Device::cuda()), results(Device::cpu()));
}

TEST(Devices, ShareArraysWithTheHost) {
  if (!is_available(Device::cuda())) GTEST_SKIP() << "no CUDA device, and not on the software one";
  const Array x = to(array({1.0, 2.0, 3.0}), Device::cuda());
  {
    const OnDevice scope(Device::cpu());
    EXPECT_VALUES(x + 1.0, ({3}), double, 2, 3, 4);
  }
  const OnDevice scope(Device::cuda());
  const Array y = (x * x).eval();
  EXPECT_VALUES(to(y, Device::cpu()), ({3}), double, 1, 4, 9);
  double out[3];
  eval_into(y - x, out);
  EXPECT_EQ(out[2], 6);
}

TEST(Devices, CopyWhatTheyLackAndOnlyOnce) {
  if (!is_available(Device::cuda())) GTEST_SKIP() << "no CUDA device, and not on the software one";
  const OnDevice scope(Device::cuda());
  const std::vector<double> values(1000, 4.0);
  const Array x = from_host(values.data(), {1000});
  const auto copied = [](auto run) {
    const Stats before = stats();
    run();
    const Stats after = stats();
    return std::pair(after.bytes_to_device - before.bytes_to_device, after.bytes_to_host - before.bytes_to_host);
  };
  using Bytes = std::pair<std::int64_t, std::int64_t>;
  const Array total = sum(sqrt(x));
  EXPECT_EQ(copied([&] { total.eval(); }), Bytes(8000, 0));
  EXPECT_EQ(copied([&] { EXPECT_EQ(total.item<double>(), 2000); }), Bytes(0, 8));
  EXPECT_EQ(copied([&] { EXPECT_EQ(total.item<double>(), 2000); }), Bytes(0, 0));
  const Array doubled = x + x;
  EXPECT_EQ(copied([&] { doubled.eval(); }), Bytes(0, 0));
  EXPECT_EQ(copied([&] { EXPECT_EQ(doubled.to_vector<double>().front(), 8); }), Bytes(0, 8000));
  EXPECT_EQ(copied([&] { (doubled * x).eval(); }), Bytes(0, 0));
  EXPECT_EQ(copied([&] { EXPECT_EQ(sum(random::Generator(1).uniform({100'000}) >= 0).item<int>(), 100'000); }).first,
            0);
}

// Where no prebuilt module can use the device, the host sorts: what it lacks is copied to it, the result back when a
// kernel reads it, and nothing twice.
TEST(Devices, SortThereOrOnTheHost) {
  if (!is_available(Device::cuda())) GTEST_SKIP() << "no CUDA device, and not on the software one";
  const OnDevice scope(Device::cuda());
  const std::vector<double> values = {3, 1, 2, 0};
  const Array x = to(array(std::span(values)), Device::cuda()), y = (x * 2.0).eval();
  const auto copied = [](auto run) {
    const Stats before = stats();
    run();
    const Stats after = stats();
    return std::pair(after.bytes_to_device - before.bytes_to_device, after.bytes_to_host - before.bytes_to_host);
  };
  const Array sorted = sort(y);
  const auto [to_device, to_host] = copied([&] { sorted.eval(); });
  EXPECT_EQ(to_device, 0);
  EXPECT_TRUE(to_host == 0 || to_host == 32) << to_host;
  EXPECT_EQ(copied([&] { sum(sorted).eval(); }).first, to_host);
  EXPECT_EQ(copied([&] { argsort(y).eval(); }).second, 0);
  EXPECT_VALUES(sorted, ({4}), double, 0, 2, 4, 6);
  EXPECT_VALUES(argsort(y), ({4}), int, 3, 1, 2, 0);
}

}  // namespace
}  // namespace ingot
