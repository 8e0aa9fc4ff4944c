#include "host/graph/limits.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <vector>

#include "host/base/config.h"
#include "host/graph/intern.h"
#include "host/graph/walk.h"

namespace ingot::graph {
namespace {

std::atomic<Evaluate> installed{nullptr};

std::int64_t bytes(const Node* node) { return node->numel() * static_cast<std::int64_t>(itemsize(node->dtype)); }

}  // namespace

void set_evaluator(Evaluate evaluate) { installed = evaluate; }
Evaluate evaluator() { return installed; }

void measure(Node* node) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / Node::kMaxInputs;
  std::uint32_t depth = 0;
  std::uint64_t pending = 1;
  std::int64_t retained = 0;
  for (int i = 0; i < node->input_count; ++i) {
    const Node* input = node->inputs[i];
    depth = std::max<std::uint32_t>(depth, input->depth);
    pending += input->pending;
    retained += std::min<std::int64_t>(input->retained, kMost);
  }
  const bool is_leaf = node->input_count == 0;
  node->depth = is_leaf ? 0 : depth + 1;
  node->pending =
      is_leaf ? 0
              : static_cast<std::uint32_t>(std::min<std::uint64_t>(pending, std::numeric_limits<std::uint32_t>::max()));
  node->retained = node->has_values() ? bytes(node) : retained;
}

// `pending` and `retained` count a node once per path that leads to it. Where that bound is passed, the exact figures
// are found by a walk and put in its place, so that a graph with much sharing (x = x + x) pays one walk per doubling.
bool exceeds_limits(Node* node) {
  const Config& limits = config();
  if (node->depth > static_cast<std::uint32_t>(limits.max_pending_depth)) return true;
  const auto over = [&] {
    return node->pending > limits.max_pending_nodes || node->retained > limits.max_retained_bytes;
  };
  if (!over()) [[likely]]
    return false;
  std::uint32_t pending = 0;
  std::int64_t retained = 0;
  std::vector<Node*> reached;
  const std::scoped_lock guard(lock());
  topological_order({&node, 1}, reached);
  for (const Node* n : reached) {
    if (n->has_values())
      retained += bytes(n);
    else if (n->input_count != 0)
      ++pending;
  }
  node->pending = pending;
  node->retained = retained;
  return over();
}

}  // namespace ingot::graph
