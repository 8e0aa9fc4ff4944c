// As LAPACK's dgebrd and dlabrd do: a column and a row of a panel take what the reflectors before them are to them one
// by one, the rest of the matrix all of a panel's together. Half of the work is two products of the matrix, as it was
// before the panel, and a vector, for each column.
#include "host/exec/linalg/bidiagonal.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kShared = std::int64_t{1} << 17;  // elements from which threads share a product with a vector

// A panel's columns, in Fortran order, from its first row or column on: the matrix loses v y^T + x u^T.
class Reduction {
 public:
  Reduction(const Blocked& on, double* a, std::int64_t m, std::int64_t n, std::int64_t wide)
      : on_(on),
        steps_(prebuilt::condense(jit::level())),
        a_(a),
        m_(m),
        n_(n),
        ld_(Blocked::pitch(n)),
        wide_(wide),
        tall_(Blocked::pitch(m)),
        room_(linalg_scratch((wide * (2 * tall_ + 4 * ld_) + 2 * tall_) * on.item())),
        v_(reinterpret_cast<double*>(room_->data())),
        x_(v_ + wide * tall_),
        y_(x_ + wide * tall_),
        u_(y_ + wide * ld_),
        minus_(u_ + wide * ld_),
        line_(minus_ + 2 * wide * ld_),
        factors_(line_ + tall_) {
    std::fill_n(v_, wide * (2 * tall_ + 4 * ld_), 0.0);
  }

  /// Columns and rows from k on, of which the first `width` become those of b.
  void panel(std::int64_t k, std::int64_t width, double* d, double* e, double* tau_q, double* tau_p) const {
    for (std::int64_t j = 0; j < width; ++j) {
      d[j] = reflect_column(k, j, tau_q + j);
      if (k + j + 1 == n_) return;
      multiply_transpose(k, j, tau_q[j]);
      e[j] = reflect_row(k, j, tau_p + j);
      multiply(k, j, tau_p[j]);
    }
  }
  void update(std::int64_t k, std::int64_t width) const {
    const std::int64_t rows = m_ - k - width, columns = n_ - k - width;
    if (columns == 0) return;
    for (std::int64_t p = 0; p < wide_; ++p)
      for (std::int64_t i = 0; i < columns; ++i) {
        minus_[p * ld_ + i] = p < width ? -y_[p * ld_ + width + i] : 0;
        minus_[(wide_ + p) * ld_ + i] = p < width ? -u_[p * ld_ + width + i] : 0;
      }
    on_.add_product({reinterpret_cast<const std::byte*>(v_ + width), rows, 2 * wide_, 1, tall_},
                    {reinterpret_cast<const std::byte*>(minus_), 2 * wide_, columns, ld_, 1},
                    reinterpret_cast<std::byte*>(a_ + (k + width) * (ld_ + 1)), ld_);
  }
  /// The vectors of reflector j, from the panel's first row or column on.
  const double* left(std::int64_t j) const { return v_ + j * tall_; }
  const double* right(std::int64_t j) const { return u_ + j * ld_; }

 private:
  double reflect_column(std::int64_t k, std::int64_t j, double* tau) const {
    const std::int64_t rows = m_ - k - j;
    for (std::int64_t i = 0; i < rows; ++i) line_[i] = a_[(k + j + i) * ld_ + k + j];
    take(v_ + j, tall_, y_ + j, ld_, j, line_, rows);
    take(x_ + j, tall_, u_ + j, ld_, j, line_, rows);
    std::fill_n(v_ + j * tall_, tall_, 0.0);
    return steps_.reflect(line_, rows, v_ + j * tall_ + j, tau);
  }
  double reflect_row(std::int64_t k, std::int64_t j, double* tau) const {
    const std::int64_t columns = n_ - k - j - 1;
    std::copy_n(a_ + (k + j) * ld_ + k + j + 1, columns, line_);
    take(y_ + j + 1, ld_, v_ + j, tall_, j + 1, line_, columns);
    take(u_ + j + 1, ld_, x_ + j, tall_, j, line_, columns);
    std::fill_n(u_ + j * ld_, ld_, 0.0);
    return steps_.reflect(line_, columns, u_ + j * ld_ + j + 1, tau);
  }
  // line -= the sum of by[p * by_ld] columns[p].
  void take(const double* columns, std::int64_t ld, const double* by, std::int64_t by_ld, std::int64_t count,
            double* line, std::int64_t n) const {
    double factors[prebuilt::kPanel];
    for (std::int64_t p = 0; p < count; ++p) factors[p] = by[p * by_ld];
    steps_.subtract(columns, ld, factors, count, line, n);
  }

  // y := tau a^T v, for the a that the panel's earlier columns leave.
  void multiply_transpose(std::int64_t k, std::int64_t j, double tau) const {
    const std::int64_t first = j + 1, columns = n_ - k - first, rows = m_ - k - j;
    double *const y = y_ + j * ld_, *const v = v_ + j * tall_ + j;
    std::fill_n(y, ld_, 0.0);
    if (tau == 0) return;
    for (std::int64_t i = 0; i < rows; ++i) factors_[i] = -v[i];
    const double* const a = a_ + (k + j) * ld_ + k + first;
    const auto stripe = [=, this](std::int64_t begin, std::int64_t end) {
      steps_.subtract(a + begin, ld_, factors_, rows, y + first + begin, end - begin);
    };
    for_stripes(columns, rows * columns < kShared ? 1 : on_.threads, stripe);
    double sums[prebuilt::kPanel];
    steps_.dots(v_ + j, tall_, j, v, rows, sums);
    steps_.subtract(y_ + first, ld_, sums, j, y + first, columns);
    steps_.dots(x_ + j, tall_, j, v, rows, sums);
    steps_.subtract(u_ + first, ld_, sums, j, y + first, columns);
    for (std::int64_t i = first; i < first + columns; ++i) y[i] *= tau;
  }
  // x := tau a u.
  void multiply(std::int64_t k, std::int64_t j, double tau) const {
    const std::int64_t first = j + 1, columns = n_ - k - first, rows = m_ - k - first;
    double *const x = x_ + j * tall_, *const u = u_ + j * ld_ + first;
    std::fill_n(x, tall_, 0.0);
    if (tau == 0) return;
    const double* const a = a_ + (k + first) * (ld_ + 1);
    const auto stripe = [=, this](std::int64_t begin, std::int64_t end) {
      steps_.dots(a + begin * ld_, ld_, end - begin, u, columns, x + first + begin);
    };
    for_stripes(rows, rows * columns < kShared ? 1 : on_.threads, stripe);
    double sums[prebuilt::kPanel];
    steps_.dots(y_ + first, ld_, j + 1, u, columns, sums);
    steps_.subtract(v_ + first, tall_, sums, j + 1, x + first, rows);
    steps_.dots(u_ + first, ld_, j, u, columns, sums);
    steps_.subtract(x_ + first, tall_, sums, j, x + first, rows);
    for (std::int64_t i = first; i < first + rows; ++i) x[i] *= tau;
  }

  const Blocked on_;
  const prebuilt::Condense& steps_;
  double* const a_;
  const std::int64_t m_, n_, ld_, wide_, tall_;
  StorageRef room_;
  double *const v_, *const x_, *const y_, *const u_, *const minus_, *const line_, *const factors_;
};

}  // namespace

void make_bidiagonal(const Blocked& on, double* a, std::int64_t m, std::int64_t n, double* d, double* e,
                     const ReflectorPanels* q, const ReflectorPanels* p) {
  const std::int64_t wide = condensing_panel(n);
  const Reduction reduction(on, a, m, n, wide);
  double tau_q[prebuilt::kPanel], tau_p[prebuilt::kPanel];
  for (std::int64_t k = 0; k < n; k += wide) {
    const std::int64_t width = std::min(wide, n - k), block = k / wide;
    reduction.panel(k, width, d + k, e + k, tau_q, tau_p);
    reduction.update(k, width);
    if (q == nullptr) continue;
    q->set(block, tau_q, [&](std::int64_t j) { return reduction.left(j); });
    if (k < n - 1) p->set(block, tau_p, [&](std::int64_t j) { return reduction.right(j) + 1; });
  }
}

}  // namespace ingot::exec
