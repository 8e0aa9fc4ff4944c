#pragma once

#include "ingot/array.hpp"

namespace ingot {

/// The same expression with contraction and cheaper functions: for this result alone, and only where it is asked for.
/// What is pending under x is recorded anew, up to what has values; x itself and what else shares its parts stay as
/// they are. As with any recording, what grows beyond the bounds of pending nodes is evaluated on the way. Of float32
/// and float64, complex parts included:
///   * a product that is added to or subtracted from is rounded once, with the sum (fma);
///   * a division by a number is a product with its reciprocal, where that is a normal number: 1.5 ULP;
///   * exp is within 2, log and tanh are within 3, sin and cos within 4 ULP over the whole range; rsqrt and sigmoid are
///     within 4 where the result is a normal number, pow within 4 where |y log x| is at most 24, else within 128 ULP.
/// What the bounds allow is used: sin and cos may exceed 1 by a unit, cos(0) is as far below it, and x * x - y * y may
/// be negative for equal x and y. Special values (zeros, infinities, NaN) are else those of the exact functions. Bodies
/// are written once here too: the result has the same bits on every backend, at every vector width and for any number
/// of threads, but not those of x. Sums and other reductions keep their order, and float16 and bfloat16 are computed in
/// float32 as ever. Reductions that have exponentials of their own (logsumexp, softmax of long rows) and matrix
/// products stay as they are; what they are made of, and what is made of them, is rewritten.
INGOT_API Array fast_math(const Array& x, Location where = Location::current());

}  // namespace ingot
