#pragma once

#include "ingot/array.hpp"

// Matrix products.
namespace ingot {

/// The matrix product of the last two axes, (..., m, k) and (..., k, n) to (..., m, n); axes before them broadcast.
/// Operands are promoted to one dtype; float16 and bfloat16 are summed in float32 and rounded once, integers wrap, bool
/// is an or of ands. Where the extents of k differ, or an operand has fewer than two axes, ShapeError; complex:
/// TypeError.
///
/// The sum over k has one order whatever the machine and the operands' strides: blocks of 256 terms, each a chain of
/// fused multiply-adds, added in order. Its error is at most (255 + k / 256) u sum |a| |b|, u half an ulp of 1.
INGOT_API Array matmul(const Array& a, const Array& b, Location where = Location::current());

}  // namespace ingot
