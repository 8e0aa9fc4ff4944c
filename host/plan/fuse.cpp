#include "host/plan/fuse.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "host/base/hash.h"
#include "host/ir/kernel.h"

namespace ingot::plan {
namespace {

using graph::Kind;

std::int64_t product(const Dims& dims) {
  std::int64_t n = 1;
  for (std::int64_t d : dims) n *= d;
  return n;
}

// A cut item read by a group, and whether only element i of it is ever needed for element i of the group's space.
struct Load {
  int item;
  bool identity;
};

// Everything between some outputs and the leaves and cut items below them.
struct Cone {
  std::vector<Load> loads;
  std::uint64_t leaves = 0;  // Bloom filter of the leaves read: two cones that share data share a bit
  int ops = 0;
};

class Cones {
 public:
  Cones(const Snapshot& graph, const std::vector<bool>& cut)
      : graph_(graph), cut_(cut), visit_(graph.items.size(), 0) {}

  /// `inside` items are computed here although they are cut.
  Cone of(const std::vector<int>& starts, const std::vector<int>& inside = {}) {
    Cone cone;
    stamp_ += 4;
    for (int item : inside) visit_[item] = stamp_ + 4;  // one ahead: cleared by the next call's stamp
    for (int start : starts) push(start, true);
    while (!stack_.empty()) {
      const auto [at, identity] = stack_.back();
      stack_.pop_back();
      visit(at, identity, cone);
    }
    stamp_ += 4;
    return cone;
  }

 private:
  // Low two bits of a visit mark, above the stamp: reached by identity, reached otherwise.
  void push(int item, bool identity) { stack_.push_back({item, identity}); }

  void visit(int at, bool identity, Cone& cone) {
    const Item& item = graph_.items[at];
    const bool is_inside = visit_[at] >= stamp_ + 4;
    int& mark = visit_[at];
    const int base = is_inside ? stamp_ + 4 : stamp_;
    if (mark < base) mark = base;
    const int bit = identity ? 1 : 2;
    if ((mark - base) & bit) return;
    const bool first = mark == base;
    mark += bit;
    if (item.is_leaf()) {
      if (item.kind != Kind::Constant) cone.leaves |= std::uint64_t{1} << (mix(0, static_cast<std::uint64_t>(at)) & 63);
      if (first && item.kind != Kind::Constant) ++cone.ops;
      return;
    }
    if (cut_[at] && !is_inside) {
      if (first) ++cone.ops;
      cone.loads.push_back({at, identity});
      return;
    }
    if (first) ++cone.ops;
    const bool next = identity && (item.kind != Kind::View || is_identity(item.shape, item.map()));
    for (int k = 0; k < item.inputs; ++k) push(item.in[k], next);
  }

  const Snapshot& graph_;
  const std::vector<bool>& cut_;
  std::vector<int> visit_;
  std::vector<std::pair<int, bool>> stack_;
  int stamp_ = 0;
};

struct Work {
  Group group;
  Cone cone;
  std::int64_t space = 0;  // elements the body runs over
  std::int64_t kept = 0;   // elements left after the reductions; 0 without reductions
  Dims domain;             // of the reductions
  bool first_reduced = false;
  bool alive = true;
  bool alone = false;
  std::vector<int> readers;  // cut items computed from its own
  int top = 0;               // highest item among its own and all that they are computed from
  int seen = 0;              // the last search that came here
};

class Fuser {
 public:
  Fuser(const Snapshot& graph, const std::vector<bool>& cut, const std::vector<bool>& alone)
      : graph_(graph), alone_(alone), cones_(graph, cut), owner_(graph.items.size(), -1) {
    for (int i = 0; i < static_cast<int>(graph.items.size()); ++i)
      if (cut[i] && !graph.items[i].is_leaf()) open(i);
  }

  std::vector<Group> run() {
    constexpr int kRounds = 3;  // each round can open the way for the next; more have not been seen to matter
    for (int round = 0; round < kRounds; ++round) {
      bool changed = merge_siblings(true);
      changed |= merge_along_loads();
      changed |= merge_siblings(false);
      if (!changed) break;
    }
    return sorted();
  }

 private:
  void open(int item) {
    const Item& it = graph_.items[item];
    Work work;
    work.alone = alone_[item];
    owner_[item] = static_cast<int>(works_.size());
    if (it.kind == Kind::Call) {
      work.group.call = item;
      work.alone = true;
      work.space = -1;  // no kernel's
    } else if (it.kind == Kind::Reduce) {
      work.group.reductions = {item};
      work.domain = it.dims;
      work.first_reduced = it.first_reduced;
      work.space = product(it.dims);
      work.kept = it.numel;
    } else {
      work.group.outputs = {item};
      work.space = it.numel;
    }
    work.cone = cone_of(work.group);
    work.top = item;
    for (const Load& load : work.cone.loads) works_[owner_[load.item]].readers.push_back(item);
    works_.push_back(std::move(work));
  }

  Cone cone_of(const Group& group) {
    if (group.call >= 0) {
      const Item& call = graph_.items[group.call];
      return cones_.of({call.in, call.in + call.inputs});
    }
    std::vector<int> starts = group.outputs;
    for (int r : group.reductions) starts.push_back(graph_.items[r].in[0]);
    Cone body = cones_.of(starts, group.outputs);
    if (group.epilogue.empty()) return body;
    std::vector<int> inside = group.epilogue;
    Cone epilogue = cones_.of(group.epilogue, inside);
    body.ops += epilogue.ops;
    body.leaves |= epilogue.leaves;
    for (const Load& load : epilogue.loads)  // by identity of the kept space, which is none of the body's
      if (std::find(group.reductions.begin(), group.reductions.end(), load.item) == group.reductions.end())
        body.loads.push_back({load.item, false});
    return body;
  }

  // Whether `from` reads, directly or through others, what `target` computes; direct reads of the group `skip_direct`
  // by itself are left out when asked. What is computed from the target has no lower top, so the search stays among the
  // groups between the two.
  bool reaches(int from, int target, bool skip_direct) {
    if (works_[from].top < works_[target].top) return false;
    ++searches_;
    stack_.clear();
    const auto push = [&](int next) {
      if (works_[next].top >= works_[target].top) stack_.push_back(next);
    };
    for (const Load& load : works_[from].cone.loads) {
      const int next = owner_[load.item];
      if (next != target)
        push(next);
      else if (!skip_direct)
        return true;
    }
    while (!stack_.empty()) {
      const int at = stack_.back();
      stack_.pop_back();
      if (at == target) return true;
      if (works_[at].seen == searches_ || at == from) continue;
      works_[at].seen = searches_;
      for (const Load& load : works_[at].cone.loads) push(owner_[load.item]);
    }
    return false;
  }

  // Raises the top of a group, and of all that is computed from it.
  void raise(int work, int top) {
    stack_.assign(1, work);
    while (!stack_.empty()) {
      Work& at = works_[stack_.back()];
      stack_.pop_back();
      if (at.top >= top) continue;
      at.top = top;
      for (int reader : at.readers) stack_.push_back(owner_[reader]);
    }
  }

  bool same_itemsize(const Work& a, const Work& b) const {
    std::size_t size = 0;
    for (const Work* w : {&a, &b})
      for (int r : w->group.reductions) {
        const Item& item = graph_.items[r];
        if (!ir::is_order_sensitive(item.reducer, item.dtype)) continue;
        if (size != 0 && size != itemsize(item.dtype)) return false;
        size = itemsize(item.dtype);
      }
    return true;
  }
  bool same_space(const Work& a, const Work& b) const {
    if (a.space != b.space) return false;
    if (a.kept == 0 || b.kept == 0) return true;
    return a.first_reduced == b.first_reduced && a.domain == b.domain && same_itemsize(a, b);
  }

  /// Merges b into a if the kernel stays small enough.
  bool merge(int a, int b, bool as_epilogue) {
    if (works_[a].alone || works_[b].alone) return false;
    Work& to = works_[a];
    Work& from = works_[b];
    Group group = to.group;
    auto append = [](std::vector<int>& list, const std::vector<int>& more) {
      list.insert(list.end(), more.begin(), more.end());
    };
    append(as_epilogue ? group.epilogue : group.outputs, from.group.outputs);
    append(group.reductions, from.group.reductions);
    append(group.epilogue, from.group.epilogue);
    Cone cone = cone_of(group);
    if (cone.ops > kMaxKernelOps) return false;
    std::erase_if(cone.loads, [&](const Load& load) { return owner_[load.item] == a || owner_[load.item] == b; });
    if (to.kept == 0 && from.kept != 0) {
      to.kept = from.kept;
      to.domain = from.domain;
      to.first_reduced = from.first_reduced;
    }
    for (const std::vector<int>* list : {&from.group.outputs, &from.group.reductions, &from.group.epilogue})
      for (int item : *list) owner_[item] = a;
    to.group = std::move(group);
    to.cone = std::move(cone);
    from.alive = false;
    append(to.readers, from.readers);
    const int top = std::max(to.top, from.top);
    to.top = -1;  // so that the readers of both are told
    raise(a, top);
    return true;
  }

  bool merge_siblings(bool reductions_only) {
    // Candidates are compared with the few most recent groups of their space: what shares data is recorded close
    // together.
    constexpr std::size_t kNeighbours = 32;
    std::unordered_map<std::int64_t, std::vector<int>> by_space;
    bool changed = false;
    read_by_.assign(graph_.items.size(), -1);
    for (int b = 0; b < static_cast<int>(works_.size()); ++b) {
      if (!works_[b].alive || (reductions_only && works_[b].kept == 0)) continue;
      std::vector<int>& near = by_space[works_[b].space];
      for (const Load& load : works_[b].cone.loads) read_by_[load.item] = b;
      bool merged = false;
      const std::size_t first = near.size() > kNeighbours ? near.size() - kNeighbours : 0;
      for (std::size_t k = first; k < near.size() && !merged; ++k) {
        const int a = near[k];
        if (!works_[a].alive || !same_space(works_[a], works_[b])) continue;
        if (!share_data(works_[a], b)) continue;
        if (reaches(a, b, false) || reaches(b, a, false)) continue;
        merged = merge(a, b, false);
      }
      if (!merged) near.push_back(b);
      changed |= merged;
    }
    return changed;
  }

  // After read_by_ was set for b.
  bool share_data(const Work& a, int b) const {
    if ((a.cone.leaves & works_[b].cone.leaves) != 0) return true;
    return std::any_of(a.cone.loads.begin(), a.cone.loads.end(),
                       [&](const Load& load) { return read_by_[load.item] == b; });
  }

  bool merge_along_loads() {
    bool changed = false;
    for (int b = 0; b < static_cast<int>(works_.size()); ++b) {
      for (std::size_t k = 0; works_[b].alive && k < works_[b].cone.loads.size(); ++k) {
        const int a = owner_[works_[b].cone.loads[k].item];
        if (a == b || !reads_by_identity(b, a) || reaches(b, a, true)) continue;
        if (joins_as_epilogue(a, b) ? merge(a, b, true) : (joins_as_body(a, b) && merge(a, b, false))) {
          changed = true;
          k = static_cast<std::size_t>(-1);
          b = a;
        }
      }
    }
    return changed;
  }

  bool reads_by_identity(int b, int a) const {
    for (const Load& load : works_[b].cone.loads)
      if (owner_[load.item] == a && !load.identity) return false;
    return true;
  }

  // b, a map over what a's reductions leave, reads only results and epilogue values of a.
  bool joins_as_epilogue(int a, int b) const {
    const Work& to = works_[a];
    if (to.kept == 0 || works_[b].kept != 0 || works_[b].space != to.kept) return false;
    return !reads_any_of(b, to.group.outputs);
  }

  // b runs over a's space and reads only what a's body computes.
  bool joins_as_body(int a, int b) const {
    const Work& to = works_[a];
    return same_space(to, works_[b]) && !reads_any_of(b, to.group.reductions) && !reads_any_of(b, to.group.epilogue);
  }

  bool reads_any_of(int b, const std::vector<int>& items) const {
    for (const Load& load : works_[b].cone.loads)
      if (std::find(items.begin(), items.end(), load.item) != items.end()) return true;
    return false;
  }

  std::vector<Group> sorted() {
    std::vector<Group> groups;
    std::vector<char> state(works_.size(), 0);  // 0 new, 1 open, 2 done
    std::vector<int> stack;
    for (int w = 0; w < static_cast<int>(works_.size()); ++w) {
      if (!works_[w].alive) continue;
      stack.push_back(w);
      while (!stack.empty()) {
        const int at = stack.back();
        if (state[at] != 0) {
          stack.pop_back();
          if (state[at] == 1) groups.push_back(works_[at].group);
          state[at] = 2;
          continue;
        }
        state[at] = 1;
        for (const Load& load : works_[at].cone.loads)
          if (state[owner_[load.item]] == 0) stack.push_back(owner_[load.item]);
      }
    }
    return groups;
  }

  const Snapshot& graph_;
  const std::vector<bool>& alone_;
  Cones cones_;
  std::vector<Work> works_;
  std::vector<int> owner_;  // of each cut item: the group that computes it
  int searches_ = 0;
  std::vector<int> stack_;    // of groups: scratch of walks
  std::vector<int> read_by_;  // of each cut item: the last candidate for a merge that reads it
};

// Instructions between an item and the cuts and leaves below it, each counted once.
int cone_size(const Snapshot& graph, const std::vector<bool>& cut, int start, std::vector<int>& mark, int stamp) {
  std::vector<int> stack{start};
  int count = 0;
  while (!stack.empty()) {
    const int at = stack.back();
    stack.pop_back();
    if (mark[at] == stamp) continue;
    mark[at] = stamp;
    ++count;
    const Item& item = graph.items[at];
    if (at != start && (item.is_leaf() || cut[at])) continue;
    for (int k = 0; k < item.inputs; ++k) stack.push_back(item.in[k]);
  }
  return count;
}

}  // namespace

std::vector<Group> fuse(const Snapshot& graph, const std::vector<bool>& cut, const std::vector<bool>& alone) {
  return Fuser(graph, cut, alone).run();
}

Binding call_input(const Snapshot& graph, const Item& call, int item) {
  const Item& input = graph.items[item];
  const Binding whole{item, {0, c_strides(input.shape)}};
  if (input.stored || input.kind != Kind::View) return whole;
  const bool is_piece = graph.items[input.in[0]].stored && graph::is_identity(input.shape, {0, input.dims});
  const bool through = is_piece || info(call.routine).inputs == RoutineInputs::Strided;
  return through ? Binding{input.in[0], input.map()} : whole;
}

std::vector<bool> first_cuts(const Snapshot& graph) {
  const int count = static_cast<int>(graph.items.size());
  std::vector<bool> cut(graph.items.size(), false);
  for (int root : graph.roots) cut[root] = !graph.items[root].is_leaf();

  // A sum over inputs counts shared items more than once; only where that passes the limit is the exact size found.
  std::vector<int> size(graph.items.size(), 1), mark(graph.items.size(), -1);
  for (int i = 0; i < count; ++i) {
    const Item& item = graph.items[i];
    if (item.is_leaf()) continue;
    if (item.kind == Kind::Reduce || item.kind == Kind::Call) {
      cut[i] = true;
      for (int k = 0; item.kind == Kind::Call && k < item.inputs; ++k) {
        const int read = call_input(graph, item, item.in[k]).item;
        cut[read] = cut[read] || !graph.items[read].is_leaf();
      }
      continue;
    }
    const auto estimate = [&] {
      int total = 1;
      for (int k = 0; k < item.inputs; ++k) total += cut[item.in[k]] ? 1 : size[item.in[k]];
      return total;
    };
    size[i] = estimate();
    if (size[i] > kMaxKernelOps) size[i] = cone_size(graph, cut, i, mark, i);
    while (size[i] > kMaxKernelOps) {
      int largest = -1;
      for (int k = 0; k < item.inputs; ++k) {
        const int in = item.in[k];
        if (!cut[in] && !graph.items[in].is_leaf() && (largest < 0 || size[in] > size[largest])) largest = in;
      }
      if (largest < 0) break;
      cut[largest] = true;
      size[i] = estimate();
    }
  }
  return cut;
}

std::vector<int> costs(const Snapshot& graph, const std::vector<bool>& cut) {
  constexpr int kPlenty = 1 << 20;
  std::vector<int> cost(graph.items.size(), 0);
  for (std::size_t i = 0; i < graph.items.size(); ++i) {
    const Item& item = graph.items[i];
    if (item.is_leaf() || cut[i]) continue;
    int total = item.kind == Kind::Elementwise ? info(item.op).cost : item.kind == Kind::Cast ? 1 : 0;
    for (int k = 0; k < item.inputs; ++k) total += cost[item.in[k]];
    cost[i] = std::min(total, kPlenty);
  }
  return cost;
}

}  // namespace ingot::plan
