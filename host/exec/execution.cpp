#include "host/exec/execution.h"

#include "host/base/config.h"
#include "host/device/host_memory.h"
#include "host/exec/launch.h"
#include "host/exec/prebuilt.h"
#include "host/exec/routine.h"
#include "host/exec/stats.h"

namespace ingot::exec {
namespace {

using graph::Kind;
using graph::Node;

// What is done before NVRTC has compiled a kernel, in 50 ms and more, is not worth waiting for: so much work on the
// host, in additions, and so many bytes of inputs to fetch from a device.
constexpr std::int64_t kInterpretMeanwhile = 100'000'000, kFetchMeanwhile = std::int64_t{1} << 20;

constexpr std::int64_t kSmallPart = 8;  // less than an eighth

// An address of the device, or of the host.
std::byte* memory(Storage& storage, cuda::Gpu* gpu) { return gpu != nullptr ? on_gpu(storage, *gpu) : storage.data(); }

StorageRef allocate_for(const Value& value, cuda::Gpu* gpu) {
  const auto purpose = [&] {
    return "an array of shape " + to_string(value.shape) + " and dtype " + std::string(name(value.dtype));
  };
  return gpu != nullptr ? allocate_on_gpu(value.bytes, *gpu, purpose) : device::allocate(value.bytes, purpose);
}

// The device address of the values. Of values that only the host has, and of which a small part is read, that alone
// goes to the device, for this launch: an element of a file of terabytes, say.
std::byte* reached(const Operand& in, const Dims& extents, Storage& storage, cuda::Gpu& gpu) {
  if (in.step.size() != extents.size() || !is_on_host_alone(storage, gpu)) return on_gpu(storage, gpu);
  std::int64_t first = in.offset, last = in.offset + in.itemsize;
  for (int k = 0; k < extents.size(); ++k) {
    const std::int64_t span = (extents[k] - 1) * in.step[k];
    (span < 0 ? first : last) += span;
  }
  if (kSmallPart * (last - first) >= static_cast<std::int64_t>(storage.bytes())) return on_gpu(storage, gpu);
  return part_on_gpu(storage, first, last, gpu);
}

}  // namespace

void fill(const Node* node, std::byte* out) {
  const cpu::Support& support = cpu::support(jit::level());
  if (node->kind == Kind::Index)
    support.iota(reinterpret_cast<std::int64_t*>(out), 0, 1, node->numel());
  else
    support.fill[cpu::item_index(static_cast<std::int64_t>(itemsize(node->dtype)))](out, &node->bits, node->numel());
}

void Execution::start(const plan::Outline& outline, Prepared& prepared) {
  outline_ = &outline;
  prepared_ = &prepared;
  gpu_ = nullptr;
  storage_.resize(prepared.values.size());
}

bool Execution::is_alone() const {
  if (!prepared_->serial || config().device.load(std::memory_order_relaxed) >= 0) return false;
  for (const Value& value : prepared_->values)
    if (value.stored && !node(value.item)->storage->is_on_host()) return false;
  return true;
}

void Execution::leave_gpu() {
  gpu_ = nullptr;
  faults_.forget();
  storage_.clear();
  storage_.resize(prepared_->values.size());
}

void Execution::run() {
  std::size_t next_region = 0;
  for (std::size_t k = 0; k < prepared_->plan.steps.size(); ++k) {
    const plan::Step& step = prepared_->plan.steps[k];
    const auto number = static_cast<std::size_t>(step.number);
    if (gpu_ == nullptr && next_region < prepared_->plan.regions.size() &&
        prepared_->plan.regions[next_region].first == static_cast<int>(k)) {
      run(prepared_->regions[next_region]);
      const auto end = k + static_cast<std::size_t>(prepared_->plan.regions[next_region++].count);
      for (; k + 1 < end; ++k) release(k);
    } else {
      step.is_call ? run(prepared_->calls[number]) : run(prepared_->launches[number]);
    }
    release(k);
  }
  if (gpu_ != nullptr) {
    faults_.check(*gpu_);
    wait_for(*gpu_);
  }
  const Traffic& traffic = gpu_ != nullptr ? prepared_->on_device : prepared_->on_host;
  count({.launches = static_cast<std::int64_t>(prepared_->launches.size()),
         .calls = static_cast<std::int64_t>(prepared_->calls.size()),
         .bytes_read = traffic.read,
         .bytes_written = traffic.written});
}

// What no step after this one reads.
void Execution::release(std::size_t step) {
  for (int value : prepared_->last_reads[step]) storage_[static_cast<std::size_t>(value)] = {};
}

void Execution::run(RowBlocks& region) {
  for (const plan::Step& step : region.steps) {
    const auto number = static_cast<std::size_t>(step.number);
    if (step.is_call) {
      bind(prepared_->calls[number], nullptr);
      continue;
    }
    Bound& launch = prepared_->launches[number];
    bind(launch.body, launch.launch->extents, nullptr);
    bind(launch.epilogue, {}, nullptr);
  }
  run_rows(region, prepared_->launches, prepared_->calls);
}

void Execution::run(Bound& launch) {
  cuda::Gpu* const gpu = launch.elements != 0 ? gpu_ : nullptr;
  if (gpu != nullptr) begin_gpu_launch();
  bind(launch.body, launch.launch->extents, gpu);
  bind(launch.epilogue, {}, gpu);
  gpu != nullptr ? run_on_gpu(launch, *gpu) : exec::run(launch);
}

void Execution::run(BoundCall& bound) {
  const KernelRoutine* const kernels = gpu_ != nullptr ? kernel_routine(bound.routine) : nullptr;
  cuda::Gpu* const gpu = gpu_ != nullptr && (kernels != nullptr || runs_on(bound.routine, *gpu_)) ? gpu_ : nullptr;
  if (gpu != nullptr)
    begin_gpu_launch();
  else if (gpu_ != nullptr)
    faults_.check(*gpu_);  // before the host reads what comes of them
  bind(bound, gpu);
  if (kernels != nullptr) {
    std::vector<Storage*> inputs;
    for (const int input : bound.inputs) inputs.push_back(&storage_of(input));
    return kernels->run({bound, inputs, *gpu, faults_});
  }
  gpu != nullptr ? run_on_gpu(bound.routine, bound.call, *gpu) : run_on_host(bound.routine, bound.call);
}

void Execution::bind(BoundCall& bound, cuda::Gpu* gpu) {
  RoutineCall& call = bound.call;
  for (std::size_t k = 0; k < bound.inputs.size(); ++k) {
    if (gpu_ == nullptr && (k == 0 ? bound.left_block : bound.right_block) >= 0) continue;
    generate(bound.inputs[k]);
    call.inputs[k].data = memory(storage_of(bound.inputs[k]), gpu) + bound.offsets[k];
  }
  if (bound.result_block < 0 || gpu_ != nullptr) {
    StorageRef& storage = storage_[static_cast<std::size_t>(bound.result)];
    if (!storage) storage = allocate_for(prepared_->values[static_cast<std::size_t>(bound.result)], gpu);
    call.result.data = memory(*storage, gpu);
  }
  for (const auto& [item, where] : outline_->calls)
    if (item == prepared_->values[static_cast<std::size_t>(bound.result)].item) call.where = where;
  call.threads = threads_for(bound.work);
}

// The values of a node that kernels generate where they need them, for a routine.
void Execution::generate(int value) {
  const Value& v = prepared_->values[static_cast<std::size_t>(value)];
  StorageRef& storage = storage_[static_cast<std::size_t>(value)];
  if (v.stored || storage) return;
  storage = allocate_for(v, nullptr);
  fill(node(v.item), storage->data());
}

// Along axes of these extents the operands step, if it is known.
void Execution::bind(Region& region, const Dims& extents, cuda::Gpu* gpu) {
  for (Operand& in : region.in) {
    if (in.index || (in.block >= 0 && gpu == nullptr)) continue;
    Storage& storage = storage_of(in.value);
    update(in.base, (gpu != nullptr ? reached(in, extents, storage, *gpu) : storage.data()) + in.offset);
  }
  for (Operand& out : region.out) {
    if (out.block >= 0 && gpu == nullptr) continue;
    StorageRef& storage = storage_[static_cast<std::size_t>(out.value)];
    if (!storage) storage = allocate_for(prepared_->values[static_cast<std::size_t>(out.value)], gpu);
    update(out.base, memory(*storage, gpu) + out.offset);
  }
  for (std::size_t k = 0; k < region.params.size(); ++k) update(region.params[k], node(region.constants[k])->bits);
}

// Whether the host can run it while its kernels are compiled for a device.
bool Execution::may_wait() const {
  if (config().backend.load(std::memory_order_relaxed) != Backend::Automatic || prepared_->work >= kInterpretMeanwhile)
    return false;
  std::int64_t bytes = 0;
  for (const Value& value : prepared_->values)
    if (value.stored && !node(value.item)->storage->is_on_host()) bytes += static_cast<std::int64_t>(value.bytes);
  return bytes <= kFetchMeanwhile;
}

Demand Execution::demand() const {
  Demand demand;
  demand.work = prepared_->work;
  for (const BoundCall& call : prepared_->calls)
    if (kernel_routine(call.routine) != nullptr || is_in_module(call.routine)) demand.work += call.work;
  for (const Value& value : prepared_->values)
    if (value.stored) demand.add_input(*node(value.item)->storage, static_cast<std::int64_t>(value.bytes));
  for (const int root : prepared_->roots)
    demand.bytes_on_host += static_cast<std::int64_t>(prepared_->values[static_cast<std::size_t>(root)].bytes);
  return demand;
}

Storage& Execution::storage_of(int value) const {
  const Value& v = prepared_->values[static_cast<std::size_t>(value)];
  if (!v.stored) return *storage_[static_cast<std::size_t>(value)];
  Storage& stored = *node(v.item)->storage;
  stored.check();
  return stored;
}

}  // namespace ingot::exec
