// A build without CUDA: every evaluation runs on the host.
#include "host/base/config.h"
#include "host/base/error.h"
#include "host/exec/gpu.h"
#include "host/exec/on_gpu/routine.h"
#include "host/exec/prebuilt.h"

namespace ingot::exec {
namespace {

constexpr const char* kReason = "this build of ingot has no CUDA (INGOT_CUDA=OFF); use the cpu, or a build that has it";

[[noreturn]] void unavailable() { throw DeviceError(kReason); }

}  // namespace

int first_usable() { return kHost; }
bool is_usable(int) { return false; }
void require_gpu(int, const Location& where) { fail<DeviceError>(where, kReason); }
cuda::Gpu& gpu(int) { unavailable(); }

void set_gpu_budget(int, std::int64_t) { unavailable(); }
void Demand::add_input(const Storage&, std::int64_t) {}

cuda::Gpu* gpu_for(const std::function<Demand()>&) {
  if (config().device >= 0) unavailable();
  return nullptr;
}

bool host_takes_over(const cuda::Gpu&, const Error&) { return false; }
void begin_gpu_launch() {}
std::vector<StorageRef> end_on_gpu() noexcept { return {}; }

std::byte* on_gpu(Storage&, cuda::Gpu&) { unavailable(); }
std::byte* part_on_gpu(Storage&, std::int64_t, std::int64_t, cuda::Gpu&) { unavailable(); }
bool is_on_host_alone(const Storage&, const cuda::Gpu&) { unavailable(); }
std::byte* stay_on_gpu(Storage&, cuda::Gpu&) { unavailable(); }
StorageRef borrow_from_gpu(cuda::Gpu&, const void*, std::size_t, std::shared_ptr<void>) { unavailable(); }
void copy_to_host(Storage&, void*) { unavailable(); }
void wait_for(cuda::Gpu&) { unavailable(); }
void order_after(cuda::Gpu&, void*) { unavailable(); }
void order_before(cuda::Gpu&, void*) { unavailable(); }
StorageRef allocate_on_gpu(std::size_t, cuda::Gpu&, const std::function<std::string()>&) { unavailable(); }
bool prepare_on_gpu(std::span<Bound>, std::span<BoundCall>, cuda::Gpu&, bool) { unavailable(); }
void run_on_gpu(Bound&, cuda::Gpu&) { unavailable(); }

const KernelRoutine* kernel_routine(Routine) { return nullptr; }
void Faults::check(cuda::Gpu&) { unavailable(); }
bool is_in_module(Routine) { return false; }
bool runs_on(Routine, cuda::Gpu&) { return false; }
void run_on_gpu(Routine, const RoutineCall&, cuda::Gpu&) { unavailable(); }

}  // namespace ingot::exec
