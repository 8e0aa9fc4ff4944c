#include "kernels/prebuilt/linalg/implicit_ql.h"

#include "kernels/prebuilt/linalg/rotation.h"

namespace ingot::prebuilt {

// Below it a product of two elements of a block, whose largest is between 1 and 2, is nothing.
static constexpr double kLeast = 0x1p-1000;
static constexpr double kEpsilon = 0x1p-53;

Progress ImplicitQl::go_on(SweepBuffer* noted) {
  while (working_ || next_block()) {
    working_ = true;
    const Progress progress = finish_block(noted);
    if (progress != Progress::Done) return progress;
    scale_block(exponent_);
    working_ = false;
  }
  return Progress::Done;
}

// Rows that nothing joins to others, divided by a power of two, so that no square leaves the range.
bool ImplicitQl::next_block() {
  for (first_ = last_ + 1; first_ < n_; first_ = last_ + 1) {
    last_ = first_;
    while (last_ + 1 < n_) {
      const double below = magnitude(e_[last_]);
      if (below == 0 || below <= root(magnitude(d_[last_])) * root(magnitude(d_[last_ + 1])) * kEpsilon) break;
      ++last_;
    }
    if (last_ + 1 < n_) e_[last_] = 0;
    if (last_ == first_) continue;
    double most = magnitude(d_[last_]);
    for (std::int64_t i = first_; i < last_; ++i) {
      if (magnitude(d_[i]) > most) most = magnitude(d_[i]);
      if (magnitude(e_[i]) > most) most = magnitude(e_[i]);
    }
    exponent_ = exponent_of(most);
    scale_block(-exponent_);
    // Values are found from the smaller end on.
    const bool ascends = magnitude(d_[last_]) < magnitude(d_[first_]);
    at_ = ascends ? last_ : first_;
    end_ = ascends ? first_ : last_;
    return true;
  }
  return false;
}

void ImplicitQl::scale_block(int exponent) {
  if (exponent == 0) return;
  for (std::int64_t i = first_; i <= last_; ++i) d_[i] = __builtin_scalbn(d_[i], exponent);
  for (std::int64_t i = first_; i < last_; ++i) e_[i] = __builtin_scalbn(e_[i], exponent);
}

bool ImplicitQl::is_split_after(std::int64_t i) {
  const double below = magnitude(e_[i]);
  return below * below <= kEpsilon * kEpsilon * magnitude(d_[i]) * magnitude(d_[i + 1]) + kLeast;
}

// QL finds values downwards from the first row, QR upwards from the last. A sweep goes towards them.
Progress ImplicitQl::finish_block(SweepBuffer* noted) {
  const bool ql = end_ > at_;
  while (ql ? at_ <= end_ : at_ >= end_) {
    std::int64_t m = at_;
    if (ql) {
      while (m < end_ && !is_split_after(m)) ++m;
      if (m < end_) e_[m] = 0;
    } else {
      while (m > end_ && !is_split_after(m - 1)) --m;
      if (m > end_) e_[m - 1] = 0;
    }
    if (m == at_) {
      ql ? ++at_ : --at_;
      continue;
    }
    if (left_ == 0) return Progress::Diverged;
    double* to = nullptr;
    if (noted != nullptr) {
      to = ql ? noted->add(at_, m - at_, false) : noted->add(m, at_ - m, true);
      if (to == nullptr) return Progress::NoRoom;
    }
    --left_;
    sweep(m, to);
  }
  return Progress::Done;
}

// From `m` to at_, with Wilkinson's shift. Turned about, QR is QL: d(i) is followed by d(i - step), joined by e(i).
void ImplicitQl::sweep(std::int64_t m, double* to) {
  const std::int64_t step = m > at_ ? -1 : 1, join = m > at_ ? -1 : 0;  // of i and i + step it is e[i + join]
  const std::int64_t before = at_ - step;
  const double last = e_[before + join], half = (d_[before] - d_[at_]) / (2 * last);
  const double size = magnitude(half) < 0x1p+500 ? root(half * half + 1) : magnitude(half);
  double g = d_[m] - d_[at_] + last / (half + (half < 0 ? -size : size));
  double c = 1, s = 1, p = 0;
  for (std::int64_t i = m; i != at_; i += step) {
    const double f = s * e_[i + join], b = c * e_[i + join];
    const Turn turn(g, f);
    if (i != m) e_[i - step + join] = turn.r;
    c = turn.c;
    s = turn.s;
    g = d_[i] - p;
    const double r = (d_[i + step] - g) * s + 2 * c * b;
    p = s * r;
    d_[i] = g + p;
    g = c * r - b;
    if (to != nullptr) {
      to[0] = c;
      to[1] = s;
      to += SweepBuffer::kNext;
    }
  }
  d_[at_] -= p;
  e_[before + join] = g;
}

}  // namespace ingot::prebuilt
