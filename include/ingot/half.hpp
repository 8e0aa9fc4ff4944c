#pragma once

#include <bit>
#include <compare>
#include <cstdint>

namespace ingot {

namespace detail {

/// A number of 16 bits with this many of mantissa. Conversions to it round once, ties to even; those from it are exact.
template <int kMantissa>
class Half {
 public:
  constexpr Half() noexcept = default;
  explicit constexpr Half(double value) noexcept : bits_(round(std::bit_cast<std::uint64_t>(value))) {}

  static constexpr Half from_bits(std::uint16_t bits) noexcept {
    Half half;
    half.bits_ = bits;
    return half;
  }
  constexpr std::uint16_t bits() const noexcept { return bits_; }

  explicit constexpr operator double() const noexcept { return std::bit_cast<double>(widened()); }
  explicit constexpr operator float() const noexcept { return static_cast<float>(static_cast<double>(*this)); }

  /// Comparisons are of the numbers: a NaN is unequal to all, -0 equals 0.
  friend constexpr bool operator==(Half a, Half b) noexcept { return static_cast<double>(a) == static_cast<double>(b); }
  friend constexpr std::partial_ordering operator<=>(Half a, Half b) noexcept {
    return static_cast<double>(a) <=> static_cast<double>(b);
  }

 private:
  static constexpr int kBias = (1 << (14 - kMantissa)) - 1, kDropped = 52 - kMantissa;
  static constexpr std::uint64_t kInfinity = std::uint64_t{2 * kBias + 1} << kMantissa,
                                 kInfinity64 = std::uint64_t{0x7FF} << 52;

  static constexpr std::uint16_t round(std::uint64_t bits) noexcept {
    const auto sign = static_cast<std::uint16_t>(bits >> 48 & 0x8000);
    const std::uint64_t size = bits & ~(std::uint64_t{1} << 63);
    if (size > kInfinity64) return static_cast<std::uint16_t>(sign | kInfinity | std::uint64_t{1} << (kMantissa - 1));
    const int exponent = static_cast<int>(size >> 52) - 1023 + kBias;  // of the half, 1 and up where it is normal
    const int drop = exponent > 0 ? kDropped : kDropped + 1 - exponent;
    if (drop > 53) return sign;
    const std::uint64_t significand = (size & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1} << 52;
    const std::uint64_t kept = significand >> drop, half = std::uint64_t{1} << (drop - 1);
    const std::uint64_t rounded = (significand + (half - 1) + (kept & 1)) >> drop;
    const std::uint64_t result = rounded + (exponent > 0 ? static_cast<std::uint64_t>(exponent - 1) << kMantissa : 0);
    return static_cast<std::uint16_t>(sign | (result < kInfinity ? result : kInfinity));
  }

  constexpr std::uint64_t widened() const noexcept {
    const std::uint64_t sign = std::uint64_t{bits_ & 0x8000u} << 48, size = bits_ & 0x7FFFu,
                        mantissa = size << kDropped;
    if (size >= kInfinity) return sign | kInfinity64 | mantissa;
    if (size >> kMantissa != 0) return sign | (mantissa + (std::uint64_t{1023 - kBias} << 52));
    const double unit = std::bit_cast<double>(std::uint64_t{1023 + 1 - kBias - kMantissa} << 52);
    return sign | std::bit_cast<std::uint64_t>(static_cast<double>(size) * unit);
  }

  std::uint16_t bits_ = 0;
};

}  // namespace detail

/// IEEE 754 binary16, the element of Float16: 11 significant bits, up to 65504.
using float16 = detail::Half<10>;

/// The upper half of a float, the element of BFloat16: 8 significant bits and the range of float.
using bfloat16 = detail::Half<7>;

}  // namespace ingot
