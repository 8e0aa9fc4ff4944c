#include "tests/oracle/reduce.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "tests/oracle/function.h"

namespace ingot::oracle {
namespace {

#ifdef __SIZEOF_FLOAT128__
__extension__ typedef __float128 Quad;
#else
using Quad = long double;
#endif

// The canonical order's own numbers, said again.
constexpr std::int64_t kLaneBytes = 512, kLeafRows = 16, kColumnLeaf = 64;

Op combine(Reducer reducer) {
  switch (reducer) {
    case Reducer::sum: return Op::add;
    case Reducer::prod: return Op::multiply;
    case Reducer::min: return Op::minimum;
    case Reducer::max: return Op::maximum;
    case Reducer::any: return Op::logical_or;
    case Reducer::all: return Op::logical_and;
    case Reducer::sumsqdev:
    case Reducer::sumexp:
    case Reducer::argmin:
    case Reducer::argmax: break;
  }
  throw std::logic_error("a reducer that no op combines");
}

// Positions in the input of one kept index's elements, in C order.
class Elements {
 public:
  Elements(const Domain& domain) : domain_(domain), strides_(domain.extents.size(), 0) {
    std::int64_t step = 1;
    for (int k = domain.extents.size() - 1; k >= 0; --k) {
      strides_[k] = step;
      step *= domain.extents[k];
      (is_reduced(k) ? reduced_ : kept_) *= domain.extents[k];
    }
  }

  std::int64_t kept() const { return kept_; }
  std::int64_t reduced() const { return reduced_; }
  std::int64_t at(std::int64_t kept, std::int64_t reduced) const {
    std::int64_t position = 0;
    for (int k = domain_.extents.size() - 1; k >= 0; --k) {
      std::int64_t& rest = is_reduced(k) ? reduced : kept;
      position += rest % domain_.extents[k] * strides_[k];
      rest /= domain_.extents[k];
    }
    return position;
  }
  bool is_row() const { return is_reduced(domain_.extents.size() - 1); }

 private:
  bool is_reduced(int group) const { return (group % 2 == 0) == domain_.first_reduced; }

  const Domain& domain_;
  Dims strides_;
  std::int64_t kept_ = 1, reduced_ = 1;
};

class Fold {
 public:
  Fold(Op op, DType dtype) : op_(op), dtype_(dtype) {}

  Element both(const Element& a, const Element& b) const {
    const Element in[3] = {a, b, {}};
    return apply(op_, dtype_, dtype_, in);
  }

  Element in_order(const std::vector<Element>& values, std::size_t begin, std::size_t end, std::size_t step = 1) const {
    Element total = values[begin];
    for (std::size_t i = begin + step; i < end; i += step) total = both(total, values[i]);
    return total;
  }

  Element in_lanes(const std::vector<Element>& values, std::size_t begin, std::size_t end, std::size_t lanes) const {
    std::vector<Element> lane;
    for (std::size_t l = 0; l < lanes && begin + l < end; ++l) lane.push_back(in_order(values, begin + l, end, lanes));
    for (std::size_t half = lanes / 2; half > 0; half /= 2) {
      for (std::size_t l = 0; l < half && l + half < lane.size(); ++l) lane[l] = both(lane[l], lane[l + half]);
      lane.resize(std::min(lane.size(), half));
    }
    return lane[0];
  }

  // The tree that splits at the largest power of two below the count. A binary counter builds it: complete subtrees
  // wait until another of their size is there; at the end the smaller ones join from the right.
  Element tree(const std::vector<Element>& leaves) const {
    struct Subtree {
      Element value;
      std::size_t leaves;
    };
    std::vector<Subtree> waiting;
    for (const Element& leaf : leaves) {
      waiting.push_back({leaf, 1});
      while (waiting.size() > 1 && waiting[waiting.size() - 2].leaves == waiting.back().leaves) join(waiting);
    }
    while (waiting.size() > 1) join(waiting);
    return waiting[0].value;
  }

 private:
  template <class Stack>
  void join(Stack& waiting) const {
    const auto right = waiting.back();
    waiting.pop_back();
    waiting.back() = {both(waiting.back().value, right.value), waiting.back().leaves + right.leaves};
  }

  Op op_;
  DType dtype_;
};

Element canonical(const Fold& fold, const std::vector<Element>& values, bool row, DType dtype) {
  const auto lanes = static_cast<std::size_t>(kLaneBytes) / itemsize(dtype);
  const std::size_t leaf = row ? static_cast<std::size_t>(kLeafRows) * lanes : static_cast<std::size_t>(kColumnLeaf);
  std::vector<Element> leaves;
  for (std::size_t begin = 0; begin < values.size(); begin += leaf) {
    const std::size_t end = std::min(values.size(), begin + leaf);
    leaves.push_back(row ? fold.in_lanes(values, begin, end, lanes) : fold.in_order(values, begin, end));
  }
  return fold.tree(leaves);
}

struct Deviation {
  double exact = 0;    // sum of squared deviations
  double largest = 0;  // magnitude of any value
  bool finite = true;
};

Deviation deviation(const std::vector<Element>& values) {
  Deviation d;
  Quad sum = 0;
  for (const Element& v : values) {
    d.finite = d.finite && std::isfinite(v.f);
    d.largest = std::max(d.largest, std::fabs(v.f));
    sum += v.f;
  }
  if (!d.finite) {
    d.exact = std::numeric_limits<double>::quiet_NaN();
    return d;
  }
  const Quad mean = sum / static_cast<Quad>(values.size());
  Quad squares = 0;
  for (const Element& v : values) squares += (v.f - mean) * (v.f - mean);
  d.exact = static_cast<double>(squares);
  return d;
}

// Errors of sumsqdev. A lane's n values lose at most a factor n + 1 of precision in condition, of sums rounded n times;
// every join on the way up adds a few roundings. How far from 0 the values lie does not count.
bool is_deviation(DType dtype, const std::vector<Element>& values, bool is_row, double got) {
  const Deviation d = deviation(values);
  if (!d.finite) return std::isnan(got);
  const bool single = dtype == DType::Float32;
  const double unit = single ? 0x1p-24 : 0x1p-53, count = static_cast<double>(values.size());
  const double lane = std::min(count, static_cast<double>(is_row ? kLeafRows : kColumnLeaf));
  const double steps = (lane + 1) * (lane + 8) + 16 * static_cast<double>(std::bit_width(values.size()));
  // Squares that overflow on the way leave infinity or NaN.
  const double limit = single ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  if (d.largest > std::sqrt(limit / count) / 8) return std::isnan(got) || got >= 0;
  const double tiny = single ? 0x1p-149 : 0x1p-1074;
  const double bound = steps * unit * d.exact + 128 * count * tiny;
  return got >= 0 && std::fabs(got - d.exact) <= bound;
}

// The first element that no other is better than; NaN is better than all.
std::int64_t place(Reducer reducer, const std::vector<Element>& values) {
  const auto is_nan = [](const Element& e) { return e.is_float && std::isnan(e.f); };
  const auto nan = std::find_if(values.begin(), values.end(), is_nan);
  if (nan != values.end()) return nan - values.begin();
  const auto less = [](const Element& a, const Element& b) { return a.is_float ? a.f < b.f : a.i < b.i; };
  return (reducer == Reducer::argmax ? std::max_element(values.begin(), values.end(), less)
                                     : std::min_element(values.begin(), values.end(), less)) -
         values.begin();
}

struct Exponentials {
  double largest = -std::numeric_limits<double>::infinity();
  long double sum = 0;  // of exp(x - largest)
};

Exponentials exponentials(const std::vector<Element>& values) {
  Exponentials e;
  for (const Element& v : values)
    if (std::isnan(v.f)) return {v.f, static_cast<long double>(v.f)};
  for (const Element& v : values) e.largest = std::max(e.largest, v.f);
  for (const Element& v : values)
    e.sum += v.f == e.largest ? 1 : std::exp(static_cast<long double>(v.f) - static_cast<long double>(e.largest));
  return e;
}

// As reductions.hpp says.
double error_of_exponentials(DType dtype, const std::vector<Element>& values) {
  const double unit = dtype == DType::Float32 ? 0x1p-24 : 0x1p-53;
  return (200 + 3 * std::log2(static_cast<double>(values.size()))) * unit;
}

bool is_sum_of_exponentials(DType dtype, const std::vector<Element>& values, double got) {
  const long double exact = exponentials(values).sum;
  if (std::isnan(exact)) return std::isnan(got);
  return std::fabs(static_cast<long double>(got) - exact) <= error_of_exponentials(dtype, values) * exact;
}

bool is_log_of_exponentials(DType dtype, const std::vector<Element>& values, double got) {
  const Exponentials e = exponentials(values);
  const long double exact = e.largest + std::log(e.sum);
  if (std::isnan(exact)) return std::isnan(got);
  if (std::isinf(exact)) return static_cast<long double>(got) == exact;
  const double ulp = (dtype == DType::Float32 ? 0x1p-23 : 0x1p-52) * std::fabs(static_cast<double>(exact));
  if (std::isinf(got)) return std::fabs(e.largest) > (dtype == DType::Float32 ? 3.4e38 : 1.79e308);
  return std::fabs(static_cast<long double>(got) - exact) <= error_of_exponentials(dtype, values) + 2 * ulp;
}

std::vector<Element> gather(const Tensor& input, const Elements& elements, std::int64_t kept) {
  std::vector<Element> values;
  values.reserve(static_cast<std::size_t>(elements.reduced()));
  for (std::int64_t r = 0; r < elements.reduced(); ++r) values.push_back(input[elements.at(kept, r)]);
  return values;
}

}  // namespace

Domain domain_of(const Shape& shape, const std::vector<bool>& reduced) {
  Domain domain;
  bool last = false;
  for (int k = 0; k < shape.ndim(); ++k) {
    if (shape[k] == 1) continue;
    const bool now = reduced[static_cast<std::size_t>(k)];
    if (domain.extents.empty()) domain.first_reduced = now;
    if (!domain.extents.empty() && now == last) {
      domain.extents[domain.extents.size() - 1] *= shape[k];
    } else {
      domain.extents.push_back(shape[k]);
    }
    last = now;
  }
  return domain;
}

Tensor reduce(Reducer reducer, const Tensor& input, const Domain& domain, const Shape& shape) {
  const Elements elements(domain);
  Tensor result(result_dtype(reducer, input.dtype), shape);
  for (std::int64_t kept = 0; kept < elements.kept(); ++kept) {
    const std::vector<Element> values = gather(input, elements, kept);
    if (state(reducer) == State::Best) {
      result.set(kept, Element::integer(place(reducer, values)));
    } else if (reducer == Reducer::sumexp) {
      result.set(kept, fit(input.dtype, Element::real(static_cast<double>(exponentials(values).sum))));
    } else if (reducer == Reducer::sumsqdev) {
      result.set(kept, Element::real(deviation(values).exact));
    } else {
      result.set(kept, canonical(Fold(combine(reducer), input.dtype), values, elements.is_row(), input.dtype));
    }
  }
  return result;
}

std::string judge_reduction(Reducer reducer, const Tensor& input, const Domain& domain, const Tensor& got) {
  const Tensor expected = reduce(reducer, input, domain, got.shape);
  const Elements elements(domain);
  for (std::int64_t kept = 0; kept < elements.kept(); ++kept) {
    const bool right = reducer == Reducer::sumsqdev
                           ? is_deviation(input.dtype, gather(input, elements, kept), elements.is_row(), got[kept].f)
                       : reducer == Reducer::sumexp
                           ? is_sum_of_exponentials(input.dtype, gather(input, elements, kept), got[kept].f)
                           : same(got.dtype, got[kept], expected[kept]);
    if (right) continue;
    return "element " + std::to_string(kept) + " is " + to_string(got.dtype, got[kept]) + ", expected " +
           to_string(got.dtype, expected[kept]) + ", of " + std::to_string(elements.reduced()) + " values";
  }
  return "";
}

std::string judge_variance(const Tensor& input, const Domain& domain, const Tensor& got, double divisor, bool is_root) {
  const Elements elements(domain);
  for (std::int64_t kept = 0; kept < elements.kept(); ++kept) {
    const double value = got[kept].f, variance = is_root ? value * value : value;
    const std::vector<Element> values = gather(input, elements, kept);
    const bool right = divisor == 0 ? std::isnan(value) || value > 0
                                    : is_deviation(input.dtype, values, elements.is_row(), variance * divisor);
    if (right) continue;
    return "element " + std::to_string(kept) + " is " + to_string(got.dtype, got[kept]) + ", expected " +
           (is_root ? "the root of " : "") + std::to_string(deviation(values).exact / divisor) + ", of " +
           std::to_string(elements.reduced()) + " values";
  }
  return "";
}

std::string judge_logsumexp(const Tensor& input, const Domain& domain, const Tensor& got) {
  const Elements elements(domain);
  for (std::int64_t kept = 0; kept < elements.kept(); ++kept) {
    const std::vector<Element> values = gather(input, elements, kept);
    if (is_log_of_exponentials(input.dtype, values, got[kept].f)) continue;
    const Exponentials e = exponentials(values);
    return "element " + std::to_string(kept) + " is " + to_string(got.dtype, got[kept]) + ", expected " +
           std::to_string(e.largest) + " + log " + std::to_string(e.sum) + ", of " +
           std::to_string(elements.reduced()) + " values";
  }
  return "";
}

}  // namespace ingot::oracle
