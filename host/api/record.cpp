#include "host/api/record.h"

#include <algorithm>
#include <limits>

namespace ingot::api {
namespace {

enum class Category : std::uint8_t { Bool, Integer, Floating };

Category category(DType d) {
  return is_bool(d) ? Category::Bool : is_integer(d) ? Category::Integer : Category::Floating;
}

}  // namespace

Node* node_of(const Array& array, const Location& where) {
  if (array.node() == nullptr) [[unlikely]]
    fail<ValueError>(where, "an array was used after it was moved from; assign to it first");
  return array.node();
}

void require_computable(std::string_view op, DType dtype, const Location& where) {
  if (is_computable(dtype)) [[likely]]
    return;
  if (is_complex(dtype))
    fail<TypeError>(where, op, ": ", name(dtype),
                    " arithmetic comes with a later version; use float32 or float64 arrays of the parts");
  fail<TypeError>(where, op, ": ", name(dtype), " arithmetic comes with a later version; use float32");
}

void require_shape(std::string_view op, const Shape& shape, DType dtype, const Location& where) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  std::int64_t room = kMax / static_cast<std::int64_t>(itemsize(dtype));
  bool too_large = false;
  for (int axis = 0; axis < shape.ndim(); ++axis) {
    if (shape[axis] < 0)
      fail<ValueError>(where, op, ": shape ", shape, " has the negative extent ", shape[axis], " at axis ", axis);
    // Extents of 0 do not excuse the others: strides are products of them too.
    if (shape[axis] == 0) continue;
    too_large = too_large || shape[axis] > room;
    room /= shape[axis];
  }
  if (too_large)
    fail<ValueError>(where, op, ": shape ", shape, " of ", name(dtype),
                     " is too large; an array holds less than 2^63 bytes");
}

NodeRef literal(std::string_view op, Scalar value, DType dtype, const Location& where) {
  if (value.dtype() == dtype) return constant(value);
  if (!fits(value, dtype)) [[unlikely]]
    fail<ValueError>(where, op, ": ", to_text(value), " does not fit ", name(dtype), ", ", range_text(dtype),
                     "; use astype to convert the array to a dtype that holds it");
  return constant(convert(value, dtype));
}

NodeRef fill(const Shape& shape, Scalar value, const Location& where) {
  const NodeRef one = constant(value);
  return broadcast(one.get(), shape, where);
}

NodeRef to_dtype(Node* node, DType dtype, const Location& where) {
  if (node->dtype == dtype) return NodeRef(node);
  if (!is_bool(dtype)) return graph::cast(node, dtype, where);
  const NodeRef zero = constant(Scalar(node->dtype, 0));
  return apply(Op::not_equal, node, zero.get(), where);
}

bool broadcast_into(Shape& shape, const Shape& other) {
  while (shape.ndim() < other.ndim()) shape.insert(0, 1);
  const int skip = shape.ndim() - other.ndim();
  for (int k = 0; k < other.ndim(); ++k) {
    if (shape[skip + k] == other[k] || other[k] == 1) continue;
    if (shape[skip + k] != 1) return false;
    shape[skip + k] = other[k];
  }
  return true;
}

NodeRef broadcast(Node* node, const Shape& shape, const Location& where) {
  if (node->shape == shape) return NodeRef(node);
  const int skip = shape.ndim() - node->shape.ndim();
  Strides strides(shape.ndim(), 0);
  std::int64_t step = 1;
  for (int k = node->shape.ndim() - 1; k >= 0; --k) {
    if (node->shape[k] != 1) strides[skip + k] = step;
    step *= node->shape[k];
  }
  return graph::view(node, shape, 0, std::move(strides), where);
}

NodeRef apply(Op op, DType result, std::span<Node* const> inputs, const Location& where) {
  static const Shape kScalar;
  const Shape* shape = &kScalar;
  bool first = true, same = true;
  for (Node* input : inputs) {
    if (input->kind == graph::Kind::Constant) continue;  // goes with any shape
    if (first) shape = &input->shape;
    same = same && input->shape == *shape;
    first = false;
  }
  if (same) [[likely]]
    return graph::elementwise(op, result, *shape, inputs, where);

  Shape common;
  for (Node* input : inputs) check(broadcast_into(common, input->shape), "operands that do not broadcast");
  require_shape(info(op).name, common, result, where);
  NodeRef held[Node::kMaxInputs];
  Node* nodes[Node::kMaxInputs];
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    held[i] = inputs[i]->kind == graph::Kind::Constant ? NodeRef(inputs[i]) : broadcast(inputs[i], common, where);
    nodes[i] = held[i].get();
  }
  return graph::elementwise(op, result, common, std::span(nodes, inputs.size()), where);
}

NodeRef apply(Op op, Node* x, const Location& where) {
  Node* const inputs[] = {x};
  return apply(op, info(op).result == Result::Bool ? DType::Bool : x->dtype, inputs, where);
}

NodeRef apply(Op op, Node* x, Node* y, const Location& where) {
  Node* const inputs[] = {x, y};
  return apply(op, info(op).result == Result::Bool ? DType::Bool : x->dtype, inputs, where);
}

Term term(const Operand& operand) {
  Term t;
  if (operand.array() == nullptr) {
    t.scalar = operand.scalar();
    return t;
  }
  Node* const node = node_of(*operand.array(), operand.where());
  if (node->kind == graph::Kind::Constant && node->weak) {
    t.scalar = Scalar(node->dtype, node->bits);
  } else {
    t.node = node;
  }
  return t;
}

DType promote(std::span<const Term> terms) noexcept {
  bool any_array = false;
  DType dtype = DType::Bool;
  for (const Term& t : terms) {
    if (t.weak()) continue;
    dtype = any_array ? promote_types(dtype, t.dtype()) : t.dtype();
    any_array = true;
  }
  for (const Term& t : terms) {
    if (!t.weak()) continue;
    if (!any_array) {
      dtype = promote_types(dtype, t.dtype());
    } else if (category(t.dtype()) > category(dtype)) {
      dtype = category(t.dtype()) == Category::Integer ? DType::Int64 : DType::Float64;
    }
  }
  return dtype;
}

void require_broadcast(std::string_view op, std::span<const Term> terms, const Location& where) {
  const Shape* shape = nullptr;
  bool same = true;
  for (const Term& t : terms) {
    if (t.weak()) continue;
    if (shape == nullptr) shape = &t.node->shape;
    same = same && t.node->shape == *shape;
  }
  if (same) [[likely]]
    return;

  Shape common;
  for (const Term& t : terms) {
    Shape next = common;
    if (broadcast_into(next, t.shape())) {
      common = std::move(next);
      continue;
    }
    const int ndim = std::max(common.ndim(), t.shape().ndim());
    const auto extent = [&](const Shape& s, int axis) {
      const int k = axis - (ndim - s.ndim());
      return k < 0 ? std::int64_t{1} : s[k];
    };
    int axis = ndim - 1;
    const auto clashes = [&] {
      const std::int64_t a = extent(common, axis), b = extent(t.shape(), axis);
      return a != b && a != 1 && b != 1;
    };
    while (!clashes()) --axis;
    std::string shapes, dtypes;
    for (const Term& each : terms) {
      const char* const separator = &each == &terms.front() ? "" : &each == &terms.back() ? " and " : ", ";
      shapes += separator + to_string(each.shape());
      dtypes += text(separator, each.dtype());
    }
    fail<ShapeError>(where, op, ": shapes ", shapes, " do not broadcast; axis ", axis, " is ", extent(common, axis),
                     " and ", extent(t.shape(), axis), ", where equal extents or 1 were expected (dtypes ", dtypes,
                     ")");
  }
}

NodeRef realize(std::string_view op, const Term& term, DType dtype, const Location& where) {
  return term.weak() ? literal(op, term.scalar, dtype, where) : to_dtype(term.node, dtype, where);
}

int resolve_axis(std::string_view op, std::int64_t axis, int ndim, const Location& where) {
  if (axis >= -ndim && axis < ndim) return static_cast<int>(axis < 0 ? axis + ndim : axis);
  if (ndim == 0) fail<IndexError>(where, op, ": axis ", axis, " is out of bounds: a 0-d array has no axes");
  fail<IndexError>(where, op, ": axis ", axis, " is out of bounds for an array of ", ndim,
                   ndim == 1 ? " axis" : " axes", "; axes run from ", -ndim, " to ", ndim - 1);
}

Dims resolve_axes(std::string_view op, const Axes& axes, int ndim, const Location& where) {
  Dims resolved;
  if (axes.all()) {
    resolved.resize(ndim);
    for (int k = 0; k < ndim; ++k) resolved[k] = k;
    return resolved;
  }
  for (std::int64_t axis : axes.list()) {
    const int k = resolve_axis(op, axis, ndim, where);
    if (std::find(resolved.begin(), resolved.end(), k) != resolved.end())
      fail<ValueError>(where, op, ": axis ", axis, " is given twice; each axis may be named once");
    resolved.push_back(k);
  }
  return resolved;
}

}  // namespace ingot::api
