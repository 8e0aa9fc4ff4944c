#include "host/api/linalg.h"

#include <limits>

#include "host/graph/complex.h"
#include "ingot/creation.hpp"
#include "ingot/manipulation.hpp"

namespace ingot::api {

DType linalg_dtype(std::string_view op, DType dtype, const Location& where) {
  if (is_half(dtype))
    fail<TypeError>(where, op, ": not defined for ", name(dtype), "; convert with astype(x, DType::Float32)");
  return is_bool(dtype) || is_integer(dtype) ? DType::Float64 : dtype;
}

MatrixStack::MatrixStack(std::string_view op, const Array& x, const Location& where)
    : MatrixStack(op, x, linalg_dtype(op, node_of(x, where)->dtype, where), where) {}

MatrixStack::MatrixStack(std::string_view given_op, const Array& x, DType wanted, const Location& place)
    : op(given_op), where(place), array(astype(x, wanted, place)), dtype(wanted), batch(array.shape()) {
  if (batch.ndim() < 2)
    fail<ShapeError>(where, op, ": an array of shape ", batch,
                     " holds no matrices; expected two axes or more, of which the last two are rows and columns");
  columns = batch[batch.ndim() - 1];
  rows = batch[batch.ndim() - 2];
  batch.resize(batch.ndim() - 2);
}

void MatrixStack::require_square() const {
  if (rows != columns)
    fail<LinAlgError>(where, op, ": the matrices of shape ", array.shape(), " are ", rows, " x ", columns,
                      "; expected square ones");
}

void MatrixStack::broadcast(const Shape& to) {
  if (to == batch) return;
  array = broadcast_to(array, with_batch(to, {rows, columns}), where);
  batch = to;
}

DType MatrixStack::real_dtype() const { return is_complex() ? graph::part_dtype(dtype) : dtype; }

double MatrixStack::tolerance(std::optional<double> given) const {
  if (given) return *given;
  const double epsilon =
      real_dtype() == DType::Float32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  return epsilon * static_cast<double>(std::max(rows, columns));
}

Packed::Packed(Routine routine, std::initializer_list<const MatrixStack*> operands, std::int64_t reals, Dims parameters)
    : where_((*operands.begin())->where), batch_((*operands.begin())->batch), reals_(reals) {
  NodeRef made[2];
  Node* inputs[2];
  std::size_t count = 0;
  for (const MatrixStack* const operand : operands) {
    Node* const node = node_of(operand->array, where_);
    made[count] = operand->is_complex() ? graph::interleaved(node, where_) : NodeRef(node);
    inputs[count] = made[count].get();
    ++count;
  }
  const MatrixStack& first = **operands.begin();
  parameters.insert(0, first.is_complex());
  values_ = graph::call(routine, first.real_dtype(), with_batch(batch_, {reals}), std::span(inputs, count),
                        std::move(parameters), where_);
}

Array Packed::take(const Shape& shape, bool complex) {
  const Shape result = with_batch(batch_, shape);
  Strides strides = c_strides(result);
  const int axes = batch_.ndim();
  const Strides of_batch = c_strides(batch_);
  for (int k = 0; k < result.ndim(); ++k) strides[k] = k < axes ? of_batch[k] * reals_ : strides[k] * (complex ? 2 : 1);
  const std::int64_t offset = next_;
  next_ += shape.numel() * (complex ? 2 : 1);
  const NodeRef real = graph::view(values_.get(), result, offset, strides, where_);
  if (!complex) return wrap(real);
  const NodeRef imag = graph::view(values_.get(), result, offset + 1, std::move(strides), where_);
  return wrap(graph::complex({real, imag}, result, where_));
}

Array identities(const MatrixStack& like, std::int64_t n) {
  return broadcast_to(eye(n, {}, 0, like.dtype, like.where), with_batch(like.batch, {n, n}), like.where);
}

}  // namespace ingot::api
