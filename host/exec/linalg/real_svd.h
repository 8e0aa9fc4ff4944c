// Singular values of one larger real matrix.
#pragma once

#include <cstdint>

namespace ingot::exec {

/// Of m x n in float64 and C order, whose squares stay in range. The values are descending, min(m, n) of them; u and vh
/// are not wanted where null, and else m x columns and rows x n, with `full` m columns and n rows, otherwise as many as
/// values. False where the iteration does not converge.
bool real_svd(const double* a, std::int64_t m, std::int64_t n, bool full, double* u, double* s, double* vh,
              int threads);

}  // namespace ingot::exec
