// Functions of complex numbers as formulas over their parts, each written once. Errors are of the norm, in units of
// 2^-53 (complex64: 2^-24) of it: at most 4, except where a bound is given.
#pragma once

#include "host/api/complex_real.h"

namespace ingot::api {

struct Pair {
  Real re, im;
};

inline Pair select(const Real& condition, const Pair& x, const Pair& y) {
  return {select(condition, x.re, y.re), select(condition, x.im, y.im)};
}
inline Real magnitude(const Real& x) { return of(Op::abs, x); }
inline Real is_finite(const Real& x) { return of(Op::isfinite, x); }
inline Real is_infinite(const Real& x) { return of(Op::isinf, x); }
/// The size with the sign of the other, of -0 too; that of a NaN counts as plus, since backends differ in it.
inline Real with_sign(const Real& size, const Real& sign) {
  return of(Op::copysign, size, select(sign == sign, sign, sign.like(0)));
}
inline double power_of_two(int exponent) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52);
}

// complex_arithmetic.cpp
/// A number as the sum of two, the second of which is small beside the first.
struct Sum {
  Real high, low;
};
/// a b + c d but for terms of the second order. The second part is NaN where the first is not finite.
Sum products(const Real& a, const Real& b, const Real& c, const Real& d);
/// The same, rounded.
Real sum_of_products(const Real& a, const Real& b, const Real& c, const Real& d);
Pair multiply(const Pair& x, const Pair& y);
Pair divide(const Pair& x, const Pair& y);
Pair reciprocal(const Pair& z);
Pair sign(const Pair& z);
Pair square_root(const Pair& z);
/// z to a positive whole power, with products of twice the precision.
Pair power_by_products(const Pair& z, int exponent);

// complex_exponential.cpp
Pair exponential(const Pair& z);
Pair exponential2(const Pair& z);
Pair exponential_minus1(const Pair& z);
Pair logarithm(const Pair& z);
Pair logarithm2(const Pair& z);
Pair logarithm10(const Pair& z);
Pair logarithm_of_1_plus(const Pair& z);
/// exp(w log z), of which the exponent is rounded: what the result loses by that is its size.
Pair power(const Pair& z, const Pair& w);

// complex_trigonometric.cpp. Those of the circle are those of the hyperbola, turned: sin z = -i sinh(iz).
Pair hyperbolic_sine(const Pair& z);
Pair hyperbolic_cosine(const Pair& z);
Pair hyperbolic_tangent(const Pair& z);
Pair sine(const Pair& z);
Pair cosine(const Pair& z);
Pair tangent(const Pair& z);
Pair inverse_hyperbolic_sine(const Pair& z);
Pair inverse_hyperbolic_cosine(const Pair& z);
Pair inverse_hyperbolic_tangent(const Pair& z);
Pair inverse_sine(const Pair& z);
Pair inverse_cosine(const Pair& z);
Pair inverse_tangent(const Pair& z);

}  // namespace ingot::api
