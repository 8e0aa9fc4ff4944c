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
//           the rows are folded into in order; they are not set yet where leaf_row is 0.
//
// A lane accumulator is one value, or where the reducer's state is more than that several arrays one after the other,
// each `n` long (Column): for sumsqdev shift, s and q, for sumexp the largest value and the sum, for argmin and argmax
// the best value and its row of the leaf, in the value's dtype. A state is one value, or a struct of
// kernels/math/reduce.h.
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
  std::int64_t leaf_row;        // Column: rows of the leaf before row 0
  bool streaming;               // write past the caches: outputs are 64-byte aligned, and so are their rows
  std::int64_t ahead = 0;       // how far beyond what is read code fetches into the caches, in bytes; 0: nothing
};

using TileFn = void (*)(const Tile*);

}  // namespace ingot::cpu
