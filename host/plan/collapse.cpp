// The last steps from a group to a launch: stores, the fewest axes, and how each operand steps along the innermost one.
#include <algorithm>

#include "host/plan/build.h"

namespace ingot::plan {
namespace {

using ir::Access;

// Rows shorter than this are not worth a tile row of their own: the tiles of a Map then run across rows, operands
// staged.
constexpr std::int64_t kShortRow = 32;

// Every map over the kernel's axes (body), or over its kept axes (epilogue).
template <class F>
void for_each_map(RegionBindings& bindings, F&& f) {
  for (Binding& b : bindings.inputs) f(b.map);
  for (Binding& b : bindings.outputs) f(b.map);
}

int kept_position(const std::vector<bool>& reduced, int axis) {
  return static_cast<int>(std::count(reduced.begin(), reduced.begin() + axis, false));
}

void erase_axis(Launch& launch, int axis) {
  std::vector<bool>& reduced = launch.kernel.reduced;
  for_each_map(launch.body, [&](graph::Map& map) { map.strides.erase(axis); });
  if (!reduced[axis])
    for_each_map(launch.epilogue, [&, at = kept_position(reduced, axis)](graph::Map& map) { map.strides.erase(at); });
  launch.extents.erase(axis);
  reduced.erase(reduced.begin() + axis);
}

bool mergeable(Launch& launch, int outer) {
  const std::vector<bool>& reduced = launch.kernel.reduced;
  if (reduced[outer] != reduced[outer + 1]) return false;
  bool even = true;
  const std::int64_t extent = launch.extents[outer + 1];
  for_each_map(launch.body, [&](graph::Map& map) { even &= map.strides[outer] == map.strides[outer + 1] * extent; });
  if (!reduced[outer]) {
    const int at = kept_position(reduced, outer);
    for_each_map(launch.epilogue, [&](graph::Map& map) { even &= map.strides[at] == map.strides[at + 1] * extent; });
  }
  return even;
}

void merge_axes(Launch& launch) {
  for (int k = launch.extents.size() - 1; k >= 0; --k)
    if (launch.extents[k] == 1 && launch.extents.size() > 1) erase_axis(launch, k);
  for (int k = launch.extents.size() - 2; k >= 0; --k) {
    if (!mergeable(launch, k)) continue;
    launch.extents[k + 1] *= launch.extents[k];
    erase_axis(launch, k);
  }
}

/// How strides step through extents, taken as one row in C order.
Access access_over(const Dims& extents, const Dims& strides) {
  bool uniform = true, contiguous = true;
  std::int64_t expected = 1;
  for (int k = extents.size(); k-- > 0; expected *= extents[k]) {
    uniform &= strides[k] == 0;
    contiguous &= strides[k] == expected;
  }
  return uniform ? Access::Uniform : contiguous ? Access::Contiguous : Access::Strided;
}

Dims select(const Dims& dims, const std::vector<int>& axes) {
  Dims chosen;
  for (int axis : axes) chosen.push_back(dims[axis]);
  return chosen;
}

// A generated operand steps along a single axis by itself, whatever the step; across several it is staged like memory.
void set_access(ir::Operand& operand, Access access, bool one_axis) {
  if (operand.generated && !one_axis && access != Access::Contiguous) {
    operand.generated = false;
    operand.access = Access::Strided;
    return;
  }
  operand.access = operand.generated ? Access::Contiguous : access;
}

/// A store along a single element counts as contiguous.
Access store_access(const Dims& extents, const Dims& strides) {
  const Access access = access_over(extents, strides);
  return access == Access::Uniform ? Access::Contiguous : access;
}

// The axes that a tile row runs over.
std::vector<int> row_axes(const Launch& launch) {
  const std::vector<bool>& reduced = launch.kernel.reduced;
  std::vector<int> axes;
  for (int k = 0; k < launch.kernel.rank(); ++k) {
    if (launch.flat || (launch.kernel.form() == ir::Form::Row && reduced[k])) axes.push_back(k);
  }
  if (axes.empty()) axes.push_back(launch.kernel.rank() - 1);
  return axes;
}

}  // namespace

void add_stores(const Snapshot& graph, const Group& group, const std::vector<bool>& needed, Launch& launch) {
  const auto identity = [](const Dims& extents) { return graph::Map{0, c_strides(Shape(extents))}; };
  const Dims kept = launch.kept_extents();
  ir::Region& body = launch.kernel.body;
  ir::Region& epilogue = launch.kernel.epilogue;
  for (std::size_t k = 0; k < group.outputs.size(); ++k) {
    const int item = group.outputs[k];
    if (!needed[item]) continue;
    body.stores.push_back({static_cast<std::uint16_t>(launch.output_values[k]), {.dtype = graph.items[item].dtype}});
    launch.body.outputs.push_back({item, identity(launch.extents)});
  }
  for (std::size_t k = 0; k < group.reductions.size(); ++k) {
    const int item = group.reductions[k];
    if (!needed[item]) continue;
    epilogue.code.push_back(
        {.code = ir::Code::Reduced, .dtype = graph.items[item].dtype, .index = static_cast<std::uint16_t>(k)});
    epilogue.stores.push_back(
        {static_cast<std::uint16_t>(epilogue.code.size() - 1), {.dtype = graph.items[item].dtype}});
    launch.epilogue.outputs.push_back({item, identity(kept)});
  }
  for (std::size_t k = 0; k < group.epilogue.size(); ++k) {
    const int item = group.epilogue[k];
    if (!needed[item]) continue;
    epilogue.stores.push_back(
        {static_cast<std::uint16_t>(launch.epilogue_values[k]), {.dtype = graph.items[item].dtype}});
    launch.epilogue.outputs.push_back({item, identity(kept)});
  }
}

void collapse(Launch& launch) {
  merge_axes(launch);
  ir::Kernel& kernel = launch.kernel;
  launch.flat = kernel.form() == ir::Form::Map && kernel.rank() > 1 && launch.extents[kernel.rank() - 1] < kShortRow;

  const std::vector<int> axes = row_axes(launch);
  const Dims row = select(launch.extents, axes);
  for (std::size_t k = 0; k < kernel.body.inputs.size(); ++k) {
    const Access access = access_over(row, select(launch.body.inputs[k].map.strides, axes));
    set_access(kernel.body.inputs[k], access, axes.size() == 1);
  }
  for (std::size_t k = 0; k < kernel.body.stores.size(); ++k)
    kernel.body.stores[k].operand.access = store_access(row, select(launch.body.outputs[k].map.strides, axes));

  const Dims kept = launch.kept_extents();  // the epilogue runs over the kept space as one row
  for (std::size_t k = 0; k < kernel.epilogue.inputs.size(); ++k)
    set_access(kernel.epilogue.inputs[k], access_over(kept, launch.epilogue.inputs[k].map.strides), kept.size() <= 1);
  for (std::size_t k = 0; k < kernel.epilogue.stores.size(); ++k)
    kernel.epilogue.stores[k].operand.access = store_access(kept, launch.epilogue.outputs[k].map.strides);
}

}  // namespace ingot::plan
