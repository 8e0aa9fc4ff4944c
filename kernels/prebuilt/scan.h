// The loops of cumulative sums and their like on the CPU. host/exec/scan.cpp cuts the work into pieces for caches and
// threads.
//
// The canonical order, which fixes every bit, is that of places along the axis alone. Places are cut into blocks of
// kBlock, and a block into groups of kGroup. Within a group, in three steps of s = 1, 2, 4: each place whose number has
// the bit s takes combine(l, own), with l the last place before it whose number, s cleared, has all lower bits. Then, c
// being what the groups before it in the block come to, and b what the blocks before it come to,
//
//   result = combine(b, combine(c, of the group))    c' = combine(c, last of the group)    b' = combine(b, c)
//
// from identities. The b of a float sum is a sum of two floats, to which a block is added by TwoSum, what it is rounded
// by going to the lower one; it is rounded once before it is used. Products are one chain, in order: their error is the
// same in every order, and so they overflow and underflow only where a loop would.
//
// Float16 and BFloat16 are converted to Float32 and each result is rounded once. Integer sums and products wrap.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"
#include "kernels/cpu/support.h"

namespace ingot::prebuilt {

enum class ScanOp : std::uint8_t { Sum, Product, Min, Max, LogSumExp };
inline constexpr int kScanOps = 5;

inline constexpr std::int64_t kScanGroup = 8, kScanBlock = 256;

/// The dtype that a scan is computed in, for a dtype of its result.
DType scanned_in(ScanOp op, DType result);

/// What came before, for one row: begins as `start` has it.
struct alignas(64) ScanState {
  unsigned char bytes[64];
};

/// The loops for one operation and the dtype that it is computed in.
struct Scanning {
  void (*start)(ScanState& state);
  /// A row from a block's beginning on. `backward`: from its end, to the end of `out`.
  void (*row)(const void* in, std::int64_t n, bool backward, ScanState& state, void* out);
  /// The same in two steps, the first of which needs nothing of what comes before. `blocks` scans each block by itself,
  /// to `locals` (in the order of the scan, whole groups, local_bytes each place), while it fetches what lies `ahead`
  /// bytes further on, unless 0; `skip` is a state that goes past whole blocks; `place` combines the locals with it, to
  /// results. Null where a row is one chain.
  void (*blocks)(const void* in, std::int64_t n, bool backward, std::int64_t ahead, void* locals);
  void (*skip)(const void* locals, std::int64_t blocks, ScanState& state);
  void (*place)(const void* locals, std::int64_t n, bool backward, ScanState& state, void* out);
  int local_bytes;
  /// Columns, from the row of that number on, a multiple of kScanGroup, within one block. Rows begin `in_row` and
  /// `out_row` elements apart. `states` are of column_bytes each, which start_columns fills; columns are rounded up to
  /// a multiple of kScanColumns there.
  void (*start_columns)(std::int64_t columns, void* states);
  void (*columns)(const void* in, std::int64_t in_row, std::int64_t row, std::int64_t rows, std::int64_t columns,
                  void* states, void* out, std::int64_t out_row);
  int column_bytes;
  /// What nothing comes to.
  void (*identity)(void* out, std::int64_t n);
};

inline constexpr std::int64_t kScanColumns = 64;

/// Of one CPU level; every table gives the same bits.
struct ScanTable {
  Scanning loops[kScanOps][kDTypeCount];
};

/// For Sum and Product of Int64, Float32 or Float64; Min and Max of every computable dtype but the 16-bit floats (Bool
/// as UInt8); LogSumExp of Float32 and Float64.
const Scanning& scanning(cpu::Level level, ScanOp op, DType dtype);

}  // namespace ingot::prebuilt
