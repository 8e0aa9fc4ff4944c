// As LAPACK's dsytrd and dlatrd do: the columns of a panel take what the reflectors before them are to them one by one,
// the rest of the matrix all of a panel's together. Half of the work is a product of the matrix, as it was before the
// panel, and a vector, for each column.
#include "host/exec/linalg/tridiagonal.h"

#include <cmath>

namespace ingot::exec {
namespace {

using prebuilt::kSquare;

constexpr std::int64_t kShared =
    512;  // rows from which threads share a product with a vector: fewer take 0.1 ms at most

class Reduction {
 public:
  Reduction(const Blocked& on, double* a, std::int64_t n, std::int64_t wide)
      : on_(on),
        steps_(prebuilt::condense(jit::level())),
        a_(a),
        n_(n),
        ld_(Blocked::pitch(n)),
        wide_(wide),
        long_(Blocked::pitch(n)),
        room_(linalg_scratch((4 * wide + 1 + blocks(padded(n))) * long_ * on.item())),
        v_(reinterpret_cast<double*>(room_->data())),
        w_(v_ + wide * long_),
        minus_(w_ + wide * long_),
        column_(minus_ + 2 * wide * long_),
        partial_(column_ + long_) {
    std::fill_n(v_, 2 * wide * long_, 0.0);
  }

  /// Columns from k on, the first `width` of which become those of t; taus get as many.
  void panel(std::int64_t k, std::int64_t width, double* d, double* e, double* taus) const {
    for (std::int64_t j = 0; j < width; ++j) {
      d[j] = take_column(k, j);
      e[j] = reflect(k, j, taus + j);
      multiply(k, j, taus[j]);
    }
  }
  /// The rest of the matrix loses v w^T + w v^T.
  void update(std::int64_t k, std::int64_t width) const {
    const std::int64_t rows = n_ - k - width;
    for (std::int64_t p = 0; p < wide_; ++p)
      for (std::int64_t i = 0; i < rows; ++i) {
        minus_[p * long_ + i] = p < width ? -w_[p * long_ + width + i] : 0;
        minus_[(wide_ + p) * long_ + i] = p < width ? -v_[p * long_ + width + i] : 0;
      }
    const Matrix left{reinterpret_cast<const std::byte*>(v_ + width), rows, 2 * wide_, 1, long_};
    const Matrix right{reinterpret_cast<const std::byte*>(minus_), 2 * wide_, rows, long_, 1};
    add_lower(on_, left, right, reinterpret_cast<std::byte*>(a_) + (k + width) * (ld_ + 1) * on_.item(), ld_);
  }
  /// The value that is left when all columns but the last are done.
  double corner() const { return a_[(n_ - 1) * (ld_ + 1)]; }
  /// The vector of reflector j, from the panel's first row on.
  const double* reflector(std::int64_t j) const { return v_ + j * long_; }

 private:
  // By the size alone, so that the sums are the same for any number of threads.
  static std::int64_t blocks(std::int64_t m) { return m < kShared ? 1 : std::min<std::int64_t>(16, m / 128); }

  double take_column(std::int64_t k, std::int64_t j) const {
    const std::int64_t m = n_ - k;
    for (std::int64_t i = j; i < m; ++i) column_[i] = a_[(k + i) * ld_ + k + j];
    double of_v[prebuilt::kPanel], of_w[prebuilt::kPanel];
    for (std::int64_t p = 0; p < j; ++p) {
      of_v[p] = v_[p * long_ + j];
      of_w[p] = w_[p * long_ + j];
    }
    steps_.subtract(v_ + j, long_, of_w, j, column_ + j, m - j);
    steps_.subtract(w_ + j, long_, of_v, j, column_ + j, m - j);
    return column_[j];
  }

  double reflect(std::int64_t k, std::int64_t j, double* tau) const {
    double* const v = v_ + j * long_;
    std::fill_n(v, long_, 0.0);
    return steps_.reflect(column_ + j + 1, n_ - k - j - 1, v + j + 1, tau);
  }

  // w := tau (a v - tau / 2 (v^T a v) v), for the a that the panel's earlier columns leave.
  void multiply(std::int64_t k, std::int64_t j, double tau) const {
    const std::int64_t first = j + 1, rows = n_ - k - first;
    double *const v = v_ + j * long_, *const w = w_ + j * long_;
    std::fill_n(w, long_, 0.0);
    if (tau == 0) return;
    multiply_whole(k, first - first % kSquare, v, w);
    double of_v[prebuilt::kPanel], of_w[prebuilt::kPanel];
    steps_.dots(v_ + first, long_, j, v + first, rows, of_v);
    steps_.dots(w_ + first, long_, j, v + first, rows, of_w);
    steps_.subtract(v_ + first, long_, of_w, j, w + first, rows);
    steps_.subtract(w_ + first, long_, of_v, j, w + first, rows);
    for (std::int64_t i = 0; i < first; ++i) w[i] = 0;
    double along;
    steps_.dots(v + first, long_, 1, w + first, rows, &along);
    const double half = tau * tau * along / 2;
    for (std::int64_t i = first; i < first + rows; ++i) w[i] = tau * w[i] - half * v[i];
  }

  // w += a v from row and column `begin` of the panel on, before which v has zeros.
  void multiply_whole(std::int64_t k, std::int64_t begin, const double* v, double* w) const {
    const double* const a = a_ + k * (ld_ + 1);
    const std::int64_t m = padded(n_ - k), count = blocks(m - begin);
    if (count == 1) return steps_.symmetric_product(a, ld_, begin, begin, m, v, w);
    // Blocks of rows that are about as many elements.
    const auto bound = [&](std::int64_t block) {
      const double share = std::sqrt(static_cast<double>(block) / static_cast<double>(count));
      return block == count
                 ? m
                 : begin + static_cast<std::int64_t>(static_cast<double>(m - begin) * share) / kSquare * kSquare;
    };
    parallel_for(count, on_.threads, [&, bound](std::int64_t block) {
      double* const sums = partial_ + block * long_;
      const std::int64_t last = bound(block + 1);
      std::fill(sums + begin, sums + last, 0.0);
      steps_.symmetric_product(a, ld_, begin, bound(block), last, v, sums);
    });
    for (std::int64_t block = 0; block < count; ++block) {
      const double* const sums = partial_ + block * long_;
      const std::int64_t last = bound(block + 1);
      for (std::int64_t i = begin; i < last; ++i) w[i] += sums[i];
    }
  }

  const Blocked on_;
  const prebuilt::Condense& steps_;
  double* const a_;
  const std::int64_t n_, ld_, wide_, long_;
  StorageRef room_;
  // Columns of a panel, from its first row on, in Fortran order: of v and of w.
  double *const v_, *const w_, *const minus_, *const column_, *const partial_;
};

}  // namespace

void make_tridiagonal(const Blocked& on, double* a, std::int64_t n, double* d, double* e, const ReflectorPanels* q) {
  const std::int64_t wide = condensing_panel(n);
  const Reduction reduction(on, a, n, wide);
  double taus[prebuilt::kPanel];
  for (std::int64_t k = 0; k < n - 1; k += wide) {
    const std::int64_t width = std::min(wide, n - 1 - k);
    reduction.panel(k, width, d + k, e + k, taus);
    reduction.update(k, width);
    if (q == nullptr) continue;
    q->set(k / wide, taus, [&](std::int64_t j) { return reduction.reflector(j) + 1; });
  }
  d[n - 1] = reduction.corner();
}

}  // namespace ingot::exec
