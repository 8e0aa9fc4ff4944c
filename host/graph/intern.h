// Nodes are interned per thread: what a thread records twice is one node. Arrays are shared between threads by their
// handles; equal expressions that two threads record on their own are two.
//
// What guards what
//   * A node's shape, kind and the like never change and need no lock.
//   * A thread's table is the thread's: others leave it the nodes that die in their hands.
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

/// Of a node that gets values or other inputs: it no longer counts as pending, nor, in its own thread, is found as what
/// would be recorded anew. Graph lock held.
void forget(Node* node);

/// Changes an input of a node that may be in a table. Graph lock held.
void set_input(Node* node, int i, Node* input);

/// Drops the node's inputs after it has values; nodes that die of it join the list `dead` for bury(). Graph lock held.
void drop_inputs(Node* node, Node*& dead);

/// Frees a list of dead nodes and whatever dies with them, without recursion. No lock held.
void bury(Node* dead);

/// Live nodes that are pending.
std::int64_t pending_nodes();

/// Around a fork, so that the child finds the list of tables whole.
void lock_tables();
void unlock_tables();

}  // namespace ingot::graph
