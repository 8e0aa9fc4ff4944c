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

/// The same of a value of any dtype.
NodeRef constant(Scalar value, bool weak);

/// Values that exist: numel * itemsize bytes at storage, in C order.
NodeRef buffer(DType dtype, Shape shape, StorageRef storage);

/// The int64 sequence 0, 1, ... size - 1.
NodeRef index(std::int64_t size);

/// What an op is applied to: a node, or a value (node null) that becomes a Constant.
struct Input {
  Input() = default;
  Input(Node* given) noexcept : node(given) {}
  Input(Scalar given) noexcept : value(given) {}
  bool is_value() const noexcept { return node == nullptr; }
  DType dtype() const noexcept { return is_value() ? value.dtype() : node->dtype; }

  Node* node = nullptr;
  Scalar value = false;
};

/// An op of ops.def. Inputs broadcast to the shape, with which values and Constants go whatever it is, and have the
/// operand dtype of the body (where: the first is Bool). The result dtype follows from the row, except for
/// rows with the result Random. Operands of Float16 and BFloat16 are cast to Float32, and a result of theirs is rounded
/// back: so every op has them.
NodeRef elementwise(Op op, DType result, const Shape& shape, std::span<const Input> inputs, Location where);

/// The same of one or two nodes, in less time, if they are alike as most are: of one shape and one dtype, and neither
/// constants, views, halves nor empty. Null otherwise.
template <int N>
NodeRef elementwise_of_alike(Op op, DType result, Node* const (&inputs)[N], Location where);

/// Not from a complex dtype to another than these.
NodeRef cast(Node* input, DType to, Location where);

/// strides in elements of the input's linear space, one per axis of shape. Composes with a View input where possible,
/// and gives the input itself back for a view that changes nothing.
NodeRef view(Node* input, const Shape& shape, std::int64_t offset, Dims strides, Location where);

/// A view of the node under a shape that it broadcasts to.
NodeRef broadcast(Node* input, const Shape& shape, Location where);

/// Same linear space, other shape.
NodeRef reshape(Node* input, const Shape& shape, Location where);

/// Reduces the axes whose bit is set in reduced[axis]; the result has the kept axes' shape. Neither a reduced extent of
/// 0 nor an empty result comes here (the API gives those as constants). If every reduced extent is 1, the reducers but
/// sumsqdev give the input reshaped. Float16 and BFloat16 are reduced in Float32, and the result is rounded back.
NodeRef reduce(Reducer reducer, Node* input, std::span<const bool> reduced, Location where);

/// A routine of kernels/prebuilt/routines.def; what its parameters mean, host/exec/routine.h says.
NodeRef call(Routine routine, DType result, const Shape& shape, std::span<Node* const> inputs, Dims parameters,
             Location where);

}  // namespace ingot::graph
