#include "host/graph/limits.h"

#include <atomic>
#include <mutex>
#include <vector>

#include "host/graph/intern.h"
#include "host/graph/walk.h"

namespace ingot::graph {
namespace {

std::atomic<Evaluate> installed{nullptr};

}  // namespace

void set_evaluator(Evaluate evaluate) { installed = evaluate; }
Evaluate evaluator() { return installed; }

void count_anew(Node* node) {
  std::uint32_t pending = 0;
  std::int64_t retained = 0;
  std::vector<Node*> reached;
  const std::scoped_lock guard(lock());
  topological_order({&node, 1}, reached);
  for (const Node* n : reached) {
    if (n->has_values())
      retained += n->retained;
    else if (n->input_count != 0)
      ++pending;
  }
  node->pending = pending;
  node->retained = retained;
}

}  // namespace ingot::graph
