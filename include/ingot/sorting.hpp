#pragma once

#include <string_view>

#include "ingot/array.hpp"

// Sorting along one axis, the last unless another is named. sort and argsort take every dtype but the complex ones
// (TypeError), throw IndexError for an axis that the array has not, as a 0-d array has none, and are lazy: what comes
// before them is computed into the array that they sort, what comes after reads their result.
//
// The order is total, so that results do not depend on threads or devices: -0 is before +0, as in min and max, and NaN
// comes last whether the order is ascending or descending. (The array API leaves both open. NumPy takes the zeros for
// equal and, where a descending order is made by flipping, puts NaN first.)
//
// Memory, beside the result and an input that is not stored in C order yet: as much as a row of the result, for argsort
// of 8-byte elements four times that; once for rows of 2^17 elements and more, otherwise, and where such rows are many,
// for every thread. On a CUDA device 12 to 50 bytes for each element.
namespace ingot {

/// The elements of every row along the axis in ascending, or descending, order. Shape and dtype are those of x.
INGOT_API Array sort(const Array& x, std::int64_t axis = -1, bool descending = false,
                     Location where = Location::current());

/// The positions along the axis, as int64 in the shape of x, that would sort x. Stable: equal elements, and NaNs, keep
/// their order, in descending order too.
INGOT_API Array argsort(const Array& x, std::int64_t axis = -1, bool descending = false,
                        Location where = Location::current());

/// Where to insert each of the values into x, 1-d and in ascending order, to keep the order: the number of elements of
/// x that are less than the value, with side "right" of those that are not greater, as int64 in the shape of values.
/// Compared in the dtype that both promote to, NaN above all numbers, the zeros as equal. With a sorter, integers of
/// the shape of x as argsort gives them, x need not be sorted: take(x, sorter) is. Computed by the host, one binary
/// search a value; of an x that is out of order the result is some number from 0 to its size. ShapeError for an x that
/// is not 1-d or a sorter of another shape, ValueError for another side, TypeError for complex dtypes or a sorter that
/// is no integers; a sorter's indices out of range as those of take.
INGOT_API Array searchsorted(const Array& x, const Array& values, std::string_view side = "left",
                             Location where = Location::current());
INGOT_API Array searchsorted(const Array& x, const Array& values, std::string_view side, const Array& sorter,
                             Location where = Location::current());

}  // namespace ingot
