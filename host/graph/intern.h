// Nodes are interned per thread: what a thread records twice is one node. Arrays are shared between threads by their
// handles; equal expressions that two threads record on their own are two.
//
// What guards what
//   * A node's shape, kind and the like never change and need no lock.
//   * Its thread's table has a lock of its own, which others take only to let go of a node.
//   * inputs, storage, visit, slot and claimed change under the graph lock, which a walk of the graph holds; a dead
//     node, which nobody else can reach, needs none.
#pragma once

#include <cstdint>

#include "host/base/spin_lock.h"
#include "host/graph/node.h"

namespace ingot::graph {

/// The graph lock. Held for moments only, never while kernels run.
SpinLock& lock();

/// Two stamps, this and the next, that no walk has left in a node's `visit`. Graph lock held. A wrapped stamp could
/// only meet one 2^31 walks old.
std::uint32_t new_stamps();

/// A node as described, for the caller to fill: from the thread's free list, with one reference.
Node* allocate();

/// The thread's live node equal to this one (which then dies), or this one, entered. The caller gets one reference.
NodeRef intern(Node* node);

/// Takes an evaluated node out of its table: it no longer equals what would be recorded anew. Graph lock held.
void forget(Node* node);

/// Drops the node's inputs after it has values; nodes that die of it join the list `dead` for bury(). Graph lock held.
void drop_inputs(Node* node, Node*& dead);

/// Frees a list of dead nodes and whatever dies with them, without recursion. No lock held.
void bury(Node* dead);

/// Live nodes that are pending.
std::int64_t pending_nodes();

/// Around a fork, so that the child finds no table locked.
void lock_tables();
void unlock_tables();

}  // namespace ingot::graph
