#pragma once

#include <optional>

#include "ingot/array.hpp"

// Scans: what the elements up to each one, along an axis, come to. All but the cumulative sums take real dtypes only
// (TypeError). They throw IndexError for an axis that the array has not, and are lazy: what comes before them is
// computed into the array that they read, what comes after reads their result. NaN stays, from where it is met.
//
// The order of folding is that of places along the axis (kernels/prebuilt/scan.h), so bits depend neither on threads
// nor on what lies beside a row. With u half an ulp of 1, an element of a float sum errs by at most 2u of itself and
// 40u times the sum of the magnitudes up to it, however many they are; a loop's bound is n u times that.
namespace ingot {

/// Which way, and whether an element is part of its own result. `reverse` scans from the end of the axis.
/// `exclusive` leaves each element out of its own result: the first one scanned becomes what nothing comes to.
struct ScanOptions {
  bool reverse = false;
  bool exclusive = false;
};

/// Cumulative sums, as the array API standard has them. The axis may be left out where x has one: ValueError where it
/// has not. Without a dtype bool and signed integers are summed in int64, unsigned integers in uint64 (they wrap),
/// floats and complex numbers in their own dtype, Float16 and BFloat16 in Float32 with one rounding of each element;
/// with one, x is converted to it first. With include_initial the result begins with a 0 and is longer by one.
/// TypeError for dtype Bool, and for a real dtype of complex numbers.
INGOT_API Array cumulative_sum(const Array& x, std::optional<std::int64_t> axis = {}, std::optional<DType> dtype = {},
                               bool include_initial = false, Location where = Location::current());

/// Cumulative products; otherwise as cumulative_sum, with an initial 1. Element n is multiplied n times, in order, and
/// errs relatively by at most n half-ulps where nothing underflows. A single row is computed by one thread.
INGOT_API Array cumulative_prod(const Array& x, std::optional<std::int64_t> axis = {}, std::optional<DType> dtype = {},
                                bool include_initial = false, Location where = Location::current());

/// Sums and products as NumPy has them: without an axis, of the elements of x in C order, as a 1-d array. Dtypes as
/// those of cumulative_sum.
INGOT_API Array cumsum(const Array& x, std::optional<std::int64_t> axis = {}, ScanOptions options = {},
                       Location where = Location::current());
INGOT_API Array cumprod(const Array& x, std::optional<std::int64_t> axis = {}, ScanOptions options = {},
                        Location where = Location::current());

/// The smallest and the largest element so far; -0 is below +0. In the dtype of x. Nothing comes to the largest, or
/// smallest, value of the dtype: for floats an infinity.
INGOT_API Array cummin(const Array& x, std::int64_t axis = -1, ScanOptions options = {},
                       Location where = Location::current());
INGOT_API Array cummax(const Array& x, std::int64_t axis = -1, ScanOptions options = {},
                       Location where = Location::current());

/// log(cumsum(exp(x))) without overflow; in float64 for bool and integers. Nothing comes to -inf. The sum of
/// exponentials is relative to the largest element and errs by less than 200 + n / 64 half-ulps, the result by that
/// much absolutely and by two ulps of its own.
INGOT_API Array logcumsumexp(const Array& x, std::int64_t axis = -1, ScanOptions options = {},
                             Location where = Location::current());

}  // namespace ingot
