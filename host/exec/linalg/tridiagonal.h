// Symmetric matrices made tridiagonal: a = q t q^T.
#pragma once

#include "host/exec/linalg/reflectors.h"
#include "kernels/prebuilt/linalg/condense.h"

namespace ingot::exec {

/// Rows and columns of room for n: zeros follow the matrix.
inline std::int64_t padded(std::int64_t n) {
  return (n + prebuilt::kSquare - 1) / prebuilt::kSquare * prebuilt::kSquare;
}

/// Of the lower triangle of n x n in float64, rows of Blocked::pitch(n), padded(n) of them, where the squares on the
/// diagonal are whole. d gets the diagonal, n, and e what is below it, n - 1. q, if it is wanted, is of n - 1 steps
/// from row 1 on, in panels of condensing_panel(n).
void make_tridiagonal(const Blocked& on, double* a, std::int64_t n, double* d, double* e, const ReflectorPanels* q);

}  // namespace ingot::exec
