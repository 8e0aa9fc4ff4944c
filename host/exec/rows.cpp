#include "host/exec/rows.h"

#include <algorithm>
#include <atomic>

#include "host/base/cache.h"
#include "host/base/divide_up.h"
#include "host/base/per_thread.h"
#include "host/exec/parallel.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kBlocksPerThread = 16;  // at least, where rows allow: a late thread then costs little

// What a thread has of a region: the launches, with operands in its own buffer. Copies are made into those of the run
// before, so that a warm one allocates nothing.
struct Share {
  std::uint64_t run = 0;        // whose launches these are
  std::vector<Bound> launches;  // as many as the region has, and more
  std::vector<std::byte> memory;
};

class RowBlocksRun {
 public:
  RowBlocksRun(RowBlocks& region, const std::vector<Bound>& launches, int threads)
      : region_(region), launches_(launches), number_(++runs) {
    // A quarter of the second-level cache: what is read next comes in meanwhile.
    const std::int64_t fitting = second_level_cache() / 4 / std::max<std::int64_t>(region.row_bytes, 1);
    const std::int64_t shared = divide_up(region.rows, threads > 1 ? threads * kBlocksPerThread : 1);
    const std::int64_t worth =
        std::max<std::int64_t>(1, region.rows * kBlockWork / std::max<std::int64_t>(region.work, 1));
    block_ = std::clamp<std::int64_t>(std::min(fitting, std::max(shared, worth)), 1, region.rows);
    region.starts.clear();
    for (const std::int64_t size : region.row_sizes) {
      region.starts.push_back(bytes_);
      bytes_ += divide_up(block_ * size, kLine) * kLine;
    }
  }

  std::int64_t blocks() const { return divide_up(region_.rows, block_); }

  void run(std::int64_t t) const {
    Share& share = start_share();
    const std::int64_t begin = t * block_, end = std::min(region_.rows, begin + block_);
    for (std::size_t k = 0; k < region_.launches.size(); ++k) {
      Bound& bound = share.launches[k];
      point(bound.body, share, begin);
      point(bound.epilogue, share, begin);
      if (bound.launch->kernel.form() == ir::Form::Row) {
        run_row_part(bound, begin, end);
      } else {
        const std::int64_t length = bound.elements / region_.rows;
        run_map_part(bound, begin * length, end * length, region_.streaming[k]);
      }
    }
  }

 private:
  static constexpr std::int64_t kLine = 64;
  static constexpr std::int64_t kBlockWork = 1 << 14;  // additions: beginning a block costs about a tenth of it
  static inline std::atomic<std::uint64_t> runs{0};

  Share& start_share() const {
    Share& share = per_thread<Share, RowBlocksRun>();
    if (share.run == number_) return share;
    if (share.launches.size() < region_.launches.size()) share.launches.resize(region_.launches.size());
    for (std::size_t k = 0; k < region_.launches.size(); ++k) {
      Bound& copy = share.launches[k];
      copy = launches_[static_cast<std::size_t>(region_.launches[k])];
      copy.code = nullptr;  // the plan holds it while this runs, and nobody after
      copy.gpu = nullptr;
    }
    if (const auto bytes = static_cast<std::size_t>(bytes_ + kLine); share.memory.size() < bytes)
      share.memory.resize(bytes);
    share.run = number_;
    return share;
  }

  // Operands step from row 0 of their value on, of which the buffer has the rows from `first` on.
  void point(Region& region, Share& share, std::int64_t first) const {
    for (std::vector<Operand>* operands : {&region.in, &region.out}) {
      for (Operand& operand : *operands) {
        if (operand.block < 0) continue;
        const auto k = static_cast<std::size_t>(operand.block);
        const auto memory = divide_up(reinterpret_cast<std::intptr_t>(share.memory.data()), kLine) * kLine;
        operand.base =
            reinterpret_cast<std::byte*>(memory + region_.starts[k] + operand.offset - first * region_.row_sizes[k]);
      }
    }
  }

  const RowBlocks& region_;
  const std::vector<Bound>& launches_;
  const std::uint64_t number_;
  std::int64_t block_ = 1;  // rows
  std::int64_t bytes_ = 0;
};

}  // namespace

void run_rows(RowBlocks& region, std::vector<Bound>& launches) {
  for (const int number : region.launches) choose_runner(launches[static_cast<std::size_t>(number)]);
  const int threads = threads_for(region.work);
  const RowBlocksRun run(region, launches, threads);
  parallel_for(run.blocks(), threads, [&](std::int64_t t) { run.run(t); });
}

}  // namespace ingot::exec
