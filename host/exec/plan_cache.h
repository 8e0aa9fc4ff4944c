// Plans by the structure of the graph they compute.
#pragma once

#include <memory>
#include <vector>

#include "host/jit/kernels.h"
#include "host/plan/plan.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

struct Prepared {
  plan::Plan plan;
  std::vector<std::shared_ptr<jit::Code>> codes;  // one per launch
};

/// The plan of a snapshot, planned now or kept from an earlier one of equal structure. Not thread-safe: for the evaluating thread.
std::shared_ptr<const Prepared> prepared(const plan::Snapshot& snapshot);

void forget_plans();

}  // namespace ingot::exec
