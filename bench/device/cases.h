// The workloads on a device: what a row of device_works() comes to for one size, limits and peers beside it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "limits.h"
#include "peers.h"
#include "works.h"

namespace bench {

/// What the cases of one run share. The numbers and limits of a size are kept until another is asked for.
class DeviceBench {
 public:
  /// `folder` takes the numbers that other processes read.
  DeviceBench(std::shared_ptr<Gpu> gpu, DevicePeers peers, std::string folder);

  Case make(const DeviceWork& work, std::int64_t n);
  /// Device memory that the work needs, with everybody who takes part.
  double bytes_needed(const DeviceWork& work, std::int64_t n) const;

 private:
  std::shared_ptr<Gpu> gpu_;
  DevicePeers peers_;
  std::string folder_;
  std::shared_ptr<DeviceInput> input_;
  std::shared_ptr<DeviceLimits> limits_;
};

/// The 1 GiB that is judged, and 8 MiB, which the caches hold.
std::vector<std::int64_t> device_sizes();

}  // namespace bench
