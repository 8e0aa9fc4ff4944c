#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ingot/array.hpp"
#include "ingot/manipulation.hpp"

// Arrays made of positions: grids of coordinates, and matrices told apart by the side of a diagonal. All of them are
// generated where they are used and occupy no memory. Diagonal k is where column - row = k. They throw ValueError for
// shapes that cannot be.
namespace ingot {

/// The coordinates of a grid: array k of the result has x[k] along axis k and repeats it along the others. With "xy",
/// the default, the first two axes change places, so that the first array counts columns; "ij" leaves them. The x are
/// 1-d, or 0-d, which counts as one element (ShapeError for others); dtypes are kept. ValueError for another indexing.
INGOT_API std::vector<Array> meshgrid(std::span<const Array> x, std::string_view indexing = "xy",
                                      Location where = Location::current());
inline std::vector<Array> meshgrid(std::initializer_list<Array> x, std::string_view indexing = "xy",
                                   Location where = Location::current()) {
  return meshgrid(std::span(x.begin(), x.size()), indexing, where);
}

/// Every element's own index: shape (n, *shape) for n axes, where element (k, ...) is the index along axis k.
INGOT_API Array indices(const Shape& shape, DType dtype = DType::Int64, Location where = Location::current());

/// rows x columns (square unless given) with ones on diagonal k and below it, and zeros above. Of any dtype.
INGOT_API Array tri(std::int64_t rows, std::optional<std::int64_t> columns = {}, std::int64_t k = 0,
                    DType dtype = DType::Float64, Location where = Location::current());

/// The matrices that the last two axes of x hold, with zeros above diagonal k (tril) or below it (triu). ShapeError for
/// fewer than two axes. The dtype is that of x, complex ones included.
INGOT_API Array tril(const Array& x, std::int64_t k = 0, Location where = Location::current());
INGOT_API Array triu(const Array& x, std::int64_t k = 0, Location where = Location::current());

/// Diagonal k of the matrices that the last two axes of x hold, along a new last axis; a view. ShapeError for fewer
/// than two axes.
INGOT_API Array diagonal(const Array& x, std::int64_t k = 0, Location where = Location::current());

/// The square matrix that has the elements of x, 1-d, on diagonal k, and zeros elsewhere, in the dtype of x. Of a
/// matrix, its diagonal k as diagonal gives it. ShapeError for other ranks.
INGOT_API Array diag(const Array& x, std::int64_t k = 0, Location where = Location::current());

namespace detail {
/// The index along one axis, of extent 1 along the others.
INGOT_API Array open_index(const Shape& shape, int axis, DType dtype, Location where);
[[noreturn]] INGOT_API void fail_axes(const Shape& shape, Location where);

template <std::size_t kAxes, class F>
std::optional<Array> call_with_indices(F& f, const std::vector<Array>& index) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) -> std::optional<Array> {
    if constexpr (std::is_invocable_v<F&, decltype(index[k])...>)
      return f(index[k]...);
    else
      return std::nullopt;
  }(std::make_index_sequence<kAxes>());
}
}  // namespace detail

/// What f makes of the indices of the elements: f(i, j) for two axes, with one array of the dtype for each axis, 1
/// to 8 of them. f is called once, at the call, and records; what it gives is broadcast to the shape. ShapeError if f
/// does not take as many arrays as the shape has axes, or if its result does not broadcast to the shape.
///
///     Array table = fromfunction([](const Array& i, const Array& j) { return (i + 1) * (j + 1); }, {9, 9});
template <class F>
Array fromfunction(F f, const Shape& shape, DType dtype = DType::Float64, Location where = Location::current()) {
  std::vector<Array> index;
  for (int axis = 0; axis < shape.ndim(); ++axis) index.push_back(detail::open_index(shape, axis, dtype, where));
  std::optional<Array> made;
  const bool called = [&]<std::size_t... n>(std::index_sequence<n...>) {
    return (
        (shape.ndim() == static_cast<int>(n) + 1 && (made = detail::call_with_indices<n + 1>(f, index)).has_value()) ||
        ...);
  }(std::make_index_sequence<8>());
  if (!called) detail::fail_axes(shape, where);
  return broadcast_to(*made, shape, where);
}

}  // namespace ingot
