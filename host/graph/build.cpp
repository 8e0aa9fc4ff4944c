#include "host/graph/build.h"

#include <mutex>

#include "host/base/error.h"
#include "host/graph/complex.h"
#include "host/graph/compose.h"
#include "host/graph/intern.h"
#include "host/graph/limits.h"

namespace ingot::graph {
namespace {

// A node to be filled, and then recorded.
Node* draft(Kind kind, DType dtype, Location where) {
  Node* const node = allocate();
  node->kind = kind;
  node->dtype = dtype;
  node->where = where;
  return node;
}

void connect(Node* node, NodeRef input) { node->inputs[node->input_count++] = input.leak(); }

NodeRef record(Node* node) {
  measure(node);
  return intern(node);
}

NodeRef make_constant(DType dtype, std::uint64_t bits, bool weak) {
  Node* const node = draft(Kind::Constant, dtype, {});
  node->bits = bits;
  node->weak = weak;
  return intern(node);
}

// The inputs of a View may be dropped by an evaluation on another thread: who looks at them holds the graph lock.
std::unique_lock<SpinLock> lock_views() { return std::unique_lock(lock()); }
std::unique_lock<SpinLock> lock_views(const Node* node) {
  return node->kind == Kind::View ? lock_views() : std::unique_lock<SpinLock>();
}

// A view of a Constant serves an op no better than the Constant. Lock of views held, as for the three that follow.
Node* strip_broadcast(Node* node) {
  return node->kind == Kind::View && node->input_count == 1 && node->inputs[0]->kind == Kind::Constant ? node->inputs[0]
                                                                                                       : node;
}

NodeRef make_view(Node* input, const Shape& shape, std::int64_t offset, Dims strides, Location where) {
  for (int k = 0; k < shape.ndim(); ++k)
    if (shape[k] == 1) strides[k] = 0;
  Map map{offset, std::move(strides)};
  Map through;
  if (input->kind == Kind::View && input->input_count == 1 &&
      compose(shape, map, input->shape, {input->offset, input->dims}, through)) {
    map = std::move(through);
    input = input->inputs[0];
  }
  if (shape == input->shape && is_identity(shape, map)) return NodeRef(input);
  Node* const node = draft(Kind::View, input->dtype, where);
  node->shape = shape;
  node->offset = map.offset;
  node->dims = std::move(map.strides);
  connect(node, NodeRef(input));
  return record(node);
}

NodeRef make_broadcast(Node* input, const Shape& shape, Location where) {
  const int skip = shape.ndim() - input->shape.ndim();
  Strides strides(shape.ndim(), 0);
  std::int64_t step = 1;
  for (int k = input->shape.ndim() - 1; k >= 0; --k) {
    strides[skip + k] = step;
    if (input->shape[k] == 1) strides[skip + k] = 0;
    step *= input->shape[k];
  }
  return make_view(input, shape, 0, std::move(strides), where);
}

NodeRef make_input(const Input& input, const Shape& shape, Location where) {
  if (input.is_value()) return make_constant(input.value.dtype(), input.value.bits(), false);
  Node* const node = strip_broadcast(input.node);
  if (node->kind == Kind::Constant || &node->shape == &shape || node->shape == shape) [[likely]]
    return NodeRef(node);
  return make_broadcast(node, shape, where);
}

bool needs_view(const Input& input, const Shape& shape) {
  return !input.is_value() && input.node->kind != Kind::Constant &&
         (input.node->kind == Kind::View || (&input.node->shape != &shape && input.node->shape != shape));
}

// Evaluates a node at which the pending graph has reached its bounds. The nodes made on the way to it need no check of
// their own: where one of them is over, so is the node that reads it.
NodeRef checked(NodeRef node) {
  if (exceeds_limits(node.get())) [[unlikely]]
    if (const Evaluate evaluate = evaluator()) evaluate(node.get());
  return node;
}

StorageRef nothing() {
  static Storage* const empty = new Storage(nullptr, 0, {});
  return StorageRef(empty);
}

/// An array without elements is a buffer from the start, whatever it was computed from.
NodeRef empty(DType dtype, const Shape& shape) { return buffer(dtype, shape, nothing()); }

}  // namespace

NodeRef constant(DType dtype, std::uint64_t bits, bool weak) { return make_constant(dtype, bits, weak); }

NodeRef constant(Scalar value, bool weak) {
  if (!is_complex(value.dtype())) return constant(value.dtype(), value.bits(), weak);
  const DType part = part_dtype(value.dtype());
  return complex({constant(part, value.bits(), false), constant(part, value.imag_bits(), false)}, {}, {}, weak);
}

NodeRef buffer(DType dtype, Shape shape, StorageRef storage) {
  if (is_complex(dtype)) {
    Shape parts = shape;
    parts.push_back(2);
    return of_interleaved(buffer(part_dtype(dtype), std::move(parts), std::move(storage)).get(), shape, {});
  }
  Node* const node = draft(Kind::Buffer, dtype, {});
  node->shape = std::move(shape);
  node->storage = std::move(storage);
  measure(node);
  return NodeRef::adopt(node);  // equals no other
}

NodeRef index(std::int64_t size) {
  if (size == 0) return empty(DType::Int64, Shape{0});
  Node* const node = draft(Kind::Index, DType::Int64, {});
  node->shape = Shape{size};
  return record(node);
}

namespace {

Scalar widened(DType dtype, std::uint64_t bits) {
  const auto low = static_cast<std::uint16_t>(bits);
  return dtype == DType::Float16 ? static_cast<float>(float16::from_bits(low))
                                 : static_cast<float>(bfloat16::from_bits(low));
}

NodeRef elementwise_of_halves(Op op, DType result, const Shape& shape, std::span<const Input> inputs, Location where) {
  NodeRef made[Node::kMaxInputs];
  Input wide[Node::kMaxInputs];
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    wide[k] = inputs[k];
    if (!is_half(inputs[k].dtype())) continue;
    if (inputs[k].is_value()) {
      wide[k] = widened(inputs[k].dtype(), inputs[k].value.bits());
    } else if (const Node* const node = inputs[k].node; node->kind == Kind::Constant) {
      wide[k] = widened(node->dtype, node->bits);
    } else {
      made[k] = cast(inputs[k].node, DType::Float32, where);
      wide[k] = made[k].get();
    }
  }
  const std::span<const Input> operands(wide, inputs.size());
  if (!is_half(result)) return elementwise(op, result, shape, operands, where);
  const NodeRef computed = elementwise(op, DType::Float32, shape, operands, where);
  return cast(computed.get(), result, where);
}

}  // namespace

template <int N>
NodeRef elementwise_of_alike(Op op, DType result, Node* const (&inputs)[N], Location where) {
  const Node& first = *inputs[0];
  const auto is_alike = [&first](const Node* input) {
    return input->kind != Kind::Constant && input->kind != Kind::View && input->dtype == first.dtype &&
           input->shape == first.shape;
  };
  if (!is_alike(&first) || is_half(first.dtype) || is_complex(first.dtype) || is_half(result)) return {};
  for (int k = 1; k < N; ++k)
    if (inputs[k] != &first && !is_alike(inputs[k])) return {};
  if (first.kind == Kind::Buffer && first.numel() == 0) return {};
  Node* const node = draft(Kind::Elementwise, result, where);
  node->op = op;
  node->shape = first.shape;
  for (int k = 0; k < N; ++k) {
    inputs[k]->add_ref();
    node->inputs[k] = inputs[k];
  }
  node->input_count = N;
  return checked(record(node));
}
template NodeRef elementwise_of_alike<1>(Op, DType, Node* const (&)[1], Location);
template NodeRef elementwise_of_alike<2>(Op, DType, Node* const (&)[2], Location);

NodeRef elementwise(Op op, DType result, const Shape& shape, std::span<const Input> inputs, Location where) {
  if (shape.numel() == 0) return empty(result, shape);
  for (const Input& input : inputs)
    if (is_half(input.dtype())) [[unlikely]]
      return elementwise_of_halves(op, result, shape, inputs, where);
  Node* const node = draft(Kind::Elementwise, result, where);
  node->op = op;
  node->shape = shape;
  std::unique_lock<SpinLock> guard;
  for (const Input& input : inputs) {
    if (!guard && needs_view(input, shape)) guard = lock_views();
    connect(node, make_input(input, shape, where));
  }
  if (guard) guard.unlock();
  return checked(record(node));
}

NodeRef cast(Node* input, DType to, Location where) {
  if (input->dtype == to) return NodeRef(input);
  if (is_complex(to)) {
    const DType part = part_dtype(to);
    const Parts p = is_complex(input->dtype) ? parts(input) : Parts{NodeRef(input), constant(part, 0, false)};
    return complex({cast(p.real.get(), part, where), cast(p.imag.get(), part, where)}, input->shape, where);
  }
  check(!is_complex(input->dtype), "a complex array cast to a real dtype");
  if (input->numel() == 0) return empty(to, input->shape);
  Node* const node = draft(Kind::Cast, to, where);
  node->shape = input->shape;
  {
    const auto guard = lock_views(input);
    connect(node, NodeRef(strip_broadcast(input)));
  }
  return checked(record(node));
}

NodeRef view(Node* input, const Shape& shape, std::int64_t offset, Dims strides, Location where) {
  if (is_complex(input->dtype)) {
    const Parts p = parts(input);
    return complex(
        {view(p.real.get(), shape, offset, strides, where), view(p.imag.get(), shape, offset, strides, where)}, shape,
        where);
  }
  if (shape.numel() == 0) return empty(input->dtype, shape);
  auto guard = lock_views(input);
  NodeRef node = make_view(input, shape, offset, std::move(strides), where);
  if (guard) guard.unlock();
  return checked(std::move(node));
}

NodeRef broadcast(Node* input, const Shape& shape, Location where) {
  if (is_complex(input->dtype)) {
    const Parts p = parts(input);
    return complex(p, shape, where);
  }
  if (shape.numel() == 0) return empty(input->dtype, shape);
  auto guard = lock_views(input);
  NodeRef node = make_broadcast(input, shape, where);
  if (guard) guard.unlock();
  return checked(std::move(node));
}

NodeRef reshape(Node* input, const Shape& shape, Location where) {
  return view(input, shape, 0, c_strides(shape), where);
}

NodeRef reduce(Reducer reducer, Node* input, std::span<const bool> reduced, Location where) {
  if (is_bool(input->dtype) && reducer == Reducer::min) reducer = Reducer::all;
  if (is_bool(input->dtype) && reducer == Reducer::max) reducer = Reducer::any;
  if (is_half(input->dtype)) {
    const NodeRef wide = cast(input, DType::Float32, where);
    const NodeRef reduced_wide = reduce(reducer, wide.get(), reduced, where);
    return reduced_wide->dtype == DType::Float32 ? cast(reduced_wide.get(), input->dtype, where) : reduced_wide;
  }

  Shape kept;
  Dims domain;
  bool first_reduced = false, last_reduced = false, any_reduced = false;
  for (int k = 0; k < input->shape.ndim(); ++k) {
    const std::int64_t extent = input->shape[k];
    if (!reduced[k]) kept.push_back(extent);
    if (extent == 1) continue;
    any_reduced = any_reduced || reduced[k];
    if (domain.empty()) {
      first_reduced = reduced[k];
      domain.push_back(extent);
    } else if (last_reduced == reduced[k]) {
      domain[domain.size() - 1] *= extent;
    } else {
      domain.push_back(extent);
    }
    last_reduced = reduced[k];
  }
  if (!any_reduced) {
    const NodeRef one = reshape(input, kept, where);
    const Input both[] = {one.get(), one.get()};
    switch (state(reducer)) {
      case State::Value: return one;
      case State::Moments:  // 0, or NaN for infinity and NaN
        return elementwise(Op::subtract, one->dtype, one->shape, both, where);
      case State::Exponentials: {  // 1, or NaN for NaN
        const NodeRef number = elementwise(Op::equal, DType::Bool, one->shape, both, where);
        const Input chosen[] = {number.get(), one->dtype == DType::Float32 ? Scalar(1.0F) : Scalar(1.0), one.get()};
        return elementwise(Op::where, one->dtype, one->shape, chosen, where);
      }
      case State::Best: {
        const NodeRef first = constant(DType::Int64, 0, false);
        return broadcast(first.get(), one->shape, where);
      }
    }
  }

  Node* const node = draft(Kind::Reduce, result_dtype(reducer, input->dtype), where);
  node->reducer = reducer;
  node->shape = std::move(kept);
  node->dims = std::move(domain);
  node->first_reduced = first_reduced;
  connect(node, NodeRef(input));
  return checked(record(node));
}

NodeRef call(Routine routine, DType result, const Shape& shape, std::span<Node* const> inputs, Dims parameters,
             Location where) {
  if (shape.numel() == 0) return empty(result, shape);
  Node* const node = draft(Kind::Call, result, where);
  node->routine = routine;
  node->shape = shape;
  node->dims = std::move(parameters);
  for (Node* input : inputs) connect(node, NodeRef(input));
  return checked(record(node));
}

}  // namespace ingot::graph
