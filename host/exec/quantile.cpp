// Quantiles on the host, by selection: of a long row the ranks asked for are bracketed by a sample, so that one pass
// leaves a few percent of the row to select from. What is selected does not depend on the sample.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "host/device/host_memory.h"
#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "kernels/prebuilt/select.h"

namespace ingot::exec {
namespace {

using prebuilt::Bracketed;
using prebuilt::Neighbours;

constexpr std::int64_t kSerial = 1 << 12;   // elements that a thread selects from before a team has begun
constexpr std::int64_t kLongRow = 1 << 15;  // elements, from which a row is bracketed
constexpr std::int64_t kSample = 1 << 12;
constexpr std::int64_t kTasksPerThread = 16;

struct Bracket {
  std::uint64_t low, high;
};

class Selector {
 public:
  explicit Selector(const RoutineCall& call)
      : call_(call),
        in_(call.inputs.front().data),
        loops_(prebuilt::selecting(call.inputs.front().dtype)),
        size_(static_cast<std::int64_t>(itemsize(call.inputs.front().dtype))),
        n_(call.inputs.front().shape.back()),
        rows_(call.inputs.front().shape.numel() / n_),
        skips_nan_(call.parameters[0] != 0) {
    for (int k = 1; k < call.parameters.size(); ++k) fractions_.push_back(std::bit_cast<double>(call.parameters[k]));
  }

  void run() {
    const int threads = rows_ * n_ < kSerial ? 1 : call_.threads;
    if (n_ >= kLongRow && rows_ < 4 * std::int64_t{threads}) {
      const StorageRef memory = scratch();
      for (std::int64_t row = 0; row < rows_; ++row) select(row, memory->data(), threads);
      return;
    }
    const std::int64_t tasks = std::min<std::int64_t>(rows_, threads > 1 ? threads * kTasksPerThread : 1);
    parallel_for(tasks, threads, [&](std::int64_t t) {
      const StorageRef memory = scratch();
      for (std::int64_t row = rows_ * t / tasks; row < rows_ * (t + 1) / tasks; ++row) select(row, memory->data(), 1);
    });
  }

 private:
  StorageRef scratch() const {
    return device::allocate(static_cast<std::size_t>(n_ * size_), [&] {
      return "the scratch memory to select from rows of " + std::to_string(n_) + ' ' +
             std::string(name(call_.inputs.front().dtype));
    });
  }

  void select(std::int64_t row, std::byte* memory, int threads) const {
    for (std::size_t q = 0; q < fractions_.size(); ++q) {
      const double value = of_row(row, fractions_[q], memory, threads);
      const std::int64_t place = static_cast<std::int64_t>(q) * rows_ + row;
      if (call_.result.dtype == DType::Float32)
        reinterpret_cast<float*>(call_.result.data)[place] = static_cast<float>(value);
      else
        reinterpret_cast<double*>(call_.result.data)[place] = value;
    }
  }

  double of_row(std::int64_t row, double fraction, std::byte* memory, int threads) const {
    const std::byte* const elements = in_ + row * n_ * size_;
    if (n_ >= kLongRow) {
      const Bracket likely = sampled(elements, fraction);
      if (const std::optional<double> found = bracketed(elements, fraction, likely, memory, threads)) return *found;
    }
    return *bracketed(elements, fraction, {0, loops_.greatest}, memory, threads);
  }

  // Bounds that, unless the row is laid out against it, are to either side of the ranks: four standard deviations of
  // what a sample gives. NaN takes a share of the ranks, which is known afterwards only: then the sample's serves.
  Bracket sampled(const std::byte* elements, double fraction) const {
    std::vector<std::uint64_t> keys;
    for (std::int64_t i = 0; i < kSample; ++i) {
      const std::uint64_t key = loops_.key(elements, n_ / kSample * i + (i * 7919) % (n_ / kSample));
      if (key <= loops_.greatest) keys.push_back(key);
    }
    if (keys.empty()) return {0, loops_.greatest};
    std::sort(keys.begin(), keys.end());
    const double rank = fraction * static_cast<double>(keys.size() - 1);
    const double margin = 2 * std::sqrt(static_cast<double>(kSample)) + 1;
    const auto last = static_cast<std::ptrdiff_t>(keys.size()) - 1;
    const auto low = static_cast<std::ptrdiff_t>(rank - margin), high = static_cast<std::ptrdiff_t>(rank + margin) + 1;
    return {rank < margin ? 0 : keys[static_cast<std::size_t>(low)],
            high > last ? loops_.greatest : keys[static_cast<std::size_t>(high)]};
  }

  // The quantile, unless it lies outside the bracket. `memory` has room for the row.
  std::optional<double> bracketed(const std::byte* elements, double fraction, Bracket bracket, std::byte* memory,
                                  int threads) const {
    const std::int64_t pieces = threads > 1 ? threads * kTasksPerThread : 1;
    const auto begin_of = [&](std::int64_t piece) { return n_ * piece / pieces; };
    std::vector<Bracketed> found(static_cast<std::size_t>(pieces));
    parallel_for(pieces, threads, [&](std::int64_t p) {
      const std::int64_t begin = begin_of(p);
      found[static_cast<std::size_t>(p)] = loops_.bracket(elements + begin * size_, begin_of(p + 1) - begin,
                                                          bracket.low, bracket.high, memory + begin * size_);
    });
    Bracketed all;
    for (std::int64_t p = 0; p < pieces; ++p) {
      const Bracketed& piece = found[static_cast<std::size_t>(p)];
      const std::byte* const keys = memory + begin_of(p) * size_;
      std::copy_n(keys, piece.inside * size_, memory + all.inside * size_);
      all.before += piece.before;
      all.inside += piece.inside;
      all.nans += piece.nans;
    }
    const std::int64_t numbers = n_ - all.nans;
    if (numbers == 0 || (all.nans > 0 && !skips_nan_)) return std::numeric_limits<double>::quiet_NaN();
    const double position = fraction * static_cast<double>(numbers - 1);
    const auto rank = static_cast<std::int64_t>(position);
    const std::int64_t k = rank - all.before, most = all.inside - (rank + 1 < numbers ? 2 : 1);
    if (k < 0 || k > most) return {};
    const Neighbours at = loops_.select(memory, all.inside, k);
    return between(loops_.value(at.low), loops_.value(at.high), position - static_cast<double>(rank));
  }

  // On the line from low to high, from the end that is nearer. Where the difference or the sum is too large, the same
  // of halves.
  static double between(double low, double high, double t) {
    if (t == 0 || low == high) return low;
    if (std::isinf(low) || std::isinf(high)) return low + high;
    if (std::isinf(high - low) || std::isinf(low + high)) return 2 * between(low / 2, high / 2, t);
    if (t == 0.5) return (low + high) / 2;
    return t < 0.5 ? low + (high - low) * t : high - (high - low) * (1 - t);
  }

  const RoutineCall& call_;
  const std::byte* const in_;
  const prebuilt::Selecting& loops_;
  const std::int64_t size_, n_, rows_;
  const bool skips_nan_;
  std::vector<double> fractions_;
};

}  // namespace

void run_quantile(const RoutineCall& call) { Selector(call).run(); }

}  // namespace ingot::exec
