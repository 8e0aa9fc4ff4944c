#include "host/plan/snapshot.h"

#include <mutex>

#include "host/graph/intern.h"
#include "host/graph/walk.h"

namespace ingot::plan {
namespace {

void append(std::vector<std::uint64_t>& key, const Item& item) {
  key.push_back(static_cast<std::uint64_t>(item.kind) | static_cast<std::uint64_t>(item.dtype) << 8 |
                static_cast<std::uint64_t>(item.op) << 16 | static_cast<std::uint64_t>(item.reducer) << 24 |
                static_cast<std::uint64_t>(item.first_reduced) << 32 | static_cast<std::uint64_t>(item.stored) << 33 |
                static_cast<std::uint64_t>(item.inputs) << 40 | static_cast<std::uint64_t>(item.shape.ndim()) << 48);
  for (int k = 0; k < item.inputs; ++k) key.push_back(static_cast<std::uint64_t>(item.in[k]));
  for (std::int64_t extent : item.shape) key.push_back(static_cast<std::uint64_t>(extent));
  if (item.kind == graph::Kind::View) key.push_back(static_cast<std::uint64_t>(item.offset));
  for (std::int64_t d : item.dims) key.push_back(static_cast<std::uint64_t>(d));
}

}  // namespace

Snapshot snapshot(std::span<graph::Node* const> roots) {
  Snapshot s;
  const std::scoped_lock guard(graph::lock());
  s.nodes = graph::topological_order(roots);
  s.items.resize(s.nodes.size());
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    const graph::Node& node = *s.nodes[i];
    Item& item = s.items[i];
    item.dtype = node.dtype;
    // A constant stays one even if its value was asked for: it may be read at any index.
    item.stored = node.has_values() && node.kind != graph::Kind::Constant;
    item.shape = node.shape;
    item.numel = node.numel();
    item.kind = item.stored ? graph::Kind::Buffer : node.kind;
    if (!item.stored) {
      item.op = node.op;
      item.reducer = node.reducer;
      item.first_reduced = node.first_reduced;
      item.inputs = node.input_count;
      for (int k = 0; k < item.inputs; ++k) item.in[k] = static_cast<int>(node.inputs[k]->slot);
      item.offset = node.offset;
      item.dims = node.dims;
    }
    append(s.key, item);
  }
  for (graph::Node* root : roots) {
    s.roots.push_back(static_cast<int>(root->slot));
    s.key.push_back(root->slot);
  }
  return s;
}

}  // namespace ingot::plan
