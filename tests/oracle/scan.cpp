// Scans, each element by itself: of the words of kernels/prebuilt/scan.h alone.
#include <cmath>
#include <limits>
#include <sstream>

#include "tests/oracle/function.h"
#include "tests/oracle/routine.h"

namespace ingot::oracle {
namespace {

using prebuilt::ScanOp;

constexpr std::int64_t kGroup = 8, kBlock = 256;

// The places that are scanned of one row, in order, as elements of the input.
struct Row {
  const Tensor& x;
  std::int64_t first, step;

  const Element operator[](std::int64_t k) const { return x[first + k * step]; }
};

// Of a power of two of elements: halves of halves.
template <class T>
T balanced(const Row& row, std::int64_t first, std::int64_t count) {
  if (count == 1) return static_cast<T>(row[first].f);
  return balanced<T>(row, first, count / 2) + balanced<T>(row, first + count / 2, count / 2);
}

// The largest power of two first, with all the rest.
template <class T>
T of_group(const Row& row, std::int64_t first, std::int64_t count) {
  std::int64_t power = 1;
  while (power * 2 <= count) power *= 2;
  const T sum = balanced<T>(row, first, power);
  return power == count ? sum : sum + of_group<T>(row, first + power, count - power);
}

// Two floats, with what an addition is rounded by in the lower.
template <class T>
struct Twofold {
  T high = T(-0.0), low = 0;

  void add(T x) {
    const T sum = high + x, part = sum - high, error = (high - (sum - part)) + (x - part);
    if (!std::isfinite(sum))
      low = 0;
    else if (std::isfinite(error))
      low += error;
    high = sum;
  }
  T value() const { return low == 0 ? high : high + low; }
};

template <class T>
std::vector<Element> sums(const Row& row, std::int64_t n) {
  std::vector<Element> all;
  Twofold<T> blocks;
  T groups = T(-0.0);
  for (std::int64_t k = 0; k < n; ++k) {
    const std::int64_t group = k - k % kGroup;
    const T own = of_group<T>(row, group, k - group + 1);
    all.push_back(Element::real(static_cast<double>(blocks.value() + (groups + own))));
    if (k % kGroup == kGroup - 1) groups += own;
    if (k % kBlock == kBlock - 1) {
      blocks.add(groups);
      groups = T(-0.0);
    }
  }
  return all;
}

template <class T>
std::vector<Element> products(const Row& row, std::int64_t n) {
  std::vector<Element> all;
  T product = 1;
  for (std::int64_t k = 0; k < n; ++k) {
    product *= static_cast<T>(row[k].f);
    all.push_back(Element::real(static_cast<double>(product)));
  }
  return all;
}

std::vector<Element> of_floats(ScanOp op, DType dtype, const Row& row, std::int64_t n) {
  if (op == ScanOp::Sum) return dtype == DType::Float64 ? sums<double>(row, n) : sums<float>(row, n);
  if (op == ScanOp::Product) return dtype == DType::Float64 ? products<double>(row, n) : products<float>(row, n);
  std::vector<Element> all;
  double best = op == ScanOp::Min ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  for (std::int64_t k = 0; k < n; ++k) {
    const double x = row[k].f;
    const bool less = x < best || (x == best && std::signbit(x) && !std::signbit(best));
    if (std::isnan(x) || (!std::isnan(best) && less == (op == ScanOp::Min))) best = x;
    all.push_back(Element::real(best));
  }
  return all;
}

std::uint64_t low_half(Wide x) { return static_cast<std::uint64_t>(x); }

std::vector<Element> of_integers(ScanOp op, DType dtype, const Row& row, std::int64_t n) {
  std::vector<Element> all;
  for (std::int64_t k = 0; k < n; ++k) {
    const Wide x = row[k].i, before = all.empty() ? x : all.back().i;
    Wide next = op == ScanOp::Min ? std::min(before, x) : std::max(before, x);
    if (op == ScanOp::Sum) next = all.empty() ? x : before + x;
    if (op == ScanOp::Product && !all.empty()) next = static_cast<Wide>(low_half(before) * low_half(x));
    if (op == ScanOp::Product && all.empty()) next = x;
    all.push_back(fit(dtype, Element::integer(next)));
  }
  return all;
}

Element of_nothing(ScanOp op, DType dtype) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  if (op == ScanOp::Sum || op == ScanOp::Product) {
    const int value = op == ScanOp::Sum ? 0 : 1;
    return is_floating(dtype) ? Element::real(value) : Element::integer(value);
  }
  if (is_floating(dtype)) return Element::real(op == ScanOp::Min ? inf : -inf);
  const int bits = is_bool(dtype) ? 1 : 8 * static_cast<int>(itemsize(dtype));
  const Wide most = (Wide{1} << (is_signed_integer(dtype) ? bits - 1 : bits)) - 1;
  return Element::integer(op == ScanOp::Min ? most : is_signed_integer(dtype) ? -most - 1 : Wide{0});
}

// f(place in the result) for what comes before all, and f(row, places in the result) for each row.
struct Layout {
  std::int64_t outer, n, inner, result_n, start;
  bool reverse;

  Layout(const Tensor& x, const Dims& parameters, const Shape& shape)
      : outer(shape[0]),
        n(x.shape[1]),
        inner(shape[2]),
        result_n(shape[1]),
        start(parameters[2]),
        reverse(parameters[1] != 0) {}
  std::int64_t scanned() const { return result_n - start; }
  Row row(const Tensor& x, std::int64_t i, std::int64_t j) const {
    return {x, (i * n + (reverse ? n - 1 : 0)) * inner + j, reverse ? -inner : inner};
  }
  std::int64_t place(std::int64_t i, std::int64_t j, std::int64_t k) const {
    return (i * result_n + (reverse ? result_n - 1 - k : k)) * inner + j;
  }
};

}  // namespace

Tensor scan(const Tensor& x, const Dims& parameters, DType dtype, const Shape& shape) {
  const auto op = static_cast<ScanOp>(parameters[0]);
  const Layout layout(x, parameters, shape);
  Tensor result(dtype, shape);
  for (std::int64_t i = 0; i < layout.outer; ++i) {
    for (std::int64_t j = 0; j < layout.inner; ++j) {
      if (layout.start > 0) result.set(layout.place(i, j, 0), of_nothing(op, dtype));
      const Row row = layout.row(x, i, j);
      const std::vector<Element> all = is_floating(dtype) ? of_floats(op, dtype, row, layout.scanned())
                                                          : of_integers(op, dtype, row, layout.scanned());
      for (std::size_t k = 0; k < all.size(); ++k)
        result.set(layout.place(i, j, layout.start + static_cast<std::int64_t>(k)), fit(dtype, all[k]));
    }
  }
  return result;
}

std::string judge_logcumsumexp(const Tensor& x, const Dims& parameters, const Tensor& got, const Shape& shape) {
  const Layout layout(x, parameters, shape);
  const double unit = got.dtype == DType::Float64 ? 0x1p-53 : 0x1p-24;
  for (std::int64_t i = 0; i < layout.outer; ++i) {
    for (std::int64_t j = 0; j < layout.inner; ++j) {
      const Row row = layout.row(x, i, j);
      long double largest = -std::numeric_limits<long double>::infinity(), sum = 0;
      for (std::int64_t k = 0; k < layout.result_n; ++k) {
        if (k >= layout.start) {
          const long double value = row[k - layout.start].f;
          if (std::isnan(value)) {
            sum = value;
          } else if (value > largest) {
            sum = sum == 0 ? 1 : sum * std::exp(largest - value) + 1;
            largest = value;
          } else {
            sum += value == largest ? 1 : std::exp(value - largest);
          }
        }
        const long double log = std::isnan(sum) ? sum : std::isinf(largest) ? largest : largest + std::log(sum);
        const long double room = std::isinf(largest) ? 0
                                                     : (200 + static_cast<long double>(k) / 64 + 4 * std::fabs(log)) *
                                                           static_cast<long double>(unit);
        const std::int64_t at = layout.place(i, j, k);
        const auto rounded = [&](long double value) {
          return fit(got.dtype, Element::real(static_cast<double>(value))).f;
        };
        const double low = rounded(log - room), high = rounded(log + room);
        if (std::isnan(log) ? std::isnan(got[at].f) : low <= got[at].f && got[at].f <= high) continue;
        std::ostringstream out;
        out.precision(17);
        out << "element " << at << " is " << to_string(got.dtype, got[at]) << ", expected " << low << " to " << high;
        return out.str();
      }
    }
  }
  return "";
}

}  // namespace ingot::oracle
