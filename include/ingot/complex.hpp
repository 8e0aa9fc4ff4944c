#pragma once

#include "ingot/array.hpp"

// Parts of complex arrays. A complex array is computed as its two parts, each an array of Float32 or Float64: all of
// them are views, or ordinary expressions that fuse into what reads them.
namespace ingot {

/// The real part; of a real array the array itself.
INGOT_API Array real(const Operand& x);

/// The imaginary part; TypeError for an array that is not complex.
INGOT_API Array imag(const Operand& x);

/// The angle of the number, atan2(imag(x), real(x)), in [-pi, pi]: of a real array 0, pi where it is negative, in
/// float64 for bool and integers.
INGOT_API Array angle(const Operand& x);

/// The conjugate; of a real array the array itself.
INGOT_API Array conj(const Operand& x);

}  // namespace ingot
