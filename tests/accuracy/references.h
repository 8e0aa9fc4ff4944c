// What the rows of ops.def that are not exact compute, in MPFR. A row without a reference fails a test.
#pragma once

#include <string_view>
#include <utility>

#include "tests/kernels/bodies.h"

namespace ingot::accuracy {
namespace {

/// z = op(x, y), rounded to z's precision; y is null for an op of one operand.
using Reference = void (*)(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr y);

template <auto F>
void of_one(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr) {
  F(z, x, MPFR_RNDN);
}
template <auto F>
void of_two(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr y) {
  F(z, x, y, MPFR_RNDN);
}

void reciprocal(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr) { mpfr_ui_div(z, 1, x, MPFR_RNDN); }

// MPFR has +inf at -0; IEEE 754 has -inf, as 1 / sqrt(-0).
void rsqrt(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr) {
  mpfr_zero_p(x) ? mpfr_ui_div(z, 1, x, MPFR_RNDN) : mpfr_rec_sqrt(z, x, MPFR_RNDN);
}

void sigmoid(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr) {
  mpfr_neg(z, x, MPFR_RNDN);
  mpfr_exp(z, z, MPFR_RNDN);
  mpfr_add_ui(z, z, 1, MPFR_RNDN);
  mpfr_ui_div(z, 1, z, MPFR_RNDN);
}

// sin(pi x) / (pi x), the limit at 0.
void sinc(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr) {
  if (mpfr_zero_p(x)) {
    mpfr_set_ui(z, 1, MPFR_RNDN);
    return;
  }
  static math::Big angle;
  mpfr_const_pi(angle, MPFR_RNDN);
  mpfr_mul(angle, angle, x, MPFR_RNDN);
  mpfr_sinpi(z, x, MPFR_RNDN);
  mpfr_div(z, z, angle, MPFR_RNDN);
}

void logit(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr) {
  mpfr_ui_sub(z, 1, x, MPFR_RNDN);
  mpfr_div(z, x, z, MPFR_RNDN);
  mpfr_log(z, z, MPFR_RNDN);
}

// x / 2 * erfc(-x / sqrt(2)), the limit at -inf.
void gelu(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr) {
  if (mpfr_inf_p(x) && mpfr_signbit(x)) return mpfr_set_zero(z, -1);
  mpfr_sqrt_ui(z, 2, MPFR_RNDN);
  mpfr_div(z, x, z, MPFR_RNDN);
  mpfr_neg(z, z, MPFR_RNDN);
  mpfr_erfc(z, z, MPFR_RNDN);
  mpfr_mul(z, z, x, MPFR_RNDN);
  mpfr_div_2ui(z, z, 1, MPFR_RNDN);
}

void lgamma(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr) {
  int sign;
  mpfr_lgamma(z, &sign, x, MPFR_RNDN);
}

// In 400 bits, since the larger operand and the rest cancel by up to 120.
void logaddexp(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr y) {
  static math::Big rest(400);
  if (mpfr_nan_p(x) || mpfr_nan_p(y)) return mpfr_set_nan(z);
  if (mpfr_less_p(x, y)) std::swap(x, y);
  mpfr_set_ui(rest, 0, MPFR_RNDN);
  if (!mpfr_inf_p(x)) {
    mpfr_sub(rest, y, x, MPFR_RNDN);
    mpfr_exp(rest, rest, MPFR_RNDN);
    mpfr_log1p(rest, rest, MPFR_RNDN);
  }
  mpfr_add(z, x, rest, MPFR_RNDN);
}

struct NamedReference {
  std::string_view op;
  Reference compute;
};
constexpr NamedReference kReferences[] = {
    {"square", of_one<mpfr_sqr>},
    {"reciprocal", reciprocal},
    {"sqrt", of_one<mpfr_sqrt>},
    {"rsqrt", rsqrt},
    {"exp", of_one<mpfr_exp>},
    {"exp2", of_one<mpfr_exp2>},
    {"exp10", of_one<mpfr_exp10>},
    {"expm1", of_one<mpfr_expm1>},
    {"log", of_one<mpfr_log>},
    {"log2", of_one<mpfr_log2>},
    {"log10", of_one<mpfr_log10>},
    {"log1p", of_one<mpfr_log1p>},
    {"sinh", of_one<mpfr_sinh>},
    {"cosh", of_one<mpfr_cosh>},
    {"tanh", of_one<mpfr_tanh>},
    {"asinh", of_one<mpfr_asinh>},
    {"acosh", of_one<mpfr_acosh>},
    {"atanh", of_one<mpfr_atanh>},
    {"sigmoid", sigmoid},
    {"cbrt", of_one<mpfr_cbrt>},
    {"sin", of_one<mpfr_sin>},
    {"cos", of_one<mpfr_cos>},
    {"tan", of_one<mpfr_tan>},
    {"asin", of_one<mpfr_asin>},
    {"acos", of_one<mpfr_acos>},
    {"atan", of_one<mpfr_atan>},
    {"sinpi", of_one<mpfr_sinpi>},
    {"cospi", of_one<mpfr_cospi>},
    {"tanpi", of_one<mpfr_tanpi>},
    {"erf", of_one<mpfr_erf>},
    {"erfc", of_one<mpfr_erfc>},
    {"gamma", of_one<mpfr_gamma>},
    {"tgamma", of_one<mpfr_gamma>},
    {"lgamma", lgamma},
    {"sinc", sinc},
    {"logit", logit},
    {"gelu", gelu},
    {"digamma", of_one<mpfr_digamma>},
    {"add", of_two<mpfr_add>},
    {"subtract", of_two<mpfr_sub>},
    {"multiply", of_two<mpfr_mul>},
    {"divide", of_two<mpfr_div>},
    {"pow", of_two<mpfr_pow>},
    {"hypot", of_two<mpfr_hypot>},
    {"logaddexp", logaddexp},
    {"atan2", of_two<mpfr_atan2>},
};

}  // namespace
}  // namespace ingot::accuracy
