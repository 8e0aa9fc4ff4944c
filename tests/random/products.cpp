// What products mean: for each element of the result, a sum over pairs of elements. The order of the sum is judged
// where it is recorded; here any order is right that stays within the rounding of as many operations.
#include <cmath>
#include <limits>

#include "tests/oracle/function.h"
#include "tests/random/recipe.h"

namespace ingot::tests {
namespace {

using oracle::Element;
using oracle::Wide;

// Of element i of the result: the terms are those at a + t * a_step and b + t * b_step for t < count.
struct Terms {
  std::int64_t a, a_step, b, b_step, count;
};

// Where the axes before the last `skipped` lie, for an index of as many axes or more that broadcast.
std::int64_t broadcast_offset(const Shape& shape, int skipped, const Dims& index) {
  const Strides strides = c_strides(shape);
  const int axes = shape.ndim() - skipped;
  std::int64_t offset = 0;
  for (int k = 0; k < axes; ++k)
    if (shape[k] != 1) offset += strides[k] * index[index.size() - axes + k];
  return offset;
}

Terms terms_of(const Item& item, const Shape& a, const Shape& b, std::int64_t i) {
  const std::int64_t k = item.product == Product::Outer ? 1 : a.back();
  const std::int64_t per_row = item.product == Product::Outer ? b.numel() : k == 0 ? 1 : b.numel() / k;
  switch (item.product) {
    case Product::Outer: return {i / per_row, 0, i % per_row, 0, 1};
    case Product::Tensordot: return {i / per_row * k, 1, i % per_row, per_row, k};
    case Product::Matmul:
    case Product::Vecdot: break;
  }
  const bool is_column = item.product == Product::Vecdot || b.ndim() == 1;
  const std::int64_t n = is_column ? 1 : b.back(), row = i / n;
  Dims index;  // of the stack
  std::int64_t rest = item.product == Product::Matmul && a.ndim() > 1 ? row / a[a.ndim() - 2] : row;
  const int stacks = a.ndim() - (item.product == Product::Matmul && a.ndim() > 1 ? 2 : 1);
  for (int axis = stacks; axis-- > 0;) {
    index.insert(0, rest % a[axis]);
    rest /= a[axis];
  }
  return {row * k, 1, broadcast_offset(b, is_column ? 1 : 2, index) + i % n, n, k};
}

Element whole_sum(const Terms& terms, const Tensor& a, const Tensor& b, DType dtype) {
  using Unsigned = unsigned __int128;
  Wide sum = 0;
  for (std::int64_t t = 0; t < terms.count; ++t) {
    const Wide x = convert(a.dtype, dtype, a[terms.a + t * terms.a_step]).i,
               y = convert(b.dtype, dtype, b[terms.b + t * terms.b_step]).i;
    if (is_bool(dtype))
      sum |= x & y;
    else
      sum = oracle::fit(dtype, Element::integer(
                                   sum + oracle::fit(dtype, Element::integer(static_cast<Wide>(
                                                                static_cast<Unsigned>(x) * static_cast<Unsigned>(y))))
                                             .i))
                .i;
  }
  return Element::integer(sum);
}

bool allows_sum(const Terms& terms, const Tensor& a, const Tensor& b, DType dtype, double got) {
  const bool is_double = dtype == DType::Float64;
  const double epsilon = is_double ? 0x1p-53 : 0x1p-24, smallest = is_double ? 0x1p-1074 : 0x1p-149,
               largest = is_double ? std::numeric_limits<double>::max() : std::numeric_limits<float>::max();
  long double sum = 0, size = 0;
  bool is_nan = false, positive = false, negative = false;
  for (std::int64_t t = 0; t < terms.count; ++t) {
    const long double x = convert(a.dtype, dtype, a[terms.a + t * terms.a_step]).f,
                      y = convert(b.dtype, dtype, b[terms.b + t * terms.b_step]).f, term = x * y;
    is_nan = is_nan || std::isnan(term);
    positive = positive || term == std::numeric_limits<long double>::infinity();
    negative = negative || term == -std::numeric_limits<long double>::infinity();
    if (!std::isfinite(term)) continue;
    sum += term;
    size += std::abs(term);
  }
  if (is_nan || (positive && negative)) return std::isnan(got);
  if (size > largest / 2) return true;  // may overflow in one order and not in another
  if (positive || negative) return got == (positive ? 1 : -1) * std::numeric_limits<double>::infinity();
  const auto n = static_cast<long double>(terms.count);
  const long double error = (n + 3) * (epsilon * size + smallest);
  const auto rounded = [&](long double value) {
    return oracle::fit(dtype, Element::real(static_cast<double>(value))).f;
  };
  return got >= rounded(sum - error) && got <= rounded(sum + error);
}

}  // namespace

std::string judge_product(const Item& item, const Tensor& a, const Tensor& b, const Tensor& got) {
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const Terms terms = terms_of(item, a.shape, b.shape, i);
    const bool right = is_floating(got.dtype) ? allows_sum(terms, a, b, got.dtype, got[i].f)
                                              : got[i].i == whole_sum(terms, a, b, got.dtype).i;
    if (!right)
      return "element " + std::to_string(i) + " is " + to_string(got.dtype, got[i]) + ", of " +
             std::to_string(terms.count) + " terms";
  }
  return "";
}

}  // namespace ingot::tests
