#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "ingot/export.hpp"

namespace ingot {

namespace detail {
/// An integer that can be an extent, an axis or an index; bool cannot.
template <class I>
concept Integer = std::integral<I> && !std::is_same_v<I, bool>;
}  // namespace detail

/// A short list of 64-bit numbers, one per axis: extents, strides or axes. Up to kInline of them need no allocation.
class INGOT_API Dims {
 public:
  using value_type = std::int64_t;
  static constexpr int kInline = 4;

  Dims() noexcept = default;
  Dims(std::initializer_list<std::int64_t> values) : Dims(std::span(values.begin(), values.size())) {}
  Dims(std::span<const std::int64_t> values) { assign(values.data(), static_cast<int>(values.size())); }
  /// From a std::vector or std::array of std::int64_t.
  template <class Range>
    requires(std::is_convertible_v<const Range&, std::span<const std::int64_t>> && !std::is_base_of_v<Dims, Range>)
  Dims(const Range& values) : Dims(std::span<const std::int64_t>(values)) {}
  Dims(int count, std::int64_t value) {
    resize(count);
    std::fill(begin(), end(), value);
  }
  Dims(const Dims& other) { copy(other); }
  Dims(Dims&& other) noexcept { steal(other); }
  Dims& operator=(const Dims& other) {
    if (this != &other) copy(other);
    return *this;
  }
  Dims& operator=(Dims&& other) noexcept {
    if (this != &other) {
      if (heap_ != nullptr) delete[] heap_;
      steal(other);
    }
    return *this;
  }
  ~Dims() {
    if (heap_ != nullptr) delete[] heap_;
  }

  int size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::int64_t* data() noexcept { return heap_ != nullptr ? heap_ : inline_; }
  const std::int64_t* data() const noexcept { return heap_ != nullptr ? heap_ : inline_; }
  std::int64_t* begin() noexcept { return data(); }
  std::int64_t* end() noexcept { return data() + size_; }
  const std::int64_t* begin() const noexcept { return data(); }
  const std::int64_t* end() const noexcept { return data() + size_; }
  std::int64_t& operator[](int i) noexcept { return data()[i]; }
  std::int64_t operator[](int i) const noexcept { return data()[i]; }
  std::int64_t back() const noexcept { return data()[size_ - 1]; }
  operator std::span<const std::int64_t>() const noexcept { return {data(), static_cast<std::size_t>(size_)}; }

  void resize(int count) {
    if (count > capacity_) grow(count);
    if (count > size_) std::fill(data() + size_, data() + count, 0);
    size_ = count;
  }
  void push_back(std::int64_t value) {
    if (size_ == capacity_) grow(2 * size_);
    data()[size_++] = value;
  }
  void insert(int position, std::int64_t value) {
    push_back(value);
    std::rotate(begin() + position, end() - 1, end());
  }
  void erase(int position) {
    std::copy(begin() + position + 1, end(), begin() + position);
    --size_;
  }

  // A loop of its own: std::equal would call memcmp, for one or two numbers.
  friend bool operator==(const Dims& a, const Dims& b) noexcept {
    if (a.size_ != b.size_) return false;
    const std::int64_t *x = a.data(), *y = b.data();
    for (int k = 0; k < a.size_; ++k)
      if (x[k] != y[k]) return false;
    return true;
  }

 private:
  void assign(const std::int64_t* values, int count) {
    if (count > capacity_) grow(count);
    std::copy_n(values, count, data());
    size_ = count;
  }
  // Without a heap, all of the fixed room is copied: less work than to ask how much of it.
  void copy(const Dims& other) {
    if (heap_ != nullptr || other.heap_ != nullptr) return assign(other.data(), other.size_);
    std::copy_n(other.inline_, kInline, inline_);
    size_ = other.size_;
  }
  void grow(int capacity);
  void steal(Dims& other) noexcept {
    std::copy_n(other.inline_, kInline, inline_);
    heap_ = other.heap_;
    size_ = other.size_;
    capacity_ = other.capacity_;
    other.heap_ = nullptr;
    other.size_ = 0;
    other.capacity_ = kInline;
  }

  std::int64_t inline_[kInline] = {};
  std::int64_t* heap_ = nullptr;
  int size_ = 0;
  int capacity_ = kInline;
};

/// Steps between neighbours along each axis, in elements.
using Strides = Dims;

/// The extents of an array, outermost first. {} is the shape of a 0-d array, which has one element.
class INGOT_API Shape : public Dims {
 public:
  Shape() noexcept = default;
  Shape(std::initializer_list<std::int64_t> extents) : Dims(extents) {}
  Shape(std::span<const std::int64_t> extents) : Dims(extents) {}
  Shape(Dims extents) noexcept : Dims(std::move(extents)) {}
  /// One axis: `zeros(5)` is `zeros({5})`.
  template <detail::Integer I>
  Shape(I extent) : Dims{static_cast<std::int64_t>(extent)} {}
  template <class Range>
    requires(std::is_convertible_v<const Range&, std::span<const std::int64_t>> && !std::is_base_of_v<Dims, Range>)
  Shape(const Range& extents) : Dims(std::span<const std::int64_t>(extents)) {}

  int ndim() const noexcept { return Dims::size(); }

  /// Number of elements: the product of the extents. The library checks every shape it makes, so this cannot overflow.
  std::int64_t numel() const noexcept {
    std::int64_t n = 1;
    for (std::int64_t d : *this) n *= d;
    return n;
  }
};

/// Row-major (C order) strides of a shape, in elements.
INGOT_API Strides c_strides(const Shape& shape);

/// "(2, 3)", as NumPy prints a shape.
INGOT_API std::string to_string(const Shape& shape);
INGOT_API std::ostream& operator<<(std::ostream& out, const Shape& shape);

}  // namespace ingot
