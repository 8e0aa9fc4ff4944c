// Plane rotations of implicit-shift iterations, noted sweep by sweep, to be applied to vectors some sweeps at a time.
#pragma once

#include <cstdint>

namespace ingot::prebuilt {

inline constexpr std::int64_t kSweepsTogether = 4;  // each row of vectors is loaded and stored once for them

/// Sweeps, one after another, over rows first to first + count: rotation i is of rows first + i and the next, or,
/// descending, of rows first + count - i and the one before. Of the rows (x, y) in the order in which the sweep meets
/// them it makes (c x + s y, c y - s x).
struct Sweeps {
  std::int64_t first, count;
  bool ascending;
  double* rotations;  // c and s, for each i those of every sweep; sweeps and parts of them that are not there: 1, 0
};

/// Memory for rotations, filled by an iteration and then applied.
class SweepBuffer {
 public:
  /// From which many rotations of one sweep there is room for any matrix of so many rows.
  static std::int64_t numbers(std::int64_t rows, std::int64_t sweeps) {
    return 2 * kSweepsTogether * rows * ((sweeps + kSweepsTogether - 1) / kSweepsTogether);
  }

  SweepBuffer(double* memory, std::int64_t numbers, Sweeps* list, std::int64_t length)
      : memory_(memory), numbers_(numbers), list_(list), length_(length) {}

  void clear() { used_ = sweeps_ = of_last_ = 0; }
  const Sweeps* begin() const { return list_; }
  const Sweeps* end() const { return list_ + sweeps_; }

  /// Where the first c of one more sweep goes; those of the next rotation kNext numbers on. Null: no room.
  double* add(std::int64_t first, std::int64_t count, bool ascending) {
    if (of_last_ > 0 && of_last_ < kSweepsTogether) {
      const Sweeps& last = list_[sweeps_ - 1];
      // What is not there costs as much as what is.
      if (last.ascending == ascending && first >= last.first && first + count <= last.first + last.count &&
          2 * count >= last.count) {
        const std::int64_t skipped = ascending ? first - last.first : last.first + last.count - first - count;
        return last.rotations + skipped * kNext + 2 * of_last_++;
      }
    }
    if (sweeps_ == length_ || used_ + count * kNext > numbers_) return nullptr;
    double* const rotations = memory_ + used_;
    for (std::int64_t i = 0; i < count * kNext; i += 2) {
      rotations[i] = 1;
      rotations[i + 1] = 0;
    }
    list_[sweeps_++] = {first, count, ascending, rotations};
    used_ += count * kNext;
    of_last_ = 1;
    return rotations;
  }

  static constexpr std::int64_t kNext = 2 * kSweepsTogether;

 private:
  double* const memory_;
  const std::int64_t numbers_;
  Sweeps* const list_;
  const std::int64_t length_;
  std::int64_t used_ = 0, sweeps_ = 0, of_last_ = 0;
};

}  // namespace ingot::prebuilt
