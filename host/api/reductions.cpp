#include "ingot/reductions.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include "host/api/complex.h"
#include "host/api/record.h"
#include "ingot/complex.hpp"
#include "ingot/manipulation.hpp"

namespace ingot {
namespace api {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// One reduction as the user asked for it.
class Request {
 public:
  Request(std::string_view op, const Array& x, const Axes& axes, bool keepdims, const Location& where)
      : op_(op), where_(where), node_(node_of(x, where)), keepdims_(keepdims) {
    require_computable(op, node_->dtype, where);
    const Shape& shape = node_->shape;
    if (shape.ndim() > kInline) more_ = std::make_unique<bool[]>(static_cast<std::size_t>(shape.ndim()));
    for (std::int64_t axis : resolve_axes(op, axes, shape.ndim(), where)) flags()[axis] = true;
    for (int k = 0; k < shape.ndim(); ++k) {
      if (flags()[k]) {
        count_ *= shape[k];
        kept_.push_back(1);
      } else {
        kept_.push_back(shape[k]);
        result_.push_back(shape[k]);
      }
    }
  }

  DType dtype() const { return node_->dtype; }
  /// Elements behind each result.
  std::int64_t count() const { return count_; }
  /// Whether there is nothing to reduce, or no result.
  bool is_empty() const { return count_ == 0 || has_no_result(); }
  bool has_no_result() const { return result_.numel() == 0; }

  /// The values in this dtype, reduced.
  NodeRef reduce(Reducer reducer, DType dtype) const {
    const NodeRef values = to_dtype(node_, dtype, where_);
    const std::span<const bool> reduced(flags(), static_cast<std::size_t>(node_->shape.ndim()));
    return graph::reduce(reducer, values.get(), reduced, where_);
  }
  NodeRef divide(const NodeRef& x, double divisor) const {
    return apply(Op::divide, x.get(), convert(divisor, x->dtype), where_);
  }

  Array finish(NodeRef result) const {
    return wrap(keepdims_ ? graph::reshape(result.get(), kept_, where_) : std::move(result));
  }
  /// The result where is_empty().
  Array constant_result(Scalar value) const { return wrap(fill(keepdims_ ? kept_ : result_, value, where_)); }

  [[noreturn]] void fail_without_identity() const {
    int axis = 0;
    while (!flags()[axis] || node_->shape[axis] != 0) ++axis;
    fail<ValueError>(where_, op_, ": axis ", axis, " of shape ", node_->shape, " has no elements, and ", op_,
                     " has no identity; reduce over axes that have elements");
  }

 private:
  static constexpr int kInline = 16;
  bool* flags() { return more_ ? more_.get() : inline_; }
  const bool* flags() const { return more_ ? more_.get() : inline_; }

  std::string_view op_;
  const Location& where_;
  Node* node_;
  bool keepdims_;
  bool inline_[kInline] = {};
  std::unique_ptr<bool[]> more_;
  Shape kept_, result_;
  std::int64_t count_ = 1;
};

// sum and prod add up narrow integers in wide ones, as NumPy does.
DType widened(DType d) {
  if (is_unsigned_integer(d)) return DType::UInt64;
  return is_whole(d) ? DType::Int64 : d;
}

DType floating(DType d) { return is_whole(d) ? DType::Float64 : d; }

Array fold(const Request& request, Reducer reducer, DType dtype, Scalar identity) {
  if (request.is_empty()) return request.constant_result(convert(identity, dtype));
  return request.finish(request.reduce(reducer, dtype));
}

Array extreme(const Request& request, Reducer reducer) {
  if (request.count() == 0 && !request.has_no_result()) request.fail_without_identity();
  return fold(request, reducer, request.dtype(), false);
}

NodeRef variance(const Request& request, double correction) {
  const NodeRef squares = request.reduce(Reducer::sumsqdev, floating(request.dtype()));
  return request.divide(squares, std::max(static_cast<double>(request.count()) - correction, 0.0));
}

}  // namespace
}  // namespace api

using api::Request;

Array sum(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where))
    return api::from_parts(sum(real(x), axes, keepdims, where), sum(imag(x), axes, keepdims, where), where);
  const Request request("sum", x, axes, keepdims, where);
  return fold(request, Reducer::sum, api::widened(request.dtype()), 0);
}

Array prod(const Array& x, const Axes& axes, bool keepdims, Location where) {
  const Request request("prod", x, axes, keepdims, where);
  return fold(request, Reducer::prod, api::widened(request.dtype()), 1);
}

Array mean(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where))
    return api::from_parts(mean(real(x), axes, keepdims, where), mean(imag(x), axes, keepdims, where), where);
  if (api::is_half_array(x, where))
    return astype(mean(astype(x, DType::Float32, where), axes, keepdims, where), x.dtype(), where);
  const Request request("mean", x, axes, keepdims, where);
  const DType dtype = api::floating(request.dtype());
  if (request.is_empty()) return request.constant_result(api::convert(api::kNaN, dtype));
  return request.finish(request.divide(request.reduce(Reducer::sum, dtype), static_cast<double>(request.count())));
}

Array var(const Array& x, const Axes& axes, bool keepdims, double correction, Location where) {
  if (api::is_half_array(x, where))
    return astype(var(astype(x, DType::Float32, where), axes, keepdims, correction, where), x.dtype(), where);
  const Request request("var", x, axes, keepdims, where);
  if (request.is_empty()) return request.constant_result(api::convert(api::kNaN, api::floating(request.dtype())));
  return request.finish(api::variance(request, correction));
}

Array stddev(const Array& x, const Axes& axes, bool keepdims, double correction, Location where) {
  if (api::is_half_array(x, where))
    return astype(stddev(astype(x, DType::Float32, where), axes, keepdims, correction, where), x.dtype(), where);
  const Request request("stddev", x, axes, keepdims, where);
  if (request.is_empty()) return request.constant_result(api::convert(api::kNaN, api::floating(request.dtype())));
  const graph::NodeRef variance = api::variance(request, correction);
  return request.finish(api::apply(Op::sqrt, variance.get(), where));
}

Array min(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::extreme(Request("min", x, axes, keepdims, where), Reducer::min);
}

Array max(const Array& x, const Axes& axes, bool keepdims, Location where) {
  return api::extreme(Request("max", x, axes, keepdims, where), Reducer::max);
}

Array any(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where)) return any(astype(x, DType::Bool, where), axes, keepdims, where);
  return fold(Request("any", x, axes, keepdims, where), Reducer::any, DType::Bool, false);
}

Array all(const Array& x, const Axes& axes, bool keepdims, Location where) {
  if (api::is_complex_array(x, where)) return all(astype(x, DType::Bool, where), axes, keepdims, where);
  return fold(Request("all", x, axes, keepdims, where), Reducer::all, DType::Bool, true);
}

}  // namespace ingot
