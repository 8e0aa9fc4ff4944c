#pragma once

#include "ingot/array.hpp"
#include "ingot/elementwise.hpp"

// Operators record the function that their comment names; see ingot/elementwise.hpp. && and || are left out because
// they could not keep their short circuit: use & and | on bool arrays, or logical_and and logical_or.
namespace ingot {

// clang-format off
inline Array operator+(const Operand& x, const Operand& y) { return add(x, y); }
inline Array operator-(const Operand& x, const Operand& y) { return subtract(x, y); }
inline Array operator*(const Operand& x, const Operand& y) { return multiply(x, y); }
inline Array operator/(const Operand& x, const Operand& y) { return divide(x, y); }     // true division for every dtype
inline Array operator%(const Operand& x, const Operand& y) { return remainder(x, y); }  // the sign of y
inline Array operator-(const Operand& x) { return negative(x); }
inline Array operator+(const Array& x) { return x; }

inline Array operator&(const Operand& x, const Operand& y) { return bitwise_and(x, y); }
inline Array operator|(const Operand& x, const Operand& y) { return bitwise_or(x, y); }
inline Array operator^(const Operand& x, const Operand& y) { return bitwise_xor(x, y); }
inline Array operator<<(const Operand& x, const Operand& y) { return bitwise_left_shift(x, y); }
inline Array operator>>(const Operand& x, const Operand& y) { return bitwise_right_shift(x, y); }
inline Array operator~(const Operand& x) { return bitwise_invert(x); }
inline Array operator!(const Operand& x) { return logical_not(x); }

inline Array operator==(const Operand& x, const Operand& y) { return equal(x, y); }
inline Array operator!=(const Operand& x, const Operand& y) { return not_equal(x, y); }
inline Array operator<(const Operand& x, const Operand& y) { return less(x, y); }
inline Array operator<=(const Operand& x, const Operand& y) { return less_equal(x, y); }
inline Array operator>(const Operand& x, const Operand& y) { return greater(x, y); }
inline Array operator>=(const Operand& x, const Operand& y) { return greater_equal(x, y); }

// x += y rebinds x to the new array x + y; other handles to the old one keep it, and its dtype may change as for x + y.
inline Array& operator+=(Array& x, const Operand& y) { return x = add(Operand(x, y.where()), y); }
inline Array& operator-=(Array& x, const Operand& y) { return x = subtract(Operand(x, y.where()), y); }
inline Array& operator*=(Array& x, const Operand& y) { return x = multiply(Operand(x, y.where()), y); }
inline Array& operator/=(Array& x, const Operand& y) { return x = divide(Operand(x, y.where()), y); }
inline Array& operator%=(Array& x, const Operand& y) { return x = remainder(Operand(x, y.where()), y); }
inline Array& operator&=(Array& x, const Operand& y) { return x = bitwise_and(Operand(x, y.where()), y); }
inline Array& operator|=(Array& x, const Operand& y) { return x = bitwise_or(Operand(x, y.where()), y); }
inline Array& operator^=(Array& x, const Operand& y) { return x = bitwise_xor(Operand(x, y.where()), y); }
inline Array& operator<<=(Array& x, const Operand& y) { return x = bitwise_left_shift(Operand(x, y.where()), y); }
inline Array& operator>>=(Array& x, const Operand& y) { return x = bitwise_right_shift(Operand(x, y.where()), y); }
// clang-format on

/// clip with one bound: maximum(x, low) or minimum(x, high).
inline Array clip(const Operand& x, const Operand& low, None) { return maximum(x, low); }
inline Array clip(const Operand& x, None, const Operand& high) { return minimum(x, high); }

}  // namespace ingot
