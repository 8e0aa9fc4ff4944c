#include "host/exec/claims.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "host/base/per_thread.h"
#include "host/base/thread_list.h"
#include "host/graph/intern.h"
#include "host/graph/limits.h"

namespace ingot::exec {
namespace {

using graph::Node;

// Never destroyed: objects in static storage may evaluate arrays at exit.
struct Progress {
  std::condition_variable_any changed;  // with the graph lock
  int waiting = 0;                      // for it; under the graph lock
  int paused = 0;                       // by so many forks; under the graph lock
};

Progress*& current_progress() {
  static auto* instance = new Progress;
  return instance;
}
Progress& progress() { return *current_progress(); }

// How many evaluations a thread is in: in a counter of its own, which others need not have in their caches. It grows
// under the graph lock.
class Thread {
 public:
  Thread() { ThreadList<Thread>::instance().add(this); }
  ~Thread() {
    ThreadList<Thread>::instance().remove(this, [] {});
  }
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  void add(int n) { running_.store(running_.load(std::memory_order_relaxed) + n, std::memory_order_release); }
  bool is_running() const { return running_.load(std::memory_order_acquire) != 0; }

  static Thread& current() { return per_thread<Thread, Thread>(); }

 private:
  std::atomic<int> running_{0};
};

ThreadList<Thread>& threads() { return ThreadList<Thread>::instance(); }

bool is_any_running() {
  const std::scoped_lock guard(threads().mutex);
  return std::any_of(threads().alive.begin(), threads().alive.end(), [](const Thread* t) { return t->is_running(); });
}

// The memory of the lists of roots that a thread's evaluations need: one, unless a destructor of the user's evaluates
// while another is at its end.
std::vector<Node*>& spare_list() { return per_thread<std::vector<Node*>, Claims>(); }

}  // namespace

// choose() fills roots_.
template <class Choose>
void Claims::take(Choose&& choose, plan::Outline& outline) {
  Progress& p = progress();
  Thread& thread = Thread::current();
  roots_.swap(spare_list());
  std::unique_lock guard(graph::lock());
  for (;;) {
    roots_.clear();
    choose();
    graph::NodeRef awaited;  // what another evaluation computes
    if (p.paused == 0) {
      plan::outline(roots_, outline);
      if (outline.claimed == nullptr) break;
      awaited = graph::NodeRef(outline.claimed);
    }
    ++p.waiting;
    p.changed.wait(guard, [&] { return p.paused == 0 && (!awaited || !awaited->claimed); });
    --p.waiting;
    if (!awaited) continue;
    guard.unlock();  // the node may die of this
    awaited = {};
    guard.lock();
  }
  plan::hold_leaves(outline);
  thread.add(1);
  if (claimed_)
    for (Node* const root : roots_) root->claimed = true;
}

Claims::Claims(std::span<Node* const> nodes, bool (*is_done)(const Node*), plan::Outline& outline) : claimed_(true) {
  take(
      [&] {
        for (Node* const node : nodes)
          if (!is_done(node) && std::find(roots_.begin(), roots_.end(), node) == roots_.end()) roots_.push_back(node);
      },
      outline);
}

Claims::Claims(Node* node, plan::Outline& outline) {
  take([&] { roots_.push_back(node); }, outline);
}

void Claims::settle(Node* root, StorageRef storage) {
  graph::forget(root);
  root->storage = std::move(storage);
  graph::drop_inputs(root, dead_);
  graph::measure(root);
}

// The graph lock held.
void Claims::end_claims() {
  if (!claimed_) return;
  for (Node* const root : roots_) root->claimed = false;
  claimed_ = false;
  if (progress().waiting != 0) progress().changed.notify_all();
}

Claims::~Claims() {
  if (claimed_) {
    const std::scoped_lock guard(graph::lock());
    end_claims();
  }
  roots_.clear();
  roots_.swap(spare_list());
  Thread::current().add(-1);
  graph::bury(dead_);
}

void pause_evaluations() {
  {
    const std::scoped_lock guard(graph::lock());
    ++progress().paused;
  }
  while (is_any_running()) std::this_thread::sleep_for(std::chrono::microseconds(50));
  threads().mutex.lock();
}

void resume_evaluations(bool in_child) {
  // Who waited for a condition when the process forked is not in the child, where the condition would wait for them.
  if (in_child) current_progress() = new Progress;
  threads().mutex.unlock();
  Progress& p = progress();
  const std::scoped_lock guard(graph::lock());
  if (!in_child) --p.paused;
  p.changed.notify_all();
}

}  // namespace ingot::exec
