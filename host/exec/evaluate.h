// From graph to values: plans what is pending (host/plan), has its kernels compiled (host/jit) and runs them.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "host/graph/node.h"

namespace ingot::exec {

/// Computes every node that has no values yet, in one plan. Values of one shared subexpression are computed once. A
/// View of evaluated values is left a view: contiguous() gives its elements in C order.
void evaluate(std::span<graph::Node* const> nodes);

/// The node's values in C order: its own storage, or a copy that the node keeps from then on.
StorageRef contiguous(graph::Node* node);

/// Has the node's values in C order in the memory of a CUDA device (its number), or of the host (below 0).
void move_to(graph::Node* node, int device);

/// The same for a device, where the values then stay. Their address.
const void* device_address(graph::Node* node, int device);

/// Orders later evaluations on a device after the work that a stream of the caller's has, and the stream's later work
/// after the evaluations so far.
void come_after(int device, void* stream);
void come_before(int device, void* stream);

/// Computes the node's values straight into the caller's memory; strides in elements, one per axis.
void evaluate_into(graph::Node* node, void* out, const Strides& strides);

/// What evaluate() would do: kernels, their loops, bytes and tiers; with the generated code where asked.
std::string explain(std::span<graph::Node* const> nodes, bool code);

}  // namespace ingot::exec
