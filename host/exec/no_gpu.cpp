// A build without CUDA: every evaluation runs on the host.
#include "host/base/config.h"
#include "host/base/error.h"
#include "host/exec/gpu.h"
#include "host/exec/prebuilt.h"

namespace ingot::exec {
namespace {

constexpr const char* kReason = "this build of ingot has no CUDA (INGOT_CUDA=OFF); use the cpu, or a build that has it";

[[noreturn]] void unavailable() { throw DeviceError(kReason); }

}  // namespace

int gpu_count() { return 0; }
void require_gpu(int, const Location& where) { fail<DeviceError>(where, kReason); }
cuda::Gpu& gpu(int) { unavailable(); }

cuda::Gpu* gpu_for(const Demand&) {
  if (config().device >= 0) unavailable();
  return nullptr;
}

cuda::Gpu* gpu_that_has(const Storage&) { return nullptr; }

std::byte* on_gpu(Storage&, cuda::Gpu&) { unavailable(); }
StorageRef allocate_on_gpu(std::size_t, cuda::Gpu&, const std::function<std::string()>&) { unavailable(); }
void run_on_gpu(Bound&, cuda::Gpu&) { unavailable(); }

bool runs_on(Routine, cuda::Gpu&) { return false; }
void run_on_gpu(Routine, const RoutineCall&, cuda::Gpu&) { unavailable(); }

}  // namespace ingot::exec
