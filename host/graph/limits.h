// The pending graph is bounded: in depth (a loop of x = x + 1), in nodes and in the bytes of values it keeps alive.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "host/base/config.h"
#include "host/graph/node.h"

namespace ingot::graph {

/// Evaluates a node; set by host/exec, since the graph knows nothing above it.
using Evaluate = void (*)(Node* node);
void set_evaluator(Evaluate evaluate);
Evaluate evaluator();

/// Sets depth, pending and retained of a node from its inputs.
inline void measure(Node* node) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / Node::kMaxInputs;
  if (node->input_count == 0) {
    node->depth = 0;
    node->pending = 0;
    node->retained = node->has_values() ? node->numel() * static_cast<std::int64_t>(itemsize(node->dtype)) : 0;
    return;
  }
  std::uint32_t depth = 0;
  std::uint64_t pending = 1;
  std::int64_t retained = 0;
  for (int i = 0; i < node->input_count; ++i) {
    const Node* const input = node->inputs[i];
    depth = std::max<std::uint32_t>(depth, input->depth);
    pending += input->pending;
    retained += std::min<std::int64_t>(input->retained, kMost);
  }
  node->depth = depth + 1;
  node->pending = static_cast<std::uint32_t>(std::min<std::uint64_t>(pending, UINT32_MAX));
  node->retained = retained;
}

/// By the node's own figures, which count a node once per path that leads to it.
inline bool is_over_limits(const Node* node) {
  const Config& limits = config();
  return node->depth > static_cast<std::uint32_t>(limits.max_pending_depth.load(std::memory_order_relaxed)) ||
         node->pending > limits.max_pending_nodes.load(std::memory_order_relaxed) ||
         node->retained > limits.max_retained_bytes.load(std::memory_order_relaxed);
}

/// Puts the exact figures in the place of the node's own. Graph lock not held.
void count_anew(Node* node);

/// Whether the bounds of host/base/config.h are passed at this node. Graph lock not held. A graph with much sharing
/// (x = x + x) pays one walk per doubling.
inline bool exceeds_limits(Node* node) {
  if (!is_over_limits(node)) [[likely]]
    return false;
  count_anew(node);
  return is_over_limits(node);
}

}  // namespace ingot::graph
