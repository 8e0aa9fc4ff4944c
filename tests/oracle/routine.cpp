#include "tests/oracle/routine.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
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
  if (std::isinf(a) || std::isinf(b)) return std::isinf(a) ? (std::isinf(b) ? std::nan("") : a) : b;
  // Halves of the largest numbers can be subtracted and added; there no bit of a half is lost.
  const double scale = std::isfinite(b - a) && std::isfinite(a + b) ? 1 : 0.5, low = a * scale, high = b * scale;
  const double value = t == 0.5 ? (low + high) / 2 : t < 0.5 ? low + t * (high - low) : high - (1 - t) * (high - low);
  return value / scale;
}

// One after another along the first axis, if there are several.
Tensor quantiles(const Tensor& input, const Dims& parameters, DType result, const Shape& shape) {
  const bool skips_nan = parameters[0] != 0;
  const std::int64_t n = input.shape.back(), rows = input.size() / n;
  Tensor out(result, shape);
  for (std::int64_t i = 0; i < out.size(); ++i) {
    const std::int64_t row = i % rows;
    const double q = std::bit_cast<double>(parameters[1 + static_cast<int>(i / rows)]);
    std::vector<double> numbers;
    for (std::int64_t i = 0; i < n; ++i) {
      const Element e = input[row * n + i];
      const double x = e.is_float ? e.f : static_cast<double>(e.i);
      if (!std::isnan(x)) numbers.push_back(x);
    }
    if (!skips_nan && static_cast<std::int64_t>(numbers.size()) < n) numbers.clear();
    std::sort(numbers.begin(), numbers.end(),
              [](double a, double b) { return a < b || (a == b && std::signbit(a) && !std::signbit(b)); });
    out.set(i, fit(result, Element::real(quantile(numbers, q))));
  }
  return out;
}

Dims digits(std::int64_t i, const Shape& shape) {
  Dims index(shape.ndim(), 0);
  for (int k = shape.ndim() - 1; k >= 0; --k) {
    index[k] = i % shape[k];
    i /= shape[k];
  }
  return index;
}

std::int64_t place(const Dims& index, const Shape& shape) {
  std::int64_t at = 0;
  for (int k = 0; k < shape.ndim(); ++k) at = at * shape[k] + index[k];
  return at;
}

// Of each element of the result: which index it asks for, and from where in x.
Tensor take(const Tensor& x, const Tensor& indices, const Dims& parameters, const Shape& shape) {
  const int axis = static_cast<int>(parameters[0]);
  const bool along = parameters[1] != 0;
  Tensor out(x.dtype, shape);
  for (std::int64_t i = 0; i < out.size(); ++i) {
    const Dims of_result = digits(i, shape);
    Dims of_x, of_indices;
    for (int k = 0; k < axis; ++k) of_x.push_back(of_result[k]);
    of_x.push_back(0);
    if (along) {
      for (int k = 0; k < indices.shape.ndim(); ++k) of_indices.push_back(of_result[k]);
      for (int k = axis + 1; k < x.shape.ndim(); ++k) of_x.push_back(of_result[k]);
    } else {
      for (int k = 0; k < indices.shape.ndim(); ++k) of_indices.push_back(of_result[axis + k]);
      for (int k = axis + 1; k < x.shape.ndim(); ++k) of_x.push_back(of_result[k - 1 + indices.shape.ndim()]);
    }
    const auto index = static_cast<std::int64_t>(indices[place(of_indices, indices.shape)].i);
    of_x[axis] = index < 0 ? index + x.shape[axis] : index;
    out.set(i, x[place(of_x, x.shape)]);
  }
  return out;
}

// Of each element of the result: which input has it.
Tensor concat(const std::vector<const Tensor*>& inputs, int axis, const Shape& shape) {
  Tensor out(inputs.front()->dtype, shape);
  for (std::int64_t i = 0; i < out.size(); ++i) {
    Dims index = digits(i, shape);
    std::size_t k = 0;
    for (; index[axis] >= inputs[k]->shape[axis]; ++k) index[axis] -= inputs[k]->shape[axis];
    out.set(i, (*inputs[k])[place(index, inputs[k]->shape)]);
  }
  return out;
}

// Counted one by one.
Tensor searchsorted(const Tensor& x, const Tensor& values, bool right, const Shape& shape) {
  Tensor out(DType::Int64, shape);
  const auto is_less = [](const Element& a, const Element& b) {
    if (!a.is_float) return a.i < b.i;
    return a.f < b.f || (std::isnan(b.f) && !std::isnan(a.f));
  };
  for (std::int64_t i = 0; i < out.size(); ++i) {
    std::int64_t count = 0;
    for (std::int64_t k = 0; k < x.size(); ++k) count += right ? !is_less(values[i], x[k]) : is_less(x[k], values[i]);
    out.set(i, Element::integer(count));
  }
  return out;
}

}  // namespace

Tensor run(Routine routine, const std::vector<const Tensor*>& inputs, const Dims& parameters, DType result,
           const Shape& shape) {
  const Tensor& input = *inputs[0];
  if (routine == Routine::quantile) return quantiles(input, parameters, result, shape);
  if (routine == Routine::take) return take(input, *inputs[1], parameters, shape);
  if (routine == Routine::concat) return concat(inputs, static_cast<int>(parameters[0]), shape);
  if (routine == Routine::matmul) return matmul(input, *inputs[1], shape);
  if (routine == Routine::scan) return scan(input, parameters, result, shape);
  if (routine == Routine::searchsorted) return searchsorted(input, *inputs[1], parameters[0] != 0, shape);
  if (routine != Routine::sort && routine != Routine::argsort)
    throw std::logic_error("factors are judged by what they are for, in tests/api/linalg_test.cpp");
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

}  // namespace ingot::oracle
