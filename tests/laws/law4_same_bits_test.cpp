// Law 4: same bits. The random graphs (tests/random) hold it over backends, CPU levels, threads, layouts and siblings;
// here are the caller's floating-point state and evaluation in pieces.
#include <cfenv>
#include <cmath>
#include <cstring>
#include <limits>

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

// Results that subnormals and rounding show in.
std::vector<double> sensitive() {
  std::vector<double> values = sample(20'000);
  for (std::size_t i = 0; i < values.size(); i += 3) values[i] *= 0x1p-1060;
  return values;
}

std::vector<Array> results(const Array& x) {
  return {x / 3.0,
          x * 0x1p-20,
          sqrt(x) + sin(x),
          exp(-x) * 0x1p-1070,
          sum(x),
          sum(x / 7.0, 0),
          stddev(x),
          x + 0.1,
          logsumexp(x, 0),
          cumsum(x, 0),
          cumprod(x, 0, {.reverse = true}),
          logcumsumexp(x),
          astype(argmax(sin(x)), DType::Float64),
          astype(argmin(x * x, 0), DType::Float64),
          fast_math(sin(x) * x + exp(-x) / 3.0 - pow(x + 1.0, 0.3) * tanh(x))};
}

// Every function of one operand that has a body of its own, of numbers on either side of 0 and 1 and of subnormals.
std::vector<Array> functions(const Array& x) {
  const Array unit = x * 0.09;
  std::vector<Array> all;
  for (Array (*const f)(const Operand&) :
       {exp,   exp2,  exp10, expm1, log,   log2,    log10,  log1p,   sin,      cos,   tan,
        sinh,  cosh,  tanh,  asinh, acosh, sigmoid, cbrt,   atan,    erf,      erfc,  sinpi,
        cospi, tanpi, sinc,  gelu,  i0,    tgamma,  lgamma, digamma, softplus, rsqrt, reciprocal})
    all.push_back(f(x));
  for (Array (*const f)(const Operand&) : {asin, acos, atanh, logit, erfinv}) all.push_back(f(unit));
  for (Array (*const f)(const Operand&, const Operand&) : {atan2, hypot, logaddexp, pow}) all.push_back(f(x, unit));
  const std::size_t exact = all.size();
  for (std::size_t i = 0; i < exact; ++i) all.push_back(fast_math(all[i] * 3.0 + 0.1));
  return all;
}

void expect_same(const std::vector<Array>& a, const std::vector<Array>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto x = a[i].data<double>(), y = b[i].data<double>();
    ASSERT_EQ(x.size(), y.size());
    EXPECT_EQ(std::memcmp(x.data(), y.data(), x.size_bytes()), 0) << "result " << i;
  }
}

class Law4 : public ::testing::TestWithParam<Backend> {
 protected:
  WithBackend backend_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Backends, Law4, ::testing::Values(Backend::Interpreter, Backend::Llvm), [](const auto& info) {
  return info.param == Backend::Interpreter ? std::string("interp") : std::string("llvm");
});

TEST_P(Law4, IgnoresTheCallersRoundingMode) {
  const std::vector<double> values = sensitive();
  std::vector<Array> usual = results(array(values));
  eval(usual);
  for (int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    std::vector<Array> other = results(array(values));
    ASSERT_EQ(std::fesetround(mode), 0);
    eval(other);
    const int after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(after, mode);
    expect_same(other, usual);
  }
}

// What is computed when an expression is recorded: reciprocals, divisors, ends and steps.
std::vector<Array> recorded(const Array& x) {
  return {linalg::vector_norm(x, {}, false, 3),
          stddev(x, {}, false, 1.3),
          var(x, {}, true, 0.7),
          mean(x, 0),
          average(x, x * x),
          linspace(0.1, 0.7, 37),
          logspace(0.1, 0.7, 37),
          geomspace(0.1, 0.7, 37),
          arange(0.1, 7.3, 0.1),
          full({3}, 0.1) * 0.3,
          median(x / 3.0),
          quantile(x / 3.0, 0.37),
          softmax(x),
          layer_norm(x, ones({x.size()}), zeros({x.size()})),
          lerp(x, array({0.3}), 0.7),
          degrees(x),
          radians(x),
          deg2rad(x) / 0.7,
          clip(x, 0.1, 0.7),
          pow(x, 0.3),
          where(x > 0.1, x, 0.7),
          random::Generator(7).uniform({100}, 0.1, 0.7),
          random::Generator(7).normal({100}, 0.1, 0.7),
          random::Generator(7).exponential({100}, 0.3)};
}

TEST_P(Law4, RecordsTheSameInAnyRoundingMode) {
  const Array x = array(sensitive());
  std::vector<Array> usual = recorded(x);
  eval(usual);
  for (int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    ASSERT_EQ(std::fesetround(mode), 0);
    std::vector<Array> other = recorded(x);
    eval(other);
    std::fesetround(FE_TONEAREST);
    expect_same(other, usual);
  }
}

TEST_P(Law4, IgnoresTheCallersRoundingModeInEveryFunction) {
  const std::vector<double> values = sensitive();
  std::vector<Array> usual = functions(array(values)), other = functions(array(values));
  eval(usual);
  ASSERT_EQ(std::fesetround(FE_UPWARD), 0);
  eval(other);
  std::fesetround(FE_TONEAREST);
  expect_same(other, usual);
}

#if defined(__SSE2__)
// Subnormals flushed, and every exception trapped: a division by 0 would end the process.
TEST_P(Law4, IgnoresTheCallersTrapsInEveryFunction) {
  const std::vector<double> values = sensitive();
  std::vector<Array> usual = functions(array(values)), other = functions(array(values));
  eval(usual);
  const unsigned before = _mm_getcsr();
  _mm_setcsr((before & ~(_MM_MASK_MASK | _MM_EXCEPT_MASK)) | 0x8040);
  eval(other);
  _mm_setcsr(before);
  expect_same(other, usual);
}

TEST_P(Law4, IgnoresTheCallersFlushToZero) {
  const std::vector<double> values = sensitive();
  std::vector<Array> usual = results(array(values));
  eval(usual);
  const unsigned before = _mm_getcsr(), flushing = before | 0x8040;
  std::vector<Array> other = results(array(values));
  _mm_setcsr(flushing);
  eval(other);
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  EXPECT_EQ(after & 0x8040, 0x8040u);
  expect_same(other, usual);
  bool subnormal = false;
  for (double value : usual[0].data<double>()) subnormal = subnormal || std::fpclassify(value) == FP_SUBNORMAL;
  EXPECT_TRUE(subnormal);
}

TEST_P(Law4, ConvertsScalarsAsUsualWhateverTheState) {
  const unsigned before = _mm_getcsr();
  _mm_setcsr(before | 0x8040 | _MM_ROUND_UP);
  const Array x = astype(full({3}, 5e-324), DType::Float64), y = full({1}, 0.1, DType::Float32);
  const double value = x(0).item<double>();
  const float tenth = y.item<float>();
  _mm_setcsr(before);
  EXPECT_EQ(std::memcmp(&value, std::vector<double>{5e-324}.data(), sizeof value), 0);
  EXPECT_EQ(tenth, 0.1f);
}
#endif

TEST_P(Law4, EvaluatesPiecesToTheBitsOfTheWhole) {
  const Array x = array(sensitive()), whole = sqrt(x) + sin(x) * 3.0;
  const auto expected = whole.data<double>();
  for (std::int64_t begin = 0; begin < x.size(); begin += 4999) {
    const Array piece_of = x(Slice(begin, begin + 4999)), piece = sqrt(piece_of) + sin(piece_of) * 3.0;
    const auto got = piece.data<double>();
    EXPECT_EQ(std::memcmp(got.data(), expected.data() + begin, got.size_bytes()), 0) << "from " << begin;
  }
}

TEST_P(Law4, EvaluatesStepsToTheBitsOfTheFusedChain) {
  const Array x = array(sensitive());
  const Array fused = sum(sqrt(x) * 3.0 + exp(-x)), root = sqrt(x), scaled = (root.eval(), root * 3.0), e = exp(-x);
  scaled.eval();
  e.eval();
  const Array added = scaled + e;
  added.eval();
  EXPECT_EQ(sum(added).item<double>(), fused.item<double>());
}

TEST_P(Law4, SumsInLogarithmicError) {
  // design.md section 6: a float32 sum of many ones is exact.
  const Array ones_there = ones({20'000'000}, DType::Float32);
  EXPECT_EQ(sum(ones_there).item<float>(), 20'000'000.0f);
}

}  // namespace
}  // namespace ingot::tests
