// Kernel IR: one fused loop nest. It is pure structure: extents, strides, pointers and scalar values come with each
// launch, so one compiled kernel serves every size.
//
// Semantics
//   * Loops. A kernel iterates over axes in logical C order, outermost first; each is kept or reduced. Adjacent axes
//   that every
//     operand steps through evenly have been merged. Extents are 64-bit and at least 1.
//   * Body. Runs once per index of the whole nest. Straight-line SSA: an instruction's arguments precede it.
//   * Epilogue. Runs once per index of the kept axes, after the reductions of that index; reads them with Reduced.
//     A kernel without reductions has no reduced axis and an empty epilogue.
//   * Arithmetic. Each Op is the body in kernels/math: integers wrap, floats are IEEE with nearest-even and subnormals,
//   nothing
//     is contracted, reassociated or dropped. NaN payloads are unspecified. Bool values are bytes of 0 and 1.
//   * Order. Stores of different indices do not overlap. Reductions follow the canonical order, a function of the shape
//   alone:
//       Row form (the innermost axis is reduced): the reduced indices of one kept index, numbered in C order, form
//       leaves of
//         kLeafRows * L elements, L = kLaneBytes / itemsize of the value. Element i of a leaf belongs to lane i % L; a
//         lane folds its elements in order; the lanes then fold by halving (lane l with lane l + h for h = L/2, L/4 ...
//         1).
//       Column form (the innermost axis is kept): leaves of kColumnLeaf reduced indices, folded in order.
//       Leaves join pairwise in the tree that splits at the largest power of two below the count.
//     A lane or leaf without elements is skipped. The accumulator has the dtype of the value. Reducers whose state is
//     not a value fold and join it as kernels/math/reduce.h says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "host/graph/op.h"
#include "ingot/dtype.hpp"

namespace ingot::ir {

inline constexpr int kLaneBytes = 512;  // 8 AVX-512 registers, or one warp of 16-byte loads
inline constexpr int kLeafRows =
    16;  // leaf = 8 KiB of accumulator-sized elements: 16 loads a thread on a GPU, L1 on a CPU
inline constexpr int kColumnLeaf = 64;

/// How an operand steps along the innermost axis of its region. Only this is part of a kernel's structure.
enum class Access : std::uint8_t {
  Contiguous,  // one element per step
  Uniform,     // the same element at every step
  Strided,     // any other step
};

struct Operand {
  DType dtype = DType::Float64;
  Access access = Access::Contiguous;
  bool generated =
      false;  // no memory: the value at linear offset i is the int64 i (graph Kind::Index); never Uniform-collapsed
  friend bool operator==(const Operand&, const Operand&) = default;
};

enum class Code : std::uint8_t {
  Load,     // inputs[index]
  Param,    // params[index], a scalar given at launch
  Reduced,  // epilogue only: the result of reductions[index]
  Apply,    // op
  Cast,     // to dtype
};

struct Instr {
  Code code = Code::Load;
  Op op{};        // Apply
  DType dtype{};  // of the value
  std::uint16_t index = 0;
  std::uint16_t args[3] = {};  // values: indices of earlier instructions of the region
  friend bool operator==(const Instr&, const Instr&) = default;
};

struct Store {
  std::uint16_t value = 0;  // an instruction of the region
  Operand operand;          // access Contiguous or Strided
  friend bool operator==(const Store&, const Store&) = default;
};

/// Straight-line code over one set of axes.
struct Region {
  std::vector<Operand> inputs;
  std::vector<DType> params;
  std::vector<Instr> code;
  std::vector<Store> stores;
  bool empty() const { return code.empty(); }
  friend bool operator==(const Region&, const Region&) = default;
};

struct Reduction {
  Reducer reducer{};
  std::uint16_t value = 0;  // an instruction of the body
  friend bool operator==(const Reduction&, const Reduction&) = default;
};

enum class Form : std::uint8_t { Map, Row, Column };

struct Kernel {
  std::vector<bool> reduced;  // one per axis, outermost first
  Region body;
  std::vector<Reduction> reductions;
  Region epilogue;

  Form form() const {
    if (reductions.empty()) return Form::Map;
    return reduced.back() ? Form::Row : Form::Column;
  }
  int rank() const { return static_cast<int>(reduced.size()); }
  DType value_dtype(const Reduction& r) const { return body.code[r.value].dtype; }
  DType result_dtype(const Reduction& r) const { return ingot::result_dtype(r.reducer, value_dtype(r)); }
  friend bool operator==(const Kernel&, const Kernel&) = default;
};

/// Whether the order of folding can show in the result: sum, prod, sumsqdev and sumexp of floats. The others give the
/// same bits in any order, and take the lanes of whatever order-sensitive reduction shares their kernel.
bool is_order_sensitive(Reducer reducer, DType value);

/// Of a lane accumulator: this many arrays of the value's dtype.
int arrays(Reducer reducer);

/// Bytes of a reducer's state over values of a dtype.
std::int64_t state_bytes(Reducer reducer, DType value);

/// Lanes of a kernel's Row reductions (L above): from the value of its first order-sensitive reduction, else of its
/// first. All order-sensitive reductions of one kernel have values of one itemsize.
int lanes(const Kernel& kernel);

/// Elements of one leaf of the kernel's form, counted along the reduced axes.
int leaf_size(const Kernel& kernel);

/// Number of values an instruction takes from args.
int argument_count(const Instr& instr);

/// Whether a region applies an op of which `is(op)` holds.
template <class Predicate>
bool applies(const Region& region, Predicate&& is) {
  for (const Instr& instr : region.code)
    if (instr.code == Code::Apply && is(instr.op)) return true;
  return false;
}

/// Throws InternalError, naming the instruction, unless the kernel obeys the laws above.
void verify(const Kernel& kernel);

/// The kernel as stable text: golden files, cache keys, explain().
std::string print(const Kernel& kernel);

/// Additions' worth of time per index of a region, from ops.def.
int cost(const Region& region);
/// The same of folding the values of a kernel's reductions, beyond an addition each.
int fold_cost(const Kernel& kernel);

}  // namespace ingot::ir
