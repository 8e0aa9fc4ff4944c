#include "host/emit/cuda/emitter.h"

namespace ingot::cuda {
namespace {

// A unit's elements lie along the innermost reduced axis unless rows end within units: then each element has its own
// offset.
std::string row_offset(const Item& item, bool by_element) {
  return text("at[u]", by_element ? "[j]." : ".", item.name);
}

}  // namespace

// Left to itself ptxas aims at three blocks a multiprocessor or more, and spills to get there (44 bytes for four
// sibling reductions on sm_100, in 80 registers; 99 hold all). Two blocks are asked for; four is what a plain sum still
// has, and what kResidentThreads in emit.cpp counts on. Seven siblings of f64, with 192 bytes of states, need one.
std::string Emitter::row_bounds() const { return lane_bytes() > 160 ? ", 1" : ", 2"; }

bool Emitter::row_by_element() const { return axes(true, false).size() > 1 && !options_.whole_units; }

void Emitter::row() {
  row_origin();
  row_place();
  row_run();
  row_epilogue();
  if (options_.schedule == Schedule::Warp)
    row_warp_kernel();
  else
    row_block_kernel();
}

// Offsets of a kept index.
void Emitter::row_origin() {
  const std::vector<Item> operands = items(Group::Input, Group::Store);
  const std::vector<Axis> kept = axes(false, false);
  out_.open("struct Origin");
  if (!kept.empty())
    for (const Item& item : operands) out_.line("Index ", item.name, ";");
  out_.close(";");
  out_.line("");
  out_.open("INGOT_FN Origin origin_of(const Params& p, Index kept)");
  out_.line("Origin at;");
  coordinates(kept, "kept");
  if (!kept.empty())
    for (const Item& item : operands) out_.line("at.", item.name, " = ", outer_offset(item, kept), ";");
  out_.line("return at;");
  out_.close();
  out_.line("");
}

// Offsets of a reduced index of that kept index.
void Emitter::row_place() {
  const std::vector<Item> operands = items(Group::Input, Group::Store);
  const std::vector<Axis> reduced = axes(true, false);
  const bool kept = reduced.size() < static_cast<std::size_t>(kernel_.rank());
  out_.open("struct Place");
  for (const Item& item : operands) out_.line("Index ", item.name, ";");
  out_.close(";");
  out_.line("");
  out_.open("INGOT_FN Place place(const Params& p, const Origin& origin, Index i)");
  out_.line("Place at;");
  if (reduced.size() > 1) {
    out_.line("Index rest = i;");
    coordinates(reduced, "rest");
  }
  for (const Item& item : operands) {
    std::string sum = kept ? "origin." + item.name : "";
    const auto add = [&](const std::string& term) { sum += (sum.empty() || term.empty() ? "" : " + ") + term; };
    if (reduced.size() > 1) {
      const std::vector<Axis> outer(reduced.begin(), reduced.end() - 1);
      add(outer_offset(item, outer));
      add(inner_offset(item, "c" + std::to_string(reduced.back().nest)));
    } else {
      add(inner_offset(item, "i"));
    }
    out_.line("at.", item.name, " = ", sum.empty() ? "0" : sum, ";");
  }
  out_.line("return at;");
  out_.close();
  out_.line("");
}

// Loads, computes and folds `unroll` units of a leaf.
void Emitter::row_batch() {
  const std::vector<Item> inputs = items(Group::Input, Group::Input), stores = items(Group::Store, Group::Store);
  const bool by_element = row_by_element();
  const std::string each = by_element ? text("[", unit_, "]") : "";
  out_.line("Place at[", unroll_, "]", each, ";");
  out_.line("Span span[", unroll_, "];");
  for (const Item& item : inputs)
    out_.line(c_type(item.operand->dtype), " ", item.name, "[", unroll_, "][", unit_, "];");
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", unroll_, "; ++u)");
  out_.line("const int first = (row + u) * ", 32 * unit_, " + rank * ", unit_, ";");
  out_.line("span[u] = span_of<", unit_, ">(first, count);");
  out_.line("if (!active) span[u].end = 0;");
  if (by_element) {
    out_.pragma_unroll();
    out_.open("for (int j = 0; j < ", unit_, "; ++j)");
    out_.line("at[u][j] = place(p, origin, begin + first + j);");
    for (const Item& item : inputs) {
      const std::string from = element(item, row_offset(item, true));
      const std::string type = c_type(item.operand->dtype);
      out_.line(item.name,
                "[u][j] = ", item.operand->generated ? from : text("span[u].has(j) ? ", from, " : ", type, "(0)"), ";");
    }
    out_.close();
  } else {
    out_.line("at[u] = place(p, origin, begin + first);");
    for (const Item& item : inputs) load(item, item.name + "[u]", row_offset(item, false), "span[u]");
  }
  out_.close();
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", unroll_, "; ++u)");
  for (const Item& item : stores) out_.line(c_type(item.operand->dtype), " ", item.name, "[", unit_, "];");
  out_.pragma_unroll();
  out_.open("for (int j = 0; j < ", unit_, "; ++j)");
  code(kernel_.body, Group::Input, [](int i) { return name_of(Group::Input, i) + "[u][j]"; }, {});
  for (std::size_t r = 0; r < kernel_.reductions.size(); ++r) {
    const int value = kernel_.reductions[r].value;
    out_.line("if (span[u].has(j)) lanes", r, "[j] = row + u == 0 ? R", r, "::start(v", value, ") : R", r,
              "::fold(lanes", r, "[j], v", value, ", row + u);");
  }
  for (const Item& item : stores) {
    const std::string value = text("v", kernel_.body.stores[item.index].value);
    if (by_element)
      out_.line("if (span[u].has(j)) ", element(item, row_offset(item, true)), " = ", value, ";");
    else
      out_.line(item.name, "[j] = ", value, ";");
  }
  out_.close();
  if (!by_element)
    for (const Item& item : stores) store(item, item.name, row_offset(item, false), "span[u]");
  out_.close();
}

// The states of a run of leaves of one kept index, by a team: `rank` of `size` threads. The result is in every rank.
void Emitter::row_run() {
  const std::size_t reductions = kernel_.reductions.size();
  const std::string reduced = count(Field::Role::Reduced, "reduced");
  const int leaf = 32 * unit_ * ir::kLeafRows;
  out_.open("struct States");
  for (std::size_t r = 0; r < reductions; ++r) out_.line("R", r, "::State r", r, ";");
  out_.close(";");
  out_.line("");
  out_.open(
      "INGOT_FN States run(const Params& p, const Origin& origin, int rank, int size, bool active, Index first_leaf, "
      "Index leaves)");
  for (std::size_t r = 0; r < reductions; ++r) out_.line("WarpTree<R", r, "> tree", r, ";");
  out_.open("for (Index leaf = 0; leaf < leaves; ++leaf)");
  out_.line("const Index begin = (first_leaf + leaf) * ", leaf, ";");
  out_.line("const int count = static_cast<int>(smaller<Index>(", reduced, " - begin, ", leaf, "));");
  for (std::size_t r = 0; r < reductions; ++r) out_.line("R", r, "::Lane lanes", r, "[", unit_, "] = {};");
  out_.pragma_unroll(false);
  out_.open("for (int row = 0; row < ", ir::kLeafRows, "; row += ", unroll_, ")");
  out_.line("if (row * ", 32 * unit_, " >= count) break;");
  row_batch();
  out_.close();
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line("tree", r, ".push(fold_lanes<R", r, ", ", unit_, ">(lanes", r, ", rank, size, count), rank, size, leaf, ",
              leaf, ", count);");
  out_.close();
  out_.line("const i64 total = smaller<i64>(", reduced, " - static_cast<i64>(first_leaf) * ", leaf,
            ", static_cast<i64>(leaves) * ", leaf, ");");
  std::string states;
  for (std::size_t r = 0; r < reductions; ++r)
    states += text(r == 0 ? "" : ", ", "tree", r, ".finish(size, leaves, ", leaf, ", total)");
  out_.line("return {", states, "};");
  out_.close();
  out_.line("");
}

void Emitter::row_epilogue() {
  const std::vector<Axis> kept = axes(false, true);
  const auto offset = [&](const Item& item) {
    if (kept.empty()) return std::string("0");
    std::string sum = outer_offset(item, {kept.begin(), kept.end() - 1});
    const std::string near = inner_offset(item, "c" + std::to_string(kept.back().nest));
    sum += (sum.empty() || near.empty() ? "" : " + ") + near;
    return sum.empty() ? std::string("0") : sum;
  };
  out_.open("INGOT_FN void finish(const Params& p, Index kept, const States& states)");
  coordinates(kept, "kept");
  const std::vector<Item> inputs = items(Group::EpilogueInput, Group::EpilogueInput);
  const auto loaded = [&](int i) {
    const Item& item = inputs[i];
    return element(item, offset(item));
  };
  code(kernel_.epilogue, Group::EpilogueInput, loaded, [](int r) { return text("R", r, "::result(states.r", r, ")"); });
  for (const Item& item : items(Group::EpilogueStore, Group::EpilogueStore))
    out_.line(element(item, offset(item)), " = v", kernel_.epilogue.stores[item.index].value, ";");
  out_.close();
  out_.line("");
}

void Emitter::row_warp_kernel() {
  const std::string log_team = count(Field::Role::LogTeam, "log_team"), kept = count(Field::Role::Kept, "kept");
  out_.open("extern \"C\" __global__ void __launch_bounds__(", kBlock, row_bounds(), ") ", options_.name,
            "(const __grid_constant__ Params p)");
  out_.line("const int size = 1 << ", log_team, ", rank = threadIdx.x & (size - 1);");
  out_.line("const Index slot = static_cast<Index>(blockIdx.x) * (", kBlock, " >> ", log_team, ") + (threadIdx.x >> ",
            log_team, ");");
  out_.line("const bool active = slot < ", kept, ";");
  out_.line("const Index kept = active ? slot : ", kept, " - 1;");
  out_.line("const States states = run(p, origin_of(p, kept), rank, size, active, 0, ",
            count(Field::Role::Leaves, "leaves"), ");");
  out_.line("if (active && rank == 0) finish(p, kept, states);");
  out_.close();
}

void Emitter::row_block_kernel() {
  const std::string log_leaves = count(Field::Role::LogLeaves, "log_leaves"),
                    leaves = count(Field::Role::Leaves, "leaves");
  const std::string runs = divisor(Field::Role::Runs, "runs"), tickets = count(Field::Role::Tickets, "tickets");
  const std::string reduced = count(Field::Role::Reduced, "reduced");
  const std::string log_run = count(Field::Role::LogRun, "log_run");
  const int leaf = 32 * unit_ * ir::kLeafRows;
  const std::size_t reductions = kernel_.reductions.size();
  out_.open("extern \"C\" __global__ void __launch_bounds__(", kBlock, row_bounds(), ") ", options_.name,
            "(const __grid_constant__ Params p)");
  out_.line("Index kept = blockIdx.x;");
  out_.line("const Index run_number = split_off(kept, ", runs, ");");
  out_.line("const Index run_leaves = static_cast<Index>(1) << ", log_run, ", first_leaf = run_number * run_leaves;");
  out_.line("const Index leaves = smaller(", leaves, " - first_leaf, run_leaves);");
  out_.line("const Index before = static_cast<Index>(threadIdx.x / 32) << ", log_leaves, ";");
  out_.line("const Index mine = clamp<Index>(leaves - before, 0, static_cast<Index>(1) << ", log_leaves, ");");
  out_.line("States states = {};");
  out_.line(
      "if (mine > 0) states = run(p, origin_of(p, kept), threadIdx.x % 32, 32, true, first_leaf + before, mine);");
  out_.line("const i64 each = static_cast<i64>(", leaf, ") << ", log_leaves, ", run_each = static_cast<i64>(", leaf,
            ") << ", log_run, ";");
  out_.line("const i64 total = smaller<i64>(", reduced, " - static_cast<i64>(first_leaf) * ", leaf, ", run_each);");
  out_.line("const Index present = (leaves + (static_cast<Index>(1) << ", log_leaves, ") - 1) >> ", log_leaves, ";");
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line("states.r", r, " = join_warps<R", r, ">(states.r", r, ", present, each, total);");
  out_.line("const Index runs = static_cast<Index>(", runs, ".value);");
  out_.open("if (runs > 1)");
  out_.line("const i64 row = static_cast<i64>(kept) * runs;");
  out_.open("if (threadIdx.x == 0)");
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line(partials(static_cast<int>(r)), "[row + run_number] = states.r", r, ";");
  out_.close();
  out_.line("if (!is_last_block(", tickets, " + kept, runs)) return;");
  for (std::size_t r = 0; r < reductions; ++r)
    out_.line("states.r", r, " = join_partials<R", r, ">(", partials(static_cast<int>(r)), " + row, runs, run_each, ",
              reduced, ");");
  out_.close();
  out_.line("if (threadIdx.x == 0) finish(p, kept, states);");
  out_.close();
}

}  // namespace ingot::cuda
