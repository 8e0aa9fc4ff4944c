#include "host/exec/routine.h"

namespace ingot::exec {

void run_on_host(Routine routine, const RoutineCall& call) {
  switch (routine) {
#define INGOT_ROUTINE(name, ...) \
  case Routine::name: return run_##name(call);
#include "kernels/prebuilt/routines.def"
  }
}

std::int64_t work(Routine routine, const RoutineCall& call) {
  if (routine == Routine::matmul) return call.result.shape.numel() * call.inputs.front().shape.back() / 8;
  std::int64_t elements = 0;
  for (std::size_t k = 0; k < call.inputs.size(); ++k)
    elements += elements_read(routine, static_cast<int>(k), call.inputs[k].shape.numel(), call.result.shape.numel());
  return elements * info(routine).cost;
}

}  // namespace ingot::exec
