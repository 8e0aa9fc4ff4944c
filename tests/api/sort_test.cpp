#include "ingot/sorting.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>

#include "host/graph/build.h"
#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The order that ingot/sorting.hpp promises.
template <class T>
bool before(T a, T b, bool descending) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(a) || std::isnan(b)) return !std::isnan(a) && std::isnan(b);
    if (a == 0 && b == 0) return descending ? !std::signbit(a) && std::signbit(b) : std::signbit(a) && !std::signbit(b);
  }
  return descending ? b < a : a < b;
}

template <class T>
std::vector<std::int64_t> expected_order(const T* row, std::int64_t n, std::int64_t step, bool descending) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int64_t a, std::int64_t b) { return before(row[a * step], row[b * step], descending); });
  return order;
}

template <class T>
bool same(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b);
}

// sort and argsort of x along the axis, against std::stable_sort of what x holds.
template <class T>
void expect_sorted(const Array& x, std::int64_t axis, bool descending) {
  const Array sorted = sort(x, axis, descending), positions = argsort(x, axis, descending);
  eval({sorted, positions});
  ASSERT_EQ(sorted.dtype(), x.dtype());
  ASSERT_EQ(positions.dtype(), DType::Int64);
  ASSERT_EQ(sorted.shape(), x.shape());
  ASSERT_EQ(positions.shape(), x.shape());
  const auto all = x.data<T>();
  const auto got = sorted.data<T>();
  const auto got_positions = positions.data<std::int64_t>();
  const int k = static_cast<int>(axis < 0 ? axis + x.ndim() : axis);
  const std::int64_t n = x.shape()[k], step = c_strides(x.shape())[k];
  for (std::int64_t first = 0; first < x.size(); ++first) {
    if (first / step % n != 0) continue;
    const T* const row = all.data() + first;
    const std::vector<std::int64_t> order = expected_order(row, n, step, descending);
    for (std::int64_t i = 0; i < n; ++i) {
      const auto at = static_cast<std::size_t>(first + i * step);
      const std::int64_t from = order[static_cast<std::size_t>(i)];
      ASSERT_EQ(got_positions[at], from) << "argsort, row of element " << first << ", place " << i;
      ASSERT_TRUE(same(got[at], row[from * step])) << "sort, row of element " << first << ", place " << i << ": "
                                                   << +got[at] << ", expected " << +row[from * step];
    }
  }
}

// Numbers of a dtype from all of its range, small ones that repeat, and what is special.
template <class T>
std::vector<T> numbers(std::int64_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> values(static_cast<std::size_t>(count));
  for (auto&& value : values) {
    const std::uint64_t bits = random();
    if constexpr (std::is_same_v<T, bool>) {
      value = bits % 2 != 0;
    } else if constexpr (std::is_floating_point_v<T>) {
      constexpr T inf = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
      constexpr T special[] = {0, T{-0.0}, inf, -inf, nan, -nan, std::numeric_limits<T>::denorm_min(), 1};
      value = bits % 4 == 0 ? special[bits / 4 % 8]
                            : static_cast<T>(static_cast<std::int64_t>(bits)) * static_cast<T>(1e-18);
    } else {
      value = bits % 2 == 0 ? static_cast<T>(bits >> 32) : static_cast<T>(bits / 2 % 16);
      if (bits % 64 == 1) value = std::numeric_limits<T>::min();
      if (bits % 64 == 3) value = std::numeric_limits<T>::max();
    }
  }
  return values;
}

template <class T>
Array array_of(const std::vector<T>& values, const Shape& shape) {
  if constexpr (std::is_same_v<T, bool>) {
    const std::vector<std::uint8_t> bytes(values.begin(), values.end());
    return astype(array(std::span(bytes), shape), DType::Bool);
  } else {
    return array(std::span(values), shape);
  }
}

template <class T>
class SortOf : public testing::Test {};
using Elements = testing::Types<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t,
                                std::uint16_t, std::uint32_t, std::uint64_t, float, double>;
TYPED_TEST_SUITE(SortOf, Elements);

TYPED_TEST(SortOf, EveryLayoutAndAxis) {
  using T = TypeParam;
  const Array x = array_of(numbers<T>(7 * 33 * 5, 1), {7, 33, 5});
  const Slice all;
  const Array layouts[] = {x,
                           x(all, Slice(1, none, 3)),
                           x(Slice(none, none, -1), Slice(none, none, -2), Slice(none, none, -1)),
                           x.T(),
                           permute_dims(x, {1, 2, 0}),
                           broadcast_to(x(Slice(0, 1)), {3, 33, 5}),
                           where(x == x, flip(x, 1), x)};
  for (const Array& layout : layouts)
    for (std::int64_t axis = -3; axis < 3; ++axis)
      for (const bool descending : {false, true}) expect_sorted<T>(layout, axis, descending);
}

TYPED_TEST(SortOf, EverySize) {
  using T = TypeParam;
  for (const std::int64_t n : {1, 2, 3, 23, 24, 25, 26, 127, 1000, 4097, 16383, 16385, 65535, 70001, 140003})
    expect_sorted<T>(array_of(numbers<T>(n, static_cast<unsigned>(n)), {n}), 0, n % 2 == 0);
}

template <class T>
std::vector<std::pair<const char*, std::vector<T>>> patterns(std::int64_t n) {
  std::mt19937_64 random(3);
  std::vector<std::pair<const char*, std::vector<T>>> list;
  const auto add = [&](const char* name, auto value) {
    list.emplace_back(name, std::vector<T>(static_cast<std::size_t>(n)));
    for (std::int64_t i = 0; i < n; ++i) list.back().second[static_cast<std::size_t>(i)] = static_cast<T>(value(i));
  };
  add("sorted", [](std::int64_t i) { return i; });
  add("reversed", [=](std::int64_t i) { return n - i; });
  add("all equal", [](std::int64_t) { return 42; });
  add("organ pipe", [=](std::int64_t i) { return std::min(i, n - i); });
  add("two values", [&](std::int64_t) { return random() % 2; });
  add("few values", [&](std::int64_t) { return random() % 10; });
  add("one apart", [=](std::int64_t i) { return i == n / 2 ? 1 : 0; });
  add("saw", [](std::int64_t i) { return i % 1000; });
  add("exponential", [&](std::int64_t) { return std::exp2(static_cast<double>(random() % 600) / 20); });  // below 2^30
  return list;
}

TEST(Sort, PatternsThatMisleadAQuickerSort) {
  for (const std::int64_t n : {1000, 100'000, 300'007}) {
    for (const auto& [name, values] : patterns<double>(n)) {
      SCOPED_TRACE(name);
      expect_sorted<double>(array(std::span(values)), 0, false);
      expect_sorted<double>(array(std::span(values)), 0, true);
    }
    for (const auto& [name, values] : patterns<std::int32_t>(n)) {
      SCOPED_TRACE(name);
      expect_sorted<std::int32_t>(array(std::span(values)), 0, false);
    }
  }
}

// Those that a sample of evenly spaced elements sees differ from all others.
TEST(Sort, SurvivesASampleThatMisleads) {
  constexpr std::int64_t n = 1 << 18;
  std::vector<std::uint64_t> values(n);
  std::mt19937_64 random(5);
  for (std::int64_t i = 0; i < n; ++i)
    values[static_cast<std::size_t>(i)] = i % (n >> 13) == 0 ? ~std::uint64_t{0} - random() % 2 : random() % 1'000'000;
  expect_sorted<std::uint64_t>(array(std::span(values)), 0, false);
}

TEST(Sort, PutsNaNLastAndMinusZeroFirst) {
  const Array x = array({1.0, kNaN, 0.0, -kInf, -0.0, kInf, -1.0});
  EXPECT_VALUES(sort(x), ({7}), double, -kInf, -1, -0.0, 0, 1, kInf, kNaN);
  EXPECT_TRUE(std::signbit(sort(x)(2).item<double>()));
  EXPECT_FALSE(std::signbit(sort(x)(3).item<double>()));
  EXPECT_VALUES(argsort(x), ({7}), std::int64_t, 3, 6, 4, 2, 0, 5, 1);
  EXPECT_VALUES(sort(x, -1, true), ({7}), double, kInf, 1, 0, -0.0, -1, -kInf, kNaN);
  EXPECT_VALUES(argsort(x, -1, true), ({7}), std::int64_t, 5, 0, 2, 4, 6, 3, 1);
}

TEST(Sort, KeepsTheBitsOfNaNs) {
  std::vector<std::uint64_t> bits = {0x7FF8000000000001, 0xFFF0000000000002, 0x3FF0000000000000, 0x7FF00000000000FF};
  std::vector<double> values(4);
  std::memcpy(values.data(), bits.data(), 32);
  for (const bool descending : {false, true}) {
    const Array sorted = sort(from_host(values.data(), {4}), 0, descending);
    std::vector<std::uint64_t> got(4);
    std::memcpy(got.data(), sorted.data<double>().data(), 32);
    EXPECT_EQ(got[0], bits[2]);
    EXPECT_TRUE(std::is_permutation(got.begin(), got.end(), bits.begin()));
  }
}

TEST(Argsort, IsStableInBothDirections) {
  const Array x = array({2, 1, 2, 1, 3, 1});
  EXPECT_VALUES(argsort(x), ({6}), std::int64_t, 1, 3, 5, 0, 2, 4);
  EXPECT_VALUES(argsort(x, 0, true), ({6}), std::int64_t, 4, 0, 2, 1, 3, 5);
}

TEST(Sort, GivesTheSameBitsForAnyNumberOfThreads) {
  const int before = num_threads();
  const std::vector<double> values = numbers<double>(400'000, 9);
  const std::vector<float> narrow = numbers<float>(400'000, 10);
  const Shape shapes[] = {{400'000}, {2, 200'000}, {400, 1000}, {40'000, 10}};
  for (const Shape& shape : shapes) {
    std::vector<std::vector<double>> results;
    for (const int threads : {1, 2, 3, 8}) {
      set_num_threads(threads);
      const Array x = array(std::span(values), shape), y = array(std::span(narrow), shape);
      std::vector<double>& all = results.emplace_back();
      for (const Array& part : {sort(x), astype(argsort(x), DType::Float64), astype(sort(y, -1, true), DType::Float64),
                                astype(argsort(y), DType::Float64)})
        for (const double v : part.to_vector<double>()) all.push_back(v);
    }
    set_num_threads(before);
    for (const std::vector<double>& result : results)
      EXPECT_EQ(std::memcmp(result.data(), results[0].data(), result.size() * sizeof(double)), 0) << to_string(shape);
  }
}

TEST(Sort, HasEmptyAndOneElementRows) {
  EXPECT_EQ(sort(zeros({0})).shape(), (Shape{0}));
  EXPECT_EQ(sort(zeros({3, 0, 2}), 0).shape(), (Shape{3, 0, 2}));
  EXPECT_EQ(argsort(zeros({0, 2})).dtype(), DType::Int64);
  EXPECT_VALUES(sort(array({2.0, 1.0}, {2, 1})), ({2, 1}), double, 2, 1);
  EXPECT_VALUES(argsort(array({2.0, 1.0}, {2, 1})), ({2, 1}), int, 0, 0);
}

TEST(Sort, TakesWhatKernelsGenerate) {
  EXPECT_VALUES(sort(arange(5), 0, true), ({5}), int, 4, 3, 2, 1, 0);
  EXPECT_VALUES(argsort(arange(3) * -1), ({3}), int, 2, 1, 0);
  EXPECT_VALUES(sort(full({3}, 2.5)), ({3}), double, 2.5, 2.5, 2.5);
  EXPECT_VALUES(sort(sort(array({3, 1, 2}), 0, true)), ({3}), int, 1, 2, 3);
}

TEST(Sort, RefusesWhatHasNoOrderOrNoAxis) {
  const Array x = zeros({2, 3});
  EXPECT_ERROR(IndexError, sort(x, 2), "sort: axis 2 is out of bounds for an array of 2 axes; axes run from -2 to 1");
  EXPECT_ERROR(IndexError, argsort(x, -3),
               "argsort: axis -3 is out of bounds for an array of 2 axes; axes run from -2 to 1");
  EXPECT_ERROR(IndexError, sort(full({}, 1.0)), "sort: axis -1 is out of bounds: a 0-d array has no axes");
  // No public function makes arrays of these yet.
  const auto of_dtype = [](DType dtype) {
    static double values[4] = {};
    const StorageRef storage = StorageRef::adopt(new Storage(values, sizeof values, {}));
    return Array(graph::buffer(dtype, {2}, storage).leak(), Array::Adopt{});
  };
  const Array complex = of_dtype(DType::Complex128);
  EXPECT_ERROR(TypeError, sort(complex), "sort: not defined for complex128; use real(x), imag(x) or abs(x)");
}

Stats measured(const Array& x) {
  const Stats before = stats();
  x.eval();
  Stats after = stats();
  after.launches -= before.launches;
  after.calls -= before.calls;
  return after;
}

TEST(Sort, IsOneCallBetweenTheKernelsBeforeAndAfter) {
  const Array x = array_of(numbers<float>(6000, 2), {20, 300});
  const auto expect_steps = [](const Array& y, std::int64_t launches, std::int64_t calls) {
    const Stats s = measured(y);
    EXPECT_EQ(s.launches, launches);
    EXPECT_EQ(s.calls, calls);
  };
  expect_steps(sort(x), 0, 1);
  expect_steps(sort(x * 2.0F + 1.0F), 1, 1);
  expect_steps(sum(sqrt(abs(sort(x))) + 1.0F), 1, 1);
  expect_steps(max(sort(x + 3.0F, -1, true) * 2.0F, 1), 2, 1);
  expect_steps(sort(x.T()), 1, 1);
  expect_steps(sort(x, 0) * 2.0F, 2, 1);
  expect_steps(sort(x) + sort(x), 1, 1);           // one node
  expect_steps(sort(x) + sort(x, 1, true), 1, 2);  // two
  expect_steps(sort(x).eval(), 0, 0);
}

TEST(Sort, IsLazyAndNamedByExplain) {
  const Stats before = stats();
  const Array y = sort(array({3.0, 1.0, 2.0}) * 2.0) - 1.0;
  EXPECT_EQ(stats().calls, before.calls);
  const std::string text = explain(y);
  EXPECT_NE(text.find("2 kernels, 1 call\n"), std::string::npos) << text;
  EXPECT_NE(text.find("call 0: sort, which sorts rows of the last axis\n  reads float64 (3,), 24 bytes\n"
                      "  writes float64 (3,), 24 bytes\n"),
            std::string::npos)
      << text;
  EXPECT_LT(text.find("kernel 0"), text.find("call 0"));
  EXPECT_LT(text.find("call 0"), text.find("kernel 1"));
  EXPECT_VALUES(y, ({3}), double, 1, 3, 5);
}

}  // namespace
}  // namespace ingot
