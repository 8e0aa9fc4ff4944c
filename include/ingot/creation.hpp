#pragma once

#include <concepts>
#include <optional>
#include <utility>

#include "ingot/array.hpp"

// Creation throws ValueError for a negative extent and for sizes of 2^59 elements and more. zeros, full, arange and
// their like occupy no memory: they are computed where they are used.
namespace ingot {

/// Whatever keeps borrowed memory alive: a std::shared_ptr, or any other value that can be moved, which is destroyed
/// when the memory is needed no more (from any thread).
class Owner {
 public:
  Owner() noexcept = default;
  template <class T>
    requires(!std::is_same_v<std::remove_cvref_t<T>, Owner>)
  Owner(T&& value)
      : value_(new std::decay_t<T>(std::forward<T>(value))),
        destroy_([](void* held) noexcept { delete static_cast<std::decay_t<T>*>(held); }) {}
  Owner(Owner&& other) noexcept : value_(std::exchange(other.value_, nullptr)), destroy_(other.destroy_) {}
  Owner& operator=(Owner&& other) noexcept {
    std::swap(value_, other.value_);
    std::swap(destroy_, other.destroy_);
    return *this;
  }
  ~Owner() {
    if (value_ != nullptr) destroy_(value_);
  }

 private:
  void* value_ = nullptr;
  void (*destroy_)(void*) noexcept = nullptr;
};

namespace detail {
INGOT_API Array copy_values(DType dtype, const void* values, std::int64_t count, const Shape* shape, Location where);
INGOT_API Array borrow(DType dtype, const void* data, const Shape& shape, const Strides& strides, Owner owner,
                       Location where);
[[noreturn]] INGOT_API void ragged(std::size_t row, std::size_t length, std::size_t expected, Location where);

template <class Range>
concept Values = requires(const Range& r) {
  { *std::data(r) };
  { std::size(r) } -> std::convertible_to<std::size_t>;
  requires Element<std::remove_cvref_t<decltype(*std::data(r))>>;
};

// A number in a braced list of floats and doubles. In braces of its own it is a row, and no Real.
struct Real {
  template <class T>
    requires(std::same_as<T, float> || std::same_as<T, double>)
  Real(T number) noexcept : value(number) {}
  explicit Real(std::initializer_list<double>) = delete;
  double value;
};
}  // namespace detail

/// A copy of the values (a span, vector, std::array ...), with their dtype: 1-d, or under a shape with as many elements
/// (ShapeError).
template <detail::Values Range>
Array array(const Range& values, Location where = Location::current()) {
  using E = std::remove_cvref_t<decltype(*std::data(values))>;
  return detail::copy_values(dtype_of<E>(), std::data(values), static_cast<std::int64_t>(std::size(values)), nullptr,
                             where);
}
template <detail::Values Range>
Array array(const Range& values, const Shape& shape, Location where = Location::current()) {
  using E = std::remove_cvref_t<decltype(*std::data(values))>;
  return detail::copy_values(dtype_of<E>(), std::data(values), static_cast<std::int64_t>(std::size(values)), &shape,
                             where);
}

/// array({1.0, 2.0}), or array({1, 2, 3, 4}, {2, 2}).
template <Element E>
Array array(std::initializer_list<E> values, Location where = Location::current()) {
  return detail::copy_values(dtype_of<E>(), values.begin(), static_cast<std::int64_t>(values.size()), nullptr, where);
}
template <Element E>
Array array(std::initializer_list<E> values, const Shape& shape, Location where = Location::current()) {
  return detail::copy_values(dtype_of<E>(), values.begin(), static_cast<std::int64_t>(values.size()), &shape, where);
}

/// array({1.5, NAN}): floats among doubles give Float64.
inline Array array(std::initializer_list<detail::Real> values, Location where = Location::current()) {
  return detail::copy_values(DType::Float64, values.begin(), static_cast<std::int64_t>(values.size()), nullptr, where);
}
inline Array array(std::initializer_list<detail::Real> values, const Shape& shape,
                   Location where = Location::current()) {
  return detail::copy_values(DType::Float64, values.begin(), static_cast<std::int64_t>(values.size()), &shape, where);
}

/// array({{1.0, 2.0}, {3.0, 4.0}}): 2-d. ValueError for rows of different lengths.
template <Element E>
Array array(std::initializer_list<std::initializer_list<E>> rows, Location where = Location::current()) {
  if (rows.size() == 0) return array(std::initializer_list<E>{}, where);  // array<double>({}) means no rows
  const std::size_t columns = rows.begin()->size();
  std::vector<std::conditional_t<std::is_same_v<E, bool>, std::uint8_t, E>> values;
  for (const auto& row : rows) {
    if (row.size() != columns)
      detail::ragged(static_cast<std::size_t>(&row - rows.begin()), row.size(), columns, where);
    values.insert(values.end(), row.begin(), row.end());
  }
  const Shape shape{static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(columns)};
  return detail::copy_values(dtype_of<E>(), values.data(), static_cast<std::int64_t>(values.size()), &shape, where);
}

/// Copies bits into bytes. A template, so that no braced list becomes a std::vector<bool> on its way here.
template <std::same_as<std::vector<bool>> Bits>
Array array(const Bits& values, Location where = Location::current()) {
  const std::vector<std::uint8_t> bytes(values.begin(), values.end());
  return detail::copy_values(DType::Bool, bytes.data(), static_cast<std::int64_t>(bytes.size()), nullptr, where);
}

/// Borrows the caller's memory without a copy. Element at index 0 is *data; strides are in elements, one per axis, of
/// either sign or 0; without them data is in C order. The memory must live, and must not be written, while an array
/// made from it lives: `owner` is kept until then. ValueError for strides that are not one per axis, or for null data.
/// A library built with INGOT_DEBUG throws ValueError where an evaluation or an access to values would read memory that
/// was written meanwhile; of more than 1 MiB it looks at 256 evenly spaced stretches of 4 KiB.
template <Element E>
Array from_host(const E* data, const Shape& shape, const Strides& strides = {}, Owner owner = {},
                Location where = Location::current()) {
  return detail::borrow(dtype_of<E>(), data, shape, strides, std::move(owner), where);
}

/// Arrays of the shape and dtype, of 0, 1 or the value, that take no memory until they are computed. ValueError for a
/// negative extent or 2^59 elements and more.
INGOT_API Array zeros(const Shape& shape, DType dtype = DType::Float64, Location where = Location::current());
INGOT_API Array ones(const Shape& shape, DType dtype = DType::Float64, Location where = Location::current());
/// As zeros: arrays are immutable, so memory with arbitrary contents would be of no use.
INGOT_API Array empty(const Shape& shape, DType dtype = DType::Float64, Location where = Location::current());
/// ValueError also if the value does not fit the dtype, TypeError for a complex value and a real dtype.
INGOT_API Array full(const Shape& shape, Scalar value, DType dtype = DType::Float64,
                     Location where = Location::current());

/// With the shape of x, and its dtype unless another is given.
INGOT_API Array zeros_like(const Array& x, std::optional<DType> dtype = {}, Location where = Location::current());
INGOT_API Array ones_like(const Array& x, std::optional<DType> dtype = {}, Location where = Location::current());
INGOT_API Array empty_like(const Array& x, std::optional<DType> dtype = {}, Location where = Location::current());
INGOT_API Array full_like(const Array& x, Scalar value, std::optional<DType> dtype = {},
                          Location where = Location::current());

/// rows x columns (square unless given) with ones where column - row = k, and zeros elsewhere, of any dtype; generated
/// where it is used. ValueError for a negative extent.
INGOT_API Array eye(std::int64_t rows, std::optional<std::int64_t> columns = {}, std::int64_t k = 0,
                    DType dtype = DType::Float64, Location where = Location::current());

inline Array identity(std::int64_t rows, DType dtype = DType::Float64, Location where = Location::current()) {
  return eye(rows, {}, 0, dtype, where);
}

/// start + i * step for as long as that stays before stop: ceil((stop - start) / step) elements. The dtype is Int64 if
/// all three are integers and Float64 otherwise, unless one is given; floats are computed in Float64. A complex dtype
/// takes a real range. ValueError for a step of 0 or NaN, or integers that the dtype does not hold; TypeError for the
/// dtype bool and for complex numbers.
INGOT_API Array arange(Scalar start, Scalar stop, Scalar step = 1, std::optional<DType> dtype = {},
                       Location where = Location::current());
INGOT_API Array arange(Scalar start, Scalar stop, DType dtype, Location where = Location::current());
INGOT_API Array arange(Scalar stop, std::optional<DType> dtype = {}, Location where = Location::current());

/// `count` evenly spaced numbers from start to stop; the last is stop itself, or one step before it without endpoint.
/// Computed in Float64; an integer dtype takes the floor, and must hold the first and the last (ValueError). Of complex
/// numbers, both parts are spaced so. TypeError for the dtype bool, and for complex numbers in a real dtype.
INGOT_API Array linspace(double start, double stop, std::int64_t count, bool endpoint = true,
                         DType dtype = DType::Float64, Location where = Location::current());
INGOT_API Array linspace(std::complex<double> start, std::complex<double> stop, std::int64_t count,
                         bool endpoint = true, DType dtype = DType::Complex128, Location where = Location::current());

/// base to the powers linspace(start, stop, count, endpoint): within 1 ULP of those of the rounded exponents, and where
/// an exponent at an end is whole, up to 4096, the power itself, rounded (logspace(0, 3, 4) ends with 1000).
/// Computed in Float64; TypeError for dtypes that are no floats.
INGOT_API Array logspace(double start, double stop, std::int64_t count, bool endpoint = true, double base = 10,
                         DType dtype = DType::Float64, Location where = Location::current());

/// `count` numbers from start to stop with a constant ratio; the first is start and the last stop itself, or one step
/// before it without endpoint. In between within 4 + |log start| / 2 + |log stop| / 2 ULP (natural logarithms).
/// Computed in Float64; TypeError for dtypes that are no floats, ValueError for ends that are 0, not finite or of
/// different signs.
INGOT_API Array geomspace(double start, double stop, std::int64_t count, bool endpoint = true,
                          DType dtype = DType::Float64, Location where = Location::current());

}  // namespace ingot
