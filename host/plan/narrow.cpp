#include "host/plan/narrow.h"

#include <unordered_map>
#include <vector>

#include "host/ir/kernel.h"

namespace ingot::plan {
namespace {

bool takes_all(const Item& item) { return item.first_reduced && item.dims.size() == 1; }

bool is_free_of_order(const Item& item) {
  return state(item.reducer) == State::Value && !ir::is_order_sensitive(item.reducer, item.dtype);
}

}  // namespace

Snapshot narrowed(Snapshot graph) {
  std::unordered_map<int, std::vector<int>> by_input;
  for (std::size_t i = 0; i < graph.items.size(); ++i) {
    const Item& item = graph.items[i];
    if (!item.is_leaf() && item.kind == graph::Kind::Reduce) by_input[item.in[0]].push_back(static_cast<int>(i));
  }
  const auto narrower = [&](const std::vector<int>& siblings, int at) {
    const Item& all = graph.items[static_cast<std::size_t>(at)];
    int best = -1;
    for (const int other : siblings) {
      const Item& some = graph.items[static_cast<std::size_t>(other)];
      if (other >= at || some.reducer != all.reducer || takes_all(some)) continue;
      if (best < 0 || some.numel < graph.items[static_cast<std::size_t>(best)].numel) best = other;
    }
    return best;
  };
  for (const auto& [input, siblings] : by_input) {
    std::vector<std::pair<int, int>> found;
    bool has_pass = false;
    for (const int at : siblings) {
      const Item& item = graph.items[static_cast<std::size_t>(at)];
      if (!takes_all(item)) continue;
      const int from = is_free_of_order(item) ? narrower(siblings, at) : -1;
      if (from < 0)
        has_pass = true;
      else
        found.emplace_back(at, from);
    }
    if (has_pass) continue;
    for (const auto& [at, from] : found) {
      Item& item = graph.items[static_cast<std::size_t>(at)];
      item.in[0] = from;
      item.dims = Dims{graph.items[static_cast<std::size_t>(from)].numel};
    }
  }
  return graph;
}

}  // namespace ingot::plan
