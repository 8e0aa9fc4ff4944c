// How a region of a kernel is cut into vector code: lanes per value, and values per trip through the loop.
#pragma once

#include <vector>

#include "host/ir/kernel.h"
#include "kernels/cpu/support.h"

namespace ingot::emit {

struct Bundle {
  int lanes;              // of every value, whatever its dtype: a bundle's bytes over the widest itemsize of the region
  int part;               // those that one call of a body takes
  int random_part;        // the same of random numbers
  int unroll = 1;         // copies of the body in one trip
  bool together = false;  // a few rows of a Column reduction are folded between two trips of its accumulators to memory
  bool held = false;      // the accumulators of a Row reduction stay in registers
  bool costly = false;    // with `held`: copies that the end of a row does not need are worth a branch
  int block() const { return lanes * unroll; }
};

/// Whether the level loads and stores some lanes of a vector of these elements.
bool has_masks(cpu::Level level, DType dtype);

/// Whether the region's longest chain of dependent instructions is too long for neighbouring bundles to overlap.
bool is_long_chain(const ir::Region& region);

/// Whether the region's time is that of its square roots in f64, and the level can compute some of them by products.
bool waits_for_square_roots(const ir::Region& region, cpu::Level level);

Bundle choose_bundle(const ir::Region& region, cpu::Level level);

/// As above for a kernel's body. Where it is cheap or waits for square roots, its Row reductions hold the accumulators
/// of one trip's lanes in registers down all rows of a leaf. Of Column reductions one trip covers eight registers'
/// worth, whose accumulators take a few rows between two trips to memory.
Bundle choose_body_bundle(const ir::Kernel& kernel, cpu::Level level);

/// Whether the body is a loop over the steps of a long chain (ir::Repetition) with more vectors in flight than
/// registers, so that constants are best read from memory by the instructions that use them.
bool is_short_of_registers(const ir::Kernel& kernel, cpu::Level level);

}  // namespace ingot::emit
