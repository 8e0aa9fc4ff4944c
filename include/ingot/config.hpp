#pragma once

#include "ingot/array.hpp"

namespace ingot {

/// Threads that one evaluation may use, from the next one on; results do not depend on it. At first OMP_NUM_THREADS, or
/// the cores that the process may use, by its affinity and by the processor time that its control group (cgroup) gives
/// it, rounded up. A child after fork uses one, whatever is set. ValueError below 1.
INGOT_API void set_num_threads(int count, Location where = Location::current());
INGOT_API int num_threads();

}  // namespace ingot
