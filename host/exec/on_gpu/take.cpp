// take, take_along_axis and searchsorted by kernels/cuda/take.cuh.
#include "host/exec/take.h"

#include <algorithm>

#include "host/base/divide_up.h"
#include "host/base/error.h"
#include "host/exec/gpu.h"
#include "host/exec/on_gpu/routine.h"

namespace ingot::exec {
namespace {

using cuda::RoutineKernel;
using cuda::Source;

constexpr std::int64_t kTakes = 4;  // as in the kernel

struct TakeLaunch : Taking {
  explicit TakeLaunch(const RoutineCall& call)
      : Taking(call), unit(unit_of(call)), slice((along ? element : width * element) / unit * (along ? width : 1)) {
    units = call.result.shape.numel() * static_cast<std::int64_t>(itemsize(call.result.dtype)) / unit;
    wide = cuda::needs_wide(std::max(units, batches * extent * slice));
  }

  RoutineKernel kernel(const RoutineCall& call) const {
    const char* const index = wide ? "i64" : "i32";
    return {Source::Take,
            text("take<Word<", unit, ">::Type, ", cuda::element_type(call.inputs[1].dtype), ", ", index, ", ",
                 along ? "true, " : "false, ", along ? element / unit : 1, ">"),
            text("Take<", index, ">")};
  }

  std::int64_t unit, slice;  // bytes of one, and units between two positions along the axis
  std::int64_t units = 0;    // of the result
  bool wide = false;

 private:
  // The largest that divides what lies together, and every address of it.
  std::int64_t unit_of(const RoutineCall& call) const {
    const auto bits = static_cast<std::uint64_t>(along ? element : width * element) |
                      reinterpret_cast<std::uint64_t>(call.inputs[0].data) | 16;
    return static_cast<std::int64_t>(bits & -bits);
  }
};

void report(const RoutineCall& call, std::uint64_t word, const std::byte* indices) {
  fail_outside(call, static_cast<std::int64_t>(~word), indices);
}

void run_take_kernel(const KernelCall& given) {
  const RoutineCall& call = given.bound.call;
  const TakeLaunch take(call);
  cuda::Arguments arguments(take.wide);
  arguments.address(call.inputs[0].data)
      .address(call.inputs[1].data)
      .address(call.result.data)
      .address(given.faults.note(call, *given.inputs[1], given.bound.offsets[1], report, given.gpu))
      .number(take.units)
      .number(take.extent)
      .divisor(take.slice)
      .divisor(take.along ? call.inputs[1].shape[take.axis] : call.inputs[1].shape.numel());
  launch_on_gpu(take.kernel(call), divide_up(take.units, kTakes * cuda::kBlock), arguments.slots(), given.gpu);
}

RoutineKernel search_kernel(const RoutineCall& call) {
  return {Source::Take,
          text("search<", cuda::element_type(call.inputs[1].dtype), call.parameters[0] != 0 ? ", true>" : ", false>"),
          "Search"};
}

void run_search_kernel(const KernelCall& given) {
  const RoutineCall& call = given.bound.call;
  const std::int64_t count = call.inputs[1].shape.numel();
  cuda::Arguments arguments(true);
  arguments.address(call.inputs[0].data)
      .address(call.inputs[1].data)
      .address(call.result.data)
      .number(call.inputs[0].shape.numel())
      .number(count);
  launch_on_gpu(search_kernel(call), divide_up(count, std::int64_t{cuda::kBlock}), arguments.slots(), given.gpu);
}

}  // namespace

constinit const KernelRoutine kTakeKernels{
    [](const RoutineCall& call, const cuda::Gpu&) { return std::vector{TakeLaunch(call).kernel(call)}; },
    run_take_kernel};
constinit const KernelRoutine kSearchKernels{
    [](const RoutineCall& call, const cuda::Gpu&) { return std::vector{search_kernel(call)}; }, run_search_kernel};

}  // namespace ingot::exec
