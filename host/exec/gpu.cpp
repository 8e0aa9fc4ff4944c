#include "host/exec/gpu.h"

#include <algorithm>
#include <map>

#include "host/base/config.h"
#include "host/base/error.h"
#include "host/base/log.h"
#include "host/device/residence.h"
#include "host/emit/cuda/launch.h"
#include "host/exec/on_gpu/routine.h"
#include "host/jit/cuda_code.h"
#include "host/jit/nvrtc.h"

namespace ingot::exec {
namespace {

// Rough guesses, not measured on a device yet: of one core of the host, of the link to a device through pinned memory,
// and of when a device, whose driver has to be opened, is worth a thought.
constexpr double kSecondsPerAddition = 1e-10, kLinkBytesPerSecond = 2e10, kWorthADevice = 0.02;

// As the emitter for CUDA sees it: it computes index operands along any axes by itself, where the CPU stages them, and
// knows an operand by its innermost axis alone, where the CPU wants whole rows of several reduced axes.
ir::Kernel for_gpu(const Bound& bound) {
  ir::Kernel kernel = bound.launch->kernel;
  const auto adapt = [&](ir::Region& region, const Region& operands) {
    for (std::size_t k = 0; k < region.inputs.size(); ++k) {
      const Operand& operand = operands.in[k];
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

// Operands are told by the low bits of their addresses: all that a program depends on.
constexpr std::uint64_t kAlignment = 256;

using Alignment = std::vector<std::uint8_t>;  // in the order of the operands of a launch

std::vector<cuda::Binding> bindings(const std::vector<Operand>& operands, const std::uint8_t* alignment) {
  std::vector<cuda::Binding> list;
  for (const Operand& operand : operands) {
    cuda::Binding& b = list.emplace_back();
    b.address = operand.index ? static_cast<std::uint64_t>(operand.first) : *alignment;
    ++alignment;
    for (const std::int64_t step : operand.step) b.strides.push_back(operand.index ? step : step / operand.itemsize);
  }
  return list;
}

cuda::Launch launch_of(const Bound& bound, const Alignment& alignment) {
  cuda::Launch launch;
  launch.extents.assign(bound.launch->extents.begin(), bound.launch->extents.end());
  const std::uint8_t* at = alignment.data();
  launch.inputs = bindings(bound.body.in, at);
  launch.stores = bindings(bound.body.out, at += bound.body.in.size());
  launch.epilogue_inputs = bindings(bound.epilogue.in, at += bound.body.out.size());
  launch.epilogue_stores = bindings(bound.epilogue.out, at += bound.epilogue.in.size());
  launch.params = bound.body.params;
  launch.epilogue_params = bound.epilogue.params;
  return launch;
}

// address(operand) of all operands, in that order; true if that changed anything.
template <class Address>
bool align(const Bound& bound, Alignment& alignment, Address&& address) {
  std::size_t k = 0;
  bool changed = false;
  for (const std::vector<Operand>* list : {&bound.body.in, &bound.body.out, &bound.epilogue.in, &bound.epilogue.out})
    for (const Operand& operand : *list) {
      const auto low = static_cast<std::uint8_t>(operand.index ? 0 : address(operand) % kAlignment);
      changed = changed || alignment[k] != low;
      alignment[k++] = low;
    }
  return changed;
}

const std::vector<Operand>& operands(const Bound& bound, cuda::Group group) {
  switch (group) {
    case cuda::Group::Input: return bound.body.in;
    case cuda::Group::Store: return bound.body.out;
    case cuda::Group::EpilogueInput: return bound.epilogue.in;
    case cuda::Group::EpilogueStore: return bound.epilogue.out;
  }
  return bound.body.in;
}

// What the launch at hand alone reads. Launches take turns on the device's stream, so that it may go once it has begun.
std::vector<cuda::BlockRef>& parts() {
  static auto* const list = new std::vector<cuda::BlockRef>;  // under the lock of turns
  return *list;
}

// Of what is done beside evaluations.
struct Leave {
  ~Leave() { cuda::give_back_context(); }
};

// What a device has loaded, and the zeros that its launches leave as they found them. One launch follows another on the
// device's one stream, so they share them.
struct Loaded {
  std::map<std::shared_ptr<jit::CudaKernel>, cuda::Function> functions;
  cuda::BlockRef tickets;
  std::size_t ticket_count = 0;
  FaultWords faults;
};

Loaded& loaded(const cuda::Gpu& gpu) {
  static auto* const all = new std::map<int, Loaded>;  // under the lock of turns
  return (*all)[gpu.ordinal()];
}

[[noreturn]] void out_of_memory(cuda::Gpu& gpu, std::size_t bytes, const std::string& purpose) {
  const cuda::MemoryUse use = gpu.memory_use();
  throw MemoryError(text("out of memory on cuda(", gpu.ordinal(), "): ", bytes, " bytes wanted for ", purpose, ", ",
                         use.in_use, " bytes in use by this launch and by arrays that cannot go to the host, ",
                         use.budget >= 0 ? text("a budget of ", use.budget) : text(use.available, " available"),
                         "; free arrays that are no longer needed, or compute in smaller pieces or on the host"));
}

cuda::Address tickets(cuda::Gpu& gpu, Loaded& state, std::size_t count) {
  if (count == 0) return 0;
  if (count > state.ticket_count) {
    state.ticket_count = 0;
    state.tickets = memory_on_gpu(gpu, 4 * count, "the tickets of a kernel's blocks");
    gpu.clear(state.tickets->address(), 4 * count);
    state.ticket_count = count;
  }
  return state.tickets->address();
}

}  // namespace

// A launch as one device runs it: all that stays the same from one evaluation to the next.
struct GpuLaunches {
  // An argument that does not.
  struct Argument {
    std::size_t slot;
    cuda::Field::Role role;
    cuda::Group group;
    std::size_t index;
  };
  struct Entry {
    int device = kHost;
    Alignment alignment;
    std::shared_ptr<jit::CudaKernel> kernel;
    cuda::Grid grid;
    std::vector<std::uint64_t> arguments;
    std::vector<Argument> changing;
    cuda::Function function = nullptr;
  };
  ir::Kernel kernel;
  Alignment alignment;         // of the operands now
  std::vector<Entry> entries;  // one, unless devices or the alignment of operands differ between evaluations
  std::size_t last = 0;        // the entry of the evaluation before
  int ready = kHost;           // a device for which prepare_on_gpu() found code
};

namespace {

// Memory that is not Ingot's may start anywhere; beyond so many different ones, all are made anew.
constexpr std::size_t kMaxEntries = 64;

cuda::Device profile(const cuda::Gpu& gpu) {
  const cuda::Properties& properties = gpu.properties();
  return {properties.multiprocessors, cuda::bytes_in_flight(properties.capability, properties.bandwidth)};
}

GpuLaunches& launches_of(Bound& bound) {
  if (!bound.gpu) {
    const std::size_t operands =
        bound.body.in.size() + bound.body.out.size() + bound.epilogue.in.size() + bound.epilogue.out.size();
    bound.gpu = std::make_shared<GpuLaunches>();
    bound.gpu->kernel = for_gpu(bound);
    bound.gpu->alignment.resize(operands);
  }
  return *bound.gpu;
}

// The entry for a device and operands aligned as launches.alignment tells.
GpuLaunches::Entry& entry_for(const Bound& bound, GpuLaunches& launches, cuda::Gpu& gpu) {
  std::vector<GpuLaunches::Entry>& entries = launches.entries;
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const GpuLaunches::Entry& entry) {
    return entry.device == gpu.ordinal() && entry.alignment == launches.alignment;
  });
  launches.last = static_cast<std::size_t>(found - entries.begin());
  if (found != entries.end()) return *found;
  GpuLaunches::Entry entry;
  entry.device = gpu.ordinal();
  entry.alignment = launches.alignment;
  const cuda::Options options = cuda::choose(launches.kernel, launch_of(bound, launches.alignment), profile(gpu));
  entry.kernel = jit::cuda_kernel(launches.kernel, options, gpu.properties().capability);
  if (entries.size() >= kMaxEntries) entries.clear();
  launches.last = entries.size();
  return entries.emplace_back(std::move(entry));
}

// Of a kernel that is compiled.
cuda::Function function_of(const std::shared_ptr<jit::CudaKernel>& kernel, cuda::Gpu& gpu) {
  cuda::Function& function = loaded(gpu).functions[kernel];
  if (function == nullptr) function = gpu.load(kernel->code(), kernel->program().name);
  return function;
}

// Everything else that the entry lacks before its first launch.
void complete(GpuLaunches::Entry& entry, const Bound& bound, const GpuLaunches& launches, cuda::Gpu& gpu) {
  using Role = cuda::Field::Role;
  entry.kernel->compile();
  const cuda::Program& program = entry.kernel->program();
  const cuda::Launch launch = launch_of(bound, launches.alignment);
  entry.grid = cuda::grid(program, launches.kernel, launch, profile(gpu));
  entry.arguments = cuda::arguments(program, entry.grid, launch, 0, 0);
  std::size_t slot = 0;
  entry.changing.clear();
  for (const cuda::Field& field : program.fields) {
    if (field.role == Role::Address || field.role == Role::Scalar || field.role == Role::Tickets ||
        field.role == Role::Partials)
      entry.changing.push_back({slot, field.role, field.group, field.index});
    slot += static_cast<std::size_t>(field.slots);
  }
  entry.function = function_of(entry.kernel, gpu);
}

}  // namespace

bool prepare_on_gpu(std::span<Bound> launches, std::span<BoundCall> calls, cuda::Gpu& gpu, bool may_wait) {
  std::vector<std::shared_ptr<jit::CudaKernel>> missing;
  // Whether there is code.
  const auto find = [&](const std::shared_ptr<jit::CudaKernel>& kernel) {
    const bool found = may_wait && !cuda::nvrtc_is_open() ? kernel->is_compiled() : kernel->find();
    if (!found) missing.push_back(kernel);
    may_wait = may_wait && !kernel->has_failed();
    return found;
  };
  for (Bound& bound : launches) {
    if (bound.elements == 0 || (bound.gpu && bound.gpu->ready == gpu.ordinal())) continue;
    GpuLaunches& all = launches_of(bound);
    align(bound, all.alignment, [](const Operand& operand) { return static_cast<std::uint64_t>(operand.offset); });
    if (find(entry_for(bound, all, gpu).kernel)) all.ready = gpu.ordinal();
  }
  for (BoundCall& bound : calls) {
    const KernelRoutine* const routine = kernel_routine(bound.routine);
    if (routine == nullptr || bound.ready == gpu.ordinal()) continue;
    for (std::size_t k = 0; k < bound.offsets.size(); ++k)
      bound.call.inputs[k].data = reinterpret_cast<std::byte*>(bound.offsets[k]);
    bool ready = true;
    for (const cuda::RoutineKernel& kernel : routine->kernels(bound.call, gpu))
      ready = find(jit::cuda_kernel(kernel, gpu.properties().capability)) && ready;
    if (ready) bound.ready = gpu.ordinal();
  }
  if (missing.empty()) return true;
  if (may_wait) {
    jit::compile_later(std::move(missing));
    return false;
  }
  jit::compile(missing);
  return true;
}

int first_usable() {
  for (int k = 0; k < cuda::device_count(); ++k)
    if (cuda::Gpu::is_usable(k)) return k;
  return kHost;
}

bool is_usable(int ordinal) { return cuda::Gpu::is_usable(ordinal); }

void require_gpu(int ordinal, const Location& where) {
  const Leave leave;
  try {
    cuda::Gpu::get(ordinal);
  } catch (const Error& error) {
    fail<DeviceError>(where, error.what());
  }
}

cuda::Gpu& gpu(int ordinal) {
  const Leave leave;
  return cuda::Gpu::get(ordinal);
}

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
  const bool was_set = config().device >= 0;
  if (was_set && (out_of_memory || gpu.is_lost())) return false;
  static bool told = false;  // under the lock of turns
  log(was_set && !told ? Log::Always : Log::Warn, error.what(), "; the host computes it instead");
  told = told || was_set;
  return true;
}

void begin_gpu_launch() {
  parts().clear();
  cuda::begin_launch();
}

std::vector<StorageRef> end_on_gpu() noexcept {
  parts().clear();
  cuda::give_back_context();
  return cuda::take_considered();
}

std::byte* on_gpu(Storage& storage, cuda::Gpu& gpu) {
  const cuda::Address address = cuda::on_device(storage, gpu);
  if (address == 0) out_of_memory(gpu, storage.bytes(), "a copy of an array on the host");
  return reinterpret_cast<std::byte*>(address);
}

bool is_on_host_alone(const Storage& storage, const cuda::Gpu& gpu) {
  return storage.is_on_host() && !cuda::is_on(storage, gpu);
}

std::byte* part_on_gpu(Storage& storage, std::int64_t first, std::int64_t last, cuda::Gpu& gpu) {
  first -= first % static_cast<std::int64_t>(kAlignment);  // as aligned as all of the values would be
  const auto bytes = static_cast<std::size_t>(last - first);
  const cuda::BlockRef block = memory_on_gpu(gpu, bytes, "the part of an array on the host that a kernel reads");
  gpu.copy_in(block->address(), storage.data() + first, bytes);
  parts().push_back(block);
  return reinterpret_cast<std::byte*>(block->address()) - first;
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

cuda::BlockRef memory_on_gpu(cuda::Gpu& gpu, std::size_t bytes, const char* purpose) {
  cuda::BlockRef block = cuda::make_room(gpu, bytes);
  if (!block) out_of_memory(gpu, bytes, purpose);
  return block;
}

const std::byte* tickets_on_gpu(cuda::Gpu& gpu, std::int64_t count) {
  return reinterpret_cast<const std::byte*>(tickets(gpu, loaded(gpu), static_cast<std::size_t>(count)));
}

FaultWords& faults_of(cuda::Gpu& gpu) { return loaded(gpu).faults; }

void launch_on_gpu(const cuda::RoutineKernel& kernel, std::int64_t blocks, std::span<std::uint64_t> parameter,
                   cuda::Gpu& gpu) {
  const std::shared_ptr<jit::CudaKernel> code = jit::cuda_kernel(kernel, gpu.properties().capability);
  code->compile();
  gpu.launch(function_of(code, gpu), static_cast<std::uint32_t>(blocks), cuda::kBlock, parameter.data());
}

void run_on_gpu(Bound& bound, cuda::Gpu& gpu) {
  GpuLaunches& launches = launches_of(bound);
  const bool moved = align(bound, launches.alignment,
                           [](const Operand& operand) { return reinterpret_cast<std::uint64_t>(operand.base); });
  GpuLaunches::Entry& entry =
      !moved && launches.last < launches.entries.size() && launches.entries[launches.last].device == gpu.ordinal()
          ? launches.entries[launches.last]
          : entry_for(bound, launches, gpu);
  if (entry.function == nullptr) complete(entry, bound, launches, gpu);

  const cuda::Grid& grid = entry.grid;
  cuda::BlockRef scratch;
  if (grid.scratch_bytes != 0) scratch = memory_on_gpu(gpu, grid.scratch_bytes, "the partial results of a reduction");
  for (const GpuLaunches::Argument& argument : entry.changing) {
    std::uint64_t& value = entry.arguments[argument.slot];
    switch (argument.role) {
      case cuda::Field::Role::Address:
        value = reinterpret_cast<std::uint64_t>(operands(bound, argument.group)[argument.index].base);
        break;
      case cuda::Field::Role::Scalar:
        value = (argument.group == cuda::Group::Input ? bound.body : bound.epilogue).params[argument.index];
        break;
      case cuda::Field::Role::Partials:
        value = grid.partials.empty() ? 0 : scratch->address() + grid.partials[argument.index];
        break;
      default: value = tickets(gpu, loaded(gpu), grid.tickets); break;
    }
  }
  gpu.launch(entry.function, grid.blocks, cuda::kBlock, entry.arguments.data());
}

}  // namespace ingot::exec
