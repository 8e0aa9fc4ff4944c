// The table of live nodes. One lock guards it and everything of a node that changes after it was made.
#pragma once

#include <cstdint>
#include <mutex>

#include "host/graph/node.h"

namespace ingot::graph {

/// Guards the table, a node's inputs, storage, visit and slot. Held for moments only, never while kernels run.
std::mutex& lock();

/// A node as described, for the caller to fill: from the free list, with one reference. Lock held.
Node* allocate();

/// Gives back a node that was never interned. Lock held.
void discard(Node* node);

/// The live node equal to this one (which is then discarded), or this one, entered. The caller gets one reference. Lock
/// held.
NodeRef intern(Node* node);

/// Takes an evaluated node out of the table: it no longer equals what would be recorded anew. Lock held.
void forget(Node* node);

/// Drops the node's inputs after it has values; nodes that die of it join the list `dead` for bury(). Lock held.
void drop_inputs(Node* node, Node*& dead);

/// Frees a list of dead nodes and whatever dies with them, without recursion. Lock not held.
void bury(Node* dead);

/// Live nodes that are pending.
std::int64_t pending_nodes();

}  // namespace ingot::graph
