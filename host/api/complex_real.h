// What formulas over complex numbers are written with: real expressions, which are recorded, and pairs of them.
#pragma once

#include <bit>
#include <limits>
#include <type_traits>

#include "host/api/record.h"

namespace ingot::api {

/// A part of an operand or of a result, or any real expression of one dtype with it, or a condition.
struct Real {
  NodeRef node;
  const Location* where;

  DType dtype() const { return node->dtype; }
  bool is_wide() const { return dtype() == DType::Float64; }
  /// A constant beside it. What differs by dtype is given for Float64 first.
  Real like(double value) const { return {constant(convert(value, dtype())), where}; }
  Real like(double wide, double narrow) const { return like(is_wide() ? wide : narrow); }
};

inline Real of(Op op, const Real& x) { return {apply(op, x.node.get(), *x.where), x.where}; }
inline Real of(Op op, const Real& x, const Real& y) {
  return {apply(op, x.node.get(), y.node.get(), *x.where), x.where};
}
inline Real of(Op op, const Real& x, const Real& y, const Real& z, DType result) {
  const Input inputs[] = {x.node.get(), y.node.get(), z.node.get()};
  return {apply(op, result, inputs, *x.where), x.where};
}

inline Real operator-(const Real& x) { return of(Op::negative, x); }
inline Real operator!(const Real& x) { return of(Op::logical_not, x); }
inline Real operator+(const Real& x, const Real& y) { return of(Op::add, x, y); }
inline Real operator-(const Real& x, const Real& y) { return of(Op::subtract, x, y); }
inline Real operator*(const Real& x, const Real& y) { return of(Op::multiply, x, y); }
inline Real operator/(const Real& x, const Real& y) { return of(Op::divide, x, y); }
inline Real operator<(const Real& x, const Real& y) { return of(Op::less, x, y); }
inline Real operator>(const Real& x, const Real& y) { return of(Op::greater, x, y); }
inline Real operator==(const Real& x, const Real& y) { return of(Op::equal, x, y); }
inline Real operator!=(const Real& x, const Real& y) { return of(Op::not_equal, x, y); }
inline Real operator&(const Real& x, const Real& y) { return of(Op::logical_and, x, y); }
inline Real operator|(const Real& x, const Real& y) { return of(Op::logical_or, x, y); }
inline Real fma(const Real& x, const Real& y, const Real& z) { return of(Op::fma, x, y, z, x.dtype()); }
inline Real select(const Real& condition, const Real& x, const Real& y) {
  return of(Op::where, condition, x, y, x.dtype());
}

}  // namespace ingot::api
