#pragma once

#include "ingot/array.hpp"

// Rows brought to a common scale: each element from itself and a few reductions over its row, the elements along the
// given axes. Integers and bool are computed in float64, floats in their own dtype, Float16 and BFloat16 in Float32 and
// rounded once; the shape is that of x. An axis out of range is an IndexError, as any is for a 0-d array; complex
// dtypes are a TypeError; nothing comes of nothing. Beside the errors of mean, var and sum each step rounds once.
//
// Over the last axis, or several of the last, the host reads and writes the data once where all that one row reads and
// writes takes at most half of a core's second-level cache: with 1 MiB of it, rows of up to 64K float32 elements. So it
// does for a user's own reductions and what is computed from them and the same rows, such as
// (x - mean(x, -1, true)) / stddev(x, -1, true). Bits do not depend on it.
namespace ingot {

/// exp(x - max) / sum(exp(x - max)) along the axis: positive, and of sum 1. Never overflows. A row with a NaN or +inf,
/// or of -inf alone, becomes NaN. Beside what rounding x - max changes, the error is 3 half-ulps and that of the sum:
/// for rows of up to 64 KiB along the last axis that of sum(), else that of logsumexp().
INGOT_API Array softmax(const Array& x, std::int64_t axis = -1, Location where = Location::current());

/// log(softmax(x)) as x - max - log(sum(exp(x - max))): precise where softmax underflows.
INGOT_API Array log_softmax(const Array& x, std::int64_t axis = -1, Location where = Location::current());

/// (x - mean) / stddev along the axis, the latter with this correction; NaN in a row of equal elements.
INGOT_API Array zscore(const Array& x, std::int64_t axis = -1, double correction = 0,
                       Location where = Location::current());

/// (x - mean) / sqrt(var + epsilon) * weight + bias over the axes, by default the last; `weight` and `bias` have the
/// extents of these, in the order of x's axes (ShapeError). Dtypes promote.
INGOT_API Array layer_norm(const Array& x, const Array& weight, const Array& bias, double epsilon = 1e-5,
                           const Axes& axes = -1, Location where = Location::current());

}  // namespace ingot
