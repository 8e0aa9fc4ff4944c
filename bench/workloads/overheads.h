#pragma once

#include <functional>
#include <vector>

#include "../harness/context.h"
#include "../harness/report.h"

namespace bench {

/// What the library costs besides the work: recording, planning, compiling, starting, memory. Every figure goes to
/// `use` as soon as it is there. What needs a fresh process runs in `probe`, the program of that name beside this one.
void measure_overheads(Context& context, const std::string& probe, const std::function<void(const Figure&)>& use);

/// What ingot_bench_functions, beside the probe, has to say: times by those of the faster of libmvec and SLEEF.
void measure_functions(const std::string& probe, int rounds, const std::function<void(const Figure&)>& use);

}  // namespace bench
