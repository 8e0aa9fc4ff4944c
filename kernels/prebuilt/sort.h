// The loops of sort and argsort on the CPU. host/exec/sort.cpp cuts the work into pieces for threads.
//
// Elements become records: their keys (sort_key.h), alone or with the position they came from. Records that would
// leave the second-level cache are split into groups first.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"
#include "kernels/cpu/support.h"

namespace ingot::prebuilt {

/// Which group a key goes to. Groups are in the order of their keys, and about equal in number of records: a cell is
/// 1/4096 of the range of a sample's keys, several groups or a part of one by what the sample says of it. Keys out of
/// that range go to the first group and to the last.
struct Split {
  static constexpr int kCellBits = 12, kCells = 1 << kCellBits;
  static constexpr int kLeastGroups = 64, kGroups = 512;  // as many are wanted
  static constexpr int kMaxGroups = 4 * kGroups;          // where heavy cells are cut
  std::uint64_t least, greatest;
  int shift, groups;
  std::int32_t cells[kCells];   // of a cell: 256 * a + b, so that a key d above the least is in group a + (d >> b)
  bool has_whole_cells;         // no cell is several groups
  std::uint16_t whole[kCells];  // the group of a cell, where all are whole
};

inline constexpr std::int64_t kCacheBytes = 512 << 10;  // of records that are sorted without a split
inline constexpr std::int64_t kGroupBytes = 256 << 10;  // about what a split makes of records

enum class Records : std::uint8_t {
  Keys,    // for sort: as large as the elements
  Packed,  // for argsort: a position below 2^32 beside a key of at most 32 bits, in 8 bytes
  Pairs,   // for argsort: 16 bytes
};

/// The loops for one dtype and kind of records. Records are aligned as their words are.
struct Sorting {
  int record_bytes;
  /// Records of n elements, of which the first has position `first`.
  void (*encode)(const void* elements, std::int64_t n, std::int64_t first, bool descending, void* records);
  /// A split of n elements, 8192 at least.
  void (*plan_split)(const void* elements, std::int64_t n, bool descending, Split& split);
  /// Adds the number of elements of each group to counts.
  void (*count)(const void* elements, std::int64_t n, bool descending, const Split& split, std::int64_t* counts);
  /// Elements, of which the first has position `first`, as records at to[next[group]++].
  void (*scatter)(const void* elements, std::int64_t n, std::int64_t first, bool descending, const Split& split,
                  std::int64_t* next, void* to);
  /// Sorts n records stably by key and writes the elements of Keys, or the positions (int64) of the others. Overwrites
  /// the records, `room` for as many more, and `cached`, kCacheBytes that a thread keeps from one call to the next;
  /// none of these overlap. Results lie in `room` where they are as large as records, elsewhere otherwise.
  void (*sort)(void* records, void* room, std::int64_t n, void* cached, bool descending, void* results);
};

/// Of one CPU level; every table gives the same results.
struct SortTable {
  Sorting loops[kDTypeCount][3];
};

/// For a computable dtype. Packed is for elements of at most 4 bytes.
const Sorting& sorting(cpu::Level level, DType dtype, Records records);

}  // namespace ingot::prebuilt
