#include "ingot/complex.hpp"

#include <cmath>
#include <optional>

#include "host/api/complex.h"
#include "host/api/complex_formulas.h"
#include "ingot/elementwise.hpp"

namespace ingot {
namespace api {
namespace {

Real both(Op op, const Pair& z) { return of(op, z.re) & of(op, z.im); }
Real either(Op op, const Pair& z) { return of(op, z.re) | of(op, z.im); }

Pair negative(const Pair& z) { return {-z.re, -z.im}; }
Pair square(const Pair& z) { return multiply(z, z); }
Pair round(const Pair& z) { return {of(Op::round, z.re), of(Op::round, z.im)}; }

// That of a function of one complex number; null for others.
Pair (*formula(Op op))(const Pair&) {
  switch (op) {
    case Op::negative: return negative;
    case Op::square: return square;
    case Op::reciprocal: return reciprocal;
    case Op::sign: return sign;
    case Op::round: return round;
    case Op::sqrt: return square_root;
    case Op::exp: return exponential;
    case Op::exp2: return exponential2;
    case Op::expm1: return exponential_minus1;
    case Op::log: return logarithm;
    case Op::log2: return logarithm2;
    case Op::log10: return logarithm10;
    case Op::log1p: return logarithm_of_1_plus;
    case Op::sin: return sine;
    case Op::cos: return cosine;
    case Op::tan: return tangent;
    case Op::asin: return inverse_sine;
    case Op::acos: return inverse_cosine;
    case Op::atan: return inverse_tangent;
    case Op::sinh: return hyperbolic_sine;
    case Op::cosh: return hyperbolic_cosine;
    case Op::tanh: return hyperbolic_tangent;
    case Op::asinh: return inverse_hyperbolic_sine;
    case Op::acosh: return inverse_hyperbolic_cosine;
    case Op::atanh: return inverse_hyperbolic_tangent;
    default: return nullptr;
  }
}

Pair cast(const Pair& z, DType part) {
  const Location& where = *z.re.where;
  return {{graph::cast(z.re.node.get(), part, where), &where}, {graph::cast(z.im.node.get(), part, where), &where}};
}

// The whole number that a literal exponent is, where powers of it are products.
std::optional<int> whole_exponent(const Input& exponent) {
  if (!exponent.is_value() || to_double(part(exponent.value, true)) != 0) return {};
  const double value = to_double(part(exponent.value, false));
  if (std::abs(value) > 100 || value != std::trunc(value)) return {};
  return static_cast<int>(value);
}

Pair power(const Pair& z, int exponent) {
  switch (exponent) {
    case -1: return reciprocal(z);
    case 0: return {z.re.like(1), z.re.like(0)};
    case 1: return z;
    case 2: return square(z);
    default: return exponent < 0 ? reciprocal(power_by_products(z, -exponent)) : power_by_products(z, exponent);
  }
}

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
  const auto truth = [&](std::size_t k) -> Real {
    const Input& t = terms[k];
    return {t.is_value() ? constant(convert(t.value, DType::Bool)) : to_dtype(t.node, DType::Bool, where), &where};
  };

  if (const auto function = formula(op)) return complex(function(operand(0)));
  switch (op) {
    case Op::abs: return real(of(Op::hypot, operand(0).re, operand(0).im));
    case Op::isnan:
    case Op::isinf: return real(either(op, operand(0)));
    case Op::isfinite: return real(both(op, operand(0)));
    case Op::logical_not: return real(!truth(0));
    case Op::logical_and:
    case Op::logical_or:
    case Op::logical_xor: return real(of(op, truth(0), truth(1)));
    case Op::add:
    case Op::subtract: {
      const Pair x = operand(0), y = operand(1);
      return complex({of(op, x.re, y.re), of(op, x.im, y.im)});
    }
    case Op::multiply: return complex(multiply(operand(0), operand(1)));
    case Op::divide: return complex(divide(operand(0), operand(1)));
    case Op::pow: {
      const Pair x = operand(0);
      if (const auto exponent = whole_exponent(terms[1])) return complex(power(x, *exponent));
      // The exponential's argument has to be far more precise than its result.
      const DType part = x.re.dtype();
      return complex(cast(power(cast(x, DType::Float64), cast(operand(1), DType::Float64)), part));
    }
    case Op::equal:
    case Op::not_equal: {
      for (const Input& each : terms)
        if (each.is_value() && !fits(each.value, dtype)) return wrap(fill(shape, op == Op::not_equal, where));
      const Pair x = operand(0), y = operand(1);
      const Real re = of(op, x.re, y.re), im = of(op, x.im, y.im);
      return real(op == Op::equal ? re & im : re | im);
    }
    case Op::where: return complex(select(truth(0), operand(1), operand(2)));
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

Array angle(const Operand& x) {
  const api::Input t = api::term(x);
  if (!is_complex(t.dtype())) return atan2(Operand(0, x.where()), x);
  return atan2(Operand(imag(x), x.where()), real(x));
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
