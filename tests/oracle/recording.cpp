#include "tests/oracle/recording.h"

#include <stdexcept>
#include <unordered_map>

#include "host/exec/evaluate.h"
#include "tests/oracle/function.h"
#include "tests/oracle/reduce.h"
#include "tests/oracle/routine.h"

namespace ingot::oracle {
namespace {

using graph::Kind;
using graph::Node;

Element constant_of(DType dtype, std::uint64_t bits) {
  Tensor one(dtype, Shape{});
  std::memcpy(one.bytes.data(), &bits, itemsize(dtype));
  return one[0];
}

// Element i of an operand: constants have one value for all.
Element operand(const Tensor& tensor, std::int64_t i) { return tensor.size() == 1 ? tensor[0] : tensor[i]; }

DType operand_dtype(const Step& step, const std::vector<const Tensor*>& in) {
  return step.op == Op::where ? in[1]->dtype : in[0]->dtype;
}

void load_operands(const std::vector<const Tensor*>& in, std::int64_t i, Element* out) {
  for (std::size_t k = 0; k < in.size(); ++k) out[k] = operand(*in[k], i);
}

// Reads through offset and strides.
Tensor view(const Step& step, const Tensor& input) {
  Tensor result(step.dtype, step.shape);
  for (std::int64_t i = 0; i < result.size(); ++i) {
    std::int64_t rest = i, position = step.offset;
    for (int k = step.shape.ndim() - 1; k >= 0; --k) {
      position += rest % step.shape[k] * step.dims[k];
      rest /= step.shape[k];
    }
    if (position < 0 || position >= input.size()) throw std::logic_error("a view reads outside its input");
    result.set(i, input[position]);
  }
  return result;
}

Tensor compute(const Step& step, const std::vector<const Tensor*>& in) {
  Tensor result(step.dtype, step.shape);
  switch (step.kind) {
    case Kind::Constant: result.set(0, constant_of(step.dtype, step.bits)); break;
    case Kind::Index:
      for (std::int64_t i = 0; i < result.size(); ++i) result.set(i, Element::integer(i));
      break;
    case Kind::Elementwise:
      for (std::int64_t i = 0; i < result.size(); ++i) {
        Element operands[3];
        load_operands(in, i, operands);
        result.set(i, apply(step.op, operand_dtype(step, in), step.dtype, operands));
      }
      break;
    case Kind::Cast:
      for (std::int64_t i = 0; i < result.size(); ++i) {
        result.set(i, convert(in[0]->dtype, step.dtype, operand(*in[0], i)));
      }
      break;
    case Kind::View: return view(step, *in[0]);
    case Kind::Reduce: return reduce(step.reducer, *in[0], {step.dims, step.first_reduced}, step.shape);
    case Kind::Call: return run(step.routine, in, step.dims, step.dtype, step.shape);
    case Kind::Buffer: throw std::logic_error("a buffer without values");
    case Kind::Complex: throw std::logic_error("the oracle judges the parts of complex arrays");
  }
  return result;
}

std::string describe(const Step& step) {
  static constexpr const char* kKinds[] = {"constant", "buffer", "index", "elementwise", "cast",
                                           "view",     "reduce", "call",  "complex"};
  std::string text = kKinds[static_cast<int>(step.kind)];
  if (step.kind == Kind::Elementwise) text = info(step.op).name;
  if (step.kind == Kind::Reduce) text += " " + std::string(name(step.reducer));
  if (step.kind == Kind::Call) text += " " + std::string(info(step.routine).name);
  return text + " " + std::string(name(step.dtype)) + " " + to_string(step.shape);
}

std::string judge_step(const Step& step, const std::vector<const Tensor*>& in, const Tensor& got) {
  if (got.dtype != step.dtype || !(got.shape == step.shape)) return "has another dtype or shape";
  if (step.kind == Kind::Reduce) return judge_reduction(step.reducer, *in[0], {step.dims, step.first_reduced}, got);
  if (step.kind == Kind::Elementwise) {
    const DType type = operand_dtype(step, in);
    for (std::int64_t i = 0, by = judged_step(step.op, type, got.size()); i < got.size(); i += by) {
      Element operands[3];
      load_operands(in, i, operands);
      if (allows(step.op, type, step.dtype, operands, got[i])) continue;
      std::string text = "element " + std::to_string(i) + " is " + to_string(step.dtype, got[i]) + ", expected " +
                         to_string(step.dtype, apply(step.op, type, step.dtype, operands)) + ", of";
      for (std::size_t k = 0; k < in.size(); ++k) text += "  " + to_string(in[k]->dtype, operands[k]);
      return text;
    }
    return "";
  }
  const bool is_scan = step.kind == Kind::Call && step.routine == Routine::scan;
  if (is_scan && step.dims[0] == static_cast<std::int64_t>(ScanOp::LogSumExp))
    return judge_logcumsumexp(*in[0], step.dims, got, step.shape);
  const Tensor expected = compute(step, in);
  const std::int64_t i = first_difference(got, expected);
  if (i < 0) return "";
  return "element " + std::to_string(i) + " is " + to_string(step.dtype, got[i]) + ", expected " +
         to_string(step.dtype, expected[i]);
}

std::vector<const Tensor*> inputs_of(const Step& step, const std::vector<Tensor>& values) {
  std::vector<const Tensor*> in;
  for (int input : step.inputs) in.push_back(&values[static_cast<std::size_t>(input)]);
  return in;
}

}  // namespace

Recording::Recording(std::span<Node* const> roots) { walk(roots); }

Recording::Recording(std::span<const Array> roots) {
  std::vector<Node*> nodes;
  for (const Array& array : roots) nodes.push_back(array.node());
  walk(nodes);
}

void Recording::walk(std::span<Node* const> roots) {
  std::unordered_map<Node*, int> places;
  struct Visit {
    Node* node;
    bool inputs_done;
  };
  std::vector<Visit> stack;
  for (Node* root : roots) stack.push_back({root, false});
  while (!stack.empty()) {
    const auto [node, inputs_done] = stack.back();
    stack.pop_back();
    if (places.contains(node)) continue;
    if (!inputs_done) {
      stack.push_back({node, true});
      for (int k = 0; k < node->input_count; ++k) stack.push_back({node->inputs[k], false});
      continue;
    }
    std::vector<int> inputs;
    for (int k = 0; k < node->input_count; ++k) inputs.push_back(places.at(node->inputs[k]));
    places.emplace(node, static_cast<int>(steps_.size()));
    steps_.push_back({graph::NodeRef(node), node->kind, node->dtype, node->op, node->reducer, node->routine,
                      node->first_reduced, node->shape, std::move(inputs), node->bits, node->offset, node->dims,
                      node->has_values()});
  }
}

std::vector<Tensor> Recording::evaluate() const {
  std::vector<Tensor> result;
  for (const Step& step : steps_) {
    result.push_back(step.has_values ? values(step.node.get()) : compute(step, inputs_of(step, result)));
  }
  return result;
}

std::vector<Tensor> Recording::evaluate_in_library() const {
  std::vector<Node*> nodes;
  for (const Step& step : steps_) nodes.push_back(step.node.get());
  exec::evaluate(nodes);
  std::vector<Tensor> result;
  for (Node* node : nodes) result.push_back(values(node));
  return result;
}

std::string Recording::judge(const std::vector<Tensor>& values) const {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    if (step.has_values) continue;
    const std::string wrong = judge_step(step, inputs_of(step, values), values[i]);
    if (!wrong.empty()) return "node " + std::to_string(i) + ", " + describe(step) + ": " + wrong;
  }
  return "";
}

std::string check(std::span<const Array> roots) {
  const Recording recording(roots);
  return recording.judge(recording.evaluate_in_library());
}

}  // namespace ingot::oracle
