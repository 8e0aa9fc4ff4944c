// Plans by the structure of the graph they compute.
#pragma once

#include <memory>
#include <vector>

#include "host/jit/kernels.h"
#include "host/plan/plan.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

struct Prepared {
  plan::Snapshot snapshot;
  plan::Plan plan;
  std::vector<std::shared_ptr<jit::Code>> codes;  // one per launch
};

/// The plan of a graph with this outline, planned now or kept from an earlier one of equal structure. For the
/// evaluating thread only.
std::shared_ptr<const Prepared> prepared(std::span<graph::Node* const> roots, const plan::Outline& outline);

void forget_plans();

}  // namespace ingot::exec
