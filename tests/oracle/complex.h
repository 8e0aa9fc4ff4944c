// Functions of complex numbers in long double, by other formulas than the library's. Errors are of the norm.
#pragma once

#include <complex>
#include <vector>

#include "host/graph/op.h"

namespace ingot::oracle {

using Complex = std::complex<long double>;

/// Those from complex numbers to complex numbers.
const std::vector<Op>& complex_ops();

/// Of z, and of z and w.
Complex apply(Op op, const Complex& z, const Complex& w = {});

/// What the library promises for parts of this dtype, in units of half a place of the norm; infinite where it promises
/// nothing.
long double allowed_error(Op op, DType part, const Complex& z, const Complex& w = {});

/// The unit: of numbers of a norm that the dtype does not hold it is infinite.
long double unit(DType part, const Complex& expected);

}  // namespace ingot::oracle
