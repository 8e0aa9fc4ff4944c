#include "reference.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace bench::reference {

double sqrt_sin(double x) { return std::sqrt(x) + std::sin(x); }

double chain(double x) {
  for (int step = 0; step < 10; ++step) x = sqrt_sin(x);
  return x;
}

double identity(double x) { return x; }

double root(double x) { return std::sqrt(x); }

Sums Sums::replaced(double old_value, double new_value) const {
  Sums result = *this;
  result.sum += static_cast<long double>(new_value) - old_value;
  result.squares += static_cast<long double>(new_value) * new_value - static_cast<long double>(old_value) * old_value;
  result.max = std::max(max, new_value);
  return result;
}

double Sums::mean(std::int64_t n) const { return static_cast<double>(sum / n); }

double Sums::stddev(std::int64_t n) const {
  const long double m = sum / n;
  return static_cast<double>(std::sqrt(squares / n - m * m));
}

Sums sums(const double* x, std::int64_t n, Map map) {
  Sums all{.max = -std::numeric_limits<double>::infinity()};
#pragma omp parallel
  {
    Sums mine{.max = -std::numeric_limits<double>::infinity()};
#pragma omp for
    for (std::int64_t i = 0; i < n; ++i) {
      const double v = map(x[i]);
      mine.sum += v;
      mine.squares += static_cast<long double>(v) * v;
      mine.max = std::max(mine.max, v);
    }
#pragma omp critical
    {
      all.sum += mine.sum;
      all.squares += mine.squares;
      all.max = std::max(all.max, mine.max);
    }
  }
  return all;
}

double ulps(double got, double expected) {
  if (std::isnan(got) || std::isnan(expected)) return std::isnan(got) == std::isnan(expected) ? 0 : HUGE_VAL;
  const auto ordered = [](double v) {
    const auto bits = std::bit_cast<std::int64_t>(v);
    return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
  };
  const std::int64_t a = ordered(got), b = ordered(expected);
  const auto far = a > b ? static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b)
                         : static_cast<std::uint64_t>(b) - static_cast<std::uint64_t>(a);
  return static_cast<double>(far);
}

double worst(const double* x, const double* out, std::int64_t n, Map map) {
  double most = 0;
#pragma omp parallel for reduction(max : most)
  for (std::int64_t i = 0; i < n; ++i) most = std::max(most, ulps(out[i], map(x[i])));
  return most;
}

double worst_difference(const double* got, const double* expected, std::int64_t n, double scale) {
  double most = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double difference = std::abs(got[i] - expected[i]) / std::max(scale, std::abs(expected[i]));
    most = std::isnan(difference) ? HUGE_VAL : std::max(most, difference);
  }
  return most;
}

}  // namespace bench::reference
