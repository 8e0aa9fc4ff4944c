#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "ingot/array.hpp"
#include "ingot/value_functions.hpp"

// Elementwise functions of the user's own. They are recorded as the library's are, and compiled and fused with them.
namespace ingot {

class Value;

/// An operand of an operation on Values: a Value or a number, with its place in the caller's source.
class INGOT_API ValueOperand : detail::ValueFunctions {
 public:
  ValueOperand(const Value& value, Location where = Location::current()) noexcept;
  template <Element E>
  ValueOperand(E number, Location where = Location::current()) noexcept : operand_(number, where) {}
  const Operand& operand() const noexcept { return operand_; }

 private:
  Operand operand_;
};

/// One element, inside a function given to elementwise. It has the operators of arrays and every function of
/// ingot/elementwise.hpp under its name, besides select, which is where, and cast. What is done with it is recorded
/// once and then computed for every element, so it has no truth value: what would be an `if` is a select.
class INGOT_API Value : detail::ValueFunctions {
 public:
  template <Element E>
  Value(E number) : array_(number) {}
  explicit Value(Array array) noexcept : array_(std::move(array)) {}

  /// A value is not known yet when the function runs: use select(condition, x, y), and & | ! in place of && || !.
  explicit operator bool() const = delete;

  DType dtype() const { return array_.dtype(); }
  /// For the library's own use.
  const Array& array() const noexcept { return array_; }

  // clang-format off
  friend Value operator+(const ValueOperand& x, const ValueOperand& y) { return add(x, y); }
  friend Value operator-(const ValueOperand& x, const ValueOperand& y) { return subtract(x, y); }
  friend Value operator*(const ValueOperand& x, const ValueOperand& y) { return multiply(x, y); }
  friend Value operator/(const ValueOperand& x, const ValueOperand& y) { return divide(x, y); }
  friend Value operator%(const ValueOperand& x, const ValueOperand& y) { return remainder(x, y); }
  friend Value operator-(const ValueOperand& x) { return negative(x); }
  friend Value operator+(const Value& x) { return x; }
  friend Value operator&(const ValueOperand& x, const ValueOperand& y) { return bitwise_and(x, y); }
  friend Value operator|(const ValueOperand& x, const ValueOperand& y) { return bitwise_or(x, y); }
  friend Value operator^(const ValueOperand& x, const ValueOperand& y) { return bitwise_xor(x, y); }
  friend Value operator<<(const ValueOperand& x, const ValueOperand& y) { return bitwise_left_shift(x, y); }
  friend Value operator>>(const ValueOperand& x, const ValueOperand& y) { return bitwise_right_shift(x, y); }
  friend Value operator~(const ValueOperand& x) { return bitwise_invert(x); }
  friend Value operator!(const Value& x) { return logical_not(x); }
  friend Value operator==(const ValueOperand& x, const ValueOperand& y) { return equal(x, y); }
  friend Value operator!=(const ValueOperand& x, const ValueOperand& y) { return not_equal(x, y); }
  friend Value operator<(const ValueOperand& x, const ValueOperand& y) { return less(x, y); }
  friend Value operator<=(const ValueOperand& x, const ValueOperand& y) { return less_equal(x, y); }
  friend Value operator>(const ValueOperand& x, const ValueOperand& y) { return greater(x, y); }
  friend Value operator>=(const ValueOperand& x, const ValueOperand& y) { return greater_equal(x, y); }
  friend Value& operator+=(Value& x, const ValueOperand& y) { return x = add(x, y); }
  friend Value& operator-=(Value& x, const ValueOperand& y) { return x = subtract(x, y); }
  friend Value& operator*=(Value& x, const ValueOperand& y) { return x = multiply(x, y); }
  friend Value& operator/=(Value& x, const ValueOperand& y) { return x = divide(x, y); }
  friend Value select(const ValueOperand& condition, const ValueOperand& x, const ValueOperand& y) {
    return where(condition, x, y);
  }
  // clang-format on

 private:
  Array array_;
};

inline ValueOperand::ValueOperand(const Value& value, Location where) noexcept : operand_(value.array(), where) {}

namespace detail {
INGOT_API Value cast(const ValueOperand& x, DType dtype);
/// The operand as a Value, and the result under the shape to which all operands broadcast.
INGOT_API Value value_of(const Operand& operand);
INGOT_API Array result_of(const Value& value, std::span<const Operand* const> operands);

template <class F, class... X>
auto trace(F& f, const X&... operands) {
  const Operand* const list[] = {&operands...};
  if constexpr (requires { Value(f(value_of(operands)...)); }) {
    return result_of(Value(f(value_of(operands)...)), list);
  } else {
    return std::apply([&](const auto&... values) { return std::tuple(result_of(Value(values), list)...); },
                      f(value_of(operands)...));
  }
}
}  // namespace detail

/// The value converted to E as astype converts.
template <Element E>
Value cast(const ValueOperand& x) {
  return detail::cast(x, dtype_of<E>());
}

/// f(x, y, ...) for the elements of up to six operands, which broadcast against each other. f is called once, at the
/// call, with a Value for each, and gives a Value, or a std::tuple of them for as many arrays. Promotion is that of the
/// operators: a number is weak, as is a Value made of one.
///
///     Array y = elementwise([](Value x, Value limit) { return select(x > limit, sqrt(x), x * x); }, x, 1.5);
///
/// Errors as those of the operations that f uses, at their lines; ShapeError where the operands do not broadcast.
// clang-format off
template <class F> auto elementwise(F f, const Operand& a) { return detail::trace(f, a); }
template <class F> auto elementwise(F f, const Operand& a, const Operand& b) { return detail::trace(f, a, b); }
template <class F> auto elementwise(F f, const Operand& a, const Operand& b, const Operand& c) {
  return detail::trace(f, a, b, c);
}
template <class F> auto elementwise(F f, const Operand& a, const Operand& b, const Operand& c, const Operand& d) {
  return detail::trace(f, a, b, c, d);
}
template <class F> auto elementwise(F f, const Operand& a, const Operand& b, const Operand& c, const Operand& d,
                                    const Operand& e) {
  return detail::trace(f, a, b, c, d, e);
}
template <class F> auto elementwise(F f, const Operand& a, const Operand& b, const Operand& c, const Operand& d,
                                    const Operand& e, const Operand& g) {
  return detail::trace(f, a, b, c, d, e, g);
}
// clang-format on

/// An array under the name that a text has for its elements.
struct Argument {
  std::string_view name;
  Array value;
};

/// The same for a function body given as text, in the part of C++ that CUDA kernels are mostly made of:
///
///     Array y = elementwise("float t = x * x; return t > 1 ? sqrt(t) : 0.0f;", {{"x", x}});
///
/// Statements: declarations (bool, float, double, the integer types by their C names or as int8_t ... uint64_t, auto;
/// const is ignored; without an initial value they are 0), = and the compound assignments, ++ and --, if and else,
/// blocks, return, and for where the condition compares integers made of numbers by + - * / % (for (int k = 0; k < 8;
/// ++k)): the loop is unrolled at the call, so neither elements nor floats can end it. Expressions: ?: || && | ^ & ==
/// != < <= > >= << >> + - * / % with C's precedence, unary - + ! ~, casts in all three forms, parentheses, numbers with
/// the suffixes f, u and l, true and false, and calls of every function of ingot/elementwise.hpp by its name, with an f
/// behind it for float, besides min, max, fabs and select. A number too small for its type is 0, one too large a
/// ValueError. Types: an element has the dtype of its array, and C's usual arithmetic conversions hold (bool, int8 and
/// int16 compute as int; int / int is cut towards zero; % has the sign of its left operand). What C leaves undefined is
/// defined as in the library: division by 0 gives 0, shifts by the width 0, integers wrap, casts saturate. Every branch
/// is computed, and what holds is selected. The result has the type common to all return values.
///
/// ValueError for a text that is none of this, with line, column, what was found and what was expected, and for more
/// than 64 KiB, 100 nested parentheses, calls or blocks or 20,000 statements and operations; TypeError for operands
/// that an operation does not take.
INGOT_API Array elementwise(std::string_view body, std::initializer_list<Argument> arguments,
                            Location where = Location::current());
INGOT_API Array elementwise(std::string_view body, std::span<const Argument> arguments,
                            Location where = Location::current());

}  // namespace ingot
