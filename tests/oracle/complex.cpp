#include "tests/oracle/complex.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

namespace ingot::oracle {
namespace {

using L = long double;

Complex turned(const Complex& z) { return {-z.imag(), z.real()}; }
Complex turned_back(const Complex& z) { return {z.imag(), -z.real()}; }

// log of a number whose squared norm is 1 + excess.
Complex log_of(const Complex& z, L excess) {
  return {excess > -0.5L && excess < 1 ? std::log1p(excess) / 2 : std::log(std::hypot(z.real(), z.imag())),
          std::atan2(z.imag(), z.real())};
}
Complex log(const Complex& z) {
  const L x = std::fabs(z.real()), y = std::fabs(z.imag()), most = std::fmax(x, y), least = std::fmin(x, y);
  return log_of(z, (most - 1) * (most + 1) + least * least);
}
Complex log1p(const Complex& z) {
  const L x = z.real(), y = z.imag();
  return log_of({1 + x, y}, x * (x + 2) + y * y);
}
Complex expm1(const Complex& z) {
  const L s = std::sin(z.imag() / 2);
  return {std::expm1(z.real()) * std::cos(z.imag()) - 2 * s * s, std::exp(z.real()) * std::sin(z.imag())};
}
Complex exp2(const Complex& z) {
  const L angle = z.imag() * std::numbers::ln2_v<L>;
  return {std::exp2(z.real()) * std::cos(angle), std::exp2(z.real()) * std::sin(angle)};
}
Complex sinh(const Complex& z) {
  return {std::sinh(z.real()) * std::cos(z.imag()), std::cosh(z.real()) * std::sin(z.imag())};
}
Complex cosh(const Complex& z) {
  return {std::cosh(z.real()) * std::cos(z.imag()), std::sinh(z.real()) * std::sin(z.imag())};
}
Complex tanh(const Complex& z) {
  if (std::fabs(z.real()) > 5000) return {std::copysign(1.0L, z.real()), 0};
  const L s = std::sinh(z.real()), c = std::cos(z.imag()), size = s * s + c * c;
  return {s * std::cosh(z.real()) / size, std::sin(z.imag()) * c / size};
}

// Kahan's ("Branch cuts for complex elementary functions", 1987).
struct Roots {
  Complex below, above;  // of 1 - z and of 1 + z

  explicit Roots(const Complex& z)
      : below(std::sqrt(Complex(1 - z.real(), -z.imag()))), above(std::sqrt(Complex(1 + z.real(), z.imag()))) {}
};
Complex asin(const Complex& z) {
  const auto [a, b] = Roots(z);
  return {std::atan2(z.real(), a.real() * b.real() - a.imag() * b.imag()),
          std::asinh(a.real() * b.imag() - a.imag() * b.real())};
}
Complex acos(const Complex& z) {
  const auto [a, b] = Roots(z);
  return {2 * std::atan2(a.real(), b.real()), std::asinh(b.real() * a.imag() - b.imag() * a.real())};
}
Complex acosh(const Complex& z) {
  const Complex c = acos(z);
  return {std::fabs(c.imag()), std::copysign(c.real(), z.imag())};
}
Complex atanh(const Complex& z) {
  const L x = std::fabs(z.real()), y = z.imag(), d = 1 - x;
  return {std::copysign(std::log1p(4 * x / (d * d + y * y)) / 4, z.real()), std::atan2(2 * y, d * (1 + x) - y * y) / 2};
}

}  // namespace

const std::vector<Op>& complex_ops() {
  static const std::vector<Op> ops = {Op::negative, Op::square, Op::reciprocal, Op::sign,     Op::round,  Op::sqrt,
                                      Op::exp,      Op::exp2,   Op::expm1,      Op::log,      Op::log2,   Op::log10,
                                      Op::log1p,    Op::sin,    Op::cos,        Op::tan,      Op::asin,   Op::acos,
                                      Op::atan,     Op::sinh,   Op::cosh,       Op::tanh,     Op::asinh,  Op::acosh,
                                      Op::atanh,    Op::add,    Op::subtract,   Op::multiply, Op::divide, Op::pow};
  return ops;
}

Complex apply(Op op, const Complex& z, const Complex& w) {
  switch (op) {
    case Op::negative: return -z;
    case Op::square: return z * z;
    case Op::reciprocal: return Complex(1) / z;
    case Op::sign: return z == Complex(0) ? Complex(0) : z / std::hypot(z.real(), z.imag());
    case Op::round: return {std::nearbyint(z.real()), std::nearbyint(z.imag())};
    case Op::sqrt: return std::sqrt(z);
    case Op::exp: return std::exp(z);
    case Op::exp2: return exp2(z);
    case Op::expm1: return expm1(z);
    case Op::log: return log(z);
    case Op::log2: return log(z) * std::numbers::log2e_v<L>;
    case Op::log10: return log(z) * std::numbers::log10e_v<L>;
    case Op::log1p: return log1p(z);
    case Op::sin: return turned_back(sinh(turned(z)));
    case Op::cos: return cosh(turned(z));
    case Op::tan: return turned_back(tanh(turned(z)));
    case Op::asin: return asin(z);
    case Op::acos: return acos(z);
    case Op::atan: return turned_back(atanh(turned(z)));
    case Op::sinh: return sinh(z);
    case Op::cosh: return cosh(z);
    case Op::tanh: return tanh(z);
    case Op::asinh: return turned_back(asin(turned(z)));
    case Op::acosh: return acosh(z);
    case Op::atanh: return atanh(z);
    case Op::add: return z + w;
    case Op::subtract: return z - w;
    case Op::multiply: return z * w;
    case Op::divide: return z / w;
    case Op::pow: return w == Complex(0) ? Complex(1) : std::exp(w * log(z));
    default: throw std::logic_error("no function of complex numbers");
  }
}

long double allowed_error(Op op, DType part, const Complex& z, const Complex& w) {
  constexpr L kInfinity = std::numeric_limits<L>::infinity();
  const bool narrow = part == DType::Float32;
  switch (op) {
    case Op::negative:
    case Op::round: return 0;
    case Op::add:
    case Op::subtract: return 1;
    case Op::multiply:
    case Op::square: return 3;
    case Op::exp2: return std::fabs(z.imag()) < (narrow ? 0x1p11L : 0x1p26L) ? 4 : kInfinity;
    case Op::pow: {
      if (w == Complex(0)) return 0;
      const L exponent = std::abs(w * log(z));
      return !(exponent <= 1e6L) ? kInfinity : narrow ? 4 : 4 + 4 * exponent;
    }
    default: return 4;
  }
}

long double unit(DType part, const Complex& expected) {
  const bool narrow = part == DType::Float32;
  const L most =
      narrow ? static_cast<L>(std::numeric_limits<float>::max()) : static_cast<L>(std::numeric_limits<double>::max());
  const L least = narrow ? 0x1p-149L : 0x1p-1074L, size = std::hypot(expected.real(), expected.imag());
  if (!(size <= most)) return std::numeric_limits<L>::infinity();
  return std::fmax(size * (narrow ? 0x1p-24L : 0x1p-53L), least);
}

}  // namespace ingot::oracle
