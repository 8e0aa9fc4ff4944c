// Reductions of what is reduced already.
#pragma once

#include "host/plan/snapshot.h"

namespace ingot::plan {

/// Lets a reduction over all axes take the results of one over some of them, recorded before it, of the same values:
/// one pass over these instead of two. Only where the order of folding cannot show, and where no other reduction over
/// all axes passes over the values anyway.
Snapshot narrowed(Snapshot graph);

}  // namespace ingot::plan
