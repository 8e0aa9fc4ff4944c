#include "host/plan/build.h"

#include <algorithm>

#include "host/base/error.h"

namespace ingot::plan {
namespace {

using graph::Kind;
using graph::Map;
using ir::Code;
using ir::Instr;

bool contains(const std::vector<int>& list, int item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// A view that cannot be followed along the present axes.
struct Obstacle {
  int view;
  int axis = -1;  // of the region; -1: no split helps
  std::int64_t extent = 0;
};

// Emits one region. Values are remembered by item and map, so what is shared is computed once. `first` has -1 for every
// item, before and after.
class RegionBuilder {
 public:
  RegionBuilder(const Snapshot& graph, const std::vector<bool>& cut, const Group& group, const Dims& extents,
                bool epilogue, std::vector<int>& first)
      : graph_(graph), cut_(cut), group_(group), extents_(extents), epilogue_(epilogue), first_(first) {}
  RegionBuilder(const RegionBuilder&) = delete;
  RegionBuilder& operator=(const RegionBuilder&) = delete;
  ~RegionBuilder() {
    for (const Known& known : known_) first_[known.item] = -1;
  }

  int emit(int at, const Map& map) {
    const Item& item = graph_.items[at];
    const bool constant = item.kind == Kind::Constant && !item.stored;
    for (int e = first_[at]; e >= 0; e = known_[e].next)
      if (constant || known_[e].map == map) return known_[e].value;
    const int value = compute(at, item, map);
    known_.push_back({at, map, value, first_[at]});
    first_[at] = static_cast<int>(known_.size()) - 1;
    return value;
  }

  Map identity() const { return {0, c_strides(Shape(extents_))}; }

  void count(std::vector<Demand>& demands) const {
    for (const Known& known : known_) {
      ++demands[known.item].times;
      if (!is_injective(extents_, known.map)) demands[known.item].repeats = true;
    }
  }

  ir::Region region;
  RegionBindings bindings;

 private:
  struct Known {
    int item;
    Map map;
    int value;
    int next;
  };

  bool computed_here(int at) const { return contains(epilogue_ ? group_.epilogue : group_.outputs, at); }

  int compute(int at, const Item& item, const Map& map) {
    if (item.kind == Kind::Constant && !item.stored) {
      bindings.params.push_back(at);
      region.params.push_back(item.dtype);
      return add({.code = Code::Param, .dtype = item.dtype, .index = last(region.params)});
    }
    if (epilogue_ && contains(group_.reductions, at)) {
      check(is_identity(extents_, map), "a reduction's result used at another index by its own kernel");
      const auto found = std::find(group_.reductions.begin(), group_.reductions.end(), at);
      return add({.code = Code::Reduced,
                  .dtype = item.dtype,
                  .index = static_cast<std::uint16_t>(found - group_.reductions.begin())});
    }
    if (item.is_leaf() || (cut_[at] && !computed_here(at))) {
      bindings.inputs.push_back({at, map});
      const bool generated = item.kind == Kind::Index && !item.stored;
      region.inputs.push_back({.dtype = item.dtype, .generated = generated});
      return add({.code = Code::Load, .dtype = item.dtype, .index = last(region.inputs)});
    }
    check(!cut_[at] || is_identity(extents_, map), "a kernel's output used at another index by itself");
    switch (item.kind) {
      case Kind::View: {
        Map through;
        if (compose(extents_, map, item.shape, item.map(), through)) return emit(item.in[0], through);
        Obstacle obstacle{at};
        if (!find_split(extents_, map, item.shape, item.map(), obstacle.axis, obstacle.extent)) obstacle.axis = -1;
        throw obstacle;
      }
      case Kind::Elementwise:
      case Kind::Cast: {
        Instr instr{.code = item.kind == Kind::Cast ? Code::Cast : Code::Apply, .op = item.op, .dtype = item.dtype};
        for (int k = 0; k < item.inputs; ++k) instr.args[k] = static_cast<std::uint16_t>(emit(item.in[k], map));
        return add(instr);
      }
      case Kind::Reduce:
      case Kind::Call:
      case Kind::Constant:
      case Kind::Buffer:
      case Kind::Index:
      case Kind::Complex: break;
    }
    throw InternalError("internal error: a reduction or a call inside a kernel's body; please report it");
  }

  int add(const Instr& instr) {
    region.code.push_back(instr);
    return static_cast<int>(region.code.size()) - 1;
  }

  template <class T>
  static std::uint16_t last(const std::vector<T>& list) {
    return static_cast<std::uint16_t>(list.size() - 1);
  }

  const Snapshot& graph_;
  const std::vector<bool>& cut_;
  const Group& group_;
  const Dims& extents_;
  const bool epilogue_;
  std::vector<int>& first_;  // per item: its latest entry in known_
  std::vector<Known> known_;
};

struct Axes {
  Dims extents;
  std::vector<bool> reduced;

  Dims kept() const {
    Dims list;
    for (int k = 0; k < extents.size(); ++k)
      if (!reduced[k]) list.push_back(extents[k]);
    return list;
  }
  int kept_axis(int k) const {  // position among all axes of the k-th kept one
    for (int a = 0;; ++a)
      if (!reduced[a] && k-- == 0) return a;
  }
  void split(int axis, std::int64_t inner) {
    extents[axis] /= inner;
    extents.insert(axis + 1, inner);
    reduced.insert(reduced.begin() + axis + 1, bool{reduced[axis]});
  }
};

Axes coarsest(const Snapshot& graph, const Group& group) {
  Axes axes;
  if (group.reductions.empty()) {
    axes.extents = {graph.items[group.outputs.front()].numel};
    axes.reduced = {false};
    return axes;
  }
  const Item& reduction = graph.items[group.reductions.front()];
  axes.extents = reduction.dims;
  for (int k = 0; k < axes.extents.size(); ++k) axes.reduced.push_back((k % 2 == 0) == reduction.first_reduced);
  return axes;
}

}  // namespace

Builder::Builder(const Snapshot& graph)
    : graph_(graph), body_(graph.items.size(), -1), epilogue_(graph.items.size(), -1) {}

int Builder::build(const std::vector<bool>& cut, const Group& group, Launch& launch, std::vector<Demand>& demands) {
  constexpr int kMaxAxes = 64;
  Axes axes = coarsest(graph_, group);
  for (;;) {
    bool in_epilogue = false;
    try {
      RegionBuilder body(graph_, cut, group, axes.extents, false, body_);
      launch.output_values.clear();
      launch.epilogue_values.clear();
      launch.kernel.reductions.clear();
      for (int item : group.outputs) launch.output_values.push_back(body.emit(item, body.identity()));
      for (int r : group.reductions) {
        const int value = body.emit(graph_.items[r].in[0], body.identity());
        launch.kernel.reductions.push_back({graph_.items[r].reducer, static_cast<std::uint16_t>(value)});
      }
      in_epilogue = true;
      const Dims kept = axes.kept();
      RegionBuilder epilogue(graph_, cut, group, kept, true, epilogue_);
      for (int item : group.epilogue) launch.epilogue_values.push_back(epilogue.emit(item, epilogue.identity()));

      body.count(demands);
      epilogue.count(demands);
      launch.kernel.reduced = axes.reduced;
      launch.extents = axes.extents;
      launch.kernel.body = std::move(body.region);
      launch.body = std::move(body.bindings);
      launch.kernel.epilogue = std::move(epilogue.region);
      launch.epilogue = std::move(epilogue.bindings);
      return -1;
    } catch (const Obstacle& obstacle) {
      if (obstacle.axis < 0 || axes.extents.size() == kMaxAxes) return obstacle.view;
      axes.split(in_epilogue ? axes.kept_axis(obstacle.axis) : obstacle.axis, obstacle.extent);
    }
  }
}

}  // namespace ingot::plan
