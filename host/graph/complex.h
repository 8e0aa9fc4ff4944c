// Arrays of complex dtypes. What is computed are their parts, ordinary nodes of Float32 or Float64, so kernels know
// nothing of complex numbers; only values in memory are interleaved.
#pragma once

#include "host/graph/build.h"

namespace ingot::graph {

/// The dtype of the parts: Float32 for Complex64, Float64 for Complex128.
constexpr DType part_dtype(DType dtype) noexcept { return dtype == DType::Complex64 ? DType::Float32 : DType::Float64; }
/// The dtype with parts of this one.
constexpr DType complex_dtype(DType part) noexcept {
  return part == DType::Float32 ? DType::Complex64 : DType::Complex128;
}

struct Parts {
  NodeRef real, imag;
};

/// The complex array of two parts of one dtype, that broadcast to the shape.
NodeRef complex(const Parts& parts, const Shape& shape, Location where, bool weak = false);

/// That of values in memory, whose last axis, of extent 2, has the parts.
NodeRef of_interleaved(Node* values, const Shape& shape, Location where);

/// The parts of a Complex node. Another thread may evaluate it meanwhile.
Parts parts(const Node* node);

/// The values in C order as they lie in memory: a node of the parts' dtype with one more axis, of extent 2. A view
/// where they lie so already.
NodeRef interleaved(const Node* node, Location where);

/// After interleaved() was evaluated: the parts become views of its values. Nothing where these lie elsewhere already.
void settle(Node* node, Node* interleaved);

}  // namespace ingot::graph
