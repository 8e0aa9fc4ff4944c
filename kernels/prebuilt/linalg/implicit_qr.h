// Singular values of an upper bidiagonal matrix by the implicit QR iteration with shifts, or none where one would cost
// small values their relative accuracy, as LAPACK's dbdsqr has it (Demmel and Kahan, "Accurate singular values of
// bidiagonal matrices", SIAM J. Sci. Stat. Comput. 11, 1990). Compiled once, so that every CPU has the same bits.
#pragma once

#include "kernels/prebuilt/linalg/implicit_ql.h"

namespace ingot::prebuilt {

class ImplicitQr {
 public:
  /// Of n values d on the diagonal and n - 1 of e above it, n > 0. d becomes the singular values, in no order; some may
  /// be negative.
  ImplicitQr(std::int64_t n, double* d, double* e);

  /// Goes on until it is done or the rotations of left or right vectors, which are noted unless these are null, fill
  /// one of them.
  Progress go_on(SweepBuffer* left, SweepBuffer* right);

 private:
  bool find_block();
  bool has_split();
  double shift() const;
  void sweep(double* left, double* right);
  void sweep_without_shift(double* left, double* right);

  // Of the block turned about, so that sweeps always go from `top_` to `bottom_`.
  std::int64_t step() const { return top_ < bottom_ ? 1 : -1; }
  double& after(std::int64_t i) const { return e_[top_ < bottom_ ? i : i - 1]; }

  const std::int64_t n_;
  std::int64_t left_;  // sweeps
  double *const d_, *const e_;
  double least_;  // what is nothing beside the smallest value
  // The last block, rows first_ to last_, and its largest and (about) its smallest value.
  std::int64_t first_ = -1, last_, top_ = 0, bottom_ = 0;
  double most_ = 0, fewest_ = 0;
  std::int64_t old_first_ = -1, old_last_ = -1;
};

}  // namespace ingot::prebuilt
