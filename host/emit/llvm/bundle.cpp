#include "host/emit/llvm/bundle.h"

#include <algorithm>
#include <bit>

#include "host/ir/repetition.h"
#include "kernels/cpu/bundle.h"

namespace ingot::emit {
namespace {

int widest(const ir::Region& region) {
  std::size_t bytes = 1;
  for (const ir::Instr& instr : region.code) bytes = std::max(bytes, itemsize(instr.dtype));
  return static_cast<int>(bytes);
}

// Cost of the longest chain of instructions that wait for each other.
int critical_path(const ir::Region& region) {
  std::vector<int> finish;
  int longest = 0;
  for (const ir::Instr& instr : region.code) {
    int start = 0;
    for (int k = 0; k < ir::argument_count(instr); ++k) start = std::max(start, finish[instr.args[k]]);
    finish.push_back(start + (instr.code == ir::Code::Apply ? info(instr.op).cost : 0));
    longest = std::max(longest, finish.back());
  }
  return longest;
}

// Sixteen of them cost little more than eight (kernels/math/random.h).
bool has_random_numbers(const ir::Region& region) {
  return ir::applies(region, [](Op op) { return info(op).operands == Operands::Index; });
}

bool uses_divider(const ir::Region& region) {
  return ir::applies(region, [](Op op) { return op == Op::sqrt || op == Op::divide; });
}

// Cheap bodies of Column reductions, where the accumulators would cost more than the work.
bool folds_rows_together(const ir::Kernel& kernel, cpu::Level level) {
  if (kernel.form() != ir::Form::Column || !kernel.body.stores.empty()) return false;
  const auto read_in_lanes = [&](const ir::Operand& in) {
    return !in.generated && in.access != ir::Access::Uniform && has_masks(level, in.dtype);
  };
  const auto folded_in_lanes = [&](const ir::Reduction& r) {
    const bool in_order = state(r.reducer) == State::Value || state(r.reducer) == State::Best;
    return in_order && has_masks(level, kernel.value_dtype(r));
  };
  return std::all_of(kernel.body.inputs.begin(), kernel.body.inputs.end(), read_in_lanes) &&
         std::all_of(kernel.reductions.begin(), kernel.reductions.end(), folded_in_lanes);
}

}  // namespace

bool has_masks(cpu::Level level, DType dtype) { return level != cpu::Level::Baseline && itemsize(dtype) >= 4; }

bool is_long_chain(const ir::Region& region) {
  constexpr int kLongChain = 48;
  return critical_path(region) >= kLongChain;
}

bool waits_for_square_roots(const ir::Region& region, cpu::Level level) {
  if (level != cpu::Level::V4) return false;
  int roots = 0;
  for (const ir::Instr& instr : region.code)
    if (instr.code == ir::Code::Apply && instr.op == Op::sqrt && instr.dtype == DType::Float64)
      roots += info(instr.op).cost;
  return 2 * roots > ir::cost(region);
}

Bundle choose_bundle(const ir::Region& region, cpu::Level level) {
  // Neighbouring trips overlap in the processor while two of them fit its reorder buffer. Past that, only more vectors
  // in flight hide the latency of a long chain; before it, they spill registers. Without fma instructions nothing is
  // gained.
  // AVX-512 has registers for four vectors of any body, and for its constants. But the divider is to be busy all along,
  // also where another thread of the core has half of the reorder buffer: with two vectors the next roots come in sight
  // sooner (W1 in the caches, one thread, ns an element, Sapphire Rapids: 1.08 with either where the core is ours
  // alone, beside others 1.15 with two and 1.65 with four; Zen 5: 0.87 with two, 0.79 with four).
  constexpr int kHeavy = 8;
  const bool wide = (level == cpu::Level::V4 && ir::cost(region) > kHeavy && !uses_divider(region)) ||
                    waits_for_square_roots(region, level) ||
                    (level != cpu::Level::Baseline && (is_long_chain(region) || has_random_numbers(region)));
  const int lanes = (wide ? cpu::kWide : cpu::kNarrow) * cpu::register_bytes(level) / widest(region);
  return {lanes, lanes, lanes};
}

// Of one reduction all lanes: where there are as few registers as lanes need, values are added from memory. Of several
// arrays what leaves registers for the work. A leaf that is walked in several passes has only one input, or these push
// each other out of the cache, and a cheap body: from memory, passes over the same lines take longer (mean of the roots
// of 1e8 f64: 1.7 times as long). Of costly bodies there are few copies, for the sake of compiling them.
void hold_accumulators(const ir::Kernel& kernel, cpu::Level level, bool cheap, Bundle& bundle) {
  int arrays = 0, reads = 0;
  bool masked = true;
  for (const ir::Reduction& r : kernel.reductions) {
    arrays += ir::arrays(r.reducer);
    masked = masked && has_masks(level, kernel.value_dtype(r));
  }
  for (const ir::Operand& in : kernel.body.inputs) {
    masked = masked && has_masks(level, in.dtype);
    if (!in.generated && in.access != ir::Access::Uniform) ++reads;
  }
  for (const ir::Store& s : kernel.body.stores) masked = masked && has_masks(level, s.operand.dtype);
  const int all = ir::lanes(kernel) / bundle.lanes, free = level == cpu::Level::V4 ? 24 : 12,
            needed = arrays * bundle.lanes * widest(kernel.body) / cpu::register_bytes(level);
  const int fitting =
      arrays == 1 ? all : std::min(all, static_cast<int>(std::bit_floor(static_cast<unsigned>(free / needed))));
  constexpr int kCostlyCopies = 4;
  const bool one_pass = fitting == all;
  if (fitting == 0 || (!one_pass && (!masked || reads > 1))) return;
  if (!cheap && (!one_pass || !masked || all > kCostlyCopies)) return;
  bundle.held = true;
  bundle.unroll = fitting;
  bundle.costly = !cheap;
}

Bundle choose_body_bundle(const ir::Kernel& kernel, cpu::Level level) {
  constexpr int kCheap = 4;
  Bundle bundle = choose_bundle(kernel.body, level);
  if (is_short_of_registers(kernel, level)) return {2 * bundle.lanes, bundle.lanes / 2, bundle.lanes};
  const bool exponentials = std::any_of(kernel.reductions.begin(), kernel.reductions.end(),
                                        [](const ir::Reduction& r) { return state(r.reducer) == State::Exponentials; });
  const bool cheap = ir::cost(kernel.body) <= kCheap && !exponentials;
  if (!cheap && !waits_for_square_roots(kernel.body, level)) return bundle;
  if (kernel.form() == ir::Form::Row) hold_accumulators(kernel, level, cheap, bundle);
  if (folds_rows_together(kernel, level)) {
    int arrays = 0;
    for (const ir::Reduction& r : kernel.reductions) arrays += ir::arrays(r.reducer);
    bundle.unroll = std::max(1, 8 / cpu::kNarrow / arrays);
    bundle.together = bundle.unroll > 1 || kernel.reductions.size() == 1;
  }
  return bundle;
}

// Ten rounds of sqrt + sin, AVX2, ns a round and f64: four vectors in flight 1.44; eight, two at a time in each op,
// 1.18, and 1.25 with constants in registers where they fit. Four at a time are faster alone on a core (1.14) and
// slower beside others. Code that does not repeat gets too long with eight. AVX-512: 0.75, and 0.77 with constants in
// registers; four vectors 0.87.
bool is_short_of_registers(const ir::Kernel& kernel, cpu::Level level) {
  if (level == cpu::Level::Baseline || !is_long_chain(kernel.body)) return false;
  std::vector<int> results;
  for (const ir::Reduction& r : kernel.reductions) results.push_back(r.value);
  const std::vector<int> alike(kernel.body.code.size());
  const ir::Repetition r = ir::find_repetition(kernel.body, alike, results);
  return 2 * r.period * r.times > static_cast<int>(kernel.body.code.size());
}

}  // namespace ingot::emit
