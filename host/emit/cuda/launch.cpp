#include "host/emit/cuda/launch.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "host/base/divide_up.h"
#include "host/base/error.h"

namespace ingot::cuda {
namespace {

constexpr int kWarps = kBlock / 32;
constexpr int kWarpsToFill =
    32;  // of a multiprocessor, before kept indices are divided between blocks, or units kept together
// Leaves of 1/2 MiB: fewer are done sooner by a few blocks than the states of many are joined.
constexpr std::int64_t kRowLeavesToSpread = (std::int64_t{1} << 19) / (ir::kLeafRows * ir::kLaneBytes);
constexpr std::int64_t kColumnLeavesToSpread = (std::int64_t{1} << 19) / (ir::kColumnLeaf * 16);
constexpr int kBlocksToBalance = 16;  // per multiprocessor: the last wave is then a small part of all

int ceil_log2(std::int64_t x) {
  int log = 0;
  while ((std::int64_t{1} << log) < x) ++log;
  return log;
}

std::int64_t product(const ir::Kernel& kernel, const Launch& launch, bool reduced) {
  std::int64_t total = 1;
  for (int a = 0; a < kernel.rank(); ++a)
    if (kernel.reduced[a] == reduced) total *= launch.extents[a];
  return total;
}

std::vector<std::int64_t> kept_extents(const ir::Kernel& kernel, const Launch& launch) {
  std::vector<std::int64_t> extents;
  for (int a = 0; a < kernel.rank(); ++a)
    if (!kernel.reduced[a]) extents.push_back(launch.extents[a]);
  return extents;
}

const Binding& binding(const Launch& launch, Group group, int index) {
  switch (group) {
    case Group::Input: return launch.inputs[index];
    case Group::Store: return launch.stores[index];
    case Group::EpilogueInput: return launch.epilogue_inputs[index];
    case Group::EpilogueStore: return launch.epilogue_stores[index];
  }
  return launch.inputs[index];
}

struct Bound {
  Group group{};
  const ir::Operand* operand = nullptr;
  const Binding* binding = nullptr;
  bool body() const { return group <= Group::Store; }
};

// All operands, in the order of Options::vectors.
std::vector<Bound> bound_operands(const ir::Kernel& kernel, const Launch& launch) {
  std::vector<Bound> all;
  for (std::size_t i = 0; i < kernel.body.inputs.size(); ++i)
    all.push_back({Group::Input, &kernel.body.inputs[i], &launch.inputs[i]});
  for (std::size_t i = 0; i < kernel.body.stores.size(); ++i)
    all.push_back({Group::Store, &kernel.body.stores[i].operand, &launch.stores[i]});
  for (std::size_t i = 0; i < kernel.epilogue.inputs.size(); ++i)
    all.push_back({Group::EpilogueInput, &kernel.epilogue.inputs[i], &launch.epilogue_inputs[i]});
  for (std::size_t i = 0; i < kernel.epilogue.stores.size(); ++i)
    all.push_back({Group::EpilogueStore, &kernel.epilogue.stores[i].operand, &launch.epilogue_stores[i]});
  return all;
}

bool needs_wide(const ir::Kernel& kernel, const Launch& launch, const std::vector<Bound>& operands) {
  const std::vector<std::int64_t> kept = kept_extents(kernel, launch);
  for (const Bound& b : operands) {
    const std::vector<std::int64_t>& extents = b.body() ? launch.extents : kept;
    std::int64_t reach = 0;
    for (std::size_t a = 0; a < extents.size(); ++a) reach += (extents[a] - 1) * std::abs(b.binding->strides[a]);
    if (reach >= kNarrowLimit) return true;
  }
  // Units hang over their row at both ends, by less than 16 elements each.
  const std::int64_t row = kernel.form() == ir::Form::Row ? 1 : launch.extents.back();
  const std::int64_t kept_elements =
      product(kernel, launch, false) / row * (kernel.form() == ir::Form::Row ? 1 : row + 32);
  return kept_elements >= kNarrowLimit || product(kernel, launch, true) >= kNarrowLimit;
}

// Elements by which units must start before the operand's first element, so that they start on their own alignment; -1
// if no such number serves all rows.
std::int64_t phase(const Bound& b, const std::vector<std::int64_t>& extents, std::int64_t elements) {
  if (b.operand->generated || b.operand->access != ir::Access::Contiguous) return -1;
  const std::int64_t size = static_cast<std::int64_t>(itemsize(b.operand->dtype));
  if (b.binding->address % size != 0) return -1;
  for (std::size_t a = 0; a + 1 < extents.size(); ++a)
    if (extents[a] > 1 && b.binding->strides[a] % elements != 0) return -1;
  return static_cast<std::int64_t>(b.binding->address / size) % elements;
}

void choose_vectors(Options& options, const ir::Kernel& kernel, const Launch& launch,
                    const std::vector<Bound>& operands) {
  const bool row = kernel.form() == ir::Form::Row;
  options.vectors.assign(operands.size(), true);
  const std::int64_t unit = unit_size(kernel, options);
  const std::vector<std::int64_t> kept = kept_extents(kernel, launch);
  std::vector<std::int64_t> phases(operands.size(), -1), weight(static_cast<std::size_t>(unit), 0);
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Bound& b = operands[i];
    if (row && !b.body()) continue;
    const std::int64_t size = static_cast<std::int64_t>(itemsize(b.operand->dtype));
    const std::int64_t elements = std::min<std::int64_t>(unit, std::max<std::int64_t>(1, 16 / size));
    phases[i] = phase(b, b.body() ? launch.extents : kept, elements);
    if (phases[i] >= 0) weight[static_cast<std::size_t>(phases[i])] += b.body() ? 16 * size : size;
  }
  // Row leaves start at element 0 whatever its address is; other forms start where most bytes are aligned.
  const auto heaviest = row ? weight.begin() : std::max_element(weight.begin(), weight.end());
  std::size_t in_vectors = 0, by_element = 0;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const ir::Operand& operand = *operands[i].operand;
    options.vectors[i] = unit > 1 && phases[i] == heaviest - weight.begin();
    if (options.vectors[i])
      in_vectors += itemsize(operand.dtype);
    else if (operands[i].body() && !operand.generated && operand.access == ir::Access::Contiguous)
      by_element += itemsize(operand.dtype);
  }
  // What is read a unit at a time but element by element takes a part of each sector at a time. Where that is half of
  // all, as with rows of odd length, or more, neighbouring threads are better on neighbouring elements.
  if (in_vectors == 0 || (!row && by_element >= in_vectors)) options.vectors.clear();
}

// What a transpose is worth: a warp that jumps from element to element moves a sector for each. Short sides would leave
// most of a tile empty, and 48 KiB hold five tiles of 8-byte elements.
constexpr std::int64_t kShortestSide = 16;
constexpr int kMostTiled = 5;

void choose_tiles(Options& options, const ir::Kernel& kernel, const Launch& launch) {
  const int inner = kernel.rank() - 1;
  if (kernel.form() != ir::Form::Map || launch.extents.back() < kShortestSide) return;
  const auto tiled_along = [&](int axis) {
    std::vector<bool> tiled;
    int left = kMostTiled;
    for (std::size_t i = 0; i < launch.inputs.size(); ++i) {
      const ir::Operand& operand = kernel.body.inputs[i];
      const bool fits = !operand.generated && operand.access == ir::Access::Strided && left > 0 &&
                        std::abs(launch.inputs[i].strides[axis]) == 1;
      left -= fits;
      tiled.push_back(fits);
    }
    return tiled;
  };
  std::ptrdiff_t most = 0;
  for (int axis = 0; axis < inner; ++axis) {
    if (launch.extents[axis] < kShortestSide) continue;
    std::vector<bool> tiled = tiled_along(axis);
    const auto inputs = std::count(tiled.begin(), tiled.end(), true);
    if (inputs <= most) continue;
    most = inputs;
    options.tile_axis = axis;
    options.tiled = std::move(tiled);
  }
}

void set_blocks(Grid& grid, std::int64_t blocks) {
  check(blocks <= INT32_MAX, "a CUDA grid of more than 2^31 blocks");
  grid.blocks = static_cast<std::uint32_t>(blocks);
}

void set_scratch(Grid& grid, const ir::Kernel& kernel, std::int64_t states, std::int64_t tickets) {
  if (grid.runs == 1) return;
  for (const ir::Reduction& r : kernel.reductions) {
    grid.partials.push_back(grid.scratch_bytes);
    grid.scratch_bytes += (static_cast<std::size_t>(states) * state_bytes(kernel, r) + 255) / 256 * 256;
  }
  grid.tickets = static_cast<std::size_t>(tickets);
}

// Rows of units: Map, and the kept axes of Column.
void set_units(Grid& grid, const Program& program, const ir::Kernel& kernel, const Launch& launch) {
  const std::vector<Bound> operands = bound_operands(kernel, launch);
  const std::vector<std::int64_t> kept = kept_extents(kernel, launch);
  grid.shift = 0;
  for (std::size_t i = 0, found = 0; i < operands.size() && program.unit > 1; ++i) {
    if (i >= program.options.vectors.size() || !program.options.vectors[i]) continue;
    const std::int64_t shift = phase(operands[i], operands[i].body() ? launch.extents : kept, program.unit);
    check(shift >= 0 && (found++ == 0 || shift == grid.shift),
          "a CUDA program launched on operands that are not aligned as it needs");
    grid.shift = shift;
  }
  grid.row = launch.extents.back();
  grid.chunks = divide_up(grid.row + grid.shift, program.unit);
  grid.units = grid.kept / grid.row * grid.chunks;
}

void set_map(Grid& grid, const Program& program, const Device& device) {
  const auto blocks = [&] { return divide_up(grid.units, std::int64_t{kBlock} * grid.units_each); };
  grid.units_each = program.unroll;
  while (grid.units_each > 1 && blocks() < std::int64_t{kWarpsToFill / kWarps} * device.multiprocessors)
    grid.units_each /= 2;
  set_blocks(grid, blocks());
}

void set_tiles(Grid& grid, const Program& program, const Launch& launch) {
  const std::int64_t lines = launch.extents[static_cast<std::size_t>(program.options.tile_axis)];
  grid.chunks = divide_up(grid.row, kTile);
  grid.tiles = divide_up(lines, kTile);
  set_blocks(grid, grid.kept / (grid.row * lines) * grid.chunks * grid.tiles);
}

void set_row(Grid& grid, const Program& program, const ir::Kernel& kernel, const Device& device) {
  const std::int64_t leaf = std::int64_t{32} * program.unit * ir::kLeafRows;
  grid.leaves = divide_up(grid.reduced, leaf);
  if (program.options.schedule == Schedule::Warp) {
    grid.log_team = std::min(5, ceil_log2(divide_up(grid.reduced, program.unit)));
    set_blocks(grid, divide_up(grid.kept, kBlock >> grid.log_team));
    return;
  }
  grid.log_run = ceil_log2(kWarps);
  const auto runs = [&] { return divide_up(grid.leaves, std::int64_t{1} << grid.log_run); };
  while (runs() > 1 && grid.kept * runs() > std::int64_t{kBlocksToBalance} * device.multiprocessors)
    ++grid.log_leaves, ++grid.log_run;
  if (grid.kept * grid.leaves >= kRowLeavesToSpread)
    while (grid.log_leaves == 0 && grid.log_run > 0 && grid.kept * runs() < device.multiprocessors) --grid.log_run;
  grid.runs = runs();
  set_blocks(grid, grid.kept * grid.runs);
  set_scratch(grid, kernel, grid.kept * grid.runs, grid.kept);
}

void set_column(Grid& grid, const Program& program, const ir::Kernel& kernel, const Device& device) {
  grid.leaves = divide_up(grid.reduced, ir::kColumnLeaf);
  // A warp side by side on 512 bytes of a row; more where there are too few leaves for the teams, fewer where a row is
  // short.
  const int whole = ceil_log2(kBlock);
  grid.log_columns = std::min(ceil_log2(grid.units), std::max(5, whole - std::min(whole, ceil_log2(grid.leaves))));
  const bool spread = grid.units * grid.leaves >= kColumnLeavesToSpread;
  const auto tiles = [&] { return divide_up(grid.units, std::int64_t{1} << grid.log_columns); };
  while (spread && grid.log_columns > 5 && tiles() < device.multiprocessors) --grid.log_columns;
  grid.tiles = tiles();
  grid.log_run = whole - grid.log_columns;
  const auto runs = [&] { return divide_up(grid.leaves, std::int64_t{1} << grid.log_run); };
  while (runs() > 1 && grid.log_leaves < kThreadLevels &&
         grid.tiles * runs() > std::int64_t{kBlocksToBalance} * device.multiprocessors)
    ++grid.log_leaves, ++grid.log_run;
  while (spread && grid.log_leaves == 0 && grid.log_run > 0 && grid.tiles * runs() < device.multiprocessors)
    --grid.log_run;
  grid.runs = runs();
  set_blocks(grid, grid.tiles * grid.runs);
  set_scratch(grid, kernel, grid.runs * grid.units * program.unit, grid.tiles);
}

}  // namespace

// See Divisor in kernels/cuda/prelude.cuh: magic = floor(2^N * (2^shift - d) / d) + 1, shift = ceil(log2 d).
void push_divisor(std::vector<std::uint64_t>& slots, std::int64_t by, bool wide) {
  const int shift = ceil_log2(by);
  const auto divisor = static_cast<unsigned __int128>(by);
  const unsigned __int128 excess = (static_cast<unsigned __int128>(1) << shift) - divisor;
  if (wide) {
    slots.push_back(static_cast<std::uint64_t>((excess << 64) / divisor + 1));
    slots.push_back(static_cast<std::uint64_t>(shift));
    slots.push_back(static_cast<std::uint64_t>(by));
  } else {
    const auto magic = static_cast<std::uint32_t>((excess << 32) / divisor + 1);
    slots.push_back(magic | static_cast<std::uint64_t>(shift) << 32);
    slots.push_back(static_cast<std::uint32_t>(by));
  }
}

Options choose(const ir::Kernel& kernel, const Launch& launch, const Device& device) {
  Options options;
  options.bytes_in_flight = device.bytes_in_flight;
  const std::vector<Bound> operands = bound_operands(kernel, launch);
  options.wide = needs_wide(kernel, launch, operands);
  choose_tiles(options, kernel, launch);
  choose_vectors(options, kernel, launch, operands);
  if (kernel.form() != ir::Form::Row) return options;

  const std::int64_t unit = unit_size(kernel, options);
  options.whole_units =
      std::count(kernel.reduced.begin(), kernel.reduced.end(), true) > 1 && launch.extents.back() % unit == 0;
  const std::int64_t leaf = 32 * unit * ir::kLeafRows;
  const bool enough = product(kernel, launch, false) >= std::int64_t{kWarpsToFill} * device.multiprocessors;
  options.schedule = enough || product(kernel, launch, true) <= leaf ? Schedule::Warp : Schedule::Block;
  return options;
}

Grid grid(const Program& program, const ir::Kernel& kernel, const Launch& launch, const Device& device) {
  Grid grid;
  grid.kept = product(kernel, launch, false);
  grid.reduced = product(kernel, launch, true);
  switch (program.form) {
    case ir::Form::Map:
      set_units(grid, program, kernel, launch);
      program.options.tile_axis >= 0 ? set_tiles(grid, program, launch) : set_map(grid, program, device);
      break;
    case ir::Form::Row: set_row(grid, program, kernel, device); break;
    case ir::Form::Column:
      set_units(grid, program, kernel, launch);
      set_column(grid, program, kernel, device);
      break;
  }
  return grid;
}

std::vector<std::uint64_t> arguments(const Program& program, const Grid& grid, const Launch& launch,
                                     std::uint64_t scratch, std::uint64_t tickets) {
  std::vector<std::uint64_t> slots;
  for (const Field& field : program.fields) {
    const auto number = [&](std::int64_t value) { slots.push_back(static_cast<std::uint64_t>(value)); };
    const auto divisor = [&](std::int64_t by) { push_divisor(slots, by, program.options.wide); };
    switch (field.role) {
      case Field::Role::Address:
      case Field::Role::First: slots.push_back(binding(launch, field.group, field.index).address); break;
      case Field::Role::Stride: number(binding(launch, field.group, field.index).strides[field.axis]); break;
      case Field::Role::Scalar:
        slots.push_back((field.group == Group::Input ? launch.params : launch.epilogue_params)[field.index]);
        break;
      case Field::Role::Row: number(grid.row); break;
      case Field::Role::Shift: number(grid.shift); break;
      case Field::Role::Units: number(grid.units); break;
      case Field::Role::Chunks: divisor(grid.chunks); break;
      case Field::Role::Extent: divisor(launch.extents[field.axis]); break;
      case Field::Role::Kept: number(grid.kept); break;
      case Field::Role::Reduced: number(grid.reduced); break;
      case Field::Role::Leaves: number(grid.leaves); break;
      case Field::Role::LogTeam: number(grid.log_team); break;
      case Field::Role::LogLeaves: number(grid.log_leaves); break;
      case Field::Role::LogRun: number(grid.log_run); break;
      case Field::Role::UnitsEach: number(grid.units_each); break;
      case Field::Role::Runs:
        if (field.slots > 1)
          divisor(grid.runs);
        else
          number(grid.runs);
        break;
      case Field::Role::Tiles: divisor(grid.tiles); break;
      case Field::Role::LogColumns: number(grid.log_columns); break;
      case Field::Role::Tickets: slots.push_back(tickets); break;
      case Field::Role::Partials:
        slots.push_back(grid.partials.empty() ? 0 : scratch + grid.partials[field.index]);
        break;
    }
  }
  return slots;
}

}  // namespace ingot::cuda
