// Eigenvalues and singular values of one matrix, by Eigen. In float64: of float32 the host makes that first, which
// costs little beside the rest, is more precise, and halves what is compiled. Matrices are in C order. False where the
// iteration does not converge.
#pragma once

#include <cstdint>

namespace ingot::prebuilt {

/// Of the lower triangle of n x n, Hermitian and complex. Ascending values; vectors are columns, n x n, and not wanted
/// where null.
bool eigh(const void* a, std::int64_t n, double* values, void* vectors);
/// Of complex numbers. The values are descending, min(m, n) of them; u and vh are not wanted where null, and else
/// m x columns and rows x n, with `full` m columns and n rows, otherwise as many as values.
bool svd(const void* a, std::int64_t m, std::int64_t n, bool full, void* u, double* s, void* vh);
/// Values, n, and vectors, columns of n x n, are complex; vectors are not wanted where null.
using Eig = bool(const void* a, std::int64_t n, void* values, void* vectors);

/// For real numbers or complex ones.
Eig* eig(bool is_complex);

}  // namespace ingot::prebuilt
