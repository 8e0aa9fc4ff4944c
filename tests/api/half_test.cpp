// float16 and bfloat16: conversions that round once, and ops that do so after float32.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "host/graph/op.h"
#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr DType kHalves[] = {DType::Float16, DType::BFloat16};

template <class H>
std::vector<H> every() {
  std::vector<H> all;
  for (int bits = 0; bits < 0x10000; ++bits) all.push_back(H::from_bits(static_cast<std::uint16_t>(bits)));
  return all;
}

template <class H>
bool same(H a, H b) {
  return a.bits() == b.bits() || (a != a && b != b);
}

template <class H>
class Half : public testing::Test {};
using Halves = testing::Types<float16, bfloat16>;
TYPED_TEST_SUITE(Half, Halves);

TYPED_TEST(Half, IsWhatItsBitsSay) {
  using H = TypeParam;
  constexpr int kMantissa = std::is_same_v<H, float16> ? 10 : 7, kBias = std::is_same_v<H, float16> ? 15 : 127;
  for (const H h : every<H>()) {
    const int exponent = (h.bits() & 0x7FFF) >> kMantissa, mantissa = h.bits() & ((1 << kMantissa) - 1);
    double size = exponent == 0 ? std::ldexp(mantissa, 1 - kBias - kMantissa)
                                : std::ldexp(mantissa + (1 << kMantissa), exponent - kBias - kMantissa);
    if (exponent == 2 * kBias + 1) size = mantissa == 0 ? INFINITY : NAN;
    const double value = static_cast<double>(h);
    if (std::isnan(size)) {
      EXPECT_TRUE(std::isnan(value)) << h.bits();
      continue;
    }
    ASSERT_EQ(value, (h.bits() & 0x8000) != 0 ? -size : size);
    ASSERT_EQ(static_cast<float>(h), static_cast<float>(value));
    ASSERT_EQ(H(value).bits(), h.bits());
  }
}

// What lies around every two neighbours and around their middle.
template <class H>
std::vector<double> around_every_rounding() {
  std::vector<double> values;
  for (const H h : every<H>()) {
    const double a = static_cast<double>(h),
                 b = static_cast<double>(H::from_bits(static_cast<std::uint16_t>(h.bits() + 1)));
    const double middle =
        std::isinf(b) ? a + (a - static_cast<double>(H::from_bits(static_cast<std::uint16_t>(h.bits() - 1)))) / 2
                      : (a + b) / 2;
    for (const double v : {a, middle}) {
      values.push_back(v);
      values.push_back(std::nextafter(v, -INFINITY));
      values.push_back(std::nextafter(v, INFINITY));
    }
  }
  for (const double v : {5e-324, -5e-324, 1e300, -1e300, 1e-300, 0x1p128, 0x1.ffp127, 0x1p-149}) values.push_back(v);
  return values;
}

TYPED_TEST(Half, IsRoundedOnceFromFloat64AndFloat32) {
  using H = TypeParam;
  const std::vector<double> values = around_every_rounding<H>();
  const std::vector<H> rounded = astype(array(values), dtype_of<H>()).template to_vector<H>();
  const Array singles = astype(array(values), DType::Float32);
  const std::vector<float> single_values = singles.to_vector<float>();
  const std::vector<H> from_singles = astype(singles, dtype_of<H>()).template to_vector<H>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_TRUE(same(rounded[i], H(values[i]))) << values[i];
    ASSERT_TRUE(same(from_singles[i], H(static_cast<double>(single_values[i])))) << single_values[i];
    const double got = static_cast<double>(rounded[i]), v = values[i];
    if (std::isnan(v) || std::isinf(got)) continue;
    const H up = H::from_bits(static_cast<std::uint16_t>(rounded[i].bits() + 1)),
            down = H::from_bits(static_cast<std::uint16_t>(rounded[i].bits() - 1));
    for (const double other : {static_cast<double>(up), static_cast<double>(down)}) {
      if (!std::isfinite(other) || std::signbit(other) != std::signbit(got)) continue;
      ASSERT_LE(std::fabs(v - got), std::fabs(v - other)) << v;
      if (std::fabs(v - got) == std::fabs(v - other)) {
        ASSERT_EQ(rounded[i].bits() & 1, 0) << v;
      }
    }
  }
}

TYPED_TEST(Half, IsRoundedOnceFromIntegers) {
  using H = TypeParam;
  std::vector<std::int64_t> values = {0,
                                      1,
                                      -1,
                                      2047,
                                      2049,
                                      2051,
                                      65503,
                                      65519,
                                      65520,
                                      -65520,
                                      std::numeric_limits<std::int64_t>::max(),
                                      std::numeric_limits<std::int64_t>::min()};
  // Just above and below a tie, so far down that a double does not tell.
  for (int power = 8; power < 63; ++power) {
    const std::int64_t unit = std::int64_t{1} << power, tie = unit + unit / 256;
    for (const std::int64_t v : {tie - 1, tie, tie + 1}) {
      values.push_back(v);
      values.push_back(-v);
    }
  }
  const std::vector<H> rounded = astype(array(values), dtype_of<H>()).template to_vector<H>();
  const std::vector<H> by_the_host = [&] {
    std::vector<H> list;
    for (const std::int64_t v : values) list.push_back(full({}, v, DType::Int64).template item<H>());
    return list;
  }();
  constexpr int kBits = std::is_same_v<H, float16> ? 11 : 8;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint64_t size =
        values[i] < 0 ? -static_cast<std::uint64_t>(values[i]) : static_cast<std::uint64_t>(values[i]);
    const int drop = std::max(0, static_cast<int>(std::bit_width(size)) - kBits);
    std::uint64_t kept = drop == 64 ? 0 : size >> drop;
    const std::uint64_t rest = size - (kept << drop), half = drop == 0 ? 1 : std::uint64_t{1} << (drop - 1);
    if (rest > half || (rest == half && (kept & 1) != 0)) ++kept;
    const double expected = std::copysign(std::ldexp(static_cast<double>(kept), drop), static_cast<double>(values[i]));
    ASSERT_EQ(static_cast<double>(rounded[i]), static_cast<double>(H(expected))) << values[i];
    ASSERT_EQ(by_the_host[i].bits(), rounded[i].bits()) << values[i];
  }
  EXPECT_EQ(static_cast<double>(
                astype(array({std::numeric_limits<std::uint64_t>::max()}), DType::BFloat16).template item<H>()),
            static_cast<double>(H(0x1p64)));
}

TYPED_TEST(Half, BecomesEveryDtypeAsItsDoubleDoes) {
  using H = TypeParam;
  const std::vector<H> halves = every<H>();
  std::vector<double> wide;
  for (const H h : halves) wide.push_back(static_cast<double>(h));
  const Array x = array(halves), y = array(wide);
  for (const DType to :
       {DType::Bool, DType::Int8, DType::Int16, DType::Int32, DType::Int64, DType::UInt8, DType::UInt16, DType::UInt32,
        DType::UInt64, DType::Float32, DType::Float64, DType::Float16, DType::BFloat16}) {
    const std::vector<double> got = astype(astype(x, to), DType::Float64).template to_vector<double>(),
                              expected = astype(astype(y, to), DType::Float64).template to_vector<double>();
    for (std::size_t i = 0; i < got.size(); ++i) {
      ASSERT_TRUE(got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i]))) << to << " of " << wide[i];
      ASSERT_EQ(std::signbit(got[i]) && got[i] == 0, std::signbit(expected[i]) && expected[i] == 0) << wide[i];
    }
  }
}

struct Unary {
  const char* name;
  Array (*call)(const Operand&);
};

const Unary kUnary[] = {
#define INGOT_UNARY_1(name) {#name, name},
#define INGOT_UNARY_2(name)
#define INGOT_UNARY_3(name)
#define INGOT_ROW_Any(name, arity) INGOT_UNARY_##arity(name)
#define INGOT_ROW_Number INGOT_ROW_Any
#define INGOT_ROW_Float INGOT_ROW_Any
#define INGOT_ROW_Integral(name, arity)
#define INGOT_ROW_Integer(name, arity)
#define INGOT_ROW_Bool(name, arity)
#define INGOT_ROW_Index(name, arity)
#define INGOT_ROW_Fast(name, arity)
#define INGOT_OP(name, arity, operands, ...) INGOT_ROW_##operands(name, arity)
#include "kernels/ops.def"
};

TYPED_TEST(Half, OpsAreThoseOfFloat32RoundedOnce) {
  using H = TypeParam;
  const std::vector<H> halves = every<H>();
  std::vector<float> wide;
  for (const H h : halves) wide.push_back(static_cast<float>(h));
  const Array x = array(halves), y = array(wide);
  for (const Unary& op : kUnary) {
    const Array result = op.call(x), reference = op.call(y);
    if (reference.dtype() == DType::Bool) {
      EXPECT_EQ(result.to_vector<bool>(), reference.to_vector<bool>()) << op.name;
      continue;
    }
    ASSERT_EQ(result.dtype(), dtype_of<H>()) << op.name;
    const std::vector<H> got = result.template to_vector<H>();
    const std::vector<float> expected = reference.to_vector<float>();
    for (std::size_t i = 0; i < got.size(); ++i)
      ASSERT_TRUE(same(got[i], H(static_cast<double>(expected[i])))) << op.name << " of " << wide[i];
  }
}

TYPED_TEST(Half, RoundsAfterEachOp) {
  using H = TypeParam;
  const double one_up = static_cast<double>(H::from_bits(static_cast<std::uint16_t>(H(1.0).bits() + 1))),
               small = (one_up - 1) / 2;
  const Array one = array({H(1.0)}), x = array({H(small)});
  EXPECT_EQ(static_cast<double>(((one + x) + x).template item<H>()), 1.0);  // float32 would give one_up
  EXPECT_EQ((one + x).dtype(), dtype_of<H>());
  EXPECT_EQ(static_cast<double>((one * 2.0).template item<H>()), 2.0);
}

TYPED_TEST(Half, ReductionsRoundAtTheEnd) {
  using H = TypeParam;
  const Array x = ones({5000}, dtype_of<H>()), y = array({H(0.0), H(1.0), H(2.0), H(4.0)});
  EXPECT_EQ(sum(x).dtype(), dtype_of<H>());
  EXPECT_EQ(static_cast<double>(sum(x).template item<H>()), static_cast<double>(H(5000.0)));
  EXPECT_EQ(static_cast<double>(mean(x * 3).template item<H>()), 3.0);
  EXPECT_EQ(static_cast<double>(mean(y).template item<H>()), 1.75);
  EXPECT_EQ(static_cast<double>(var(y).template item<H>()), static_cast<double>(H(2.1875)));
  EXPECT_EQ(static_cast<double>(stddev(y).template item<H>()),
            static_cast<double>(H(static_cast<double>(std::sqrt(2.1875f)))));
  EXPECT_EQ(static_cast<double>(prod(y + 1).template item<H>()), 30.0);
  EXPECT_EQ(static_cast<double>(max(-y).template item<H>()), 0.0);
  EXPECT_TRUE(std::signbit(static_cast<double>(max(-y).template item<H>())));
  EXPECT_EQ(static_cast<double>(min(-y).template item<H>()), -4.0);
  EXPECT_TRUE(any(y).item<bool>());
  EXPECT_FALSE(all(y).item<bool>());
  EXPECT_EQ(min(y).dtype(), dtype_of<H>());
}

TYPED_TEST(Half, ComesFromEveryCreation) {
  using H = TypeParam;
  const DType d = dtype_of<H>();
  EXPECT_EQ(to_string(arange(4, d)), "[0. 1. 2. 3.]");
  EXPECT_EQ(to_string(linspace(0, 1, 5, true, d)), "[0.   0.25 0.5  0.75 1.  ]");
  EXPECT_EQ(to_string(full({2}, 1.5, d)), "[1.5 1.5]");
  EXPECT_EQ(to_string(eye(2, {}, 0, d)), "[[1. 0.]\n [0. 1.]]");
  EXPECT_EQ(zeros({3}, d).dtype(), d);
  const H values[] = {H(1.0), H(2.0), H(3.0), H(4.0)};
  const Array borrowed = from_host(values, {2, 2});
  EXPECT_EQ(static_cast<double>(borrowed.template data<H>()[3]), 4.0);
  H out[8] = {};
  eval_into(borrowed + 1, out, {1, 2});
  EXPECT_EQ(static_cast<double>(out[1]), 4.0);
  EXPECT_EQ(static_cast<double>(out[2]), 3.0);
}

TYPED_TEST(Half, UniformNumbersNeverReachTheUpperEnd) {
  using H = TypeParam;
  random::Generator g(7);
  const Array x = g.uniform({200000}, 0.0, 1.0, dtype_of<H>()), y = g.uniform({200000}, -3.0, 5.0, dtype_of<H>());
  EXPECT_LT(static_cast<double>(max(x).template item<H>()), 1.0);
  EXPECT_GT(static_cast<double>(max(x).template item<H>()), 0.99);
  EXPECT_GE(static_cast<double>(min(x).template item<H>()), 0.0);
  EXPECT_NEAR(mean(astype(x, DType::Float64)).item<double>(), 0.5, 0.01);
  EXPECT_NEAR(mean(astype(y, DType::Float64)).item<double>(), 1.0, 0.03);
}

TYPED_TEST(Half, SortsInTotalOrderWithNaNLast) {
  using H = TypeParam;
  std::vector<H> values = every<H>();
  std::vector<double> wide;
  for (const H h : values) wide.push_back(static_cast<double>(h));
  for (const bool descending : {false, true}) {
    const Array x = array(values), y = array(wide);
    const std::vector<H> got = sort(x, -1, descending).template to_vector<H>();
    const std::vector<double> expected = sort(y, -1, descending).template to_vector<double>();
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_TRUE(same(got[i], H(expected[i]))) << i;
    EXPECT_EQ(argsort(x, -1, descending).template to_vector<std::int64_t>(),
              argsort(y, -1, descending).template to_vector<std::int64_t>());
  }
}

TEST(HalfPromotion, IsThatOfFloat16) {
  const auto one = [](DType d) { return ones({1}, d); };
  EXPECT_EQ((one(DType::Float16) + one(DType::BFloat16)).dtype(), DType::Float32);
  for (const DType h : kHalves) {
    EXPECT_EQ((one(h) + one(DType::Int8)).dtype(), h);
    EXPECT_EQ((one(h) + one(DType::Int16)).dtype(), DType::Float32);
    EXPECT_EQ((one(h) * one(DType::Int32)).dtype(), DType::Float64);
    EXPECT_EQ((one(h) * one(DType::Float32)).dtype(), DType::Float32);
    EXPECT_EQ((one(h) * 2.0).dtype(), h);
    EXPECT_EQ((one(h) * 2).dtype(), h);
    EXPECT_EQ((one(h) < 1e30).dtype(), DType::Bool);
    EXPECT_TRUE((one(h) < 1e300).item<bool>());
    EXPECT_EQ(where(one(h) > 0, one(h), 0.0).dtype(), h);
  }
  EXPECT_EQ((one(DType::Int32) + float16(1.0)).dtype(), DType::Float64);
}

TEST(HalfPromotion, RefusesLiteralsThatDoNotFit) {
  const Array x = ones({1}, DType::Float16), y = ones({1}, DType::BFloat16);
  EXPECT_ERROR(
      ValueError, x * 65520.0,
      "multiply: 65520 does not fit float16, whose largest value is 65504; use astype to convert the array to a "
      "dtype that holds it");
  EXPECT_ERROR(
      ValueError, x + 70000,
      "add: 70000 does not fit float16, whose largest value is 65504; use astype to convert the array to a dtype "
      "that holds it");
  EXPECT_ERROR(ValueError, y * 1e39,
               "multiply: 1e+39 does not fit bfloat16, whose largest value is 3.3895314e+38; use astype to convert "
               "the array to a dtype that holds it");
  EXPECT_EQ((x * 65519.0).dtype(), DType::Float16);
}

// str() of NumPy 2.4.
TEST(HalfText, IsWhatNumPyWrites) {
  const auto text = [](std::initializer_list<double> values) {
    return to_string(astype(array(values), DType::Float16));
  };
  EXPECT_EQ(text({0.1, 1000}), "[1.e-01 1.e+03]");
  EXPECT_EQ(text({0.1, 2, 999}), "[1.00e-01 2.00e+00 9.99e+02]");
  EXPECT_EQ(text({0.0011, 1}), "[0.0011 1.    ]");
  EXPECT_EQ(text({65504, 1}), "[6.55e+04 1.00e+00]");
  EXPECT_EQ(text({-0.1, 0.33}), "[-0.1   0.33]");
  EXPECT_EQ(text({6e-8}), "[6.e-08]");
  const auto scalar = [](double value) { return to_string(full({}, value, DType::Float16)); };
  EXPECT_EQ(scalar(0.1), "0.1");
  EXPECT_EQ(scalar(1000), "1e+03");
  EXPECT_EQ(scalar(999.5), "999.5");
  EXPECT_EQ(scalar(65504), "6.55e+04");
  EXPECT_EQ(scalar(6e-8), "6e-08");
  EXPECT_EQ(scalar(1e-4), "0.0001");
  EXPECT_EQ(scalar(2048), "2.048e+03");
  EXPECT_EQ(scalar(100), "100.0");
  EXPECT_EQ(to_string(full({}, 0.1, DType::BFloat16)), "0.1");
  EXPECT_EQ(to_string(full({2}, 3.14159, DType::BFloat16)), "[3.14 3.14]");
}

TEST(Half, IsComputedInFloat32WhereSeveralStepsAreOneFunction) {
  const Array large = astype(array({1000.0, -1000.0, 500.0, -500.0}), DType::Float16);
  for (const DType dtype : {DType::Float16, DType::Float32}) {
    const Array normal = layer_norm(large, ones({4}, dtype), zeros({4}, dtype));
    EXPECT_EQ(normal.dtype(), dtype);
    EXPECT_NEAR(astype(normal, DType::Float64).to_vector<double>()[0], 1.2649, 1e-3);
  }
  const Array hundreds = full({1000}, 100, DType::Int8), weights = ones({1000}, DType::Float16);
  EXPECT_EQ(average(hundreds, weights).item<double>(), 100);
  EXPECT_EQ(nanmean(astype(hundreds, DType::Float16)).item<double>(), 100);
  EXPECT_EQ(degrees(ones({1}, DType::Float16)).item<double>(), 57.28125);
  const Array filled = nan_to_num(astype(array({NAN, INFINITY, -INFINITY}), DType::Float16));
  EXPECT_EQ(filled.to_vector<double>(), (std::vector<double>{0, 65504, -65504}));
}

}  // namespace
}  // namespace ingot
