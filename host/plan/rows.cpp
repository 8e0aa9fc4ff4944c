#include "host/plan/rows.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "host/base/cache.h"
#include "host/base/config.h"

namespace ingot::plan {
namespace {

// A map as steps from row to row and as the set of elements of one row, each over as few axes as possible: equal where
// the same elements are met in every row, in whatever order.
struct RowMap {
  std::int64_t offset = 0;
  Dims row_extents{}, row_strides{}, extents{}, strides{};
  friend bool operator==(const RowMap&, const RowMap&) = default;
};

void append(Dims& extents, Dims& strides, std::int64_t extent, std::int64_t stride) {
  if (extent == 1) return;
  if (!extents.empty() && strides.back() == stride * extent) {
    extents[extents.size() - 1] *= extent;
    strides[strides.size() - 1] = stride;
  } else {
    extents.push_back(extent);
    strides.push_back(stride);
  }
}

// The axes within a row, from the longest step to the shortest, all forwards; an element met again counts once.
void sort_axes(RowMap& map) {
  std::vector<std::pair<std::int64_t, std::int64_t>> steps;  // stride, extent
  for (int k = 0; k < map.extents.size(); ++k) {
    const std::int64_t stride = map.strides[k];
    if (stride == 0) continue;
    if (stride < 0) map.offset += (map.extents[k] - 1) * stride;
    steps.emplace_back(std::abs(stride), map.extents[k]);
  }
  std::sort(steps.rbegin(), steps.rend());
  map.extents = map.strides = {};
  for (const auto& [stride, extent] : steps) append(map.extents, map.strides, extent, stride);
}

// Over axes whose outer ones, or an outer part of the last of these, are the rows; false where no axis ends there.
bool split_rows(const Dims& extents, const graph::Map& map, std::int64_t rows, RowMap& split) {
  split = {.offset = map.offset};
  for (int k = 0; k < extents.size(); ++k) {
    std::int64_t extent = extents[k];
    if (rows % extent == 0) {
      append(split.row_extents, split.row_strides, extent, map.strides[k]);
      rows /= extent;
      continue;
    }
    if (extent % rows != 0) return false;
    extent /= rows;
    append(split.row_extents, split.row_strides, rows, map.strides[k] * extent);
    append(split.extents, split.strides, extent, map.strides[k]);
    rows = 1;
  }
  sort_axes(split);
  return rows == 1;
}

// Whether row r meets only elements of row r, in a value of `length` elements for each row.
bool stays_in_rows(const RowMap& map, std::int64_t rows, std::int64_t length) {
  if (rows > 1 && (map.row_extents.size() != 1 || map.row_strides[0] != length)) return false;
  std::int64_t last = map.offset;
  for (int k = 0; k < map.extents.size(); ++k) last += (map.extents[k] - 1) * map.strides[k];
  return map.offset >= 0 && last < length;
}

std::int64_t product(const Dims& dims) {
  std::int64_t n = 1;
  for (std::int64_t d : dims) n *= d;
  return n;
}

// Of a matrix product whose rows, those of all matrices of a batch together, meet the same second operand; 0 for other
// calls. Few rows are not worth the copy of that operand which all blocks share, and halves have their own way.
std::int64_t product_rows(const Snapshot& graph, const Call& call) {
  constexpr std::int64_t kLeast = 32;
  const Item& item = graph.items[static_cast<std::size_t>(call.item)];
  if (item.routine != Routine::matmul || is_half(item.dtype)) return 0;
  for (const Binding& input : call.inputs) {
    const Item& read = graph.items[static_cast<std::size_t>(input.item)];
    if (!read.stored && (read.kind == graph::Kind::Index || read.kind == graph::Kind::Constant)) return 0;
  }
  const Shape& right = graph.items[static_cast<std::size_t>(item.in[1])].shape;
  for (int k = 0; k < right.ndim() - 2; ++k)
    if (right[k] != 1 && call.inputs[1].map.strides[k] != 0) return 0;
  const std::int64_t rows = item.numel / item.shape.back();
  return rows >= kLeast ? rows : 0;
}

// Of a product of two matrices with few elements and many terms, the terms; 0 for other calls.
std::int64_t product_terms(const Snapshot& graph, const Call& call) {
  constexpr std::int64_t kLeastTerms = 1 << 13, kMostBytes = 1 << 15;
  const Item& item = graph.items[static_cast<std::size_t>(call.item)];
  if (item.routine != Routine::matmul || is_half(item.dtype) || item.shape.ndim() != 2) return 0;
  if (item.numel * static_cast<std::int64_t>(itemsize(item.dtype)) > kMostBytes) return 0;
  const std::int64_t terms = graph.items[static_cast<std::size_t>(item.in[1])].shape[0];
  return terms >= kLeastTerms ? terms : 0;
}

// What a row of a region has met so far.
struct Met {
  int item;
  RowMap map;  // of what exists before; whole rows of what the region computes
  bool computed;
};

class Region {
 public:
  Region(const Snapshot& graph, std::int64_t rows) : graph_(graph), rows_(rows) {}

  std::int64_t rows() const { return rows_; }
  std::int64_t row_bytes() const { return row_bytes_; }
  /// Whether the last step taken sums over the rows: no other can follow.
  bool is_closed() const { return is_closed_; }

  /// Takes the launch in, and sets its operands' residence, if it runs over the same rows, has data in common with
  /// those before it and leaves the row small enough.
  bool take(Launch& launch) {
    if (is_closed_ || !runs_over_rows(launch)) return false;
    std::vector<Met> met = met_;
    std::vector<Binding*> found;
    std::int64_t bytes = row_bytes_;
    bool shares = met_.empty();
    const auto add = [&](const Binding& binding, RowMap map, bool computed) {
      const Item& item = graph_.items[static_cast<std::size_t>(binding.item)];
      if (item.stored || item.kind != graph::Kind::Index)
        bytes += product(map.extents) * static_cast<std::int64_t>(itemsize(item.dtype));
      met.push_back({binding.item, std::move(map), computed});
    };
    for (const auto& [bindings, extents] : regions_of(launch)) {
      for (Binding& input : bindings->inputs) {
        RowMap map;
        if (!split_rows(extents, input.map, rows_, map)) return false;
        if (find_computed(input.item)) {
          const std::int64_t numel = graph_.items[static_cast<std::size_t>(input.item)].numel;
          if (!stays_in_rows(map, rows_, numel / rows_)) return false;
          shares = true;
          found.push_back(&input);
          continue;
        }
        if (std::any_of(met_.begin(), met_.end(), [&](const Met& m) { return m.item == input.item && m.map == map; })) {
          shares = true;
          found.push_back(&input);
        } else {
          add(input, std::move(map), false);
        }
      }
    }
    for (const auto& [bindings, extents] : regions_of(launch)) {
      for (Binding& output : bindings->outputs) {
        RowMap map;
        if (!split_rows(extents, output.map, rows_, map)) return false;
        add(output, std::move(map), true);
      }
    }
    if (!shares || bytes > limit()) return false;
    met_ = std::move(met);
    row_bytes_ = bytes;
    for (Binding* input : found) input->residence = Residence::Cache;
    return true;
  }

  /// The same of a matrix product.
  bool take(Call& call) {
    if (is_closed_) return false;
    if (product_terms(graph_, call) == rows_) return take_sum(call);
    if (product_rows(graph_, call) != rows_ || find_computed(call.inputs[1].item)) return false;
    const Item& item = graph_.items[static_cast<std::size_t>(call.item)];
    const auto size = static_cast<std::int64_t>(itemsize(item.dtype));
    Binding& left = call.inputs[0];
    const Shape& shape = graph_.items[static_cast<std::size_t>(item.in[0])].shape;
    RowMap map;
    if (!split_rows(shape, left.map, rows_, map) || map.row_extents.size() != 1) return false;
    const bool computed = find_computed(left.item);
    if (computed && !stays_in_rows(map, rows_, graph_.items[static_cast<std::size_t>(left.item)].numel / rows_))
      return false;
    const bool met = computed || std::any_of(met_.begin(), met_.end(),
                                             [&](const Met& m) { return m.item == left.item && m.map == map; });
    const std::int64_t bytes = row_bytes_ + (item.shape.back() + (met ? 0 : shape.back())) * size;
    if ((!met && !met_.empty()) || bytes > row_bytes_limit() / kProductRows) return false;
    has_product_ = true;
    row_bytes_ = bytes;
    if (met)
      left.residence = Residence::Cache;
    else
      met_.push_back({left.item, std::move(map), false});
    met_.push_back({call.item, {.extents = {item.shape.back()}, .strides = {1}}, true});
    return true;
  }

 private:
  // A product wants many rows at once, since each block meets all of the second operand; they may take more than the
  // second-level cache.
  static constexpr std::int64_t kProductRows = 16;

  // A product that sums over the rows, at least one operand of which they compute.
  bool take_sum(Call& call) {
    const Item& item = graph_.items[static_cast<std::size_t>(call.item)];
    std::int64_t bytes = row_bytes_;
    bool computed[2];
    for (int k = 0; k < 2; ++k) {
      const Binding& operand = call.inputs[static_cast<std::size_t>(k)];
      const Item& read = graph_.items[static_cast<std::size_t>(operand.item)];
      if (!read.stored && (read.kind == graph::Kind::Index || read.kind == graph::Kind::Constant)) return false;
      computed[k] = find_computed(operand.item);
      const std::int64_t width = item.shape[k];
      const Dims& strides = operand.map.strides;
      const graph::Map by_terms{operand.map.offset,
                                k == 0 ? Dims{strides[1], strides[0]} : Dims{strides[0], strides[1]}};
      RowMap map;
      if (!split_rows(Dims{rows_, width}, by_terms, rows_, map)) return false;
      if (computed[k] && !stays_in_rows(map, rows_, read.numel / rows_)) return false;
      if (!computed[k]) bytes += width * static_cast<std::int64_t>(itemsize(item.dtype));
    }
    if ((!computed[0] && !computed[1]) || bytes > row_bytes_limit() / kProductRows) return false;  // 256 rows a block
    row_bytes_ = bytes;
    for (std::size_t k = 0; k < 2; ++k)
      if (computed[k]) call.inputs[k].residence = Residence::Cache;
    return is_closed_ = true;
  }

  std::int64_t limit() const { return row_bytes_limit() / (has_product_ ? kProductRows : 1); }

  static std::vector<std::pair<RegionBindings*, Dims>> regions_of(Launch& launch) {
    return {{&launch.body, launch.extents}, {&launch.epilogue, launch.kept_extents()}};
  }

  bool find_computed(int item) const {
    return std::any_of(met_.begin(), met_.end(), [&](const Met& m) { return m.computed && m.item == item; });
  }

  bool runs_over_rows(const Launch& launch) const {
    const std::int64_t elements = product(launch.extents);
    if (elements == 0 || elements % rows_ != 0) return false;
    switch (launch.kernel.form()) {
      case ir::Form::Map: return true;
      case ir::Form::Row:
        return launch.kept() == rows_ && std::is_sorted(launch.kernel.reduced.begin(), launch.kernel.reduced.end());
      case ir::Form::Column: return false;
    }
    return false;
  }

  const Snapshot& graph_;
  const std::int64_t rows_;
  std::int64_t row_bytes_ = 0;
  bool has_product_ = false, is_closed_ = false;
  std::vector<Met> met_;
};

class Former {
 public:
  Former(const Snapshot& graph, Plan& plan) : graph_(graph), plan_(plan) {}

  void run() {
    const std::vector<Step> steps = std::exchange(plan_.steps, {});
    placed_.assign(steps.size(), false);
    step_of_.assign(graph_.items.size(), -1);
    for (std::size_t k = 0; k < steps.size(); ++k)
      for (const int item : written_by(steps[k])) step_of_[static_cast<std::size_t>(item)] = static_cast<int>(k);
    for (std::size_t k = 0; k < steps.size(); ++k)
      if (!placed_[k]) place(steps, k);
    find_last_reads();
    in_block_.assign(graph_.items.size(), false);
    for (const RowRegion& region : plan_.regions) leave_in_blocks(region);
  }

 private:
  // What shares data is recorded close together, and so planned close together.
  static std::size_t end_of_search(const std::vector<Step>& steps, std::size_t first) {
    constexpr std::size_t kNear = 64;
    return std::min(steps.size(), first + kNear);
  }

  Launch& launch(const Step& step) { return plan_.launches[static_cast<std::size_t>(step.number)]; }
  plan::Call& call(const Step& step) { return plan_.calls[static_cast<std::size_t>(step.number)]; }

  // The step, and with it those later ones that can join its rows: all that they need has run by then.
  void place(const std::vector<Step>& steps, std::size_t first) {
    const int begin = static_cast<int>(plan_.steps.size());
    const auto put = [&](std::size_t k) {
      placed_[k] = true;
      plan_.steps.push_back(steps[k]);
    };
    put(first);
    const std::int64_t rows = rows_from(steps, first);
    if (rows == 0) return;
    Region region(graph_, rows);
    const auto take = [&](const Step& step) {
      return step.is_call ? region.take(call(step)) : region.take(launch(step));
    };
    if (!take(steps[first])) return;
    for (std::size_t k = first + 1; k < end_of_search(steps, first); ++k)
      if (!placed_[k] && is_ready(steps[k]) && take(steps[k])) put(k);
    const int count = static_cast<int>(plan_.steps.size()) - begin;
    if (count > 1) plan_.regions.push_back({begin, count, region.is_closed(), region.rows(), region.row_bytes()});
  }

  // The rows of a region that would begin with this step; 0 where none can.
  std::int64_t rows_from(const std::vector<Step>& steps, std::size_t first) {
    if (steps[first].is_call) return product_rows(graph_, call(steps[first]));
    const ir::Form form = launch(steps[first]).kernel.form();
    if (form == ir::Form::Row) return launch(steps[first]).kept();
    if (form != ir::Form::Map) return 0;
    const std::vector<int> written = written_by(steps[first]);
    for (std::size_t k = first + 1; k < end_of_search(steps, first); ++k) {
      const auto reads = [&](const Binding& input) {
        return std::find(written.begin(), written.end(), input.item) != written.end();
      };
      if (steps[k].is_call) {
        const plan::Call& product = call(steps[k]);
        const std::int64_t terms = product_terms(graph_, product), rows = product_rows(graph_, product);
        if (terms != 0 && (reads(product.inputs[0]) || reads(product.inputs[1]))) return terms;
        if (rows != 0 && reads(product.inputs[0])) return rows;
        continue;
      }
      if (launch(steps[k]).kernel.form() != ir::Form::Row) continue;
      const std::vector<Binding>& inputs = launch(steps[k]).body.inputs;
      if (std::any_of(inputs.begin(), inputs.end(), reads)) return launch(steps[k]).kept();
    }
    return 0;
  }

  bool is_ready(const Step& step) {
    const auto there = [&](const Binding& input) {
      const int maker = step_of_[static_cast<std::size_t>(input.item)];
      return maker < 0 || placed_[static_cast<std::size_t>(maker)];
    };
    if (step.is_call) return std::all_of(call(step).inputs.begin(), call(step).inputs.end(), there);
    const Launch& reader = launch(step);
    return std::all_of(reader.body.inputs.begin(), reader.body.inputs.end(), there) &&
           std::all_of(reader.epilogue.inputs.begin(), reader.epilogue.inputs.end(), there);
  }

  std::vector<int> written_by(const Step& step) {
    if (step.is_call) return {call(step).item};
    std::vector<int> items;
    for (const RegionBindings* bindings : {&launch(step).body, &launch(step).epilogue})
      for (const Binding& output : bindings->outputs) items.push_back(output.item);
    return items;
  }

  // What the region alone reads of what it computes needs no memory.
  void leave_in_blocks(const RowRegion& region) {
    const auto read = [&](Binding& input) {
      if (in_block_[static_cast<std::size_t>(input.item)]) input.residence = Residence::Block;
    };
    const auto write = [&](int item, Residence& residence) {
      if (last_read_[static_cast<std::size_t>(item)] >= region.first + region.count) return;
      in_block_[static_cast<std::size_t>(item)] = true;
      residence = Residence::Block;
    };
    for (int k = region.first; k < region.first + region.count; ++k) {
      const Step& step = plan_.steps[static_cast<std::size_t>(k)];
      if (step.is_call) {
        for (Binding& input : call(step).inputs) read(input);
        write(call(step).item, call(step).result);
        continue;
      }
      for (RegionBindings* bindings : {&launch(step).body, &launch(step).epilogue}) {
        for (Binding& input : bindings->inputs) read(input);
        for (Binding& output : bindings->outputs) write(output.item, output.residence);
      }
    }
  }

  void find_last_reads() {
    last_read_.assign(graph_.items.size(), -1);
    for (int k = 0; k < static_cast<int>(plan_.steps.size()); ++k) {
      const Step& step = plan_.steps[static_cast<std::size_t>(k)];
      const auto read = [&](int item) { last_read_[static_cast<std::size_t>(item)] = k; };
      if (step.is_call) {
        for (const Binding& input : call(step).inputs) read(input.item);
        continue;
      }
      for (const RegionBindings* bindings : {&launch(step).body, &launch(step).epilogue})
        for (const Binding& input : bindings->inputs) read(input.item);
    }
    for (const int root : graph_.roots)
      last_read_[static_cast<std::size_t>(root)] = static_cast<int>(plan_.steps.size());
  }

  const Snapshot& graph_;
  Plan& plan_;
  std::vector<bool> placed_;
  std::vector<int> step_of_;    // per item: the step that computes it, as the steps were ordered before
  std::vector<int> last_read_;  // per item: the last step to read it, as they are ordered now; roots: beyond all
  std::vector<bool> in_block_;
};

}  // namespace

std::int64_t row_bytes_limit() {
  const std::int64_t set = config().row_bytes.load(std::memory_order_relaxed);
  return set >= 0 ? set : second_level_cache() / 2;
}

bool form_row_regions(const Snapshot& graph, Plan& plan) {
  if (plan.steps.size() > 1 && !plan.launches.empty()) Former(graph, plan).run();
  return true;
}

}  // namespace ingot::plan
