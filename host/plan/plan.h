// A plan: the kernels and the routines that compute some nodes, in order, with what each launch and each call binds.
// Pure structure over value slots, so that one plan serves every graph of the same structure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/graph/compose.h"
#include "host/ir/kernel.h"
#include "ingot/shape.hpp"

namespace ingot::plan {

/// Where a launch meets an operand's elements.
enum class Residence : std::uint8_t {
  Memory,
  Cache,  // in memory too, but the same block of a row region has read or written them before
  Block,  // in a thread's buffer for the block alone
};

/// Where an operand's elements are: item `item` of the snapshot, at map(i) for indices i of the region's axes. For the
/// inputs of generated operands and for stored leaves alike, positions are in the item's C-order linear space.
struct Binding {
  int item = 0;
  graph::Map map;
  Residence residence = Residence::Memory;  // on the host
};

struct RegionBindings {
  std::vector<Binding> inputs;   // parallel to ir::Region::inputs
  std::vector<int> params;       // items of kind Constant, parallel to ir::Region::params
  std::vector<Binding> outputs;  // parallel to ir::Region::stores; each item is materialised here
};

struct Launch {
  ir::Kernel kernel;
  Dims extents;             // per axis of the kernel, outermost first
  RegionBindings body;      // maps over all axes
  RegionBindings epilogue;  // maps over the kept axes
  bool flat = false;        // Map: the innermost axis is too short for a tile row; tiles run over the whole space, all
                            // operands staged

  std::vector<int> output_values;    // while planning: the instruction of each of the group's body outputs
  std::vector<int> epilogue_values;  // and of its epilogue outputs

  Dims kept_extents() const;
  std::int64_t kept() const;     // product of the kept extents
  std::int64_t reduced() const;  // product of the reduced extents
};

/// A routine that is not generated, on whole arrays.
struct Call {
  int item = 0;                 // of kind Call, which says the rest; materialised here
  std::vector<Binding> inputs;  // of items that are stored, materialised before, or generated (Index, Constant)
  Residence result = Residence::Memory;
};

/// What runs next: a launch or a call, by its number among these.
struct Step {
  bool is_call = false;
  int number = 0;
};

/// Steps that run on the host block by block: one block of rows goes through all of them before the next, and stays in
/// the cache meanwhile. The rows are the kept indices of the reductions among them, and of matrix products all but the
/// last, with one second operand for all of them; or those that one product, the last step, sums over.
struct RowRegion {
  int first = 0, count = 0;  // steps
  bool sums_rows = false;    // the last step is such a product
  std::int64_t rows = 0;
  std::int64_t row_bytes = 0;  // of everything that one row reads or writes
};

/// A value the plan materialises: a root, or a temporary that is freed after its last use.
struct Value {
  int item = 0;
  bool root = false;
  int last_use = 0;  // index of the last step that reads it (temporaries)
};

struct Plan {
  std::vector<Launch> launches;
  std::vector<Call> calls;
  std::vector<Step> steps;  // all of them, in order
  std::vector<RowRegion> regions;
  std::vector<Value> values;
};

}  // namespace ingot::plan
