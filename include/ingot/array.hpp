#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <source_location>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "ingot/element.hpp"
#include "ingot/error.hpp"
#include "ingot/indexing.hpp"
#include "ingot/shape.hpp"

namespace ingot {

namespace graph {
struct Node;
}

/// The caller's file and line, recorded with every operation so that an error can name them.
using Location = std::source_location;

/// A number of any element type: a parameter that is a value rather than an array.
class Scalar {
 public:
  template <Element E>
  constexpr Scalar(E value) noexcept : dtype_(dtype_of<E>()) {
    if constexpr (ComplexElement<E>) {
      bits_ = encode(value.real());
      imag_bits_ = encode(value.imag());
    } else {
      bits_ = encode(value);
    }
  }
  constexpr Scalar(DType dtype, std::uint64_t bits, std::uint64_t imag_bits = 0) noexcept
      : dtype_(dtype), bits_(bits), imag_bits_(imag_bits) {}

  constexpr DType dtype() const noexcept { return dtype_; }
  /// The value's bytes in the low end, zero-extended; of a complex value the real part's.
  constexpr std::uint64_t bits() const noexcept { return bits_; }
  /// The same of the imaginary part.
  constexpr std::uint64_t imag_bits() const noexcept { return imag_bits_; }

 private:
  template <class E>
  static constexpr std::uint64_t encode(E value) noexcept {
    if constexpr (std::is_same_v<E, double>)
      return std::bit_cast<std::uint64_t>(value);
    else if constexpr (std::is_same_v<E, float>)
      return std::bit_cast<std::uint32_t>(value);
    else if constexpr (std::is_same_v<E, float16> || std::is_same_v<E, bfloat16>)
      return value.bits();
    else if constexpr (sizeof(E) == 1)
      return static_cast<std::uint8_t>(value);
    else if constexpr (sizeof(E) == 2)
      return static_cast<std::uint16_t>(value);
    else if constexpr (sizeof(E) == 4)
      return static_cast<std::uint32_t>(value);
    else
      return static_cast<std::uint64_t>(value);
  }

  DType dtype_;
  std::uint64_t bits_ = 0, imag_bits_ = 0;
};

/// A lazy N-d array: a cheap, immutable handle to an expression. Operations record; eval(), item(), data() and printing
/// compute. Copying shares; no copy of elements is ever made by a copy of a handle. Safe to share between threads. A
/// handle that was moved from may only be assigned to or destroyed; any other use throws ValueError.
class INGOT_API Array {
 public:
  /// A scalar: 0-d and weak, which means that it takes the dtype of the array it meets (float32 * 2.0 stays float32).
  template <Element E>
  Array(E value) : Array(Scalar(value)) {}
  Array(Scalar value);

  Array(const Array& other) noexcept;
  Array(Array&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Array& operator=(const Array& other) & noexcept;
  Array& operator=(Array&& other) & noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  Array& operator=(const Array& other) && = delete;  // x(0) = y cannot write into x: arrays are immutable
  Array& operator=(Array&& other) && = delete;
  ~Array();

  DType dtype() const;
  const Shape& shape() const;
  int ndim() const { return shape().ndim(); }
  std::int64_t size() const { return shape().numel(); }
  std::int64_t nbytes() const { return size() * static_cast<std::int64_t>(itemsize(dtype())); }

  /// Computes the values, if they are not there yet, and returns this array.
  const Array& eval(Location where = Location::current()) const;

  /// The value of an array of one element, converted to E as astype converts. ValueError for any other size.
  template <Element E>
  E item(Location where = Location::current()) const {
    E value;
    read_item(dtype_of<E>(), &value, where);
    return value;
  }

  /// The values in C order, without a copy where they are already so; E must be the dtype's C++ type (TypeError).
  /// Valid as long as this array, or a copy of it, lives.
  template <Element E>
  std::span<const E> data(Location where = Location::current()) const& {
    return {static_cast<const E*>(read_data(dtype_of<E>(), where)), static_cast<std::size_t>(size())};
  }
  template <Element E>
  std::span<const E> data(Location = Location::current()) const&& = delete;  // the span would outlive its array

  /// A copy of the values in C order, converted to E as astype converts.
  template <Element E>
  std::vector<E> to_vector(Location where = Location::current()) const {
    if constexpr (std::is_same_v<E, bool>) {
      std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size()));
      copy_out(DType::Bool, bytes.data(), where);
      return std::vector<bool>(bytes.begin(), bytes.end());
    } else {
      std::vector<E> values(static_cast<std::size_t>(size()));
      copy_out(dtype_of<E>(), values.data(), where);
      return values;
    }
  }

  /// The array with its axes reversed; a view.
  Array T(Location where = Location::current()) const;

  /// Basic indexing by NumPy's rules: integers, Slice, newaxis and ellipsis, as x(0, Slice(1, none), ellipsis). A view,
  /// nothing is copied. IndexError for an integer out of bounds or too many indices, ValueError for a step of 0.
  Array operator()(const Index& i0, const Index& i1 = {}, const Index& i2 = {}, const Index& i3 = {},
                   const Index& i4 = {}, const Index& i5 = {}, const Index& i6 = {}, const Index& i7 = {},
                   Location where = Location::current()) const;
  /// The same for any number of indices: x({0, Slice(1, none)}), or a std::vector<Index>.
  Array operator()(std::initializer_list<Index> indices, Location where = Location::current()) const {
    return (*this)(std::span(indices.begin(), indices.size()), where);
  }
  Array operator()(std::span<const Index> indices, Location where = Location::current()) const;

  /// The expression. For the library's own use, as is Adopt, which takes over one reference to a node.
  graph::Node* node() const noexcept { return node_; }
  struct Adopt {};
  Array(graph::Node* node, Adopt) noexcept : node_(node) {}

 private:
  void read_item(DType dtype, void* value, Location where) const;
  const void* read_data(DType dtype, Location where) const;
  void copy_out(DType dtype, void* values, Location where) const;

  graph::Node* node_;
};

/// An operand of a function or operator: an array or a scalar, with the place in the caller's source where it was
/// given. Made by implicit conversion in the call, and valid for that call only.
class Operand {
 public:
  Operand(const Array& array, Location where = Location::current()) noexcept
      : array_(&array), scalar_(false), where_(where) {}
  template <Element E>
  Operand(E value, Location where = Location::current()) noexcept : scalar_(value), where_(where) {}
  Operand(const Operand&) = delete;
  Operand& operator=(const Operand&) = delete;

  /// Null for a scalar.
  const Array* array() const noexcept { return array_; }
  const Scalar& scalar() const noexcept { return scalar_; }
  const Location& where() const noexcept { return where_; }

 private:
  const Array* array_ = nullptr;
  Scalar scalar_;
  Location where_;
};

/// Computes several arrays in one plan: what they share is computed once, and reductions of the same data share a pass
/// over it.
INGOT_API void eval(std::span<const Array> arrays, Location where = Location::current());
inline void eval(std::initializer_list<Array> arrays, Location where = Location::current()) {
  eval(std::span(arrays.begin(), arrays.size()), where);
}

namespace detail {
INGOT_API void eval_into(const Array& x, DType dtype, void* out, const Strides& strides, Location where);
}

/// Computes x straight into the caller's memory. Strides are in elements, one per axis, of either sign, from the
/// element at index 0; without them out is filled in C order. TypeError unless E is the dtype's C++ type; ValueError
/// for strides that are not one per axis or that lead two elements to one place.
template <Element E>
void eval_into(const Array& x, E* out, const Strides& strides = {}, Location where = Location::current()) {
  detail::eval_into(x, dtype_of<E>(), out, strides, where);
}

/// Prints as NumPy's str() does: the fewest digits that read back, at most 8 after the point, aligned, summarised
/// beyond 1,000 elements. Evaluates.
INGOT_API std::ostream& operator<<(std::ostream& out, const Array& array);
INGOT_API std::string to_string(const Array& array, Location where = Location::current());

}  // namespace ingot
