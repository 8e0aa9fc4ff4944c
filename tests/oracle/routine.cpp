#include "tests/oracle/routine.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace ingot::oracle {
namespace {

bool before(const Element& a, const Element& b, bool descending) {
  if (!a.is_float) return descending ? b.i < a.i : a.i < b.i;
  if (std::isnan(a.f) || std::isnan(b.f)) return !std::isnan(a.f);
  if (a.f != b.f) return descending ? b.f < a.f : a.f < b.f;
  return std::signbit(a.f) != std::signbit(b.f) && std::signbit(a.f) != descending;
}

// Of numbers in ascending order.
double quantile(const std::vector<double>& numbers, double q) {
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double position = q * static_cast<double>(numbers.size() - 1), t = position - std::floor(position);
  const double a = numbers[static_cast<std::size_t>(position)];
  if (t == 0) return a;
  const double b = numbers[static_cast<std::size_t>(position) + 1];
  if (a == b) return a;
  if (t != 0.5) return a + (b - a) * t;
  return std::isinf(a + b) ? a / 2 + b / 2 : (a + b) / 2;
}

Tensor quantiles(const Tensor& input, double q, bool skips_nan, DType result) {
  Shape shape = input.shape;
  const std::int64_t n = shape.back();
  shape.erase(shape.ndim() - 1);
  Tensor out(result, shape);
  for (std::int64_t row = 0; row < out.size(); ++row) {
    std::vector<double> numbers;
    for (std::int64_t i = 0; i < n; ++i) {
      const Element e = input[row * n + i];
      const double x = e.is_float ? e.f : static_cast<double>(e.i);
      if (!std::isnan(x)) numbers.push_back(x);
    }
    if (!skips_nan && static_cast<std::int64_t>(numbers.size()) < n) numbers.clear();
    std::sort(numbers.begin(), numbers.end(),
              [](double a, double b) { return a < b || (a == b && std::signbit(a) && !std::signbit(b)); });
    out.set(row, fit(result, Element::real(quantile(numbers, q))));
  }
  return out;
}

}  // namespace

Tensor run(Routine routine, const Tensor& input, const Dims& parameters, DType result) {
  if (routine == Routine::quantile)
    return quantiles(input, std::bit_cast<double>(parameters[0]), parameters[1] != 0, result);
  const bool descending = parameters[0] != 0;
  Tensor out(result, input.shape);
  const std::int64_t n = input.shape.back();
  for (std::int64_t first = 0; first < input.size(); first += n) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
      const Element x = input[first + a], y = input[first + b];
      if (x.is_float && std::isnan(x.f) && std::isnan(y.f)) return false;
      return before(x, y, descending);
    });
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t from = order[static_cast<std::size_t>(i)];
      out.set(first + i, routine == Routine::argsort ? Element::integer(from) : input[first + from]);
    }
  }
  return out;
}

Tensor run(Routine routine, std::span<const Tensor* const> inputs, const Dims& parameters, DType result,
           const Shape& shape) {
  if (routine == Routine::matmul) return matmul(*inputs[0], *inputs[1], shape);
  return run(routine, *inputs[0], parameters, result);
}

}  // namespace ingot::oracle
