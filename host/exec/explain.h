// A plan as text.
#pragma once

#include <string>

#include "host/plan/plan.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

std::string describe(const plan::Snapshot& snapshot, const plan::Plan& plan, bool code);

}  // namespace ingot::exec
