// A pending graph as the planner sees it: a flat copy, inputs before users, with everything that is not structure
// (which buffers, which scalar values) replaced by numbers. Graphs of equal keys have equal snapshots, and so equal
// plans.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "host/graph/compose.h"
#include "host/graph/node.h"

namespace ingot::plan {

/// The nodes of a pending graph in the order of its items, and the key of its structure.
struct Outline {
  std::vector<graph::Node*> nodes;
  std::vector<std::uint64_t> key;
  std::vector<graph::NodeRef> leaves;           // what a run needs of the nodes, whatever others evaluate meanwhile
  graph::Node* claimed = nullptr;               // one of the nodes that an evaluation is computing
  std::vector<std::pair<int, Location>> calls;  // the items that are calls of routines, and where they were recorded
};

/// Fills `out` but for its leaves. Its memory is reused: a warm evaluation allocates nothing here. Graph lock held.
void outline(std::span<graph::Node* const> roots, Outline& out);
/// Adds the leaves to those that are there. Graph lock held.
void hold_leaves(Outline& out);

/// One node. Items are numbered by position; `in` holds item numbers.
struct Item {
  graph::Kind kind{};
  DType dtype{};
  Op op{};
  Reducer reducer{};
  Routine routine{};
  bool first_reduced = false;
  bool stored = false;  // its values exist: a leaf whatever its kind
  int inputs = 0;
  int in[graph::Node::kMaxInputs] = {};
  Shape shape;
  std::int64_t numel = 1;
  std::int64_t offset = 0;
  Dims dims;  // View: strides. Reduce: domain. Call: parameters

  bool is_leaf() const {
    return stored || kind == graph::Kind::Constant || kind == graph::Kind::Index || kind == graph::Kind::Buffer;
  }
  graph::Map map() const { return {offset, dims}; }
};

struct Snapshot {
  std::vector<Item> items;
  std::vector<int> roots;  // items to be materialised
};

/// Graph lock held.
Snapshot snapshot(std::span<graph::Node* const> roots);

}  // namespace ingot::plan
