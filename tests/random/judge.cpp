// What a call of the public API means, said in terms of one element at a time.
#include <bit>
#include <cmath>
#include <limits>
#include <sstream>

#include "tests/oracle/complex.h"
#include "tests/oracle/function.h"
#include "tests/oracle/philox.h"
#include "tests/oracle/reduce.h"
#include "tests/oracle/routine.h"
#include "tests/random/recipe.h"

namespace ingot::tests {
namespace {

using oracle::Element;

std::string differs(std::int64_t i, DType dtype, const Element& got, const Element& expected) {
  return "element " + std::to_string(i) + " is " + to_string(dtype, got) + ", expected " + to_string(dtype, expected);
}

Dims digits(std::int64_t i, const Shape& shape) {
  Dims index(shape.ndim(), 0);
  for (int k = shape.ndim() - 1; k >= 0; --k) {
    index[k] = i % shape[k];
    i /= shape[k];
  }
  return index;
}

std::int64_t position(const Dims& index, const Shape& shape) {
  std::int64_t i = 0;
  for (int k = 0; k < shape.ndim(); ++k) i = i * shape[k] + index[k];
  return i;
}

std::int64_t broadcast_position(const Dims& index, const Shape& shape) {
  std::int64_t i = 0;
  const int skip = index.size() - shape.ndim();
  for (int k = 0; k < shape.ndim(); ++k) i = i * shape[k] + (shape[k] == 1 ? 0 : index[k + skip]);
  return i;
}

bool is_truth(Op op) { return info(op).operands == Operands::Bool; }

// Comparisons of integers are of the numbers, whatever their dtypes.
bool compares_numbers(Op op, const std::vector<const Tensor*>& in) {
  const bool comparison = info(op).result == Result::Bool && info(op).operands == Operands::Any;
  return comparison && !is_floating(in[0]->dtype) && !is_floating(in[1]->dtype);
}

Op effective(Op op, DType dtype) {
  if (!is_bool(dtype)) return op;
  return op == Op::add ? Op::logical_or : op == Op::multiply ? Op::logical_and : op;
}

std::string judge_elementwise(const Item& item, const std::vector<const Item*>& inputs,
                              const std::vector<const Tensor*>& in, const Tensor& got) {
  const bool selects = item.op == Op::where;
  std::vector<const Item*> promoting(inputs.begin() + (selects ? 1 : 0), inputs.end());
  const DType dtype = computed_in(item.op, promoting);
  const bool numbers = compares_numbers(item.op, in);
  const Op op = effective(item.op, dtype);
  const DType operand = numbers ? DType::Int64 : dtype;
  for (std::int64_t i = 0, by = oracle::judged_step(op, operand, got.size()); i < got.size(); i += by) {
    const Dims index = digits(i, got.shape);
    Element operands[3];
    for (std::size_t k = 0; k < in.size(); ++k) {
      const Element value = (*in[k])[broadcast_position(index, in[k]->shape)];
      const bool truth = is_truth(item.op) || (selects && k == 0);
      operands[k] = numbers ? value : convert(in[k]->dtype, truth ? DType::Bool : dtype, value);
    }
    if (!allows(op, operand, got.dtype, operands, got[i])) {
      std::string text = differs(i, got.dtype, got[i], apply(op, operand, got.dtype, operands)) + ", of";
      for (std::size_t k = 0; k < in.size(); ++k) text += "  " + to_string(dtype, operands[k]);
      return text;
    }
  }
  return "";
}

// By the norm, where operands and result are finite; the nodes that a function is recorded as are judged one by one.
std::string judge_complex(const Item& item, const std::vector<const Tensor*>& in, const Tensor& got) {
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const Dims index = digits(i, got.shape);
    oracle::Complex operands[2];
    bool finite = true;
    for (std::size_t k = 0; k < in.size(); ++k) {
      const Element value = (*in[k])[broadcast_position(index, in[k]->shape)];
      const double part = convert(in[k]->dtype, item.dtype, value).f;
      finite = finite && std::isfinite(part);
      oracle::Complex& operand = operands[k / 2];
      operand = k % 2 == 0 ? oracle::Complex(part, 0) : oracle::Complex(operand.real(), part);
    }
    if (!finite) continue;
    const oracle::Complex expected = oracle::apply(item.op, operands[0], operands[1]);
    const long double unit = oracle::unit(item.dtype, expected),
                      bound = oracle::allowed_error(item.op, item.dtype, operands[0], operands[1]) * unit;
    const long double part = item.imag ? expected.imag() : expected.real();
    if (std::isinf(unit) || std::isinf(bound) || std::fabs(got[i].f - part) <= bound) continue;
    std::ostringstream text;
    text << differs(i, got.dtype, got[i], Element::real(static_cast<double>(part))) << ", by more than "
         << static_cast<double>(bound) << ", of " << operands[0] << " " << operands[1];
    return text.str();
  }
  return "";
}

// The element of the input that the view shows at an index.
Dims source(const Item& item, const Dims& index, const Shape& from) {
  Dims result(from.ndim(), 0);
  const auto axis = [&](int k) {
    return static_cast<int>(item.list[k] < 0 ? item.list[k] + from.ndim() : item.list[k]);
  };
  switch (item.looks) {
    case Looks::Reverse:
      for (int k = 0; k < from.ndim(); ++k) result[from.ndim() - 1 - k] = index[k];
      return result;
    case Looks::Permute:
      for (int k = 0; k < from.ndim(); ++k) result[axis(k)] = index[k];
      return result;
    case Looks::Reshape: return digits(position(index, item.shape), from);
    case Looks::Broadcast:
      for (int k = 0; k < from.ndim(); ++k) result[k] = from[k] == 1 ? 0 : index[k + index.size() - from.ndim()];
      return result;
    case Looks::Flip:
      result = index;
      for (int k = 0; k < item.list.size(); ++k) result[axis(k)] = from[axis(k)] - 1 - result[axis(k)];
      return result;
    case Looks::Expand:
    case Looks::Squeeze: return digits(position(index, item.shape), from);
    case Looks::Index: break;
  }
  int given = 0;
  for (const Index& i : item.indices) given += i.kind == Index::Kind::At || i.kind == Index::Kind::Range;
  int in = 0, out = 0;
  for (const Index& i : item.indices) {
    switch (i.kind) {
      case Index::Kind::At:
        result[in] = i.at < 0 ? i.at + from[in] : i.at;
        ++in;
        break;
      case Index::Kind::Range: {
        const Range range = resolve(i.slice, from[in]);
        result[in++] = range.start + range.step * index[out++];
        break;
      }
      case Index::Kind::NewAxis: ++out; break;
      default:
        for (int rest = from.ndim() - given; rest > 0; --rest) result[in++] = index[out++];
    }
  }
  while (in < from.ndim()) result[in++] = index[out++];
  return result;
}

std::string judge_view(const Item& item, const Tensor& in, const Tensor& got) {
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const Element expected = in[position(source(item, digits(i, got.shape), in.shape), in.shape)];
    if (!same(got.dtype, got[i], expected)) return differs(i, got.dtype, got[i], expected);
  }
  return "";
}

Tensor converted(const Tensor& in, DType dtype) {
  Tensor result(dtype, in.shape);
  for (std::int64_t i = 0; i < in.size(); ++i) result.set(i, convert(in.dtype, dtype, in[i]));
  return result;
}

std::string judge_all(const Tensor& got, const Element& expected) {
  for (std::int64_t i = 0; i < got.size(); ++i) {
    if (!same(got.dtype, got[i], expected)) return differs(i, got.dtype, got[i], expected);
  }
  return "";
}

Reducer reducer_of(Reduction reduction) {
  switch (reduction) {
    case Reduction::Sum:
    case Reduction::Mean: return Reducer::sum;
    case Reduction::Prod: return Reducer::prod;
    case Reduction::Min: return Reducer::min;
    case Reduction::Max: return Reducer::max;
    case Reduction::Any: return Reducer::any;
    case Reduction::All: return Reducer::all;
    case Reduction::Var:
    case Reduction::Stddev: return Reducer::sumsqdev;
    case Reduction::ArgMin: return Reducer::argmin;
    case Reduction::ArgMax: return Reducer::argmax;
    case Reduction::LogSumExp: return Reducer::sumexp;
    case Reduction::CountNonzero:
    case Reduction::Median: break;
  }
  return Reducer::sum;
}

Element of_nothing(Reduction reduction, DType dtype) {
  switch (reduction) {
    case Reduction::Prod: return is_floating(dtype) ? Element::real(1) : Element::integer(1);
    case Reduction::All: return Element::integer(1);
    case Reduction::Mean:
    case Reduction::Var:
    case Reduction::Stddev:
    case Reduction::Median: return Element::real(std::numeric_limits<double>::quiet_NaN());
    case Reduction::LogSumExp: return Element::real(-std::numeric_limits<double>::infinity());
    default: return is_floating(dtype) ? Element::real(0) : Element::integer(0);
  }
}

// The elements with one axis moved to the end.
Tensor with_axis_last(const Tensor& x, int axis) {
  Shape shape = x.shape;
  const std::int64_t n = shape[axis], step = c_strides(shape)[axis];
  shape.erase(axis);
  shape.push_back(n);
  Tensor moved(x.dtype, shape);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    const std::int64_t outer = i / (n * step), k = i / step % n, inner = i % step;
    moved.set((outer * step + inner) * n + k, x[i]);
  }
  return moved;
}

// Reduced axes moved to the end one after the other are rows.
std::string judge_median(Tensor in, const std::vector<bool>& reduced, const Tensor& got) {
  int moved = 0;
  for (int k = 0; k < static_cast<int>(reduced.size()); ++k)
    if (reduced[static_cast<std::size_t>(k)]) in = with_axis_last(in, k - moved++);
  in.shape = Shape{got.size(), in.size() / got.size()};
  const Tensor expected =
      oracle::run(Routine::quantile, {&in}, Dims{0, std::bit_cast<std::int64_t>(0.5)}, got.dtype, got.shape);
  const std::int64_t i = first_difference(got, expected);
  return i < 0 ? "" : differs(i, got.dtype, got[i], expected[i]);
}

std::string judge_reduce(const Item& item, const Tensor& in, const Tensor& got) {
  if (got.size() == 0) return "";
  const std::vector<bool> reduced = reduced_axes(item, in.shape);
  const double count = static_cast<double>(in.size()) / static_cast<double>(got.size());
  if (in.size() == 0) return judge_all(got, of_nothing(item.reduction, got.dtype));
  const oracle::Domain domain = oracle::domain_of(in.shape, reduced);
  switch (item.reduction) {
    case Reduction::ArgMin:
    case Reduction::ArgMax: return oracle::judge_reduction(reducer_of(item.reduction), in, domain, got);
    case Reduction::LogSumExp: return oracle::judge_logsumexp(converted(in, item.dtype), domain, got);
    case Reduction::CountNonzero:
      return oracle::judge_reduction(Reducer::sum, converted(converted(in, DType::Bool), DType::Int64), domain, got);
    case Reduction::Median: return judge_median(in, reduced, got);
    default: break;
  }
  Tensor values = converted(in, item.dtype);
  if (is_half(item.dtype)) values = converted(values, DType::Float32);
  const Reducer reducer = reducer_of(item.reduction);
  if (item.reduction == Reduction::Mean) {
    const Tensor sums = oracle::reduce(reducer, values, domain, got.shape);
    for (std::int64_t i = 0; i < got.size(); ++i) {
      const Element operands[3] = {sums[i], oracle::fit(sums.dtype, Element::real(count)), {}};
      const Element expected = oracle::fit(got.dtype, apply(Op::divide, sums.dtype, sums.dtype, operands));
      if (!same(got.dtype, got[i], expected)) return differs(i, got.dtype, got[i], expected);
    }
    return "";
  }
  if (is_half(got.dtype)) {
    const Tensor expected = converted(oracle::reduce(reducer, values, domain, got.shape), got.dtype);
    const std::int64_t i = first_difference(got, expected);
    return i < 0 ? "" : differs(i, got.dtype, got[i], expected[i]);
  }
  if (reducer != Reducer::sumsqdev) return oracle::judge_reduction(reducer, values, domain, got);
  return oracle::judge_variance(values, domain, got, std::max(count - item.correction, 0.0),
                                item.reduction == Reduction::Stddev);
}

std::string judge_sort(const Item& item, const Tensor& in, const Tensor& got) {
  if (in.size() == 0) return "";
  const int axis = static_cast<int>(item.axes[0] < 0 ? item.axes[0] + in.shape.ndim() : item.axes[0]);
  const Tensor from = with_axis_last(in, axis), rows = with_axis_last(got, axis);
  const Tensor expected = oracle::run(item.routine, {&from}, Dims{item.descending}, got.dtype, from.shape);
  const std::int64_t i = first_difference(rows, expected);
  return i < 0 ? "" : "with the axis last, " + differs(i, got.dtype, rows[i], expected[i]);
}

std::string judge_take(const Item& item, const Tensor& x, const Tensor& indices, const Tensor& got) {
  const std::int64_t axis = item.axes[0] < 0 ? item.axes[0] + x.shape.ndim() : item.axes[0];
  const Tensor expected =
      oracle::run(Routine::take, {&x, &indices}, Dims{axis, std::int64_t{item.along}, 1}, got.dtype, got.shape);
  const std::int64_t i = first_difference(got, expected);
  return i < 0 ? "" : differs(i, got.dtype, got[i], expected[i]);
}

std::string judge_scan(const Item& item, const Tensor& in, const Tensor& got) {
  if (in.size() == 0) return "";
  const int axis = static_cast<int>(item.axes[0] < 0 ? item.axes[0] + in.shape.ndim() : item.axes[0]);
  const std::int64_t inner = c_strides(in.shape)[axis];
  Tensor x = converted(in, item.dtype);
  x.shape = Shape{in.size() / (in.shape[axis] * inner), in.shape[axis], inner};
  const Dims parameters{static_cast<std::int64_t>(item.scan), std::int64_t{item.options.reverse},
                        std::int64_t{item.options.exclusive}};
  if (item.scan == prebuilt::ScanOp::LogSumExp) return oracle::judge_logcumsumexp(x, parameters, got, x.shape);
  const Tensor expected = oracle::run(Routine::scan, {&x}, parameters, got.dtype, x.shape);
  const std::int64_t i = first_difference(got, expected);
  return i < 0 ? "" : differs(i, got.dtype, got[i], expected[i]);
}

std::string judge_random(const Item& item, const Tensor& got) {
  const std::uint64_t key = oracle::key_of(item.seed, 1);
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const Element operands[] = {Element::integer(i), Element::integer(static_cast<std::int64_t>(key)),
                                Element::integer(item.bound)};
    if (!allows(item.op, DType::Int64, got.dtype, operands, got[i]))
      return differs(i, got.dtype, got[i], apply(item.op, DType::Int64, got.dtype, operands));
  }
  return "";
}

std::string judge_generated(const Item& item, const Tensor& got) {
  if (item.make == Make::Full) return judge_all(got, item.values[0]);
  for (std::int64_t i = 0; i < got.size(); ++i) {
    if (got[i].i != i) return "element " + std::to_string(i) + " is " + to_string(got.dtype, got[i]);
  }
  return "";
}

}  // namespace

std::string judge(const Item& item, const std::vector<const Item*>& inputs, const std::vector<const Tensor*>& values,
                  const Tensor& got) {
  switch (item.make) {
    case Make::Leaf: {
      const std::int64_t i = first_difference(got, item.values);
      return i < 0 ? "" : differs(i, got.dtype, got[i], item.values[i]);
    }
    case Make::Scalar: return "";
    case Make::Full:
    case Make::Arange: return judge_generated(item, got);
    case Make::Random: return judge_random(item, got);
    case Make::Elementwise: return judge_elementwise(item, inputs, values, got);
    case Make::Complex: return judge_complex(item, values, got);
    case Make::Cast: {
      const Tensor expected = converted(*values[0], item.dtype);
      const std::int64_t i = first_difference(got, expected);
      return i < 0 ? "" : differs(i, got.dtype, got[i], expected[i]);
    }
    case Make::View: return judge_view(item, *values[0], got);
    case Make::Reduce: return judge_reduce(item, *values[0], got);
    case Make::Sort: return judge_sort(item, *values[0], got);
    case Make::Take: return judge_take(item, *values[0], *values[1], got);
    case Make::Scan: return judge_scan(item, *values[0], got);
    case Make::Product: return judge_product(item, *values[0], *values[1], got);
  }
  return "";
}

}  // namespace ingot::tests
