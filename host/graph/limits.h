// The pending graph is bounded: in depth (a loop of x = x + 1), in nodes and in the bytes of values it keeps alive.
#pragma once

#include "host/graph/node.h"

namespace ingot::graph {

/// Evaluates a node; set by host/exec, since the graph knows nothing above it.
using Evaluate = void (*)(Node* node);
void set_evaluator(Evaluate evaluate);
Evaluate evaluator();

/// Sets depth, pending and retained of a node from its inputs.
void measure(Node* node);

/// Whether the bounds of host/base/config.h are passed at this node. Graph lock not held.
bool exceeds_limits(Node* node);

}  // namespace ingot::graph
