// What a device can do at most, measured beside the work.
#pragma once

#include <chrono>
#include <memory>

#include "../harness/case.h"
#include "gpu.h"

namespace bench {

class DeviceLimits {
 public:
  /// For inputs of n float64: takes the memory of one input and one output.
  DeviceLimits(std::shared_ptr<Gpu> gpu, std::int64_t n);
  ~DeviceLimits();
  DeviceLimits(const DeviceLimits&) = delete;
  DeviceLimits& operator=(const DeviceLimits&) = delete;

  /// Seconds until it is done, waiting included, as an evaluation has to.
  double copy();  ///< one input to one output: the faster of a kernel's and the driver's
  double read();
  double empty();   ///< a kernel that does nothing
  double launch();  ///< the host's part of beginning it
  /// Operations a second of independent fused multiply-adds of float64 in registers; measured now, or a moment ago.
  double multiply_add_rate();

  /// As contestants: "copy", "read", and "fma peak": the time that `flops` operations take at that rate.
  static Contestant copy_limit(std::shared_ptr<DeviceLimits> limits);
  static Contestant read_limit(std::shared_ptr<DeviceLimits> limits);
  static Contestant flops_limit(std::shared_ptr<DeviceLimits> limits, double flops);

 private:
  std::shared_ptr<Gpu> gpu_;
  std::int64_t units_;  // of 16 bytes
  Address x_, out_;
  Gpu::Kernel copy_, read_, multiply_add_, empty_;
  std::int64_t steps_ = 8;
  double rate_ = 0;
  std::chrono::steady_clock::time_point rate_holds_until_{};
};

}  // namespace bench
