// Kernel IR -> CUDA C++ text, as a pure function: neither a GPU nor the toolkit is needed.
//
// How a kernel is laid out on the machine
//   * A thread loads units: neighbouring elements along the innermost axis, 16 bytes of the widest operand. Where the
//     operands do not start on 16 bytes but share their distance from it, units are shifted: the first and the last one
//     hang over the row.
//   * Map. Units are dealt out to threads in order; a thread takes up to `unroll` of them, a block apart, to have
//   enough
//     bytes in flight.
//     Inputs that are contiguous along another axis, as in a transpose, go through tiles in shared memory.
//   * Row. One unit of the accumulator per thread makes the lanes of one canonical row: 32 threads x 16 bytes =
//   kLaneBytes.
//     A warp folds leaf after leaf; a binary counter, digit k held by thread k, joins them in the canonical tree.
//       Schedule::Warp   a warp, or a power-of-two part of it where that holds a whole row, has a kept index to itself.
//       Schedule::Block  a block has a run of a power of two leaves of one kept index, aligned, each warp an eighth, or
//       a warp one while there are too few for all multiprocessors.
//   * Column. A block is teams x columns of threads; a thread folds up to 2^kThreadLevels leaves of its unit of
//   columns, and
//     the teams, which have neighbouring leaves, join in shared memory.
//   * Where one kept index has several blocks, each writes one state for its run; the last block to finish (a fence and
//   an atomic
//     ticket) joins those in tree order and runs the epilogue. Runs are aligned powers of two, so their tree is the
//     canonical tree whatever the grid is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/ir/kernel.h"

namespace ingot::cuda {

inline constexpr int kBlock = 256;       // threads of every block
inline constexpr int kMostUnits = 8;     // Map and Column: of a thread at once, each with a place of its own
inline constexpr int kTile = 32;         // elements of a tile's sides
inline constexpr int kThreadLevels = 4;  // Column: a thread folds up to 2^4 leaves

/// Who works on one kept index of a Row kernel.
enum class Schedule : std::uint8_t { Warp, Block };

/// What a kernel's text depends on besides its structure. Part of its key.
struct Options {
  std::string name = "ingot_kernel";    // of the function
  bool wide = false;                    // 64-bit index arithmetic
  Schedule schedule = Schedule::Block;  // Row
  bool whole_units = false;             // Row with several reduced axes: the innermost extent is a multiple of the unit

  /// Operands read or written a unit at a time: contiguous, and aligned at every unit. Body inputs, body stores,
  /// epilogue inputs, epilogue stores; those beyond the end are not.
  std::vector<bool> vectors = {};

  /// Map: the axis along which the tiled body inputs are contiguous, where it is not the innermost; -1 for no tiles.
  int tile_axis = -1;
  std::vector<bool> tiled = {};

  int bytes_in_flight = 48 * 1024;  // that one multiprocessor must have requested to keep memory busy
  friend bool operator==(const Options&, const Options&) = default;
};

/// Bytes in flight for a compute capability (90 for 9.0) and a memory bandwidth in GB/s, which tells H200 from H100.
int bytes_in_flight(int capability, double bandwidth);

/// The four lists of operands.
enum class Group : std::uint8_t { Input, Store, EpilogueInput, EpilogueStore };

/// One member of the parameter struct, in slots of 8 bytes.
struct Field {
  enum class Role : std::uint8_t {
    Address,     // of the operand's element at index 0 of every axis
    First,       // of a generated operand: the value there
    Stride,      // of the operand along an axis of its region, in elements
    Scalar,      // params[index] of the body (Group::Input) or of the epilogue (Group::EpilogueInput)
    Row,         // extent of the innermost axis of a unit's row
    Shift,       // elements by which units start before their row
    Units,       // in all rows together
    Chunks,      // units of one row, or tiles, as a divisor
    Extent,      // of an axis, as a divisor
    Kept,        // product of the kept extents
    Reduced,     // product of the reduced extents
    Leaves,      // of one kept index
    LogTeam,     // Schedule::Warp: log2 of the threads of one kept index
    UnitsEach,   // Map: units that a thread takes, up to `unroll`
    LogLeaves,   // Block: log2 of the leaves of a warp's part of a run; Column: of a thread's part
    LogRun,      // Block, Column: log2 of the leaves of a run; in a short one, not all warps or teams have a part
    Runs,        // Block: runs of one kept index, as a divisor
    Tiles,       // Column: blocks side by side; tiled Map: tiles along tile_axis; as a divisor
    LogColumns,  // Column: log2 of the threads side by side in a block
    Tickets,     // address of 32-bit zeros, one per kept index (Block) or tile (Column)
    Partials,    // address of the states of reduction `index`, one per run and kept index
  };
  Role role{};
  Group group{};
  std::uint16_t index = 0;
  std::uint16_t axis = 0;
  DType dtype{};  // Scalar
  std::string name;
  std::string type;
  int slots = 1;
};

struct Program {
  std::string text;  // to be compiled after prelude()
  std::string name;
  ir::Form form{};
  Options options;
  int unit = 1;
  int unroll = 1;
  std::vector<Field> fields;
};

/// Elements of a unit, if the operands in options.vectors are what they are said to be.
int unit_size(const ir::Kernel& kernel, const Options& options);

/// Bytes of one state of a reduction.
std::size_t state_bytes(const ir::Kernel& kernel, const ir::Reduction& r);

Program emit(const ir::Kernel& kernel, const Options& options);

/// The text that every program starts with: kernels/math and kernels/cuda/prelude.cuh, without includes.
std::string_view prelude();

/// What NVRTC is given. No contraction; division, square root and subnormals are IEEE by default. A program uses no
/// textures, which is what --minimal leaves out (2.5 ms a program), not every constant of the prelude (177), and no
/// place where it only generates (550).
std::vector<std::string> compiler_options(int capability);

}  // namespace ingot::cuda
