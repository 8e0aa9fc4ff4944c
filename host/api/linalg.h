// How factorisations are recorded: a call of a routine takes matrices that lie one after another, and gives for each of
// them all results, packed, of which the arrays that users get are views.
#pragma once

#include <optional>

#include "host/api/record.h"

namespace ingot::api {

/// Matrices of a dtype that linear algebra computes with: two axes at least.
struct MatrixStack {
  /// ShapeError for less than two axes, TypeError for float16 and bfloat16.
  MatrixStack(std::string_view op, const Array& x, const Location& where);
  /// In this dtype, which x converts to.
  MatrixStack(std::string_view op, const Array& x, DType dtype, const Location& where);

  void require_square() const;
  /// The batch repeated to another one that it broadcasts to.
  void broadcast(const Shape& to);
  std::int64_t count() const { return batch.numel(); }
  std::int64_t smaller() const { return std::min(rows, columns); }
  bool is_empty() const { return count() * rows * columns == 0; }
  bool is_complex() const { return ingot::is_complex(dtype); }
  /// Of the parts.
  DType real_dtype() const;
  /// The epsilon of the dtype times the larger of rows and columns, unless it is given.
  double tolerance(std::optional<double> given) const;

  std::string_view op;
  Location where;
  Array array;
  DType dtype;
  Shape batch;
  std::int64_t rows, columns;
};

/// The dtype that linear algebra computes in for operands: float64 for bool and integers.
DType linalg_dtype(std::string_view op, DType dtype, const Location& where);

/// The results of a routine, in the order in which they are packed.
class Packed {
 public:
  /// `reals` for each matrix. The first parameter, whether matrices are complex, comes by itself.
  Packed(Routine routine, std::initializer_list<const MatrixStack*> operands, std::int64_t reals, Dims parameters = {});

  /// The next numbers of each matrix, of this shape: complex ones, or reals.
  Array take(const Shape& shape, bool complex);

 private:
  Location where_;
  Shape batch_;
  std::int64_t reals_, next_ = 0;
  NodeRef values_;
};

/// The operands of a linear equation, of one dtype and batch.
class Sides {
 public:
  /// ShapeError where their rows or batches do not go together.
  Sides(std::string_view op, const Array& a, const Array& b, const Location& where);
  /// A solution, or what else there is for each column, with as many axes as b has: without the last one for a vector.
  Array as_given(const Array& x) const;

 private:
  static DType promoted(std::string_view op, const Array& a, const Array& b, const Location& where);
  DType dtype_;
  bool is_vector_;

 public:
  MatrixStack a, b;
};

/// `values` for each matrix of the batch.
inline Shape with_batch(const Shape& batch, const Shape& values) {
  Shape shape = batch;
  for (const std::int64_t extent : values) shape.push_back(extent);
  return shape;
}

/// Identity matrices.
Array identities(const MatrixStack& like, std::int64_t n);

}  // namespace ingot::api
