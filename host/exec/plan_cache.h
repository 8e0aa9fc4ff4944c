// Plans by the structure of the graph they compute.
#pragma once

#include <memory>
#include <span>

#include "host/exec/prepare.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

/// The plan of a graph with this outline, planned now or kept from an earlier one of equal structure. For the
/// evaluating thread only, which may write into it what changes from one evaluation to the next.
std::shared_ptr<Prepared> prepared(std::span<graph::Node* const> roots, const plan::Outline& outline);

void forget_plans();

}  // namespace ingot::exec
