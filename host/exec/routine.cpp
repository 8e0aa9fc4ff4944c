#include "host/exec/routine.h"

namespace ingot::exec {

void run_on_host(Routine routine, const RoutineCall& call) {
  switch (routine) {
#define INGOT_ROUTINE(name, ...) \
  case Routine::name: return run_##name(call);
#include "kernels/prebuilt/routines.def"
  }
}

}  // namespace ingot::exec
