// The bodies of tan.h, pi_trig.h, arc.h, erf.h, sign.h and divisor.h, of fmod: where their paths meet, and
// exactness against C.
#include <numeric>
#include <utility>

#include "tests/kernels/bodies.h"

namespace ingot::math {
namespace {

template <class T>
void expect_signs_of_turns() {
  using L = std::numeric_limits<T>;
  const T zero = 0, inf = L::infinity();
  for (const T n : {T(1), T(2), T(3), T(4), T(1e6), T(1e6 + 1), 1 / L::epsilon(), 1 / L::epsilon() + 1, L::max()}) {
    const bool odd = std::fmod(n, T(2)) == 1;
    EXPECT_TRUE(same(sinpi(n), zero) && same(sinpi(-n), -zero)) << text(n);
    EXPECT_TRUE(same(cospi(n), odd ? T(-1) : T(1)) && same(cospi(-n), cospi(n))) << text(n);
    EXPECT_TRUE(same(tanpi(n), odd ? -zero : zero) && same(tanpi(-n), -tanpi(n))) << text(n);
    EXPECT_TRUE(same(sinc(n), zero) && same(sinc(-n), zero)) << text(n);
    const T between = n + T(0.5);
    if (between == std::floor(between)) continue;
    EXPECT_TRUE(same(sinpi(between), odd ? T(-1) : T(1)) && same(sinpi(-between), -sinpi(between))) << text(between);
    EXPECT_TRUE(same(cospi(between), zero) && same(cospi(-between), zero)) << text(between);
    EXPECT_TRUE(same(tanpi(between), odd ? -inf : inf) && same(tanpi(-between), -tanpi(between))) << text(between);
  }
}
TEST(Turns, HaveTheExactValuesAndSignsOfIeee754) {
  expect_signs_of_turns<f64>();
  expect_signs_of_turns<f32>();
}

// Where the paths of a body meet.
template <class T>
void expect_accurate_around(const char* name, T (*body)(T), int (*reference)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t), T at) {
  Big exact, operand(64);
  T x = at;
  for (int i = 0; i < 200; ++i) x = std::nextafter(x, T(0));
  for (int i = 0; i < 400; ++i, x = std::nextafter(x, T(10))) {
    mpfr_set_d(operand, x, MPFR_RNDN);
    reference(exact, operand, MPFR_RNDN);
    ASSERT_LE(ulps(body(x), exact), 1) << name << " of " << text(x);
  }
}
template <class T>
void expect_no_seams() {
  const T tan_eighth = static_cast<T>(0x1.a8279ap-2);
  expect_accurate_around<T>("tan", [](T x) { return tan(x); }, mpfr_tan, kPi1<T> / 4);
  expect_accurate_around<T>("asin", [](T x) { return asin(x); }, mpfr_asin, T(0.5));
  expect_accurate_around<T>("acos", [](T x) { return acos(x); }, mpfr_acos, T(0.5));
  expect_accurate_around<T>(
      "acos", [](T x) { return acos(-x); },
      [](mpfr_ptr y, mpfr_srcptr x, mpfr_rnd_t r) {
        Big minus(64);
        mpfr_neg(minus, x, r);
        return mpfr_acos(y, minus, r);
      },
      T(0.5));
  expect_accurate_around<T>("atan", [](T x) { return atan(x); }, mpfr_atan, tan_eighth);
  expect_accurate_around<T>("atan", [](T x) { return atan(x); }, mpfr_atan, T(1));
  expect_accurate_around<T>("atan", [](T x) { return atan(x); }, mpfr_atan, 1 / tan_eighth);
  expect_accurate_around<T>("sinpi", [](T x) { return sinpi(x); }, mpfr_sinpi, T(0.5));
  expect_accurate_around<T>("sinpi", [](T x) { return sinpi(x); }, mpfr_sinpi, kTurnTiny<T>);
  expect_accurate_around<T>("cospi", [](T x) { return cospi(x); }, mpfr_cospi, T(0.5));
  expect_accurate_around<T>("tanpi", [](T x) { return tanpi(x); }, mpfr_tanpi, T(0.25));
  expect_accurate_around<T>("gelu", [](T x) { return gelu(x); }, exact<Op::gelu>, kErfcNear<T> * kPi1<T> * T(0.45));
  expect_accurate_around<T>("erf", [](T x) { return erf(x); }, mpfr_erf, kErfNear<T>);
  expect_accurate_around<T>("erfc", [](T x) { return erfc(x); }, mpfr_erfc, kErfcNear<T>);
}
TEST(Functions, StayWithinOneUlpWhereTheirPathsMeet) {
  expect_no_seams<f64>();
  expect_no_seams<f32>();
}

template <class T>
class ExactFloat : public testing::Test {};
using FloatTypes = testing::Types<f32, f64>;
TYPED_TEST_SUITE(ExactFloat, FloatTypes);

TYPED_TEST(ExactFloat, GivesTheBitsOfCsFunctions) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 100000; ++i) {
    const T x = operand<T>(random), y = operand<T>(random);
    const auto both = [&] { return text(x) + ", " + text(y); };
    ASSERT_TRUE(same(ingot::math::fmod(x, y), std::fmod(x, y))) << "fmod of " << both();
    ASSERT_TRUE(same(ingot::math::nextafter(x, y), std::nextafter(x, y))) << "nextafter of " << both();
    ASSERT_EQ(ingot::math::signbit(x), std::signbit(x)) << "signbit of " << text(x);
    const T moved = ingot::math::copysign(x, y);
    ASSERT_EQ(to_bits(moved), to_bits(std::copysign(x, y))) << "copysign of " << both();
  }
}

TYPED_TEST(ExactFloat, StepsFromZeroToTheSmallestNumberOfEitherSign) {
  using T = TypeParam;
  constexpr T least = std::numeric_limits<T>::denorm_min();
  for (const T zero : {T(0), T(-0.0)}) {
    EXPECT_TRUE(same(ingot::math::nextafter(zero, T(1)), least));
    EXPECT_TRUE(same(ingot::math::nextafter(zero, T(-1)), -least));
    EXPECT_TRUE(same(ingot::math::nextafter(least, zero), T(0)));
    EXPECT_TRUE(same(ingot::math::nextafter(-least, zero), T(-0.0)));
  }
}

TYPED_TEST(ExactFloat, HeavisideTakesItsSecondOperandAtZero) {
  using T = TypeParam;
  const T nan = std::numeric_limits<T>::quiet_NaN(), inf = std::numeric_limits<T>::infinity();
  for (const T y : {T(0.5), nan, inf}) {
    EXPECT_TRUE(same(heaviside(T(-0.0), y), y) && same(heaviside(T(0), y), y));
    EXPECT_TRUE(same(heaviside(-inf, y), T(0)) && same(heaviside(inf, y), T(1)));
    EXPECT_TRUE(same(heaviside(nan, y), nan));
  }
}

template <class T>
class ExactInteger : public testing::Test {};
using IntegerTypes = testing::Types<i8, u8, i16, u16, i32, u32, i64, u64>;
TYPED_TEST_SUITE(ExactInteger, IntegerTypes);

TYPED_TEST(ExactInteger, DivisorsAndMultiplesAreThoseOfTheMagnitudes) {
  using T = TypeParam;
  __extension__ using Wide = __int128;
  std::mt19937_64 random(kSeed);
  const auto size = [](T x) { return static_cast<u64>(x < T(0) ? -static_cast<Wide>(x) : static_cast<Wide>(x)); };
  for (int i = 0; i < 20000; ++i) {
    T x = operand<T>(random), y = operand<T>(random);
    if (i % 3 == 0) {  // with something in common
      const T common = operand<T>(random);
      x = multiply(x, common);
      y = multiply(y, common);
    }
    const u64 divisor = std::gcd(size(x), size(y));
    ASSERT_EQ(ingot::math::gcd(x, y), static_cast<T>(divisor)) << text(x) << ", " << text(y);
    ASSERT_EQ(ingot::math::lcm(x, y), divisor == 0 ? T(0) : static_cast<T>(size(x) / divisor * size(y)))
        << text(x) << ", " << text(y);
    ASSERT_EQ(ingot::math::fmod(x, y), y == 0 ? T(0) : static_cast<T>(static_cast<Wide>(x) % y))
        << text(x) << ", " << text(y);
    ASSERT_EQ(ingot::math::signbit(x), x < T(0));
  }
  constexpr T least = smallest_integer<T>;
  EXPECT_EQ(ingot::math::gcd(least, T(0)), least);
  EXPECT_EQ(ingot::math::gcd(T(0), T(0)), T(0));
  EXPECT_EQ(ingot::math::lcm(least, T(1)), least);
}

}  // namespace
}  // namespace ingot::math
