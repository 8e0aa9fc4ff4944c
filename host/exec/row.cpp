// Launches whose innermost axis is reduced.
#include <algorithm>
#include <bit>

#include "host/exec/blocks.h"
#include "host/exec/parallel.h"
#include "host/exec/reduction.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kMaxChunkLeaves = 64;  // leaves of one call: half a megabyte of f64
constexpr std::int64_t kChunkWork = 1 << 18;  // additions' worth: 10 to 20 us
constexpr std::int64_t kTasksPerThread = 16;
constexpr std::int64_t kBatchStates = 512;  // states of one call over many short rows

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

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
    chunk_ = chunk_leaves();
  }

  void run() {
    const bool enough_rows = threads_ == 1 || kept_ >= 4 * threads_ || leaves_ == 1;
    if (leaves_ <= kMaxChunkLeaves && enough_rows)
      run_short_rows();
    else
      run_long_rows();
  }

 private:
  // A power of two, so that chunks are whole subtrees of the canonical order.
  std::int64_t chunk_leaves() const {
    const std::int64_t leaf_work = std::max<std::int64_t>(1, bound_.work / std::max<std::int64_t>(1, kept_ * leaves_));
    const std::int64_t share = leaves_ * kept_ / (8 * threads_);
    return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(
        std::clamp<std::int64_t>(std::min(kChunkWork / leaf_work, share), 1, kMaxChunkLeaves))));
  }

  // ---- rows that one thread does whole, in batches of several rows
  void run_short_rows() {
    const std::int64_t batch = std::max<std::int64_t>(1, kBatchStates / leaves_);
    const std::int64_t tasks = task_count(bound_.work, threads_, kTasksPerThread);
    const std::int64_t share = std::max<std::int64_t>(1, divide_up(kept_, tasks));
    const std::int64_t per_task = share < batch ? share : divide_up(share, batch) * batch;
    parallel_for(divide_up(kept_, per_task), threads_, [&](std::int64_t t) {
      Frame& frame = start_frame();
      const std::int64_t end = std::min(kept_, (t + 1) * per_task);
      for (std::int64_t begin = t * per_task; begin < end; begin += batch)
        short_rows(frame, begin, std::min(batch, end - begin));
    });
  }

  void short_rows(Frame& frame, std::int64_t begin, std::int64_t count) {
    std::vector<void*>& results = frame.results;
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      const Reducing& r = reductions_[k];
      frame.states[k] = frame.scratch(2 * k, static_cast<std::size_t>(count * leaves_ * r.state_bytes));
      results[k] = frame.scratch(2 * k + 1, static_cast<std::size_t>(count * std::max(r.itemsize, r.state_bytes)));
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

  // ---- rows that are cut into blocks of leaves for several threads
  void run_long_rows() {
    const std::int64_t chunks = divide_up(leaves_, chunk_);
    const std::int64_t spread = std::max<std::int64_t>(1, chunks * kept_ / (threads_ * kTasksPerThread));
    const std::int64_t per_block =
        static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(std::min(spread, chunks))));
    const std::int64_t blocks = divide_up(chunks, per_block);
    std::vector<std::vector<std::byte>> partial;
    for (const Reducing& r : reductions_)
      partial.emplace_back(static_cast<std::size_t>(kept_ * blocks * r.state_bytes));

    parallel_for(kept_ * blocks, threads_, [&](std::int64_t t) {
      Frame& frame = start_frame();
      block(frame, t / blocks, t % blocks * per_block, std::min(chunks, (t % blocks + 1) * per_block));
      for (std::size_t k = 0; k < reductions_.size(); ++k)
        std::copy_n(frame.scratch(2 * k + 1, 0), reductions_[k].state_bytes,
                    partial[k].data() + t * reductions_[k].state_bytes);
    });

    const DefaultFloatState state;
    std::vector<void*> results;
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      const Reducing& r = reductions_[k];
      for (std::int64_t row = 0; row < kept_; ++row) {
        std::byte* const states = partial[k].data() + row * blocks * r.state_bytes;
        r.join(states, blocks, per_block * chunk_ * leaf_, elements_);
        if (row != 0) std::copy_n(states, r.state_bytes, partial[k].data() + row * r.state_bytes);
      }
      results.push_back(partial[k].data());
      r.finish(partial[k].data(), kept_, partial[k].data());
    }
    run_epilogue(bound_, 0, kept_, results);
  }

  // One block of chunks of one kept index; its state is left at the start of scratch slot 2k + 1.
  void block(Frame& frame, std::int64_t kept, std::int64_t chunk, std::int64_t chunk_end) {
    for (std::size_t k = 0; k < reductions_.size(); ++k) {
      frame.states[k] = frame.scratch(2 * k, static_cast<std::size_t>(chunk_ * reductions_[k].state_bytes));
      frame.scratch(2 * k + 1, static_cast<std::size_t>((chunk_end - chunk) * reductions_[k].state_bytes));
    }
    for (std::int64_t c = chunk; c < chunk_end; ++c) {
      const std::int64_t first = c * chunk_, last = std::min(leaves_, first + chunk_);
      fold_leaves(frame, kept, first, last, 0);
      const std::int64_t elements = std::min(elements_, last * leaf_) - first * leaf_;
      for (std::size_t k = 0; k < reductions_.size(); ++k) {
        const Reducing& r = reductions_[k];
        r.join(frame.states[k], last - first, leaf_, elements);
        std::copy_n(static_cast<const std::byte*>(frame.states[k]), r.state_bytes,
                    frame.scratch(2 * k + 1, 0) + (c - chunk) * r.state_bytes);
      }
    }
    const std::int64_t chunk_elements = chunk_ * leaf_;
    const std::int64_t elements = std::min(elements_, chunk_end * chunk_elements) - chunk * chunk_elements;
    for (std::size_t k = 0; k < reductions_.size(); ++k)
      reductions_[k].join(frame.scratch(2 * k + 1, 0), chunk_end - chunk, chunk_elements, elements);
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

  std::int64_t kept_offset(const Operand& o, const Dims& index) const {
    std::int64_t offset = 0;
    for (int k = 0; k < index.size(); ++k) offset += index[k] * o.step[kept_axes_.numbers[static_cast<std::size_t>(k)]];
    return offset;
  }

  const Bound& bound_;
  const int threads_;
  const cpu::Support& support_;
  const std::vector<Reducing>& reductions_;
  const Axes &reduced_, &kept_axes_;
  const std::int64_t elements_, kept_, leaf_, leaves_;
  std::int64_t chunk_;
  bool staged_;
};

}  // namespace

void run_row(const Bound& bound, int threads) { RowLaunch(bound, threads).run(); }

}  // namespace ingot::exec
