// What the tests of the bodies share: operands, and how far a body is from the exact value, which MPFR knows.
//
// INGOT_MATH_SAMPLES multiplies the samples of the accuracy tests (default 1, 20,000 operands to a sampling stratum).
#pragma once

#include <gtest/gtest.h>
#include <mpfr.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/math/math.h"
#include "tests/oracle/exact.h"

namespace ingot::math {
namespace {

constexpr std::uint64_t kSeed = 20240613;

struct OpRow {
  const char* name;
  double ulp, low, high;
};
constexpr OpRow kOps[] = {
#define INGOT_OP(name, arity, operands, result, properties, cost, ulp, low, high, doc) {#name, ulp, low, high},
#include "kernels/ops.def"
};
[[maybe_unused]] const OpRow& row(const std::string& name) {
  for (const OpRow& r : kOps)
    if (r.name == name) return r;
  throw std::runtime_error("no op " + name);
}

[[maybe_unused]] int samples(int base = 20000) {
  const char* scale = std::getenv("INGOT_MATH_SAMPLES");
  return scale ? static_cast<int>(base * std::atof(scale)) : base;
}

template <class T>
std::string text(T x) {
  char buffer[80];
  if constexpr (std::is_floating_point_v<T>) {
    std::snprintf(buffer, sizeof buffer, "%a (%.17g)", static_cast<double>(x), static_cast<double>(x));
    return buffer;
  } else {
    return std::to_string(x);
  }
}

template <class T>
bool same(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  }
  return std::memcmp(&a, &b, sizeof a) == 0;
}

// Of any kind: special values, all binades, small integers and an interval around 0.
template <class T>
__attribute__((noinline)) T operand(std::mt19937_64& random) {
  if constexpr (std::is_floating_point_v<T>) {
    using U = typename Scalar<T>::UInt;
    using L = std::numeric_limits<T>;
    const T specials[] = {
        0,         T(-0.0),   1,         -1,      L::infinity(), -L::infinity(), L::quiet_NaN(), L::denorm_min(),
        L::max(),  L::min(),  T(0.5),    T(-1.5), T(2.5),        T(1e5),         T(1e10),        T(-0x1p31),
        T(0x1p31), T(0x1p63), T(0x1p64), T(255.5)};
    switch (random() % 8) {
      case 0: return specials[random() % std::size(specials)];
      case 1:
      case 2: return std::bit_cast<T>(static_cast<U>(random()));
      case 3: return static_cast<T>(static_cast<i64>(random()));
      case 4: return static_cast<T>(static_cast<int>(random() % 64) - 32);
      default: return static_cast<T>((static_cast<double>(random() >> 11) * 0x1p-53 - 0.5) * 40);
    }
  } else {
    const T specials[] = {0, 1,  T(-1), smallest_integer<T>, largest_integer<T>, T(largest_integer<T> - 1), 7,
                          8, 63, 64};
    switch (random() % 4) {
      case 0: return specials[random() % std::size(specials)];
      case 1: return static_cast<T>(static_cast<int>(random() % 32) - 8);
      case 2: return static_cast<T>(random() >> (random() % 64));
      default: return static_cast<T>(random());
    }
  }
}

template <class T>
constexpr const char* type_name() {
  if constexpr (std::is_same_v<T, f32>)
    return "f32";
  else if constexpr (std::is_same_v<T, f64>)
    return "f64";
  else if constexpr (sizeof(T) == 1)
    return Scalar<T>::is_signed ? "i8" : "u8";
  else if constexpr (sizeof(T) == 2)
    return Scalar<T>::is_signed ? "i16" : "u16";
  else if constexpr (sizeof(T) == 4)
    return Scalar<T>::is_signed ? "i32" : "u32";
  else
    return Scalar<T>::is_signed ? "i64" : "u64";
}

class Big {
 public:
  explicit Big(int bits = 220) { mpfr_init2(value_, bits); }
  ~Big() { mpfr_clear(value_); }
  Big(const Big&) = delete;
  Big& operator=(const Big&) = delete;
  operator mpfr_ptr() { return value_; }

 private:
  mpfr_t value_;
};

template <class T>
T nearest(mpfr_t x) {
  // Rounding to double first would round twice; mpfr_get_flt does not know subnormals of float otherwise.
  if constexpr (sizeof(T) == 8)
    return mpfr_get_d(x, MPFR_RNDN);
  else
    return mpfr_get_flt(x, MPFR_RNDN);
}

// Distance of got from the exact value, in units of the last place of the exact value rounded.
template <class T>
double ulps(T got, mpfr_t exact) {
  const T near = nearest<T>(exact);
  if (std::isnan(near) || std::isnan(got)) return std::isnan(near) && std::isnan(got) ? 0 : HUGE_VAL;
  if (std::isinf(near) || std::isinf(got)) return near == got ? 0 : HUGE_VAL;
  if (near == 0 && got == 0) return std::signbit(near) == std::signbit(got) ? 0 : HUGE_VAL;
  using L = std::numeric_limits<T>;
  int exponent = L::min_exponent;
  if (std::fabs(near) >= L::min()) std::frexp(near, &exponent);
  static Big difference;
  mpfr_d_sub(difference, got, exact, MPFR_RNDN);
  mpfr_mul_2si(difference, difference, L::digits - exponent, MPFR_RNDN);
  return std::fabs(mpfr_get_d(difference, MPFR_RNDN));
}

// Operands that stress every function: all binades, the op's usual interval, the neighbourhood of 1, multiples of pi /
// 2, the ends of the exponential's range, and special values.
template <class T>
std::vector<T> operands(const OpRow& op, int n = samples()) {
  using U = typename Scalar<T>::UInt;
  using L = std::numeric_limits<T>;
  std::mt19937_64 random(kSeed);
  std::vector<T> x;
  auto uniform = [&](double low, double high) {
    return static_cast<T>(low + (high - low) * (static_cast<double>(random() >> 11) * 0x1p-53));
  };
  for (int i = 0; i < 4 * n; ++i) x.push_back(std::bit_cast<T>(static_cast<U>(random())));
  for (int i = 0; i < 2 * n; ++i) x.push_back(uniform(op.low, op.high));
  for (int i = 0; i < n; ++i) x.push_back(uniform(-4, 4));
  for (int i = 0; i < n; ++i) x.push_back(uniform(0.5, 2));
  Big pi, multiple;
  mpfr_const_pi(pi, MPFR_RNDN);
  for (int i = 0; i < n / 2; ++i) {
    const double k = i < n / 8 ? i : std::trunc(std::exp2(uniform(0, sizeof(T) == 8 ? 62 : 40)));
    mpfr_mul_d(multiple, pi, k / 2, MPFR_RNDN);
    const T near = nearest<T>(multiple);
    for (T v : {near, std::nextafter(near, L::infinity()), -near}) x.push_back(v);
  }
  const double top = std::log(static_cast<double>(L::max())), bottom = std::log(static_cast<double>(L::denorm_min()));
  for (int i = 0; i < n / 2; ++i) x.push_back(uniform(top - 2, top + 0.5));
  for (int i = 0; i < n / 2; ++i) x.push_back(uniform(bottom - 1, bottom + 40));
  for (T v : {T(0), T(1), T(2), T(0.5), L::min(), L::denorm_min(), L::max(), L::infinity(), L::quiet_NaN(),
              L::epsilon(), std::nextafter(L::min(), T(0)), std::nextafter(T(1), T(2)), std::nextafter(T(1), T(0)),
              kTrigFast<T>, std::nextafter(kTrigFast<T>, L::infinity())}) {
    x.push_back(v);
    x.push_back(-v);
  }
  return x;
}

// The oracle's value of an op of one operand, in the form of MPFR's functions.
template <Op op>
int exact(mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t) {
  oracle::exact(y, op, mpfr_get_d(x, MPFR_RNDN), 0);
  return 0;
}

}  // namespace
}  // namespace ingot::math
