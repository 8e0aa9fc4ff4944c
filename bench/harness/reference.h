// The values that results are checked against: plain scalar code over libm, one element at a time, summed in long
// double.
#pragma once

#include <cstdint>

namespace bench::reference {

/// sqrt(x) + sin(x)
double sqrt_sin(double x);
/// The same, ten times.
double chain(double x);
double identity(double x);
double root(double x);

using Map = double (*)(double);

struct Sums {
  long double sum = 0, squares = 0;
  double max = 0;

  /// One element replaced; its old value must not have been the only maximum, unless the new one is larger.
  Sums replaced(double old_value, double new_value) const;
  double mean(std::int64_t n) const;
  double stddev(std::int64_t n) const;
};

Sums sums(const double* x, std::int64_t n, Map map);

/// Distance in units in the last place; huge if one is NaN and the other is not.
double ulps(double got, double expected);

/// Largest distance of out[i] from map(x[i]).
double worst(const double* x, const double* out, std::int64_t n, Map map);

/// Largest difference relative to |expected|, or to scale where that is larger.
double worst_difference(const double* got, const double* expected, std::int64_t n, double scale);

}  // namespace bench::reference
