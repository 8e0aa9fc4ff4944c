#include "ingot/fast_math.hpp"

#include <atomic>
#include <cmath>
#include <complex>
#include <functional>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "host/base/config.h"
#include "host/graph/intern.h"
#include "tests/api/expect.h"
#include "tests/laws/deep.h"
#include "tests/oracle/exact.h"

namespace ingot {
namespace {

template <class T>
std::vector<T> uniform(int count, double low, double high) {
  std::mt19937_64 random(20240613);
  std::uniform_real_distribution<double> draw(low, high);
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& value : values) value = static_cast<T>(draw(random));
  return values;
}

class On {
 public:
  On(Backend backend, int device)
      : backend_(config().backend.exchange(backend)), device_(config().device.exchange(device)) {}
  ~On() {
    config().backend = backend_;
    config().device = device_;
  }

 private:
  Backend backend_;
  int device_;
};

using Function = std::function<Array(const Array&)>;

// Everything that is recorded otherwise, and what must not be.
Array mixed(const Array& x) {
  const Array y = sin(x) * cos(x) + exp(-abs(x)) / 3.0 - log(abs(x) + 1.0) * 0.5;
  const Array z = tanh(y) * y - pow(abs(x) + 0.5, y) + square(y) + rsqrt(abs(y) + 1.0) * sigmoid(y);
  return where(x > 0.0, z, y - y * z) + sum(z) / 7.0;
}

template <class T>
void expect_within(const char* name, Op op, const Function& function, double low, double high, double ulps) {
  const std::vector<T> x = uniform<T>(3000, low, high);
  const Array exact = function(array(x)), fast = fast_math(exact);
  EXPECT_NE(fast.node(), exact.node()) << name;
  const std::vector<T> got = fast.template to_vector<T>();
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    worst = std::max(worst, oracle::distance(op, dtype_of<T>(), x[i], 0, got[i]));
  EXPECT_LE(worst, ulps) << name << " of " << dtype_of<T>();
  EXPECT_GT(worst, 0) << name << " of " << dtype_of<T>();
}

template <class T>
void expect_bounds() {
  const auto unary = [](Array (*f)(const Operand&)) { return [f](const Array& x) { return f(x); }; };
  expect_within<T>("exp", Op::exp, unary(exp), -80, 80, 2);
  expect_within<T>("log", Op::log, unary(log), 0, 10, 3);
  expect_within<T>("sin", Op::sin, unary(sin), -1e5, 1e5, 4);
  expect_within<T>("cos", Op::cos, unary(cos), -1e5, 1e5, 4);
  expect_within<T>("tanh", Op::tanh, unary(tanh), -5, 5, 3);
  expect_within<T>("rsqrt", Op::rsqrt, unary(rsqrt), 0, 10, 4);
  expect_within<T>("sigmoid", Op::sigmoid, unary(sigmoid), -80, 80, 4);
}
TEST(FastMath, IsWithinItsBoundsOfTheExactFunctions) {
  expect_bounds<float>();
  expect_bounds<double>();
}

template <class T>
void expect_powers() {
  std::vector<T> x = uniform<T>(20'000, -5, 5), y = uniform<T>(20'000, -24, 24);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = std::exp(x[i]);
    y[i] = y[(i * 7919) % y.size()] / std::max(std::fabs(std::log(x[i])), T(0.01));
  }
  const std::vector<T> got = fast_math(pow(array(x), array(y))).template to_vector<T>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::fabs(static_cast<double>(y[i]) * std::log(static_cast<double>(x[i]))) > 24) continue;
    ASSERT_LE(oracle::distance(Op::pow, dtype_of<T>(), x[i], y[i], got[i]), 4) << x[i] << " ** " << y[i];
  }
}
TEST(FastMath, HasPowersWithinFourUlpUpToTheExponentialOf24) {
  expect_powers<float>();
  expect_powers<double>();
}

template <class T>
void expect_special_values() {
  using L = std::numeric_limits<T>;
  const std::vector<T> x{0,
                         T(-0.0),
                         1,
                         -1,
                         L::infinity(),
                         -L::infinity(),
                         L::quiet_NaN(),
                         L::max(),
                         -L::max(),
                         L::min(),
                         L::denorm_min(),
                         -L::denorm_min(),
                         T(1e10),
                         T(0x1p30)};
  const Array given = array(x);
  const Array exact[] = {exp(given), log(given),         tanh(given),  sin(given),
                         cos(given), pow(given, T(3.5)), given / T(0), sin(given) * T(0)};
  for (const Array& e : exact) {
    const std::vector<T> wanted = e.template to_vector<T>(), got = fast_math(e).template to_vector<T>();
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (std::isnan(wanted[i])) {
        EXPECT_TRUE(std::isnan(got[i])) << i;
      } else if (wanted[i] == 0 || std::isinf(wanted[i])) {
        EXPECT_TRUE(got[i] == wanted[i] && std::signbit(got[i]) == std::signbit(wanted[i])) << i << ": " << got[i];
      } else {
        EXPECT_LE(std::fabs(got[i] - wanted[i]), 8 * L::epsilon() * std::fabs(wanted[i])) << i;
      }
    }
  }
}
TEST(FastMath, HasTheSpecialValuesOfTheExactFunctions) {
  // Pending, since what has values stays as it is.
  expect_special_values<float>();
  expect_special_values<double>();
}

template <class T>
void expect_same_bits_everywhere() {
  const std::vector<T> x = uniform<T>(5000, -30, 30);
  const auto bits = [&](Backend backend, int device) {
    const On scope(backend, device);
    std::vector<T> values = fast_math(mixed(array(x))).template to_vector<T>();
    for (const Array& each :
         {fast_math(exp(array(x))), fast_math(log(abs(array(x)))), fast_math(cos(array(x) * T(1e7)))})
      for (T value : each.template to_vector<T>()) values.push_back(value);
    return values;
  };
  const std::vector<T> interpreted = bits(Backend::Interpreter, kHost);
  EXPECT_EQ(bits(Backend::Llvm, kHost), interpreted);
  if (is_available(Device::cuda())) {
    EXPECT_EQ(bits(Backend::Cuda, 0), interpreted);
  }
}
TEST(FastMath, HasTheSameBitsOnEveryBackend) {
  expect_same_bits_everywhere<float>();
  expect_same_bits_everywhere<double>();
}

TEST(FastMath, LeavesWhatItIsGivenAsItIs) {
  const Array x = array(uniform<double>(1000, -3, 3)), y = mixed(x), again = mixed(x);
  EXPECT_EQ(y.node(), again.node());
  const Array fast = fast_math(y);
  EXPECT_EQ(mixed(x).node(), y.node());
  const std::vector<double> alone = [&] {
    const Array copy = array(uniform<double>(1000, -3, 3));
    return mixed(copy).to_vector<double>();
  }();
  fast.eval();
  EXPECT_EQ(y.to_vector<double>(), alone);
  EXPECT_NE(fast.to_vector<double>(), alone);
}

TEST(FastMath, GivesBackWhatHasNothingToMakeFaster) {
  const Array x = array({1.0, 2.0, 3.0}), stored = sin(x).eval(), whole = arange(10) * 3 + 1;
  for (const Array& each : {x, stored, whole, sum(abs(x)) + 1.0, x.T(), Array(2.0), x / 0.0})
    EXPECT_EQ(fast_math(each).node(), each.node());
  const Array fast = fast_math(mixed(x));
  EXPECT_EQ(fast_math(fast).node(), fast.node());
  EXPECT_EQ(fast_math(mixed(x)).node(), fast.node());
}

TEST(FastMath, RoundsProductsOnceWithTheirSum) {
  const double a = 1 + 0x1p-30;
  const Array x = array({a}), y = array({-1.0});
  EXPECT_EQ(fast_math(x * x + y).item<double>(), std::fma(a, a, -1));
  EXPECT_EQ(fast_math(y + x * x).item<double>(), std::fma(a, a, -1));
  EXPECT_EQ(fast_math(square(x) + y).item<double>(), std::fma(a, a, -1));
  EXPECT_EQ(fast_math(x * x - 1.0).item<double>(), std::fma(a, a, -1));
  EXPECT_EQ(fast_math(1.0 - x * x).item<double>(), std::fma(-a, a, 1));
  EXPECT_NE((x * x + y).item<double>(), std::fma(a, a, -1));
  EXPECT_EQ(fast_math(x / 3.0).item<double>(), a * (1.0 / 3.0));
  const Array product = x * x, both = fast_math(product * (product + y));
  EXPECT_EQ(both.item<double>(), a * a * std::fma(a, a, -1));
}

TEST(FastMath, TakesComplexArraysAndHalves) {
  using C = std::complex<double>;
  const std::vector<C> values{{0.3, -1.2}, {2, 0.5}, {-1, 3}};
  const Array z = array(values), e = exp(z) * z + z;
  const std::vector<C> exact = e.to_vector<C>(), got = fast_math(exp(array(values)) * z + z).to_vector<C>();
  for (std::size_t i = 0; i < exact.size(); ++i) EXPECT_LE(std::abs(got[i] - exact[i]), 1e-14 * std::abs(exact[i]));
  EXPECT_EQ(fast_math(z).node(), z.node());
  const Array h = astype(array({0.5, 1.5}), DType::Float16);
  EXPECT_EQ(fast_math(sin(h)).dtype(), DType::Float16);
  EXPECT_NEAR(astype(fast_math(sin(h)), DType::Float64)(0).item<double>(), std::sin(0.5), 1e-3);
}

TEST(FastMath, IsMarkedWhereKernelsAreExplained) {
  const Array y = sqrt(array({1.0, 2.0})) + sin(array({1.0, 2.0}));
  EXPECT_EQ(explain(y).find("fast"), std::string::npos);
  const std::string text = explain(fast_math(y));
  EXPECT_NE(text.find(", fast math\n"), std::string::npos) << text;
  EXPECT_NE(text.find("fast_sin"), std::string::npos) << text;
}

TEST(FastMath, EvaluatesNothing) {
  const Array x = array(uniform<double>(100, 0, 1)), y = mixed(x);
  reset_stats();
  const Array fast = fast_math(y);
  EXPECT_EQ(stats().launches, 0);
  fast.eval();
  EXPECT_GE(stats().launches, 1);
}

// What doubles with every step has 2^60 paths, and 60 nodes.
TEST(FastMath, KeepsWhatIsSharedShared) {
  Array x = array({0.25, 0.5});
  for (int i = 0; i < 60; ++i) x = sin(x) + x;
  const std::int64_t before = graph::pending_nodes();
  const Array fast = fast_math(x);
  EXPECT_LE(graph::pending_nodes() - before, 2 * 60);
  EXPECT_NEAR(fast(0).item<double>(), x(0).item<double>(), 1e-12);
}

TEST(FastMath, TakesAChainOfAMillionNodes) {
  tests::on_a_small_stack([] {
    const tests::Unbounded unbounded;
    constexpr int kDepth = 1'000'000;
    const std::int64_t before = graph::pending_nodes();
    {
      Array x = array({0.5, 0.25}).eval();
      for (int i = 0; i < kDepth; ++i) x = i % 2 == 0 ? sin(x) : x / 3.0;
      const Array fast = fast_math(x);
      EXPECT_GE(graph::pending_nodes() - before, 2 * kDepth - 2);
    }
    EXPECT_LE(graph::pending_nodes(), before + 1);
  });
}

// Some threads record it anew while others evaluate what it is made from.
TEST(FastMath, IsRecordedFromManyThreads) {
  std::atomic<int> wrong{0};
  for (int round = 0; round < 100; ++round) {
    const Array x = array(uniform<double>(200, -2, 2)), part = sin(x) * x, y = mixed(part);
    const Array first = fast_math(y);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        if (t == 0) part.eval();
        if (t == 1) y.eval();
        const Array fast = fast_math(y);
        const std::vector<double> got = fast.to_vector<double>(), exact = y.to_vector<double>();
        for (std::size_t i = 0; i < got.size(); ++i)
          wrong += !(std::fabs(got[i] - exact[i]) <= 1e-12 * (1 + std::fabs(exact[i])));
      });
    }
    for (std::thread& thread : threads) thread.join();
    first.eval();
  }
  EXPECT_EQ(wrong, 0);
}

TEST(FastMath, NamesAnArrayThatWasMovedFrom) {
  Array x = array({1.0});
  const Array y = std::move(x);
  EXPECT_THROW(fast_math(x), ValueError);  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace ingot
