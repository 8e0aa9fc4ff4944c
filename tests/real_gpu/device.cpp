// Says which CUDA device the tests would run on, one property a line; without one, why there is none, and fails.
#include <cstdio>
#include <string>

#include "host/base/error.h"
#include "host/device/driver.h"
#include "host/device/gpu.h"
#include "host/jit/nvrtc.h"

int main() {
  using namespace ingot;
  std::string reason;
  const std::string nvrtc = cuda::nvrtc_version(&reason);
  try {
    const cuda::Properties& p = cuda::Gpu::get(0).properties();
    if (nvrtc.empty()) throw DeviceError(reason);
    int version = 0;
    cuda::call(&cuda::Driver::driver_version, "cuDriverGetVersion", &version);
    std::printf("device           %s\ncapability       %d.%d\nmultiprocessors  %d\nbandwidth        %.0f GB/s\n",
                p.name.c_str(), p.capability / 10, p.capability % 10, p.multiprocessors, p.bandwidth);
    std::printf("memory           %.1f GiB\ndriver           CUDA %d.%d\ncompiler         %s\n",
                static_cast<double>(p.memory) * 0x1p-30, version / 1000, version % 1000 / 10, nvrtc.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "no CUDA device to run on: %s\n", error.what());
    return 1;
  }
}
