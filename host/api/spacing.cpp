// Numbers spaced by a constant ratio.
#include <cmath>
#include <optional>

#include "host/api/record.h"
#include "host/exec/float_state.h"
#include "ingot/creation.hpp"
#include "ingot/elementwise.hpp"
#include "ingot/manipulation.hpp"
#include "ingot/operators.hpp"

namespace ingot {
namespace {

// base^exponent for whole exponents, by products in two doubles each, which are exact as long as the power is.
double whole_power(double base, std::int64_t exponent) {
  double high = 1, low = 0, square = base, square_low = 0;
  const auto multiply = [](double& a, double& a_low, double b, double b_low) {
    const double product = a * b;
    a_low = std::isfinite(product) ? std::fma(a, b, -product) + (a * b_low + a_low * b) : 0;
    a = product;
  };
  for (std::uint64_t rest = static_cast<std::uint64_t>(std::abs(exponent)); rest != 0; rest >>= 1) {
    if (rest & 1) multiply(high, low, square, square_low);
    multiply(square, square_low, square, square_low);
  }
  const double power = high + low;
  if (exponent >= 0) return power;
  const double quotient = 1 / power;
  return std::isfinite(quotient) && quotient != 0
             ? quotient - quotient * (std::fma(quotient, power, -1.0) + quotient * (low - (power - high)))
             : quotient;
}

void require_spacing(std::string_view op, std::int64_t count, DType dtype, const Location& where) {
  if (!is_floating(dtype))
    fail<TypeError>(where, op, ": ", dtype, " was asked for, and powers need float32 or float64; convert with astype");
  if (count < 0) fail<ValueError>(where, op, ": ", count, " numbers were asked for; the count must not be negative");
  api::require_shape(op, Shape{count}, where);
}

// The values in the dtype, with ends that are known exactly in place.
Array with_ends(const Array& values, std::optional<double> first, std::optional<double> last, DType dtype,
                const Location& where) {
  const std::int64_t count = values.size();
  const Array index = arange(count, {}, where);
  Array result = values;
  if (last && count > 1) result = ingot::where(equal({index, where}, count - 1), *last, result);
  if (first && count > 0) result = ingot::where(equal({index, where}, std::int64_t{0}), *first, result);
  return astype(result, dtype, where);
}

}  // namespace

Array logspace(double start, double stop, std::int64_t count, bool endpoint, double base, DType dtype, Location where) {
  const exec::DefaultFloatState guard;
  require_spacing("logspace", count, dtype, where);
  const Array exponents = linspace(start, stop, count, endpoint, DType::Float64, where);
  const auto end = [&](double exponent) -> std::optional<double> {
    constexpr double kMost = 4096;  // beyond it every power but those of numbers near 1 is 0 or infinite
    if (std::trunc(exponent) != exponent || !(std::abs(exponent) <= kMost)) return std::nullopt;
    const double power = whole_power(base, std::abs(static_cast<std::int64_t>(exponent)));
    if (exponent < 0 && !std::isfinite(power)) return std::nullopt;  // whose reciprocal may be subnormal
    return whole_power(base, static_cast<std::int64_t>(exponent));
  };
  return with_ends(pow({Array(base), where}, exponents), end(start), endpoint ? end(stop) : std::nullopt, dtype, where);
}

Array geomspace(double start, double stop, std::int64_t count, bool endpoint, DType dtype, Location where) {
  const exec::DefaultFloatState guard;
  require_spacing("geomspace", count, dtype, where);
  if (!std::isfinite(start) || !std::isfinite(stop) || start == 0 || stop == 0 ||
      std::signbit(start) != std::signbit(stop))
    fail<ValueError>(where, "geomspace: from ", api::to_text(start), " to ", api::to_text(stop),
                     "; a constant ratio needs two finite numbers of one sign, neither of them 0");
  // Powers of both ends, so that neither their ratio nor a rounded logarithm of it is needed.
  const double intervals = static_cast<double>(endpoint ? count - 1 : count);
  const Array index = arange(count, DType::Float64, where);
  const Array towards = divide({index, where}, intervals > 0 ? intervals : 1.0);
  const Array from = divide({intervals - index, where}, intervals > 0 ? intervals : 1.0);
  const Array size =
      multiply({pow({Array(std::abs(start)), where}, from), where}, pow({Array(std::abs(stop)), where}, towards));
  return with_ends(start < 0 ? negative({size, where}) : size, start, endpoint ? std::optional(stop) : std::nullopt,
                   dtype, where);
}

}  // namespace ingot
