#include "host/exec/gpu.h"

#include <algorithm>
#include <map>

#include "host/base/config.h"
#include "host/base/error.h"
#include "host/base/log.h"
#include "host/device/residence.h"
#include "host/emit/cuda/launch.h"
#include "host/jit/cuda_code.h"

namespace ingot::exec {
namespace {

// Rough guesses, not measured on a device yet: of one core of the host, of the link to a device through pinned memory,
// and of when a device, whose driver has to be opened, is worth a thought.
constexpr double kSecondsPerAddition = 1e-10, kLinkBytesPerSecond = 2e10, kWorthADevice = 0.02;

// As the emitter for CUDA sees it: it computes index operands along any axes by itself, where the CPU stages them, and
// knows an operand by its innermost axis alone.
ir::Kernel for_gpu(const Bound& bound) {
  ir::Kernel kernel = bound.launch->kernel;
  const auto adapt = [&](ir::Region& region, const Region& operands) {
    for (std::size_t k = 0; k < region.inputs.size(); ++k) {
      const Operand& operand = operands.in[k];
      if (!operand.index && !bound.launch->flat) continue;
      const std::int64_t unit = operand.index ? 1 : operand.itemsize,
                         step = operand.step.empty() ? 0 : operand.step.back();
      region.inputs[k].generated = operand.index;
      region.inputs[k].access = step == unit                  ? ir::Access::Contiguous
                                : step == 0 && !operand.index ? ir::Access::Uniform
                                                              : ir::Access::Strided;
    }
  };
  adapt(kernel.body, bound.body);
  adapt(kernel.epilogue, bound.epilogue);
  return kernel;
}

std::vector<cuda::Binding> bindings(const std::vector<Operand>& operands) {
  std::vector<cuda::Binding> list;
  for (const Operand& operand : operands) {
    cuda::Binding& b = list.emplace_back();
    b.address =
        operand.index ? static_cast<std::uint64_t>(operand.first) : reinterpret_cast<std::uint64_t>(operand.base);
    for (const std::int64_t step : operand.step) b.strides.push_back(operand.index ? step : step / operand.itemsize);
  }
  return list;
}

cuda::Launch launch_of(const Bound& bound) {
  cuda::Launch launch;
  launch.extents.assign(bound.launch->extents.begin(), bound.launch->extents.end());
  launch.inputs = bindings(bound.body.in);
  launch.stores = bindings(bound.body.out);
  launch.epilogue_inputs = bindings(bound.epilogue.in);
  launch.epilogue_stores = bindings(bound.epilogue.out);
  launch.params = bound.body.params;
  launch.epilogue_params = bound.epilogue.params;
  return launch;
}

// What a device has loaded, and the zeros that its launches leave as they found them. One launch follows another on the
// device's one stream, so they share them.
struct Loaded {
  std::map<std::shared_ptr<const jit::CudaCode>, cuda::Function> functions;
  cuda::BlockRef tickets;
  std::size_t ticket_count = 0;
};

Loaded& loaded(const cuda::Gpu& gpu) {
  static auto* const all = new std::map<int, Loaded>;  // under the lock of evaluations
  return (*all)[gpu.ordinal()];
}

[[noreturn]] void out_of_memory(cuda::Gpu& gpu, std::size_t bytes, const std::string& purpose) {
  const cuda::MemoryUse use = gpu.memory_use();
  throw MemoryError(text("out of memory on cuda(", gpu.ordinal(), "): ", bytes, " bytes wanted for ", purpose, ", ",
                         use.in_use, " bytes in use by this launch and by arrays that cannot go to the host, ",
                         use.budget >= 0 ? text("a budget of ", use.budget) : text(use.available, " available"),
                         "; free arrays that are no longer needed, or compute in smaller pieces or on the host"));
}

cuda::BlockRef memory(cuda::Gpu& gpu, std::size_t bytes, const char* purpose) {
  cuda::BlockRef block = cuda::make_room(gpu, bytes);
  if (!block) out_of_memory(gpu, bytes, purpose);
  return block;
}

cuda::Address tickets(cuda::Gpu& gpu, Loaded& state, std::size_t count) {
  if (count == 0) return 0;
  if (count > state.ticket_count) {
    state.ticket_count = 0;
    state.tickets = memory(gpu, 4 * count, "the tickets of a reduction's blocks");
    gpu.clear(state.tickets->address(), 4 * count);
    state.ticket_count = count;
  }
  return state.tickets->address();
}

}  // namespace

struct GpuLaunches {
  struct Entry {
    int device;
    cuda::Options options;
    std::shared_ptr<const jit::CudaCode> code;
    cuda::Function function;
  };
  ir::Kernel kernel;
  std::vector<Entry> entries;  // one, unless alignment or sizes of operands differ between evaluations
};

namespace {

const GpuLaunches::Entry& entry_for(GpuLaunches& launches, const cuda::Options& options, cuda::Gpu& gpu) {
  for (const GpuLaunches::Entry& entry : launches.entries)
    if (entry.device == gpu.ordinal() && entry.options == options) return entry;
  auto code = jit::cuda_code(launches.kernel, options, gpu.properties().capability);
  cuda::Function& function = loaded(gpu).functions[code];
  if (function == nullptr) function = gpu.load(code->cubin, code->program.name);
  return launches.entries.emplace_back(GpuLaunches::Entry{gpu.ordinal(), options, std::move(code), function});
}

}  // namespace

int first_usable() {
  for (int k = 0; k < cuda::device_count(); ++k)
    if (cuda::Gpu::is_usable(k)) return k;
  return kHost;
}

bool is_usable(int ordinal) { return cuda::Gpu::is_usable(ordinal); }

void require_gpu(int ordinal, const Location& where) {
  try {
    cuda::Gpu::get(ordinal);
  } catch (const DeviceError& error) {
    fail<DeviceError>(where, error.what());
  }
}

cuda::Gpu& gpu(int ordinal) { return cuda::Gpu::get(ordinal); }

void set_gpu_budget(int ordinal, std::int64_t bytes) { gpu(ordinal).set_budget(bytes); }

void Demand::add_input(const Storage& storage, std::int64_t bytes) {
  const bool on_devices = cuda::visit_devices(storage, [&](cuda::Gpu& gpu) {
    for (Resident& resident : residents)
      if (resident.gpu == &gpu) {
        resident.bytes += bytes;
        return;
      }
    residents.push_back({&gpu, bytes});
  });
  if (!on_devices) bytes_on_host += bytes;
  if (on_devices && !storage.is_on_host()) lacked_by_host = true;
}

cuda::Gpu* gpu_for(const std::function<Demand()>& ask) {
  const int device = config().device;
  if (device == kHost) return nullptr;
  if (device >= 0) return &cuda::Gpu::get(device);
  const Demand demand = ask();
  const auto most = std::max_element(demand.residents.begin(), demand.residents.end(),
                                     [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  cuda::Gpu* const resident = most != demand.residents.end() ? most->gpu : nullptr;
  if (demand.lacked_by_host) return resident;
  const double on_host = kSecondsPerAddition * static_cast<double>(demand.work) / config().threads;
  const double copies = static_cast<double>(demand.bytes_on_host) / kLinkBytesPerSecond;
  if (on_host < kWorthADevice || copies > on_host) return nullptr;
  if (resident != nullptr) return resident;
  for (int k = first_usable(); k >= 0; k = first_usable()) {  // one that cannot be set up is usable no more
    try {
      return &cuda::Gpu::get(k);
    } catch (const Error& error) {
      log(Log::Warn, error.what());
    }
  }
  return nullptr;
}

bool host_takes_over(const cuda::Gpu& gpu, const Error& error) {
  const bool out_of_memory = dynamic_cast<const MemoryError*>(&error) != nullptr;
  if (!out_of_memory && dynamic_cast<const DeviceError*>(&error) == nullptr) return false;
  if (config().device >= 0 && (out_of_memory || gpu.is_lost())) return false;
  log(Log::Warn, error.what(), "; the host computes it instead");
  return true;
}

void begin_gpu_launch() { cuda::begin_launch(); }

std::byte* on_gpu(Storage& storage, cuda::Gpu& gpu) {
  const cuda::Address address = cuda::on_device(storage, gpu);
  if (address == 0) out_of_memory(gpu, storage.bytes(), "a copy of an array on the host");
  return reinterpret_cast<std::byte*>(address);
}

std::byte* stay_on_gpu(Storage& storage, cuda::Gpu& gpu) {
  std::byte* const address = on_gpu(storage, gpu);
  cuda::keep_on_device(storage, gpu);
  return address;
}

StorageRef borrow_from_gpu(cuda::Gpu& gpu, const void* address, std::size_t bytes, std::shared_ptr<void> owner) {
  return cuda::borrow_on(gpu, reinterpret_cast<cuda::Address>(address), bytes, std::move(owner));
}

void copy_to_host(Storage& storage, void* to) { cuda::copy_to_host(storage, to); }
void wait_for(cuda::Gpu& gpu) { gpu.synchronize(); }
void order_after(cuda::Gpu& gpu, void* stream) { gpu.come_after(static_cast<cuda::Stream>(stream)); }
void order_before(cuda::Gpu& gpu, void* stream) { gpu.come_before(static_cast<cuda::Stream>(stream)); }

StorageRef allocate_on_gpu(std::size_t bytes, cuda::Gpu& gpu, const std::function<std::string()>& purpose) {
  StorageRef storage = cuda::allocate_on(gpu, bytes);
  if (!storage) out_of_memory(gpu, bytes, purpose());
  return storage;
}

void run_on_gpu(Bound& bound, cuda::Gpu& gpu) {
  const cuda::Properties& properties = gpu.properties();
  const cuda::Device device{properties.multiprocessors,
                            cuda::bytes_in_flight(properties.capability, properties.bandwidth)};
  if (!bound.gpu) bound.gpu = std::make_shared<GpuLaunches>(GpuLaunches{for_gpu(bound), {}});
  const ir::Kernel& kernel = bound.gpu->kernel;
  const cuda::Launch launch = launch_of(bound);
  const GpuLaunches::Entry& entry = entry_for(*bound.gpu, cuda::choose(kernel, launch, device), gpu);
  const cuda::Program& program = entry.code->program;

  const cuda::Grid grid = cuda::grid(program, kernel, launch, device);
  cuda::BlockRef scratch;
  if (grid.scratch_bytes != 0) scratch = memory(gpu, grid.scratch_bytes, "the partial results of a reduction");
  const cuda::Address zeros = tickets(gpu, loaded(gpu), grid.tickets);
  std::vector<std::uint64_t> arguments =
      cuda::arguments(program, grid, launch, scratch ? scratch->address() : 0, zeros);
  gpu.launch(entry.function, grid.blocks, cuda::kBlock, arguments.data());
}

}  // namespace ingot::exec
