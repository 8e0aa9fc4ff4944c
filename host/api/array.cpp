// The handle, and the ways from it to values.
#include "ingot/array.hpp"

#include <cstring>

#include "host/api/record.h"
#include "host/exec/evaluate.h"
#include "host/graph/compose.h"

namespace ingot {

using api::node_of;
using graph::Node;
using graph::NodeRef;

namespace {

std::string_view cpp_name(DType dtype) {
  constexpr std::string_view kNames[kDTypeCount] = {"bool",           "std::int8_t",         "std::int16_t",
                                                    "std::int32_t",   "std::int64_t",        "std::uint8_t",
                                                    "std::uint16_t",  "std::uint32_t",       "std::uint64_t",
                                                    "ingot::float16", "ingot::bfloat16",     "float",
                                                    "double",         "std::complex<float>", "std::complex<double>"};
  return kNames[static_cast<int>(dtype)];
}

void require_dtype(std::string_view op, const Node* node, DType wanted, const Location& where) {
  if (node->dtype == wanted) [[likely]]
    return;
  fail<TypeError>(where, op, ": the array is ", node->dtype, ", and its values were asked for as ", cpp_name(wanted),
                  "; ask for ", cpp_name(node->dtype), ", or convert with astype");
}

void evaluate(Node* node) {
  Node* const nodes[] = {node};
  exec::evaluate(nodes);
}

}  // namespace

Array::Array(Scalar value) : node_(graph::constant(value, true).leak()) {}

Array::Array(const Array& other) noexcept : node_(other.node_) {
  if (node_ != nullptr) node_->add_ref();
}

Array& Array::operator=(const Array& other) & noexcept {
  Array copy(other);
  std::swap(node_, copy.node_);
  return *this;
}

Array::~Array() {
  if (node_ != nullptr) node_->release();
}

DType Array::dtype() const { return node_of(*this, Location::current())->dtype; }

const Shape& Array::shape() const { return node_of(*this, Location::current())->shape; }

const Array& Array::eval(Location where) const {
  evaluate(node_of(*this, where));
  return *this;
}

void Array::read_item(DType dtype, void* value, Location where) const {
  Node* const node = node_of(*this, where);
  if (node->numel() != 1)
    fail<ValueError>(where, "item: an array of shape ", node->shape, " has ", node->numel(),
                     " elements; item() needs exactly one: index first, or use data() or to_vector()");
  if (is_complex(node->dtype) && !is_complex(dtype)) require_dtype("item", node, dtype, where);
  // A number's one part or two, in the low bytes of words.
  const auto parts = [](DType d) { return is_complex(d) ? std::size_t{2} : std::size_t{1}; };
  std::uint64_t bits[2] = {node->bits, 0};
  if (node->kind != graph::Kind::Constant) {
    const StorageRef storage = exec::contiguous(node);
    const std::size_t count = parts(node->dtype), size = itemsize(node->dtype) / count;
    bits[0] = 0;
    for (std::size_t k = 0; k < count; ++k) std::memcpy(&bits[k], storage->data() + k * size, size);
  }
  const Scalar converted = api::convert(Scalar(node->dtype, bits[0], bits[1]), dtype);
  const std::uint64_t words[2] = {converted.bits(), converted.imag_bits()};
  const std::size_t count = parts(dtype), size = itemsize(dtype) / count;
  for (std::size_t k = 0; k < count; ++k) std::memcpy(static_cast<std::byte*>(value) + k * size, &words[k], size);
}

const void* Array::read_data(DType dtype, Location where) const {
  Node* const node = node_of(*this, where);
  require_dtype("data", node, dtype, where);
  return exec::contiguous(node)->data();
}

void Array::copy_out(DType dtype, void* values, Location where) const {
  Node* const node = node_of(*this, where);
  if (is_complex(node->dtype) && !is_complex(dtype)) require_dtype("to_vector", node, dtype, where);
  if (node->numel() == 0) return;
  evaluate(node);  // so that the values are kept, and computed once however often they are copied
  const NodeRef converted = api::to_dtype(node, dtype, where);
  exec::evaluate_into(converted.get(), values, c_strides(node->shape));
}

void eval(std::span<const Array> arrays, Location where) {
  std::vector<Node*> nodes;
  nodes.reserve(arrays.size());
  for (const Array& array : arrays) nodes.push_back(node_of(array, where));
  exec::evaluate(nodes);
}

void detail::eval_into(const Array& x, DType dtype, void* out, const Strides& strides, Location where) {
  Node* const node = node_of(x, where);
  require_dtype("eval_into", node, dtype, where);
  const Shape& shape = node->shape;
  const Strides steps = strides.empty() ? c_strides(shape) : strides;
  if (steps.size() != shape.ndim())
    fail<ValueError>(where, "eval_into: ", steps.size(), " strides were given for an array of shape ", shape,
                     "; expected one per axis");
  if (node->numel() == 0) return;
  if (out == nullptr)
    fail<ValueError>(where, "eval_into: out is null, and ", node->numel(), " elements are to be written");
  std::int64_t lowest = 0;
  api::require_reach("eval_into", shape, steps, itemsize(dtype), lowest, where);
  if (!graph::is_injective(shape, {0, steps}))
    fail<ValueError>(where, "eval_into: strides ", to_string(Shape(steps)), " lead several elements of shape ", shape,
                     " to one place; give each element its own");
  exec::evaluate_into(node, out, steps);
}

}  // namespace ingot
