// Runs one launch of a plan on a CUDA device.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "host/base/error.h"
#include "host/base/storage.h"
#include "host/device/gpu.h"
#include "host/exec/launch.h"
#include "host/exec/rows.h"

namespace ingot::cuda {
struct RoutineKernel;
}
namespace ingot::exec {

/// The first device that can be used; -1 for none.
int first_usable();
/// Whether a device exists and nothing has shown that it cannot be used, and an error that says why it cannot.
bool is_usable(int ordinal);
void require_gpu(int ordinal, const Location& where);
cuda::Gpu& gpu(int ordinal);

/// Bounds the memory of a device that arrays and launches hold; negative: all there is.
void set_gpu_budget(int ordinal, std::int64_t bytes);

/// What an evaluation asks for.
struct Demand {
  std::int64_t work = 0;           // in additions
  std::int64_t bytes_on_host = 0;  // of inputs that would have to be copied to a device, and of results
  bool lacked_by_host = false;     // an input is on devices only
  struct Resident {
    cuda::Gpu* gpu;
    std::int64_t bytes;  // of inputs that it has
  };
  std::vector<Resident> residents;

  void add_input(const Storage& storage, std::int64_t bytes);
};

/// The device to run an evaluation on: the one that was set; without one, the one that has most of its inputs if the
/// host lacks some, or that is done sooner than the host, copies included. Null for the host. `demand()` is asked for
/// only where nothing was set. Asks for no driver where the work is small. DeviceError for a device that was set and
/// cannot be used.
cuda::Gpu* gpu_for(const std::function<Demand()>& demand);

/// Whether the host should compute what the device could not, after the error that it gave: not where it was set and is
/// out of memory or lost.
bool host_takes_over(const cuda::Gpu& gpu, const Error& error);

/// At the end of an evaluation, under its lock: the thread has its own CUDA context again. What is returned is freed
/// after it.
std::vector<StorageRef> end_on_gpu() noexcept;

/// Before the addresses of the operands of a launch are asked for: they then stay good until the next.
void begin_gpu_launch();

/// The device address of the values, which are copied there if they are not there yet. MemoryError if there is no room.
std::byte* on_gpu(Storage& storage, cuda::Gpu& gpu);

/// The device address of byte 0 of values that the host has and the device has not, of which only bytes [first, last)
/// are copied there, for this launch alone.
std::byte* part_on_gpu(Storage& storage, std::int64_t first, std::int64_t last, cuda::Gpu& gpu);
/// Whether the host has the values and the device has not.
bool is_on_host_alone(const Storage& storage, const cuda::Gpu& gpu);

/// The device address of all the values; they stay there for as long as the storage lives.
std::byte* stay_on_gpu(Storage& storage, cuda::Gpu& gpu);

/// Values in memory of the device that is not Ingot's; `owner` lives as long as they are needed.
StorageRef borrow_from_gpu(cuda::Gpu& gpu, const void* address, std::size_t bytes, std::shared_ptr<void> owner);

/// Copies values, wherever they are, to memory of the caller's.
void copy_to_host(Storage& storage, void* to);

/// Waits for all that was begun.
void wait_for(cuda::Gpu& gpu);

/// What is begun on the device comes after the work that the stream has; and the other way round.
void order_after(cuda::Gpu& gpu, void* stream);
void order_before(cuda::Gpu& gpu, void* stream);

/// Memory of the device. MemoryError, which says what it was for, if there is no room.
StorageRef allocate_on_gpu(std::size_t bytes, cuda::Gpu& gpu, const std::function<std::string()>& purpose);

/// Has the kernels of a plan compiled for the device, several at once, before it runs there. True when that is so;
/// false where it `may_wait` and they are still being compiled in the background: the host then runs it meanwhile.
/// DeviceError for a kernel that cannot be compiled.
bool prepare_on_gpu(std::span<Bound> launches, std::span<BoundCall> calls, cuda::Gpu& gpu, bool may_wait);

/// Begins the launch; its operands' `base` are addresses of the device. It must have elements.
void run_on_gpu(Bound& bound, cuda::Gpu& gpu);

/// Begins a kernel that is not of a plan's launch.
void launch_on_gpu(const cuda::RoutineKernel& kernel, std::int64_t blocks, std::span<std::uint64_t> parameter,
                   cuda::Gpu& gpu);
/// Memory for the kernels that are begun next: it may go once they are. MemoryError.
cuda::BlockRef memory_on_gpu(cuda::Gpu& gpu, std::size_t bytes, const char* purpose);
/// As many 32-bit zeros, which kernels leave as they found them.
const std::byte* tickets_on_gpu(cuda::Gpu& gpu, std::int64_t count);

/// kFaults words of 64 bits of the device, and whether they are 0 but for what kernels that run have written there.
inline constexpr int kFaults = 64;
struct FaultWords {
  cuda::BlockRef words;
  bool clean = false;
};
FaultWords& faults_of(cuda::Gpu& gpu);

}  // namespace ingot::exec
