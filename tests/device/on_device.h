// What the tests of devices share: each begins on the first device, with the host's choice and all memory left behind.
#pragma once

#include <gtest/gtest.h>

#include "host/base/config.h"
#include "host/device/gpu.h"
#include "ingot/ingot.hpp"
#include "tests/fake_cuda/opened.h"

namespace ingot::tests {

class OnDevice : public testing::Test {
 protected:
  void SetUp() override { set_default_device(Device::cuda(0)); }
  void TearDown() override {
    fake_cuda_test::control().clear_failures();
    for (int k = 0; k < cuda::device_count(); ++k) {
      if (!is_available(Device::cuda(k))) continue;
      set_memory_budget(Device::cuda(k), -1);
      cuda::Gpu::get(k).release_cached();
    }
    config().device = kAutomatic;
  }

  static FakeCudaBooks books() {
    FakeCudaBooks now{};
    fake_cuda_test::control().read_books(&now);
    return now;
  }
  /// Bytes that `run` copies to devices and back, by the driver's books.
  struct Copied {
    std::uint64_t in = 0, out = 0;
    friend bool operator==(const Copied&, const Copied&) = default;
    friend void PrintTo(const Copied& c, std::ostream* to) { *to << c.in << " in, " << c.out << " out"; }
  };
  template <class Run>
  static Copied copied(Run run) {
    const FakeCudaBooks before = books();
    run();
    const FakeCudaBooks after = books();
    return {after.bytes_in - before.bytes_in, after.bytes_out - before.bytes_out};
  }
  /// `count` numbers that start with `first`.
  static std::vector<double> numbers(std::size_t count, double first) {
    std::vector<double> list(count);
    for (std::size_t i = 0; i < count; ++i) list[i] = first + static_cast<double>(i % 1000);
    return list;
  }
};

}  // namespace ingot::tests
