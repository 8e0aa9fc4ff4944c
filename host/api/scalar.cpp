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

template <class F>
F to_float(Scalar value) {
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

Scalar convert(Scalar value, DType to) noexcept {
  if (value.dtype() == to) return value;
  const exec::DefaultFloatState guard;
  if (to == DType::Float64) return to_float<double>(value);
  if (to == DType::Float32) return to_float<float>(value);
  if (is_bool(to)) return is_whole(value.dtype()) ? value.bits() != 0 : to_float<double>(value) != 0;
  const __int128 whole = is_whole(value.dtype()) ? to_integer(value) : saturate(to_float<double>(value), to);
  return Scalar(to, truncate(whole, to));
}

bool fits(Scalar value, DType to) noexcept {
  const DType from = value.dtype();
  if (from == to || is_bool(from)) return true;
  if (is_bool(to)) return false;
  if (is_integer(to)) {
    if (!is_integer(from)) return false;
    const __int128 whole = to_integer(value);
    return whole >= lowest(to) && whole <= highest(to);
  }
  if (to == DType::Float64 || is_integer(from)) return true;
  const exec::DefaultFloatState guard;
  return !std::isfinite(to_double(value)) || std::isfinite(static_cast<float>(to_double(value)));
}

std::string to_text(Scalar value) {
  switch (value.dtype()) {
    case DType::Bool: return value.bits() != 0 ? "true" : "false";
    case DType::Float32: return shortest(std::bit_cast<float>(static_cast<std::uint32_t>(value.bits())));
    case DType::Float64: return shortest(std::bit_cast<double>(value.bits()));
    default: return integer_text(to_integer(value));
  }
}

std::string range_text(DType to) {
  if (is_bool(to)) return "which holds true and false";
  if (to == DType::Float32) return "whose largest value is " + shortest(std::numeric_limits<float>::max());
  if (to == DType::Float64) return "whose largest value is " + shortest(std::numeric_limits<double>::max());
  return "which holds " + integer_text(lowest(to)) + " to " + integer_text(highest(to));
}

}  // namespace ingot::api
