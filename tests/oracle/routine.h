// What a routine of kernels/prebuilt/routines.def gives, from the words of its public header alone.
#pragma once

#include "host/graph/op.h"
#include "tests/oracle/tensor.h"

namespace ingot::oracle {

Tensor run(Routine routine, const Tensor& input, const Dims& parameters, DType result);

}  // namespace ingot::oracle
