// A plan as text.
#pragma once

#include <string>

#include "host/exec/plan_cache.h"

namespace ingot::exec {

std::string describe(const Prepared& prepared, bool code);

}  // namespace ingot::exec
