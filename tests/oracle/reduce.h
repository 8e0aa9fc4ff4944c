// Reductions in plain loops, in the canonical order of design.md section 6.
#pragma once

#include <string>

#include "host/graph/op.h"
#include "tests/oracle/tensor.h"

namespace ingot::oracle {

/// The groups of axes a reduction sees: extents of alternating kept and reduced groups.
struct Domain {
  Dims extents;
  bool first_reduced = false;
};

/// Neighbouring axes of one kind as one group, without those of extent 1.
Domain domain_of(const Shape& shape, const std::vector<bool>& reduced);

/// The results in C order of the kept groups; `shape` is theirs. Float sums and products have the bits of the canonical
/// order; sumsqdev and sumexp, whose merging is the library's own business, are exact and rounded once.
Tensor reduce(Reducer reducer, const Tensor& input, const Domain& domain, const Shape& shape);

/// "" if `got` is what a reduction of `input` may give, else the first element where it is not. sumsqdev and
/// sumexp have an error bound relative to them, from the number of values alone; all else is exact.
std::string judge_reduction(Reducer reducer, const Tensor& input, const Domain& domain, const Tensor& got);

/// The same for sumsqdev / divisor, or its square root.
std::string judge_variance(const Tensor& input, const Domain& domain, const Tensor& got, double divisor, bool is_root);

/// The same for logsumexp.
std::string judge_logsumexp(const Tensor& input, const Domain& domain, const Tensor& got);

}  // namespace ingot::oracle
