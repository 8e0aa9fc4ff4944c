// Matrix products on the CPU. host/exec/matmul.cpp cuts the work into pieces for caches and threads.
//
// The canonical order, which fixes every bit: the sum over k is cut into blocks of kBlock terms, the last may be
// shorter. A block is one chain, acc = fma(a, b, acc) from 0 in the order of k; the blocks' sums are added in order.
// Float16 and BFloat16 are converted to Float32, summed in it, and rounded once. Integers wrap; bool is an or of ands.
#pragma once

#include <cstdint>

#include "ingot/dtype.hpp"
#include "kernels/cpu/support.h"

namespace ingot::prebuilt {

inline constexpr std::int64_t kBlock = 256;

/// c = a b, or c += a b. Steps are in elements; b and c are contiguous along their columns.
struct Product {
  const void* a;
  std::int64_t a_row, a_term;
  const void* b;
  std::int64_t b_term;
  void* c;
  std::int64_t c_row;
  std::int64_t rows, terms, columns;
  bool adds;
};

/// The loops for one dtype. What is packed lies in panels: of a, `rows` rows, of b, `columns` columns, one term after
/// another; the last panel is as wide as the others.
struct Gemm {
  int rows, columns;
  /// Any product, from operands as they are.
  void (*multiply)(const Product&);
  /// Of packed operands, and at most kBlock terms; ignores the steps of a and b. Elements beyond the last column must
  /// be numbers.
  void (*multiply_packed)(const Product&);
  /// Panels of a, or b, one after another, from terms that are contiguous there, and begin `step` elements apart; what
  /// the last one has beyond `width` becomes 0.
  using Pack = void(const void* from, std::int64_t step, std::int64_t terms, std::int64_t width, void* panels);
  Pack *pack_rows, *pack_columns;
  /// Continues chains: sums[j] over more terms, x[p * x_step] times b[p * b_term + j].
  void (*extend)(const void* x, std::int64_t x_step, const void* b, std::int64_t b_term, std::int64_t terms, void* sums,
                 std::int64_t n);
  /// The same where terms are contiguous: x[p] times b[j * b_column + p].
  void (*extend_turned)(const void* x, const void* b, std::int64_t b_column, std::int64_t terms, void* sums,
                        std::int64_t n);
  /// c[j] += sums[j].
  void (*add)(void* c, const void* sums, std::int64_t n);
};

/// Of one CPU level; every table gives the same bits.
struct GemmTable {
  Gemm loops[kDTypeCount];
};

/// For a computable dtype of more than 16 bits, or an integer.
const Gemm& gemm(cpu::Level level, DType dtype);

}  // namespace ingot::prebuilt
