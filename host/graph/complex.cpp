#include "host/graph/complex.h"

#include <mutex>
#include <utility>

#include "host/graph/intern.h"
#include "host/graph/limits.h"

namespace ingot::graph {
namespace {

constexpr std::int64_t kParts = 2;

Shape with_part_axis(const Shape& shape, std::int64_t extent) {
  Shape result = shape;
  result.push_back(extent);
  return result;
}

// A part of interleaved values.
NodeRef part_of(Node* values, const Shape& shape, std::int64_t part, Location where) {
  Strides strides = c_strides(shape);
  for (std::int64_t& stride : strides) stride *= kParts;
  return view(values, shape, part, std::move(strides), where);
}

bool are_interleaved(const Node* real, const Node* imag) {
  return real->kind == Kind::View && imag->kind == Kind::View && real->input_count == 1 && imag->input_count == 1 &&
         real->inputs[0] == imag->inputs[0] && imag->offset == real->offset + 1 && real->dims == imag->dims;
}

}  // namespace

NodeRef complex(const Parts& parts, const Shape& shape, Location where, bool weak) {
  const NodeRef real = broadcast(parts.real.get(), shape, where), imag = broadcast(parts.imag.get(), shape, where);
  Node* const node = allocate();
  node->kind = Kind::Complex;
  node->dtype = complex_dtype(real->dtype);
  node->where = where;
  node->shape = shape;
  node->weak = weak;
  node->inputs[0] = NodeRef(real).leak();
  node->inputs[1] = NodeRef(imag).leak();
  node->input_count = kParts;
  measure(node);
  return intern(node);
}

NodeRef of_interleaved(Node* values, const Shape& shape, Location where) {
  return complex({part_of(values, shape, 0, where), part_of(values, shape, 1, where)}, shape, where);
}

Parts parts(const Node* node) {
  const std::scoped_lock guard(lock());
  return {NodeRef(node->inputs[0]), NodeRef(node->inputs[1])};
}

// The node's interleaved values, once somebody asked for them, are its third input: all threads compute and keep the
// same.
static NodeRef remembered(const Node* node) {
  const std::scoped_lock guard(lock());
  return node->input_count > kParts ? NodeRef(node->inputs[kParts]) : NodeRef();
}

static NodeRef make_interleaved(const Node* node, Location where) {
  const Parts p = parts(node);
  const Shape shape = with_part_axis(node->shape, kParts);
  NodeRef values;
  std::int64_t offset = 0;
  Strides strides;
  {
    const std::scoped_lock guard(lock());
    if (are_interleaved(p.real.get(), p.imag.get())) {
      values = NodeRef(p.real->inputs[0]);
      offset = p.real->offset;
      strides = p.real->dims;
    }
  }
  if (values) {
    strides.push_back(1);
    return view(values.get(), shape, offset, std::move(strides), where);
  }
  const NodeRef number = index(kParts), is_imag = cast(number.get(), DType::Bool, where);
  const Shape column = with_part_axis(node->shape, 1);
  const NodeRef real = reshape(p.real.get(), column, where), imag = reshape(p.imag.get(), column, where);
  const Input inputs[] = {is_imag.get(), imag.get(), real.get()};
  return elementwise(Op::where, real->dtype, shape, inputs, where);
}

NodeRef interleaved(const Node* c, Location where) {
  Node* const node = const_cast<Node*>(c);
  if (NodeRef known = remembered(node)) return known;
  NodeRef made = make_interleaved(node, where);
  const std::scoped_lock guard(lock());
  if (node->input_count > kParts) return NodeRef(node->inputs[kParts]);
  forget(node);
  set_input(node, kParts, NodeRef(made).leak());
  node->input_count = kParts + 1;
  return made;
}

void settle(Node* node, Node* interleaved) {
  {
    const std::scoped_lock guard(lock());
    if (!interleaved->has_values()) return;
  }
  const NodeRef real = part_of(interleaved, node->shape, 0, node->where),
                imag = part_of(interleaved, node->shape, 1, node->where);
  Node* dead = nullptr;
  {
    const std::scoped_lock guard(lock());
    forget(node);
    drop_inputs(node, dead);
    set_input(node, 0, NodeRef(real).leak());
    set_input(node, 1, NodeRef(imag).leak());
    set_input(node, kParts, NodeRef(interleaved).leak());
    node->input_count = kParts + 1;
    for (Node* const each : {real.get(), imag.get(), node}) measure(each);  // the parts may be views from before
  }
  bury(dead);
}

}  // namespace ingot::graph
