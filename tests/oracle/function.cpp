#include "tests/oracle/function.h"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "tests/oracle/exact.h"
#include "tests/oracle/philox.h"

namespace ingot::oracle {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Element boolean(bool value) { return Element::integer(value ? 1 : 0); }

int bits_of(DType dtype) { return 8 * static_cast<int>(itemsize(dtype)); }

bool is_exact_or_rounded(Op op, DType dtype) {
  const double ulp = info(op).ulp;
  return !is_floating(dtype) || ulp == 0 || ulp == 0.5;
}

double minimum(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return kNaN;
  if (a == b) return std::signbit(a) ? a : b;
  return a < b ? a : b;
}

double maximum(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return kNaN;
  if (a == b) return std::signbit(a) ? b : a;
  return a > b ? a : b;
}

// The division that rounds down. Where the quotient is small enough for it, x - fmod(x, y) over y is an integer that
// long double has.
double floor_divide(DType dtype, double x, double y) {
  if (std::isnan(x) || std::isnan(y) || (std::isinf(x) && y != 0)) return kNaN;
  if (y == 0) return x / y;
  if (x == 0) return x / y;
  const bool differ = std::signbit(x) != std::signbit(y);
  if (std::isinf(y)) return differ ? -1.0 : 0.0;
  const double ratio = x / y;
  if (!(std::fabs(ratio) < 0x1p50)) return floor_quotient(dtype, x, y);
  if (std::fabs(ratio) < 0.5) return differ ? -1.0 : 0.0;
  const double rest = std::fmod(x, y);
  const long double quotient =
      std::nearbyint((static_cast<long double>(x) - static_cast<long double>(rest)) / static_cast<long double>(y));
  const double floored = static_cast<double>(quotient) - (rest != 0 && differ ? 1.0 : 0.0);
  return floored == 0 ? 0.0 : floored;
}

double remainder(double x, double y) {
  const double rest = std::fmod(x, y);  // NaN for y = 0 and infinite x
  if (std::isnan(rest)) return kNaN;
  if (rest == 0) return std::copysign(0.0, y);
  return std::signbit(rest) != std::signbit(y) ? rest + y : rest;
}

double sign(double x) { return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0)); }

double heaviside(double x, double at_zero) { return std::isnan(x) ? x : x == 0 ? at_zero : x > 0 ? 1.0 : 0.0; }

double next(DType dtype, double x, double y) {
  if (dtype == DType::Float32) return std::nextafter(static_cast<float>(x), static_cast<float>(y));
  return std::nextafter(x, y);
}

// Of f32, the product is exact in double, but a sum rounded there would be rounded twice.
double fused(DType dtype, double x, double y, double z) {
  if (dtype == DType::Float32) return std::fma(static_cast<float>(x), static_cast<float>(y), static_cast<float>(z));
  return std::fma(x, y, z);
}

Element of_floats(Op op, DType dtype, const Element* in) {
  const double x = in[0].f, y = in[1].f;
  const auto real = [dtype](double value) { return fit(dtype, Element::real(value)); };
  // Of f32, an operation in double rounded to float is correctly rounded: 53 >= 2 * 24 + 2 (Figueroa).
  switch (op) {
    case Op::negative: return real(-x);
    case Op::abs: return real(std::fabs(x));
    case Op::sign: return real(sign(x));
    case Op::floor: return real(std::floor(x));
    case Op::ceil: return real(std::ceil(x));
    case Op::round: return real(std::nearbyint(x));
    case Op::trunc: return real(std::trunc(x));
    case Op::square: return real(x * x);
    case Op::reciprocal: return real(1 / x);
    case Op::sqrt: return real(std::sqrt(x));
    case Op::isnan: return boolean(std::isnan(x));
    case Op::isinf: return boolean(std::isinf(x));
    case Op::isfinite: return boolean(std::isfinite(x));
    case Op::add: return real(x + y);
    case Op::subtract: return real(x - y);
    case Op::multiply: return real(x * y);
    case Op::divide: return real(x / y);
    case Op::floor_divide: return real(floor_divide(dtype, x, y));
    case Op::remainder: return real(remainder(x, y));
    case Op::signbit: return boolean(std::signbit(x));
    case Op::fmod: return real(std::fmod(x, y));
    case Op::copysign: return real(std::copysign(x, y));
    case Op::nextafter: return real(next(dtype, x, y));
    case Op::heaviside: return real(heaviside(x, y));
    case Op::fma: return real(fused(dtype, x, y, in[2].f));
    case Op::minimum: return real(minimum(x, y));
    case Op::maximum: return real(maximum(x, y));
    case Op::equal: return boolean(x == y);
    case Op::not_equal: return boolean(x != y);
    case Op::less: return boolean(x < y);
    case Op::less_equal: return boolean(x <= y);
    case Op::greater: return boolean(x > y);
    case Op::greater_equal: return boolean(x >= y);
    case Op::clip: return real(minimum(maximum(x, y), in[2].f));
    default: return Element::real(rounded(op, dtype, x, info(op).arity > 1 ? y : 0));
  }
}

Wide floor_divide(Wide x, Wide y) {
  if (y == 0) return 0;
  const Wide quotient = x / y;
  return quotient - ((x % y != 0 && (x < 0) != (y < 0)) ? 1 : 0);
}

Wide remainder(Wide x, Wide y) { return y == 0 ? 0 : x - y * floor_divide(x, y); }

Wide size_of(Wide x) { return x < 0 ? -x : x; }

Wide common_divisor(Wide x, Wide y) { return y == 0 ? size_of(x) : common_divisor(y, x % y); }

Wide common_multiple(Wide x, Wide y) {
  const Wide divisor = common_divisor(x, y);
  return divisor == 0 ? 0 : product(size_of(x) / divisor, size_of(y));
}

Wide power(DType dtype, Wide x, Wide y) {
  if (y < 0) {
    if (x == 1) return 1;
    if (x == -1) return y % 2 == 0 ? 1 : -1;
    return 0;
  }
  Wide result = 1;
  for (; y != 0; y /= 2) {
    if (y % 2 != 0) result = fit(dtype, Element::integer(product(result, x))).i;
    x = fit(dtype, Element::integer(product(x, x))).i;
  }
  return result;
}

Wide shift_right(DType dtype, Wide x, Wide y) {
  if (y < 0 || y >= bits_of(dtype)) return x < 0 ? -1 : 0;
  const Wide unit = Wide{1} << y;
  return floor_divide(x, unit);
}

Wide shift_left(DType dtype, Wide x, Wide y) { return y < 0 || y >= bits_of(dtype) ? 0 : product(x, Wide{1} << y); }

Element of_integers(Op op, DType dtype, const Element* in) {
  const Wide x = in[0].i, y = in[1].i;
  const auto wrapped = [dtype](Wide value) { return fit(dtype, Element::integer(value)); };
  switch (op) {
    case Op::negative: return wrapped(-x);
    case Op::abs: return wrapped(x < 0 ? -x : x);
    case Op::sign: return wrapped((x > 0) - (x < 0));
    case Op::floor:
    case Op::ceil:
    case Op::round:
    case Op::trunc: return wrapped(x);
    case Op::square: return wrapped(product(x, x));
    case Op::logical_not: return boolean(x == 0);
    case Op::bitwise_invert: return is_bool(dtype) ? boolean(x == 0) : wrapped(-x - 1);
    case Op::add: return wrapped(x + y);
    case Op::subtract: return wrapped(x - y);
    case Op::multiply: return wrapped(product(x, y));
    case Op::floor_divide: return wrapped(floor_divide(x, y));
    case Op::remainder: return wrapped(remainder(x, y));
    case Op::signbit: return boolean(x < 0);
    case Op::fmod: return wrapped(y == 0 ? 0 : x % y);
    case Op::gcd: return wrapped(common_divisor(x, y));
    case Op::lcm: return wrapped(common_multiple(x, y));
    case Op::pow: return wrapped(power(dtype, x, y));
    case Op::minimum: return wrapped(x < y ? x : y);
    case Op::maximum: return wrapped(x > y ? x : y);
    case Op::equal: return boolean(x == y);
    case Op::not_equal: return boolean(x != y);
    case Op::less: return boolean(x < y);
    case Op::less_equal: return boolean(x <= y);
    case Op::greater: return boolean(x > y);
    case Op::greater_equal: return boolean(x >= y);
    case Op::logical_and: return boolean(x != 0 && y != 0);
    case Op::logical_or: return boolean(x != 0 || y != 0);
    case Op::logical_xor: return boolean((x != 0) != (y != 0));
    case Op::bitwise_and: return wrapped(x & y);
    case Op::bitwise_or: return wrapped(x | y);
    case Op::bitwise_xor: return wrapped(x ^ y);
    case Op::bitwise_left_shift: return wrapped(shift_left(dtype, x, y));
    case Op::bitwise_right_shift: return wrapped(shift_right(dtype, x, y));
    case Op::clip: {
      const Wide raised = x > y ? x : y;
      return wrapped(raised < in[2].i ? raised : in[2].i);
    }
    default: throw std::logic_error("the oracle has no integer function for " + std::string(info(op).name));
  }
}

// NaN where the two parts cancel.
long double log_of_sum(long double x, long double y) {
  const long double larger = std::fmax(x, y), rest = std::log1p(std::exp(std::fmin(x, y) - larger));
  return larger > -rest / 2 || larger < -2 * rest ? larger + rest : std::numeric_limits<long double>::quiet_NaN();
}

// Within a few units of long double's last place, which for either dtype is next to nothing.
long double nearly(Op op, double x, double y) {
  const long double a = x, b = y;
  switch (op) {
    case Op::rsqrt: return 1 / std::sqrt(a);
    case Op::exp:
    case Op::fast_exp: return std::exp(a);
    case Op::log:
    case Op::fast_log: return std::log(a);
    case Op::sin:
    case Op::fast_sin: return std::sin(a);
    case Op::cos:
    case Op::fast_cos: return std::cos(a);
    case Op::tanh:
    case Op::fast_tanh: return std::tanh(a);
    case Op::exp2: return std::exp2(a);
    case Op::exp10: return std::pow(10.0L, a);
    case Op::expm1: return std::expm1(a);
    case Op::log2: return std::log2(a);
    case Op::log10: return std::log10(a);
    case Op::log1p: return std::log1p(a);
    case Op::sinh: return std::sinh(a);
    case Op::cosh: return std::cosh(a);
    case Op::asinh: return std::asinh(a);
    case Op::acosh: return std::acosh(a);
    case Op::atanh: return std::atanh(a);
    case Op::sigmoid: return 1 / (1 + std::exp(-a));
    case Op::cbrt: return std::cbrt(a);
    case Op::hypot: return std::hypot(a, b);
    case Op::logaddexp: return log_of_sum(a, b);
    case Op::tan: return std::tan(a);
    case Op::asin: return std::asin(a);
    case Op::acos: return std::acos(a);
    case Op::atan: return std::atan(a);
    case Op::atan2: return std::atan2(a, b);
    case Op::erf: return std::erf(a);
    case Op::erfc: return std::erfc(a);
    case Op::pow:
    case Op::fast_pow: return std::pow(a, b);
    default: return std::numeric_limits<long double>::quiet_NaN();
  }
}

// Most results are far enough from the bound for long double to tell; the rest is for MPFR.
bool is_clearly_within(Op op, DType dtype, double x, double y, double got, double ulps) {
  const long double near = nearly(op, x, y), size = std::fabs(near);
  const bool single = dtype == DType::Float32;
  if (!(size > (single ? 0x1p-126L : 0x1p-1022L) && size < (single ? 0x1p127L : 0x1p1023L))) return false;
  const long double last_place = std::ldexp(1.0L, std::ilogb(near) - (single ? 23 : 52));
  return std::fabs(static_cast<long double>(got) - near) < (static_cast<long double>(ulps) - 0.02L) * last_place;
}

}  // namespace

Element apply(Op op, DType operand, DType result, const Element* in) {
  if (op == Op::where) return in[0].i != 0 ? in[1] : in[2];
  if (info(op).operands == Operands::Index) {
    const auto index = static_cast<std::uint64_t>(in[0].i), key = static_cast<std::uint64_t>(in[1].i);
    if (op == Op::random_integers)
      return fit(result, Element::integer(integer(index, key, static_cast<std::uint64_t>(in[2].i))));
    return fit(result, Element::real(op == Op::random_uniform ? uniform(result, index, key)
                                                              : static_cast<double>(normal(result, index, key))));
  }
  if (is_half(operand)) return fit(result, apply(op, DType::Float32, is_half(result) ? DType::Float32 : result, in));
  return is_floating(operand) ? of_floats(op, operand, in) : of_integers(op, operand, in);
}

namespace {

// In float32, and rounded once: from anything that float32 may give.
bool allows_half(Op op, DType operand, DType result, const Element* in, const Element& got) {
  const DType wide = is_half(result) ? DType::Float32 : result;
  const Element expected = apply(op, DType::Float32, wide, in);
  if (!is_half(result)) return same(result, got, expected);
  if (is_exact_or_rounded(op, operand)) return same(result, got, fit(result, expected));
  float least = static_cast<float>(expected.f), most = least;
  for (int k = 0; k < static_cast<int>(std::ceil(std::fabs(info(op).ulp))); ++k) {
    least = std::nextafter(least, -std::numeric_limits<float>::infinity());
    most = std::nextafter(most, std::numeric_limits<float>::infinity());
  }
  if (std::isnan(expected.f)) return std::isnan(got.f);
  return fit(result, Element::real(least)).f <= got.f && got.f <= fit(result, Element::real(most)).f;
}

}  // namespace

std::int64_t judged_step(Op op, DType operand, std::int64_t elements) {
  constexpr std::int64_t kCostlyElements = 5000;
  if (info(op).operands == Operands::Index || is_exact_or_rounded(op, operand)) return 1;
  const bool is_costly = std::isnan(nearly(op, 0.5, 0.5)) && std::isnan(nearly(op, 1.5, 1.5));
  return is_costly ? elements / kCostlyElements + 1 : 1;
}

bool allows(Op op, DType operand, DType result, const Element* in, const Element& got) {
  if (op == Op::random_normal) {
    const auto index = static_cast<std::uint64_t>(in[0].i), key = static_cast<std::uint64_t>(in[1].i);
    const long double expected = normal(result, index, key);
    const long double last_place = std::ldexp(1.0L, std::ilogb(expected) - (result == DType::Float32 ? 23 : 52));
    return std::fabs(static_cast<long double>(got.f) - expected) <= static_cast<long double>(info(op).ulp) * last_place;
  }
  if (is_half(operand)) return allows_half(op, operand, result, in, got);
  if (is_exact_or_rounded(op, operand)) {
    const Element expected = apply(op, operand, result, in);
    // At a tie of floor(x / y) both neighbours are half a unit away.
    if (op == Op::floor_divide && is_floating(operand) &&
        std::fabs(expected.f) >= (operand == DType::Float32 ? 0x1p24 : 0x1p53)) {
      return same(result, got, expected) || same(result, got, fit(operand, Element::real(in[0].f / in[1].f)));
    }
    return same(result, got, expected);
  }
  const double ulps = std::fabs(info(op).ulp), x = in[0].f, y = info(op).arity > 1 ? in[1].f : 0;
  return is_clearly_within(op, operand, x, y, got.f, ulps) || distance(op, operand, x, y, got.f) <= ulps;
}

namespace {

// An integer beyond 2^53 with what it has too much gathered in its last bit: then rounding it again rounds the integer.
double rounded_to_odd(Wide value) {
  Wide unit = 1;
  while (value / unit >= (Wide{1} << 52) || value / unit <= -(Wide{1} << 52)) unit *= 2;
  Wide quotient = value / unit;
  if (quotient * unit != value && quotient % 2 == 0) quotient += value < 0 ? -1 : 1;
  return static_cast<double>(quotient) * static_cast<double>(unit);
}

}  // namespace

Element convert(DType from, DType to, const Element& value) {
  if (is_bool(to)) return boolean(is_floating(from) ? value.f != 0 : value.i != 0);
  if (!is_floating(from)) {
    // An integer of at most 64 bits is rounded once on its way to a float.
    if (to == DType::Float32) return Element::real(static_cast<float>(value.i));
    if (to == DType::Float64) return Element::real(static_cast<double>(value.i));
    if (is_half(to)) return fit(to, Element::real(rounded_to_odd(value.i)));
    return fit(to, value);
  }
  if (is_floating(to)) return fit(to, value);
  if (std::isnan(value.f)) return Element::integer(0);
  const int bits = bits_of(to);
  const Wide least = is_signed_integer(to) ? -(Wide{1} << (bits - 1)) : Wide{0};
  const Wide most = is_signed_integer(to) ? (Wide{1} << (bits - 1)) - 1 : (Wide{1} << bits) - 1;
  // Beyond 2^100 the conversion to Wide could overflow.
  if (value.f >= 0x1p100) return Element::integer(most);
  if (value.f <= -0x1p100) return Element::integer(least);
  const Wide whole = static_cast<Wide>(value.f);
  return Element::integer(whole < least ? least : whole > most ? most : whole);
}

}  // namespace ingot::oracle
