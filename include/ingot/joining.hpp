#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "ingot/array.hpp"

// Arrays joined to one. The result has the dtype to which all promote together; elements keep their bits where that is
// their own. Both functions are lazy: what comes before them is computed into the arrays that they read, views of what
// is stored are read in place, what comes after reads their result. Elements are copied once for up to three arrays,
// and once more whenever there are three times as many. ValueError where no array is given.
namespace ingot {

/// The arrays one after another along an axis, in which alone they may differ: ShapeError where they differ in another,
/// or have no axis. Without an axis (std::nullopt) each is taken as one axis first, in C order. IndexError for an axis
/// that they have not.
INGOT_API Array concat(std::span<const Array> arrays, std::optional<std::int64_t> axis = 0,
                       Location where = Location::current());
inline Array concat(std::initializer_list<Array> arrays, std::optional<std::int64_t> axis = 0,
                    Location where = Location::current()) {
  return concat(std::span(arrays.begin(), arrays.size()), axis, where);
}

/// The arrays, of equal shapes (ShapeError), side by side along a new axis, which has this place in the result.
/// IndexError for a place that the result has not.
INGOT_API Array stack(std::span<const Array> arrays, std::int64_t axis = 0, Location where = Location::current());
inline Array stack(std::initializer_list<Array> arrays, std::int64_t axis = 0, Location where = Location::current()) {
  return stack(std::span(arrays.begin(), arrays.size()), axis, where);
}

}  // namespace ingot
