#include "host/graph/rewrite.h"

#include <mutex>

#include "host/base/error.h"
#include "host/graph/intern.h"
#include "host/graph/limits.h"
#include "host/graph/walk.h"

namespace ingot::graph {

std::vector<Step> steps(Node* root) {
  std::vector<Node*> order;
  std::vector<Step> list;
  const std::scoped_lock guard(lock());
  topological_order({&root, 1}, order);
  list.reserve(order.size());
  for (Node* const node : order) {
    Step& step = list.emplace_back();
    step.node = NodeRef(node);
    if (node->has_values()) continue;
    step.inputs = node->input_count;
    for (int k = 0; k < step.inputs; ++k) step.from[k] = node->inputs[k]->slot;
  }
  return list;
}

NodeRef with_inputs(const Node& node, std::span<const NodeRef> inputs) {
  check(node.kind != Kind::Complex, "a complex array recorded anew as one node");
  Node* const made = allocate();
  made->kind = node.kind;
  made->dtype = node.dtype;
  made->op = node.op;
  made->reducer = node.reducer;
  made->routine = node.routine;
  made->first_reduced = node.first_reduced;
  made->shape = node.shape;
  made->offset = node.offset;
  made->dims = node.dims;
  made->where = node.where;
  for (const NodeRef& input : inputs) made->inputs[made->input_count++] = NodeRef(input).leak();
  measure(made);
  NodeRef recorded = intern(made);
  if (exceeds_limits(recorded.get())) [[unlikely]]
    if (const Evaluate evaluate = evaluator()) evaluate(recorded.get());
  return recorded;
}

}  // namespace ingot::graph
