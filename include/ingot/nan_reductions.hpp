#pragma once

#include "ingot/array.hpp"

// Reductions that pass over NaN: as those of ingot/reductions.hpp would be of the other elements alone. Of bool and
// integers they are the same. Axes, keepdims and errors as there; one pass unless said otherwise.
namespace ingot {

/// Sum and product; 0 and 1 where there is nothing but NaN.
INGOT_API Array nansum(const Array& x, const Axes& axes = {}, bool keepdims = false,
                       Location where = Location::current());
INGOT_API Array nanprod(const Array& x, const Axes& axes = {}, bool keepdims = false,
                        Location where = Location::current());

/// NaN where there is nothing but NaN.
INGOT_API Array nanmean(const Array& x, const Axes& axes = {}, bool keepdims = false,
                        Location where = Location::current());

/// Variance and its root, of deviations from nanmean, which is computed first: two passes. NaN where no more than
/// `correction` elements are left.
INGOT_API Array nanvar(const Array& x, const Axes& axes = {}, bool keepdims = false, double correction = 0,
                       Location where = Location::current());
INGOT_API Array nanstddev(const Array& x, const Axes& axes = {}, bool keepdims = false, double correction = 0,
                          Location where = Location::current());

/// NaN where there is nothing but NaN. ValueError over no elements.
INGOT_API Array nanmin(const Array& x, const Axes& axes = {}, bool keepdims = false,
                       Location where = Location::current());
INGOT_API Array nanmax(const Array& x, const Axes& axes = {}, bool keepdims = false,
                       Location where = Location::current());

/// Where the first smallest or largest number is, as argmin and argmax count; -1 where there is nothing but NaN. A NaN
/// stands for the infinity that is looked for last, and is given where it comes before one and there is nothing else.
/// ValueError over no elements.
INGOT_API Array nanargmin(const Array& x, const Axes& axes = {}, bool keepdims = false,
                          Location where = Location::current());
INGOT_API Array nanargmax(const Array& x, const Axes& axes = {}, bool keepdims = false,
                          Location where = Location::current());

}  // namespace ingot
