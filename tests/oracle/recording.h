// The oracle proper: walks a recorded graph node by node, unfused, in plain loops. It shares nothing with kernels/ or
// host/plan.
//
// Errors are judged where they are made: each node's values are compared with what the op allows for the library's own
// values of its inputs (the graph is evaluated with every node as a result, which law 4 says changes no bits, and which
// the random graphs check). So no tolerance grows along a chain, and the stated ULP of each op is held to by itself.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "host/graph/node.h"
#include "tests/oracle/tensor.h"

namespace ingot::oracle {

/// What a node said when it was recorded; evaluation makes a node forget its inputs.
struct Step {
  graph::NodeRef node;
  graph::Kind kind;
  DType dtype;
  Op op;
  Reducer reducer;
  Routine routine;
  bool first_reduced;
  Shape shape;
  std::vector<int> inputs;  // earlier steps
  std::uint64_t bits;
  std::int64_t offset;
  Dims dims;
  bool has_values;
};

/// Every node at or above the roots, inputs first.
class Recording {
 public:
  explicit Recording(std::span<graph::Node* const> roots);
  explicit Recording(std::span<const Array> roots);

  const std::vector<Step>& steps() const { return steps_; }

  /// Values of every step by the oracle alone, approximate functions rounded correctly.
  std::vector<Tensor> evaluate() const;

  /// The library's values of every step, evaluated together.
  std::vector<Tensor> evaluate_in_library() const;

  /// "" where each step's values are right for its inputs' values, else the first that is not.
  std::string judge(const std::vector<Tensor>& values) const;

 private:
  void walk(std::span<graph::Node* const> roots);

  std::vector<Step> steps_;
};

/// Evaluates the arrays and everything they are made of, and judges it all: "" or what is wrong.
std::string check(std::span<const Array> roots);

}  // namespace ingot::oracle
