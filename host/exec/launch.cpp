#include "host/exec/launch.h"

#include <unistd.h>

#include <algorithm>

#include "host/base/config.h"
#include "host/exec/blocks.h"
#include "host/exec/parallel.h"
#include "host/exec/reduction.h"
#include "host/exec/stats.h"

namespace ingot::exec {
namespace {

// Below this much work a team of threads costs more (about a microsecond) than it saves.
constexpr std::int64_t kSerialWork = 1 << 15;

// Distinct elements that a launch reads or writes of an operand: a broadcast axis counts once.
std::int64_t touched(const Operand& operand, const Dims& extents) {
  std::int64_t n = 1;
  for (int k = 0; k < extents.size(); ++k)
    if (operand.step[k] != 0) n *= extents[k];
  return operand.index ? 0 : n * operand.itemsize;
}

void count_bytes(const Bound& bound) {
  const Dims kept = bound.launch->kept_extents();
  std::int64_t read = 0, written = 0;
  for (const Operand& o : bound.body.in) read += touched(o, bound.launch->extents);
  for (const Operand& o : bound.body.out) written += touched(o, bound.launch->extents);
  for (const Operand& o : bound.epilogue.in) read += touched(o, kept);
  for (const Operand& o : bound.epilogue.out) written += touched(o, kept);
  counters().bytes_read += read;
  counters().bytes_written += written;
}

}  // namespace

bool any_staged(const Region& region) {
  const auto staged = [](const Operand& o) { return o.staged; };
  return std::any_of(region.in.begin(), region.in.end(), staged) ||
         std::any_of(region.out.begin(), region.out.end(), staged);
}

std::int64_t work(const plan::Launch& launch) {
  const std::int64_t per_element =
      ir::cost(launch.kernel.body) +
      static_cast<std::int64_t>(launch.kernel.body.inputs.size() + launch.kernel.body.stores.size());
  return product(launch.extents) * std::max<std::int64_t>(per_element, 1) +
         launch.kept() * ir::cost(launch.kernel.epilogue);
}

void run(Bound& bound) {
  const std::int64_t amount = work(*bound.launch);
  bound.runner = bound.code->prepare(amount);
  counters().launches += 1;
  counters().interpreted += bound.runner.is_interpreted();
  count_bytes(bound);
  const int threads = amount < kSerialWork ? 1 : config().threads.load();
  switch (bound.launch->kernel.form()) {
    case ir::Form::Map: return run_map(bound, threads);
    case ir::Form::Row: return run_row(bound, threads);
    case ir::Form::Column: return run_column(bound, threads);
  }
}

Counters& counters() {
  static Counters instance;
  return instance;
}

}  // namespace ingot::exec
