#include "ingot/complex.hpp"

#include <bit>
#include <limits>

#include "host/api/complex.h"

namespace ingot {
namespace api {
namespace {

// A part of an operand or of a result, and the real expressions that the formulas below are made of.
struct Real {
  NodeRef node;
  const Location* where;

  DType dtype() const { return node->dtype; }
  Real like(double value) const { return {constant(convert(value, dtype())), where}; }
};

Real of(Op op, const Real& x) { return {apply(op, x.node.get(), *x.where), x.where}; }
Real of(Op op, const Real& x, const Real& y) { return {apply(op, x.node.get(), y.node.get(), *x.where), x.where}; }

Real operator-(const Real& x) { return of(Op::negative, x); }
Real operator+(const Real& x, const Real& y) { return of(Op::add, x, y); }
Real operator-(const Real& x, const Real& y) { return of(Op::subtract, x, y); }
Real operator*(const Real& x, const Real& y) { return of(Op::multiply, x, y); }
Real operator/(const Real& x, const Real& y) { return of(Op::divide, x, y); }
Real operator<(const Real& x, const Real& y) { return of(Op::less, x, y); }
Real operator>(const Real& x, const Real& y) { return of(Op::greater, x, y); }
Real operator==(const Real& x, const Real& y) { return of(Op::equal, x, y); }
Real operator!=(const Real& x, const Real& y) { return of(Op::not_equal, x, y); }
Real operator&(const Real& x, const Real& y) { return of(Op::logical_and, x, y); }
Real operator|(const Real& x, const Real& y) { return of(Op::logical_or, x, y); }
Real magnitude(const Real& x) { return of(Op::abs, x); }
Real select(const Real& condition, const Real& x, const Real& y) {
  const Input inputs[] = {condition.node.get(), x.node.get(), y.node.get()};
  return {apply(Op::where, x.dtype(), inputs, *x.where), x.where};
}
// Below zero, or -0.
Real is_negative(const Real& x) { return (x < x.like(0)) | (x.like(1) / x < x.like(0)); }
Real with_sign(const Real& size, const Real& sign) { return select(is_negative(sign), -size, size); }

struct Pair {
  Real re, im;
};

Pair select(const Real& condition, const Pair& x, const Pair& y) {
  return {select(condition, x.re, y.re), select(condition, x.im, y.im)};
}

// Exponents between which the square of a number neither overflows nor loses bits, and powers of two, with exact roots,
// that bring others there.
struct Range {
  int large, down, small, up;
};
Range range(DType part) { return part == DType::Float64 ? Range{500, -600, -480, 600} : Range{60, -80, -50, 100}; }

double power_of_two(int exponent) { return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52); }

// z times a power of two, in range, with its absolute value there; `back` undoes the scaling.
struct Scaled {
  Pair z;
  Real size, back, root_of_back;
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
  const Pair s = {z.re * scale, z.im * scale};
  return {s, of(Op::sqrt, s.re * s.re + s.im * s.im), choose(-r.down, -r.up), choose(-r.down / 2, -r.up / 2)};
}

// Infinite where a part is, whatever the other.
Real absolute(const Pair& z) {
  const Scaled s = scaled(z);
  const Real infinite = of(Op::isinf, z.re) | of(Op::isinf, z.im);
  return select(infinite, z.re.like(std::numeric_limits<double>::infinity()), s.size * s.back);
}

Pair multiply(const Pair& x, const Pair& y) { return {x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re}; }

// Smith's algorithm ("Algorithm 116: complex division", CACM 5, 1962), with both operands scaled by a power of two
// where the divisor is so large or so small that its denominator would overflow or lose bits.
Pair divide(const Pair& x, const Pair& y) {
  const bool wide = y.re.dtype() == DType::Float64;
  const Real swap = magnitude(y.im) > magnitude(y.re);
  const Real most = select(swap, y.im, y.re), least = select(swap, y.re, y.im), size = magnitude(most);
  const Real scale =
      select(size > size.like(power_of_two(wide ? 1000 : 120)), size.like(power_of_two(wide ? -104 : -40)),
             select(size < size.like(power_of_two(wide ? -900 : -80)), size.like(power_of_two(wide ? 104 : 40)),
                    size.like(1)));
  const Real p = most * scale, q = least * scale, zero = size.like(0);
  const Real infinite = of(Op::isinf, p);
  const Real ratio = select(infinite | (q == zero), zero, q / p);
  const Real denominator = select(infinite, p, p + q * ratio);
  const Pair a = {x.re * scale, x.im * scale};
  const Real re = select(swap, a.re * ratio + a.im, a.re + a.im * ratio),
             im = select(swap, a.im * ratio - a.re, a.im - a.re * ratio);
  return {re / denominator, im / denominator};
}

// z / |z|; 0 of 0.
Pair sign(const Pair& z) {
  const Scaled s = scaled(z);
  const Real one = s.size.like(1), zero = s.size.like(0);
  const Pair unit = select(s.size == zero, Pair{s.size, s.size}, Pair{s.z.re / s.size, s.z.im / s.size});
  // Of one infinite part the direction is its own, whatever the other is.
  const Real re = of(Op::isinf, z.re), im = of(Op::isinf, z.im), both = of(Op::logical_and, re, im);
  const Pair along_re = {with_sign(one, z.re), zero}, along_im = {zero, with_sign(one, z.im)};
  return select(of(Op::logical_xor, im, both), along_im, select(of(Op::logical_xor, re, both), along_re, unit));
}

// The root with a real part that is not negative, by the half angle's formula; special cases of C's Annex G.
Pair square_root(const Pair& z) {
  const Scaled s = scaled(z);
  const Real half = s.size.like(0.5), zero = s.size.like(0),
             infinity = s.size.like(std::numeric_limits<double>::infinity());
  const Real t = of(Op::sqrt, (magnitude(s.z.re) + s.size) * half);
  const Real u = select(t == zero, s.z.im, s.z.im * half / t);
  const Pair root = select(s.z.re < zero, Pair{magnitude(u), with_sign(t, s.z.im)}, Pair{t, u});
  const Pair result = {root.re * s.root_of_back, root.im * s.root_of_back};
  const Real lost = of(Op::logical_and, of(Op::isinf, z.re), of(Op::isnan, z.im));
  const Pair of_infinite = select(z.re < zero, Pair{z.im, infinity}, Pair{infinity, z.im});
  return select(of(Op::isinf, z.im), Pair{infinity, z.im}, select(lost, of_infinite, result));
}

// e^x cos y + i e^x sin y, also where e^x alone overflows; special cases of C's Annex G.
Pair exponential(const Pair& z) {
  const bool wide = z.re.dtype() == DType::Float64;
  const Real zero = z.re.like(0), infinity = z.re.like(std::numeric_limits<double>::infinity());
  const double shift = wide ? 512 : 64;  // x - shift is exact where it is taken
  const Real is_large = z.re > z.re.like(wide ? 700 : 80);
  const Real size = of(Op::exp, select(is_large, z.re - z.re.like(shift), z.re));
  const Real rest = select(is_large, of(Op::exp, z.re.like(shift)), z.re.like(1));
  const Real is_real = z.im == zero, vanishes = z.re == -infinity;
  const Real unbounded = (z.re == infinity) & of(Op::logical_not, of(Op::isfinite, z.im));
  const Real re = select(vanishes | unbounded, size, size * of(Op::cos, z.im) * rest);
  const Real im = select(is_real, z.im, select(vanishes, zero, size * of(Op::sin, z.im) * rest));
  return {select(is_real, size * rest, re), im};
}

Real both(Op op, const Pair& z) { return of(Op::logical_and, of(op, z.re), of(op, z.im)); }
Real either(Op op, const Pair& z) { return of(Op::logical_or, of(op, z.re), of(op, z.im)); }

Pair parts_of(std::string_view op, const Input& term, DType dtype, const Location& where) {
  if (term.is_value()) {
    const Scalar value = literal(op, term.value, dtype, where);
    const DType part = graph::part_dtype(dtype);
    return {{constant(Scalar(part, value.bits())), &where}, {constant(Scalar(part, value.imag_bits())), &where}};
  }
  const NodeRef node = graph::cast(term.node, dtype, where);
  graph::Parts parts = graph::parts(node.get());
  return {{std::move(parts.real), &where}, {std::move(parts.imag), &where}};
}

[[noreturn]] void refuse(std::string_view op, DType dtype, const Location& where) {
  fail<TypeError>(where, op, ": takes no complex operands, and these promote to ", name(dtype),
                  "; compute with real(x), imag(x) or abs(x)");
}

NodeRef part_of(const Operand& x, bool imag) {
  const Input t = term(x);
  if (t.is_value()) {
    const DType dtype = graph::part_dtype(t.dtype());
    return constant(Scalar(dtype, imag ? t.value.imag_bits() : t.value.bits()));
  }
  const graph::Parts parts = graph::parts(t.node);
  return imag ? parts.imag : parts.real;
}

Array as_array(const Input& x) { return wrap(x.is_value() ? graph::constant(x.value, true) : NodeRef(x.node)); }

}  // namespace

Array record_complex(Op op, std::span<const Input> terms, DType dtype, const Location& where) {
  const std::string_view name = info(op).name;
  Shape common;
  const Shape shape = broadcast(name, terms, common, where);
  require_shape(name, shape, where);
  const auto operand = [&](std::size_t k) { return parts_of(name, terms[k], dtype, where); };
  const auto complex = [&](const Pair& z) { return wrap(graph::complex({z.re.node, z.im.node}, shape, where)); };
  const auto real = [&](const Real& x) { return wrap(graph::broadcast(x.node.get(), shape, where)); };

  switch (op) {
    case Op::negative: return complex({-operand(0).re, -operand(0).im});
    case Op::abs: return real(absolute(operand(0)));
    case Op::sign: return complex(sign(operand(0)));
    case Op::square: return complex(multiply(operand(0), operand(0)));
    case Op::reciprocal: {
      const Pair z = operand(0);
      return complex(divide({z.re.like(1), z.re.like(0)}, z));
    }
    case Op::sqrt: return complex(square_root(operand(0)));
    case Op::exp: return complex(exponential(operand(0)));
    case Op::isnan:
    case Op::isinf: return real(either(op, operand(0)));
    case Op::isfinite: return real(both(op, operand(0)));
    case Op::add:
    case Op::subtract: {
      const Pair x = operand(0), y = operand(1);
      return complex({of(op, x.re, y.re), of(op, x.im, y.im)});
    }
    case Op::multiply: return complex(multiply(operand(0), operand(1)));
    case Op::divide: return complex(divide(operand(0), operand(1)));
    case Op::equal: {
      const Pair x = operand(0), y = operand(1);
      return real((x.re == y.re) & (x.im == y.im));
    }
    case Op::not_equal: {
      const Pair x = operand(0), y = operand(1);
      return real((x.re != y.re) | (x.im != y.im));
    }
    case Op::where: {
      NodeRef made;
      const Input condition = terms[0].is_value() ? Input(convert(terms[0].value, DType::Bool))
                                                  : Input((made = to_dtype(terms[0].node, DType::Bool, where)).get());
      const Real choice = {condition.is_value() ? constant(condition.value) : NodeRef(condition.node), &where};
      return complex(select(choice, operand(1), operand(2)));
    }
    default: refuse(name, dtype, where);
  }
}

}  // namespace api

Array real(const Operand& x) {
  const api::Input t = api::term(x);
  return is_complex(t.dtype()) ? api::wrap(api::part_of(x, false)) : api::as_array(t);
}

Array imag(const Operand& x) {
  const api::Input t = api::term(x);
  if (!is_complex(t.dtype()))
    fail<TypeError>(x.where(), "imag: needs a complex array, and this one is ", t.dtype(),
                    "; convert with astype(x, DType::Complex128)");
  return api::wrap(api::part_of(x, true));
}

Array conj(const Operand& x) {
  const api::Input t = api::term(x);
  if (!is_complex(t.dtype())) return api::as_array(t);
  const Location where = x.where();
  const api::Pair z = api::parts_of("conj", t, t.dtype(), where);
  const Shape shape = t.is_value() ? Shape() : t.node->shape;
  return api::wrap(graph::complex({z.re.node, (-z.im).node}, shape, where));
}

}  // namespace ingot
