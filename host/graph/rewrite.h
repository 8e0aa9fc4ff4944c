// A pending graph taken apart, to be recorded anew with other nodes in some places. Meanwhile others may evaluate parts
// of it, which changes nothing here.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "host/graph/node.h"

namespace ingot::graph {

/// A node as it was when the graph was taken apart, and where its inputs are in the list; none if it had values.
struct Step {
  NodeRef node;
  int inputs = 0;
  std::uint32_t from[Node::kMaxInputs] = {};
};

/// All nodes reachable from the root, inputs before users. Without recursion; graph lock not held.
std::vector<Step> steps(Node* root);

/// The node over other inputs, of the shapes and dtypes of its own. Not of a Complex.
NodeRef with_inputs(const Node& node, std::span<const NodeRef> inputs);

}  // namespace ingot::graph
