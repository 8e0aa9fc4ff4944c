#include "host/exec/claims.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "host/base/per_thread.h"
#include "host/graph/intern.h"
#include "host/graph/limits.h"

namespace ingot::exec {
namespace {

using graph::Node;

// Never destroyed: objects in static storage may evaluate arrays at exit.
struct Progress {
  std::condition_variable changed;  // with the graph lock
  int waiting = 0;                  // for it; under the graph lock
  std::atomic<int> running{0};      // evaluations
  std::atomic<bool> paused{false};  // set under the graph lock
};

Progress*& current_progress() {
  static auto* instance = new Progress;
  return instance;
}
Progress& progress() { return *current_progress(); }

// The memory of the lists of roots that a thread's evaluations need: one, unless a destructor of the user's evaluates
// while another is at its end.
std::vector<Node*>& spare_list() { return per_thread<std::vector<Node*>, Claims>(); }

}  // namespace

// choose() fills roots_.
template <class Choose>
void Claims::take(Choose&& choose, plan::Outline& outline) {
  Progress& p = progress();
  roots_.swap(spare_list());
  std::unique_lock guard(graph::lock());
  for (;;) {
    roots_.clear();
    choose();
    if (!p.paused) {
      plan::outline(roots_, outline);
      if (!outline.claimed) break;
    }
    ++p.waiting;
    p.changed.wait(guard);
    --p.waiting;
  }
  p.running.fetch_add(1, std::memory_order_relaxed);
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
  Progress& p = progress();
  if (claimed_) {
    const std::scoped_lock guard(graph::lock());
    end_claims();
  }
  roots_.clear();
  roots_.swap(spare_list());
  if (p.running.fetch_sub(1, std::memory_order_seq_cst) == 1 && p.paused) {
    const std::scoped_lock guard(graph::lock());
    p.changed.notify_all();
  }
  graph::bury(dead_);
}

void pause_evaluations() {
  Progress& p = progress();
  std::unique_lock guard(graph::lock());
  p.paused = true;
  while (p.running != 0) {
    ++p.waiting;
    p.changed.wait(guard);
    --p.waiting;
  }
}

void resume_evaluations(bool in_child) {
  // Who waited for a condition when the process forked is not in the child, where the condition would wait for them.
  if (in_child) current_progress() = new Progress;
  Progress& p = progress();
  const std::scoped_lock guard(graph::lock());
  p.paused = false;
  p.changed.notify_all();
}

}  // namespace ingot::exec
