#include "host/api/complex_formulas.h"

namespace ingot::api {
namespace {

// Exponents between which the square of a number neither overflows nor loses bits, and powers of two, with exact roots,
// that bring others there.
struct Range {
  int large, down, small, up;
};
Range range(DType part) { return part == DType::Float64 ? Range{500, -600, -480, 600} : Range{60, -80, -50, 100}; }

// z times a power of two, in range; `root_of_back` squared undoes the scaling.
struct Scaled {
  Pair z;
  Real root_of_back;

  Real size() const { return of(Op::sqrt, z.re * z.re + z.im * z.im); }
};

Scaled scaled(const Pair& z) {
  const Range r = range(z.re.dtype());
  const Real m = of(Op::maximum, magnitude(z.re), magnitude(z.im));
  const Real is_large = m > m.like(power_of_two(r.large)), is_small = m < m.like(power_of_two(r.small));
  const auto choose = [&](int for_large, int for_small) {
    return select(is_large, m.like(power_of_two(for_large)),
                  select(is_small, m.like(power_of_two(for_small)), m.like(1)));
  };
  const Real scale = choose(r.down, r.up);
  return {{z.re * scale, z.im * scale}, choose(-r.down / 2, -r.up / 2)};
}

// A divisor in range, and the real number that its conjugate is divided by for the quotient. One that is infinite
// stands for its direction, with a `size` of infinity; zero for that of its real part.
struct Divisor {
  Pair z;
  Real size, root_of_scale;
};

Divisor divisor(const Pair& given) {
  const Scaled s = scaled(given);
  const Real zero = s.z.re.like(0), one = s.z.re.like(1);
  const Real re_infinite = is_infinite(given.re), im_infinite = is_infinite(given.im);
  const Real infinite = re_infinite | im_infinite, vanishes = (given.re == zero) & (given.im == zero);
  const Pair direction = {with_sign(select(re_infinite, one, zero), given.re),
                          with_sign(select(im_infinite, one, zero), given.im)};
  const Pair along = {with_sign(one, given.re), zero};
  const Pair z = select(infinite, direction, select(vanishes, along, s.z));
  const Real most = of(Op::maximum, magnitude(z.re), magnitude(z.im)),
             least = of(Op::minimum, magnitude(z.re), magnitude(z.im));
  const Real size = select(infinite, zero.like(std::numeric_limits<double>::infinity()),
                           select(vanishes, zero, fma(most, most, least * least)));
  return {z, size, select(infinite, one, one / s.root_of_back)};
}

struct Precise {
  Sum re, im;
};

Sum normalized(const Sum& x, const Real& more) {
  const Real rest = x.low + more, finite = is_finite(x.high), high = select(finite, x.high + rest, x.high);
  return {high, select(finite, (x.high - high) + rest, high.like(0))};
}

Precise multiply(const Precise& x, const Precise& y) {
  const Real &a = x.re.high, &b = x.im.high, &c = y.re.high, &d = y.im.high;
  return {normalized(products(a, c, -b, d), (a * y.re.low + x.re.low * c) - (b * y.im.low + x.im.low * d)),
          normalized(products(a, d, b, c), (a * y.im.low + x.re.low * d) + (b * y.re.low + x.im.low * c))};
}

}  // namespace

Pair multiply(const Pair& x, const Pair& y) { return {x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re}; }

Sum products(const Real& a, const Real& b, const Real& c, const Real& d) {
  const Real p = a * b, q = c * d, sum = p + q, q_taken = sum - p;
  const Real error = (p - (sum - q_taken)) + (q - q_taken);
  return {sum, error + (fma(a, b, -p) + fma(c, d, -q))};
}

Real sum_of_products(const Real& a, const Real& b, const Real& c, const Real& d) {
  const Sum s = products(a, b, c, d);
  return select(is_finite(s.high), s.high + s.low, s.high);
}

// x times the conjugate of y over |y|^2, both operands in range. Bound: 3.5.
Pair divide(const Pair& x, const Pair& y) {
  const Divisor d = divisor(y);
  const Scaled n = scaled(x);
  const Real re = sum_of_products(n.z.re, d.z.re, n.z.im, d.z.im),
             im = sum_of_products(n.z.im, d.z.re, -n.z.re, d.z.im);
  // One root at a time, since their square may be out of range where the quotient is not.
  const Real root = n.root_of_back * d.root_of_scale;
  return {re / d.size * root * root, im / d.size * root * root};
}

Pair reciprocal(const Pair& z) {
  const Divisor d = divisor(z);
  return {d.z.re / d.size * d.root_of_scale * d.root_of_scale, -d.z.im / d.size * d.root_of_scale * d.root_of_scale};
}

// z / |z|; 0 of 0.
Pair sign(const Pair& z) {
  const Scaled s = scaled(z);
  const Real size = s.size(), one = size.like(1), zero = size.like(0);
  const Pair unit = select(size == zero, Pair{size, size}, Pair{s.z.re / size, s.z.im / size});
  // Of one infinite part the direction is its own, whatever the other is.
  const Real re = is_infinite(z.re), im = is_infinite(z.im), both = re & im;
  const Pair along_re = {with_sign(one, z.re), zero}, along_im = {zero, with_sign(one, z.im)};
  return select(of(Op::logical_xor, im, both), along_im, select(of(Op::logical_xor, re, both), along_re, unit));
}

// The root with a real part that is not negative, by the half angle's formula; special cases of C's Annex G.
Pair square_root(const Pair& z) {
  const Scaled s = scaled(z);
  const Real size = s.size(), half = size.like(0.5), zero = size.like(0),
             infinity = size.like(std::numeric_limits<double>::infinity());
  const Real t = of(Op::sqrt, (magnitude(s.z.re) + size) * half);
  const Real u = select(t == zero, s.z.im, s.z.im * half / t);
  const Pair root = select(s.z.re < zero, Pair{magnitude(u), with_sign(t, s.z.im)}, Pair{t, u});
  const Pair result = {root.re * s.root_of_back, root.im * s.root_of_back};
  const Real lost = is_infinite(z.re) & of(Op::isnan, z.im);
  const Pair of_infinite = select(z.re < zero, Pair{z.im, infinity}, Pair{infinity, z.im});
  return select(is_infinite(z.im), Pair{infinity, z.im}, select(lost, of_infinite, result));
}

Pair power_by_products(const Pair& z, int exponent) {
  const Real zero = z.re.like(0);
  const Precise base = {{z.re, zero}, {z.im, zero}};
  Precise result = base;
  for (int bit = static_cast<int>(std::bit_floor(static_cast<unsigned>(exponent))) / 2; bit != 0; bit /= 2) {
    result = multiply(result, result);
    if ((exponent & bit) != 0) result = multiply(result, base);
  }
  return {result.re.high, result.im.high};
}

}  // namespace ingot::api
