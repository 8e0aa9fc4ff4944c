#include "host/exec/rows.h"

#include <algorithm>
#include <atomic>

#include "host/base/cache.h"
#include "host/base/divide_up.h"
#include "host/base/error.h"
#include "host/base/per_thread.h"
#include "host/device/host_memory.h"
#include "host/exec/parallel.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kBlocksPerThread = 16;  // at least, where rows allow: a late thread then costs little
constexpr std::int64_t kProductRows = 96;      // of a block: it reads all of a product's second operand

// What a thread has of a region: the launches, with operands in its own buffer. Copies are made into those of the run
// before, so that a warm one allocates nothing.
struct Share {
  std::uint64_t run = 0;        // whose launches these are
  std::vector<Bound> launches;  // of the region's steps, which may be fewer
  std::vector<std::byte> memory;
};

class RowBlocksRun {
 public:
  RowBlocksRun(RowBlocks& region, const std::vector<Bound>& launches, const std::vector<BoundCall>& calls, int threads)
      : region_(region), launches_(launches), calls_(calls), number_(++runs) {
    // A quarter of the second-level cache: what is read next comes in meanwhile.
    const std::int64_t fitting = second_level_cache() / 4 / std::max<std::int64_t>(region.row_bytes, 1);
    const std::int64_t shared = divide_up(region.rows, threads > 1 ? threads * kBlocksPerThread : 1);
    const std::int64_t worth =
        std::max<std::int64_t>(1, region.rows * kBlockWork / std::max<std::int64_t>(region.work, 1));
    block_ = std::clamp<std::int64_t>(std::min(fitting, std::max(shared, worth)), 1, region.rows);
    if (region.sums_rows) block_ = divide_up(block_, prebuilt::kBlock) * prebuilt::kBlock;
    if (region.has_product) block_ = std::max(block_, std::min(kProductRows, divide_up(region.rows, threads)));
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
    std::size_t products = 0;
    for (std::size_t k = 0; k < region_.steps.size(); ++k) {
      if (region_.steps[k].is_call) {
        const BoundCall& call = calls_[static_cast<std::size_t>(region_.steps[k].number)];
        const bool sums = region_.sums_rows && k + 1 == region_.steps.size();
        sums ? sum(call, share, begin, end) : multiply(call, region_.operands[products++], share, begin, end);
        continue;
      }
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
    if (share.launches.size() < region_.steps.size()) share.launches.resize(region_.steps.size());
    for (std::size_t k = 0; k < region_.steps.size(); ++k) {
      if (region_.steps[k].is_call) continue;
      Bound& copy = share.launches[k];
      copy = launches_[static_cast<std::size_t>(region_.steps[k].number)];
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
        if (operand.block >= 0) operand.base = row_zero(operand.block, share, first) + operand.offset;
      }
    }
  }

  // Where row 0 of what lives in the block would be if row `first` is the first that is there.
  std::byte* row_zero(int block, Share& share, std::int64_t first) const {
    const auto k = static_cast<std::size_t>(block);
    const auto memory = divide_up(reinterpret_cast<std::intptr_t>(share.memory.data()), kLine) * kLine;
    return reinterpret_cast<std::byte*>(memory + region_.starts[k] - first * region_.row_sizes[k]);
  }

  void multiply(const BoundCall& bound, const PackedMatrix& right, Share& share, std::int64_t begin,
                std::int64_t end) const {
    const Whole &left = bound.call.inputs[0], &result = bound.call.result;
    const std::int64_t n = result.shape.back(), size = static_cast<std::int64_t>(itemsize(result.dtype));
    const std::byte* const from =
        bound.left_block < 0 ? left.data : row_zero(bound.left_block, share, begin) + bound.offsets[0];
    std::byte* const to = bound.result_block < 0 ? result.data : row_zero(bound.result_block, share, begin);
    right.multiply(rows_of(left, from), begin, end, 0, n, to + begin * n * size, n);
  }

  // The rows are the terms: each block of them, as kernels/prebuilt/gemm.h cuts them, has its own sums.
  void sum(const BoundCall& bound, Share& share, std::int64_t begin, std::int64_t end) const {
    const Whole &left = bound.call.inputs[0], &right = bound.call.inputs[1], &result = bound.call.result;
    const std::int64_t n = result.shape[1], size = static_cast<std::int64_t>(itemsize(result.dtype)),
                       bytes = result.shape.numel() * size;
    const auto at = [&](const Whole& operand, int block, std::int64_t offset) {
      return block < 0 ? operand.data : row_zero(block, share, begin) + offset;
    };
    const std::byte *const a = at(left, bound.left_block, bound.offsets[0]), *const b = at(right, bound.right_block,
                                                                                           bound.offsets[1]);
    for (std::int64_t term = begin; term < end; term += prebuilt::kBlock) {
      const std::int64_t terms = std::min(prebuilt::kBlock, end - term);
      multiply_as_they_are(
          {a + term * left.strides[1] * size, result.shape[0], terms, left.strides[0], left.strides[1]},
          {b + term * right.strides[0] * size, terms, n, right.strides[0], right.strides[1]}, result.dtype,
          region_.sums->data() + term / prebuilt::kBlock * bytes, n);
    }
  }

  // The rows of all matrices of a batch, which follow one another in equal steps.
  Matrix rows_of(const Whole& left, const std::byte* from) const {
    const int last = left.shape.ndim() - 1;
    int axis = last - 1;
    while (axis > 0 && left.shape[axis] == 1) --axis;
    return {from, region_.rows, left.shape[last], left.strides[axis], left.strides[last]};
  }

  const RowBlocks& region_;
  const std::vector<Bound>& launches_;
  const std::vector<BoundCall>& calls_;
  const std::uint64_t number_;
  std::int64_t block_ = 1;  // rows
  std::int64_t bytes_ = 0;
};

void pack_right(const BoundCall& bound, RowBlocks& region, int threads) {
  const Whole& right = bound.call.inputs[1];
  const int last = right.shape.ndim() - 1;
  PackedMatrix& packed = region.operands.emplace_back(
      right.dtype,
      Matrix{right.data, right.shape[last - 1], right.shape[last], right.strides[last - 1], right.strides[last]});
  region.packed.push_back(device::allocate(packed.bytes(), [&] {
    return text("the packed second operand, of shape ", right.shape, ", of a matrix product");
  }));
  packed.place(region.packed.back()->data());
  parallel_for(packed.pieces(), threads, [&](std::int64_t piece) { packed.pack(piece); });
}

StorageRef sums_of_blocks(const BoundCall& bound, std::int64_t terms) {
  const Whole& result = bound.call.result;
  const std::int64_t bytes = result.shape.numel() * static_cast<std::int64_t>(itemsize(result.dtype));
  return device::allocate(static_cast<std::size_t>(divide_up(terms, prebuilt::kBlock) * bytes), [&] {
    return text("the sums of ", terms, " terms' blocks of a matrix product of shape ", result.shape);
  });
}

// In their order.
void add_blocks(const BoundCall& bound, std::int64_t terms, const std::byte* sums) {
  const Whole& result = bound.call.result;
  const std::int64_t elements = result.shape.numel(),
                     bytes = elements * static_cast<std::int64_t>(itemsize(result.dtype));
  const DefaultFloatState state;
  const prebuilt::Gemm& loops = prebuilt::gemm(jit::level(), result.dtype);
  std::copy_n(sums, bytes, result.data);
  for (std::int64_t block = 1; block < divide_up(terms, prebuilt::kBlock); ++block)
    loops.add(result.data, sums + block * bytes, elements);
}

}  // namespace

void run_rows(RowBlocks& region, std::vector<Bound>& launches, const std::vector<BoundCall>& calls) {
  const int threads = threads_for(region.work);
  region.operands.clear();
  struct Memory {
    RowBlocks& region;
    ~Memory() {  // after an error too
      region.packed.clear();
      region.sums = {};
    }
  } const memory{region};
  for (const plan::Step& step : region.steps) {
    const auto number = static_cast<std::size_t>(step.number);
    if (!step.is_call)
      choose_runner(launches[number]);
    else if (region.sums_rows && &step == &region.steps.back())
      region.sums = sums_of_blocks(calls[number], region.rows);
    else
      pack_right(calls[number], region, threads);
  }
  const RowBlocksRun run(region, launches, calls, threads);
  parallel_for(run.blocks(), threads, [&](std::int64_t t) { run.run(t); });
  if (region.sums_rows)
    add_blocks(calls[static_cast<std::size_t>(region.steps.back().number)], region.rows, region.sums->data());
}

}  // namespace ingot::exec
