#pragma once

#include <initializer_list>
#include <span>

#include "ingot/array.hpp"

// Order statistics over all axes, or over those given, found by selection and not by sorting. Results are in the dtype
// of floats, else in float64; NaN over no elements. Axes and keepdims as for the reductions of ingot/reductions.hpp.
// What lies between two elements is computed in float64, without overflow and within 2 ULP of the larger of the two,
// and rounded to the dtype; between an infinite and a finite element it is the infinite one. TypeError for complex
// dtypes. The array is materialised, not fused with what follows, and on a device the host computes.
namespace ingot {

/// The middle element, or the mean of the middle two; NaN where there is a NaN.
INGOT_API Array median(const Array& x, const Axes& axes = {}, bool keepdims = false,
                       Location where = Location::current());
/// The same of the elements that are not NaN.
INGOT_API Array nanmedian(const Array& x, const Axes& axes = {}, bool keepdims = false,
                          Location where = Location::current());

/// The element at position q * (n - 1) of the n elements in order; between two of them on the line through both. NaN
/// where there is a NaN. A list of q gives as many quantiles, along a new first axis. ValueError unless every q is
/// between 0 and 1.
INGOT_API Array quantile(const Array& x, double q, const Axes& axes = {}, bool keepdims = false,
                         Location where = Location::current());
INGOT_API Array quantile(const Array& x, std::span<const double> q, const Axes& axes = {}, bool keepdims = false,
                         Location where = Location::current());
inline Array quantile(const Array& x, std::initializer_list<double> q, const Axes& axes = {}, bool keepdims = false,
                      Location where = Location::current()) {
  return quantile(x, std::span(q.begin(), q.size()), axes, keepdims, where);
}
/// The same of the elements that are not NaN.
INGOT_API Array nanquantile(const Array& x, double q, const Axes& axes = {}, bool keepdims = false,
                            Location where = Location::current());
INGOT_API Array nanquantile(const Array& x, std::span<const double> q, const Axes& axes = {}, bool keepdims = false,
                            Location where = Location::current());
inline Array nanquantile(const Array& x, std::initializer_list<double> q, const Axes& axes = {}, bool keepdims = false,
                         Location where = Location::current()) {
  return nanquantile(x, std::span(q.begin(), q.size()), axes, keepdims, where);
}

}  // namespace ingot
