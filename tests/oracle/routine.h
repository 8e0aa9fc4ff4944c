// What a routine of kernels/prebuilt/routines.def gives, from the words of its public header alone.
#pragma once

#include <string>
#include <vector>

#include "host/graph/op.h"
#include "kernels/prebuilt/scan.h"
#include "tests/oracle/tensor.h"

namespace ingot::oracle {

Tensor run(Routine routine, const std::vector<const Tensor*>& inputs, const Dims& parameters, DType result,
           const Shape& shape);

/// The matrix product of the last two axes, to the bit.
Tensor matmul(const Tensor& a, const Tensor& b, const Shape& shape);

/// A scan of the middle of three axes, to the bit; not of exponentials. Parameters as host/exec/routine.h has them.
Tensor scan(const Tensor& x, const Dims& parameters, DType dtype, const Shape& shape);

/// "" if what a scan of exponentials gave, in this shape, keeps the bound of ingot/scans.hpp; else what is wrong.
std::string judge_logcumsumexp(const Tensor& x, const Dims& parameters, const Tensor& got, const Shape& shape);

}  // namespace ingot::oracle
