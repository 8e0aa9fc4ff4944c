// Walks over parts of a loop nest.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ingot/shape.hpp"

namespace ingot::exec {

/// The indices of C-order position `at` within extents.
inline void unravel(const Dims& extents, std::int64_t at, Dims& index) {
  index.resize(extents.size());
  for (int k = extents.size() - 1; k > 0; --k) {
    index[k] = at % extents[k];
    at /= extents[k];
  }
  if (!extents.empty()) index[0] = at;
}

/// Cuts positions [begin, begin + count) of extents into blocks of whole rows of the innermost axis, or parts of one
/// row: f(index of the first element, rows, elements per row), in order. A block never spans more than the two
/// innermost axes.
template <class F>
void for_each_block(const Dims& extents, std::int64_t begin, std::int64_t count, F&& f) {
  Dims index;
  const int rank = extents.size();
  if (rank == 0) {
    f(index, std::int64_t{1}, std::int64_t{1});
    return;
  }
  const std::int64_t inner = extents[rank - 1];
  while (count > 0) {
    unravel(extents, begin, index);
    std::int64_t rows = 1, n = std::min(inner - index[rank - 1], count);
    if (n == inner && rank > 1) rows = std::min(count / inner, extents[rank - 2] - index[rank - 2]);
    f(index, rows, n);
    begin += rows * n;
    count -= rows * n;
  }
}

inline std::int64_t dot(const Dims& a, const Dims& b) {
  std::int64_t sum = 0;
  for (int k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

inline std::int64_t product(const Dims& dims) {
  std::int64_t n = 1;
  for (std::int64_t d : dims) n *= d;
  return n;
}

}  // namespace ingot::exec
