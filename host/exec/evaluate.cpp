#include "host/exec/evaluate.h"

#include <algorithm>
#include <mutex>

#include "host/device/host_memory.h"
#include "host/exec/blocks.h"
#include "host/exec/explain.h"
#include "host/exec/launch.h"
#include "host/exec/plan_cache.h"
#include "host/graph/intern.h"
#include "host/graph/limits.h"
#include "host/plan/lower.h"

namespace ingot::exec {
namespace {

using graph::Kind;
using graph::Node;

// One evaluation at a time: what two threads ask for is computed once, and there is one team of OpenMP threads. Recording goes on
// meanwhile. Never destroyed, like everything that an array in static storage may need at exit.
std::mutex& evaluating() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}

std::size_t bytes_of(std::int64_t numel, DType dtype) { return static_cast<std::size_t>(numel) * itemsize(dtype); }

class Execution {
 public:
  Execution(const plan::Snapshot& snapshot, const Prepared& prepared)
      : snapshot_(snapshot), prepared_(prepared), storage_(snapshot.items.size()) {
    for (std::size_t i = 0; i < snapshot.items.size(); ++i)
      if (snapshot.items[i].stored) storage_[i] = snapshot.nodes[i]->storage;
  }

  /// Puts a root's values into memory of the caller's choosing.
  void direct(int item, StorageRef storage) { storage_[static_cast<std::size_t>(item)] = std::move(storage); }

  void run() {
    const plan::Plan& plan = prepared_.plan;
    for (std::size_t l = 0; l < plan.launches.size(); ++l) {
      const plan::Launch& launch = plan.launches[l];
      Bound bound;
      bound.launch = &launch;
      bound.code = prepared_.codes[l].get();
      bind(launch.kernel.body, launch.body, bound.body);
      bind(launch.kernel.epilogue, launch.epilogue, bound.epilogue);
      exec::run(bound);
      for (const plan::Value& value : plan.values)
        if (!value.root && value.last_use == static_cast<int>(l)) storage_[static_cast<std::size_t>(value.item)] = {};
    }
  }

  const StorageRef& values(int item) const { return storage_[static_cast<std::size_t>(item)]; }

 private:
  Operand bind(const plan::Binding& binding, const ir::Operand& kind) {
    const plan::Item& item = snapshot_.items[static_cast<std::size_t>(binding.item)];
    Operand operand;
    operand.itemsize = static_cast<int>(itemsize(item.dtype));
    operand.staged = kind.access == ir::Access::Strided;
    operand.index = item.kind == Kind::Index;
    operand.step = binding.map.strides;
    if (operand.index) {
      operand.first = binding.map.offset;
      return operand;
    }
    for (std::int64_t& step : operand.step) step *= operand.itemsize;
    operand.base = storage_[static_cast<std::size_t>(binding.item)]->data() + binding.map.offset * operand.itemsize;
    return operand;
  }

  void bind(const ir::Region& kernel, const plan::RegionBindings& bindings, Region& region) {
    for (std::size_t k = 0; k < bindings.inputs.size(); ++k) region.in.push_back(bind(bindings.inputs[k], kernel.inputs[k]));
    for (int item : bindings.params) region.params.push_back(snapshot_.nodes[static_cast<std::size_t>(item)]->bits);
    for (std::size_t k = 0; k < bindings.outputs.size(); ++k) {
      const plan::Item& item = snapshot_.items[static_cast<std::size_t>(bindings.outputs[k].item)];
      StorageRef& storage = storage_[static_cast<std::size_t>(bindings.outputs[k].item)];
      if (!storage) storage = allocate_for(item);
      region.out.push_back(bind(bindings.outputs[k], kernel.stores[k].operand));
    }
  }

  static StorageRef allocate_for(const plan::Item& item) {
    const std::string purpose = "an array of shape " + to_string(item.shape) + " and dtype " + std::string(name(item.dtype));
    return device::allocate(bytes_of(item.numel, item.dtype), purpose.c_str());
  }

  const plan::Snapshot& snapshot_;
  const Prepared& prepared_;
  std::vector<StorageRef> storage_;
};

bool is_leaf(const Node* node) {
  return node->has_values() || node->kind == Kind::Index || node->kind == Kind::Constant;
}

// A view of what is there already is as good as values: it costs nothing to read through.
bool is_settled(const Node* node) {
  return is_leaf(node) || (node->kind == Kind::View && is_leaf(node->inputs[0]));
}

// The node has its values: it no longer needs its inputs, and no longer equals what would be recorded anew.
void settle(std::span<Node* const> nodes, const plan::Snapshot& snapshot, const Execution& execution) {
  Node* dead = nullptr;
  {
    const std::scoped_lock guard(graph::lock());
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      Node* const node = nodes[k];
      if (node->has_values()) continue;
      graph::forget(node);
      node->storage = execution.values(snapshot.roots[k]);
      graph::drop_inputs(node, dead);
      graph::measure(node);
    }
  }
  graph::bury(dead);
}

void compute(std::span<Node* const> roots) {
  if (roots.empty()) return;
  const plan::Snapshot snapshot = plan::snapshot(roots);
  const std::shared_ptr<const Prepared> plan = prepared(snapshot);
  Execution execution(snapshot, *plan);
  execution.run();
  settle(roots, snapshot, execution);
}

std::vector<Node*> unsettled(std::span<Node* const> nodes) {
  std::vector<Node*> list;
  for (Node* node : nodes)
    if (!is_settled(node) && std::find(list.begin(), list.end(), node) == list.end()) list.push_back(node);
  return list;
}

void fill(const Node* node, std::byte* out) {
  const cpu::Support& support = cpu::support(jit::level());
  if (node->kind == Kind::Index) support.iota(reinterpret_cast<std::int64_t*>(out), 0, 1, node->numel());
  else support.fill[cpu::item_index(static_cast<std::int64_t>(itemsize(node->dtype)))](out, &node->bits, node->numel());
}

// Values of a node whose evaluation the caller has locked.
StorageRef contiguous_locked(Node* node) {
  if (node->has_values()) return node->storage;
  if (!is_leaf(node)) {
    compute({&node, 1});
    return node->storage;
  }
  StorageRef storage = device::allocate(bytes_of(node->numel(), node->dtype), "the values of a constant or index");
  fill(node, storage->data());
  return storage;
}

const bool kInstalled = [] {
  graph::set_evaluator([](Node* node) { evaluate({&node, 1}); });
  return true;
}();

}  // namespace

void evaluate(std::span<Node* const> nodes) {
  const std::scoped_lock guard(evaluating());
  compute(unsettled(nodes));
}

StorageRef contiguous(Node* node) {
  const std::scoped_lock guard(evaluating());
  StorageRef storage = contiguous_locked(node);
  if (!node->has_values()) {  // a constant or index keeps the values that were asked for, so that pointers to them stay valid
    const std::scoped_lock lock(graph::lock());
    graph::forget(node);
    node->storage = storage;
    graph::measure(node);
  }
  return storage;
}

void evaluate_into(Node* node, void* out, const Strides& strides) {
  const std::scoped_lock guard(evaluating());
  const std::size_t bytes = bytes_of(node->numel(), node->dtype);
  if (bytes == 0) return;
  const bool in_order = graph::is_identity(node->shape, {0, strides});
  if (in_order && !is_leaf(node)) {
    const plan::Snapshot snapshot = plan::snapshot({&node, 1});
    const std::shared_ptr<const Prepared> plan = prepared(snapshot);
    Execution execution(snapshot, *plan);
    execution.direct(snapshot.roots[0], StorageRef::adopt(new Storage(out, bytes, {})));
    execution.run();
    return;
  }
  const StorageRef values = contiguous_locked(node);
  const int size = static_cast<int>(itemsize(node->dtype));
  const auto& scatter = cpu::support(jit::level()).scatter[cpu::item_index(size)];
  const std::byte* from = values->data();
  for_each_block(node->shape, 0, node->numel(), [&](const Dims& index, std::int64_t rows, std::int64_t n) {
    const int rank = strides.size();
    scatter(static_cast<std::byte*>(out) + dot(strides, index) * size, rank > 1 ? strides[rank - 2] * size : 0,
            rank > 0 ? strides[rank - 1] * size : 0, from, n * size, rows, n);
    from += rows * n * size;
  });
}

std::string explain(std::span<Node* const> nodes, bool code) {
  const std::scoped_lock guard(evaluating());
  const std::vector<Node*> roots = unsettled(nodes);
  if (roots.empty()) return "nothing to compute: the values exist\n";
  const plan::Snapshot snapshot = plan::snapshot(roots);
  return describe(snapshot, *prepared(snapshot), code);
}

}  // namespace ingot::exec
