// The contract between what runs a kernel on the CPU (host/exec) and what computes it (host/emit's interpreter and LLVM
// code): a function is given a tile, `rows` rows of `n` elements, in which every operand is contiguous or uniform along
// the row. Whoever calls has staged what is not.
//
//   Map     runs the body for every element and stores.
//   Row     each row is (a piece of) one kept index's reduced elements, starting at a leaf boundary; for each row and
//   each leaf in
//           it the leaf's state is written to acc[k] at ((row * leaves + leaf) * state bytes), leaves = ceil(n / leaf
//           size).
//   Column  rows are consecutive reduced indices of one leaf, elements are kept indices. acc[k] holds n lane
//   accumulators, which
//           the rows are folded into in order; `first` says that row 0 starts the leaf, so the accumulators are not yet
//           set.
//
// A lane accumulator is one value, or for sumsqdev three arrays one after the other (shift, s, q), each `n` long
// (Column). A state is one value, or for sumsqdev the three of Moments in kernels/math/reduce.h.
#pragma once

#include <cstdint>

namespace ingot::cpu {

struct Tile {
  std::int64_t rows;
  std::int64_t n;
  const void* const* in;        // per input, element 0 of row 0. A generated input: the int64 value there, as a pointer
  const std::int64_t* in_row;   // bytes from one row to the next (generated: what the value grows by)
  const std::int64_t* in_step;  // what a generated input grows by per element; unused by others
  void* const* out;             // per store
  const std::int64_t* out_row;  // bytes
  const std::uint64_t* params;  // one 8-byte slot each, value in the low bytes
  void* const* acc;             // per reduction
  bool first;                   // Column
  bool streaming;               // write past the caches: outputs are 64-byte aligned, and so are their rows
};

using TileFn = void (*)(const Tile*);

}  // namespace ingot::cpu
