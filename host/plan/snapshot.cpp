#include "host/plan/snapshot.h"

#include <mutex>

#include "host/graph/intern.h"
#include "host/graph/walk.h"

namespace ingot::plan {
namespace {

using graph::Kind;
using graph::Node;

// A constant stays one even if its value was asked for: it may be read at any index.
bool is_stored(const Node& node) { return node.has_values() && node.kind != Kind::Constant; }

void append(std::vector<std::uint64_t>& key, const Node& node) {
  const bool stored = is_stored(node);
  const auto shape = static_cast<std::uint64_t>(node.dtype) << 8 | static_cast<std::uint64_t>(node.shape.ndim()) << 48;
  if (stored) {
    key.push_back(static_cast<std::uint64_t>(Kind::Buffer) | shape | std::uint64_t{1} << 33);
  } else {
    key.push_back(static_cast<std::uint64_t>(node.kind) | shape | static_cast<std::uint64_t>(node.op) << 16 |
                  static_cast<std::uint64_t>(node.reducer) << 24 |
                  static_cast<std::uint64_t>(node.first_reduced) << 32 |
                  static_cast<std::uint64_t>(node.input_count) << 40);
  }
  key.insert(key.end(), node.shape.begin(), node.shape.end());
  if (stored) return;
  for (int k = 0; k < node.input_count; ++k) key.push_back(node.inputs[k]->slot);
  if (node.kind != Kind::View && node.kind != Kind::Reduce) return;
  key.push_back(static_cast<std::uint64_t>(node.kind == Kind::View ? node.offset : node.dims.size()));
  key.insert(key.end(), node.dims.begin(), node.dims.end());
}

}  // namespace

void outline(std::span<Node* const> roots, Outline& out) {
  const std::scoped_lock guard(graph::lock());
  graph::topological_order(roots, out.nodes);
  out.key.clear();
  for (const Node* node : out.nodes) append(out.key, *node);
  for (const Node* root : roots) out.key.push_back(root->slot);
}

Snapshot snapshot(std::span<Node* const> roots) {
  Snapshot s;
  const std::scoped_lock guard(graph::lock());
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
