#include "tests/oracle/routine.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ingot::oracle {
namespace {

bool before(const Element& a, const Element& b, bool descending) {
  if (!a.is_float) return descending ? b.i < a.i : a.i < b.i;
  if (std::isnan(a.f) || std::isnan(b.f)) return !std::isnan(a.f);
  if (a.f != b.f) return descending ? b.f < a.f : a.f < b.f;
  return std::signbit(a.f) != std::signbit(b.f) && std::signbit(a.f) != descending;
}

}  // namespace

Tensor run(Routine routine, const Tensor& input, const Dims& parameters, DType result) {
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
