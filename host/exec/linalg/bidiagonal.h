// Real matrices of at least as many rows as columns made upper bidiagonal: a = q b p^T.
#pragma once

#include "host/exec/linalg/reflectors.h"
#include "kernels/prebuilt/linalg/condense.h"

namespace ingot::exec {

/// Of m x n in float64, m >= n, rows of Blocked::pitch(n). d gets the diagonal, n, and e what is above it, n - 1. The
/// vectors' reflectors, if they are wanted: q of m rows, n steps from row 0 on, p of n rows, n - 1 steps from row 1 on,
/// both in panels of condensing_panel(n).
void make_bidiagonal(const Blocked& on, double* a, std::int64_t m, std::int64_t n, double* d, double* e,
                     const ReflectorPanels* q, const ReflectorPanels* p);

}  // namespace ingot::exec
