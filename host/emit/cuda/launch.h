// From the extents, strides and addresses of one launch to the options of the program it needs, its grid and its
// arguments.
#pragma once

#include <cstdint>
#include <vector>

#include "host/emit/cuda/program.h"

namespace ingot::cuda {

/// Indices of 32 bits reach so far, and may overshoot by a block's units.
inline constexpr std::int64_t kNarrowLimit = (std::int64_t{1} << 31) - (1 << 20);

struct Device {
  int multiprocessors = 132;
  int bytes_in_flight = 48 * 1024;
};

/// Where an operand is. A generated one has its value at index 0 in place of the address.
struct Binding {
  std::uint64_t address = 0;
  std::vector<std::int64_t> strides;  // elements, one per axis of the operand's region: all axes, or the kept ones
};

struct Launch {
  std::vector<std::int64_t> extents;  // one per axis
  std::vector<Binding> inputs, stores, epilogue_inputs, epilogue_stores;
  std::vector<std::uint64_t> params, epilogue_params;  // values in the low bytes
};

/// Index width, schedule and alignment classes that fit the launch.
Options choose(const ir::Kernel& kernel, const Launch& launch, const Device& device);

/// The size of a launch of a program. Blocks are one-dimensional, of kBlock threads.
struct Grid {
  std::uint32_t blocks = 1;
  std::int64_t row = 1, shift = 0, chunks = 1, units = 1;
  std::int64_t kept = 1, reduced = 1, leaves = 1, runs = 1, tiles = 1;
  int log_team = 5, log_leaves = 0, log_run = 0, log_columns = 0, units_each = 1;
  std::vector<std::size_t> partials;  // offset of each reduction's states in the scratch memory
  std::size_t scratch_bytes = 0;      // scratch memory that the launch needs, its contents arbitrary
  std::size_t tickets = 0;            // 32-bit words that must be 0 before the launch, and are 0 after it
};

Grid grid(const Program& program, const ir::Kernel& kernel, const Launch& launch, const Device& device);

/// The bytes of the program's one parameter, in slots of 8.
std::vector<std::uint64_t> arguments(const Program& program, const Grid& grid, const Launch& launch,
                                     std::uint64_t scratch, std::uint64_t tickets);

/// The members of a Divisor (kernels/cuda/prelude.cuh) by a number.
void push_divisor(std::vector<std::uint64_t>& slots, std::int64_t by, bool wide);

}  // namespace ingot::cuda
