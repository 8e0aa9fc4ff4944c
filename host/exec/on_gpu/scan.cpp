// Scans by kernels/cuda/scan.cuh: how lines are cut, and which form they take.
#include "kernels/prebuilt/scan.h"

#include <algorithm>
#include <string>

#include "host/base/divide_up.h"
#include "host/base/error.h"
#include "host/exec/gpu.h"
#include "host/exec/on_gpu/routine.h"

namespace ingot::exec {
namespace {

using cuda::RoutineKernel;
using prebuilt::kScanBlock;
using prebuilt::ScanOp;

constexpr std::int64_t kWarps = cuda::kBlock / 32;
constexpr std::int64_t kWarpsToFill = 16;  // of a multiprocessor
constexpr std::int64_t kShortRow = 64;     // elements, that a thread scans rather than a warp
constexpr std::int64_t kUncut = 4;         // blocks of a line, for which a second kernel is not worth it

class ScanLaunch {
 public:
  ScanLaunch(const RoutineCall& call, const cuda::Gpu& gpu)
      : call_(call),
        op_(static_cast<ScanOp>(call.parameters[0])),
        start_(call.parameters[2]),
        in_n_(call.inputs[0].shape[1]),
        out_n_(call.result.shape[1]),
        n_(out_n_ - start_),
        inner_(call.result.shape[2]),
        lines_(call.result.shape[0] * inner_),
        blocks_(divide_up(n_, kScanBlock)),
        dtype_(prebuilt::scanned_in(op_, call.result.dtype)),
        chain_(op_ == ScanOp::Product && is_floating(dtype_)),
        rows_(!chain_ && inner_ == 1 && n_ > kShortRow),
        wide_(cuda::needs_wide(call.result.shape[0] * std::max(in_n_, out_n_) * inner_)) {
    const std::int64_t fill = kWarpsToFill * gpu.properties().multiprocessors * (rows_ ? 1 : 32);
    if (!rows_ && !chain_)
      while (log_columns_ < 8 && (std::int64_t{1} << log_columns_) < lines_) ++log_columns_;
    if (chain_ || blocks_ <= kUncut || lines_ >= fill) return;
    run_blocks_ = divide_up(blocks_, divide_up(fill, lines_));
    runs_ = divide_up(blocks_, run_blocks_);
    chunks_ = divide_up(runs_, rows_ ? kWarps : std::int64_t{cuda::kBlock} >> log_columns_);
  }

  std::vector<RoutineKernel> kernels() const {
    if (runs_ == 1) return {kernel(false)};
    return {kernel(true), kernel(false)};
  }

  void run(cuda::Gpu& gpu) const {
    const std::int64_t value = static_cast<std::int64_t>(itemsize(dtype_)) * (op_ == ScanOp::LogSumExp ? 2 : 1),
                       before = 2 * static_cast<std::int64_t>(itemsize(dtype_)),
                       width = std::int64_t{1} << log_columns_, tiles = divide_up(lines_, width);
    const bool is_cut = runs_ > 1;
    const cuda::BlockRef memory =
        is_cut ? memory_on_gpu(gpu, static_cast<std::size_t>(lines_ * (blocks_ * value + runs_ * before)),
                               "what the blocks of a scan come to")
               : cuda::BlockRef();
    const std::byte* const totals = is_cut ? reinterpret_cast<const std::byte*>(memory->address()) : nullptr;
    const std::byte* const of_blocks = is_cut ? totals + lines_ * runs_ * before : nullptr;
    const std::int64_t forward = call_.parameters[1] == 0 ? 1 : 0, last = (1 - forward) * inner_;
    cuda::Arguments arguments(wide_);
    arguments.address(call_.inputs[0].data)
        .address(call_.result.data)
        .address(of_blocks)
        .address(totals)
        .address(is_cut ? tickets_on_gpu(gpu, rows_ ? lines_ : tiles) : nullptr)
        .number(lines_)
        .number(n_)
        .number(blocks_)
        .number(runs_)
        .number(run_blocks_)
        .number(in_n_ * inner_)
        .number((in_n_ - 1) * last)
        .number(out_n_ * inner_)
        .number(forward != 0 ? start_ * inner_ : (n_ - 1) * inner_)
        .number(forward != 0 ? inner_ : -inner_)
        .number(start_ == 0 ? -1 : n_ * last)
        .number(is_bool(call_.result.dtype) ? 1 : 0)
        .number(log_columns_)
        .divisor(inner_)
        .divisor(chunks_)
        .divisor(is_cut ? chunks_ * kWarps : 1);
    const std::int64_t thread_blocks = chain_   ? divide_up(lines_, std::int64_t{cuda::kBlock})
                                       : !rows_ ? tiles * chunks_
                                       : is_cut ? lines_ * chunks_
                                                : divide_up(lines_, kWarps);
    for (const RoutineKernel& each : kernels()) launch_on_gpu(each, thread_blocks, arguments.slots(), gpu);
  }

 private:
  RoutineKernel kernel(bool totals) const {
    constexpr const char* kNames[prebuilt::kScanOps] = {"ScanSum", "ScanProduct", "ScanMin", "ScanMax",
                                                        "ScanLogSumExp"};
    // Integers wrap as unsigned ones do.
    const bool wraps = op_ <= ScanOp::Product && dtype_ == DType::Int64;
    const std::string type = wraps ? "u64" : cuda::element_type(dtype_), index = wide_ ? "i64" : "i32",
                      stored = text(cuda::element_type(call_.inputs[0].dtype), ", ",
                                    cuda::element_type(call_.result.dtype), ", ", index),
                      op = text(kNames[static_cast<int>(op_)], '<', type, '>'), parameter = text("Scan<", index, '>');
    if (chain_) return {cuda::Source::Scan, text("scan_chains<", type, ", ", stored, '>'), parameter};
    return {cuda::Source::Scan,
            text(rows_ ? "scan_rows<" : "scan_columns<", op, ", ", stored, totals ? ", true>" : ", false>"), parameter};
  }

  const RoutineCall& call_;
  const ScanOp op_;
  const std::int64_t start_, in_n_, out_n_, n_, inner_, lines_, blocks_;
  const DType dtype_;
  const bool chain_, rows_, wide_;
  int log_columns_ = 0;
  std::int64_t runs_ = 1, run_blocks_ = blocks_, chunks_ = 1;
};

}  // namespace

constinit const KernelRoutine kScanKernels{
    [](const RoutineCall& call, const cuda::Gpu& gpu) { return ScanLaunch(call, gpu).kernels(); },
    [](const KernelCall& given) { ScanLaunch(given.bound.call, given.gpu).run(given.gpu); }};

}  // namespace ingot::exec
