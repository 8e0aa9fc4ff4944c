// Launches whose innermost axis is reduced.
#include <algorithm>
#include <bit>

#include "host/base/divide_up.h"
#include "host/exec/blocks.h"
#include "host/exec/parallel.h"
#include "host/exec/reduction.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kShortRow = 64;      // leaves
constexpr std::int64_t kBatchLeaves = 256;  // of one call: two megabytes of f64
constexpr std::int64_t kTasksPerThread = 16;
constexpr std::int64_t kBatchStates = 512;  // states of one call over many short rows

class RowLaunch {
 public:
  RowLaunch(const Bound& bound, int threads)
      : bound_(bound),
        threads_(threads),
        support_(cpu::support(jit::level())),
        reductions_(bound.reductions),
        reduced_(bound.reduced),
        kept_axes_(bound.kept),
        elements_(reduced_.count),
        kept_(kept_axes_.count),
        leaf_(ir::leaf_size(bound.launch->kernel)),
        leaves_(divide_up(elements_, leaf_)) {
    staged_ = bound.body.staged;
    tasks_ = task_count(bound.work, threads, kTasksPerThread);
  }

  /// The kept indices from begin to end, all of each.
  void whole_rows(std::int64_t begin, std::int64_t end) {
    Frame& frame = start_frame();
    const std::int64_t batch = rows_per_batch();
    for (; begin < end; begin += batch) short_rows(frame, begin, std::min(batch, end - begin));
  }

  void run() {
    const bool enough_rows = threads_ == 1 || kept_ >= 4 * threads_ || leaves_ == 1;
    if (leaves_ <= kShortRow && enough_rows)
      run_short_rows();
    else
      run_long_rows();
  }

 private:
  // ---- rows that one thread does whole, in batches of several rows
  void run_short_rows() {
    const std::int64_t batch = rows_per_batch();
    const std::int64_t share = std::max<std::int64_t>(1, divide_up(kept_, tasks_));
    const std::int64_t per_task = share < batch ? share : divide_up(share, batch) * batch;
    parallel_for(divide_up(kept_, per_task), threads_,
                 [this, per_task](std::int64_t t) { whole_rows(t * per_task, std::min(kept_, (t + 1) * per_task)); });
  }

  std::int64_t rows_per_batch() const { return std::max<std::int64_t>(1, kBatchStates / leaves_); }

  void short_rows(Frame& frame, std::int64_t begin, std::int64_t count) {
    std::vector<void*>& results = frame.results;
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      const Reducing& r = reductions_[k];
      frame.states[k] = frame.scratch(2 * k, static_cast<std::size_t>(count * leaves_ * r.state_bytes));
      results[k] = frame.scratch(2 * k + 1, static_cast<std::size_t>(count * std::max(r.result_bytes, r.state_bytes)));
    }
    for (std::int64_t row = 0; row < count;) row += fold_rows(frame, begin + row, count - row, row);
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      const Reducing& r = reductions_[k];
      auto* states = static_cast<std::byte*>(frame.states[k]);
      if (leaves_ > 1) {
        for (std::int64_t row = 0; row < count; ++row) {
          std::byte* const row_states = states + row * leaves_ * r.state_bytes;
          r.join(row_states, leaves_, leaf_, elements_);
          if (row != 0) std::copy_n(row_states, r.state_bytes, states + row * r.state_bytes);
        }
      }
      r.finish(states, count, results[k]);
    }
    run_epilogue(bound_, begin, count, results);
  }

  // Runs the body over as many whole rows as one tile takes, from kept index `kept`; states go to row `at` and on.
  std::int64_t fold_rows(Frame& frame, std::int64_t kept, std::int64_t most, std::int64_t at) {
    if (reduced_.numbers.size() > 1 || kept_axes_.numbers.empty() || (staged_ && elements_ > kStagedElements)) {
      fold_leaves(frame, kept, 0, leaves_, at * leaves_);
      return 1;
    }
    Dims index;
    unravel(kept_axes_.extents, kept, index);
    std::int64_t rows = std::min(most, kept_axes_.extents.back() - index[index.size() - 1]);
    if (staged_) rows = std::min(rows, std::max<std::int64_t>(1, kStagedElements / elements_));
    const auto place = [&](const Operand& o) {
      return Place{kept_offset(o, index), o.step[kept_axes_.numbers.back()], o.step[reduced_.numbers[0]]};
    };
    frame.lay(bound_.body, rows, elements_, place);
    point_states(frame, at * leaves_);
    bound_.runner.body(frame.tile);
    frame.finish(bound_.body, place);
    return rows;
  }

  // ---- rows that are cut into chunks, whole subtrees of the canonical order, and these shared out among threads
  void run_long_rows() {
    const std::int64_t fine = leaves_ * kept_ / (threads_ * kTasksPerThread);
    chunk_ = static_cast<std::int64_t>(
        std::bit_floor(static_cast<std::uint64_t>(std::clamp<std::int64_t>(fine, 1, kBatchLeaves))));
    chunks_ = divide_up(leaves_, chunk_);
    const std::int64_t pieces = std::min(divide_up(tasks_, kept_), chunks_);
    partials_.allocate(reductions_, kept_ * chunks_);

    parallel_for(kept_ * pieces, threads_, [this, pieces](std::int64_t t) {
      const std::int64_t piece = t % pieces;
      fold_chunks(start_frame(), t / pieces, chunks_ * piece / pieces, chunks_ * (piece + 1) / pieces);
    });

    const DefaultFloatState state;
    std::vector<void*>& results = Frame::of_thread().results;
    results.clear();
    for (const Reducing& r : reductions_) {
      std::byte* const states = partials_.at(r, 0);
      for (std::int64_t row = 0; row < kept_; ++row) {
        std::byte* const of_row = partials_.at(r, row * chunks_);
        r.join(of_row, chunks_, chunk_ * leaf_, elements_);
        if (row != 0) std::copy_n(of_row, r.state_bytes, states + row * r.state_bytes);
      }
      results.push_back(states);
      r.finish(states, kept_, states);
    }
    run_epilogue(bound_, 0, kept_, results);
  }

  // The states of chunks [first, last) of one kept index, several to a call of the body.
  void fold_chunks(Frame& frame, std::int64_t kept, std::int64_t first, std::int64_t last) {
    const std::int64_t batch = kBatchLeaves / chunk_;
    for (std::size_t k = 0; k < reductions_.size(); ++k)
      frame.states[k] = frame.scratch(2 * k, static_cast<std::size_t>(kBatchLeaves * reductions_[k].state_bytes));
    for (std::int64_t begin = first; begin < last; begin += batch) {
      const std::int64_t end = std::min(last, begin + batch);
      fold_leaves(frame, kept, begin * chunk_, std::min(leaves_, end * chunk_), 0);
      for (std::size_t k = 0; k < reductions_.size(); ++k) {
        const Reducing& r = reductions_[k];
        for (std::int64_t chunk = begin; chunk < end; ++chunk) {
          const std::int64_t leaf = chunk * chunk_, leaves = std::min(leaves_ - leaf, chunk_);
          std::byte* const states = static_cast<std::byte*>(frame.states[k]) + (leaf - begin * chunk_) * r.state_bytes;
          r.join(states, leaves, leaf_, std::min(elements_ - leaf * leaf_, leaves * leaf_));
          std::copy_n(states, r.state_bytes, partials_.at(r, kept * chunks_ + chunk));
        }
      }
    }
  }

  // Runs the body over leaves [first, last) of one kept index; their states go to position `at` and on.
  void fold_leaves(Frame& frame, std::int64_t kept, std::int64_t first, std::int64_t last, std::int64_t at) {
    Dims index;
    unravel(kept_axes_.extents, kept, index);
    for (std::size_t k = 0; k < bound_.body.in.size(); ++k) frame.in_offset[k] = kept_offset(bound_.body.in[k], index);
    for (std::size_t k = 0; k < bound_.body.out.size(); ++k)
      frame.out_offset[k] = kept_offset(bound_.body.out[k], index);

    const std::int64_t step = staged_ ? std::max<std::int64_t>(1, kStagedElements / leaf_) : last - first;
    for (std::int64_t leaf = first; leaf < last; leaf += step) {
      const std::int64_t begin = leaf * leaf_, end = std::min(elements_, std::min(last, leaf + step) * leaf_);
      frame.lay_range(bound_.body, reduced_, begin, end - begin);
      point_states(frame, at + leaf - first);
      bound_.runner.body(frame.tile);
      frame.finish_range(bound_.body, reduced_, begin, end - begin);
    }
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

  void point_states(Frame& frame, std::int64_t at) const {
    for (std::size_t k = 0; k < reductions_.size(); ++k)
      frame.acc[k] = static_cast<std::byte*>(frame.states[k]) + at * reductions_[k].state_bytes;
  }

  std::int64_t kept_offset(const Operand& o, const Dims& index) const { return offset_at(index, kept_axes_, o.step); }

  const Bound& bound_;
  const int threads_;
  const cpu::Support& support_;
  const std::vector<Reducing>& reductions_;
  const Axes &reduced_, &kept_axes_;
  const std::int64_t elements_, kept_, leaf_, leaves_;
  std::int64_t tasks_, chunk_ = 1, chunks_ = 1;
  Partials partials_;
  bool staged_;
};

}  // namespace

void run_row(const Bound& bound, int threads) { RowLaunch(bound, threads).run(); }

void run_row_part(const Bound& bound, std::int64_t begin, std::int64_t end) {
  RowLaunch(bound, 1).whole_rows(begin, end);
}

}  // namespace ingot::exec
