// What is not generated: the routines of kernels/prebuilt/routines.def, run on whole arrays.
//
// To add one: a row in that table, run_NAME here, a function of host/api that records the call (graph::call), and where
// it is worth it kernels for devices (host/exec/on_gpu/routine.h) or ingot_prebuilt_NAME in the module.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "host/graph/op.h"
#include "ingot/array.hpp"

namespace ingot::exec {

/// An array that a routine reads or writes, in the memory of the host: in C order, but for an input that its row takes
/// Strided.
struct Whole {
  DType dtype{};
  Shape shape;
  std::byte* data = nullptr;  // the element at index 0 of every axis
  Dims strides{};             // in elements, of any sign, 0 along a broadcast axis
};

struct RoutineCall {
  std::vector<Whole> inputs;
  Whole result;
  Dims parameters;
  int threads = 1;
  Location where{};  // of the call that recorded it, for errors in values
};

// One per row: it has elements to work on, and fills the result with bits that do not depend on the number of threads.
// What it allocates beside the result, it asks host/device for.
#define INGOT_ROUTINE(name, ...) void run_##name(const RoutineCall& call);
#include "kernels/prebuilt/routines.def"

/// Elements that a routine reads of its k-th input, of so many, for a result of so many.
inline std::int64_t elements_read(Routine routine, int k, std::int64_t input, std::int64_t result) {
  return routine == Routine::take && k == 0 ? std::min(input, result) : input;
}

/// Runs a routine on the host.
void run_on_host(Routine routine, const RoutineCall& call);

/// Additions' worth of time that a call takes on one thread of the host.
std::int64_t work(Routine routine, const RoutineCall& call);

// sort and argsort: along the last axis; parameters: whether descending.
// quantile: of the last axis, which the result lacks; parameters: whether to pass over NaN, and the bits of one
// fraction, a double, for each index of the first axis of the result, which is in place of the last.
// take: result(b, j, w) = input(b, indices(j), w), or of indices(b, j, w) along the axis; indices of any integer dtype,
// checked: IndexError. Parameters: the axis, whether there are indices for all elements, and how many elements of the
// last axis make one, where the input has that axis beside its own (complex numbers).
// concat: up to three inputs of one dtype, one after another along an axis; parameter: the axis.
// searchsorted: how many of the first input, in order, are less than each of the second; parameters: whether to count
// equal ones too.
// matmul: (..., m, k) and (..., k, n), of equal batch extents, to (..., m, n), all of one dtype; in the order of
// kernels/prebuilt/gemm.h.
// scan: of the middle of three axes, (outer, n, inner). Parameters: the operation (kernels/prebuilt/scan.h), whether
// from the end, and how many elements of the result, 0 or 1, come before the first that is scanned. What the result has
// less than these and n is left out at the end.
//
// Linear algebra (host/exec/linalg), of the matrices that the last two axes hold; the first parameter says whether
// they are complex, with a last axis of 2 for the parts. A result that is several packs them for each matrix, in the
// order given here, integers as numbers of its dtype:
// lu: row numbers (m), factors (m x n).
// det: determinant, its sign, the logarithm of its size (a real).
// solve: x of a x = b, or of one input the inverse.
// solve_triangular: x of a x = b; parameters: whether a is lower, whether its diagonal is taken for ones.
// cholesky: parameter: whether the factor is upper.
// qr: q (m x c), r (c x n); parameter: c.
// svd: values (reals), u (m x c), vh (r x n); parameter: 0 for the values alone, 1 for c = r = min(m, n), 2 for m, n.
// eigh: values (reals), vectors; parameters: whether the upper triangle is read, whether vectors are wanted.
// eig, complex in any case: values, vectors; parameter: whether vectors are wanted.
// lstsq: x, the squared residual of each column, the rank, the singular values; parameter: the bits of rcond, a double.
// pinv: parameter: the bits of rtol, a double.
// expm: none.

}  // namespace ingot::exec
