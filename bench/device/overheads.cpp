#include "overheads.h"

#include <fmt/core.h>

#include <sstream>
#include <stdexcept>

#include <ingot/ingot.hpp>

#include "../harness/measure.h"
#include "../harness/process.h"

namespace bench {
namespace {

constexpr std::int64_t kSmall = 1000;
constexpr int kOps = 10, kRepeats = 2000, kProcesses = 5;

template <class Measure>
Quartiles many(Measure&& measure) {
  std::vector<double> seconds;
  for (int i = 0; i < kRepeats / 10; ++i) measure();
  for (int i = 0; i < kRepeats; ++i) seconds.push_back(measure());
  return quartiles(std::move(seconds));
}

/// A plan of ten ops on a thousand elements that lie on the device. From the call of eval() to the values it takes what
/// a kernel that does nothing takes from its launch to its end, and besides that only the host's own work.
void warm_launch(const std::shared_ptr<Gpu>& gpu, const std::function<void(const Figure&)>& use) {
  const ingot::Device device = ingot::Device::cuda(gpu->ordinal());
  const ingot::Array x = ingot::to(ingot::arange(0.0, double{kSmall}) + 1.0, device),
                     y = ingot::to(ingot::arange(0.0, double{kSmall}) + 0.5, device);
  double got = 0;
  const auto once = [&] {
    ingot::Array t = x;
    for (int i = 0; i < kOps; ++i) t = i % 3 == 0 ? t + y : i % 3 == 1 ? t * y : ingot::maximum(t, y);
    const double seconds = clocked([&] { t.eval(); });
    if (got == 0) got = t.data<double>()[7];
    return seconds;
  };
  const Quartiles whole = many(once);
  double expected = 8;
  for (int i = 0; i < kOps; ++i)
    expected = i % 3 == 0 ? expected + 7.5 : i % 3 == 1 ? expected * 7.5 : std::max(expected, 7.5);
  if (got != expected) throw WrongResult(fmt::format("ten ops gave {:.17g}, expected {:.17g}", got, expected));

  DeviceLimits limits(gpu, kSmall);
  const Quartiles empty = many([&] { return limits.empty(); }), launch = many([&] { return limits.launch(); });
  use({.name = "warm plan of ten ops on 1,000 elements, until its values exist",
       .value = whole.median * 1e6,
       .unit = "us",
       .note = fmt::format("quartiles {:.2f} .. {:.2f}; an empty kernel, launched and waited for, {:.2f}",
                           whole.q1 * 1e6, whole.q3 * 1e6, empty.median * 1e6)});
  use({.name = "of it on the host, the driver's launch included",
       .value = (whole.median - empty.median + launch.median) * 1e6,
       .unit = "us",
       .limit = 8,
       .note = fmt::format("less the empty kernel, plus its launch alone, {:.2f}", launch.median * 1e6)});
}

void cold_compile(const std::string& probe, const std::string& folder, const std::function<void(const Figure&)>& use) {
  std::vector<double> compiling, first;
  for (int i = 0; i < kProcesses; ++i) {
    const TemporaryFolder cache(folder);
    const Finished done = run_process({probe, "compile-w1"}, {"INGOT_BACKEND=cuda", "INGOT_CACHE_DIR=" + cache.path()});
    std::istringstream line(done.output);
    double seconds = 0, opening = 0;
    if (done.status != 0 || !(line >> seconds >> opening))
      throw std::runtime_error(fmt::format("'{} compile-w1' ended with status {}", probe, done.status));
    compiling.push_back(seconds);
    first.push_back(opening);
  }
  use({.name = "compiling W1",
       .value = quartiles(compiling).median * 1e3,
       .unit = "ms",
       .limit = 80,
       .note = fmt::format("first evaluation less a warm one, driver and NVRTC opened before; median of {} processes; "
                           "the very first kernel, opening them: {:.0f} ms",
                           kProcesses, quartiles(first).median * 1e3)});
}

}  // namespace

void measure_device_overheads(const std::shared_ptr<Gpu>& gpu, const std::string& probe, const std::string& folder,
                              const std::function<void(const Figure&)>& use) {
  warm_launch(gpu, use);
  cold_compile(probe, folder, use);
}

}  // namespace bench
