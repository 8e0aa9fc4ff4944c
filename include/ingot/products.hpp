#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>

#include "ingot/array.hpp"
#include "ingot/grids.hpp"
#include "ingot/indexing.hpp"
#include "ingot/manipulation.hpp"

// Products of arrays, by the array API standard and NumPy. Operands promote to one dtype, which the result has:
// integers wrap, the product of bools is whether any pair is true, float16 and bfloat16 are added up in float32 and
// rounded once. Extents that do not agree are a ShapeError that names them. Sums over no elements are 0.
//
// Where an operand has axes of its own, as in a product of a matrix and a vector, the sum over k terms has one order
// whatever the machine and the strides: blocks of 256 terms, each a chain of fused multiply-adds, added in order, with
// an error of at most (255 + k / 256) u sum|a||b|, u half an ulp of 1. Elsewhere, as in vecdot, and of complex vectors,
// it is a multiplication and a sum, fused into one pass, with the order and the error of sum(). An axis of extent 1 is
// none here: the product of one row and one column may differ in its last bits from that of the row among others.
// Complex operands: each part of the result is such a sum of 2k terms.
namespace ingot {

/// The matrix product of the last two axes, (..., m, k) and (..., k, n) to (..., m, n); axes before them broadcast. A
/// 1-d first operand counts as a row and a 1-d second one as a column, and the result lacks that axis. Transposed and
/// strided operands are read where they lie. ShapeError for 0-d operands.
INGOT_API Array matmul(const Array& a, const Array& b, Location where = Location::current());

/// NumPy's dot: the product for a 0-d operand; else the sum of products over the last axis of a and the last but one of
/// b (its only one, for 1-d b). The result has the other axes of a, then those of b.
INGOT_API Array dot(const Array& a, const Array& b, Location where = Location::current());

/// The sum of conj(a) * b over an axis of each; the other axes broadcast.
INGOT_API Array vecdot(const Array& a, const Array& b, std::int64_t axis = -1, Location where = Location::current());

/// Matrices (..., m, n) and vectors (..., n) to vectors (..., m); axes before them broadcast.
INGOT_API Array matvec(const Array& matrix, const Array& vector, Location where = Location::current());

/// Conjugated vectors (..., m) and matrices (..., m, n) to vectors (..., n); axes before them broadcast.
INGOT_API Array vecmat(const Array& vector, const Array& matrix, Location where = Location::current());

/// The sum of products over the last axes of both, or the product for a 0-d operand. The result has the other axes of
/// a, then those of b.
INGOT_API Array inner(const Array& a, const Array& b, Location where = Location::current());

/// All products of an element of a and one of b, each as one axis: (m) and (n) to (m, n). Fuses as any elementwise
/// expression does.
INGOT_API Array outer(const Array& a, const Array& b, Location where = Location::current());

/// The sum of products over the last `axes` axes of a and as many first ones of b, or over pairs of axes: axis
/// a_axes[i] of a with axis b_axes[i] of b. The result has the other axes of a, then those of b. ValueError for a
/// number of axes that one of them does not have, or lists of different length.
INGOT_API Array tensordot(const Array& a, const Array& b, std::int64_t axes = 2, Location where = Location::current());
INGOT_API Array tensordot(const Array& a, const Array& b, const Axes& a_axes, const Axes& b_axes,
                          Location where = Location::current());

/// Kronecker's product: each element of a times all of b, as blocks; the array of fewer axes gets some of extent 1
/// in front. Fuses as any elementwise expression does.
INGOT_API Array kron(const Array& a, const Array& b, Location where = Location::current());

/// The vector product along an axis of extent 3; the other axes broadcast. Fuses as any elementwise expression does.
INGOT_API Array cross(const Array& a, const Array& b, std::int64_t axis = -1, Location where = Location::current());

/// The product of two matrices or more in the order that takes the fewest multiplications. The first may be 1-d, a row,
/// and the last, a column; the result lacks their axis. ShapeError for others.
INGOT_API Array multi_dot(std::span<const Array> matrices, Location where = Location::current());
inline Array multi_dot(std::initializer_list<Array> matrices, Location where = Location::current()) {
  return multi_dot(std::span(matrices.begin(), matrices.size()), where);
}

/// The last two axes changed with each other; a view. ShapeError for fewer.
INGOT_API Array matrix_transpose(const Array& x, Location where = Location::current());

namespace linalg {

using ingot::cross;
using ingot::diagonal;
using ingot::matmul;
using ingot::matrix_transpose;
using ingot::multi_dot;
using ingot::tensordot;
using ingot::vecdot;

/// As ingot::outer, of 1-d arrays alone (ShapeError).
INGOT_API Array outer(const Array& a, const Array& b, Location where = Location::current());

/// The sums of diagonal k of the matrices that the last two axes of x hold, in the dtype of sum(x).
INGOT_API Array trace(const Array& x, std::int64_t k = 0, Location where = Location::current());

/// x multiplied n - 1 times by itself, in the fewest steps of squaring and multiplying; the identity for n = 0, and for
/// n < 0 the power -n of linalg::inv(x), with its dtype and errors. x holds square matrices in its last two axes
/// (LinAlgError).
INGOT_API Array matrix_power(const Array& x, std::int64_t n, Location where = Location::current());

/// Frobenius' norm of the matrices that the last two axes of x hold, as vector_norm over both.
INGOT_API Array matrix_norm(const Array& x, bool keepdims = false, Location where = Location::current());

/// The largest sum of magnitudes of a column (ord 1) or of a row (infinity), the largest singular value (2), or the
/// smallest (-1, -infinity, -2), in the floating dtype of x (float64 for bool and integers; for 2 and -2 as
/// linalg.hpp has it). ValueError for other orders, and where there is nothing to choose from.
INGOT_API Array matrix_norm(const Array& x, bool keepdims, double ord, Location where = Location::current());

}  // namespace linalg

}  // namespace ingot
