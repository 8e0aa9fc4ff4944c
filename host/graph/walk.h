// Walks over pending graphs, without recursion.
#pragma once

#include <span>
#include <vector>

#include "host/graph/node.h"

namespace ingot::graph {

/// All nodes reachable from the roots, inputs before users; nodes with values end the walk (they have no inputs). Each
/// node's `slot` is its position. `order` is overwritten. Lock held, and until the slots are no longer needed.
void topological_order(std::span<Node* const> roots, std::vector<Node*>& order);

}  // namespace ingot::graph
