#include "host/api/scalar.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "host/exec/float_state.h"

namespace ingot::api {
namespace {

int width(DType d) { return 8 * static_cast<int>(itemsize(d)); }

__int128 lowest(DType d) { return is_signed_integer(d) ? -(__int128{1} << (width(d) - 1)) : 0; }

__int128 highest(DType d) {
  if (is_bool(d)) return 1;
  return (__int128{1} << (width(d) - (is_signed_integer(d) ? 1 : 0))) - 1;
}

std::uint64_t truncate(__int128 value, DType d) {
  const auto low = static_cast<std::uint64_t>(value);
  return width(d) == 64 ? low : low & ((std::uint64_t{1} << width(d)) - 1);
}

// Saturates; NaN gives 0.
__int128 saturate(double value, DType d) {
  if (std::isnan(value)) return 0;
  if (value <= static_cast<double>(lowest(d))) return lowest(d);
  if (value >= static_cast<double>(highest(d))) return highest(d);
  return static_cast<__int128>(value);
}

float16 as_float16(Scalar value) { return float16::from_bits(static_cast<std::uint16_t>(value.bits())); }
bfloat16 as_bfloat16(Scalar value) { return bfloat16::from_bits(static_cast<std::uint16_t>(value.bits())); }

template <class F>
F to_float(Scalar value) {
  if (value.dtype() == DType::Float16) return static_cast<F>(as_float16(value));
  if (value.dtype() == DType::BFloat16) return static_cast<F>(as_bfloat16(value));
  if (value.dtype() == DType::Float64) return static_cast<F>(std::bit_cast<double>(value.bits()));
  if (value.dtype() == DType::Float32)
    return static_cast<F>(std::bit_cast<float>(static_cast<std::uint32_t>(value.bits())));
  const __int128 whole = to_integer(value);
  return whole < 0 ? static_cast<F>(static_cast<std::int64_t>(whole))
                   : static_cast<F>(static_cast<std::uint64_t>(whole));
}

template <class Number>
std::string shortest(Number value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, end.ptr);
}

// With what a double cannot hold gathered into its last bit, so that a half is rounded once.
double with_sticky_bit(Scalar value) {
  if (!is_whole(value.dtype())) return to_float<double>(value);
  __int128 whole = to_integer(value);
  constexpr __int128 kExact = __int128{1} << 53, kLow = 0x7FF;
  if (whole > kExact || whole < -kExact) whole = (whole & ~kLow) | ((whole & kLow) != 0 ? kLow + 1 : 0);
  return static_cast<double>(whole);
}

template <class H>
double decimal_of_half(H value) {
  const double exact = static_cast<double>(value);
  for (int digits = 0; std::isfinite(exact); ++digits) {
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, exact, std::chars_format::scientific, digits);
    double read = 0;
    std::from_chars(buffer, end.ptr, read);
    if (H(read).bits() == value.bits()) return read;
  }
  return exact;
}

std::string integer_text(__int128 value) {
  return value < 0 ? shortest(static_cast<std::int64_t>(value)) : shortest(static_cast<std::uint64_t>(value));
}

}  // namespace

__int128 to_integer(Scalar value) noexcept {
  const DType d = value.dtype();
  if (!is_signed_integer(d)) return value.bits();
  const int unused = 64 - width(d);
  return static_cast<std::int64_t>(value.bits() << unused) >> unused;
}

double to_double(Scalar value) noexcept {
  const exec::DefaultFloatState guard;
  return to_float<double>(value);
}

Scalar part(Scalar value, bool imag) noexcept {
  if (!is_complex(value.dtype())) return imag ? Scalar(DType::Float64, 0) : value;
  return Scalar(value.dtype() == DType::Complex64 ? DType::Float32 : DType::Float64,
                imag ? value.imag_bits() : value.bits());
}

Scalar convert(Scalar value, DType to) noexcept {
  if (value.dtype() == to) return value;
  if (is_complex(to)) {
    const DType of_part = to == DType::Complex64 ? DType::Float32 : DType::Float64;
    return Scalar(to, convert(part(value, false), of_part).bits(), convert(part(value, true), of_part).bits());
  }
  if (is_complex(value.dtype())) {
    const bool zero = to_double(part(value, false)) == 0 && to_double(part(value, true)) == 0;
    return is_bool(to) ? Scalar(!zero) : convert(part(value, false), to);
  }
  const exec::DefaultFloatState guard;
  if (to == DType::Float64) return to_float<double>(value);
  if (to == DType::Float32) return to_float<float>(value);
  if (to == DType::Float16) return float16(with_sticky_bit(value));
  if (to == DType::BFloat16) return bfloat16(with_sticky_bit(value));
  if (is_bool(to)) return is_whole(value.dtype()) ? value.bits() != 0 : to_float<double>(value) != 0;
  const __int128 whole = is_whole(value.dtype()) ? to_integer(value) : saturate(to_float<double>(value), to);
  return Scalar(to, truncate(whole, to));
}

bool fits(Scalar value, DType to) noexcept {
  const DType from = value.dtype();
  if (from == to || is_bool(from)) return true;
  if (is_complex(to)) {
    const DType of_part = to == DType::Complex64 ? DType::Float32 : DType::Float64;
    return fits(part(value, false), of_part) && fits(part(value, true), of_part);
  }
  if (is_complex(from)) return false;
  if (is_bool(to)) return false;
  if (is_integer(to)) {
    if (!is_integer(from)) return false;
    const __int128 whole = to_integer(value);
    return whole >= lowest(to) && whole <= highest(to);
  }
  if (to == DType::Float64) return true;
  return !std::isfinite(to_double(value)) || std::isfinite(to_double(convert(value, to)));
}

double decimal_of(float16 value) { return decimal_of_half(value); }
double decimal_of(bfloat16 value) { return decimal_of_half(value); }

std::string to_text(Scalar value) {
  switch (value.dtype()) {
    case DType::Bool: return value.bits() != 0 ? "true" : "false";
    case DType::Float16: return shortest(decimal_of(as_float16(value)));
    case DType::BFloat16: return shortest(decimal_of(as_bfloat16(value)));
    case DType::Float32: return shortest(std::bit_cast<float>(static_cast<std::uint32_t>(value.bits())));
    case DType::Float64: return shortest(std::bit_cast<double>(value.bits()));
    case DType::Complex64:
    case DType::Complex128: {
      const std::string imag = to_text(part(value, true));
      return "(" + to_text(part(value, false)) + (imag.front() == '-' ? "" : "+") + imag + "j)";
    }
    default: return integer_text(to_integer(value));
  }
}

std::string range_text(DType to) {
  if (is_bool(to)) return "which holds true and false";
  if (to == DType::Float16) return "whose largest value is 65504";
  if (to == DType::BFloat16) return "whose largest value is " + shortest(0x1.FEp127f);
  if (to == DType::Float32) return "whose largest value is " + shortest(std::numeric_limits<float>::max());
  if (is_complex(to)) return range_text(to == DType::Complex64 ? DType::Float32 : DType::Float64);
  if (to == DType::Float64) return "whose largest value is " + shortest(std::numeric_limits<double>::max());
  return "which holds " + integer_text(lowest(to)) + " to " + integer_text(highest(to));
}

}  // namespace ingot::api
