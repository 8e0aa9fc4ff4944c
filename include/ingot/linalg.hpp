#pragma once

#include <optional>
#include <string_view>

#include "ingot/array.hpp"

// Factorisations of matrices, and what they are for. A matrix is the last two axes of an array, rows first; the axes
// before them are a batch, over which each function goes, and batches of two operands broadcast. Operands are float32,
// float64, complex64 or complex128, whose promoted dtype the results have (reals that of the parts); bool and integers
// become float64, float16 and bfloat16 are a TypeError. Strides and views of operands cost a copy.
//
// Shapes are checked at the call: ShapeError for less than two axes, LinAlgError for a matrix that is not square where
// it must be. What depends on values is found when they are computed: then a LinAlgError names the function, the matrix
// of the batch and the place of the call, and whoever evaluates again meets it again. A NaN or an infinity in an
// operand of svd, eigh, eig, and of what is computed through them, is such an error; elsewhere it spreads.
//
// Computed on the host, with the same bits for any number of threads and at every CPU level. A result of several arrays
// is computed once, whichever of them are used. Errors are stated in u, half an ulp of 1 in the dtype (6e-8 for
// float32, 1.1e-16 for float64), and in the Frobenius norm |.|.
namespace ingot::linalg {

/// x of a x = b. b is one vector if it has one axis, else matrices of as many rows as a. By LU factors with partial
/// pivoting: |a x - b| < 4 n u |a| |x|, unless pivots grow, which they hardly ever do. LinAlgError where a pivot is 0.
INGOT_API Array solve(const Array& a, const Array& b, Location where = Location::current());

/// The inverse, as solve finds it: |a x - 1| < 4 n u |a| |x|.
INGOT_API Array inv(const Array& x, Location where = Location::current());

/// x of a x = b, where only the lower or upper triangle of a is read; with `unit` its diagonal is taken for ones. b as
/// in solve. |a x - b| < 2 n u |a| |x|. LinAlgError for a 0 on the diagonal. (SciPy's trans is a view: pass
/// matrix_transpose of a and the other triangle.)
INGOT_API Array solve_triangular(const Array& a, const Array& b, bool lower = false, bool unit = false,
                                 Location where = Location::current());

/// The determinant; 0 for a singular matrix, 1 for one of 0 x 0. It leaves the range of floats only where its value
/// does. Relative error 4 n u times the condition of x.
INGOT_API Array det(const Array& x, Location where = Location::current());

/// Of the determinant the sign, or for complex x the number of size 1 that it is a multiple of, and the logarithm of
/// its size; 0 and -infinity for a singular matrix.
struct SlogdetResult {
  Array sign, logabsdet;
};
INGOT_API SlogdetResult slogdet(const Array& x, Location where = Location::current());

/// The triangular factor with positive diagonal of a Hermitian, positive definite matrix: l with x = l l^H, or with
/// `upper` u with x = u^H u. Only that triangle of x is read. |l l^H - x| < 2 n u |x|. LinAlgError for a matrix that is
/// not positive definite, or has a NaN.
INGOT_API Array cholesky(const Array& x, bool upper = false, Location where = Location::current());

/// x = p l u with partial pivoting, for m x n: p is a permutation, in the dtype of x, l lower trapezoidal with ones on
/// the diagonal and u upper trapezoidal, of min(m, n) columns and rows. |p l u - x| < 2 n u |l| |u|. A matrix without
/// inverse has factors, too.
struct LuResult {
  Array p, l, u;
};
INGOT_API LuResult lu(const Array& x, Location where = Location::current());

/// x = q r, where the columns of q are orthonormal and r is upper triangular, by Householder reflectors: |q r - x| and
/// |q^H q - 1| |x| are below 4 n u |x|. For m x n: m x k and k x n with k = min(m, n), or k = m for complete. The
/// diagonal of r is real; what signs it has is not normalised.
struct QrResult {
  Array q, r;
};
enum class QrMode { Reduced, Complete };
INGOT_API QrResult qr(const Array& x, QrMode mode = QrMode::Reduced, Location where = Location::current());

/// x = u diag(s) vh, for m x n, with orthonormal columns of u and rows of vh, and s real, not negative and descending:
/// u is m x m and vh n x n, or without full_matrices m x k and k x n with k = min(m, n). |u diag(s) vh - x| < 16 n u
/// |x|, and so for the distance of u and vh from unitary ones; a value of s errs by that much of the largest one. What
/// signs vectors have is not normalised. (From 17 rows or columns on float32 is computed in float64.) LinAlgError where
/// the iteration does not converge.
struct SvdResult {
  Array u, s, vh;
};
INGOT_API SvdResult svd(const Array& x, bool full_matrices = true, Location where = Location::current());
INGOT_API Array svdvals(const Array& x, Location where = Location::current());

/// The eigenvalues, real and ascending, and orthonormal eigenvectors, the columns, of a Hermitian matrix, of which only
/// the lower triangle, or with `upper` the other one, counts (but all of it must be finite): |x v - v diag(w)| < 16 n u
/// |x|. What signs vectors have is not normalised. (From 17 rows or columns on float32 is computed in float64.)
/// LinAlgError where the iteration does not converge.
struct EighResult {
  Array eigenvalues, eigenvectors;
};
INGOT_API EighResult eigh(const Array& x, bool upper = false, Location where = Location::current());
INGOT_API Array eigvalsh(const Array& x, bool upper = false, Location where = Location::current());

/// The eigenvalues and eigenvectors, columns of length 1, of any square matrix, complex whatever x is (NumPy's are real
/// where all values happen to be), in no particular order: |x v - v diag(w)| < 32 n u |x|. (A float32 matrix is
/// computed in float64.) LinAlgError where the iteration does not converge.
struct EigResult {
  Array eigenvalues, eigenvectors;
};
INGOT_API EigResult eig(const Array& x, Location where = Location::current());
INGOT_API Array eigvals(const Array& x, Location where = Location::current());

/// The x with the smallest |b - a x|, and of several such x the smallest one: n x k for a of m x n and b of m x k, or a
/// vector for b with one axis. Singular values of at most `rcond` of the largest one count as 0: the epsilon of the
/// dtype times max(m, n), unless given. Residuals are the squares of |b - a x|, for each column (NumPy leaves them out
/// where m <= n or the rank is less than n); the rank is int64.
struct LstsqResult {
  Array x, residuals, rank, singular_values;
};
INGOT_API LstsqResult lstsq(const Array& a, const Array& b, std::optional<double> rcond = {},
                            Location where = Location::current());

/// The pseudo-inverse of Moore and Penrose. Singular values of at most `rtol` of the largest one count as 0: the
/// epsilon of the dtype times max(m, n), unless given.
INGOT_API Array pinv(const Array& x, std::optional<double> rtol = {}, Location where = Location::current());

/// How many singular values are above `rtol` of the largest one, as int64; rtol as in pinv.
INGOT_API Array matrix_rank(const Array& x, std::optional<double> rtol = {}, Location where = Location::current());

/// The norm by name (products.hpp has those by order): "fro", Frobenius' norm, or "nuc", the sum of the singular
/// values. With keepdims both axes stay, with extent 1. ValueError for another name.
INGOT_API Array matrix_norm(const Array& x, bool keepdims, std::string_view ord, Location where = Location::current());

/// The condition of x in a norm: of order 2 and -2 the ratio of its largest and smallest singular values, or the other
/// way around; else, of the orders and names of matrix_norm, matrix_norm(x) * matrix_norm(inv(x)), for square x.
/// ValueError for a matrix without elements.
INGOT_API Array cond(const Array& x, double ord = 2, Location where = Location::current());
INGOT_API Array cond(const Array& x, std::string_view ord, Location where = Location::current());

/// The exponential, by scaling and squaring a Padé approximant; float32 is computed in float64. NaN where x is not
/// finite. Relative error 64 n u times |x| for a normal matrix; others may lose more.
INGOT_API Array expm(const Array& x, Location where = Location::current());

}  // namespace ingot::linalg
