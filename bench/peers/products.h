// Rivals in matrix products, on as many threads as OpenMP is set to.
#pragma once

#include <cstdint>

namespace bench {

/// c = a b for `batch` pairs of an m x k and a k x n matrix, in C order, one after another.
template <class T>
struct Product {
  const T *a, *b;
  T* c;
  std::int64_t batch, m, k, n;
};

void eigen_product(const Product<double>& product);
void eigen_product(const Product<float>& product);

/// BLIS, opened when first asked for; false where there is none, and for batches.
bool blis_product(const Product<double>& product);
bool blis_product(const Product<float>& product);

}  // namespace bench
