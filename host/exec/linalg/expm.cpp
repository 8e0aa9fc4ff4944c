// Matrix exponentials by scaling and squaring: the diagonal Padé approximant of degree 13 of the matrix over a power of
// two, squared as often (Moler and Van Loan, "Nineteen dubious ways to compute the exponential of a matrix", 2003).
#include <cmath>
#include <limits>
#include <vector>

#include "host/exec/linalg/lu.h"
#include "host/exec/linalg/wide.h"

namespace ingot::exec {
namespace {

constexpr int kDegree = 13;
// Up to this norm the approximant is off by 8 norm^26 (13!)^2 / (26! 27!), 3e-19 of the matrix.
constexpr double kNorm = 4;

// Of the numerator; the denominator has them with alternating signs.
std::vector<double> coefficients() {
  std::vector<double> c(kDegree + 1, 1);
  for (int j = 1; j <= kDegree; ++j)
    c[static_cast<std::size_t>(j)] =
        c[static_cast<std::size_t>(j - 1)] * (kDegree - j + 1) / (static_cast<double>(2 * kDegree - j + 1) * j);
  return c;
}

template <class S>
double one_norm(const Columns<S>& a) {
  double most = 0;
  for (std::int64_t j = 0; j < a.columns(); ++j) {
    double sum = 0;
    for (std::int64_t i = 0; i < a.rows(); ++i) sum += std::abs(a(i, j));
    if (!(sum <= most)) most = sum;
    if (std::isnan(sum)) return sum;
  }
  return most;
}

template <class S>
Columns<S> product(const Columns<S>& a, const Columns<S>& b) {
  Columns<S> c(a.rows(), b.columns());
  add_product(1, a, b, c);
  return c;
}

// C order is Fortran order of the transpose, whose exponential is the transpose of the one wanted.
template <class S>
void expm_of(const Batch& batch, std::int64_t matrix, int threads) {
  const std::int64_t n = batch.rows(), size = n * n;
  const Columns<S> a(n, n);
  widen(batch, batch.input(matrix).data, size, a.data());
  const double norm = one_norm(a);
  if (!std::isfinite(norm)) {
    std::fill_n(a.data(), size, S(std::numeric_limits<double>::quiet_NaN()));
    return narrow(batch, a.data(), size * batch.parts(), batch.result(matrix).data);
  }
  const int squarings = norm > kNorm ? std::ilogb(norm / kNorm) + 1 : 0;
  for (std::int64_t e = 0; e < size; ++e) a.data()[e] *= std::scalbn(1.0, -squarings);

  const std::vector<double> c = coefficients();
  const Columns<S> a2 = product(a, a), a4 = product(a2, a2), a6 = product(a4, a2);
  const auto combine = [&](double c0, double c2, double c4, double c6) {
    Columns<S> sum(n, n);
    for (std::int64_t e = 0; e < size; ++e) sum.data()[e] = c6 * a6.data()[e] + c4 * a4.data()[e] + c2 * a2.data()[e];
    for (std::int64_t i = 0; i < n; ++i) sum(i, i) += c0;
    return sum;
  };
  Columns<S> odd_sum = combine(c[1], c[3], c[5], c[7]), even = combine(c[0], c[2], c[4], c[6]);
  add_product(1, a6, combine(0, c[9], c[11], c[13]), odd_sum);
  add_product(1, a6, combine(0, c[8], c[10], c[12]), even);
  const Columns<S> odd = product(a, odd_sum);

  // Polynomials of one matrix commute, so that it does not matter that rows and columns are exchanged here: n rows of
  // the denominator, each followed by one of the numerator.
  const std::int64_t pitch = Blocked::pitch(2 * n);
  const Columns<S> system(pitch, n);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      system(j, i) = even(j, i) - odd(j, i);
      system(n + j, i) = even(j, i) + odd(j, i);
    }
  solve_in_place(blocked<S>(threads), reinterpret_cast<std::byte*>(system.data()), pitch, n, n);
  Columns<S> result(n, n);
  for (std::int64_t i = 0; i < n; ++i) std::copy_n(&system(n, i), n, &result(0, i));
  for (int k = 0; k < squarings; ++k) result = product(result, result);
  narrow(batch, result.data(), size * batch.parts(), batch.result(matrix).data);
}

}  // namespace

void run_expm(const RoutineCall& call) {
  const Batch batch("expm", call);
  const std::int64_t n = batch.rows();
  with_wide(batch, [&]<class S>() {
    batch.for_each(20 * n * n * n, {}, [&](std::int64_t i, int threads) {
      expm_of<S>(batch, i, threads);
      return true;
    });
  });
}

}  // namespace ingot::exec
