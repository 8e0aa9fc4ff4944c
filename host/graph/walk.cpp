#include "host/graph/walk.h"

#include "host/base/per_thread.h"
#include "host/graph/intern.h"

namespace ingot::graph {
namespace {
struct Walk;  // names the stack, whose memory a thread keeps
}

void topological_order(std::span<Node* const> roots, std::vector<Node*>& order) {
  std::vector<Node*>& stack = per_thread<std::vector<Node*>, Walk>();
  const std::uint32_t open = new_stamps(), done = open + 1;

  order.clear();
  stack.clear();
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
