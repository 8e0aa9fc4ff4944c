#include "host/exec/launch.h"

#include <unistd.h>

#include <algorithm>

#include "host/base/config.h"
#include "host/exec/blocks.h"
#include "host/exec/parallel.h"
#include "host/exec/reduction.h"
#include "host/exec/stats.h"

namespace ingot::exec {
std::int64_t work(const plan::Launch& launch) {
  const std::int64_t per_element =
      ir::cost(launch.kernel.body) + ir::fold_cost(launch.kernel) +
      static_cast<std::int64_t>(launch.kernel.body.inputs.size() + launch.kernel.body.stores.size());
  return product(launch.extents) * std::max<std::int64_t>(per_element, 1) +
         launch.kept() * ir::cost(launch.kernel.epilogue);
}

void choose_runner(Bound& bound) {
  update(bound.runner, bound.code->prepare(bound.work));
  if (bound.runner.is_interpreted()) count({.interpreted = 1});
}

int threads_for(std::int64_t work) {
  const Config& c = config();
  return is_serial(work) || c.forked ? 1 : c.threads.load();
}

void run(Bound& bound) {
  choose_runner(bound);
  const int threads = threads_for(bound.work);
  switch (bound.launch->kernel.form()) {
    case ir::Form::Map: return run_map(bound, threads);
    case ir::Form::Row: return run_row(bound, threads);
    case ir::Form::Column: return run_column(bound, threads);
  }
}

}  // namespace ingot::exec
