// LU factors of one larger matrix, in Fortran order.
#pragma once

#include <vector>

#include "host/exec/linalg/batch.h"

namespace ingot::exec {

/// Factors m x n in place; false if a pivot is 0. `exchanges` gets the row that each was exchanged with in turn.
bool factor_lu(const prebuilt::Dense& dense, std::byte* a, std::int64_t m, std::int64_t n,
               std::vector<std::int64_t>& exchanges, int threads);

/// From C order to Fortran order, of m x n.
void to_columns(const prebuilt::Dense& dense, std::int64_t item_bytes, const void* from, std::byte* to, std::int64_t m,
                std::int64_t n, int threads);
/// Back.
void to_rows(const prebuilt::Dense& dense, std::int64_t item_bytes, const std::byte* from, void* to, std::int64_t m,
             std::int64_t n, int threads);

}  // namespace ingot::exec
