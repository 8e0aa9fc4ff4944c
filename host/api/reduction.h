// One reduction as the user asked for it: what all functions of ingot/reductions.hpp are recorded through.
#pragma once

#include <limits>
#include <memory>

#include "host/api/record.h"
#include "ingot/manipulation.hpp"

namespace ingot::api {

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

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
  /// The axis that is reduced; -1 unless there is one.
  int only_axis() const {
    int axis = -1;
    for (int k = 0; k < node_->shape.ndim(); ++k) {
      if (!flags()[k]) continue;
      if (axis >= 0) return -1;
      axis = k;
    }
    return axis;
  }
  /// Whether there is nothing to reduce, or no result.
  bool is_empty() const { return count_ == 0 || has_no_result(); }
  bool has_no_result() const { return result_.numel() == 0; }

  Node* node() const { return node_; }
  const Location& where() const { return where_; }

  /// Values of the array's shape, reduced.
  NodeRef reduce(Reducer reducer, const NodeRef& values) const {
    const std::span<const bool> reduced(flags(), static_cast<std::size_t>(node_->shape.ndim()));
    return graph::reduce(reducer, values.get(), reduced, where_);
  }
  /// The array's values in this dtype, reduced.
  NodeRef reduce(Reducer reducer, DType dtype) const { return reduce(reducer, to_dtype(node_, dtype, where_)); }
  /// How many bools of the array's shape are true, as int64.
  NodeRef count_true(const NodeRef& bools) const {
    return reduce(Reducer::sum, graph::cast(bools.get(), DType::Int64, where_));
  }
  NodeRef divide(const NodeRef& x, double divisor) const {
    return apply(Op::divide, x.get(), convert(divisor, x->dtype), where_);
  }

  Array finish(NodeRef result) const {
    return wrap(keepdims_ ? graph::reshape(result.get(), kept_, where_) : std::move(result));
  }
  /// The shape of what finish() gives.
  const Shape& finished_shape() const { return keepdims_ ? kept_ : result_; }
  /// A result of extent 1 along the reduced axes, which broadcasts to the array.
  NodeRef keep(const NodeRef& result) const { return graph::reshape(result.get(), kept_, where_); }
  /// The result where is_empty().
  Array constant_result(Scalar value) const { return wrap(fill(finished_shape(), value, where_)); }

  const Shape& result_shape() const { return result_; }
  /// The array with the reduced axes last and as one.
  NodeRef rows() const {
    const Strides of = c_strides(node_->shape);
    Shape moved, shape;
    Strides strides;
    for (const bool last : {false, true})
      for (int k = 0; k < node_->shape.ndim(); ++k) {
        if (flags()[k] != last) continue;
        moved.push_back(node_->shape[k]);
        strides.push_back(of[k]);
        if (!last) shape.push_back(node_->shape[k]);
      }
    shape.push_back(count_);
    const NodeRef view = graph::view(node_, moved, 0, strides, where_);
    return graph::reshape(view.get(), shape, where_);
  }

  /// ValueError where results are asked for of no elements.
  void require_elements() const {
    if (count_ == 0 && !has_no_result()) fail_without_identity();
  }

 private:
  [[noreturn]] void fail_without_identity() const {
    int axis = 0;
    while (!flags()[axis] || node_->shape[axis] != 0) ++axis;
    fail<ValueError>(where_, op_, ": axis ", axis, " of shape ", node_->shape, " has no elements, and ", op_,
                     " has no identity; reduce over axes that have elements");
  }

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

/// What logsumexp and softmax are made of: the maximum m, and the sum of exp(x - m), in floating point. Two reductions
/// of the same values, which share a pass. The sum is at least 1, or NaN; where m is -inf or +inf it is the number of
/// elements equal to m. Not for a request that is_empty().
struct Exponentials {
  NodeRef largest, sum;
};
Exponentials exponentials(const Request& request);

/// Float16 or BFloat16: what takes several steps is computed in Float32 throughout, and rounded once.
inline bool is_half_array(const Array& x, const Location& where) { return is_half(node_of(x, where)->dtype); }

/// f(x, arguments..., where) so, in the dtype of x.
template <class F, class... Arguments>
Array in_float32(F f, const Array& x, const Location& where, const Arguments&... arguments) {
  return astype(f(astype(x, DType::Float32, where), arguments..., where), x.dtype(), where);
}

// sum and prod add up narrow integers in wide ones, as NumPy does.
inline DType widened(DType d) {
  if (is_unsigned_integer(d)) return DType::UInt64;
  return is_whole(d) ? DType::Int64 : d;
}

inline DType floating(DType d) { return is_whole(d) ? DType::Float64 : d; }

}  // namespace ingot::api
