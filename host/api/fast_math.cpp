// fast_math: what cheaper nodes stand for those of a pending graph.
#include "ingot/fast_math.hpp"

#include <bit>
#include <cmath>
#include <optional>
#include <vector>

#include "host/api/record.h"
#include "host/exec/float_state.h"
#include "host/graph/complex.h"
#include "host/graph/rewrite.h"

namespace ingot {
namespace api {
namespace {

using graph::Kind;
using graph::Step;

std::optional<Op> cheaper(Op op) {
  switch (op) {
    case Op::exp: return Op::fast_exp;
    case Op::log: return Op::fast_log;
    case Op::sin: return Op::fast_sin;
    case Op::cos: return Op::fast_cos;
    case Op::tanh: return Op::fast_tanh;
    case Op::pow: return Op::fast_pow;
    default: return {};
  }
}

// 1 / c of a Constant, where both are normal numbers.
template <class T, class Bits>
std::optional<Scalar> reciprocal_of(std::uint64_t bits) {
  const exec::DefaultFloatState nearest;
  const T value = std::bit_cast<T>(static_cast<Bits>(bits)), inverse = T(1) / value;
  if (!std::isnormal(value) || !std::isnormal(inverse)) return {};
  return Scalar(inverse);
}

std::optional<Scalar> reciprocal_of(const Node& divisor) {
  if (divisor.kind != Kind::Constant) return {};
  return divisor.dtype == DType::Float32 ? reciprocal_of<float, std::uint32_t>(divisor.bits)
                                         : reciprocal_of<double, std::uint64_t>(divisor.bits);
}

class FastMath {
 public:
  explicit FastMath(Node* root) : steps_(graph::steps(root)), made_(steps_.size()) {}

  NodeRef run() {
    for (std::size_t i = 0; i < steps_.size(); ++i) made_[i] = make(steps_[i]);
    return made_.back().node;
  }

 private:
  // A node recorded anew, and the factors that it is the product of.
  struct Made {
    NodeRef node, first, second;
    bool is_product() const { return static_cast<bool>(first); }
  };

  static NodeRef record(const Step& step, Op op, std::initializer_list<Input> inputs) {
    return graph::elementwise(op, step.node->dtype, step.node->shape, {inputs.begin(), inputs.size()},
                              step.node->where);
  }
  static Made product(const Step& step, NodeRef first, NodeRef second) {
    NodeRef node = record(step, Op::multiply, {first.get(), second.get()});
    return {std::move(node), std::move(first), std::move(second)};
  }
  // a * b + c, rounded once.
  static Made fused(const Step& step, Node* a, Node* b, Node* c) { return {record(step, Op::fma, {a, b, c}), {}, {}}; }

  const Made& input(const Step& step, int k) const { return made_[step.from[k]]; }

  Made make(const Step& step) const {
    if (step.inputs == 0) return {step.node, {}, {}};
    const DType dtype = step.node->dtype;
    if (step.node->kind == Kind::Elementwise && (dtype == DType::Float32 || dtype == DType::Float64))
      if (Made made = make_op(step); made.node) return made;
    NodeRef inputs[Node::kMaxInputs];
    bool is_same = true;
    for (int k = 0; k < step.inputs; ++k) {
      inputs[k] = input(step, k).node;
      is_same = is_same && inputs[k].get() == steps_[step.from[k]].node.get();
    }
    const std::size_t count = static_cast<std::size_t>(step.inputs);
    return {is_same ? step.node : graph::with_inputs(*step.node, {inputs, count}), {}, {}};
  }

  // No node where the op stays as it is.
  Made make_op(const Step& step) const {
    const Op op = step.node->op;
    const Made& x = input(step, 0);
    const Made& y = input(step, step.inputs > 1 ? 1 : 0);
    if (const std::optional<Op> fast = cheaper(op)) {
      if (step.inputs == 1) return {record(step, *fast, {x.node.get()}), {}, {}};
      return {record(step, *fast, {x.node.get(), y.node.get()}), {}, {}};
    }
    const bool single = step.node->dtype == DType::Float32;
    switch (op) {
      case Op::multiply: return product(step, x.node, y.node);
      case Op::square: return {record(step, op, {x.node.get()}), x.node, x.node};
      case Op::divide:
        if (const std::optional<Scalar> inverse = reciprocal_of(*y.node))
          return product(step, x.node, graph::constant(*inverse, false));
        return {};
      case Op::add:
        if (x.is_product()) return fused(step, x.first.get(), x.second.get(), y.node.get());
        if (y.is_product()) return fused(step, y.first.get(), y.second.get(), x.node.get());
        return {};
      case Op::subtract:
        if (x.is_product())
          return fused(step, x.first.get(), x.second.get(), record(step, Op::negative, {y.node.get()}).get());
        if (y.is_product())
          return fused(step, record(step, Op::negative, {y.first.get()}).get(), y.second.get(), x.node.get());
        return {};
      case Op::rsqrt: {
        const NodeRef root = record(step, Op::sqrt, {x.node.get()});
        return {record(step, Op::reciprocal, {root.get()}), {}, {}};
      }
      case Op::sigmoid: {
        const NodeRef minus = record(step, Op::negative, {x.node.get()});
        const NodeRef power = record(step, Op::fast_exp, {minus.get()});
        const NodeRef sum = record(step, Op::add, {power.get(), single ? Scalar(1.0F) : Scalar(1.0)});
        return {record(step, Op::reciprocal, {sum.get()}), {}, {}};
      }
      default: return {};
    }
  }

  const std::vector<Step> steps_;
  std::vector<Made> made_;
};

}  // namespace
}  // namespace api

Array fast_math(const Array& x, Location where) {
  graph::Node* const node = api::node_of(x, where);
  if (!is_complex(node->dtype)) return api::wrap(api::FastMath(node).run());
  const graph::Parts parts = graph::parts(node);
  const graph::NodeRef real = api::FastMath(parts.real.get()).run(), imag = api::FastMath(parts.imag.get()).run();
  if (real.get() == parts.real.get() && imag.get() == parts.imag.get()) return x;
  return api::wrap(graph::complex({real, imag}, node->shape, node->where, node->weak));
}

}  // namespace ingot
