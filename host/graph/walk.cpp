#include "host/graph/walk.h"

namespace ingot::graph {

void topological_order(std::span<Node* const> roots, std::vector<Node*>& order) {
  // Guarded by the graph lock. A wrapped stamp could only meet one 2^31 walks old.
  static std::uint32_t stamp = 0;
  static auto& stack = *new std::vector<Node*>;
  const std::uint32_t open = stamp += 2, done = stamp + 1;

  order.clear();
  for (Node* root : roots) {
    stack.push_back(root);
    while (!stack.empty()) {
      Node* node = stack.back();
      if (node->visit == done || node->visit == open) {
        stack.pop_back();
        if (node->visit == done) continue;
        node->visit = done;
        node->slot = static_cast<std::uint32_t>(order.size());
        order.push_back(node);
        continue;
      }
      node->visit = open;
      for (int i = node->input_count - 1; i >= 0; --i)
        if (node->inputs[i]->visit != done && node->inputs[i]->visit != open) stack.push_back(node->inputs[i]);
    }
  }
}

}  // namespace ingot::graph
