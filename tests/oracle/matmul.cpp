// Matrix products term by term, in the order that kernels/prebuilt/gemm.h has in words.
#include <cmath>

#include "tests/oracle/function.h"
#include "tests/oracle/routine.h"

namespace ingot::oracle {
namespace {

constexpr std::int64_t kTerms = 256;

// One element of the result: the terms are those at a + t * a_step and b + t * b_step for t < count.
struct Terms {
  const Tensor &a, &b;
  std::int64_t a_at, b_at, b_step, count;

  Element left(std::int64_t t) const { return a[a_at + t]; }
  Element right(std::int64_t t) const { return b[b_at + t * b_step]; }
};

template <class T>
double sum_of_floats(const Terms& terms) {
  T total = 0, block = 0;
  for (std::int64_t t = 0; t < terms.count; ++t) {
    block = std::fma(static_cast<T>(terms.left(t).f), static_cast<T>(terms.right(t).f), block);
    const bool ends = t % kTerms == kTerms - 1 || t + 1 == terms.count;
    if (!ends) continue;
    total = t < kTerms ? block : total + block;
    block = 0;
  }
  return static_cast<double>(total);
}

Wide sum_of_integers(const Terms& terms, DType dtype) {
  Wide sum = 0;
  for (std::int64_t t = 0; t < terms.count; ++t) {
    const Wide term = fit(dtype, Element::integer(product(terms.left(t).i, terms.right(t).i))).i;
    sum = is_bool(dtype) ? Wide{sum != 0 || term != 0} : fit(dtype, Element::integer(sum + term)).i;
  }
  return sum;
}

}  // namespace

Tensor matmul(const Tensor& a, const Tensor& b, const Shape& shape) {
  Tensor result(a.dtype, shape);
  const std::int64_t m = shape[shape.ndim() - 2], n = shape.back(), k = a.shape.back();
  for (std::int64_t i = 0; i < result.size(); ++i) {
    const std::int64_t row = i / n, batch = row / m;
    const Terms terms{a, b, row * k, batch * k * n + i % n, n, k};
    Element sum;
    if (!is_floating(a.dtype))
      sum = Element::integer(sum_of_integers(terms, a.dtype));
    else
      sum = Element::real(a.dtype == DType::Float64 ? sum_of_floats<double>(terms) : sum_of_floats<float>(terms));
    result.set(i, fit(a.dtype, sum));
  }
  return result;
}

}  // namespace ingot::oracle
