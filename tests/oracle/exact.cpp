#include "tests/oracle/exact.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace ingot::oracle {
namespace {

constexpr mpfr_prec_t kPrecision = 160;
// Holds floor(x / y) of any two doubles.
constexpr mpfr_prec_t kQuotientPrecision = 2200;
constexpr mpfr_prec_t kSumPrecision = 400;
constexpr double kWrong = std::numeric_limits<double>::infinity();

class Number {
 public:
  explicit Number(mpfr_prec_t precision) { mpfr_init2(value_, precision); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  ~Number() { mpfr_clear(value_); }
  operator mpfr_ptr() { return value_; }

 private:
  mpfr_t value_;
};

struct Format {
  int precision;
  int least;     // exponent of the smallest subnormal
  int overflow;  // exponent of the first power of two that is too large
};

Format format(DType dtype) { return dtype == DType::Float32 ? Format{24, -149, 128} : Format{53, -1074, 1024}; }

double round_to(mpfr_ptr value, DType dtype) {
  return dtype == DType::Float32 ? mpfr_get_flt(value, MPFR_RNDN) : mpfr_get_d(value, MPFR_RNDN);
}

void logistic(mpfr_ptr result, mpfr_ptr x) {
  mpfr_neg(result, x, MPFR_RNDN);
  mpfr_exp(result, result, MPFR_RNDN);
  mpfr_add_ui(result, result, 1, MPFR_RNDN);
  mpfr_ui_div(result, 1, result, MPFR_RNDN);
}

void ratio_of_sine(mpfr_ptr result, mpfr_ptr x) {
  thread_local Number angle(kPrecision);
  if (mpfr_zero_p(x)) {
    mpfr_set_ui(result, 1, MPFR_RNDN);
    return;
  }
  mpfr_const_pi(angle, MPFR_RNDN);
  mpfr_mul(angle, angle, x, MPFR_RNDN);
  mpfr_sinpi(result, x, MPFR_RNDN);
  mpfr_div(result, result, angle, MPFR_RNDN);
}

void log_of_odds(mpfr_ptr result, mpfr_ptr x) {
  mpfr_ui_sub(result, 1, x, MPFR_RNDN);
  mpfr_div(result, x, result, MPFR_RNDN);
  mpfr_log(result, result, MPFR_RNDN);
}

// x / 2 * erfc(-x / sqrt(2)), and its limit at -infinity.
void normal_gate(mpfr_ptr result, mpfr_ptr x) {
  if (mpfr_inf_p(x) && mpfr_signbit(x)) {
    mpfr_set_zero(result, -1);
    return;
  }
  mpfr_sqrt_ui(result, 2, MPFR_RNDN);
  mpfr_div(result, x, result, MPFR_RNDN);
  mpfr_neg(result, result, MPFR_RNDN);
  mpfr_erfc(result, result, MPFR_RNDN);
  mpfr_mul(result, result, x, MPFR_RNDN);
  mpfr_div_2ui(result, result, 1, MPFR_RNDN);
}

// Zero far below, where MPFR's exponents would still do.
void gamma(mpfr_ptr result, mpfr_ptr x) {
  if (mpfr_cmp_si(x, -1000) >= 0 || mpfr_integer_p(x) || mpfr_inf_p(x)) {
    mpfr_gamma(result, x, MPFR_RNDN);
    return;
  }
  mpfr_set_zero(result, std::fmod(std::floor(mpfr_get_d(x, MPFR_RNDN)), 2) == 0 ? 1 : -1);
}

void derivative_of_log_gamma(mpfr_ptr result, mpfr_ptr x) {
  if (mpfr_zero_p(x)) return mpfr_set_inf(result, mpfr_signbit(x) ? 1 : -1);
  mpfr_digamma(result, x, MPFR_RNDN);
}

// By Newton's steps: on erf below 1/2, beyond it on log(erfc), which is concave.
void inverse_of_erf(mpfr_ptr result, mpfr_ptr x) {
  thread_local Number size(kPrecision), left(kPrecision), y(kPrecision), step(kPrecision), slope(kPrecision);
  mpfr_abs(size, x, MPFR_RNDN);
  if (mpfr_zero_p(x)) {
    mpfr_set(result, x, MPFR_RNDN);
    return;
  }
  if (mpfr_nan_p(x) || mpfr_cmp_ui(size, 1) >= 0) {
    mpfr_set_inf(result, mpfr_sgn(x));
    if (mpfr_nan_p(x) || mpfr_cmp_ui(size, 1) > 0) mpfr_set_nan(result);
    return;
  }
  mpfr_ui_sub(left, 1, size, MPFR_RNDN);
  mpfr_set(y, size, MPFR_RNDN);
  const bool below_half = mpfr_cmp_d(size, 0.5) < 0;
  for (bool settled = false; !settled;) {
    mpfr_const_pi(slope, MPFR_RNDN);  // exp(y^2) sqrt(pi) / 2
    mpfr_sqrt(slope, slope, MPFR_RNDN);
    mpfr_div_2ui(slope, slope, 1, MPFR_RNDN);
    mpfr_sqr(step, y, MPFR_RNDN);
    mpfr_exp(step, step, MPFR_RNDN);
    mpfr_mul(slope, slope, step, MPFR_RNDN);
    if (below_half) {
      mpfr_erf(step, y, MPFR_RNDN);
      mpfr_sub(step, size, step, MPFR_RNDN);
    } else {
      mpfr_erfc(step, y, MPFR_RNDN);
      mpfr_mul(slope, slope, step, MPFR_RNDN);
      mpfr_div(step, step, left, MPFR_RNDN);
      mpfr_log(step, step, MPFR_RNDN);
    }
    mpfr_mul(step, step, slope, MPFR_RNDN);
    mpfr_add(y, y, step, MPFR_RNDN);
    settled = mpfr_zero_p(step) || mpfr_get_exp(step) < mpfr_get_exp(y) - kPrecision / 2 - 8;
  }
  mpfr_copysign(result, y, x, MPFR_RNDN);
}

// The sum of (x^2 / 4)^k / k!^2, from 90 on exp(x) / sqrt(2 pi x) times that of ((2 k - 1)!!)^2 / (k! (8 x)^k).
void bessel_i0(mpfr_ptr result, mpfr_ptr x) {
  thread_local Number size(kPrecision), factor(kPrecision), term(kPrecision), sum(kPrecision);
  mpfr_abs(size, x, MPFR_RNDN);
  if (!mpfr_number_p(x) || mpfr_cmp_ui(size, 2000) > 0) {
    mpfr_set_inf(result, 1);
    if (mpfr_nan_p(x)) mpfr_set_nan(result);
    return;
  }
  const bool far = mpfr_cmp_ui(size, 90) > 0;
  mpfr_sqr(factor, size, MPFR_RNDN);
  mpfr_div_2ui(factor, factor, 2, MPFR_RNDN);
  mpfr_set_ui(term, 1, MPFR_RNDN);
  mpfr_set_ui(sum, 1, MPFR_RNDN);
  for (unsigned long k = 1; mpfr_regular_p(term) && mpfr_get_exp(term) > mpfr_get_exp(sum) - kPrecision; ++k) {
    if (far) {
      mpfr_mul_ui(term, term, (2 * k - 1) * (2 * k - 1), MPFR_RNDN);
      mpfr_div_ui(term, term, 8 * k, MPFR_RNDN);
      mpfr_div(term, term, size, MPFR_RNDN);
    } else {
      mpfr_mul(term, term, factor, MPFR_RNDN);
      mpfr_div_ui(term, term, k * k, MPFR_RNDN);
    }
    mpfr_add(sum, sum, term, MPFR_RNDN);
  }
  if (far) {
    mpfr_exp(term, size, MPFR_RNDN);
    mpfr_mul(sum, sum, term, MPFR_RNDN);
    mpfr_const_pi(term, MPFR_RNDN);
    mpfr_mul(term, term, size, MPFR_RNDN);
    mpfr_mul_2ui(term, term, 1, MPFR_RNDN);
    mpfr_sqrt(term, term, MPFR_RNDN);
    mpfr_div(sum, sum, term, MPFR_RNDN);
  }
  mpfr_set(result, sum, MPFR_RNDN);
}

// The larger operand and log(1 + exp(smaller - larger)), which cancel by up to 120 bits or so.
void log_of_sum(mpfr_ptr result, mpfr_ptr x, mpfr_ptr y) {
  thread_local Number more(kSumPrecision);
  const bool x_larger = mpfr_greater_p(x, y) != 0;
  const mpfr_ptr larger = x_larger ? x : y;
  if (mpfr_inf_p(larger) && !mpfr_nan_p(x) && !mpfr_nan_p(y)) {
    mpfr_set(result, larger, MPFR_RNDN);
    return;
  }
  mpfr_sub(more, x_larger ? y : x, larger, MPFR_RNDN);
  mpfr_exp(more, more, MPFR_RNDN);
  mpfr_log1p(more, more, MPFR_RNDN);
  mpfr_add(result, larger, more, MPFR_RNDN);
}

}  // namespace

// Of the reflections that define the two below zero: log(pi); digamma(-x), 1 / x and pi / tan(pi x).
long least_exponent(Op op, double x) {
  if (!(x < 0) || (op != Op::lgamma && op != Op::digamma)) return std::numeric_limits<int>::min();
  if (op == Op::lgamma) return 1;
  thread_local Number term(kPrecision), tangent(kPrecision);
  long largest = std::ilogb(1 / x) + 1L;
  const auto add = [&](mpfr_srcptr t) {
    if (mpfr_regular_p(t)) largest = std::max<long>(largest, mpfr_get_exp(t));
  };
  mpfr_set_d(term, -x, MPFR_RNDN);
  mpfr_tanpi(tangent, term, MPFR_RNDN);
  mpfr_digamma(term, term, MPFR_RNDN);
  add(term);
  mpfr_const_pi(term, MPFR_RNDN);
  mpfr_div(term, term, tangent, MPFR_RNDN);
  add(term);
  return largest;
}

void exact(mpfr_ptr result, Op op, double x, double y) {
  thread_local Number a(53), b(53);
  mpfr_set_d(a, x, MPFR_RNDN);
  mpfr_set_d(b, y, MPFR_RNDN);
  switch (op) {
    case Op::add: mpfr_add(result, a, b, MPFR_RNDN); return;
    case Op::subtract: mpfr_sub(result, a, b, MPFR_RNDN); return;
    case Op::multiply: mpfr_mul(result, a, b, MPFR_RNDN); return;
    case Op::divide: mpfr_div(result, a, b, MPFR_RNDN); return;
    case Op::square: mpfr_sqr(result, a, MPFR_RNDN); return;
    case Op::reciprocal: mpfr_ui_div(result, 1, a, MPFR_RNDN); return;
    case Op::sqrt: mpfr_sqrt(result, a, MPFR_RNDN); return;
    case Op::rsqrt:
      mpfr_rec_sqrt(result, a, MPFR_RNDN);
      if (x == 0 && std::signbit(x))
        mpfr_neg(result, result, MPFR_RNDN);  // IEEE 754's 1 / sqrt(-0) is -inf, MPFR's is not
      return;
    case Op::exp:
    case Op::fast_exp: mpfr_exp(result, a, MPFR_RNDN); return;
    case Op::log:
    case Op::fast_log: mpfr_log(result, a, MPFR_RNDN); return;
    case Op::sin:
    case Op::fast_sin: mpfr_sin(result, a, MPFR_RNDN); return;
    case Op::cos:
    case Op::fast_cos: mpfr_cos(result, a, MPFR_RNDN); return;
    case Op::tanh:
    case Op::fast_tanh: mpfr_tanh(result, a, MPFR_RNDN); return;
    case Op::exp2: mpfr_exp2(result, a, MPFR_RNDN); return;
    case Op::exp10: mpfr_exp10(result, a, MPFR_RNDN); return;
    case Op::expm1: mpfr_expm1(result, a, MPFR_RNDN); return;
    case Op::log2: mpfr_log2(result, a, MPFR_RNDN); return;
    case Op::log10: mpfr_log10(result, a, MPFR_RNDN); return;
    case Op::log1p: mpfr_log1p(result, a, MPFR_RNDN); return;
    case Op::sinh: mpfr_sinh(result, a, MPFR_RNDN); return;
    case Op::cosh: mpfr_cosh(result, a, MPFR_RNDN); return;
    case Op::asinh: mpfr_asinh(result, a, MPFR_RNDN); return;
    case Op::acosh: mpfr_acosh(result, a, MPFR_RNDN); return;
    case Op::atanh: mpfr_atanh(result, a, MPFR_RNDN); return;
    case Op::sigmoid: logistic(result, a); return;
    case Op::cbrt: mpfr_cbrt(result, a, MPFR_RNDN); return;
    case Op::hypot: mpfr_hypot(result, a, b, MPFR_RNDN); return;
    case Op::logaddexp: log_of_sum(result, a, b); return;
    case Op::tan: mpfr_tan(result, a, MPFR_RNDN); return;
    case Op::asin: mpfr_asin(result, a, MPFR_RNDN); return;
    case Op::acos: mpfr_acos(result, a, MPFR_RNDN); return;
    case Op::atan: mpfr_atan(result, a, MPFR_RNDN); return;
    case Op::atan2: mpfr_atan2(result, a, b, MPFR_RNDN); return;
    case Op::erf: mpfr_erf(result, a, MPFR_RNDN); return;
    case Op::erfc: mpfr_erfc(result, a, MPFR_RNDN); return;
    case Op::sinpi: mpfr_sinpi(result, a, MPFR_RNDN); return;
    case Op::cospi: mpfr_cospi(result, a, MPFR_RNDN); return;
    case Op::tanpi: mpfr_tanpi(result, a, MPFR_RNDN); return;
    case Op::sinc: ratio_of_sine(result, a); return;
    case Op::logit: log_of_odds(result, a); return;
    case Op::gelu: normal_gate(result, a); return;
    case Op::erfinv: inverse_of_erf(result, a); return;
    case Op::i0: bessel_i0(result, a); return;
    case Op::tgamma: gamma(result, a); return;
    case Op::lgamma: {
      int sign = 0;
      mpfr_lgamma(result, &sign, a, MPFR_RNDN);
      return;
    }
    case Op::digamma: derivative_of_log_gamma(result, a); return;
    case Op::pow:
    case Op::fast_pow: mpfr_pow(result, a, b, MPFR_RNDN); return;
    default: throw std::logic_error("the oracle has no MPFR function for " + std::string(info(op).name));
  }
}

double rounded(Op op, DType dtype, double x, double y) {
  thread_local Number value(kPrecision);
  exact(value, op, x, y);
  return round_to(value, dtype);
}

double distance(Op op, DType dtype, double x, double y, double got) {
  thread_local Number value(kPrecision), difference(kPrecision);
  exact(value, op, x, y);
  if (mpfr_nan_p(value)) return std::isnan(got) ? 0 : kWrong;
  const long term = least_exponent(op, x);  // below it even the sign may be wrong
  const bool cancels = mpfr_regular_p(value) && mpfr_get_exp(value) < term;
  if (std::isnan(got) || ((mpfr_signbit(value) != 0) != std::signbit(got) && !cancels)) return kWrong;
  const Format f = format(dtype);
  // Overflow stands for the power of two that is next to the largest number.
  if (std::isinf(got) && (mpfr_inf_p(value) || (mpfr_regular_p(value) && mpfr_get_exp(value) > f.overflow))) return 0;
  if (mpfr_inf_p(value)) return kWrong;
  if (mpfr_zero_p(value)) return got == 0 ? 0 : kWrong;
  if (std::isinf(got)) {
    mpfr_set_si_2exp(difference, got > 0 ? 1 : -1, f.overflow, MPFR_RNDN);
  } else {
    mpfr_set_d(difference, got, MPFR_RNDN);
  }
  mpfr_sub(difference, value, difference, MPFR_RNDA);
  // MPFR's significands are in [1/2, 1).
  const long last_place =
      std::max({static_cast<long>(mpfr_get_exp(value)) - f.precision, term - f.precision, static_cast<long>(f.least)});
  mpfr_mul_2si(difference, difference, -last_place, MPFR_RNDA);
  mpfr_abs(difference, difference, MPFR_RNDA);
  return mpfr_get_d(difference, MPFR_RNDU);
}

double floor_quotient(DType dtype, double x, double y) {
  thread_local Number quotient(kQuotientPrecision), divisor(53);
  mpfr_set_d(quotient, x, MPFR_RNDN);
  mpfr_set_d(divisor, y, MPFR_RNDN);
  mpfr_div(quotient, quotient, divisor, MPFR_RNDD);
  mpfr_floor(quotient, quotient);
  return round_to(quotient, dtype);
}

}  // namespace ingot::oracle
