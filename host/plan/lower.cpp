#include "host/plan/lower.h"

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>

#include "host/base/error.h"
#include "host/base/log.h"
#include "host/plan/build.h"
#include "host/plan/fuse.h"
#include "host/plan/narrow.h"
#include "host/plan/rows.h"

namespace ingot::plan {
namespace {

constexpr int kHeavy =
    8;  // additions: work that costs more than this is stored rather than repeated (about one pass over memory)

class Lowering {
 public:
  explicit Lowering(Snapshot graph) : graph_(std::move(graph)), builder_(graph_) {}

  Plan run() {
    cut_ = pass("cut", [&] { return first_cuts(graph_); });
    alone_.assign(graph_.items.size(), false);
    do {
      groups_ = pass("fuse", [&] { return fuse(graph_, cut_, alone_); });
    } while (!pass("build", [&] { return build_all() && !repeats_heavy_work(); }));
    pass("store", [&] { return store(); });
    pass("collapse", [&] { return collapse_all(); });
    pass("rows", [&] { return form_row_regions(graph_, plan_); });
    pass("order", [&] { return order_values(); });
    for (const Launch& launch : plan_.launches) verify(launch.kernel);
    return std::move(plan_);
  }

 private:
  template <class F>
  std::invoke_result_t<F> pass(const char* name, F&& run) {
    const auto begin = std::chrono::steady_clock::now();
    auto result = run();
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    log(Log::Debug, "plan: ", name, " ", took.count(), " us, ", groups_.size(), " kernels");
    return result;
  }

  // False if an item had to be cut, which changes the groups.
  bool build_all() {
    plan_ = {};
    demands_.assign(graph_.items.size(), {});
    bool built = true;
    for (const Group& group : groups_) {
      if (group.call >= 0) {
        const Item& call = graph_.items[static_cast<std::size_t>(group.call)];
        plan_.steps.push_back({true, static_cast<int>(plan_.calls.size())});
        plan::Call& made = plan_.calls.emplace_back();
        made.item = group.call;
        for (int k = 0; k < call.inputs; ++k) made.inputs.push_back(call_input(graph_, call, call.in[k]));
        continue;
      }
      plan_.steps.push_back({false, static_cast<int>(plan_.launches.size())});
      const int obstacle = builder_.build(cut_, group, plan_.launches.emplace_back(), demands_);
      if (obstacle < 0) continue;
      built = false;
      if (cut_[obstacle]) {
        check(!alone_[obstacle], "a view that cannot be followed even by itself");
        alone_[obstacle] = true;
      }
      cut_[obstacle] = true;
    }
    return built;
  }

  // Cuts what several kernels, or one for several indices, would compute again: at a cost that counts, or after a
  // reduction, in whose epilogue it is free. The topmost such items only, since cutting one may settle those below it.
  bool repeats_heavy_work() {
    const std::vector<int> cost = costs(graph_, cut_);
    const std::vector<bool> after = after_reductions();
    std::vector<bool> shadowed(graph_.items.size(), false);
    bool found = false;
    for (std::size_t i = graph_.items.size(); i-- > 0;) {
      const Item& item = graph_.items[i];
      if (item.is_leaf() || cut_[i]) continue;
      const bool again = (demands_[i].times > 1 || demands_[i].repeats) && (cost[i] >= kHeavy || after[i]) &&
                         item.kind != graph::Kind::View;
      if (again && !shadowed[i]) {
        cut_[i] = true;
        found = true;
      }
      if (!again && !shadowed[i]) continue;
      for (int k = 0; k < item.inputs; ++k) shadowed[static_cast<std::size_t>(item.in[k])] = true;
    }
    return found;
  }

  bool is_reshape(const Item& view) const {
    return view.numel == graph_.items[static_cast<std::size_t>(view.in[0])].numel &&
           is_identity(view.shape, view.map());
  }

  // Items computed from the results of reductions, with no other work between.
  std::vector<bool> after_reductions() const {
    std::vector<bool> after(graph_.items.size(), false);
    for (std::size_t i = 0; i < graph_.items.size(); ++i) {
      const Item& item = graph_.items[i];
      if (item.is_leaf() || (item.kind == graph::Kind::View && !is_reshape(item))) continue;
      for (int k = 0; k < item.inputs; ++k) {
        const Item& input = graph_.items[static_cast<std::size_t>(item.in[k])];
        after[i] = after[i] || after[static_cast<std::size_t>(item.in[k])] ||
                   (!input.is_leaf() && input.kind == graph::Kind::Reduce);
      }
    }
    return after;
  }

  // Items that a step binds as inputs.
  std::vector<int> read_by(const Step& step) const {
    std::vector<int> items;
    if (step.is_call) {
      for (const Binding& input : plan_.calls[static_cast<std::size_t>(step.number)].inputs)
        items.push_back(input.item);
      return items;
    }
    const Launch& launch = plan_.launches[static_cast<std::size_t>(step.number)];
    for (const RegionBindings* region : {&launch.body, &launch.epilogue})
      for (const Binding& input : region->inputs) items.push_back(input.item);
    return items;
  }

  bool store() {
    std::vector<bool> needed(graph_.items.size(), false);
    for (int root : graph_.roots) needed[static_cast<std::size_t>(root)] = true;
    for (const Step& step : plan_.steps)
      for (const int item : read_by(step)) needed[static_cast<std::size_t>(item)] = true;
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      if (plan_.steps[g].is_call) continue;
      add_stores(graph_, groups_[g], needed, plan_.launches[static_cast<std::size_t>(plan_.steps[g].number)]);
    }
    return true;
  }

  bool collapse_all() {
    for (Launch& launch : plan_.launches) collapse(launch);
    return true;
  }

  bool order_values() {
    std::vector<int> value(graph_.items.size(), -1);
    const auto materialised = [&](int item) {
      value[static_cast<std::size_t>(item)] = static_cast<int>(plan_.values.size());
      plan_.values.push_back({.item = item});
    };
    for (const Step& step : plan_.steps) {
      if (step.is_call) {
        materialised(plan_.calls[static_cast<std::size_t>(step.number)].item);
        continue;
      }
      const Launch& launch = plan_.launches[static_cast<std::size_t>(step.number)];
      for (const RegionBindings* region : {&launch.body, &launch.epilogue})
        for (const Binding& output : region->outputs) materialised(output.item);
    }
    for (int root : graph_.roots)
      if (const int v = value[static_cast<std::size_t>(root)]; v >= 0)
        plan_.values[static_cast<std::size_t>(v)].root = true;
    for (std::size_t k = 0; k < plan_.steps.size(); ++k)
      for (const int item : read_by(plan_.steps[k]))
        if (const int v = value[static_cast<std::size_t>(item)]; v >= 0)
          plan_.values[static_cast<std::size_t>(v)].last_use = static_cast<int>(k);
    return true;
  }

  const Snapshot graph_;
  Builder builder_;
  std::vector<bool> cut_;
  std::vector<bool> alone_;  // cut items that may not share a kernel
  std::vector<Group> groups_;
  std::vector<Demand> demands_;
  Plan plan_;
};

}  // namespace

Plan lower(const Snapshot& graph) { return Lowering(narrowed(graph)).run(); }

}  // namespace ingot::plan
