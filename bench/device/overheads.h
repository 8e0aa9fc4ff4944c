#pragma once

#include <functional>
#include <string>

#include "../harness/report.h"
#include "limits.h"

namespace bench {

/// What an evaluation on the device costs besides the work: compiling, and the host's part of a warm launch. Compiles
/// in fresh processes, `probe`, whose caches lie in `folder`.
void measure_device_overheads(const std::shared_ptr<Gpu>& gpu, const std::string& probe, const std::string& folder,
                              const std::function<void(const Figure&)>& use);

}  // namespace bench
