#include <algorithm>
#include <memory>
#include <numeric>
#include <stdexcept>

#include "host/api/complex.h"
#include "tests/random/recipe.h"

namespace ingot::tests {
namespace {

// Calls f with the dtype's C++ type.
template <class F>
Array with_type(DType dtype, F&& f) {
  switch (dtype) {
    case DType::Bool: return f(bool{});
    case DType::Int8: return f(std::int8_t{});
    case DType::Int16: return f(std::int16_t{});
    case DType::Int32: return f(std::int32_t{});
    case DType::Int64: return f(std::int64_t{});
    case DType::UInt8: return f(std::uint8_t{});
    case DType::UInt16: return f(std::uint16_t{});
    case DType::UInt32: return f(std::uint32_t{});
    case DType::UInt64: return f(std::uint64_t{});
    case DType::Float16: return f(float16{});
    case DType::BFloat16: return f(bfloat16{});
    case DType::Float32: return f(float{});
    case DType::Float64: return f(double{});
    default: throw std::logic_error("no leaf of this dtype");
  }
}

Array copied(const Tensor& values) {
  return with_type(values.dtype, [&](auto zero) {
    using E = decltype(zero);
    return array(std::span(static_cast<const E*>(values.data()), static_cast<std::size_t>(values.size())),
                 values.shape);
  });
}

// Memory in which element i of the C order lies at offset + sum(strides * index).
Array borrowed(const Tensor& values, const Strides& strides, std::int64_t offset, std::int64_t memory) {
  return with_type(values.dtype, [&](auto zero) {
    using E = decltype(zero);
    const std::shared_ptr<E[]> block(new E[static_cast<std::size_t>(memory)]());
    const auto* from = static_cast<const E*>(values.data());
    for (std::int64_t i = 0; i < values.size(); ++i) {
      std::int64_t rest = i, place = offset;
      for (int k = values.shape.ndim() - 1; k >= 0; --k) {
        place += rest % values.shape[k] * strides[k];
        rest /= values.shape[k];
      }
      block[static_cast<std::size_t>(place)] = from[i];
    }
    return from_host(static_cast<const E*>(block.get() + offset), values.shape, strides, block);
  });
}

Array strided(const Tensor& values) {
  Strides strides = c_strides(values.shape);
  for (std::int64_t& stride : strides) stride *= 3;
  return borrowed(values, strides, 1, 3 * values.size() + 1);
}

Array reversed(const Tensor& values) {
  Strides strides = c_strides(values.shape);
  for (std::int64_t& stride : strides) stride = -stride;
  return borrowed(values, strides, values.size() - 1, values.size());
}

Array transposed(const Tensor& values) {
  Strides strides(values.shape.ndim(), 1);
  for (int k = 1; k < strides.size(); ++k) strides[k] = strides[k - 1] * values.shape[k - 1];
  return borrowed(values, strides, 0, values.size());
}

Array broadcast(const Item& leaf) {
  if (leaf.repeated < 0) return copied(leaf.values);
  Tensor first(leaf.dtype, leaf.shape);
  first.shape[leaf.repeated] = 1;
  first = Tensor(leaf.dtype, first.shape);
  const std::int64_t step = c_strides(leaf.shape)[leaf.repeated], span = step * leaf.shape[leaf.repeated];
  for (std::int64_t i = 0; i < first.size(); ++i) first.set(i, leaf.values[i / step * span + i % step]);
  return broadcast_to(copied(first), leaf.shape);
}

// Not a rule in the world knows which of the two is taken.
Array pending(const Tensor& values) {
  Tensor condition(DType::Bool, values.shape);
  for (std::int64_t i = 0; i < condition.size(); ++i) condition.set(i, oracle::Element::integer(i % 3 == 0));
  return where(copied(condition), copied(values), copied(values));
}

Array leaf(const Item& item, Layout layout) {
  if (item.values.size() == 0) return copied(item.values);
  switch (layout) {
    case Layout::Contiguous: return copied(item.values);
    case Layout::Strided: return strided(item.values);
    case Layout::Reversed: return reversed(item.values);
    case Layout::Transposed: return transposed(item.values);
    case Layout::Broadcast: return broadcast(item);
    case Layout::Pending: return pending(item.values);
  }
  throw std::logic_error("no such layout");
}

Array number(const Item& item) {
  return is_floating(item.dtype) ? Array(item.values[0].f) : Array(static_cast<std::int64_t>(item.values[0].i));
}

Scalar scalar(const Item& item) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, item.values.data(), item.values.bytes.size());
  return Scalar(item.dtype, bits);
}

Array call(Op op, const std::vector<Array>& x) {
  switch (op) {
#define INGOT_CALL_1(name) name(x[0])
#define INGOT_CALL_2(name) name(x[0], x[1])
#define INGOT_CALL_3(name) name(x[0], x[1], x[2])
#define INGOT_CASE_Any(name, arity) \
  case Op::name: return INGOT_CALL_##arity(name);
#define INGOT_CASE_Number INGOT_CASE_Any
#define INGOT_CASE_Integral INGOT_CASE_Any
#define INGOT_CASE_Integer INGOT_CASE_Any
#define INGOT_CASE_Float INGOT_CASE_Any
#define INGOT_CASE_Bool INGOT_CASE_Any
#define INGOT_CASE_Index(name, arity)
#define INGOT_CASE_Fast(name, arity)
#define INGOT_OP(name, arity, operands, ...) INGOT_CASE_##operands(name, arity)
#include "kernels/ops.def"
    default: throw std::logic_error("an op without a function");
  }
}

Array complex(const Item& item, const std::vector<Array>& in) {
  std::vector<Array> operands;
  for (std::size_t k = 0; k < in.size(); k += 2) {
    const auto part = [&](const Array& x) { return broadcast_to(astype(x, item.dtype), item.shape); };
    operands.push_back(api::from_parts(part(in[k]), part(in[k + 1]), Location::current()));
  }
  if (item.stored) eval(operands);
  const Array result = call(item.op, operands);
  return item.imag ? imag(result) : real(result);
}

Array view(const Item& item, const Array& x) {
  switch (item.looks) {
    case Looks::Index: return x(std::span(item.indices));
    case Looks::Permute: return permute_dims(x, item.list);
    case Looks::Reverse: return x.T();
    case Looks::Reshape: return reshape(x, Shape(item.list));
    case Looks::Broadcast: return broadcast_to(x, Shape(item.list));
    case Looks::Flip: return flip(x, item.list);
    case Looks::Expand: return expand_dims(x, item.list);
    case Looks::Squeeze: return squeeze(x, item.list);
  }
  throw std::logic_error("no such view");
}

Array reduce(const Item& item, const Array& x) {
  const Axes axes = item.all_axes ? Axes() : Axes(item.axes);
  switch (item.reduction) {
    case Reduction::Sum: return sum(x, axes, item.keepdims);
    case Reduction::Prod: return prod(x, axes, item.keepdims);
    case Reduction::Mean: return mean(x, axes, item.keepdims);
    case Reduction::Var: return var(x, axes, item.keepdims, item.correction);
    case Reduction::Stddev: return stddev(x, axes, item.keepdims, item.correction);
    case Reduction::Min: return min(x, axes, item.keepdims);
    case Reduction::Max: return max(x, axes, item.keepdims);
    case Reduction::Any: return any(x, axes, item.keepdims);
    case Reduction::All: return all(x, axes, item.keepdims);
    case Reduction::ArgMin: return argmin(x, axes, item.keepdims);
    case Reduction::ArgMax: return argmax(x, axes, item.keepdims);
    case Reduction::LogSumExp: return logsumexp(x, axes, item.keepdims);
    case Reduction::CountNonzero: return count_nonzero(x, axes, item.keepdims);
    case Reduction::Median: return median(x, axes, item.keepdims);
  }
  throw std::logic_error("no such reduction");
}

Array product(const Item& item, const Array& a, const Array& b) {
  switch (item.product) {
    case Product::Matmul: return matmul(a, b);
    case Product::Vecdot: return vecdot(a, b);
    case Product::Tensordot: return tensordot(a, b, 1);
    case Product::Outer: return outer(a, b);
  }
  throw std::logic_error("no such product");
}

Array scan(const Item& item, const Array& x) {
  const std::int64_t axis = item.axes[0];
  switch (item.scan) {
    case prebuilt::ScanOp::Sum: return cumsum(x, axis, item.options);
    case prebuilt::ScanOp::Product: return cumprod(x, axis, item.options);
    case prebuilt::ScanOp::Min: return cummin(x, axis, item.options);
    case prebuilt::ScanOp::Max: return cummax(x, axis, item.options);
    case prebuilt::ScanOp::LogSumExp: return logcumsumexp(x, axis, item.options);
  }
  throw std::logic_error("no such scan");
}

Array made(const Item& item, const std::vector<Array>& in, Layout layout) {
  switch (item.make) {
    case Make::Leaf: return leaf(item, layout);
    case Make::Scalar: return number(item);
    case Make::Full: return full(item.shape, scalar(item), item.dtype);
    case Make::Arange: return arange(item.shape.numel());
    case Make::Random: {
      random::Generator g(item.seed);
      if (item.op == Op::random_uniform) return g.uniform(item.shape, 0.0, 1.0, item.dtype);
      if (item.op == Op::random_normal) return g.normal(item.shape, 0.0, 1.0, item.dtype);
      return g.integers(0, item.bound, item.shape);
    }
    case Make::Elementwise: return call(item.op, in);
    case Make::Complex: return complex(item, in);
    case Make::Cast: return astype(in[0], item.dtype);
    case Make::View: return view(item, in[0]);
    case Make::Reduce: return reduce(item, in[0]);
    case Make::Sort:
      return item.routine == Routine::sort ? sort(in[0], item.axes[0], item.descending)
                                           : argsort(in[0], item.axes[0], item.descending);
    case Make::Take: return item.along ? take_along_axis(in[0], in[1], item.axes[0]) : take(in[0], in[1], item.axes[0]);
    case Make::Scan: return scan(item, in[0]);
    case Make::Product: return product(item, in[0], in[1]);
  }
  throw std::logic_error("no such item");
}

}  // namespace

std::vector<Array> build(const Recipe& recipe, Layout layout) {
  std::vector<Array> arrays;
  for (const Item& item : recipe.items) {
    std::vector<Array> in;
    for (int input : item.in) in.push_back(arrays[static_cast<std::size_t>(input)]);
    arrays.push_back(made(item, in, layout));
  }
  return arrays;
}

}  // namespace ingot::tests
