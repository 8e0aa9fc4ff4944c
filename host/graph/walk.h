// Walks over pending graphs, without recursion.
#pragma once

#include <span>
#include <vector>

#include "host/graph/node.h"

namespace ingot::graph {

/// All nodes reachable from the roots, inputs before users; nodes with values end the walk (they have no inputs). Each node's
/// `slot` is its position. Lock held, and until the slots are no longer needed.
std::vector<Node*> topological_order(std::span<Node* const> roots);

}  // namespace ingot::graph
