// What the array API standard says of special values, as tables of rules that are checked one by one.
#pragma once

#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace ingot::tests {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kPi = std::numbers::pi;

/// Numbers for rules that speak of all numbers of a kind; every float dtype holds them.
inline const std::vector<double> kPositive = {0.375, 1, 3, 1024};
inline const std::vector<double> kNegative = {-0.375, -1, -3, -1024};
inline const std::vector<double> kFinite = {-1024, -3, -1, -0.375, -0.0, 0.0, 0.375, 1, 3, 1024};
inline const std::vector<double> kNonzero = {-kInf, -1024, -3, -1, -0.375, 0.375, 1, 3, 1024, kInf};
inline const std::vector<double> kNumber = {-kInf, -1024, -3, -1, -0.375, -0.0, 0.0, 0.375, 1, 3, 1024, kInf};
inline const std::vector<double> kAnything = {-kInf, -1024, -3, -1, -0.375, -0.0, 0.0, 0.375, 1, 3, 1024, kInf, kNaN};

/// What a rule expects: a number, to the bit but for NaN; "an implementation-dependent approximation" of one, to a unit
/// in the last place; or a function of the operands. Bool results are 0 and 1.
class Expected {
 public:
  using Function = double (*)(double x1, double x2);
  Expected(double value) : value_(value) {}
  Expected(Function of) : of_(of) {}
  static Expected about(double value) {
    Expected expected(value);
    expected.about_ = true;
    return expected;
  }

  double of(double x1, double x2) const { return of_ != nullptr ? of_(x1, x2) : value_; }
  bool is_approximate() const { return about_; }

 private:
  double value_ = 0;
  Function of_ = nullptr;
  bool about_ = false;
};

inline double first(double x1, double) { return x1; }
inline double second(double, double x2) { return x2; }
inline double negative_of_first(double x1, double) { return -x1; }
inline double negative_of_second(double, double x2) { return -x2; }
inline double size_of_first(double x1, double) { return std::fabs(x1); }
inline double negative_size_of_first(double x1, double) { return -std::fabs(x1); }

/// For each x1, and each x2 of a function of two operands, `function` gives what is expected.
struct Rule {
  const char* function;  // a row of kernels/ops.def
  const char* words;     // of the standard
  std::vector<double> x1, x2;
  Expected expected;
};

/// Checks the rules in float32 and float64, each with its operands repeated over several vectors and with each operand
/// as a scalar. A rule whose function the table of ops does not have fails.
void check(std::span<const Rule> rules);

}  // namespace ingot::tests
