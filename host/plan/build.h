// From a group of items to a kernel: instructions from nodes, views turned into the maps of the operands they end at.
#pragma once

#include <vector>

#include "host/plan/fuse.h"
#include "host/plan/plan.h"
#include "host/plan/snapshot.h"

namespace ingot::plan {

/// How often kernels compute an item that they do not store: once for each distinct map it is needed under.
struct Demand {
  int times = 0;
  bool repeats = false;  // some map leads to one element from many indices, as a broadcast does
};

/// Builds the kernels of one graph. What it remembers by item is as large as the graph, and so is kept from one kernel
/// to the next.
class Builder {
 public:
  explicit Builder(const Snapshot& graph);

  /// Builds the group's kernel without stores (add_stores) and with axes as fine as its views need. Adds to `demands`,
  /// one per item. Returns the item that must be cut first because a view of it cannot be followed, or -1.
  int build(const std::vector<bool>& cut, const Group& group, Launch& launch, std::vector<Demand>& demands);

 private:
  const Snapshot& graph_;
  std::vector<int> body_, epilogue_;
};

/// Stores those of the group's values that are needed: roots, and what another launch reads.
void add_stores(const Snapshot& graph, const Group& group, const std::vector<bool>& needed, Launch& launch);

/// Drops axes of extent 1, merges those that every operand steps through evenly, and sets each operand's access.
void collapse(Launch& launch);

}  // namespace ingot::plan
