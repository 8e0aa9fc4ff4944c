// The bodies of kernels/math: the same bits from every number of lanes, and NumPy's corner cases. How accurate they are
// tests/accuracy says.
#include <algorithm>

#include "kernels/math/square_root.h"
#include "tests/kernels/bodies.h"

namespace ingot::math {
namespace {

// --- Special values
// -------------------------------------------------------------------------------------------------------

TEST(Trig, HasNoRareCasesUpToTheMagnitudesOfTheTable) {
#define INGOT_RARE_BEYOND(NAME, f64_limit, f32_limit)                    \
  EXPECT_FALSE(NAME##_is_rare(f64{f64_limit}));                          \
  EXPECT_TRUE(NAME##_is_rare(std::nextafter(f64{f64_limit}, HUGE_VAL))); \
  EXPECT_FALSE(NAME##_is_rare(f32{f32_limit}));                          \
  EXPECT_TRUE(NAME##_is_rare(std::nextafter(f32{f32_limit}, HUGE_VALF)));
#include "kernels/math/slow.def"
}

template <class T>
void expect_pow_specials() {
  using L = std::numeric_limits<T>;
  const T inf = L::infinity(), nan = L::quiet_NaN();
  const T values[] = {0,
                      T(-0.0),
                      1,
                      -1,
                      2,
                      -2,
                      T(0.5),
                      T(-0.5),
                      3,
                      -3,
                      T(2.5),
                      T(-2.5),
                      inf,
                      -inf,
                      nan,
                      L::max(),
                      -L::max(),
                      L::min(),
                      -L::min(),
                      L::denorm_min(),
                      -L::denorm_min(),
                      T(1e7 + 1),
                      T(0x1p60),
                      T(-0x1p60)};
  for (T x : values)
    for (T y : values) {
      const T got = pow(x, y), want = static_cast<T>(std::pow(static_cast<double>(x), static_cast<double>(y)));
      const T tolerance = 4 * L::epsilon() * std::fabs(want) + L::denorm_min();
      const bool close = std::fabs(got - want) <= tolerance && std::signbit(got) == std::signbit(want);
      EXPECT_TRUE(same(got, want) || close)
          << "pow(" << text(x) << ", " << text(y) << ") = " << text(got) << ", C says " << text(want);
    }
}
TEST(Pow, FollowsTheSpecialCasesOfAnnexF) {
  expect_pow_specials<f64>();
  expect_pow_specials<f32>();
}

// --- The same bits from every number of lanes
// --------------------------------------------------------------------------------

template <class R, class First, class T>
std::string disagreement(const char* name, int lanes, First a, T b, T c, R together, R alone) {
  return std::string(name) + " " + type_name<T>() + " x " + std::to_string(lanes) + " of " + text(a) + ", " + text(b) +
         ", " + text(c) + ": in lanes " + text(together) + ", alone " + text(alone);
}

// body(a, b, c) and body of lanes of a, b, c; a holds lanes of First and the others of T (where has a bool first). The
// loops over lanes are kept from unrolling, which would compile the scalar body N times.
template <int N, class First, class T, class Body>
__attribute__((noinline)) void expect_lanes_agree(const char* name, Body body) {
  using R = decltype(body(First(), T(), T()));
  std::mt19937_64 random(kSeed);
  for (int trial = 0; trial < 4 + 1024 / N; ++trial) {
    alignas(512) First a[N];
    alignas(512) T b[N], c[N];
    alignas(512) R together[N], alone[N];
#pragma clang loop unroll(disable) vectorize(disable)
    for (int i = 0; i < N; ++i) {
      a[i] = std::is_same_v<First, T> ? operand<First>(random) : static_cast<First>(random() & 1);
      b[i] = operand<T>(random);
      c[i] = operand<T>(random);
    }
    *reinterpret_cast<vec<R, N>*>(together) =
        body(*reinterpret_cast<const vec<First, N>*>(a), *reinterpret_cast<const vec<T, N>*>(b),
             *reinterpret_cast<const vec<T, N>*>(c));
#pragma clang loop unroll(disable) vectorize(disable)
    for (int i = 0; i < N; ++i) alone[i] = body(a[i], b[i], c[i]);
#pragma clang loop unroll(disable) vectorize(disable)
    for (int i = 0; i < N; ++i)
      ASSERT_TRUE(same(together[i], alone[i])) << disagreement(name, N, a[i], b[i], c[i], together[i], alone[i]);
  }
}

// Which operand types a column of ops.def stands for.
enum class Operands { Any, Number, Integral, Integer, Float, Bool, Index, Fast };
template <Operands kind, class T>
constexpr bool takes = kind == Operands::Any || kind == Operands::Number ||
                       ((kind == Operands::Float || kind == Operands::Fast) && Scalar<T>::is_float) ||
                       ((kind == Operands::Integral || kind == Operands::Integer) && !Scalar<T>::is_float) ||
                       (kind == Operands::Bool && std::is_same_v<T, u8>);
enum Properties { None, Selects, Commutative, Associative };

template <int N, class T>
void expect_all_ops_agree() {
#define INGOT_BODY_1(name) [](auto a, auto, auto) __attribute__((always_inline)) { return ingot::math::name(a); }
#define INGOT_BODY_2(name) [](auto a, auto b, auto) __attribute__((always_inline)) { return ingot::math::name(a, b); }
#define INGOT_BODY_3(name) \
  [](auto a, auto b, auto c) __attribute__((always_inline)) { return ingot::math::name(a, b, c); }
#define INGOT_OP(name, arity, operands, result, properties, cost, ulp, low, high, doc) \
  if constexpr (takes<Operands::operands, T>) {                                        \
    using First = std::conditional_t<(properties) == Selects, u8, T>;                  \
    expect_lanes_agree<N, First, T>(#name, INGOT_BODY_##arity(name));                  \
  }
#include "kernels/ops.def"
}

template <int N, class From, class... To>
void expect_casts_agree() {
  (expect_lanes_agree<N, From, From>("cast",
                                     [](auto a, auto, auto) __attribute__((always_inline)) { return cast<To>(a); }),
   ...);
  expect_lanes_agree<N, From, From>("cast_bool",
                                    [](auto a, auto, auto) __attribute__((always_inline)) { return cast_bool(a); });
}

template <class T>
class Lanes : public testing::Test {};
using AllTypes = testing::Types<i8, u8, i16, u16, i32, u32, i64, u64, f32, f64>;
TYPED_TEST_SUITE(Lanes, AllTypes);

// Widths around those in use: less than a register, and several; each one costs seconds of compile time.
TYPED_TEST(Lanes, EveryOpGivesTheBitsOfItsScalarBody) {
  if constexpr (sizeof(TypeParam) >= 4) {
    expect_all_ops_agree<2, TypeParam>();
    expect_all_ops_agree<16, TypeParam>();
  }
  if constexpr (sizeof(TypeParam) < 4 || Scalar<TypeParam>::is_float) expect_all_ops_agree<64, TypeParam>();
}
TYPED_TEST(Lanes, EveryCastGivesTheBitsOfTheScalarCast) {
  expect_casts_agree<16, TypeParam, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64>();
}
TEST(Random, EveryLaneGivesTheBitsOfTheScalarBody) {
  auto uniform_f64 = [](auto i, auto key, auto) __attribute__((always_inline)) { return random_uniform<f64>(i, key); };
  auto uniform_f32 = [](auto i, auto key, auto) __attribute__((always_inline)) { return random_uniform<f32>(i, key); };
  auto normal_f64 = [](auto i, auto key, auto) __attribute__((always_inline)) { return random_normal<f64>(i, key); };
  auto normal_f32 = [](auto i, auto key, auto) __attribute__((always_inline)) { return random_normal<f32>(i, key); };
  auto integers = [](auto i, auto key, auto bound)
                      __attribute__((always_inline)) { return random_integers(i, key, bound); };
  expect_lanes_agree<8, i64, i64>("random_uniform f64", uniform_f64);
  expect_lanes_agree<8, i64, i64>("random_uniform f32", uniform_f32);
  expect_lanes_agree<64, i64, i64>("random_uniform f64", uniform_f64);
  expect_lanes_agree<16, i64, i64>("random_normal f64", normal_f64);
  expect_lanes_agree<32, i64, i64>("random_normal f32", normal_f32);
  expect_lanes_agree<16, i64, i64>("random_integers", integers);
}

// --- Integers
// ---------------------------------------------------------------------------------------------------------------

__extension__ using Wide = __int128;

template <class T>
class Integer : public testing::Test {};
using IntegerTypes = testing::Types<i8, u8, i16, u16, i32, u32, i64, u64>;
TYPED_TEST_SUITE(Integer, IntegerTypes);

TYPED_TEST(Integer, ArithmeticIsExactModuloTheWidth) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  constexpr int bits = Scalar<T>::bits;
  for (int i = 0; i < 20000; ++i) {
    const T a = operand<T>(random), b = operand<T>(random);
    const Wide x = a, y = b;
    auto floored = [](Wide n, Wide d) { return n / d - (n % d != 0 && (n % d < 0) != (d < 0)); };
    ASSERT_EQ(add(a, b), static_cast<T>(x + y)) << text(a) << " + " << text(b);
    ASSERT_EQ(subtract(a, b), static_cast<T>(x - y)) << text(a) << " - " << text(b);
    ASSERT_EQ(multiply(a, b), static_cast<T>(static_cast<unsigned __int128>(x) * static_cast<unsigned __int128>(y)));
    ASSERT_EQ(negative(a), static_cast<T>(-x));
    ASSERT_EQ(abs(a), static_cast<T>(x < 0 ? -x : x));
    ASSERT_EQ(sign(a), static_cast<T>((x > 0) - (x < 0)));
    ASSERT_EQ(floor_divide(a, b), y == 0 ? T(0) : static_cast<T>(floored(x, y))) << text(a) << " // " << text(b);
    ASSERT_EQ(remainder(a, b), y == 0 ? T(0) : static_cast<T>(x - y * floored(x, y))) << text(a) << " % " << text(b);
    ASSERT_EQ(minimum(a, b), std::min(a, b));
    ASSERT_EQ(maximum(a, b), std::max(a, b));
    const bool in_range = y >= 0 && y < bits;
    ASSERT_EQ(bitwise_left_shift(a, b), in_range ? static_cast<T>(static_cast<u64>(a) << static_cast<int>(y)) : T(0));
    ASSERT_EQ(bitwise_right_shift(a, b), static_cast<T>(in_range ? x >> static_cast<int>(y) : (x < 0 ? -1 : 0)));
  }
}

TYPED_TEST(Integer, PowerIsTheProductModuloTheWidth) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 5000; ++i) {
    const T a = operand<T>(random), b = operand<T>(random);
    T want = 1;
    if (b < T(0)) {
      want = a == T(1) ? T(1) : a == static_cast<T>(-1) ? (b & 1 ? static_cast<T>(-1) : T(1)) : T(0);
    } else {
      for (int bit = Scalar<T>::bits - 1; bit >= 0; --bit) {
        want = multiply(want, want);
        if (static_cast<u64>(b) >> bit & 1) want = multiply(want, a);
      }
    }
    ASSERT_EQ(pow(a, b), want) << text(a) << " ** " << text(b);
  }
  EXPECT_EQ(pow(T(0), T(0)), T(1));
}

// --- Casts
// ------------------------------------------------------------------------------------------------------------------

template <class T, class F>
void expect_saturating_cast() {
  std::mt19937_64 random(kSeed);
  using L = std::numeric_limits<T>;
  std::vector<F> values = {static_cast<F>(L::max()), static_cast<F>(L::min())};
  for (int i = 0; i < 5000; ++i) values.push_back(operand<F>(random));
  for (std::size_t i = 0; i < 2; ++i)
    for (F step : {F(-1.5), F(-1), F(-0.5), F(0.5), F(1), F(1.5)}) values.push_back(values[i] + step);
  for (std::size_t i = 0; i < 2; ++i)
    for (F to : {F(-INFINITY), F(INFINITY)}) values.push_back(std::nextafter(values[i], to));
  for (F x : values) {
    T want = 0;
    const long double wide = std::trunc(static_cast<long double>(x));
    if (wide >= static_cast<long double>(L::max()))
      want = L::max();
    else if (wide <= static_cast<long double>(L::min()))
      want = L::min();
    else if (!std::isnan(x))
      want = static_cast<T>(wide);
    ASSERT_EQ(cast<T>(x), want) << type_name<T>() << " of " << text(x);
  }
}
TYPED_TEST(Integer, FloatsSaturateAndNanGivesZero) {
  expect_saturating_cast<TypeParam, f32>();
  expect_saturating_cast<TypeParam, f64>();
}

TYPED_TEST(Integer, BecomesTheNearestFloat) {
  std::mt19937_64 random(kSeed);
  std::vector<TypeParam> values;
  for (int i = 0; i < 20000; ++i) values.push_back(operand<TypeParam>(random));
  for (int shift = 24; shift < Scalar<TypeParam>::bits - 1; ++shift)  // halfway between two floats, and one beside
    for (int d = -1; d <= 1; ++d)
      for (int odd : {1, 3})
        values.push_back(static_cast<TypeParam>((u64(1) << shift) + (u64(odd) << (shift - 24)) + static_cast<u64>(d)));
  Big exact(64);
  for (TypeParam x : values) {
    if constexpr (Scalar<TypeParam>::is_signed)
      mpfr_set_sj(exact, x, MPFR_RNDN);
    else
      mpfr_set_uj(exact, x, MPFR_RNDN);
    const vec<TypeParam, 8> lanes = {x, x, x, x, x, x, x, x};
    ASSERT_EQ(cast<f32>(x), nearest<f32>(exact)) << text(x);
    ASSERT_EQ(cast<f64>(x), nearest<f64>(exact)) << text(x);
    ASSERT_EQ(cast<f32>(lanes)[3], nearest<f32>(exact)) << text(x);
    ASSERT_EQ(cast<f64>(lanes)[3], nearest<f64>(exact)) << text(x);
    ASSERT_EQ(cast<i16>(x), static_cast<i16>(static_cast<u64>(x)));
    ASSERT_EQ(cast_bool(x), x != 0);
  }
}

// --- Floats: what IEEE 754, the array API and NumPy say of special values
// -----------------------------------------------------

template <class T>
class Float : public testing::Test {};
using FloatTypes = testing::Types<f32, f64>;
TYPED_TEST_SUITE(Float, FloatTypes);

TYPED_TEST(Float, ExtremesLetNanWinAndOrderTheZeros) {
  using T = TypeParam;
  const T nan = std::numeric_limits<T>::quiet_NaN(), zero = 0, minus = T(-0.0);
  for (T x : {T(1), T(-1), zero, std::numeric_limits<T>::infinity(), -std::numeric_limits<T>::infinity()}) {
    for (T y : {minimum(x, nan), minimum(nan, x), maximum(x, nan), maximum(nan, x), minimum(x, -nan), maximum(-nan, x)})
      EXPECT_TRUE(std::isnan(y)) << text(x);
  }
  EXPECT_TRUE(same(minimum(zero, minus), minus) && same(minimum(minus, zero), minus));
  EXPECT_TRUE(same(maximum(zero, minus), zero) && same(maximum(minus, zero), zero));
  EXPECT_EQ(minimum(T(1), T(2)), T(1));
  EXPECT_EQ(maximum(T(1), T(2)), T(2));
  EXPECT_TRUE(std::isnan(clip(nan, T(0), T(1))));
}

TYPED_TEST(Float, SignAbsAndRoundingKeepTheirZeros) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  EXPECT_TRUE(same(sign(T(-0.0)), T(0)));
  EXPECT_TRUE(std::isnan(sign(std::numeric_limits<T>::quiet_NaN())));
  EXPECT_TRUE(same(abs(T(-0.0)), T(0)) && same(negative(T(0)), T(-0.0)));
  for (T zero : {T(0), T(-0.0)})
    for (T y : {sin(zero), tanh(zero), sqrt(zero), floor(zero), ceil(zero), trunc(zero), round(zero)})
      EXPECT_TRUE(same(y, zero)) << text(zero);
  for (int i = 0; i < 50000; ++i) {
    const T x = operand<T>(random);
    ASSERT_TRUE(same(floor(x), std::floor(x))) << text(x) << " " << text(floor(x));
    ASSERT_TRUE(same(ceil(x), std::ceil(x))) << text(x) << " " << text(ceil(x));
    ASSERT_TRUE(same(trunc(x), std::trunc(x))) << text(x) << " " << text(trunc(x));
    ASSERT_TRUE(same(round(x), std::nearbyint(x))) << text(x) << " " << text(round(x));
    ASSERT_EQ(isnan(x), std::isnan(x));
    ASSERT_EQ(isinf(x), std::isinf(x));
    ASSERT_EQ(isfinite(x), std::isfinite(x));
  }
}

TYPED_TEST(Float, RemainderIsExactAndHasTheSignOfTheDivisor) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 100000; ++i) {
    const T a = operand<T>(random), b = operand<T>(random);
    T want = std::fmod(a, b);
    if (want == 0)
      want = std::copysign(T(0), b);
    else if ((want < 0) != (b < 0))
      want += b;
    ASSERT_TRUE(same(remainder(a, b), want))
        << text(a) << " % " << text(b) << " = " << text(remainder(a, b)) << ", NumPy says " << text(want);
  }
}

TYPED_TEST(Float, FloorDivisionIsTheFloorOfTheExactQuotient) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  Big quotient(2300), x(64), y(64);
  for (int i = 0; i < 20000; ++i) {
    const T a = operand<T>(random), b = operand<T>(random), got = floor_divide(a, b);
    if (std::isnan(a) || std::isnan(b) || (std::isinf(a) && b != 0)) {
      ASSERT_TRUE(std::isnan(got)) << text(a) << " // " << text(b) << " = " << text(got);
    } else if (b == 0) {
      ASSERT_TRUE(same(got, a / b)) << text(a) << " // " << text(b) << " = " << text(got);
    } else if (std::isinf(b)) {
      ASSERT_TRUE(same(got, a != 0 && (a < 0) != (b < 0) ? T(-1) : std::copysign(T(0), a / b)))
          << text(a) << " // " << text(b);
    } else {
      mpfr_set_d(x, a, MPFR_RNDN);
      mpfr_set_d(y, b, MPFR_RNDN);
      mpfr_div(quotient, x, y, MPFR_RNDD);
      mpfr_floor(quotient, quotient);
      ASSERT_LE(ulps(got, quotient), 0.5) << text(a) << " // " << text(b) << " = " << text(got);
    }
  }
}

// --- Square roots by products
// ---------------------------------------------------------------------------------------------------------------

// From estimates all over the interval that root_by_products allows for.
void expect_rounded_root(f64 x) {
  const f64 want = std::sqrt(x), inverse = 1 / want;
  for (int step = -64; step <= 64; ++step) {
    const f64 estimate = inverse * (1 + step * 0x1p-20);
    ASSERT_EQ(root_by_products(x, estimate), want) << text(x) << ", estimate " << text(estimate);
  }
}

// The odd numbers M whose squares are k mod 2^bits, below 2^bits.
std::vector<u64> roots_modulo(i64 k, int bits) {
  std::vector<u64> roots{1, 3, 5, 7};
  for (int n = 4; n <= bits; ++n) {
    std::vector<u64> lifted;
    for (const u64 root : roots) {
      const u64 mask = (u64{1} << n) - 1;
      for (const u64 m : {root, root + (u64{1} << (n - 1))})
        if (((m * m - static_cast<u64>(k)) & mask) == 0) lifted.push_back(m & mask);
    }
    std::sort(lifted.begin(), lifted.end());
    lifted.erase(std::unique(lifted.begin(), lifted.end()), lifted.end());
    roots = lifted;
  }
  return roots;
}

// All x in [1, 4) whose root lies k units from a midpoint M * 2^-53 of two neighbours, for every k up to 63 in size.
TEST(RootByProducts, RoundsTheHardestCases) {
  int cases = 0;
  for (i64 k = -63; k <= 63; k += 8) {
    ASSERT_EQ((k % 8 + 8) % 8, 1);
    for (const int exponent : {0, 1}) {
      for (const u64 m : roots_modulo(k, 54 + exponent)) {
        if (m >> 53 != 1) continue;
        const unsigned __int128 square = static_cast<unsigned __int128>(m) * m - static_cast<unsigned __int128>(k);
        const u64 x = static_cast<u64>(square >> (54 + exponent));
        if (x >> 52 != 1) continue;
        ++cases;
        for (const int scale : {0, -2, 10, 1000, -900})
          expect_rounded_root(std::ldexp(static_cast<f64>(x), exponent - 52 + scale));
      }
    }
  }
  EXPECT_EQ(cases, 24);
  expect_rounded_root(1 + 0x1p-52);
  expect_rounded_root(4 - 0x1p-51);
}

TEST(RootByProducts, RoundsSquaresAndWhatIsBesideThem) {
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 2000; ++i) {
    const f64 m = 1 + static_cast<f64>(random() >> 12) * 0x1p-52, x = m * m;
    for (const f64 near : {x, std::nextafter(x, 0), std::nextafter(x, 5)}) expect_rounded_root(near);
  }
}

TEST(RootByProducts, RoundsAtAnySize) {
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < samples(); ++i) {
    const f64 x = std::ldexp(1 + static_cast<f64>(random() >> 12) * 0x1p-52, static_cast<int>(random() % 1982) - 958);
    ASSERT_FALSE(root_is_out_of_range(x)) << text(x);
    expect_rounded_root(x);
  }
  for (const f64 x : {0.0, -0.0, -1.0, 0x1p-959, 0x1p-1074, HUGE_VAL, -HUGE_VAL, std::nan("")})
    EXPECT_TRUE(root_is_out_of_range(x)) << text(x);
  expect_rounded_root(0x1p-958);
  expect_rounded_root(std::numeric_limits<f64>::max());
}

// --- Reductions
// ---------------------------------------------------------------------------------------------------------------

TYPED_TEST(Lanes, IdentitiesLeaveEveryValueAsItIs) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 2000; ++i) {
    const T x = operand<T>(random);
    ASSERT_TRUE(same(add(identity::add<T>(), x), x)) << text(x);
    ASSERT_TRUE(same(multiply(identity::multiply<T>(), x), x)) << text(x);
    ASSERT_TRUE(same(minimum(identity::minimum<T>(), x), x)) << text(x);
    ASSERT_TRUE(same(maximum(identity::maximum<T>(), x), x)) << text(x);
    if constexpr (!Scalar<T>::is_float) {
      ASSERT_EQ(bitwise_and(identity::bitwise_and<T>(), x), x);
      ASSERT_EQ(bitwise_or(identity::bitwise_or<T>(), x), x);
      ASSERT_EQ(bitwise_xor(identity::bitwise_xor<T>(), x), x);
    }
  }
}

TYPED_TEST(Float, MomentsAgreeWithLongDoubleFarFromZero) {
  using T = TypeParam;
  std::mt19937_64 random(kSeed);
  for (T offset : {T(0), T(1000), T(-1e6)}) {
    constexpr int blocks = 37, block = 16;
    std::vector<T> x(blocks * block);
    for (T& v : x) v = offset + static_cast<T>(static_cast<double>(random() >> 11) * 0x1p-53);
    long double mean = 0, squares = 0;
    for (T v : x) mean += v;
    mean /= x.size();
    for (T v : x) squares += (v - mean) * (v - mean);
    Moments<T> all{};
    for (int b = 0; b < blocks; ++b) {
      ShiftedSums<T> s = moments_start(x[b * block]);
      for (int i = 1; i < block; ++i) s = moments_update(s, x[b * block + i]);
      const Moments<T> m = moments_finish(s, f64(block));
      all = b ? moments_merge(f64(b * block), all, f64(block), m) : m;
    }
    const long double tolerance = 64 * std::numeric_limits<T>::epsilon();
    EXPECT_NEAR(static_cast<double>(all.squares / squares), 1, static_cast<double>(tolerance)) << text(offset);
    EXPECT_LE(std::fabs(all.mean + static_cast<long double>(all.rest) - mean), 8 * std::numeric_limits<T>::epsilon())
        << text(offset);
  }
  const T nan = std::numeric_limits<T>::quiet_NaN();
  EXPECT_TRUE(std::isnan(moments_finish(moments_update(moments_start(T(1)), nan), 2.0).squares));
  EXPECT_EQ(moments_finish(moments_start(T(5)), 1.0).squares, T(0));
  const T infinity = std::numeric_limits<T>::infinity();
  const Moments<T> one = moments_finish(moments_start(T(1)), 1.0);
  for (const T x : {infinity, -infinity, nan}) {
    const Moments<T> other = moments_finish(moments_start(x), 1.0);
    EXPECT_TRUE(std::isnan(moments_merge(1.0, one, 1.0, other).squares)) << text(x);
    EXPECT_TRUE(std::isnan(moments_merge(1.0, other, 1.0, one).squares)) << text(x);
    EXPECT_TRUE(std::isnan(moments_merge(1.0, other, 1.0, other).squares)) << text(x);
  }
}

}  // namespace
}  // namespace ingot::math
