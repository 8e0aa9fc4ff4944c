// Launches whose innermost axis is kept: rows stream past a segment of accumulators.
#include <algorithm>
#include <bit>

#include "host/base/divide_up.h"
#include "host/exec/blocks.h"
#include "host/exec/parallel.h"
#include "host/exec/reduction.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kSegment = 8192;  // kept elements: long runs of each row for the prefetchers, accumulators in L2
constexpr std::int64_t kStagedSegment = 128;
constexpr std::int64_t kStagedRows = 16;
constexpr std::int64_t kTasksPerThread = 8;
constexpr std::int64_t kAligned = 64;  // whole cache lines of every dtype

class ColumnLaunch {
 public:
  ColumnLaunch(const Bound& bound, int threads)
      : bound_(bound),
        threads_(threads),
        support_(cpu::support(jit::level())),
        reductions_(bound.reductions),
        outer_axes_(bound.outer),
        reduced_(bound.reduced),
        columns_(bound.launch->extents.back()),
        outer_(outer_axes_.count),
        elements_(reduced_.count),
        leaves_(divide_up(elements_, ir::kColumnLeaf)) {
    staged_ = bound.body.staged;
    segment_ = std::min(columns_, staged_ ? kStagedSegment : kSegment);
    tasks_ = task_count(bound.work, threads, kTasksPerThread);
    // Cut by columns where there are enough, into as many segments for each thread: what is cut by leaves has to be
    // joined.
    if (outer_ < tasks_ && columns_ >= 2 * kAligned * threads) {
      const std::int64_t cuts = divide_up(columns_, segment_ * threads) * threads;
      segment_ = std::min(segment_, divide_up(divide_up(columns_, cuts), kAligned) * kAligned);
    }
    segments_ = divide_up(columns_, segment_);
  }

  void run() {
    // Leaves are shared out among tasks only where columns do not go round: as many parts for each thread, or so many
    // that one more for some does not matter.
    const std::int64_t parts = outer_ * segments_;
    const bool enough = parts % threads_ == 0 || parts >= 4 * threads_;
    const std::int64_t pieces = enough ? 1 : std::min(divide_up(tasks_, parts), leaves_);
    per_block_ = static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(divide_up(leaves_, pieces))));
    blocks_ = divide_up(leaves_, per_block_);
    if (blocks_ > 1) partials_.allocate(reductions_, blocks_ * outer_ * columns_);

    parallel_for(outer_ * segments_ * blocks_, threads_, [this](std::int64_t t) {
      const std::int64_t block = t % blocks_, segment = t / blocks_ % segments_, outer = t / blocks_ / segments_;
      Frame& frame = start_frame();
      const std::int64_t begin = segment * segment_, n = std::min(segment_, columns_ - begin);
      fold_block(frame, outer, begin, n, block);
      if (blocks_ == 1) return deliver(frame, outer, begin, n, states_at(frame, 0));
      for (std::size_t k = 0; k < reductions_.size(); ++k)
        std::copy_n(level(frame, k, 0), n * reductions_[k].state_bytes, partial(k, block, outer, begin));
    });
    if (blocks_ > 1) join_blocks();
  }

 private:
  // Joined states of a run of leaves: `leaves` of them, waiting at one level of the stack.
  struct Node {
    std::int64_t leaves;
    std::int64_t elements;
  };

  // Folds one block of leaves; its states are left at level 0 of the stack.
  void fold_block(Frame& frame, std::int64_t outer, std::int64_t begin, std::int64_t n, std::int64_t block) {
    const std::int64_t last = std::min(leaves_, (block + 1) * per_block_);
    Node stack[64];
    int depth = 0;
    for (std::int64_t leaf = block * per_block_; leaf < last; ++leaf) {
      const std::int64_t first = leaf * ir::kColumnLeaf,
                         count = std::min<std::int64_t>(ir::kColumnLeaf, elements_ - first);
      for (std::size_t k = 0; k < reductions_.size(); ++k)
        frame.acc[k] =
            frame.scratch(slot(k, -1), static_cast<std::size_t>(segment_ * reductions_[k].accumulator_bytes));
      fold_leaf(frame, outer, begin, n, first, count);
      for (std::size_t k = 0; k < reductions_.size(); ++k) {
        const Reducing& r = reductions_[k];
        support_.column_fold[r.reducer][r.dtype](frame.acc[k], n, count, level(frame, k, depth));
      }
      stack[depth++] = {1, count};
      while (depth > 1 && stack[depth - 2].leaves == stack[depth - 1].leaves) join_top(frame, stack, depth, n);
    }
    while (depth > 1) join_top(frame, stack, depth, n);
  }

  void join_top(Frame& frame, Node* stack, int& depth, std::int64_t n) {
    Node& left = stack[depth - 2];
    const Node& right = stack[depth - 1];
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      const Reducing& r = reductions_[k];
      support_.column_join[r.reducer][r.dtype](level(frame, k, depth - 2), level(frame, k, depth - 1), n, left.elements,
                                               right.elements);
    }
    left.leaves += right.leaves;
    left.elements += right.elements;
    --depth;
  }

  // Rows [first, first + count) of the reduced space, in runs along its innermost axis.
  void fold_leaf(Frame& frame, std::int64_t outer, std::int64_t begin, std::int64_t n, std::int64_t first,
                 std::int64_t count) {
    Dims outer_index, index;
    unravel(outer_axes_.extents, outer, outer_index);
    const std::int64_t inner = reduced_.extents.back();
    for (std::int64_t done = 0; done < count;) {
      unravel(reduced_.extents, first + done, index);
      std::int64_t rows = std::min(count - done, inner - index[index.size() - 1]);
      if (staged_) rows = std::min(rows, kStagedRows);
      const auto place = [&](const Operand& o) {
        const std::int64_t column = o.step[o.step.size() - 1];
        const std::int64_t offset =
            begin * column + offset_at(outer_index, outer_axes_, o.step) + offset_at(index, reduced_, o.step);
        return Place{offset, o.step[reduced_.numbers.back()], column};
      };
      frame.lay(bound_.body, rows, n, place);
      frame.tile.leaf_row = done;
      bound_.runner.body(frame.tile);
      frame.finish(bound_.body, place);
      done += rows;
    }
  }

  void join_blocks() {
    parallel_for(outer_ * segments_, threads_, [this](std::int64_t t) {
      const std::int64_t outer = t / segments_, begin = t % segments_ * segment_,
                         n = std::min(segment_, columns_ - begin);
      Frame& frame = start_frame();
      const std::int64_t size = per_block_ * ir::kColumnLeaf;
      for (std::int64_t stride = 1; stride < blocks_; stride *= 2) {
        for (std::int64_t b = 0; b + stride < blocks_; b += 2 * stride) {
          const std::int64_t right = std::min(elements_, (b + 2 * stride) * size) - (b + stride) * size;
          for (std::size_t k = 0; k < reductions_.size(); ++k) {
            const Reducing& r = reductions_[k];
            support_.column_join[r.reducer][r.dtype](partial(k, b, outer, begin), partial(k, b + stride, outer, begin),
                                                     n, stride * size, right);
          }
        }
      }
      for (std::size_t k = 0; k < reductions_.size(); ++k) frame.states[k] = partial(k, 0, outer, begin);
      deliver(frame, outer, begin, n, frame.states);
    });
  }

  void deliver(Frame& frame, std::int64_t outer, std::int64_t begin, std::int64_t n, const std::vector<void*>& states) {
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      frame.results[k] = frame.scratch(slot(k, kLevels - 1), static_cast<std::size_t>(n * reductions_[k].result_bytes));
      reductions_[k].finish(states[k], n, frame.results[k]);
    }
    run_epilogue(bound_, outer * columns_ + begin, n, frame.results);
  }

  Frame& start_frame() const {
    Frame& frame = Frame::of_thread();
    frame.start(bound_.body, support_);
    frame.acc.resize(reductions_.size());
    frame.states.resize(reductions_.size());
    frame.results.resize(reductions_.size());
    frame.tile.acc = frame.acc.data();
    return frame;
  }

  static constexpr int kLevels = 66;  // of the stack of states; -1 is the accumulators', the last the results'
  static std::size_t slot(std::size_t k, int level) { return k * (kLevels + 1) + static_cast<std::size_t>(level + 1); }

  std::byte* level(Frame& frame, std::size_t k, int depth) const {
    return frame.scratch(slot(k, depth), static_cast<std::size_t>(segment_ * reductions_[k].state_bytes));
  }

  const std::vector<void*>& states_at(Frame& frame, int depth) const {
    for (std::size_t k = 0; k < reductions_.size(); ++k) frame.states[k] = level(frame, k, depth);
    return frame.states;
  }

  std::byte* partial(std::size_t k, std::int64_t block, std::int64_t outer, std::int64_t begin) const {
    return partials_.at(reductions_[k], (block * outer_ + outer) * columns_ + begin);
  }

  const Bound& bound_;
  const int threads_;
  const cpu::Support& support_;
  const std::vector<Reducing>& reductions_;
  const Axes &outer_axes_, &reduced_;
  const std::int64_t columns_, outer_, elements_, leaves_;
  std::int64_t tasks_, segment_, segments_, per_block_ = 1, blocks_ = 1;
  bool staged_;
  Partials partials_;
};

}  // namespace

void run_column(const Bound& bound, int threads) { ColumnLaunch(bound, threads).run(); }

}  // namespace ingot::exec
