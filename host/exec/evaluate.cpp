#include "host/exec/evaluate.h"

#include <omp.h>
#include <pthread.h>

#include <algorithm>
#include <mutex>

#include "host/base/config.h"
#include "host/base/per_thread.h"
#include "host/device/host_memory.h"
#include "host/exec/blocks.h"
#include "host/exec/claims.h"
#include "host/exec/execution.h"
#include "host/exec/explain.h"
#include "host/exec/float_state.h"
#include "host/exec/gpu.h"
#include "host/exec/plan_cache.h"
#include "host/exec/stats.h"
#include "host/graph/complex.h"
#include "host/graph/intern.h"
#include "host/graph/limits.h"
#include "host/jit/background.h"
#include "host/plan/lower.h"

namespace ingot::exec {
namespace {

using graph::Kind;
using graph::Node;

// What uses the team of OpenMP threads, or a device, takes turns. Taken after claims, never before. Never destroyed,
// like everything that an array in static storage may need at exit.
std::mutex& turns() {
  static auto* const mutex = new std::mutex;
  return *mutex;
}

class Turn {
 public:
  Turn() { turns().lock(); }
  ~Turn() {
    const std::vector<StorageRef> considered = end_on_gpu();
    turns().unlock();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
};

bool is_generated(const Node* node) { return node->kind == Kind::Index || node->kind == Kind::Constant; }
bool is_leaf(const Node* node) { return node->has_values() || is_generated(node); }

// A view of what is there already is as good as values: it costs nothing to read through.
bool is_settled(const Node* node) { return is_leaf(node) || (node->kind == Kind::View && is_leaf(node->inputs[0])); }

std::size_t bytes_of(std::int64_t numel, DType dtype) { return static_cast<std::size_t>(numel) * itemsize(dtype); }

// What a thread's evaluations work with.
struct Workspace {
  plan::Outline outline;
  Execution execution;

  static Workspace& of_thread() { return per_thread<Workspace, Workspace>(); }

  // One by one: a destructor of the user's may evaluate.
  void release_leaves() {
    while (!outline.leaves.empty()) {
      const graph::NodeRef last = std::move(outline.leaves.back());
      outline.leaves.pop_back();
    }
  }
};

// Declared before the claims, so that leaves go after them: one that dies of it may be the user's own, and its
// destructor evaluate or fork.
struct Leaves {
  Workspace& space;
  ~Leaves() { space.release_leaves(); }
};

// Runs the plan of the roots between direct(execution, values) and deliver(execution, values), the roots' values; on
// the host if a device fails, or is not ready yet.
template <class Direct, class Deliver>
void execute(std::span<Node* const> roots, Workspace& space, Direct&& direct, Deliver&& deliver) {
  struct Finish {
    Workspace& space;
    ~Finish() { space.execution.finish(); }
  } const finish{space};
  Execution& execution = space.execution;
  const Lease plan = lease(roots, space.outline);
  execution.start(space.outline, *plan);
  const auto run = [&] {
    direct(execution, plan->roots);
    execution.run();
    deliver(execution, plan->roots);
  };
  if (execution.is_alone()) return run();
  const Turn turn;
  execution.choose_place();
  if (const cuda::Gpu* const gpu = execution.gpu()) {
    try {
      if (execution.prepare_gpu()) return run();
    } catch (const Error& error) {
      if (!host_takes_over(*gpu, error)) throw;
    }
    execution.leave_gpu();
  }
  run();
}

// Computes values for those of the nodes that are not done.
void compute(std::span<Node* const> nodes, bool (*is_done)(const Node*)) {
  Workspace& space = Workspace::of_thread();
  const Leaves leaves{space};
  Claims claims(nodes, is_done, space.outline);
  if (claims.roots().empty()) return;
  execute(
      claims.roots(), space, [](Execution&, const std::vector<int>&) {},
      [&](Execution& execution, const std::vector<int>& roots) {
        claims.settle([&](std::size_t k) { return execution.take(roots[k]); });
      });
}

StorageRef generate(const Node* node) {
  StorageRef storage = device::allocate(bytes_of(node->numel(), node->dtype),
                                        [] { return std::string("the values of a constant or index"); });
  fill(node, storage->data());
  return storage;
}

bool has_own_values(const Node* node) { return node->kind != Kind::View && !is_complex(node->dtype); }

// What a pending view shows under another shape and in the same order: its values are those of the view, which needs
// none of its own then. The view itself where it shows something else, or what has no values of its own.
graph::NodeRef without_reshape(Node* node) {
  const std::scoped_lock guard(graph::lock());
  if (node->kind != Kind::View || node->has_values()) return graph::NodeRef(node);
  Node* const shown = node->inputs[0];
  const bool reshapes = node->numel() == shown->numel() && graph::is_identity(node->shape, {node->offset, node->dims});
  const bool may_keep = !is_generated(shown) && (shown->kind != Kind::View || shown->has_values());
  return graph::NodeRef(reshapes && may_keep ? shown : node);
}

// The node that is computed for one: of a complex one its values as they lie in memory, whose views its parts become
// when it goes.
class Values {
 public:
  explicit Values(Node* node) : node_(node) {
    if (is_complex(node->dtype)) interleaved_ = graph::interleaved(node, node->where);
    computed_ = without_reshape(interleaved_ ? interleaved_.get() : node);
  }
  Values(Values&&) noexcept = default;
  /// After an evaluation.
  void settle() const {
    if (interleaved_) return graph::settle(node_, interleaved_.get());
    if (computed_.get() == node_) return;
    const std::scoped_lock guard(graph::lock());
    graph::measure(node_);
  }
  Node* get() const { return computed_.get(); }

 private:
  Node* node_;
  graph::NodeRef interleaved_, computed_;
};

class ValuesOfAll {
 public:
  explicit ValuesOfAll(std::span<Node* const> nodes) {
    for (Node* node : nodes) nodes_.push_back(list_.emplace_back(node).get());
  }
  void settle() const {
    for (const Values& values : list_) values.settle();
  }
  std::span<Node* const> get() const { return nodes_; }

 private:
  std::vector<Values> list_;
  std::vector<Node*> nodes_;
};

// Gives a pending node values that another has too; not while an evaluation computes them.
bool share_values(Node* node, const StorageRef& storage) {
  Node* dead = nullptr;
  {
    const std::scoped_lock guard(graph::lock());
    if (node->claimed || node->has_values()) return false;
    graph::forget(node);
    node->storage = storage;
    graph::drop_inputs(node, dead);
    graph::measure(node);
  }
  graph::bury(dead);
  return true;
}

// A node's values, which it keeps; so does a constant or index that was asked for them, so that pointers to them stay
// valid.
StorageRef kept_values(Node* node) {
  if (is_complex(node->dtype)) {
    const graph::NodeRef interleaved = graph::interleaved(node, node->where);
    StorageRef storage = kept_values(interleaved.get());
    graph::settle(node, interleaved.get());
    return storage;
  }
  if (node->kind == Kind::View) {
    if (const graph::NodeRef shown = without_reshape(node); shown.get() != node) {
      StorageRef storage = kept_values(shown.get());
      if (share_values(node, storage)) return storage;
    }
  }
  const auto existing = [node] {
    const std::scoped_lock guard(graph::lock());
    return node->storage;
  };
  StorageRef values = existing();
  if (!values && is_generated(node)) {
    values = generate(node);
    const std::scoped_lock guard(graph::lock());
    if (node->storage) return node->storage;  // of another thread that asked
    graph::forget(node);
    node->storage = values;
    graph::measure(node);
  }
  if (!values) {
    compute({&node, 1}, is_leaf);
    values = existing();
  }
  values->check();
  return values;
}

// fork waits for the evaluations and the compilation that run, so that the child finds no lock held.
void before_fork() {
  pause_evaluations();
  turns().lock();
  jit::pause_background();
  graph::lock().lock();
  graph::lock_tables();
  device::lock().lock();
  plans_lock().lock();
  counters_lock().lock();
}
void after_fork(bool in_child) {
  counters_lock().unlock();
  plans_lock().unlock();
  device::lock().unlock();
  graph::unlock_tables();
  graph::lock().unlock();
  jit::resume_background();
  turns().unlock();
  resume_evaluations(in_child);
}
void after_fork_in_parent() { after_fork(false); }
void after_fork_in_child() {
  config().forked = true;
  config().device = kHost;  // a driver does not work in a child of the process that opened it
  after_fork(true);
}

const bool kInstalled = [] {
  // LLVM's OpenMP runtime has locks of its own that it takes at a fork. A launch takes them after ours, so it must be
  // set up before: handlers that were installed first run last.
  omp_get_max_threads();
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  graph::set_evaluator([](Node* node) { evaluate({&node, 1}); });
  return true;
}();

}  // namespace

// Plans and kernels are found by arithmetic too, which the caller's rounding must not change nor its traps end. Threads
// start with the state of the one that starts them.
void evaluate(std::span<Node* const> nodes) {
  const DefaultFloatState state;
  if (std::all_of(nodes.begin(), nodes.end(), has_own_values)) return compute(nodes, is_settled);
  if (nodes.size() == 1) {  // without a list
    const Values values(nodes[0]);
    Node* const node = values.get();
    compute({&node, 1}, is_settled);
    return values.settle();
  }
  const ValuesOfAll values(nodes);
  compute(values.get(), is_settled);
  values.settle();
}

StorageRef contiguous(Node* node) {
  const DefaultFloatState state;
  StorageRef storage = kept_values(node);
  if (!storage->is_on_host()) {
    const Turn turn;
    storage->data();
  }
  return storage;
}

void move_to(Node* node, int device) {
  if (device < 0) {
    contiguous(node);
    return;
  }
  const StorageRef values = kept_values(node);
  const Turn turn;
  cuda::Gpu& to = gpu(device);
  begin_gpu_launch();
  on_gpu(*values, to);
  wait_for(to);
}

const void* device_address(Node* node, int device) {
  const StorageRef values = kept_values(node);
  const Turn turn;
  cuda::Gpu& there = gpu(device);
  begin_gpu_launch();
  const std::byte* const address = stay_on_gpu(*values, there);
  wait_for(there);
  return address;
}

void come_after(int device, void* stream) {
  const Turn turn;
  order_after(gpu(device), stream);
}

void come_before(int device, void* stream) {
  const Turn turn;
  order_before(gpu(device), stream);
}

void evaluate_into(Node* node, void* out, const Strides& strides) {
  const DefaultFloatState state;
  if (is_complex(node->dtype)) {
    Strides of_parts = strides;
    for (std::int64_t& stride : of_parts) stride *= 2;
    of_parts.push_back(1);
    const graph::NodeRef interleaved = graph::interleaved(node, node->where);
    return evaluate_into(interleaved.get(), out, of_parts);
  }
  const std::size_t bytes = bytes_of(node->numel(), node->dtype);
  if (bytes == 0) return;
  const bool is_done = [node] {
    const std::scoped_lock guard(graph::lock());
    return is_leaf(node);
  }();
  if (!is_done && graph::is_identity(node->shape, {0, strides})) {
    Workspace& space = Workspace::of_thread();
    bool exists = false;  // stored by another evaluation meanwhile
    {
      const Leaves leaves{space};
      const Claims claims(node, space.outline);
      execute(
          claims.roots(), space,
          [&](Execution& execution, const std::vector<int>& roots) {
            exists = execution.exists(roots[0]);
            if (!exists && execution.gpu() == nullptr)
              execution.direct(roots[0], StorageRef::adopt(new Storage(out, bytes, {})));
          },
          [&](Execution& execution, const std::vector<int>& roots) {
            if (!exists && execution.gpu() != nullptr) copy_to_host(*execution.take(roots[0]), out);
          });
    }
    if (!exists) return;
  }
  const StorageRef values = is_generated(node) ? generate(node) : contiguous(node);
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
  const DefaultFloatState state;
  const ValuesOfAll values(nodes);
  const Turn turn;
  plan::Snapshot snapshot;
  {
    const std::scoped_lock guard(graph::lock());
    std::vector<Node*> roots;
    for (Node* const node : values.get())
      if (!is_settled(node) && std::find(roots.begin(), roots.end(), node) == roots.end()) roots.push_back(node);
    if (roots.empty()) return "nothing to compute: the values exist\n";
    snapshot = plan::snapshot(roots);
  }
  return describe(snapshot, plan::lower(snapshot), code);
}

}  // namespace ingot::exec
