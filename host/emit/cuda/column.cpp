#include <algorithm>

#include "host/emit/cuda/emitter.h"

namespace ingot::cuda {

// Left to itself ptxas keeps to four blocks a multiprocessor, for which the threefold states of sumsqdev of four f32
// spill 4 bytes on sm_90; with three, 71 registers hold them. Six siblings, of which one is that of f64, need two, and
// so do four copies of exp in f64; eight strided rows at a time spill 4 bytes on sm_100.
std::string Emitter::column_bounds() const {
  const std::size_t states = lane_bytes();
  const bool heavy = unit_ * unroll_ * ir::cost(kernel_.body) >= 32;
  return states > 64 || heavy ? ", 2" : states > 32 || unroll_ >= kMostUnits ? ", 3" : "";
}

// Shared memory for join_teams: one state per unit element of each thread, of the widest reduction.
int Emitter::pool_bytes() const {
  std::size_t widest = 1;
  for (const ir::Reduction& r : kernel_.reductions) widest = std::max(widest, state_bytes(kernel_, r));
  return kBlock * unit_ * static_cast<int>(widest);
}

// Folds the `count` reduced indices from `begin` of the thread's unit of columns into lanes0, lanes1 ...
void Emitter::column_rows() {
  const std::vector<Item> inputs = items(Group::Input, Group::Input), stores = items(Group::Store, Group::Store);
  const std::vector<Axis> reduced = axes(true, false);
  const auto offset = [&](const Item& item) { return text("columns.", item.name, " + ", item.name, "_row[u]"); };
  out_.pragma_unroll(false);
  out_.open("for (int row = 0; row < count; row += ", unroll_, ")");
  for (const Item& item : items(Group::Input, Group::Store)) out_.line("Index ", item.name, "_row[", unroll_, "];");
  for (const Item& item : inputs)
    out_.line(c_type(item.operand->dtype), " ", item.name, "[", unroll_, "][", unit_, "];");
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", unroll_, "; ++u)");
  out_.line("const Span span = row + u < count ? columns.span : Span{0, 0};");
  out_.line("Index rest = begin + row + u;");
  coordinates(reduced, "rest");
  for (const Item& item : items(Group::Input, Group::Store))
    out_.line(item.name, "_row[u] = ", outer_offset(item, reduced), ";");
  for (const Item& item : inputs) load(item, item.name + "[u]", offset(item), "span");
  out_.close();
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", unroll_, "; ++u)");
  out_.line("if (row + u >= count) break;");
  for (const Item& item : stores) out_.line(c_type(item.operand->dtype), " ", item.name, "[", unit_, "];");
  out_.pragma_unroll();
  out_.open("for (int j = 0; j < ", unit_, "; ++j)");
  code(kernel_.body, Group::Input, [](int i) { return name_of(Group::Input, i) + "[u][j]"; }, {});
  for (std::size_t r = 0; r < kernel_.reductions.size(); ++r) {
    const int value = kernel_.reductions[r].value;
    out_.line("lanes", r, "[j] = row + u == 0 ? R", r, "::start(v", value, ") : R", r, "::fold(lanes", r, "[j], v",
              value, ", row + u);");
  }
  for (const Item& item : stores) out_.line(item.name, "[j] = v", kernel_.body.stores[item.index].value, ";");
  out_.close();
  for (const Item& item : stores) store(item, item.name, offset(item), "columns.span");
  out_.close();
  out_.close();
}

void Emitter::column_epilogue() {
  const std::vector<Item> inputs = items(Group::EpilogueInput, Group::EpilogueInput);
  const std::vector<Item> stores = items(Group::EpilogueStore, Group::EpilogueStore);
  unit_place("Results", "results_of", items(Group::EpilogueInput, Group::EpilogueStore), axes(false, true));
  std::string states;
  for (std::size_t r = 0; r < kernel_.reductions.size(); ++r)
    states += text(", const R", r, "::State (&states", r, ")[", unit_, "]");
  out_.open("INGOT_FN void finish(const Params& p, Index unit", states, ")");
  out_.line("const Results at = results_of(p, unit);");
  for (const Item& item : inputs) {
    out_.line(c_type(item.operand->dtype), " ", item.name, "[", unit_, "];");
    load(item, item.name, "at." + item.name, "at.span");
  }
  for (const Item& item : stores) out_.line(c_type(item.operand->dtype), " ", item.name, "[", unit_, "];");
  out_.pragma_unroll();
  out_.open("for (int j = 0; j < ", unit_, "; ++j)");
  code(
      kernel_.epilogue, Group::EpilogueInput, [](int i) { return name_of(Group::EpilogueInput, i) + "[j]"; },
      [](int r) { return text("R", r, "::result(states", r, "[j])"); });
  for (const Item& item : stores) out_.line(item.name, "[j] = v", kernel_.epilogue.stores[item.index].value, ";");
  out_.close();
  for (const Item& item : stores) store(item, item.name, "at." + item.name, "at.span");
  out_.close();
  out_.line("");
}

void Emitter::column() {
  const std::size_t reductions = kernel_.reductions.size();
  unit_place("Columns", "columns_of", items(Group::Input, Group::Store), axes(false, false));
  column_epilogue();

  const std::string reduced = count(Field::Role::Reduced, "reduced"), leaves = count(Field::Role::Leaves, "leaves");
  const std::string log_columns = count(Field::Role::LogColumns, "log_columns");
  const std::string log_leaves = count(Field::Role::LogLeaves, "log_leaves");
  const std::string log_run = count(Field::Role::LogRun, "log_run");
  const std::string tiles = divisor(Field::Role::Tiles, "tiles"), runs = count(Field::Role::Runs, "runs");
  const std::string units = count(Field::Role::Units, "units"), tickets = count(Field::Role::Tickets, "tickets");
  const int leaf = ir::kColumnLeaf;
  out_.open("extern \"C\" __global__ void __launch_bounds__(", kBlock, column_bounds(), ") ", options_.name,
            "(const __grid_constant__ Params p)");
  out_.line("__shared__ uint4 pool[", (pool_bytes() + 15) / 16, "];");
  out_.line("const int team = threadIdx.x >> ", log_columns, ";");
  out_.line("Index run_number = blockIdx.x;");
  out_.line("const Index tile = split_off(run_number, ", tiles, ");");
  out_.line("const Index unit = (tile << ", log_columns, ") + (threadIdx.x & ((1 << ", log_columns, ") - 1));");
  out_.line("const bool exists = unit < ", units, ";");
  out_.line("const Columns columns = columns_of(p, unit);");
  out_.line("const Index run_leaves = static_cast<Index>(1) << ", log_run, ", first_leaf = run_number * run_leaves;");
  out_.line("const Index leaves = smaller(", leaves, " - first_leaf, run_leaves);");
  out_.line("const Index before = static_cast<Index>(team) << ", log_leaves, ";");
  out_.line("const int mine = static_cast<int>(clamp<Index>(leaves - before, 0, 1 << ", log_leaves, "));");
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line("ThreadTree<R", r, ", ", kThreadLevels, "> tree", r, "[", unit_, "];");
  out_.open("for (int leaf = 0; leaf < mine; ++leaf)");
  out_.line("const Index begin = (first_leaf + before + leaf) * ", leaf, ";");
  out_.line("const int count = static_cast<int>(smaller<Index>(", reduced, " - begin, ", leaf, "));");
  for (std::size_t r = 0; r < reductions; ++r) out_.line("R", r, "::Lane lanes", r, "[", unit_, "] = {};");
  column_rows();
  out_.pragma_unroll();
  out_.open("for (int j = 0; j < ", unit_, "; ++j)");
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line("tree", r, "[j].push(R", r, "::state(lanes", r, "[j], count), leaf, ", leaf, ", count);");
  out_.close();
  out_.close();
  out_.line("const i64 each = static_cast<i64>(", leaf, ") << ", log_leaves, ", run_each = static_cast<i64>(", leaf,
            ") << ", log_run, ";");
  out_.line("const i64 begin = static_cast<i64>(first_leaf) * ", leaf, ", total = smaller<i64>(", reduced,
            " - begin, run_each);");
  out_.line("const Index present = (leaves + (1 << ", log_leaves, ") - 1) >> ", log_leaves, ";");
  for (std::size_t r = 0; r < reductions; ++r) out_.line("R", r, "::State states", r, "[", unit_, "] = {};");
  out_.open("if (mine > 0)");
  out_.pragma_unroll();
  out_.open("for (int j = 0; j < ", unit_, "; ++j)");
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line("states", r, "[j] = tree", r, "[j].finish(mine, ", leaf, ", smaller(total - team * each, each));");
  out_.close();
  out_.close();
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line("join_teams<R", r, ">(states", r, ", pool, ", log_columns, ", present, each, total);");
  out_.open("if (", runs, " > 1)");
  out_.line("const i64 stride = static_cast<i64>(", units, ") * ", unit_, ";");
  out_.open("if (exists && team == 0)");
  out_.pragma_unroll();
  out_.open("for (int j = 0; j < ", unit_, "; ++j)");
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line(partials(static_cast<int>(r)), "[run_number * stride + static_cast<i64>(j) * ", units,
              " + unit] = states", r, "[j];");
  out_.close();
  out_.close();
  out_.line("if (!is_last_block(", tickets, " + tile, ", runs, ")) return;");
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line("join_team_partials<R", r, ">(states", r, ", pool, ", partials(static_cast<int>(r)), " + unit, stride, ",
              units, ", exists, ", log_columns, ", ", runs, ", run_each, ", reduced, ");");
  out_.close();
  std::string arguments;
  for (std::size_t r = 0; r < reductions; ++r) arguments += text(", states", r);
  out_.line("if (exists && team == 0) finish(p, unit", arguments, ");");
  out_.close();
}

}  // namespace ingot::cuda
