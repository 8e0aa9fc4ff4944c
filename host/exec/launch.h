// Runs one launch of a plan on the CPU: cuts the loop nest into tasks for threads and tiles for the code, joins
// reductions in the canonical order, and runs epilogues.
#pragma once

#include <memory>

#include "host/exec/operand.h"
#include "host/jit/kernels.h"
#include "host/plan/plan.h"

namespace ingot::exec {

struct GpuLaunches;  // what running on a device keeps from one evaluation to the next (gpu.cpp)

/// One reduction of a launch.
struct Reducing {
  int reducer;
  int dtype;
  std::int64_t result_bytes;
  std::int64_t state_bytes;
  std::int64_t states_before;  // state_bytes of the launch's reductions before this one
  std::int64_t accumulator_bytes;
  const cpu::Support* support;

  void join(void* states, std::int64_t count, std::int64_t leaf, std::int64_t elements) const {
    support->join[reducer][dtype](states, count, leaf, elements);
  }
  void finish(const void* states, std::int64_t n, void* results) const {
    support->finish[reducer][dtype](states, n, results);
  }
};

/// A launch with its operands bound to memory.
struct Bound {
  const plan::Launch* launch = nullptr;
  Axes all, reduced, kept;  // of the body
  Axes outer;               // the kept ones before the innermost axis
  Axes epilogue_axes;       // all of the epilogue
  std::vector<Reducing> reductions;
  std::shared_ptr<jit::Code> code;
  jit::Runner runner;  // set by run()
  Region body, epilogue;
  std::int64_t work = 0, elements = 0;
  std::shared_ptr<GpuLaunches> gpu;
};

void run(Bound& bound);

/// How the launch runs from now on, and how many threads are worth it for so much work.
void choose_runner(Bound& bound);
int threads_for(std::int64_t work);

/// Whether one thread does so much work: below this a team of threads costs more (about a microsecond) than it saves.
inline bool is_serial(std::int64_t work) { return work < std::int64_t{1} << 15; }

/// Additions' worth of time of a launch.
std::int64_t work(const plan::Launch& launch);

// The three forms; run() chooses.
void run_map(const Bound& bound, int threads);
void run_row(const Bound& bound, int threads);
void run_column(const Bound& bound, int threads);

/// The calling thread's part of a launch: kept indices from begin to end (Row), or as many elements (Map). With
/// `streaming`, what is written leaves the caches if there is much of it.
void run_row_part(const Bound& bound, std::int64_t begin, std::int64_t end);
void run_map_part(const Bound& bound, std::int64_t begin, std::int64_t end, bool streaming);

/// Number of positions a tile with staged operands has at most: what is staged stays in the first-level cache.
inline constexpr std::int64_t kStagedElements = 2048;

}  // namespace ingot::exec
