#include "host/exec/prepare.h"

#include <algorithm>

#include "host/base/cache.h"
#include "host/exec/blocks.h"
#include "host/exec/routine.h"

namespace ingot::exec {
namespace {

// Elements that are visited: a broadcast axis counts once.
std::int64_t visited(const Dims& extents, const Dims& steps) {
  std::int64_t n = 1;
  for (int k = 0; k < extents.size(); ++k)
    if (steps[k] != 0) n *= extents[k];
  return n;
}

// Bytes that a launch reads or writes of an operand.
std::int64_t touched(const Operand& operand, const Dims& extents) {
  return operand.index ? 0 : visited(extents, operand.step) * operand.itemsize;
}

class Preparation {
 public:
  Preparation(const plan::Snapshot& snapshot, Prepared& prepared)
      : snapshot_(snapshot), prepared_(prepared), value_of_(snapshot.items.size(), -1) {}

  void run() {
    for (const plan::Launch& launch : prepared_.plan.launches) {
      Bound& bound = prepared_.launches.emplace_back();
      bound.launch = &launch;
      bound.code = jit::code_for(launch.kernel);
      bound.work = work(launch);
      bound.elements = product(launch.extents);
      axes(launch, bound);
      bound.reductions = reducings(launch.kernel);
      prepared_.work += bound.work;
      bind(launch.kernel.body, launch.body, launch.extents, bound.body);
      bind(launch.kernel.epilogue, launch.epilogue, launch.kept_extents(), bound.epilogue);
    }
    for (const plan::Call& call : prepared_.plan.calls) bind(call);
    for (const plan::RowRegion& region : prepared_.plan.regions) prepared_.regions.push_back(blocks(region));
    prepared_.last_reads.resize(prepared_.plan.steps.size());
    for (const plan::Value& v : prepared_.plan.values)
      if (!v.root) prepared_.last_reads[static_cast<std::size_t>(v.last_use)].push_back(value(v.item));
    for (int item : snapshot_.roots) prepared_.roots.push_back(value(item));
    const auto serial = [](const auto& part) { return is_serial(part.work); };
    prepared_.serial = std::all_of(prepared_.calls.begin(), prepared_.calls.end(), serial) &&
                       std::all_of(prepared_.launches.begin(), prepared_.launches.end(), serial) &&
                       std::all_of(prepared_.regions.begin(), prepared_.regions.end(), serial);
  }

 private:
  int value(int item) {
    int& known = value_of_[static_cast<std::size_t>(item)];
    if (known >= 0) return known;
    const plan::Item& it = snapshot_.items[static_cast<std::size_t>(item)];
    prepared_.values.push_back(
        {item, it.stored, it.dtype, it.shape, static_cast<std::size_t>(it.numel) * itemsize(it.dtype)});
    return known = static_cast<int>(prepared_.values.size()) - 1;
  }

  void bind(const plan::Call& call) {
    const plan::Item& item = snapshot_.items[static_cast<std::size_t>(call.item)];
    BoundCall& bound = prepared_.calls.emplace_back();
    bound.routine = item.routine;
    bound.call.parameters = item.dims;
    for (int k = 0; k < item.inputs; ++k) {
      const plan::Item& input = snapshot_.items[static_cast<std::size_t>(item.in[k])];
      const plan::Binding& read = call.inputs[static_cast<std::size_t>(k)];
      const auto size = static_cast<std::int64_t>(itemsize(input.dtype));
      bound.inputs.push_back(value(read.item));
      bound.offsets.push_back(read.map.offset * size);
      bound.call.inputs.push_back({input.dtype, input.shape, nullptr, read.map.strides});
      const std::int64_t elements = visited(input.shape, read.map.strides);
      count(&Traffic::read, elements_read(item.routine, k, elements, item.numel) * size, read.residence);
    }
    bound.result = value(call.item);
    bound.call.result = {item.dtype, item.shape, nullptr, c_strides(item.shape)};
    bound.work = exec::work(bound.routine, bound.call);
    count(&Traffic::written, item.numel * static_cast<std::int64_t>(itemsize(item.dtype)), call.result);
  }

  // What finds its elements in the cache, in a row region on the host, moves nothing there.
  void count(std::int64_t Traffic::* way, std::int64_t bytes, plan::Residence residence = plan::Residence::Memory) {
    prepared_.on_device.*way += bytes;
    if (residence == plan::Residence::Memory) prepared_.on_host.*way += bytes;
  }

  RowBlocks blocks(const plan::RowRegion& region) {
    RowBlocks blocks;
    blocks.rows = region.rows;
    blocks.row_bytes = region.row_bytes;
    std::vector<int> block_of(prepared_.values.size(), -1);
    for (int k = region.first; k < region.first + region.count; ++k) {
      const plan::Step& step = prepared_.plan.steps[static_cast<std::size_t>(k)];
      blocks.steps.push_back(step);
      blocks.streaming.push_back(!step.is_call && !writes_what_is_read(region, k));
      if (step.is_call) {
        (region.sums_rows ? blocks.sums_rows : blocks.has_product) = true;
        const plan::Call& call = prepared_.plan.calls[static_cast<std::size_t>(step.number)];
        BoundCall& bound = prepared_.calls[static_cast<std::size_t>(step.number)];
        blocks.work += bound.work;
        if (call.inputs[0].residence == plan::Residence::Block)
          bound.left_block = block_of[static_cast<std::size_t>(bound.inputs[0])];
        if (call.inputs[1].residence == plan::Residence::Block)
          bound.right_block = block_of[static_cast<std::size_t>(bound.inputs[1])];
        if (call.result == plan::Residence::Block) bound.result_block = new_block(bound.result, blocks, block_of);
        continue;
      }
      Bound& bound = prepared_.launches[static_cast<std::size_t>(step.number)];
      blocks.work += bound.work;
      place_in_blocks(bound.launch->body, bound.body, blocks, block_of);
      place_in_blocks(bound.launch->epilogue, bound.epilogue, blocks, block_of);
    }
    return blocks;
  }

  int new_block(int value, RowBlocks& blocks, std::vector<int>& block_of) const {
    blocks.row_sizes.push_back(static_cast<std::int64_t>(prepared_.values[static_cast<std::size_t>(value)].bytes) /
                               blocks.rows);
    return block_of[static_cast<std::size_t>(value)] = static_cast<int>(blocks.row_sizes.size()) - 1;
  }

  void place_in_blocks(const plan::RegionBindings& bindings, Region& region, RowBlocks& blocks,
                       std::vector<int>& block_of) {
    for (std::size_t k = 0; k < region.out.size(); ++k) {
      if (bindings.outputs[k].residence != plan::Residence::Block) continue;
      region.out[k].block = new_block(region.out[k].value, blocks, block_of);
    }
    for (std::size_t k = 0; k < region.in.size(); ++k)
      if (bindings.inputs[k].residence == plan::Residence::Block)
        region.in[k].block = block_of[static_cast<std::size_t>(region.in[k].value)];
  }

  bool writes_what_is_read(const plan::RowRegion& region, int step) const {
    const auto at = [&](int k) { return prepared_.plan.steps[static_cast<std::size_t>(k)]; };
    const auto launch_at = [&](int k) -> const plan::Launch& {
      return prepared_.plan.launches[static_cast<std::size_t>(at(k).number)];
    };
    for (const plan::Binding& output : launch_at(step).body.outputs) {
      const auto is_read = [&](const plan::Binding& input) { return input.item == output.item; };
      const auto reads = [&](const std::vector<plan::Binding>& inputs) {
        return std::any_of(inputs.begin(), inputs.end(), is_read);
      };
      for (int k = step + 1; k < region.first + region.count; ++k) {
        if (at(k).is_call ? reads(prepared_.plan.calls[static_cast<std::size_t>(at(k).number)].inputs)
                          : reads(launch_at(k).body.inputs) || reads(launch_at(k).epilogue.inputs))
          return true;
      }
    }
    return false;
  }

  static void axes(const plan::Launch& launch, Bound& bound) {
    for (int k = 0; k < launch.kernel.rank(); ++k) {
      const std::int64_t extent = launch.extents[k];
      bound.all.push_back(k, extent);
      (launch.kernel.reduced[k] ? bound.reduced : bound.kept).push_back(k, extent);
      if (!launch.kernel.reduced[k] && k + 1 < launch.kernel.rank()) bound.outer.push_back(k, extent);
    }
    const Dims kept = launch.kept_extents();
    for (int k = 0; k < kept.size(); ++k) bound.epilogue_axes.push_back(k, kept[k]);
  }

  static std::vector<Reducing> reducings(const ir::Kernel& kernel) {
    std::vector<Reducing> list;
    std::int64_t states_before = 0;
    for (const ir::Reduction& r : kernel.reductions) {
      const DType dtype = kernel.value_dtype(r);
      list.push_back({static_cast<int>(r.reducer), static_cast<int>(dtype),
                      static_cast<std::int64_t>(itemsize(kernel.result_dtype(r))), ir::state_bytes(r.reducer, dtype),
                      states_before, ir::arrays(r.reducer) * static_cast<std::int64_t>(itemsize(dtype)),
                      &cpu::support(jit::level())});
      states_before += list.back().state_bytes;
    }
    return list;
  }

  Operand operand(const plan::Binding& binding, const ir::Operand& kind) {
    const plan::Item& item = snapshot_.items[static_cast<std::size_t>(binding.item)];
    Operand operand;
    operand.itemsize = static_cast<int>(itemsize(item.dtype));
    operand.staged = kind.access == ir::Access::Strided;
    operand.index = item.kind == graph::Kind::Index;
    operand.step = binding.map.strides;
    if (operand.index) {
      operand.first = binding.map.offset;
      return operand;
    }
    operand.value = value(binding.item);
    operand.offset = binding.map.offset * operand.itemsize;
    for (std::int64_t& step : operand.step) step *= operand.itemsize;
    return operand;
  }

  void bind(const ir::Region& kernel, const plan::RegionBindings& bindings, const Dims& extents, Region& region) {
    std::int64_t bytes_read = 0;
    for (std::size_t k = 0; k < bindings.inputs.size(); ++k) {
      region.in.push_back(operand(bindings.inputs[k], kernel.inputs[k]));
      const std::int64_t bytes = touched(region.in.back(), extents);
      count(&Traffic::read, bytes, bindings.inputs[k].residence);
      if (bindings.inputs[k].residence == plan::Residence::Memory) bytes_read += bytes;
    }
    region.ahead = fetch_ahead(bytes_read);
    for (std::size_t k = 0; k < bindings.outputs.size(); ++k) {
      region.out.push_back(operand(bindings.outputs[k], kernel.stores[k].operand));
      count(&Traffic::written, touched(region.out.back(), extents), bindings.outputs[k].residence);
    }
    region.constants = bindings.params;
    region.params.resize(bindings.params.size());
    const auto is_staged = [](const Operand& o) { return o.staged; };
    region.staged = std::any_of(region.in.begin(), region.in.end(), is_staged) ||
                    std::any_of(region.out.begin(), region.out.end(), is_staged);
  }

  const plan::Snapshot& snapshot_;
  Prepared& prepared_;
  std::vector<int> value_of_;  // per item: its value, or -1
};

}  // namespace

std::unique_ptr<Prepared> prepare(const plan::Snapshot& snapshot, plan::Plan plan) {
  auto prepared = std::make_unique<Prepared>();
  prepared->plan = std::move(plan);
  Preparation(snapshot, *prepared).run();
  return prepared;
}

}  // namespace ingot::exec
