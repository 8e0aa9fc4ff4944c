#include "host/graph/build.h"

#include <mutex>

#include "host/base/error.h"
#include "host/graph/compose.h"
#include "host/graph/intern.h"
#include "host/graph/limits.h"

namespace ingot::graph {
namespace {

// A node being made: filled by the caller under the lock, then interned.
class Draft {
 public:
  Draft(Kind kind, DType dtype, Location where) : guard_(lock()), node_(allocate()) {
    node_->kind = kind;
    node_->dtype = dtype;
    node_->where = where;
  }
  Node* operator->() { return node_; }

  void input(Node* node) {
    node->add_ref();
    node_->inputs[node_->input_count++] = node;
  }

  NodeRef record() {
    measure(node_);
    NodeRef node = intern(node_);
    const bool over = exceeds_limits(node.get());
    guard_.unlock();
    if (over) [[unlikely]]
      if (const Evaluate evaluate = evaluator()) evaluate(node.get());
    return node;
  }

  /// For nodes that equal no other.
  NodeRef keep() {
    measure(node_);
    return NodeRef::adopt(node_);
  }

 private:
  std::unique_lock<std::mutex> guard_;
  Node* node_;
};

StorageRef nothing() {
  static Storage* const empty = new Storage(nullptr, 0, {});
  return StorageRef(empty);
}

/// An array without elements is a buffer from the start, whatever it was computed from.
NodeRef empty(DType dtype, const Shape& shape) { return buffer(dtype, shape, nothing()); }

Node* strip_broadcast(Node* node) {
  return node->kind == Kind::View && node->input_count == 1 && node->inputs[0]->kind == Kind::Constant ? node->inputs[0]
                                                                                                       : node;
}

}  // namespace

NodeRef constant(DType dtype, std::uint64_t bits, bool weak) {
  Draft node(Kind::Constant, dtype, {});
  node->bits = bits;
  node->weak = weak;
  return node.record();
}

NodeRef buffer(DType dtype, Shape shape, StorageRef storage) {
  Draft node(Kind::Buffer, dtype, {});
  node->shape = std::move(shape);
  node->storage = std::move(storage);
  return node.keep();
}

NodeRef index(std::int64_t size) {
  if (size == 0) return empty(DType::Int64, Shape{0});
  Draft node(Kind::Index, DType::Int64, {});
  node->shape = Shape{size};
  return node.record();
}

NodeRef elementwise(Op op, DType result, const Shape& shape, std::span<Node* const> inputs, Location where) {
  if (shape.numel() == 0) return empty(result, shape);
  Draft node(Kind::Elementwise, result, where);
  node->op = op;
  node->shape = shape;
  for (Node* input : inputs) node.input(strip_broadcast(input));
  return node.record();
}

NodeRef cast(Node* input, DType to, Location where) {
  if (input->dtype == to) return NodeRef(input);
  if (input->numel() == 0) return empty(to, input->shape);
  Draft node(Kind::Cast, to, where);
  node->shape = input->shape;
  node.input(strip_broadcast(input));
  return node.record();
}

NodeRef view(Node* input, Shape shape, std::int64_t offset, Dims strides, Location where) {
  if (shape.numel() == 0) return empty(input->dtype, shape);
  for (int k = 0; k < shape.ndim(); ++k)
    if (shape[k] == 1) strides[k] = 0;

  Draft node(Kind::View, input->dtype, where);
  node->shape = std::move(shape);
  Map map{offset, std::move(strides)};
  Map through;
  if (input->kind == Kind::View && input->input_count == 1 &&
      compose(node->shape, map, input->shape, {input->offset, input->dims}, through)) {
    map = std::move(through);
    input = input->inputs[0];
  }
  const bool same = node->shape == input->shape && is_identity(node->shape, map);
  if (same) {
    NodeRef result(input);
    discard(node.operator->());
    return result;
  }
  node->offset = map.offset;
  node->dims = std::move(map.strides);
  node.input(input);
  return node.record();
}

NodeRef reshape(Node* input, Shape shape, Location where) {
  Strides strides = c_strides(shape);
  return view(input, std::move(shape), 0, std::move(strides), where);
}

NodeRef reduce(Reducer reducer, Node* input, std::span<const bool> reduced, Location where) {
  if (is_bool(input->dtype) && reducer == Reducer::min) reducer = Reducer::all;
  if (is_bool(input->dtype) && reducer == Reducer::max) reducer = Reducer::any;

  Shape kept;
  Dims domain;
  bool first_reduced = false, last_reduced = false, any_reduced = false;
  for (int k = 0; k < input->shape.ndim(); ++k) {
    const std::int64_t extent = input->shape[k];
    if (!reduced[k]) kept.push_back(extent);
    if (extent == 1) continue;
    any_reduced = any_reduced || reduced[k];
    if (domain.empty()) {
      first_reduced = reduced[k];
      domain.push_back(extent);
    } else if (last_reduced == reduced[k]) {
      domain[domain.size() - 1] *= extent;
    } else {
      domain.push_back(extent);
    }
    last_reduced = reduced[k];
  }
  if (!any_reduced) {
    const NodeRef one = reshape(input, std::move(kept), where);
    if (reducer != Reducer::sumsqdev) return one;
    Node* const both[] = {one.get(), one.get()};
    return elementwise(Op::subtract, one->dtype, one->shape, both, where);  // 0, or NaN for infinity and NaN
  }

  Draft node(Kind::Reduce, input->dtype, where);
  node->reducer = reducer;
  node->shape = std::move(kept);
  node->dims = std::move(domain);
  node->first_reduced = first_reduced;
  node.input(input);
  return node.record();
}

}  // namespace ingot::graph
