#include "host/emit/llvm/bundle.h"

#include <algorithm>

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
  return std::any_of(region.code.begin(), region.code.end(), [](const ir::Instr& instr) {
    return instr.code == ir::Code::Apply && info(instr.op).result == Result::Random;
  });
}

}  // namespace

bool is_long_chain(const ir::Region& region) {
  constexpr int kLongChain = 48;
  return critical_path(region) >= kLongChain;
}

Bundle choose_bundle(const ir::Region& region, cpu::Level level) {
  // Neighbouring trips overlap in the processor while two of them fit its reorder buffer. Past that, only more vectors
  // in flight hide the latency of a long chain; before it, they spill registers. Without fma instructions nothing is
  // gained.
  const bool fma = level != cpu::Level::Baseline;
  const bool chain = fma && is_long_chain(region), random = fma && has_random_numbers(region);
  const int one = cpu::register_bytes(level) / widest(region), narrow = cpu::kNarrow * one, wide = cpu::kWide * one;
  if (is_short_of_registers(region, level)) return {2 * wide, narrow, wide, 1};
  if (chain || random) return {wide, wide, wide, 1};
  return {narrow, narrow, narrow, 1};
}

// Ten rounds of sqrt + sin, AVX2, ns a round and f64: four vectors in flight 1.44; eight, two at a time in each op,
// 1.18, and 1.25 with constants in registers where they fit. Four at a time are faster alone on a core (1.14) and
// slower beside others. AVX-512 has the registers.
bool is_short_of_registers(const ir::Region& region, cpu::Level level) {
  return level == cpu::Level::V3 && is_long_chain(region);
}

Bundle choose_row_bundle(const ir::Kernel& kernel, cpu::Level level) {
  constexpr int kCheap = 4;
  Bundle bundle = choose_bundle(kernel.body, level);
  const bool one = kernel.reductions.size() == 1 && kernel.reductions[0].reducer != Reducer::sumsqdev;
  if (one && ir::cost(kernel.body) <= kCheap) bundle.unroll = ir::lanes(kernel) / bundle.lanes;
  return bundle;
}

}  // namespace ingot::emit
