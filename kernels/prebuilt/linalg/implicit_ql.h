// Eigenvalues of a symmetric tridiagonal matrix by the implicit QL and QR iteration, as LAPACK's dsteqr has it
// (Dubrulle, Martin and Wilkinson, "The implicit QL algorithm", Numer. Math. 12, 1968). Compiled once, so that every
// CPU has the same bits.
#pragma once

#include "kernels/prebuilt/linalg/sweeps.h"

namespace ingot::prebuilt {

enum class Progress { Done, NoRoom, Diverged };

class ImplicitQl {
 public:
  /// Of n values d on the diagonal and n - 1 of e below it, n > 0. d becomes the eigenvalues, in no order.
  ImplicitQl(std::int64_t n, double* d, double* e) : n_(n), left_(30 * n), d_(d), e_(e) {}

  /// Goes on until it is done or the rotations, which are noted unless `noted` is null, fill that.
  Progress go_on(SweepBuffer* noted);

 private:
  bool next_block();
  void scale_block(int exponent);
  Progress finish_block(SweepBuffer* noted);
  bool is_split_after(std::int64_t i);
  void sweep(std::int64_t end, double* to);

  const std::int64_t n_;
  std::int64_t left_;  // sweeps
  double *const d_, *const e_;
  // The block that is worked on, and what of it is left: from `at_`, where values are found, to `end_`.
  std::int64_t first_ = 0, last_ = -1, at_ = 0, end_ = -1;
  int exponent_ = 0;
  bool working_ = false;
};

}  // namespace ingot::prebuilt
