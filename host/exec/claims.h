// Who computes what. Evaluations of several threads run at the same time; what two of them ask for, one computes.
#pragma once

#include <mutex>
#include <span>
#include <vector>

#include "host/graph/intern.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

/// The values that one evaluation is about to compute: another that needs any of them waits. All are claimed at once,
/// and nobody waits who has claimed something, so that no two wait for each other.
class Claims {
 public:
  /// Claims those of the nodes for which is_done does not hold; waits while another evaluation computes something of
  /// their graph. Fills `outline`, the graph of roots(). These are empty where nothing is left to do.
  Claims(std::span<graph::Node* const> nodes, bool (*is_done)(const graph::Node*), plan::Outline& outline);
  /// For an evaluation whose result the node does not keep: claims nothing.
  Claims(graph::Node* node, plan::Outline& outline);
  /// Gives up what was not settled.
  ~Claims();
  Claims(const Claims&) = delete;
  Claims& operator=(const Claims&) = delete;

  std::span<graph::Node* const> roots() const { return roots_; }

  /// The roots have values: storage(k) is that of the k-th. They no longer need their inputs, and no longer equal what
  /// would be recorded anew.
  template <class StorageOf>
  void settle(StorageOf&& storage) {
    const std::scoped_lock guard(graph::lock());
    for (std::size_t k = 0; k < roots_.size(); ++k) settle(roots_[k], storage(k));
    end_claims();
  }

 private:
  template <class Choose>
  void take(Choose&& choose, plan::Outline& outline);
  void settle(graph::Node* root, StorageRef storage);
  void end_claims();

  std::vector<graph::Node*> roots_;
  graph::Node* dead_ = nullptr;  // of the settled roots' inputs; freed at the end, under no lock
  bool claimed_ = false;
};

/// Around a fork: waits for the evaluations that run, and has others wait meanwhile.
void pause_evaluations();
void resume_evaluations(bool in_child);

}  // namespace ingot::exec
