// The interpreter: runs a kernel with the element loops that were compiled ahead (kernels/cpu/support.h), one loop per
// instruction, over blocks small enough that every value stays in the first-level cache. First tier and last resort.
#pragma once

#include <cstdint>
#include <vector>

#include "host/ir/kernel.h"
#include "kernels/cpu/support.h"
#include "kernels/cpu/tile.h"

namespace ingot::emit {

/// One region of a kernel, prepared to run: a list of loop calls over numbered places. A place is the memory that a
/// value has for the current block: a slot of scratch, or the operand itself.
class Section {
 public:
  Section() = default;

  /// `reduced` are the dtypes of values that follow the region's inputs in Tile::in (an epilogue's Reduced).
  /// `kept` are values that something outside the region reads when a block is done.
  Section(const ir::Region& region, const std::vector<DType>& reduced, const std::vector<std::uint16_t>& kept,
          const cpu::Support& support);

 private:
  friend class Program;
  using Place = std::uint32_t;

  struct Step {
    cpu::Support::Apply* apply = nullptr;  // null: cast
    cpu::Support::Cast* cast = nullptr;
    Place out = 0, args[3] = {};
  };

  enum class Source : std::uint8_t { Direct, Uniform, Generated };
  struct Input {
    Source source = Source::Direct;
    bool read = false;
    std::uint8_t itemsize = 0;
    Place slot = 0;   // holds what is not read from memory directly
    Place place = 0;  // what the steps read
  };

  struct Param {
    Place slot = 0;
    std::uint8_t itemsize = 0;
  };

  struct Output {
    Place value = 0;  // what is stored; `place` where a step computes it there directly
    Place place = 0;  // the memory of the operand, or staging where that cannot be written directly
    Place staging = 0;
    std::uint8_t itemsize = 0;
  };

  std::vector<Step> steps_;
  std::vector<Input> inputs_;
  std::vector<Param> params_;
  std::vector<Output> outputs_;
  std::vector<Place> kept_;  // places of `kept`
  Place slots_ = 0;          // places 0 .. slots_ - 1 are slots, the others operands
  Place places_ = 0;
  std::int64_t element_bytes_ = 0;  // touched per element of a block: decides the block's length
};

/// A kernel that can be run on tiles at once. Immutable: any number of threads may run one.
class Program {
 public:
  Program(const ir::Kernel& kernel, cpu::Level level);

  /// What cpu::Tile says for the kernel's form. Outputs must not overlap inputs.
  void body(const cpu::Tile& tile) const;

  /// The epilogue as a Map tile. tile.in holds the epilogue's inputs, then the result of each reduction, contiguous.
  void epilogue(const cpu::Tile& tile) const;

 private:
  struct Fold {
    std::uint8_t itemsize = 0;
    std::int64_t state_bytes = 0, accumulator_bytes = 0;
    cpu::Support::Clear* clear = nullptr;
    cpu::Support::Accumulate* accumulate = nullptr;
    cpu::Support::Accumulate* accumulate_rows = nullptr;
    cpu::Support::Fold* fold = nullptr;
  };
  struct Run;

  void run(const Section& section, ir::Form form, std::int64_t block, const cpu::Tile& tile) const;

  const cpu::Support& support_;
  ir::Form form_;
  std::int64_t lanes_ = 0, leaf_ = 0;
  std::vector<Fold> folds_;
  Section body_, epilogue_;
  std::int64_t body_block_ = 0, epilogue_block_ = 0;  // elements
};

}  // namespace ingot::emit
