#pragma once

#include <cstdint>
#include <optional>

#include "ingot/array.hpp"

// Elements taken at indices that are themselves an array. Values may have any dtype and keep their bits; indices are of
// any integer dtype, and negative ones count from the end. Both functions are lazy: what comes before them is computed
// into the arrays that they read, what comes after reads their result.
//
// The values of indices are looked at when the result is computed: the evaluation then throws an IndexError that names
// the first index out of range and its position, with the line of the call, and all arrays stay as they were. Where the
// result has no elements the indices are not looked at.
namespace ingot {

/// The slices of x at the indices along the axis: result(..., j, ...) = x(..., indices(j), ...), the axis of x being
/// replaced by the axes of indices: one, unless indices are of another rank than 1, none for a 0-d array. The axis may
/// be left out where x has one. Slices that lie together are copied as a whole. IndexError for an axis that x has not,
/// or of extent 0 where something is taken from it; ValueError where the axis was left out and x has not one; TypeError
/// for indices that are no integers.
INGOT_API Array take(const Array& x, const Array& indices, std::optional<std::int64_t> axis = {},
                     Location where = Location::current());

/// result(i, ..., j, ..., k) = x(i, ..., indices(i, ..., j, ..., k), ..., k): an index of its own for every element, as
/// argsort, argmin and argmax along one axis give them. x and indices have the same rank, and broadcast against each
/// other along all other axes; along this one the result has the extent of indices. ShapeError where they do not, or
/// differ in rank; other errors as of take.
INGOT_API Array take_along_axis(const Array& x, const Array& indices, std::int64_t axis = -1,
                                Location where = Location::current());

}  // namespace ingot
