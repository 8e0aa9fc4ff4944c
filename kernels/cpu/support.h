// What is compiled ahead for the CPU, once per CPU level: the interpreter's element loops, the parts of a reduction
// that are not worth generating, and the copies that stage strided operands. One table per level; every table gives the
// same bits.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"

namespace ingot::cpu {

enum class Level : std::uint8_t { Baseline, V3, V4 };  // x86-64 (or plain aarch64), x86-64-v3, x86-64-v4

inline constexpr int kMaxOps = 128;
inline constexpr int kMaxReducers = 16;
inline constexpr int kItemSizes = 5;  // 1, 2, 4, 8 and 16 bytes: tables of copies are indexed by the logarithm

struct Support {
  /// out[i] = op(a[i], b[i], c[i]); indexed by Op and the operand dtype (for `where` that of the second operand, for
  /// result Random: that of the result). Null where ops.def has no body. Arrays do not overlap, except that out may
  /// start where an operand of at least its itemsize starts.
  using Apply = void(void* out, const void* a, const void* b, const void* c, std::int64_t n);
  Apply* apply[kMaxOps][kDTypeCount];

  /// out[i] = (To)a[i], indexed [from][to]; the same rule for overlap. From a dtype to itself it copies.
  using Cast = void(void* out, const void* a, std::int64_t n);
  Cast* cast[kDTypeCount][kDTypeCount];

  /// out[i] = first + i * step.
  void (*iota)(std::int64_t* out, std::int64_t first, std::int64_t step, std::int64_t n);

  /// Row form. Fills `lanes` accumulators with what changes nothing (sumsqdev: does nothing). `lanes` apart where there
  /// are several arrays of them, as tile.h has it.
  using Clear = void(void* acc, std::int64_t lanes);
  Clear* clear[kMaxReducers][kDTypeCount];
  /// Folds values[i] into accumulator i, for i < n. `row` is the leaf's that the values are of; row 0 sets instead. acc
  /// is `stride` accumulators wide, which matters where they are several arrays.
  using Accumulate = void(void* acc, std::int64_t stride, const void* values, std::int64_t n, std::int64_t row);
  Accumulate* accumulate[kMaxReducers][kDTypeCount];
  /// Row form: as accumulate for one row of `stride` values after another, from `row` on, until n are folded.
  Accumulate* accumulate_rows[kMaxReducers][kDTypeCount];
  /// Row form: folds the `lanes` accumulators of a leaf of `count` elements by halving into one state. Unless it is
  /// sumsqdev, which skips absent lanes by count, accumulators that no element reached must have been cleared.
  /// Overwrites acc.
  using Fold = void(void* acc, std::int64_t lanes, std::int64_t count, void* state);
  Fold* fold[kMaxReducers][kDTypeCount];
  /// Row form: joins in place the states of `leaves` consecutive leaves, of `leaf_size` elements each but for the last,
  /// `count` in all; the result is states[0]. Overwrites the others.
  using Join = void(void* states, std::int64_t leaves, std::int64_t leaf_size, std::int64_t count);
  Join* join[kMaxReducers][kDTypeCount];
  /// Column form: the n accumulators of a leaf of `count` reduced indices become n states.
  using ColumnFold = void(const void* acc, std::int64_t n, std::int64_t count, void* states);
  ColumnFold* column_fold[kMaxReducers][kDTypeCount];
  /// Column form: left[i] = left[i] joined with right[i].
  using ColumnJoin = void(void* left, const void* right, std::int64_t n, std::int64_t left_count,
                          std::int64_t right_count);
  ColumnJoin* column_join[kMaxReducers][kDTypeCount];
  /// Results from states: the value itself, the squares of sumsqdev, the sum of sumexp, the place of argmin and argmax.
  using Finish = void(const void* states, std::int64_t n, void* results);
  Finish* finish[kMaxReducers][kDTypeCount];

  /// Element i of row r from in + r * in_row + i * in_step (bytes, of any sign) to the rows of `out`, which are
  /// contiguous and start out_row bytes apart. Walks memory along the smaller step, and turns blocks in registers where
  /// the rows' step is one element. Elements need not be aligned.
  using Gather = void(void* out, std::int64_t out_row, const void* in, std::int64_t in_row, std::int64_t in_step,
                      std::int64_t rows, std::int64_t n);
  Gather* gather[kItemSizes];
  /// The other way: from contiguous rows to elements anywhere, no two at one place.
  using Scatter = void(void* out, std::int64_t out_row, std::int64_t out_step, const void* in, std::int64_t in_row,
                       std::int64_t rows, std::int64_t n);
  Scatter* scatter[kItemSizes];
  /// out[i] = *value.
  using Fill = void(void* out, const void* value, std::int64_t n);
  Fill* fill[kItemSizes];
  /// Copies past the caches what fills whole vectors at their alignment. Other threads may read `out` only after this
  /// thread's next fence().
  void (*stream)(void* out, const void* in, std::int64_t bytes);
  void (*fence)();
};

/// Index into the tables of copies.
constexpr int item_index(std::int64_t itemsize) {
  return itemsize == 1 ? 0 : itemsize == 2 ? 1 : itemsize == 4 ? 2 : itemsize == 8 ? 3 : 4;
}

enum class LevelError : std::uint8_t {
  None,
  Unknown,      // not the name of a level
  Unavailable,  // a level that this machine lacks
};

struct LevelChoice {
  Level level;  // the highest of this machine where there is an error
  LevelError error;
};

/// The level called `wanted` (x86-64, x86-64-v3, x86-64-v4), or the highest this machine has if that is null or empty.
/// Nothing throws in kernels/: host/ turns an error into a message.
LevelChoice choose_level(const char* wanted);

/// choose_level of the environment's INGOT_CPU, its error ignored.
Level detect_level();

/// "x86-64", "x86-64-v3" or "x86-64-v4".
const char* level_name(Level level);

/// The table of a level that the machine has.
const Support& support(Level level);

}  // namespace ingot::cpu
