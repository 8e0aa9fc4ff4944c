#include <algorithm>

#include "host/base/divide_up.h"
#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "kernels/prebuilt/take.h"

namespace ingot::exec {

void run_searchsorted(const RoutineCall& call) {
  constexpr std::int64_t kTask = 1 << 10;  // values
  const Whole &sorted = call.inputs[0], &values = call.inputs[1];
  const std::int64_t count = values.shape.numel(), size = static_cast<std::int64_t>(itemsize(values.dtype));
  prebuilt::Search* const search = prebuilt::searching(values.dtype);
  parallel_for(divide_up(count, kTask), call.threads, [&](std::int64_t t) {
    const std::int64_t first = t * kTask;
    search(sorted.data, sorted.shape.numel(), values.data + first * size, std::min(kTask, count - first),
           call.parameters[0] != 0, reinterpret_cast<std::int64_t*>(call.result.data) + first);
  });
}

}  // namespace ingot::exec
