#include "host/plan/snapshot.h"

#include "host/graph/intern.h"
#include "host/graph/walk.h"

namespace ingot::plan {
namespace {

using graph::Kind;
using graph::Node;

// A constant stays one even if its value was asked for: it may be read at any index.
bool is_stored(const Node& node) { return node.has_values() && node.kind != Kind::Constant; }

using Key = std::vector<std::uint64_t>;

void append(Key& key, const Dims& dims) {
  for (std::int64_t d : dims) key.push_back(static_cast<std::uint64_t>(d));
}

// Two inputs to a word. A shape is said only where it is not that of the node before it.
void append(Key& key, const Node& node, const Node* before) {
  const bool stored = is_stored(node);
  const bool same_shape = before != nullptr && node.shape == before->shape;
  const Kind kind = stored ? Kind::Buffer : node.kind;
  const auto head = static_cast<std::uint64_t>(kind) | static_cast<std::uint64_t>(node.dtype) << 8 |
                    static_cast<std::uint64_t>(stored) << 33 | static_cast<std::uint64_t>(same_shape) << 34 |
                    static_cast<std::uint64_t>(node.shape.ndim()) << 48;
  // A node has an op or a routine.
  const auto rest = static_cast<std::uint64_t>(node.op) << 16 | static_cast<std::uint64_t>(node.routine) << 16 |
                    static_cast<std::uint64_t>(node.reducer) << 24 |
                    static_cast<std::uint64_t>(node.first_reduced) << 32 |
                    static_cast<std::uint64_t>(node.input_count) << 40;
  key.push_back(stored ? head : head | rest);
  if (!same_shape) append(key, node.shape);
  if (stored) return;
  for (int k = 0; k < node.input_count; k += 2) {
    const std::uint64_t second = k + 1 < node.input_count ? node.inputs[k + 1]->slot : 0;
    key.push_back(node.inputs[k]->slot | second << 32);
  }
  if (node.kind != Kind::View && node.kind != Kind::Reduce && node.kind != Kind::Call) return;
  key.push_back(static_cast<std::uint64_t>(node.kind == Kind::View ? node.offset : node.dims.size()));
  append(key, node.dims);
}

}  // namespace

void outline(std::span<Node* const> roots, Outline& out) {
  graph::topological_order(roots, out.nodes);
  out.key.clear();
  out.calls.clear();
  out.claimed = nullptr;
  const Node* before = nullptr;
  for (Node* node : out.nodes) {
    append(out.key, *node, before);
    before = node;
    if (node->claimed) out.claimed = node;
    if (node->kind == Kind::Call && !is_stored(*node))
      out.calls.emplace_back(static_cast<int>(node->slot), node->where);
  }
  for (const Node* root : roots) out.key.push_back(root->slot);
}

void hold_leaves(Outline& out) {
  for (Node* const node : out.nodes)
    if (node->input_count == 0) out.leaves.emplace_back(node);
}

Snapshot snapshot(std::span<Node* const> roots) {
  Snapshot s;
  std::vector<Node*> nodes;
  graph::topological_order(roots, nodes);
  s.items.resize(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = *nodes[i];
    Item& item = s.items[i];
    item.dtype = node.dtype;
    item.stored = is_stored(node);
    item.shape = node.shape;
    item.numel = node.numel();
    item.kind = item.stored ? Kind::Buffer : node.kind;
    if (item.stored) continue;
    item.op = node.op;
    item.reducer = node.reducer;
    item.routine = node.routine;
    item.first_reduced = node.first_reduced;
    item.inputs = node.input_count;
    for (int k = 0; k < item.inputs; ++k) item.in[k] = static_cast<int>(node.inputs[k]->slot);
    item.offset = node.offset;
    item.dims = node.dims;
  }
  for (const Node* root : roots) s.roots.push_back(static_cast<int>(root->slot));
  return s;
}

}  // namespace ingot::plan
