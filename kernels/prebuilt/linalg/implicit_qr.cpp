#include "kernels/prebuilt/linalg/implicit_qr.h"

#include "kernels/prebuilt/linalg/rotation.h"

namespace ingot::prebuilt {
namespace {

constexpr double kEpsilon = 0x1p-53;
constexpr double kTolerance = 98.7 * kEpsilon;  // epsilon^(7/8): what values may lose, relative to themselves

double smaller(double x, double y) { return x < y ? x : y; }
double larger(double x, double y) { return x > y ? x : y; }

// The smaller singular value of (f, g; 0, h), as LAPACK's dlas2.
double smallest_of(double f, double g, double h) {
  f = magnitude(f);
  g = magnitude(g);
  h = magnitude(h);
  const double least = smaller(f, h), most = larger(f, h);
  if (least == 0) return 0;
  const double sum = 1 + least / most, difference = (most - least) / most;
  if (g < most) {
    const double off = (g / most) * (g / most);
    return least * (2 / (root(sum * sum + off) + root(difference * difference + off)));
  }
  const double off = most / g;
  if (off == 0) return least * most / g;
  const double x = sum * off, y = difference * off;
  return 2 * (least * (1 / (root(1 + x * x) + root(1 + y * y)))) * off;
}

void note(double*& to, const Turn& turn) {
  if (to == nullptr) return;
  to[0] = turn.c;
  to[1] = turn.s;
  to += SweepBuffer::kNext;
}

}  // namespace

ImplicitQr::ImplicitQr(std::int64_t n, double* d, double* e) : n_(n), left_(30 * n), d_(d), e_(e), last_(n - 1) {
  double smallest = magnitude(d[0]), mu = smallest;
  for (std::int64_t i = 1; i < n && smallest > 0; ++i) {
    mu = magnitude(d[i]) * (mu / (mu + magnitude(e[i - 1])));
    smallest = smaller(smallest, mu);
  }
  const double size = static_cast<double>(n);
  least_ = larger(kTolerance * (smallest / root(size)), 6 * size * size * 0x1p-1022);
}

Progress ImplicitQr::go_on(SweepBuffer* left, SweepBuffer* right) {
  while (find_block()) {
    if (first_ > old_last_ || last_ < old_first_) {
      // From the larger end to the smaller one.
      const bool down = magnitude(d_[first_]) >= magnitude(d_[last_]);
      top_ = down ? first_ : last_;
      bottom_ = down ? last_ : first_;
    } else {
      const bool down = top_ < bottom_;
      top_ = down ? first_ : last_;
      bottom_ = down ? last_ : first_;
    }
    if (has_split()) continue;
    const bool down = top_ < bottom_;
    const std::int64_t count = last_ - first_;
    double *of_left = nullptr, *of_right = nullptr;
    if (left != nullptr) {
      of_left = left->add(first_, count, down);
      of_right = right->add(first_, count, down);
      if (of_left == nullptr || of_right == nullptr) return Progress::NoRoom;
    }
    if (left_-- == 0) return Progress::Diverged;
    old_first_ = first_;
    old_last_ = last_;
    // Turned about, the matrix is its transpose.
    sweep(down ? of_left : of_right, down ? of_right : of_left);
    double& end = e_[down ? last_ - 1 : first_];
    if (magnitude(end) <= least_) end = 0;
  }
  return Progress::Done;
}

// The last rows that are not yet by themselves.
bool ImplicitQr::find_block() {
  for (; last_ > 0; --last_) {
    most_ = magnitude(d_[last_]);
    for (first_ = last_; first_ > 0; --first_) {
      if (magnitude(e_[first_ - 1]) <= least_) {
        e_[first_ - 1] = 0;
        break;
      }
      most_ = larger(most_, larger(magnitude(d_[first_ - 1]), magnitude(e_[first_ - 1])));
    }
    if (first_ < last_) return true;
  }
  return false;
}

// Whether an element beside the diagonal is nothing to the values; their smallest is found on the way.
bool ImplicitQr::has_split() {
  double& end = e_[top_ < bottom_ ? bottom_ - 1 : bottom_];
  if (magnitude(end) <= kTolerance * magnitude(d_[bottom_])) {
    end = 0;
    return true;
  }
  double mu = magnitude(d_[top_]);
  fewest_ = mu;
  for (std::int64_t i = top_; i != bottom_; i += step()) {
    const double beside = magnitude(after(i));
    if (beside <= kTolerance * mu) {
      after(i) = 0;
      return true;
    }
    mu = magnitude(d_[i + step()]) * (mu / (mu + beside));
    fewest_ = smaller(fewest_, mu);
  }
  return false;
}

double ImplicitQr::shift() const {
  if (static_cast<double>(n_) * kTolerance * (fewest_ / most_) <= larger(kEpsilon, 0.01 * kTolerance)) return 0;
  const double found = smallest_of(d_[bottom_ - step()], after(bottom_ - step()), d_[bottom_]),
               ratio = found / magnitude(d_[top_]);
  return d_[top_] != 0 && ratio * ratio < kEpsilon ? 0 : found;
}

void ImplicitQr::sweep(double* left, double* right) {
  const double by = shift();
  if (by == 0) return sweep_without_shift(left, right);
  const double first = d_[top_];
  double f = (magnitude(first) - by) * ((first < 0 ? -1 : 1) + by / first), g = after(top_);
  for (std::int64_t i = top_; i != bottom_; i += step()) {
    const std::int64_t next = i + step();
    const Turn on_right(f, g);
    note(right, on_right);
    if (i != top_) after(i - step()) = on_right.r;
    f = on_right.c * d_[i] + on_right.s * after(i);
    after(i) = on_right.c * after(i) - on_right.s * d_[i];
    g = on_right.s * d_[next];
    d_[next] = on_right.c * d_[next];
    const Turn on_left(f, g);
    note(left, on_left);
    d_[i] = on_left.r;
    f = on_left.c * after(i) + on_left.s * d_[next];
    d_[next] = on_left.c * d_[next] - on_left.s * after(i);
    if (next != bottom_) {
      g = on_left.s * after(next);
      after(next) = on_left.c * after(next);
    }
  }
  after(bottom_ - step()) = f;
}

void ImplicitQr::sweep_without_shift(double* left, double* right) {
  double c = 1, old_c = 1, old_s = 0;
  for (std::int64_t i = top_; i != bottom_; i += step()) {
    const Turn on_right(d_[i] * c, after(i));
    note(right, on_right);
    c = on_right.c;
    if (i != top_) after(i - step()) = old_s * on_right.r;
    const Turn on_left(old_c * on_right.r, d_[i + step()] * on_right.s);
    note(left, on_left);
    old_c = on_left.c;
    old_s = on_left.s;
    d_[i] = on_left.r;
  }
  const double h = d_[bottom_] * c;
  d_[bottom_] = h * old_c;
  after(bottom_ - step()) = h * old_s;
}

}  // namespace ingot::prebuilt
