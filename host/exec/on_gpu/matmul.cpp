// Matrix products by kernels/cuda/gemm.cuh: how large tiles are, how operands are read, and whether chains are shared
// out. Where it was asked for, by cuBLASLt (on_gpu/vendor_product.h).
#include <algorithm>
#include <cstdlib>
#include <string>

#include "host/base/divide_up.h"
#include "host/base/error.h"
#include "host/exec/gpu.h"
#include "host/exec/on_gpu/batch_axes.h"
#include "host/exec/on_gpu/routine.h"
#include "host/exec/on_gpu/vendor_product.h"
#include "host/graph/op.h"
#include "kernels/prebuilt/gemm.h"

namespace ingot::exec {
namespace {

using cuda::RoutineKernel;

constexpr std::int64_t kSide = 16;                          // pieces of a tile, for one of a thread
constexpr std::size_t kBatchAxes = 4;                       // as in the kernel
constexpr std::int64_t kMostSums = std::int64_t{64} << 20;  // bytes of the sums of chains that are shared out
constexpr std::int64_t kMostBlocks = std::int64_t{1} << 30;

// One of a product's operands, as matrices of lines and terms.
struct Side {
  const std::byte* data;
  std::int64_t line, term;  // steps, in elements
  bool along_terms, whole;  // as in the kernel

  Side(const Whole& array, int line_axis, int term_axis, std::int64_t piece)
      : data(array.data),
        line(array.strides[line_axis]),
        term(array.strides[term_axis]),
        along_terms(std::abs(term) <= std::abs(line)),
        whole((along_terms ? term : line) == 1 && (along_terms ? line : term) % piece == 0 &&
              reinterpret_cast<std::uint64_t>(data) % (static_cast<std::uint64_t>(piece) * itemsize(array.dtype)) ==
                  0) {
    for (int k = 0; k + 2 < array.shape.ndim(); ++k) whole = whole && array.strides[k] % piece == 0;
  }
};

class ProductLaunch {
 public:
  ProductLaunch(const RoutineCall& call, const cuda::Gpu& gpu)
      : call_(call),
        rank_(call.result.shape.ndim()),
        rows_(call.result.shape[rank_ - 2]),
        columns_(call.result.shape[rank_ - 1]),
        terms_(call.inputs[0].shape[rank_ - 1]),
        size_(itemsize(call.result.dtype) == 8 ? 8 : 4),
        piece_(16 / size_),
        left_(call.inputs[0], rank_ - 2, rank_ - 1, piece_),
        right_(call.inputs[1], rank_ - 1, rank_ - 2, piece_) {
    const std::int64_t matrices = call.result.shape.numel() / (rows_ * columns_), small = kSide * piece_,
                       multiprocessors = gpu.properties().multiprocessors;
    const auto tiles = [&](std::int64_t side) { return divide_up(rows_, side) * divide_up(columns_, side) * matrices; };
    if (rows_ > small && columns_ > small && tiles(2 * small) >= multiprocessors) count_ = 2;
    const std::int64_t chains = divide_up(terms_, prebuilt::kBlock), have = tiles(small);
    chains_ = chains;
    if (count_ == 2 || have >= multiprocessors || chains == 1 || chains * call.result.shape.numel() * size_ > kMostSums)
      return;
    chains_ = divide_up(chains, divide_up(2 * multiprocessors, have));
    runs_ = divide_up(chains, chains_);
  }

  RoutineKernel kernel() const {
    const DType dtype = call_.result.dtype;
    const bool is_float = is_floating(dtype);
    const std::string stored = cuda::element_type(dtype),
                      computed = text(is_float ? 'f' : 'u', 8 * size_);  // narrow integers wrap later
    const auto yes = [](bool is) { return is ? ", true" : ", false"; };
    return {
        cuda::Source::Gemm,
        text("multiply<", computed, ", ", stored, ", ", stored, yes(is_bool(dtype)), ", ", count_,
             yes(left_.along_terms), yes(left_.whole), yes(right_.along_terms), yes(right_.whole), yes(runs_ > 1), '>'),
        "Gemm"};
  }

  void run(cuda::Gpu& gpu) const {
    const std::int64_t side = kSide * piece_ * count_, row_tiles = divide_up(rows_, side),
                       column_tiles = divide_up(columns_, side), blocks = runs_ * row_tiles * column_tiles;
    const std::vector<BatchAxis> axes = batch_axes(call_);
    std::int64_t outer = 1, matrices = 1;  // matrices of one launch's arrays
    for (std::size_t k = 0; k < axes.size(); ++k) (k < kBatchAxes ? matrices : outer) *= axes[k].extent;
    const cuda::BlockRef sums = runs_ > 1 ? memory_on_gpu(gpu,
                                                          static_cast<std::size_t>(divide_up(terms_, prebuilt::kBlock) *
                                                                                   matrices * rows_ * columns_ * size_),
                                                          "the sums of a matrix product's blocks")
                                          : cuda::BlockRef();
    const std::byte* const tickets = runs_ > 1 ? tickets_on_gpu(gpu, row_tiles * column_tiles * matrices) : nullptr;
    const auto itemsize = static_cast<std::int64_t>(ingot::itemsize(call_.result.dtype));
    for (std::int64_t index = 0; index < outer; ++index) {
      const auto [left, right] = batch_offsets(axes, kBatchAxes, index);
      const std::int64_t at_once = std::max<std::int64_t>(kMostBlocks / blocks, 1);
      for (std::int64_t first = 0; first < matrices; first += at_once) {
        cuda::Arguments arguments(true);
        arguments.address(left_.data + left * itemsize)
            .number(left_.line)
            .number(left_.term)
            .address(right_.data + right * itemsize)
            .number(right_.line)
            .number(right_.term)
            .address(call_.result.data + index * matrices * rows_ * columns_ * itemsize)
            .address(sums ? reinterpret_cast<const std::byte*>(sums->address()) : nullptr)
            .address(tickets)
            .number(rows_)
            .number(columns_)
            .number(terms_)
            .number(matrices * rows_ * columns_)
            .number(first)
            .number(chains_)
            .number(columns_ % piece_ == 0 ? 1 : 0)
            .divisor(runs_)
            .divisor(row_tiles)
            .divisor(column_tiles);
        for (std::size_t k = 0; k < kBatchAxes; ++k) {
          const BatchAxis axis = k < axes.size() ? axes[k] : BatchAxis{};
          arguments.divisor(axis.extent).number(axis.left).number(axis.right);
        }
        launch_on_gpu(kernel(), blocks * std::min(at_once, matrices - first), arguments.slots(), gpu);
      }
    }
  }

 private:
  const RoutineCall& call_;
  const int rank_;
  const std::int64_t rows_, columns_, terms_;
  const std::int64_t size_, piece_;  // bytes of what is computed with, and elements of 16 of them
  const Side left_, right_;
  std::int64_t count_ = 1;              // pieces of a thread along each side of a tile
  std::int64_t chains_ = 1, runs_ = 1;  // of a thread block, which takes one run of them
};

}  // namespace

constinit const KernelRoutine kProductKernels{
    [](const RoutineCall& call, const cuda::Gpu& gpu) {
      return vendor_takes(call) ? std::vector<RoutineKernel>() : std::vector{ProductLaunch(call, gpu).kernel()};
    },
    [](const KernelCall& given) {
      if (!multiply_by_vendor(given.bound.call, given.gpu)) ProductLaunch(given.bound.call, given.gpu).run(given.gpu);
    }};

}  // namespace ingot::exec
