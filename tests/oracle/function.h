// What an op of the op table gives for one element, from the words of kernels/ops.def and design.md alone.
#pragma once

#include "host/graph/op.h"
#include "tests/oracle/tensor.h"

namespace ingot::oracle {

/// The correctly rounded result for operands of one dtype (where: after the condition; random_uniform and
/// random_normal: result is `result`).
Element apply(Op op, DType operand, DType result, const Element* in);

/// Whether `got` is a result that the op's row in the table allows: the same bits for exact and correctly rounded ops,
/// else the stated ULPs around the true value.
bool allows(Op op, DType operand, DType result, const Element* in, const Element& got);

/// From one element that is judged to the next: 1, but for large arrays of functions that only MPFR has, where an
/// element takes up to 0.1 ms.
std::int64_t judged_step(Op op, DType operand, std::int64_t elements);

/// Conversions, as astype has them.
Element convert(DType from, DType to, const Element& value);

}  // namespace ingot::oracle
