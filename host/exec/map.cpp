// Launches without reductions.
#include <algorithm>

#include "host/base/cache.h"
#include "host/base/divide_up.h"
#include "host/exec/blocks.h"
#include "host/exec/launch.h"
#include "host/exec/parallel.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kTasksPerThread = 16;    // enough that a late thread costs little
constexpr std::int64_t kTile = 1 << 14;         // elements of one call of the body
constexpr std::int64_t kAlignedElements = 512;  // tasks start at whole cache lines of every dtype

// Writing past the caches is worth it for what would not stay in them anyway (below that it is 3 to 4 times slower),
// and possible where every tile row starts at a whole cache line.
bool streams(const Bound& bound, std::int64_t elements) {
  std::int64_t written = 0;
  for (const Operand& out : bound.body.out) {
    if (out.staged || reinterpret_cast<std::uintptr_t>(out.base) % 64 != 0) return false;
    for (int k = 0; k + 1 < out.step.size(); ++k)
      if (out.step[k] % 64 != 0) return false;
    written += elements * out.itemsize;
  }
  return written > last_level_cache();
}

Frame& start_frame(const Bound& bound) {
  Frame& frame = Frame::of_thread();
  frame.start(bound.body, cpu::support(jit::level()));
  return frame;
}

// Tiles run over the whole space as one long row.
void run_flat(const Bound& bound, std::int64_t begin, std::int64_t end) {
  Frame& frame = start_frame(bound);
  const std::int64_t tile = bound.body.staged ? kStagedElements : kTile;
  for (; begin < end; begin += tile) {
    const std::int64_t n = std::min(tile, end - begin);
    frame.lay_range(bound.body, bound.all, begin, n);
    bound.runner.body(frame.tile);
    frame.finish_range(bound.body, bound.all, begin, n);
  }
}

void run_flat(const Bound& bound, int threads) {
  const std::int64_t total = bound.elements, wanted = task_count(bound.work, threads, kTasksPerThread);
  const std::int64_t task = divide_up(divide_up(total, wanted), kAlignedElements) * kAlignedElements;
  parallel_for(divide_up(total, task), threads,
               [&bound, task, total](std::int64_t t) { run_flat(bound, t * task, std::min(total, (t + 1) * task)); });
}

// A view stored as it is: nothing to compute on the way.
bool is_move(const Bound& bound) {
  const ir::Region& body = bound.launch->kernel.body;
  if (body.code.size() != 1 || body.inputs.size() != 1 || body.stores.size() != 1) return false;
  const Operand &in = bound.body.in[0], &out = bound.body.out[0];
  return in.staged && !in.index && !out.staged;
}

// Whether the rows of the result meet in a few sets of the first-level cache, which they would leave before their lines
// are whole.
bool is_crowded(const Operand& out) {
  constexpr std::int64_t kCrowded = 1024;
  return out.step.size() > 1 && out.step[out.step.size() - 2] % kCrowded == 0;
}

// How a view is stored. Of a large one, blocks are gathered in the second-level cache and written past all caches, row
// by row: every other way each line of the result is read before it is written. The transpose of 3162 x 3162 f64 on two
// cores: 10 ms for 27 (Sapphire Rapids), of 4096 x 4096 13 for 26.
enum class Move { None, Direct, Past };
constexpr std::int64_t kPastRows = 128, kPastBlock = 128 << 10;  // rows, unless they join, and bytes of a block
constexpr std::int64_t kPastCaches = 8;  // second-level ones; what is smaller the next launch may find in the last one

Move way_to_move(const Bound& bound, std::int64_t elements, bool streaming) {
  if (!is_move(bound)) return Move::None;
  const Operand& out = bound.body.out[0];
  if (streaming && elements * out.itemsize > kPastCaches * second_level_cache()) return Move::Past;
  return is_crowded(out) ? Move::None : Move::Direct;
}

// A task: rows [row, row_end) of the space, columns [column, column_end) of the innermost axis.
struct Task {
  std::int64_t row, row_end, column, column_end;
};

class Rows {
 public:
  Rows(const Bound& bound, int threads, bool streaming = true) : bound_(bound), rank_(bound.launch->extents.size()) {
    for (int k = 0; k + 1 < rank_; ++k) outer_.push_back(bound.launch->extents[k]);
    rows_ = product(outer_);
    columns_ = bound.launch->extents[rank_ - 1];
    staged_ = bound.body.staged;
    move_ = way_to_move(bound, rows_ * columns_, streaming);
    streaming_ = streaming && move_ == Move::None && streams(bound, rows_ * columns_);

    const std::int64_t wanted = task_count(bound.work, threads, kTasksPerThread);
    rows_per_task_ = divide_up(rows_, wanted);
    const std::int64_t pieces = rows_ >= wanted ? 1 : divide_up(wanted, rows_);
    columns_per_task_ = divide_up(divide_up(columns_, pieces), kAlignedElements) * kAlignedElements;
    row_tasks_ = divide_up(rows_, rows_per_task_);
    column_tasks_ = divide_up(columns_, columns_per_task_);
  }

  std::int64_t tasks() const { return row_tasks_ * column_tasks_; }

  void run(std::int64_t t, Frame& frame) const {
    const std::int64_t r = t / column_tasks_ * rows_per_task_, c = t % column_tasks_ * columns_per_task_;
    run({r, std::min(rows_, r + rows_per_task_), c, std::min(columns_, c + columns_per_task_)}, frame);
  }

  /// Elements from begin to end, in C order: the end of a row, whole rows, the beginning of one.
  void run(std::int64_t begin, std::int64_t end, Frame& frame) const {
    while (begin < end) {
      const std::int64_t row = begin / columns_, column = begin % columns_;
      const bool whole = column == 0 && end - begin >= columns_;
      const std::int64_t last = whole ? columns_ : std::min(columns_, column + end - begin);
      const std::int64_t rows = whole ? (end - begin) / columns_ : 1;
      run({row, row + rows, column, last}, frame);
      begin += rows * (last - column);
    }
  }

 private:
  void run(const Task& task, Frame& frame) const {
    run_rows(task, frame);
    if (move_ == Move::Past) cpu::support(jit::level()).fence();
  }

  void run_rows(const Task& task, Frame& frame) const {
    Dims index;
    for (std::int64_t row = task.row; row < task.row_end;) {
      unravel(outer_, row, index);
      const std::int64_t run =
          rank_ == 1 ? 1 : std::min(task.row_end - row, outer_[rank_ - 2] - index[rank_ - 2]);  // along one axis
      sweep(frame, index, run, task);
      row += run;
    }
  }

  void sweep(Frame& frame, const Dims& index, std::int64_t rows, const Task& task) const {
    if (move_ == Move::Past) {
      const Operand& out = bound_.body.out[0];
      const std::int64_t row_bytes = columns_ * out.itemsize;
      const bool joined = rank_ > 1 && Frame::rows_join(row_bytes, out.step[rank_ - 2]);
      const std::int64_t depth = std::min(rows, joined ? kPastBlock / row_bytes : kPastRows);
      return in_tiles(frame, index, rows, task, depth, kPastBlock / depth / out.itemsize);
    }
    if (!staged_) return in_tiles(frame, index, rows, task, rows, columns_);
    // A staged tile is 64 rows deep, so that a transposed operand is read several cache lines at a time. And as wide as
    // whole cache lines of any dtype, as streaming asks for.
    const std::int64_t depth = std::min<std::int64_t>(rows, 64);
    in_tiles(frame, index, rows, task, depth, std::max<std::int64_t>(kStagedElements / depth / 64 * 64, 64));
  }

  void in_tiles(Frame& frame, const Dims& index, std::int64_t rows, const Task& task, std::int64_t depth,
                std::int64_t width) const {
    for (std::int64_t r = 0; r < rows; r += depth) {
      for (std::int64_t c = task.column; c < task.column_end; c += width) {
        const auto place = [&](const Operand& o) {
          const std::int64_t row_step = rank_ > 1 ? o.step[rank_ - 2] : 0, column_step = o.step[rank_ - 1];
          return Place{dot(index, o.step) + r * row_step + c * column_step, row_step, column_step};
        };
        const std::int64_t deep = std::min(depth, rows - r), wide = std::min(width, task.column_end - c);
        if (move_ != Move::None) {
          const Operand &in = bound_.body.in[0], &out = bound_.body.out[0];
          move_ == Move::Past ? frame.move_past(in, out, place, deep, wide) : frame.move(in, out, place, deep, wide);
          continue;
        }
        frame.lay(bound_.body, deep, wide, place);
        frame.tile.streaming = streaming_ && starts_lines(c);
        bound_.runner.body(frame.tile);
        frame.finish(bound_.body, place);
      }
    }
  }

  // Tasks of whole columns do; what a row region asks for may begin anywhere.
  bool starts_lines(std::int64_t column) const {
    return std::all_of(bound_.body.out.begin(), bound_.body.out.end(),
                       [&](const Operand& out) { return column * out.itemsize % 64 == 0; });
  }

  const Bound& bound_;
  const int rank_;
  Dims outer_;
  std::int64_t rows_, columns_;
  std::int64_t rows_per_task_, columns_per_task_, row_tasks_, column_tasks_;
  bool staged_, streaming_;
  Move move_;
};

}  // namespace

void run_map(const Bound& bound, int threads) {
  if (bound.launch->flat) return run_flat(bound, threads);
  const Rows rows(bound, threads);
  parallel_for(rows.tasks(), threads, [&rows, &bound](std::int64_t t) { rows.run(t, start_frame(bound)); });
}

void run_map_part(const Bound& bound, std::int64_t begin, std::int64_t end, bool streaming) {
  if (bound.launch->flat) return run_flat(bound, begin, end);
  Rows(bound, 1, streaming).run(begin, end, start_frame(bound));
}

}  // namespace ingot::exec
