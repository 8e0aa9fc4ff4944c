#pragma once

#include "ingot/array.hpp"

// Reductions over all axes, or over those given: the result has the others; with keepdims they stay, with extent 1. An
// axis out of range is an IndexError, one given twice a ValueError. The order of folding is fixed by shape and dtype,
// and so are the bits of the result. NaN propagates. Error of float sums grows with the logarithm of the number of
// elements.
namespace ingot {

/// Sum; 0 over no elements. Bool and signed integers are summed in int64, unsigned integers in uint64 (they wrap),
/// floats in their own dtype, Float16 and BFloat16 in Float32 with one rounding at the end (as in mean, var and
/// stddev). sum, prod, mean, var, stddev, count_nonzero, any and all take complex arrays; the others throw TypeError
/// for them.
INGOT_API Array sum(const Array& x, const Axes& axes = {}, bool keepdims = false, Location where = Location::current());

/// Product; 1 over no elements. Dtypes as for sum. Complex ones are multiplied by halves, in log2(n) steps.
INGOT_API Array prod(const Array& x, const Axes& axes = {}, bool keepdims = false,
                     Location where = Location::current());

/// sum(x) / n, in float64 for bool and integers; NaN over no elements.
INGOT_API Array mean(const Array& x, const Axes& axes = {}, bool keepdims = false,
                     Location where = Location::current());

/// Sum of squared deviations from the mean, divided by n - correction (by 0 where that is negative), as precise far
/// from 0 as near it. In float64 for bool and integers; NaN over no elements. Of complex numbers, the sum of the
/// variances of their parts.
INGOT_API Array var(const Array& x, const Axes& axes = {}, bool keepdims = false, double correction = 0,
                    Location where = Location::current());

/// sqrt(var).
INGOT_API Array stddev(const Array& x, const Axes& axes = {}, bool keepdims = false, double correction = 0,
                       Location where = Location::current());

/// Smallest and largest element; -0 is below +0. ValueError over no elements.
INGOT_API Array min(const Array& x, const Axes& axes = {}, bool keepdims = false, Location where = Location::current());
INGOT_API Array max(const Array& x, const Axes& axes = {}, bool keepdims = false, Location where = Location::current());

/// Where the first smallest or largest element is, as int64: its index along the axis, or counted in C order over
/// several axes. A NaN is both the smallest and the largest; -0 equals +0. ValueError over no elements.
INGOT_API Array argmin(const Array& x, const Axes& axes = {}, bool keepdims = false,
                       Location where = Location::current());
INGOT_API Array argmax(const Array& x, const Axes& axes = {}, bool keepdims = false,
                       Location where = Location::current());

/// max(x) - min(x), in one pass; integers wrap. ValueError over no elements, TypeError for bool.
INGOT_API Array ptp(const Array& x, const Axes& axes = {}, bool keepdims = false, Location where = Location::current());

/// How many elements differ from 0, as int64.
INGOT_API Array count_nonzero(const Array& x, const Axes& axes = {}, bool keepdims = false,
                              Location where = Location::current());

/// sum(x * weights) / sum(weights), in one pass and in the floating dtype that both promote to; infinity or NaN where
/// the weights add up to 0, NaN over no elements. The weights have x's shape, or are 1-d along the one axis given; else
/// a ShapeError. Without weights it is the mean.
INGOT_API Array average(const Array& x, const Array& weights, const Axes& axes = {}, bool keepdims = false,
                        Location where = Location::current());

/// log(sum(exp(x))) without overflow, in one pass; in float64 for bool and integers. -inf over no elements, and where
/// all are -inf; +inf where one is, unless there is a NaN. The sum of exponentials is relative to the largest element
/// and errs by less than 200 + 3 log2(n) half-ulps, the result by that much absolutely and by two ulps of its own.
INGOT_API Array logsumexp(const Array& x, const Axes& axes = {}, bool keepdims = false,
                          Location where = Location::current());

/// Whether any, or every, element differs from 0, as bool; over no elements any is false and all is true.
INGOT_API Array any(const Array& x, const Axes& axes = {}, bool keepdims = false, Location where = Location::current());
INGOT_API Array all(const Array& x, const Axes& axes = {}, bool keepdims = false, Location where = Location::current());

}  // namespace ingot
