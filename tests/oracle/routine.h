// What a routine of kernels/prebuilt/routines.def gives, from the words of its public header alone.
#pragma once

#include <vector>

#include "host/graph/op.h"
#include "tests/oracle/tensor.h"

namespace ingot::oracle {

Tensor run(Routine routine, const std::vector<const Tensor*>& inputs, const Dims& parameters, DType result,
           const Shape& shape);

/// The matrix product of the last two axes, to the bit.
Tensor matmul(const Tensor& a, const Tensor& b, const Shape& shape);

}  // namespace ingot::oracle
