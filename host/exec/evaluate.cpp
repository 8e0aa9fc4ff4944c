#include "host/exec/evaluate.h"

#include <omp.h>
#include <pthread.h>

#include <algorithm>
#include <mutex>

#include "host/base/config.h"
#include "host/device/host_memory.h"
#include "host/exec/blocks.h"
#include "host/exec/execution.h"
#include "host/exec/explain.h"
#include "host/exec/gpu.h"
#include "host/exec/plan_cache.h"
#include "host/graph/intern.h"
#include "host/graph/limits.h"
#include "host/jit/background.h"
#include "host/plan/lower.h"

namespace ingot::exec {
namespace {

using graph::Kind;
using graph::Node;

// One evaluation at a time: what two threads ask for is computed once, and there is one team of OpenMP threads.
// Recording goes on meanwhile. Never destroyed, like everything that an array in static storage may need at exit.
std::mutex& evaluating() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}

std::size_t bytes_of(std::int64_t numel, DType dtype) { return static_cast<std::size_t>(numel) * itemsize(dtype); }

bool is_leaf(const Node* node) {
  return node->has_values() || node->kind == Kind::Index || node->kind == Kind::Constant;
}

// A view of what is there already is as good as values: it costs nothing to read through.
bool is_settled(const Node* node) { return is_leaf(node) || (node->kind == Kind::View && is_leaf(node->inputs[0])); }

// Holds the lock of evaluations. Nodes that die of one are freed after it, since that may run destructors of users'
// own.
class Evaluation {
 public:
  Evaluation() { evaluating().lock(); }
  ~Evaluation() {
    const std::vector<StorageRef> considered = end_on_gpu();
    evaluating().unlock();
    graph::bury(dead);
  }
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  Node* dead = nullptr;
};

// What an evaluation works with, under its lock.
struct Workspace {
  plan::Outline outline;
  Execution execution;
};

Workspace& workspace() {
  static auto* const instance = new Workspace;
  return *instance;
}

// Runs the plan of the roots between direct(execution, values) and deliver(execution, values), the roots' values; on
// the host if a device fails, or is not ready yet.
template <class Direct, class Deliver>
void execute(std::span<Node* const> roots, Direct&& direct, Deliver&& deliver) {
  Workspace& space = workspace();
  plan::outline(roots, space.outline);
  const std::shared_ptr<Prepared> plan = prepared(roots, space.outline);
  struct Finish {
    Execution& execution;
    ~Finish() { execution.finish(); }
  } const finish{space.execution};
  space.execution.start(space.outline, *plan);
  const auto run = [&] {
    direct(space.execution, plan->roots);
    space.execution.run();
    deliver(space.execution, plan->roots);
  };
  if (const cuda::Gpu* const gpu = space.execution.gpu()) {
    try {
      if (space.execution.prepare_gpu()) return run();
    } catch (const Error& error) {
      if (!host_takes_over(*gpu, error)) throw;
    }
    space.execution.leave_gpu();
  }
  run();
}

// Computes values for the nodes. They then no longer need their inputs, and no longer equal what would be recorded
// anew.
void compute(std::span<Node* const> nodes, Evaluation& evaluation) {
  if (nodes.empty()) return;
  execute(
      nodes, [](Execution&, const std::vector<int>&) {},
      [&](Execution& execution, const std::vector<int>& roots) {
        const std::scoped_lock guard(graph::lock());
        for (std::size_t k = 0; k < nodes.size(); ++k) {
          Node* const node = nodes[k];
          graph::forget(node);
          node->storage = execution.take(roots[k]);
          graph::drop_inputs(node, evaluation.dead);
          graph::measure(node);
        }
      });
}

std::vector<Node*> unsettled(std::span<Node* const> nodes) {
  std::vector<Node*> list;
  for (Node* node : nodes)
    if (!is_settled(node) && std::find(list.begin(), list.end(), node) == list.end()) list.push_back(node);
  return list;
}

// Values of a node.
StorageRef contiguous_locked(Node* node, Evaluation& evaluation) {
  if (node->has_values()) {
    node->storage->check();
    return node->storage;
  }
  if (!is_leaf(node)) {
    compute({&node, 1}, evaluation);
    return node->storage;
  }
  StorageRef storage = device::allocate(bytes_of(node->numel(), node->dtype),
                                        [] { return std::string("the values of a constant or index"); });
  fill(node, storage->data());
  return storage;
}

// The same; a constant or index keeps the values that were asked for, so that pointers to them stay valid.
StorageRef kept_contiguous(Node* node, Evaluation& evaluation) {
  StorageRef storage = contiguous_locked(node, evaluation);
  if (!node->has_values()) {
    const std::scoped_lock lock(graph::lock());
    graph::forget(node);
    node->storage = storage;
    graph::measure(node);
  }
  return storage;
}

// fork waits for the evaluation and the compilation that run, so that the child finds no lock held.
void before_fork() {
  evaluating().lock();
  jit::pause_background();
  graph::lock().lock();
  device::lock().lock();
}
void after_fork() {
  device::lock().unlock();
  graph::lock().unlock();
  jit::resume_background();
  evaluating().unlock();
}
void after_fork_in_child() {
  config().forked = true;
  config().device = kHost;  // a driver does not work in a child of the process that opened it
  after_fork();
}

const bool kInstalled = [] {
  // LLVM's OpenMP runtime has locks of its own that it takes at a fork. A launch takes them after ours, so it must be
  // set up before: handlers that were installed first run last.
  omp_get_max_threads();
  pthread_atfork(before_fork, after_fork, after_fork_in_child);
  graph::set_evaluator([](Node* node) { evaluate({&node, 1}); });
  return true;
}();

}  // namespace

void evaluate(std::span<Node* const> nodes) {
  Evaluation evaluation;
  compute(unsettled(nodes), evaluation);
}

StorageRef contiguous(Node* node) {
  Evaluation evaluation;
  StorageRef storage = kept_contiguous(node, evaluation);
  storage->data();  // brought here from a device while others are kept out
  return storage;
}

void move_to(Node* node, int device) {
  if (device < 0) {
    contiguous(node);
    return;
  }
  Evaluation evaluation;
  cuda::Gpu& to = gpu(device);
  begin_gpu_launch();
  on_gpu(*kept_contiguous(node, evaluation), to);
  wait_for(to);
}

const void* device_address(Node* node, int device) {
  Evaluation evaluation;
  cuda::Gpu& there = gpu(device);
  begin_gpu_launch();
  const std::byte* const address = stay_on_gpu(*kept_contiguous(node, evaluation), there);
  wait_for(there);
  return address;
}

void come_after(int device, void* stream) {
  const Evaluation evaluation;
  order_after(gpu(device), stream);
}

void come_before(int device, void* stream) {
  const Evaluation evaluation;
  order_before(gpu(device), stream);
}

void evaluate_into(Node* node, void* out, const Strides& strides) {
  Evaluation evaluation;
  const std::size_t bytes = bytes_of(node->numel(), node->dtype);
  if (bytes == 0) return;
  const bool in_order = graph::is_identity(node->shape, {0, strides});
  if (in_order && !is_leaf(node)) {
    execute(
        {&node, 1},
        [&](Execution& execution, const std::vector<int>& roots) {
          if (execution.gpu() == nullptr) execution.direct(roots[0], StorageRef::adopt(new Storage(out, bytes, {})));
        },
        [&](Execution& execution, const std::vector<int>& roots) {
          if (execution.gpu() != nullptr) copy_to_host(*execution.take(roots[0]), out);
        });
    return;
  }
  const StorageRef values = contiguous_locked(node, evaluation);
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
  Evaluation evaluation;
  const std::vector<Node*> roots = unsettled(nodes);
  if (roots.empty()) return "nothing to compute: the values exist\n";
  const plan::Snapshot snapshot = plan::snapshot(roots);
  return describe(snapshot, plan::lower(snapshot), code);
}

}  // namespace ingot::exec
