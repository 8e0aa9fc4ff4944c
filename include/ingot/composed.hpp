#pragma once

#include <optional>
#include <utility>

#include "ingot/array.hpp"
#include "ingot/elementwise.hpp"

// Elementwise functions that are recorded as several ops of the table, or as one under another name. Operands broadcast
// and are promoted as for those, with the same errors; integers and bool are taken as float64 unless said otherwise.
namespace ingot {

/// floor_divide(x, y) and remainder(x, y), which share a pass when they are evaluated together.
INGOT_API std::pair<Array, Array> divmod(const Operand& x, const Operand& y);

/// sin(x) and cos(x), which share a pass when they are evaluated together.
INGOT_API std::pair<Array, Array> sincos(const Operand& x);

/// log(1 + exp(x)) as logaddexp(x, 0), within 1 ULP: x where that is large, exp(x) far below zero.
INGOT_API Array softplus(const Operand& x);

/// x + t * (y - x): x at t = 0, y at t = 1, for finite operands exactly and monotone in t; beyond that interval it goes
/// on. Where x and y have different signs it is fma(t, y, (1 - t) * x), which does not overflow, elsewhere fma(t, y -
/// x, x), which does not leave the interval before t does.
INGOT_API Array lerp(const Operand& x, const Operand& y, const Operand& t);

/// x * 180 / pi and x * pi / 180, within 0.6 ULP. deg2rad and rad2deg are NumPy's names for them.
INGOT_API Array degrees(const Operand& x);
INGOT_API Array radians(const Operand& x);
inline Array rad2deg(const Operand& x) { return degrees(x); }
inline Array deg2rad(const Operand& x) { return radians(x); }

/// x with numbers in place of NaN and the infinities: left to themselves, the largest and the lowest of the dtype. Bool
/// and integers stay as they are. ValueError for a number that does not fit the dtype.
INGOT_API Array nan_to_num(const Operand& x, double nan = 0, std::optional<double> posinf = {},
                           std::optional<double> neginf = {});

/// |x - y| <= atol + rtol * |y| for a finite y, or x == y; with equal_nan also where both are NaN. NumPy's formula, in
/// which y is the reference. The result is bool.
INGOT_API Array isclose(const Operand& x, const Operand& y, double rtol = 1e-5, double atol = 1e-8,
                        bool equal_nan = false);

/// Whether isclose holds everywhere: a 0-d bool array, pending as any other.
INGOT_API Array allclose(const Operand& x, const Operand& y, double rtol = 1e-5, double atol = 1e-8,
                         bool equal_nan = false);

/// Whether x and y have the same shape and equal elements; with equal_nan, a NaN equals a NaN. A 0-d bool array.
INGOT_API Array array_equal(const Operand& x, const Operand& y, bool equal_nan = false);

/// x itself. TypeError for bool.
INGOT_API Array positive(const Operand& x);

// NumPy's names for functions that the array API calls otherwise.
inline Array rint(const Operand& x) { return round(x); }
inline Array invert(const Operand& x) { return bitwise_invert(x); }
inline Array bitwise_not(const Operand& x) { return bitwise_invert(x); }
inline Array left_shift(const Operand& x, const Operand& y) { return bitwise_left_shift(x, y); }
inline Array right_shift(const Operand& x, const Operand& y) { return bitwise_right_shift(x, y); }

}  // namespace ingot
