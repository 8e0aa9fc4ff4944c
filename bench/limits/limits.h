// What the machine can do at most, measured beside the work: every result is shown as a share of one of these.
#pragma once

#include <cstdint>

namespace bench::limits {

/// out = x by all threads, with non-temporal stores where both do not fit the last-level cache.
void copy(const double* x, double* out, std::int64_t n);

/// Reads every element by all threads, doing as little as keeps the compiler from dropping the loads.
double read(const double* x, std::int64_t n);

/// Floating-point operations per call of multiply_add().
std::int64_t multiply_add_flops();

/// Independent fused multiply-adds in registers by all threads: as many a cycle as there are.
double multiply_add();

}  // namespace bench::limits
