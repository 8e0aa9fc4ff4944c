// Judges a compiled body on inputs: how far its results are from the exact values.
//
// Results in float32 are measured against the body for float64, at whose 1 ULP of float64, judged in its turn, such a
// measurement is off by 2^-29 ULP; those in float64 against the C library's long double (wide.h). MPFR judges every
// input whose error may be the largest so far, so all that may be beyond the bound; those that are not known so well;
// and of float64 every 64th, which holds the measurements to their margin. An error is in units of the last place of
// the exact value rounded, or of its largest term where terms cancel (oracle::least_exponent); infinities, NaN and
// signs of zeros are either right or infinitely wrong.
#pragma once

#include "kernels/cpu/support.h"
#include "tests/accuracy/wide.h"
#include "tests/kernels/bodies.h"
#include "tests/oracle/exact.h"

namespace ingot::accuracy {
namespace {

struct Function {
  const char* name;
  Op op;
  int arity;
  double bound, low, high;
};

struct Findings {
  std::int64_t inputs = 0, by_mpfr = 0;
  std::int64_t mismeasured = 0;  // of the inputs that MPFR judged
  double worst = 0, mean = 0;    // the mean is of results that are numbers
  std::string where = "-";
  std::uint64_t hash = 0;  // of all results, in any order
};

template <class T>
constexpr DType kDType = sizeof(T) == 8 ? DType::Float64 : DType::Float32;

template <class T>
std::string shown(T x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", std::numeric_limits<T>::max_digits10, static_cast<double>(x));
  return text;
}

// Sums of these tell results apart, whatever the order they are added in.
template <class T>
std::uint64_t hash_of(const T* results, std::int64_t first, std::int64_t n) {
  using U = typename math::Scalar<T>::UInt;
  std::uint64_t sum = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const U bits = results[i] != results[i] ? U(math::Scalar<T>::nan) : std::bit_cast<U>(results[i]);
    std::uint64_t h = (static_cast<std::uint64_t>(first + i) * 0x9e3779b97f4a7c15u) ^ bits;
    h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93u;
    sum += h ^ (h >> 29);
  }
  return sum;
}

template <class T>
class Judge {
 public:
  /// Some of what is to come has an error of `known`, so that MPFR need not judge what is clearly below it.
  Judge(const Function& function, cpu::Level level, double known = 0)
      : function_(function), table_(cpu::support(level)), got_(kBlock), errors_(kBlock), known_(known) {}

  /// y is null for functions of one operand.
  void add(const T* x, const T* y, std::int64_t n) {
    for (std::int64_t i = 0; i < n; i += kBlock) {
      const std::int64_t count = std::min(kBlock, n - i);
      block(x + i, y != nullptr ? y + i : nullptr, count);
      found_.hash += hash_of(got_.data(), found_.inputs, count);
      found_.inputs += count;
    }
  }

  Findings findings() const {
    Findings found = found_;
    found.mean = sum_ / static_cast<double>(std::max<std::int64_t>(numbers_, 1));
    return found;
  }

  static constexpr std::int64_t kBlock = 4096;

 private:
  void block(const T* x, const T* y, std::int64_t n) {
    table_.apply[static_cast<int>(function_.op)][static_cast<int>(kDType<T>)](got_.data(), x, y, nullptr, n);
    measure(x, y, n);
    const auto may_be_worst = [&](std::int64_t i) { return errors_[i] + kMargin > std::max(found_.worst, known_); };
    bool close = sizeof(T) == 8;
    for (std::int64_t i = 0; i < n; ++i) close |= may_be_worst(i);
    for (std::int64_t i = 0; close && i < n; ++i) {
      if (may_be_worst(i) || (sizeof(T) == 8 && i % 64 == 0)) judge(x, y, i);
    }
    constexpr int kLanes = 8;
    double sums[kLanes] = {};
    std::int64_t counts[kLanes] = {};
    for (std::int64_t i = n; i % kLanes != 0; ++i) got_[i] = std::numeric_limits<T>::quiet_NaN();
    for (std::int64_t i = 0; i < n; i += kLanes) {
      for (int k = 0; k < kLanes; ++k) {
        const bool number = std::fabs(got_[i + k]) <= std::numeric_limits<T>::max() && errors_[i + k] < HUGE_VAL;
        sums[k] += number ? errors_[i + k] : 0;
        counts[k] += number;
      }
    }
    for (int k = 0; k < kLanes; ++k) {
      sum_ += sums[k];
      numbers_ += counts[k];
    }
  }

  static constexpr double kMargin = sizeof(T) == 8 ? kWideMargin : 0.001;

  void measure(const double* x, const double* y, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) {
      const Wide want = wide(function_.op, x[i], y != nullptr ? y[i] : 0);
      const double near = static_cast<double>(want), got = got_[i];
      if (near == 0 || !(std::fabs(near) <= std::numeric_limits<double>::max())) {
        errors_[i] = got == near && std::signbit(got) == std::signbit(near) ? 0.0 : HUGE_VAL;
      } else {
        const int exponent = std::max(std::ilogb(near), std::numeric_limits<double>::min_exponent - 1);
        errors_[i] = static_cast<double>(std::fabs(std::scalbn(got - want, 52 - exponent)));
      }
    }
  }

  // Against the body for float64.
  void measure(const float* x, const float* y, std::int64_t n) {
    wide_x_.assign(x, x + n);
    if (y != nullptr) wide_y_.assign(y, y + n);
    want_.resize(static_cast<std::size_t>(n));
    table_.apply[static_cast<int>(function_.op)][static_cast<int>(DType::Float64)](want_.data(), wide_x_.data(),
                                                                                   wide_y_.data(), nullptr, n);
    for (std::int64_t i = 0; i < n; ++i) {
      const float near = static_cast<float>(want_[i]), got = got_[i];
      const auto near_bits = std::bit_cast<std::uint32_t>(near), got_bits = std::bit_cast<std::uint32_t>(got);
      const std::uint32_t magnitude = near_bits & 0x7fffffffu, exponent = magnitude >> 23;
      const std::uint64_t unit = static_cast<std::uint64_t>(1023 + 150 - (exponent > 1 ? exponent : 1)) << 52;
      const double error = std::fabs(got - want_[i]) * std::bit_cast<double>(unit);
      const bool special = magnitude >= 0x7f800000u || (got_bits & 0x7fffffffu) >= 0x7f800000u ||
                           ((magnitude == 0) & ((got_bits & 0x7fffffffu) == 0));
      const bool right = near_bits == got_bits || ((near != near) & (got != got));
      errors_[i] = special ? (right ? 0.0 : HUGE_VAL) : error;
    }
  }

  void judge(const T* x, const T* y, std::int64_t i) {
    ++found_.by_mpfr;
    oracle::exact(exact_, function_.op, x[i], y != nullptr ? y[i] : 0);
    const double measured = errors_[i], error = math::ulps(got_[i], exact_);
    const long least = oracle::least_exponent(function_.op, x[i]);
    const bool cancels = mpfr_regular_p(exact_) && mpfr_get_exp(exact_) < least;
    errors_[i] = cancels ? std::ldexp(error, static_cast<int>(mpfr_get_exp(exact_) - least)) : error;
    found_.mismeasured += !cancels && measured < HUGE_VAL && !(std::fabs(measured - error) <= kMargin);
    if (!(errors_[i] > found_.worst)) return;
    found_.worst = errors_[i];
    found_.where = shown(x[i]) + (y != nullptr ? ", " + shown(y[i]) : "");
  }

  const Function& function_;
  const cpu::Support& table_;
  std::vector<T> got_;
  std::vector<double> errors_, wide_x_, wide_y_, want_;
  math::Big exact_{160};
  Findings found_;
  const double known_;
  double sum_ = 0;
  std::int64_t numbers_ = 0;
};

}  // namespace
}  // namespace ingot::accuracy
