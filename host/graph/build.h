// Makes nodes. Everything here takes operands that already obey the laws of node.h: promotion, broadcasting and the
// checks of what a user passed belong to host/api. Each function is thread-safe and gives the interned node; it may
// evaluate when the pending graph has reached its bounds (limits.h).
#pragma once

#include <cstdint>
#include <span>

#include "host/graph/node.h"

namespace ingot::graph {

/// A constant of shape (), value in the low bytes of bits. Bool is 0 or 1.
NodeRef constant(DType dtype, std::uint64_t bits, bool weak);

/// Values that exist: numel * itemsize bytes at storage, in C order.
NodeRef buffer(DType dtype, Shape shape, StorageRef storage);

/// The int64 sequence 0, 1, ... size - 1.
NodeRef index(std::int64_t size);

/// An op of ops.def. Inputs share one shape and the operand dtype of the body (where: the first is Bool), or are
/// Constants; at least one is not a Constant, or shape is (). The result dtype follows from the row, except for
/// random_uniform.
NodeRef elementwise(Op op, DType result, const Shape& shape, std::span<Node* const> inputs, Location where);

NodeRef cast(Node* input, DType to, Location where);

/// strides in elements of the input's linear space, one per axis of shape. Composes with a View input where possible,
/// and gives the input itself back for a view that changes nothing.
NodeRef view(Node* input, Shape shape, std::int64_t offset, Dims strides, Location where);

/// Same linear space, other shape.
NodeRef reshape(Node* input, Shape shape, Location where);

/// Reduces the axes whose bit is set in reduced[axis]; the result has the kept axes' shape. Neither a reduced extent of
/// 0 nor an empty result comes here (the API gives those as constants). If every reduced extent is 1, the reducers but
/// sumsqdev give the input reshaped.
NodeRef reduce(Reducer reducer, Node* input, std::span<const bool> reduced, Location where);

}  // namespace ingot::graph
