#pragma once

#include "ingot/array.hpp"

// Order statistics over all axes, or over those given, found by selection and not by sorting. Results are in the dtype
// of floats, else in float64; NaN over no elements. Axes and keepdims as for the reductions of ingot/reductions.hpp.
// The array is materialised, not fused with what follows, and on a device the host computes.
namespace ingot {

/// The middle element, or the mean of the middle two; NaN where there is a NaN.
INGOT_API Array median(const Array& x, const Axes& axes = {}, bool keepdims = false,
                       Location where = Location::current());
/// The same of the elements that are not NaN.
INGOT_API Array nanmedian(const Array& x, const Axes& axes = {}, bool keepdims = false,
                          Location where = Location::current());

/// The element at position q * (n - 1) of the n elements in order; between two of them on the line through both. NaN
/// where there is a NaN. ValueError unless q is between 0 and 1.
INGOT_API Array quantile(const Array& x, double q, const Axes& axes = {}, bool keepdims = false,
                         Location where = Location::current());
/// The same of the elements that are not NaN.
INGOT_API Array nanquantile(const Array& x, double q, const Axes& axes = {}, bool keepdims = false,
                            Location where = Location::current());

}  // namespace ingot
