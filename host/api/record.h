// From what a user passes to what host/graph takes: checked shapes, promoted dtypes, explicit broadcasts.
#pragma once

#include <span>
#include <string_view>

#include "host/api/scalar.h"
#include "host/base/error.h"
#include "host/graph/build.h"
#include "ingot/array.hpp"

namespace ingot::api {

using graph::Input;
using graph::Node;
using graph::NodeRef;

inline Array wrap(NodeRef node) noexcept { return Array(node.leak(), Array::Adopt{}); }

/// The array's node. ValueError for an array that was moved from.
Node* node_of(const Array& array, const Location& where);

/// TypeError for complex dtypes, of a function that takes none.
[[noreturn]] void fail_to_compute(std::string_view op, DType dtype, const Location& where);
inline void require_computable(std::string_view op, DType dtype, const Location& where) {
  if (!is_computable(dtype)) [[unlikely]]
    fail_to_compute(op, dtype, where);
}

/// Checks a shape that a user gave: ValueError for a negative extent, and for 2^59 elements and more.
void require_shape(std::string_view op, const Shape& shape, const Location& where);

/// ShapeError for a shape of fewer than two axes.
void require_matrices(std::string_view op, const Shape& shape, const Location& where);

/// Elements from the lowest to the highest that the strides lead to, and where the lowest lies. ValueError for 2^63
/// bytes and more.
std::int64_t require_reach(std::string_view op, const Shape& shape, const Strides& strides, std::size_t itemsize,
                           std::int64_t& lowest, const Location& where);

/// A 0-d constant.
inline NodeRef constant(Scalar value) { return graph::constant(value, false); }
/// A value given as an operand, in the dtype that promotion found. ValueError where it does not fit.
Scalar literal(std::string_view op, Scalar value, DType dtype, const Location& where);
/// An array of one value.
NodeRef fill(const Shape& shape, Scalar value, const Location& where);

/// As astype; to bool by comparison with zero. TypeError for a complex node and a real dtype.
NodeRef to_dtype(Node* node, DType dtype, const Location& where);

/// The shape that both broadcast to, in place of `shape`; false where they do not.
bool broadcast_into(Shape& shape, const Shape& other);

/// An operand as promotion sees it: an array, or a scalar that takes the dtype of what it meets.
Input term(const Operand& operand);

/// The shape that the terms broadcast to: that of a term where they agree, else `common`, which comes empty and is
/// filled. ShapeError where they do not broadcast.
const Shape& broadcast(std::string_view op, std::span<const Input> terms, Shape& common, const Location& where);

/// The dtype that the terms promote to: the array API's rules, and NumPy's for scalars.
DType promote(std::span<const Input> terms) noexcept;

/// The term in a dtype; a node that has to be made for that is kept in `made`.
Input realize(std::string_view op, Input term, DType dtype, NodeRef& made, const Location& where);

/// Records an op on operands that have the dtypes of its body and shapes that broadcast.
NodeRef apply(Op op, DType result, std::span<const Input> inputs, const Location& where);
NodeRef apply(Op op, Input x, const Location& where);
NodeRef apply(Op op, Input x, Input y, const Location& where);

/// Axes of an array of `ndim` axes as non-negative numbers, in the order given. IndexError for one out of range,
/// ValueError for one given twice.
Dims resolve_axes(std::string_view op, const Axes& axes, int ndim, const Location& where,
                  std::string_view whose = "an array");
int resolve_axis(std::string_view op, std::int64_t axis, int ndim, const Location& where,
                 std::string_view whose = "an array");

}  // namespace ingot::api
