// The loops of quantile on the CPU, over the keys of elements (sort_key.h). host/exec/quantile.cpp shares them out
// among threads.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"

namespace ingot::prebuilt {

/// How many elements of a piece come before a bracket of keys, lie in it, and are NaN.
struct Bracketed {
  std::int64_t before = 0, inside = 0, nans = 0;
};

/// The keys of two elements that follow each other in order.
struct Neighbours {
  std::uint64_t low, high;
};

/// The loops for one dtype. Keys are as large as elements.
struct Selecting {
  /// Looks at n elements; the keys from low to high go to `keys`, which has room for n, in the order of the elements.
  Bracketed (*bracket)(const void* elements, std::int64_t n, std::uint64_t low, std::uint64_t high, void* keys);
  /// Keys of rank k and k + 1 among n; both the last where that is k. Overwrites the keys.
  Neighbours (*select)(void* keys, std::int64_t n, std::int64_t k);
  /// The key of the i-th element.
  std::uint64_t (*key)(const void* elements, std::int64_t i);
  /// The element that has a key.
  double (*value)(std::uint64_t key);
  /// That of the greatest number; NaN's are above.
  std::uint64_t greatest;
};

/// For a computable dtype.
const Selecting& selecting(DType dtype);

}  // namespace ingot::prebuilt
