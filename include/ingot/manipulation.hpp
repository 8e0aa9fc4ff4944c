#pragma once

#include "ingot/array.hpp"

// Every function here but astype gives a view in the dtype of x, of any dtype: nothing is copied, and it fuses into
// whatever reads it. An axis out of range is an IndexError, an axis given twice a ValueError.
namespace ingot {

/// x converted to the dtype. To an integer, floats are cut towards zero and saturate, NaN gives 0; a narrower integer
/// wraps; to bool, everything but 0 is true. float16 and bfloat16 are rounded to once, from
/// every dtype. TypeError for a complex array and a real dtype other than bool.
INGOT_API Array astype(const Array& x, DType dtype, Location where = Location::current());

/// The same elements in C order under another shape; one extent may be -1 and is found from the rest. ShapeError if the
/// number of elements differs.
INGOT_API Array reshape(const Array& x, const Shape& shape, Location where = Location::current());

/// x as one axis, in C order.
INGOT_API Array ravel(const Array& x, Location where = Location::current());
INGOT_API Array flatten(const Array& x, Location where = Location::current());

/// Axis k of the result is axis axes[k] of x; transpose without axes reverses them.
INGOT_API Array permute_dims(const Array& x, const Axes& axes, Location where = Location::current());
INGOT_API Array transpose(const Array& x, const Axes& axes = {}, Location where = Location::current());

/// Moves axes to new places; the others keep their order.
INGOT_API Array moveaxis(const Array& x, const Axes& source, const Axes& destination,
                         Location where = Location::current());
INGOT_API Array swapaxes(const Array& x, std::int64_t axis1, std::int64_t axis2, Location where = Location::current());

/// Inserts axes of extent 1 so that they have the given places in the result.
INGOT_API Array expand_dims(const Array& x, const Axes& axes, Location where = Location::current());

/// Drops axes of extent 1: those given (ValueError if one has another extent), or all.
INGOT_API Array squeeze(const Array& x, const Axes& axes = {}, Location where = Location::current());

/// x repeated to the shape by the rules of broadcasting. ShapeError where x does not broadcast to it.
INGOT_API Array broadcast_to(const Array& x, const Shape& shape, Location where = Location::current());

/// The shape to which all broadcast together. ShapeError if they do not.
INGOT_API Shape broadcast_shapes(std::initializer_list<Shape> shapes, Location where = Location::current());

/// The order of elements reversed along the axes.
INGOT_API Array flip(const Array& x, const Axes& axes = {}, Location where = Location::current());

}  // namespace ingot
