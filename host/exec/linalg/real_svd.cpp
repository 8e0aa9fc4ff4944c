#include "host/exec/linalg/real_svd.h"

#include <cmath>
#include <numeric>

#include "host/exec/linalg/bidiagonal.h"
#include "host/exec/linalg/rotated.h"
#include "kernels/prebuilt/linalg/implicit_qr.h"

namespace ingot::exec {
namespace {

using prebuilt::Progress;

// Of m x n, m >= n. The vectors on the left have m elements, those on the right n.
class Svd {
 public:
  Svd(const Blocked& on, std::int64_t m, std::int64_t n)
      : on_(on),
        m_(m),
        n_(n),
        ld_(Blocked::pitch(n)),
        room_(linalg_scratch((m * ld_ + 2 * n) * on.item())),
        a_(reinterpret_cast<double*>(room_->data())),
        d_(a_ + m * ld_),
        e_(d_ + n) {}

  /// Where the matrix goes, rows of ld().
  double* matrix() const { return a_; }
  std::int64_t ld() const { return ld_; }

  bool find_values(double* s) const {
    make_bidiagonal(on_, a_, m_, n_, d_, e_, nullptr, nullptr);
    if (prebuilt::ImplicitQr(n_, d_, e_).go_on(nullptr, nullptr) != Progress::Done) return false;
    write_values(order(), s);
    return true;
  }

  /// As columns, or rows where they are to be turned.
  bool find_vectors(std::int64_t columns, bool turned, double* left, double* s, double* right) const {
    const RotatedVectors on_left(on_, columns, m_), on_right(on_, n_, n_);
    {
      const ReflectorPanels q(on_, m_, 0, n_, condensing_panel(n_)), p(on_, n_, 1, n_ - 1, condensing_panel(n_));
      make_bidiagonal(on_, a_, m_, n_, d_, e_, &q, &p);
      load(q, on_left, m_, columns);
      load(p, on_right, n_, n_);
    }
    if (!iterate(on_left, on_right)) return false;
    const std::vector<std::int64_t> descending = order();
    std::vector<std::int64_t> all(static_cast<std::size_t>(columns));
    std::iota(all.begin(), all.end(), 0);
    std::copy(descending.begin(), descending.end(), all.begin());
    parallel_for(on_left.slices() + on_right.slices(), on_.threads, [&](std::int64_t task) {
      const std::int64_t slice = task - on_left.slices();
      if (slice < 0) {
        turned ? on_left.store_transpose(task, all, left, m_) : on_left.store(task, all, left, columns);
        return;
      }
      for (std::int64_t j = 0; j < n_; ++j)
        if (std::signbit(d_[j])) on_right.negate(slice, j);
      turned ? on_right.store(slice, descending, right, n_) : on_right.store_transpose(slice, descending, right, n_);
    });
    write_values(descending, s);
    return true;
  }

 private:
  void load(const ReflectorPanels& reflectors, const RotatedVectors& vectors, std::int64_t rows,
            std::int64_t columns) const {
    const std::int64_t ld = Blocked::pitch(columns);
    const StorageRef room = linalg_scratch(rows * ld * on_.item());
    auto* const q = reinterpret_cast<double*>(room->data());
    std::fill_n(q, rows * ld, 0.0);
    for (std::int64_t i = 0; i < columns; ++i) q[i * (ld + 1)] = 1;
    reflectors.make_q(room->data(), ld, columns);
    parallel_for(vectors.slices(), on_.threads, [&](std::int64_t slice) { vectors.load(slice, q, ld); });
  }

  bool iterate(const RotatedVectors& on_left, const RotatedVectors& on_right) const {
    NotedRotations left(n_), right(n_);
    prebuilt::ImplicitQr iteration(n_, d_, e_);
    Progress progress = iteration.go_on(&left[0], &right[0]);
    for (int now = 0;; now = 1 - now) {
      if (progress == Progress::Diverged) return false;
      const std::int64_t more = progress == Progress::NoRoom ? 1 : 0;
      parallel_for(on_left.slices() + on_right.slices() + more, on_.threads, [&](std::int64_t task) {
        const std::int64_t slice = task - more - on_left.slices();
        if (task < more) {
          left[1 - now].clear();
          right[1 - now].clear();
          progress = iteration.go_on(&left[1 - now], &right[1 - now]);
        } else if (slice < 0) {
          on_left.rotate(task - more, left[now]);
        } else {
          on_right.rotate(slice, right[now]);
        }
      });
      if (more == 0) return true;
    }
  }

  std::vector<std::int64_t> order() const {
    std::vector<std::int64_t> descending(static_cast<std::size_t>(n_));
    std::iota(descending.begin(), descending.end(), 0);
    std::stable_sort(descending.begin(), descending.end(),
                     [&](std::int64_t i, std::int64_t j) { return std::abs(d_[i]) > std::abs(d_[j]); });
    return descending;
  }
  void write_values(const std::vector<std::int64_t>& order, double* s) const {
    for (std::int64_t i = 0; i < n_; ++i) s[i] = std::abs(d_[order[static_cast<std::size_t>(i)]]);
  }

  const Blocked on_;
  const std::int64_t m_, n_, ld_;
  StorageRef room_;
  double *const a_, *const d_, *const e_;
};

}  // namespace

bool real_svd(const double* a, std::int64_t m, std::int64_t n, bool full, double* u, double* s, double* vh,
              int threads) {
  const Blocked on(DType::Float64, threads_for_reduction(std::min(m, n), threads));
  const bool turned = m < n;
  const Svd svd(on, std::max(m, n), std::min(m, n));
  if (turned)
    on.steps.transpose(a, n, svd.matrix(), svd.ld(), m, n);
  else
    on.copy(a, n, svd.matrix(), svd.ld(), m, n);
  if (u == nullptr) return svd.find_values(s);
  const std::int64_t columns = full ? std::max(m, n) : std::min(m, n);
  return turned ? svd.find_vectors(columns, true, vh, s, u) : svd.find_vectors(columns, false, u, s, vh);
}

}  // namespace ingot::exec
