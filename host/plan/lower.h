// The spine: from a snapshot of the graph to a plan.
#pragma once

#include "host/plan/plan.h"
#include "host/plan/snapshot.h"

namespace ingot::plan {

/// Plans the computation of the snapshot's roots. Deterministic: a function of the snapshot's items and roots alone.
Plan lower(const Snapshot& graph);

}  // namespace ingot::plan
