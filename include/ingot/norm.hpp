#pragma once

#include "ingot/array.hpp"

namespace ingot::linalg {

/// The vector norm of order `ord` over all axes, or over those given, as if they were one: the largest magnitude
/// (infinity), the smallest (-infinity), the number of elements that differ from 0 (0), else sum(|x|**ord)**(1/ord). In
/// one pass, in the floating dtype of x (float64 for bool and integers). Order 2 neither overflows nor underflows on
/// the way, and float32 is added up in float64; other orders may overflow where their sum does. Over no elements: 0,
/// for -infinity a ValueError, as for an ord of NaN. Axes, keepdims and errors as of the reductions of
/// ingot/reductions.hpp; the error is that of their sum, and 2 ULP of each power.
INGOT_API Array vector_norm(const Array& x, const Axes& axes = {}, bool keepdims = false, double ord = 2,
                            Location where = Location::current());

}  // namespace ingot::linalg
