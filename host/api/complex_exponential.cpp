#include <cmath>

#include "host/api/complex_formulas.h"

namespace ingot::api {
namespace {

// A positive constant as the sum of two numbers of the dtype, the first rounded down so that the second has its sign:
// the product with a zero keeps the zero's.
struct Constant {
  Real high, low;
};

Constant constant_of(const Real& beside, double c, double rest) {
  if (beside.is_wide()) return {beside.like(c), beside.like(rest)};
  float high = static_cast<float>(c);
  if (static_cast<double>(high) > c) high = std::nextafter(high, 0.0f);
  return {beside.like(static_cast<double>(high)), beside.like(c - static_cast<double>(high))};
}

// Where b^x alone overflows it is b^(x - shift) times b^shift, once or twice, which are multiplied last.
struct Shift {
  double from, twice_from, by, factor;
};
constexpr Shift kWideShift = {700, 1200, 546.125, 0x1.db03d5d5f9e18p+787},  // this power is nearly a double, and
    kNarrowShift = {80, 140, 60.125, 0x1.ac2b79fd547d7p+86};                // this one a float

struct Power {
  Real size, once, twice;
};

Power power_of(Op op, const Real& x, const Shift& s) {
  const Real one = x.like(1), zero = x.like(0), factor = x.like(s.factor);
  const Real once = x > x.like(s.from), twice = x > x.like(s.twice_from);
  const Real shift = select(twice, x.like(2 * s.by), select(once, x.like(s.by), zero));
  return {of(op, x - shift), select(once, factor, one), select(twice, factor, one)};
}

// p (cos + i sin) of an angle that is `turn` in units of its own; special cases of C's Annex G.
Pair polar(const Real& x, const Real& turn, const Power& p, const Real& cos, const Real& sin) {
  const Real zero = x.like(0), is_real = turn == zero;
  const Real lost = is_infinite(x) & !is_finite(turn);
  const Real re = select(lost | is_real, p.size, p.size * cos), im = select(lost & (x < zero), zero, p.size * sin);
  return {re * p.once * p.twice, select(is_real, turn, im * p.once * p.twice)};
}

// log |z| / log b + i arg z / log b, with log(1 + excess) / 2 for log |z| where that is small: excess is |z|^2 - 1.
Pair logarithm(Op op, const Pair& z, const Real& excess, const Constant& scale) {
  const Real zero = excess.like(0), half = excess.like(0.5);
  const Real x = magnitude(z.re), y = magnitude(z.im);
  const Real most = of(Op::maximum, x, y), least = of(Op::minimum, x, y);
  const Real ratio = select(least == most, excess.like(1), least / most);
  const Real is_near = (excess > -half) & (excess < excess.like(1));
  const Real rest = of(Op::log1p, select(is_near, excess, ratio * ratio)) * half;
  const Real size = select(is_near, zero, of(op, most));
  const Real re = fma(rest, scale.high, fma(rest, scale.low, size));
  const Real angle = of(Op::atan2, z.im, z.re);
  const Real infinite = is_infinite(x) | is_infinite(y);
  return {select(infinite, zero.like(std::numeric_limits<double>::infinity()), re),
          op == Op::log ? angle : fma(angle, scale.high, angle * scale.low)};
}

Pair logarithm(Op op, const Pair& z, double scale, double scale_low) {
  const Real x = magnitude(z.re), y = magnitude(z.im);
  const Real least = of(Op::minimum, x, y), d = of(Op::maximum, x, y) - x.like(1);
  return logarithm(op, z, fma(d, d, least * least) + (d + d), constant_of(x, scale, scale_low));
}

}  // namespace

Pair exponential(const Pair& z) {
  const Power p = power_of(Op::exp, z.re, z.re.is_wide() ? kWideShift : kNarrowShift);
  return polar(z.re, z.im, p, of(Op::cos, z.im), of(Op::sin, z.im));
}

// The angle is y log 2 in two parts. Bound for |y| < 2^26; beyond, the square of the second part counts.
Pair exponential2(const Pair& z) {
  const Power p =
      power_of(Op::exp2, z.re,
               z.re.is_wide() ? Shift{1000, 1500, 512, power_of_two(512)} : Shift{120, 180, 64, power_of_two(64)});
  const Constant log2 = constant_of(z.im, 0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56);
  const Real angle = z.im * log2.high, error = fma(z.im, log2.high, -angle) + z.im * log2.low;
  const Real rest = select(magnitude(error) < error.like(1), error, error.like(0));
  const Real cos = of(Op::cos, angle), sin = of(Op::sin, angle);
  return polar(z.re, z.im, p, cos - rest * sin, sin + rest * cos);
}

// e^x cos y - 1 = (e^x - 1) cos y - 2 sin(y / 2)^2, where that cancels less.
Pair exponential_minus1(const Pair& z) {
  const Power p = power_of(Op::exp, z.re, z.re.is_wide() ? kWideShift : kNarrowShift);
  const Real cos = of(Op::cos, z.im), zero = cos.like(0), half = cos.like(0.5), limit = cos.like(40);
  const Pair direct = polar(z.re, z.im, p, cos, of(Op::sin, z.im));
  const Real s = of(Op::sin, z.im * half);
  const Real near = fma(of(Op::expm1, z.re), cos, zero - (s + s) * s);
  const Real is_near = (cos > half) & (magnitude(z.re) < limit);
  return {select(is_near, near, direct.re - cos.like(1)), direct.im};
}

Pair logarithm(const Pair& z) { return logarithm(Op::log, z, 1, 0); }
Pair logarithm2(const Pair& z) { return logarithm(Op::log2, z, 0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56); }
Pair logarithm10(const Pair& z) { return logarithm(Op::log10, z, 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57); }

Pair logarithm_of_1_plus(const Pair& z) {
  const Real &x = z.re, &y = z.im;
  return logarithm(Op::log, {x + x.like(1), y}, fma(x, x, y * y) + (x + x), constant_of(x, 1, 0));
}

Pair power(const Pair& z, const Pair& w) {
  const Pair l = logarithm(z);
  const Real re = sum_of_products(w.re, l.re, -w.im, l.im), im = sum_of_products(w.re, l.im, w.im, l.re);
  const Real zero = re.like(0), one = re.like(1), infinity = re.like(std::numeric_limits<double>::infinity());
  // So far out the size is known though the angle may have overflowed.
  const Real bounded = select(re < re.like(-1e4), -infinity, select(re > re.like(1e4), infinity, re));
  return select((w.re == zero) & (w.im == zero), Pair{one, zero}, exponential({bounded, im}));
}

}  // namespace ingot::api
