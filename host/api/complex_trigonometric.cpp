#include "host/api/complex_formulas.h"

namespace ingot::api {
namespace {

Pair swapped(const Pair& z) { return {z.im, z.re}; }

// sinh and cosh of a real number, times `once` and `twice` where they overflow.
struct Hyperbola {
  Real sinh, cosh, once, twice;
};

// Where it is large, both are e^(|x| - shift) / 2 times e^shift, once or twice.
Hyperbola hyperbola(const Real& x) {
  const Real size = magnitude(x), one = x.like(1), shift = x.like(546.125, 60.125);
  const Real factor = x.like(0x1.db03d5d5f9e18p+787, 0x1.ac2b79fd547d7p+86);
  const Real once = size > x.like(700, 80), twice = size > x.like(1200, 140);
  const Real by = with_sign(select(twice, shift + shift, shift), x), near = select(once, x - by, x);
  return {of(Op::sinh, near), of(Op::cosh, near), select(once, factor, one), select(twice, factor, one)};
}

// What asin and acos of z are made of, from the sides of the triangle of z, 1 and -1 (Hull, Fairgrieve and Tang,
// "Implementing the complex arcsine and arccosine functions using exception handling", TOMS 23, 1997): with a half the
// sum of its sides at z, asin z is atan2(x, sqrt(a^2 - x^2)) + i asinh(sqrt(a^2 - 1)).
struct Triangle {
  Real adjacent, log_of_sum;  // sqrt(a^2 - x^2), asinh(sqrt(a^2 - 1))
};

Triangle triangle(const Pair& z) {
  const Real unit = z.re.like(1), half = z.re.like(0.5), zero = z.re.like(0), quarter = z.re.like(0.25);
  const Real infinity = z.re.like(std::numeric_limits<double>::infinity());
  // Near the end of the range 1 is nothing beside z, and z / 4 is taken for z.
  const Real is_huge =
      of(Op::maximum, magnitude(z.re), magnitude(z.im)) > z.re.like(power_of_two(1000), power_of_two(120));
  const Real scale = select(is_huge, quarter, unit), one = select(is_huge, zero, unit);
  const Real x = magnitude(z.re) * scale, y = magnitude(z.im) * scale;

  const Real r = of(Op::hypot, x + one, y), s = of(Op::hypot, x - one, y), a = r * half + s * half;
  const Real far = r + (x + one), near = s + magnitude(x - one);
  // a^2 - l^2 for the lesser l and the greater g of x and 1: a - g is y^2 times the half of 1 / far + 1 / near.
  const Real lesser = a + of(Op::minimum, x, one), greater = a + of(Op::maximum, x, one);
  const Real is_large = a > a.like(power_of_two(28), power_of_two(13));
  const Real along = select(is_large, a, of(Op::sqrt, (y * (y / far) + near) * half * lesser));
  const Real across = y * of(Op::sqrt, (greater / far + greater / near) * half);
  const Real adjacent = select(x > one, across, along), opposite = select(x < one, across, along);

  const Real infinite = is_infinite(x) | is_infinite(y);
  const Real length = of(Op::asinh, select(infinite, infinity, opposite));
  return {select(infinite | is_huge, magnitude(z.im), adjacent),
          length + select(is_huge, length.like(0x1.62e42fefa39efp+0), zero)};
}

}  // namespace

Pair hyperbolic_sine(const Pair& z) {
  const Real &x = z.re, &y = z.im, zero = x.like(0);
  const Hyperbola h = hyperbola(x);
  const Real lost = ((x == zero) | is_infinite(x)) & !is_finite(y);
  return {select(lost, x, h.sinh * of(Op::cos, y) * h.once * h.twice),
          select(y == zero, y, h.cosh * of(Op::sin, y) * h.once * h.twice)};
}

Pair hyperbolic_cosine(const Pair& z) {
  const Real &x = z.re, &y = z.im, zero = x.like(0), one = x.like(1);
  const Hyperbola h = hyperbola(x);
  const Real unbounded = !is_finite(y);
  const Real im = select(unbounded & (x == zero), zero, h.sinh * of(Op::sin, y) * h.once * h.twice);
  return {select(unbounded & is_infinite(x), magnitude(x), h.cosh * of(Op::cos, y) * h.once * h.twice),
          select(y == zero, with_sign(one, x) * y, im)};
}

// (sinh x cosh x + i sin y cos y) / (sinh^2 x + cos^2 y)
Pair hyperbolic_tangent(const Pair& z) {
  const Real &x = z.re, &y = z.im, zero = x.like(0), one = x.like(1);
  const Real sinh = of(Op::sinh, x), cosh = of(Op::cosh, x), sin = of(Op::sin, y), cos = of(Op::cos, y);
  const Sum size = products(sinh, sinh, cos, cos);
  const auto quotient = [&](const Real& a, const Real& b) {
    const Real p = a * b, q = p / size.high;
    return q + (fma(-q, size.high, p) + (fma(a, b, -p) - q * size.low)) / size.high;
  };
  const Real is_large = magnitude(x) > x.like(20, 10);
  const Real re = select(is_large, with_sign(one, x), quotient(sinh, cosh));
  const Real im = select(is_large, sin * cos / sinh / sinh, quotient(sin, cos));
  // Of an infinite or NaN y the tangent is lost, but for the part that x alone determines.
  const Real lost = select((x == zero) | is_infinite(x), zero, y - y);
  return {select(x == zero, x, re) - lost, select(y == zero, y, select(is_infinite(x) & !is_finite(y), zero, im))};
}

Pair sine(const Pair& z) { return swapped(hyperbolic_sine(swapped(z))); }
Pair cosine(const Pair& z) {
  const Pair c = hyperbolic_cosine(swapped(z));
  return {c.re, -c.im};
}
Pair tangent(const Pair& z) { return swapped(hyperbolic_tangent(swapped(z))); }

Pair inverse_sine(const Pair& z) {
  const Triangle t = triangle(z);
  return {select(z.re == z.re.like(0), z.re, of(Op::atan2, z.re, t.adjacent)), with_sign(t.log_of_sum, z.im)};
}

Pair inverse_cosine(const Pair& z) {
  const Triangle t = triangle(z);
  const Real right_angle = z.re.like(0x1.921fb54442d18p+0);
  return {select(z.re == z.re.like(0), right_angle, of(Op::atan2, t.adjacent, z.re)), -with_sign(t.log_of_sum, z.im)};
}

Pair inverse_hyperbolic_sine(const Pair& z) { return swapped(inverse_sine(swapped(z))); }

Pair inverse_hyperbolic_cosine(const Pair& z) {
  const Pair c = inverse_cosine(z);
  return {magnitude(c.im), with_sign(c.re, z.im)};
}

// log(|1 + z|^2 / |1 - z|^2) / 4 + i arg((1 + z) / (1 - z)) / 2
Pair inverse_hyperbolic_tangent(const Pair& z) {
  const Real one = z.re.like(1), two = z.re.like(2), half = z.re.like(0.5), quarter = z.re.like(0.25),
             zero = z.re.like(0);
  const Real right_angle = z.re.like(0x1.921fb54442d18p+0);
  const Real x = magnitude(z.re), y = magnitude(z.im), d = one - x;
  const Real most = of(Op::maximum, x, y), least = of(Op::minimum, x, y);
  const Real infinite = is_infinite(x) | is_infinite(y);
  const Real is_large = most > x.like(power_of_two(60), power_of_two(30));

  // At 1 + iy with so small an y that its square vanishes, log(c / y) / 2 - log(c / 2) / 2.
  const Real at_pole = (d == zero) & (y < x.like(power_of_two(-500), power_of_two(-60)));
  const Real c = x.like(power_of_two(-60), power_of_two(-30)),
             log_of_c = x.like(-0x1.52417db067f38p+4, -0x1.57cd0e7026820p+3);
  const Real grown = select(at_pole, c / y, two * two * x / fma(d, d, y * y));
  const Real log = of(Op::log1p, grown) * select(at_pole, half, quarter) - select(at_pole, log_of_c, zero);
  const Real vanishing = x / most * half / (most * half + least * half * (least / most));
  const Real re = select(infinite, zero, select(is_large, vanishing, log));

  const Real angle = of(Op::atan2, two * y, fma(-y, y, d * (one + x))) * half;
  const Real im = select(is_large | is_infinite(y), right_angle, angle);
  return {select(z.re == zero, z.re, with_sign(re, z.re)), with_sign(im, z.im)};
}

Pair inverse_tangent(const Pair& z) { return swapped(inverse_hyperbolic_tangent(swapped(z))); }

}  // namespace ingot::api
