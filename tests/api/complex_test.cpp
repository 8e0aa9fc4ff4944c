// complex64 and complex128.
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>

#include "host/graph/op.h"
#include "tests/api/expect.h"

namespace ingot {
namespace {

using namespace std::complex_literals;
using c64 = std::complex<float>;
using c128 = std::complex<double>;
using Wide = std::complex<long double>;

constexpr double kInfinity = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();

template <class C>
class Complex : public testing::Test {};
using Dtypes = testing::Types<c64, c128>;
TYPED_TEST_SUITE(Complex, Dtypes);

// Numbers of all directions and of sizes up to 2^limit.
template <class C>
std::vector<C> numbers(int count, int limit, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> unit(-1, 1);
  std::uniform_int_distribution<int> exponent(-limit, limit);
  using T = typename C::value_type;
  std::vector<C> list;
  for (int i = 0; i < count; ++i) {
    const int e = exponent(random);
    list.emplace_back(static_cast<T>(std::ldexp(unit(random), e)),
                      static_cast<T>(std::ldexp(unit(random), e + i % 3 - 1)));
  }
  return list;
}

// Units in the last place of the norm.
template <class C>
long double ulps(const C& got, const Wide& expected) {
  using L = std::numeric_limits<typename C::value_type>;
  const Wide g(got.real(), got.imag());
  if (g == expected) return 0;
  return std::abs(g - expected) / std::max(std::abs(expected) * static_cast<long double>(L::epsilon()) / 2,
                                           static_cast<long double>(L::denorm_min()));
}

template <class C, class Reference>
long double worst(const Array& result, const std::vector<C>& x, const std::vector<C>& y, Reference reference) {
  const std::vector<C> got = result.to_vector<C>();
  long double most = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    most = std::max(most, ulps(got[i], reference(Wide(x[i].real(), x[i].imag()), Wide(y[i].real(), y[i].imag()))));
  return most;
}

TYPED_TEST(Complex, ArithmeticIsWithinUlpsOfTheNorm) {
  using C = TypeParam;
  const int limit = std::is_same_v<C, c64> ? 30 : 250;
  const std::vector<C> a = numbers<C>(5000, limit, 1), b = numbers<C>(5000, limit, 2);
  const Array x = array(a), y = array(b);
  EXPECT_LE(worst(x + y, a, b, [](Wide p, Wide q) { return p + q; }), 1.0L);
  EXPECT_LE(worst(x - y, a, b, [](Wide p, Wide q) { return p - q; }), 1.0L);
  EXPECT_LE(worst(x * y, a, b, [](Wide p, Wide q) { return p * q; }), 3.0L);
  EXPECT_LE(worst(x / y, a, b, [](Wide p, Wide q) { return p / q; }), 4.0L);
  EXPECT_LE(worst(reciprocal(y), a, b, [](Wide, Wide q) { return 1.0L / q; }), 4.0L);
  EXPECT_LE(worst(square(x), a, b, [](Wide p, Wide) { return p * p; }), 3.0L);
  EXPECT_LE(worst(-x, a, b, [](Wide p, Wide) { return -p; }), 0.0L);
  EXPECT_LE(worst(conj(x), a, b, [](Wide p, Wide) { return std::conj(p); }), 0.0L);
  EXPECT_LE(worst(sqrt(x), a, b, [](Wide p, Wide) { return std::sqrt(p); }), 4.0L);
  EXPECT_LE(worst(sign(x), a, b, [](Wide p, Wide) { return p / std::abs(p); }), 4.0L);
  EXPECT_LE(worst(astype(abs(x), dtype_of<C>()), a, b, [](Wide p, Wide) { return Wide(std::abs(p)); }), 3.0L);
}

TYPED_TEST(Complex, ExpIsWithinUlpsOfTheNorm) {
  using C = TypeParam;
  std::vector<C> a = numbers<C>(5000, 6, 3);
  for (C& z : a) z = C(std::is_same_v<C, c64> ? std::min(z.real(), typename C::value_type(60)) : z.real(), z.imag());
  EXPECT_LE(worst(exp(array(a)), a, a, [](Wide p, Wide) { return std::exp(p); }), 4.0L);
  const double edge = std::is_same_v<C, c64> ? 89 : 710;
  const std::vector<C> large = {
      C(static_cast<typename C::value_type>(edge), static_cast<typename C::value_type>(0.78))};
  EXPECT_LE(worst(exp(array(large)), large, large, [](Wide p, Wide) { return std::exp(p); }), 4.0L);
}

TYPED_TEST(Complex, NeitherOverflowsNorUnderflowsOnTheWay) {
  using C = TypeParam;
  using T = typename C::value_type;
  const int top = std::numeric_limits<T>::max_exponent - 1, bottom = std::numeric_limits<T>::min_exponent - 1;
  const T large = std::ldexp(T(1.25), top - 1), small = std::ldexp(T(1.25), bottom);
  const std::vector<C> a = {C(large, large), C(small, small), C(large, small), C(small, -large),
                            C(small / 64, small / 32)};
  const Array x = array(a);
  EXPECT_LE(worst(sqrt(x), a, a, [](Wide p, Wide) { return std::sqrt(p); }), 4.0L);
  EXPECT_LE(worst(x / x, a, a, [](Wide, Wide) { return Wide(1); }), 4.0L);
  EXPECT_LE(worst(sign(x), a, a, [](Wide p, Wide) { return p / std::abs(p); }), 4.0L);
  EXPECT_LE(worst(astype(abs(x), dtype_of<C>()), a, a, [](Wide p, Wide) { return Wide(std::abs(p)); }), 3.0L);
}

void expect_same(c128 got, c128 expected, const char* what) {
  const auto same = [](double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b));
  };
  EXPECT_TRUE(same(got.real(), expected.real()) && same(got.imag(), expected.imag()))
      << what << ": " << got << ", not " << expected;
}

c128 of(Array (*function)(const Operand&), double re, double im) {
  return function(full({}, c128(re, im), DType::Complex128)).item<c128>();
}

TEST(ComplexSpecial, SqrtIsCs) {
  expect_same(of(sqrt, 0.0, 0.0), c128(0.0, 0.0), "sqrt(0 + 0i)");
  expect_same(of(sqrt, -0.0, 0.0), c128(0.0, 0.0), "sqrt(-0 + 0i)");
  expect_same(of(sqrt, -0.0, -0.0), c128(0.0, -0.0), "sqrt(-0 - 0i)");
  expect_same(of(sqrt, -4.0, 0.0), c128(0.0, 2.0), "sqrt(-4 + 0i)");
  expect_same(of(sqrt, -4.0, -0.0), c128(0.0, -2.0), "sqrt(-4 - 0i)");
  expect_same(of(sqrt, 1.0, kInfinity), c128(kInfinity, kInfinity), "sqrt(1 + inf i)");
  expect_same(of(sqrt, kNaN, -kInfinity), c128(kInfinity, -kInfinity), "sqrt(nan - inf i)");
  expect_same(of(sqrt, -kInfinity, 1.0), c128(0.0, kInfinity), "sqrt(-inf + i)");
  expect_same(of(sqrt, kInfinity, -1.0), c128(kInfinity, -0.0), "sqrt(inf - i)");
  expect_same(of(sqrt, kNaN, 1.0), c128(kNaN, kNaN), "sqrt(nan + i)");
}

TEST(ComplexSpecial, ExpIsCs) {
  expect_same(of(exp, 0.0, 0.0), c128(1.0, 0.0), "exp(0 + 0i)");
  expect_same(of(exp, -0.0, -0.0), c128(1.0, -0.0), "exp(-0 - 0i)");
  expect_same(of(exp, 1.0, kInfinity), c128(kNaN, kNaN), "exp(1 + inf i)");
  expect_same(of(exp, kInfinity, 0.0), c128(kInfinity, 0.0), "exp(inf + 0i)");
  expect_same(of(exp, -kInfinity, kInfinity), c128(0.0, 0.0), "exp(-inf + inf i)");
  expect_same(of(exp, kNaN, 0.0), c128(kNaN, 0.0), "exp(nan + 0i)");
  const c128 unbounded = of(exp, kInfinity, kNaN);
  EXPECT_TRUE(std::isinf(unbounded.real()) && std::isnan(unbounded.imag())) << unbounded;
}

TEST(ComplexSpecial, AbsAndQuotientsOfInfinities) {
  EXPECT_EQ(abs(full({}, c128(kNaN, -kInfinity), DType::Complex128)).item<double>(), kInfinity);
  const Array one = full({}, c128(1, 1), DType::Complex128),
              infinite = full({}, c128(kInfinity, kInfinity), DType::Complex128), zero = zeros({}, DType::Complex128);
  EXPECT_EQ((one / infinite).item<c128>(), c128(0, 0));
  EXPECT_TRUE(isinf(one / zero).item<bool>());
  EXPECT_TRUE(isnan(zero / zero).item<bool>());
  expect_same(sign(zero).item<c128>(), c128(0, 0), "sign(0)");
}

TYPED_TEST(Complex, PartsAndComparisons) {
  using C = TypeParam;
  using T = typename C::value_type;
  const Array x = array({C(1, 2), C(3, -4), C(0, 0), C(static_cast<T>(kNaN), 1), C(1, static_cast<T>(-kInfinity))});
  const Array y = array({C(1, 2), C(3, 4), C(0, 0), C(static_cast<T>(kNaN), 1), C(1, static_cast<T>(-kInfinity))});
  EXPECT_EQ(real(x).dtype(), dtype_of<T>());
  EXPECT_VALUES(real(x), ({5}), T, 1, 3, 0, static_cast<T>(kNaN), 1);
  EXPECT_VALUES(imag(x), ({5}), T, 2, -4, 0, 1, static_cast<T>(-kInfinity));
  EXPECT_VALUES(x == y, ({5}), bool, true, false, true, false, true);
  EXPECT_VALUES(x != y, ({5}), bool, false, true, false, true, false);
  EXPECT_VALUES(isnan(x), ({5}), bool, false, false, false, true, false);
  EXPECT_VALUES(isinf(x), ({5}), bool, false, false, false, false, true);
  EXPECT_VALUES(isfinite(x), ({5}), bool, true, true, true, false, false);
  EXPECT_VALUES(astype(x, DType::Bool), ({5}), bool, true, true, false, true, true);
  EXPECT_EQ(abs(x).dtype(), dtype_of<T>());
  EXPECT_VALUES(abs(x(Slice(1, 3))), ({2}), T, 5, 0);
  EXPECT_VALUES(where(real(x) > 0, x, 0)(Slice(0, 3)), ({3}), C, C(1, 2), C(3, -4), C(0, 0));
}

TYPED_TEST(Complex, Reductions) {
  using C = TypeParam;
  using T = typename C::value_type;
  const Array x = array({C(1, 2), C(3, -4), C(5, 6), C(0, 0), C(1, 1), C(2, 2)}, {2, 3});
  EXPECT_EQ(sum(x).template item<C>(), C(12, 7));
  EXPECT_VALUES(sum(x, 0), ({3}), C, C(1, 2), C(4, -3), C(7, 8));
  EXPECT_VALUES(mean(x, 1, true), ({2, 1}), C, C(3, T(4) / 3), C(1, 1));
  EXPECT_VALUES(any(x, 0), ({3}), bool, true, true, true);
  EXPECT_VALUES(all(x, 1), ({2}), bool, true, false);
  EXPECT_EQ(sum(zeros({0}, dtype_of<C>())).template item<C>(), C(0, 0));
  const std::vector<C> many = numbers<C>(20000, 3, 9);
  Wide total = 0;
  for (const C& z : many) total += Wide(z.real(), z.imag());
  EXPECT_LE(ulps(sum(array(many)).template item<C>(), total), 200.0L);
}

TYPED_TEST(Complex, LiesInMemoryAsStdComplexDoes) {
  using C = TypeParam;
  const std::vector<C> values = {C(1, 2), C(3, 4), C(5, 6), C(7, 8), C(9, 10), C(11, 12)};
  const Array x = array(values, {2, 3});
  EXPECT_EQ(x.to_vector<C>(), values);
  EXPECT_VALUES(x.T(), ({3, 2}), C, C(1, 2), C(7, 8), C(3, 4), C(9, 10), C(5, 6), C(11, 12));
  EXPECT_VALUES(flip(x, 1)(1), ({3}), C, C(11, 12), C(9, 10), C(7, 8));
  const Array strided = from_host(values.data(), {2}, {3});
  EXPECT_VALUES(strided * 2, ({2}), C, C(2, 4), C(14, 16));
  const Array borrowed = from_host(values.data(), {6});
  EXPECT_EQ(borrowed.template data<C>().data(), values.data());

  const Array result = x * x - x;
  const std::span<const C> data = result.template data<C>();
  EXPECT_EQ(data[1], C(3, 4) * C(3, 4) - C(3, 4));
  EXPECT_EQ(data.data(), result.template data<C>().data());
  EXPECT_EQ(result.to_vector<C>()[5], C(11, 12) * C(11, 12) - C(11, 12));

  std::vector<C> out(8, C(-1, -1));
  eval_into(x + C(0, 1), out.data(), {1, 2});
  EXPECT_EQ(out[1], C(7, 9));
  EXPECT_EQ(out[4], C(5, 7));
  EXPECT_EQ(out[6], C(-1, -1));
  eval_into(conj(x), out.data());
  EXPECT_EQ(out[5], C(11, -12));
  EXPECT_EQ(broadcast_to(x(0), {2, 3}).template to_vector<C>()[4], C(3, 4));
}

TYPED_TEST(Complex, IsSavedAsNumPyDoes) {
  using C = TypeParam;
  const std::string path = testing::TempDir() + "ingot_complex_" + std::to_string(sizeof(C)) + ".npy";
  const Array x = array({C(1, 2), C(3, 4), C(5, 6)});
  save_npy(path, x * 2);
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(text.find(sizeof(C) == 8 ? "'<c8'" : "'<c16'"), std::string::npos);
  const Array y = load_npy(path);
  EXPECT_EQ(y.dtype(), dtype_of<C>());
  EXPECT_VALUES(y + 1, ({3}), C, C(3, 4), C(7, 8), C(11, 12));
  std::filesystem::remove(path);
}

TYPED_TEST(Complex, SurvivesLongChains) {
  using C = TypeParam;
  Array x = array({C(1, 0), C(0, 1)});
  for (int i = 0; i < 20000; ++i) x = x * C(0, 1);
  EXPECT_VALUES(x, ({2}), C, C(1, 0), C(0, 1));
}

TEST(ComplexPromotion, IsTheStandards) {
  const auto one = [](DType d) { return ones({1}, d); };
  EXPECT_EQ((one(DType::Complex64) + one(DType::Float32)).dtype(), DType::Complex64);
  EXPECT_EQ((one(DType::Complex64) + one(DType::Float64)).dtype(), DType::Complex128);
  EXPECT_EQ((one(DType::Complex64) + one(DType::Complex128)).dtype(), DType::Complex128);
  EXPECT_EQ((one(DType::Complex64) * one(DType::Float16)).dtype(), DType::Complex64);
  EXPECT_EQ((one(DType::Complex64) * one(DType::Int8)).dtype(), DType::Complex64);
  EXPECT_EQ((one(DType::Complex64) * 2.0).dtype(), DType::Complex64);
  EXPECT_EQ((one(DType::Complex64) * 2).dtype(), DType::Complex64);
  EXPECT_EQ((one(DType::Complex64) * 2i).dtype(), DType::Complex64);
  EXPECT_EQ((one(DType::Float32) * 2i).dtype(), DType::Complex64);
  EXPECT_EQ((one(DType::Float64) * c64(0, 1)).dtype(), DType::Complex128);
  EXPECT_EQ((one(DType::Int32) * 2i).dtype(), DType::Complex128);
  EXPECT_EQ((one(DType::Float32) * 2i).item<c64>(), c64(0, 2));
  EXPECT_EQ((Array(2i) * one(DType::Float32)).dtype(), DType::Complex64);
  EXPECT_EQ((Array(2i) * Array(3.0)).item<c128>(), c128(0, 6));
  EXPECT_EQ(astype(one(DType::Float64), DType::Complex64).item<c64>(), c64(1, 0));
  EXPECT_EQ(astype(full({}, 1.5 + 2i, DType::Complex128), DType::Complex64).item<c64>(), c64(1.5f, 2));
}

TEST(ComplexErrors, NameTheWayOut) {
  const Array x = ones({2}, DType::Complex64);
  EXPECT_ERROR(
      TypeError, floor(x),
      "floor: takes no complex operands, and these promote to complex64; compute with real(x), imag(x) or abs(x)");
  EXPECT_ERROR(
      TypeError, less(x, x),
      "less: takes no complex operands, and these promote to complex64; compute with real(x), imag(x) or abs(x)");
  EXPECT_ERROR(TypeError, min(x), "min: not defined for complex64; use real(x), imag(x) or abs(x)");
  EXPECT_ERROR(TypeError, sort(x), "sort: not defined for complex64; use real(x), imag(x) or abs(x)");
  EXPECT_ERROR(TypeError, ptp(x), "ptp: not defined for complex64; use real(x), imag(x) or abs(x)");
  EXPECT_ERROR(TypeError, astype(x, DType::Float32),
               "astype: a complex64 array does not convert to float32; use real(x), imag(x) or abs(x)");
  EXPECT_ERROR(TypeError, imag(ones({2})),
               "imag: needs a complex array, and this one is float64; convert with astype(x, DType::Complex128)");
  EXPECT_ERROR(TypeError, x(0).item<float>(),
               "item: the array is complex64, and its values were asked for as float; ask for std::complex<float>, or "
               "convert with astype");
  EXPECT_ERROR(TypeError, full({2}, 1i, DType::Float64),
               "full: (0+1j) is complex, and the dtype is float64; give a real value or a complex dtype");
  EXPECT_ERROR(
      ValueError, x * (1e300 + 0i),
      "multiply: (1e+300+0j) does not fit complex64, whose largest value is 3.4028235e+38; use astype to convert "
      "the array to a dtype that holds it");
}

// str() of NumPy 2.4.
TEST(ComplexText, IsWhatNumPyWrites) {
  EXPECT_EQ(to_string(array({1.0 + 1i, 2.5 - 3i})), "[1. +1.j 2.5-3.j]");
  EXPECT_EQ(to_string(array({c128(kNaN, 1), c128(1, -2)})), "[nan+1.j  1.-2.j]");
  EXPECT_EQ(to_string(array({c128(1, kNaN), c128(1, -2)})), "[1.+nanj 1. -2.j]");
  EXPECT_EQ(to_string(array({c128(1, kInfinity), c128(1, -2.5)})), "[1.+infj 1.-2.5j]");
  EXPECT_EQ(to_string(array({c128(1e10, 1), c128(2, 0)})), "[1.e+10+1.j 2.e+00+0.j]");
  EXPECT_EQ(to_string(array({c128(1.5, -1e-7), c128(2, 0)})), "[1.5-1.e-07j 2. +0.e+00j]");
  EXPECT_EQ(to_string(array({c64(1, 2), c64(3, 0), c64(4, 0), c64(0, 5)}, {2, 2})),
            "[[1.+2.j 3.+0.j]\n [4.+0.j 0.+5.j]]");
  const auto scalar = [](c128 value) { return to_string(full({}, value, DType::Complex128)); };
  EXPECT_EQ(scalar({1, 1}), "(1+1j)");
  EXPECT_EQ(scalar({1e10, 1}), "(10000000000+1j)");
  EXPECT_EQ(scalar({0, 1}), "1j");
  EXPECT_EQ(scalar({-1, 0}), "(-1+0j)");
  EXPECT_EQ(scalar({1, -kInfinity}), "(1-infj)");
  EXPECT_EQ(scalar({kNaN, 1}), "(nan+1j)");
  EXPECT_EQ(scalar({0.1, 0.25}), "(0.1+0.25j)");
  EXPECT_EQ(to_string(full({}, c64(1e10f, 1), DType::Complex64)), "(1e+10+1j)");
}

TEST(Complex, KeepsWhatOneInfinitePartTells) {
  using C = std::complex<double>;
  const auto one = [](const Array& x) { return x.item<C>(); };
  const C root = one(sqrt(array({C(INFINITY, NAN)}))), turned = one(sqrt(array({C(-INFINITY, NAN)})));
  EXPECT_EQ(root.real(), INFINITY);
  EXPECT_TRUE(std::isnan(root.imag()));
  EXPECT_TRUE(std::isnan(turned.real()));
  EXPECT_EQ(std::abs(turned.imag()), INFINITY);
  EXPECT_EQ(one(sign(array({C(INFINITY, 0)}))), C(1, 0));
  EXPECT_EQ(one(sign(array({C(0, -INFINITY)}))), C(0, -1));
  EXPECT_EQ(one(sign(array({C(1, INFINITY)}))), C(0, 1));
}

}  // namespace
}  // namespace ingot
