// The functions in long double, to find what MPFR need not judge.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "host/graph/op.h"

namespace ingot::accuracy {
namespace {

using Wide = long double;

/// How far wide() may be from the exact value, in units of the last place of float64: 32 of those of x86's long double,
/// of which 3 were the most that was seen.
constexpr double kWideMargin = 1 / 64.;

constexpr Wide kUnknown = std::numeric_limits<Wide>::quiet_NaN();
constexpr Wide kPi = std::numbers::pi_v<Wide>;

/// sin(pi x), whose argument is reduced exactly.
inline Wide sine_of_turns(Wide x) {
  Wide r = std::fmod(x, 2);
  if (std::fabs(r) > 1.5L) r -= std::copysign(2, r);
  if (std::fabs(r) > 0.5L) r = std::copysign(1, r) - r;
  return std::sin(kPi * r);
}

inline Wide cosine_of_turns(Wide x) {
  const Wide r = std::fabs(std::fmod(x, 2));
  return sine_of_turns(r > 1 ? r - 1.5L : 0.5L - r);
}

/// x / 2 * erfc(-x / sqrt(2)), with what the quotient was rounded by.
inline Wide gate(Wide x) {
  constexpr Wide kRoot = std::numbers::sqrt2_v<Wide>;
  constexpr Wide kRest = 0xb.2fb1366ea957d3p-68L;  // of the square root of 2
  const Wide z = -x / kRoot, lost = (std::fma(-z, kRoot, -x) - z * kRest) / kRoot;
  return x / 2 * (std::erfc(z) - 2 * std::numbers::inv_sqrtpi_v<Wide> * std::exp(-z * z) * lost);
}

inline Wide log_of_odds(Wide x) {
  if (x < 0.25L || x > 0.75L) return std::log(x) - std::log1p(-x);
  return std::log1p((2 * x - 1) / (1 - x));
}

/// Where no more than two bits cancel, nor the exponent's rounding shows.
inline Wide log_of_sum(Wide x, Wide y) {
  if (x < y) std::swap(x, y);
  const Wide more = std::log1p(std::exp(y - x)), sum = x + more;
  return std::fabs(sum) * 4 > std::fabs(x) && more * (x - y) <= 8 * std::fabs(sum) ? sum : kUnknown;
}

/// f(x) or f(x, y), or NaN where that is not known so well.
inline Wide wide(Op op, Wide x, Wide y) {
  switch (op) {
    case Op::add: return x + y;
    case Op::subtract: return x - y;
    case Op::multiply: return x * y;
    case Op::divide: return x / y;
    case Op::square: return x * x;
    case Op::reciprocal: return 1 / x;
    case Op::sqrt: return std::sqrt(x);
    case Op::rsqrt: return 1 / std::sqrt(x);
    case Op::exp:
    case Op::fast_exp: return std::exp(x);
    case Op::exp2: return std::exp2(x);
    case Op::exp10: return exp10l(x);
    case Op::expm1: return std::expm1(x);
    case Op::log:
    case Op::fast_log: return std::log(x);
    case Op::log2: return std::log2(x);
    case Op::log10: return std::log10(x);
    case Op::log1p: return std::log1p(x);
    case Op::sin:
    case Op::fast_sin: return std::sin(x);
    case Op::cos:
    case Op::fast_cos: return std::cos(x);
    case Op::tan: return std::tan(x);
    case Op::sinh: return std::sinh(x);
    case Op::cosh: return std::cosh(x);
    case Op::tanh:
    case Op::fast_tanh: return std::tanh(x);
    case Op::asin: return std::asin(x);
    case Op::acos: return std::acos(x);
    case Op::atan: return std::atan(x);
    case Op::asinh: return std::asinh(x);
    case Op::acosh: return std::acosh(x);
    case Op::atanh: return std::atanh(x);
    case Op::cbrt: return std::cbrt(x);
    case Op::erf: return std::erf(x);
    case Op::erfc: return std::erfc(x);
    case Op::sinpi: return sine_of_turns(x);
    case Op::cospi: return cosine_of_turns(x);
    case Op::tanpi: return sine_of_turns(x) / cosine_of_turns(x);
    case Op::sinc: return x == 0 ? 1 : sine_of_turns(x) / (kPi * x);
    case Op::sigmoid: return 1 / (1 + std::exp(-x));
    case Op::logit: return log_of_odds(x);
    case Op::gelu: return gate(x);
    case Op::atan2: return std::atan2(x, y);
    case Op::hypot: return std::hypot(x, y);
    case Op::pow:
    case Op::fast_pow: return std::pow(x, y);
    case Op::logaddexp: return log_of_sum(x, y);
    default: return kUnknown;
  }
}

inline bool is_known(Op op) { return !std::isnan(wide(op, 0.5L, 0.5L)) || !std::isnan(wide(op, 1.5L, 1.5L)); }

}  // namespace
}  // namespace ingot::accuracy
