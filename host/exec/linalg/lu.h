// LU factors of one larger matrix, in C order.
#pragma once

#include <vector>

#include "host/exec/linalg/blocked.h"

namespace ingot::exec {

/// Factors the first n of `columns` columns of m rows in place, and makes of the others what solves l and the exchanges
/// of rows; false if a pivot is 0. `exchanges` gets the row that each was exchanged with in turn.
bool factor_lu(const Blocked& on, std::byte* a, std::int64_t pitch, std::int64_t m, std::int64_t n,
               std::int64_t columns, std::vector<std::int64_t>& exchanges);

/// Of n x (n + k): the last k columns become what solves the system of the first n with them as its right sides. False
/// if that is singular.
bool solve_in_place(const Blocked& on, std::byte* a, std::int64_t pitch, std::int64_t n, std::int64_t k);

/// b := inverse(t) b, t the lower or upper triangle of n x n, b n x k.
void solve_triangle(const Blocked& on, const std::byte* t, std::int64_t ldt, std::int64_t n, bool lower, bool unit,
                    std::byte* b, std::int64_t ldb, std::int64_t k);

}  // namespace ingot::exec
