#include "host/api/record.h"

#include <algorithm>
#include <limits>

#include "host/base/limits.h"
#include "host/graph/complex.h"

namespace ingot::api {
namespace {

enum class Category : std::uint8_t { Bool, Integer, Floating, Complex };

Category category(DType d) {
  return is_bool(d)       ? Category::Bool
         : is_integer(d)  ? Category::Integer
         : is_floating(d) ? Category::Floating
                          : Category::Complex;
}

bool goes_with_any_shape(const Input& t) { return t.is_value() || t.node->kind == graph::Kind::Constant; }

const Shape& shape_of(const Input& t) {
  static const Shape scalar;
  return t.is_value() ? scalar : t.node->shape;
}

// `common` is what the terms before that of shape `other` broadcast to.
[[noreturn]] void fail_to_broadcast(std::string_view op, std::span<const Input> terms, const Shape& common,
                                    const Shape& other, const Location& where) {
  const int ndim = std::max(common.ndim(), other.ndim());
  const auto extent = [&](const Shape& s, int axis) {
    const int k = axis - (ndim - s.ndim());
    return k < 0 ? std::int64_t{1} : s[k];
  };
  int axis = ndim - 1;
  const auto clashes = [&] {
    const std::int64_t a = extent(common, axis), b = extent(other, axis);
    return a != b && a != 1 && b != 1;
  };
  while (!clashes()) --axis;
  std::string shapes, dtypes;
  for (const Input& each : terms) {
    const char* const separator = &each == &terms.front() ? "" : &each == &terms.back() ? " and " : ", ";
    shapes += separator + to_string(shape_of(each));
    dtypes += text(separator, each.dtype());
  }
  fail<ShapeError>(where, op, ": shapes ", shapes, " do not broadcast; axis ", axis, " is ", extent(common, axis),
                   " and ", extent(other, axis), ", where equal extents or 1 were expected (dtypes ", dtypes, ")");
}

}  // namespace

Node* node_of(const Array& array, const Location& where) {
  if (array.node() == nullptr) [[unlikely]]
    fail<ValueError>(where, "an array was used after it was moved from; assign to it first");
  return array.node();
}

void fail_to_compute(std::string_view op, DType dtype, const Location& where) {
  fail<TypeError>(where, op, ": not defined for ", name(dtype), "; use real(x), imag(x) or abs(x)");
}

void require_shape(std::string_view op, const Shape& shape, const Location& where) {
  for (int axis = 0; axis < shape.ndim(); ++axis)
    if (shape[axis] < 0)
      fail<ValueError>(where, op, ": shape ", shape, " has the negative extent ", shape[axis], " at axis ", axis);
  if (is_too_large(shape))
    fail<ValueError>(where, op, ": shape ", shape, " is too large; an array holds less than 2^59 elements");
}

void require_matrices(std::string_view op, const Shape& shape, const Location& where) {
  if (shape.ndim() < 2)
    fail<ShapeError>(where, op, ": shape ", shape, " has ", shape.ndim(), shape.ndim() == 1 ? " axis" : " axes",
                     ", and a matrix has two; reshape it first");
}

std::int64_t require_reach(std::string_view op, const Shape& shape, const Strides& strides, std::size_t itemsize,
                           std::int64_t& lowest, const Location& where) {
  __int128 low = 0, high = 0;
  for (int k = 0; k < shape.ndim(); ++k) {
    const __int128 reach = static_cast<__int128>(shape[k] - 1) * strides[k];
    (reach < 0 ? low : high) += reach;
  }
  const __int128 span = high - low + 1;
  if (span > std::numeric_limits<std::int64_t>::max() / static_cast<std::int64_t>(itemsize))
    fail<ValueError>(where, op, ": strides ", to_string(Shape(strides)), " of shape ", shape,
                     " reach over 2^63 bytes and more");
  lowest = static_cast<std::int64_t>(low);
  return static_cast<std::int64_t>(span);
}

Scalar literal(std::string_view op, Scalar value, DType dtype, const Location& where) {
  if (value.dtype() == dtype) return value;
  if (!fits(value, dtype)) [[unlikely]]
    fail<ValueError>(where, op, ": ", to_text(value), " does not fit ", name(dtype), ", ", range_text(dtype),
                     "; use astype to convert the array to a dtype that holds it");
  return convert(value, dtype);
}

NodeRef fill(const Shape& shape, Scalar value, const Location& where) {
  const NodeRef one = constant(value);
  return graph::broadcast(one.get(), shape, where);
}

NodeRef to_dtype(Node* node, DType dtype, const Location& where) {
  if (node->dtype == dtype) return NodeRef(node);
  if (is_bool(dtype) && is_complex(node->dtype)) {
    const graph::Parts parts = graph::parts(node);
    const NodeRef real = to_dtype(parts.real.get(), dtype, where), imag = to_dtype(parts.imag.get(), dtype, where);
    return apply(Op::logical_or, real.get(), imag.get(), where);
  }
  if (is_complex(node->dtype) && !is_complex(dtype))
    fail<TypeError>(where, "a ", name(node->dtype), " array does not convert to ", name(dtype),
                    "; use real(x), imag(x) or abs(x)");
  if (!is_bool(dtype)) return graph::cast(node, dtype, where);
  return apply(Op::not_equal, node, Scalar(node->dtype, 0), where);
}

bool broadcast_into(Shape& shape, const Shape& other) {
  if (shape.empty()) {
    shape = other;
    return true;
  }
  while (shape.ndim() < other.ndim()) shape.insert(0, 1);
  const int skip = shape.ndim() - other.ndim();
  for (int k = 0; k < other.ndim(); ++k) {
    if (shape[skip + k] == other[k] || other[k] == 1) continue;
    if (shape[skip + k] != 1) return false;
    shape[skip + k] = other[k];
  }
  return true;
}

Input term(const Operand& operand) {
  if (operand.array() == nullptr) return operand.scalar();
  Node* const node = node_of(*operand.array(), operand.where());
  if (node->kind == graph::Kind::Constant && node->weak) return Scalar(node->dtype, node->bits);
  if (node->kind == graph::Kind::Complex && node->weak) {
    const graph::Parts parts = graph::parts(node);
    return Scalar(node->dtype, parts.real->bits, parts.imag->bits);
  }
  return node;
}

DType promote(std::span<const Input> terms) noexcept {
  bool any_array = false, any_value = false;
  DType dtype = DType::Bool;
  // From the highest category on: two integers would first become one that makes a double of a float32 after them.
  if (terms.size() > 2)
    for (const Input& t : terms)
      if (!t.is_value() && category(t.node->dtype) > category(dtype)) dtype = t.node->dtype;
  for (const Input& t : terms) {
    if (t.is_value()) {
      any_value = true;
      continue;
    }
    dtype = promote_types(dtype, t.node->dtype);
    any_array = true;
  }
  if (!any_value) return dtype;
  for (const Input& t : terms) {
    if (!t.is_value()) continue;
    if (!any_array) {
      dtype = promote_types(dtype, t.dtype());
    } else if (category(t.dtype()) > category(dtype)) {
      switch (category(t.dtype())) {
        case Category::Integer: dtype = DType::Int64; break;
        case Category::Complex:
          dtype = is_floating(dtype) && dtype != DType::Float64 ? DType::Complex64 : DType::Complex128;
          break;
        default: dtype = DType::Float64;
      }
    }
  }
  return dtype;
}

const Shape& broadcast(std::string_view op, std::span<const Input> terms, Shape& common, const Location& where) {
  const Shape* shape = nullptr;
  bool same = true;
  for (const Input& t : terms) {
    if (goes_with_any_shape(t)) continue;
    if (shape == nullptr)
      shape = &t.node->shape;
    else
      same = same && t.node->shape == *shape;
  }
  if (same) [[likely]]
    return shape != nullptr ? *shape : common;
  for (const Input& t : terms)
    if (!broadcast_into(common, shape_of(t))) fail_to_broadcast(op, terms, common, shape_of(t), where);
  return common;
}

Input realize(std::string_view op, Input term, DType dtype, NodeRef& made, const Location& where) {
  if (term.is_value()) return literal(op, term.value, dtype, where);
  if (term.node->dtype == dtype) return term;
  made = to_dtype(term.node, dtype, where);
  return made.get();
}

NodeRef apply(Op op, DType result, std::span<const Input> inputs, const Location& where) {
  Shape common;
  const Shape& shape = broadcast(info(op).name, inputs, common, where);
  if (&shape == &common) require_shape(info(op).name, common, where);
  return graph::elementwise(op, result, shape, inputs, where);
}

NodeRef apply(Op op, Input x, const Location& where) {
  return apply(op, info(op).result == Result::Bool ? DType::Bool : x.dtype(), {&x, 1}, where);
}

NodeRef apply(Op op, Input x, Input y, const Location& where) {
  const Input inputs[] = {x, y};
  return apply(op, info(op).result == Result::Bool ? DType::Bool : x.dtype(), inputs, where);
}

int resolve_axis(std::string_view op, std::int64_t axis, int ndim, const Location& where, std::string_view whose) {
  if (axis >= -ndim && axis < ndim) return static_cast<int>(axis < 0 ? axis + ndim : axis);
  if (ndim == 0) fail<IndexError>(where, op, ": axis ", axis, " is out of bounds: a 0-d array has no axes");
  fail<IndexError>(where, op, ": axis ", axis, " is out of bounds for ", whose, " of ", ndim,
                   ndim == 1 ? " axis" : " axes", "; axes run from ", -ndim, " to ", ndim - 1);
}

Dims resolve_axes(std::string_view op, const Axes& axes, int ndim, const Location& where, std::string_view whose) {
  Dims resolved;
  if (axes.all()) {
    resolved.resize(ndim);
    for (int k = 0; k < ndim; ++k) resolved[k] = k;
    return resolved;
  }
  for (std::int64_t axis : axes.list()) {
    const int k = resolve_axis(op, axis, ndim, where, whose);
    if (std::find(resolved.begin(), resolved.end(), k) != resolved.end())
      fail<ValueError>(where, op, ": axis ", axis, " is given twice; each axis may be named once");
    resolved.push_back(k);
  }
  return resolved;
}

}  // namespace ingot::api
