#pragma once

#include <cstdint>
#include <optional>

#include "ingot/shape.hpp"

namespace ingot {

/// The absent bound of a Slice, or of clip.
struct None {};
inline constexpr None none{};

/// Python's start:stop:step. Negative bounds count from the end, bounds beyond the array are cut, `none` is an open
/// bound; a step of 0 is a ValueError where the slice is used.
struct Slice {
  std::optional<std::int64_t> start, stop;
  std::int64_t step = 1;

  constexpr Slice() = default;
  template <class A, class B>
  constexpr Slice(A first, B last, std::int64_t stride = 1) : start(bound(first)), stop(bound(last)), step(stride) {}

 private:
  static constexpr std::optional<std::int64_t> bound(None) { return std::nullopt; }
  template <detail::Integer I>
  static constexpr std::optional<std::int64_t> bound(I value) {
    return static_cast<std::int64_t>(value);
  }
};

/// Inserts an axis of extent 1.
struct NewAxis {};
inline constexpr NewAxis newaxis{};

/// Stands for as many full slices as are missing.
struct Ellipsis {};
inline constexpr Ellipsis ellipsis{};

/// One basic index: an integer, a Slice, newaxis or ellipsis.
class Index {
 public:
  enum class Kind : std::uint8_t { Absent, At, Range, NewAxis, Ellipsis };

  constexpr Index() = default;
  template <detail::Integer I>
  constexpr Index(I position) : kind(Kind::At), at(static_cast<std::int64_t>(position)) {}
  constexpr Index(const Slice& range) : kind(Kind::Range), slice(range) {}
  constexpr Index(ingot::NewAxis) : kind(Kind::NewAxis) {}
  constexpr Index(ingot::Ellipsis) : kind(Kind::Ellipsis) {}

  Kind kind = Kind::Absent;
  std::int64_t at = 0;
  Slice slice;
};

/// Axes to work on: one, several, or all of them (the default, and `none`). Negative axes count from the end. An empty
/// list, Axes(Dims()), is no axis at all.
class Axes {
 public:
  Axes() noexcept = default;
  Axes(None) noexcept {}
  template <detail::Integer I>
  Axes(I axis) : all_(false), list_{static_cast<std::int64_t>(axis)} {}
  Axes(std::initializer_list<std::int64_t> axes) : all_(false), list_(axes) {}
  Axes(Dims axes) noexcept : all_(false), list_(std::move(axes)) {}
  template <class Range>
    requires(std::is_convertible_v<const Range&, std::span<const std::int64_t>> && !std::is_base_of_v<Dims, Range>)
  Axes(const Range& axes) : all_(false), list_(axes) {}

  bool all() const noexcept { return all_; }
  const Dims& list() const noexcept { return list_; }

 private:
  bool all_ = true;
  Dims list_;
};

}  // namespace ingot
