#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "tests/api/expect.h"
#include "tests/oracle/philox.h"

namespace ingot {
namespace {

TEST(RandomNumbers, RepeatsBySeedAndCall) {
  random::Generator a(7), b(7), c(8);
  const Array first = a.uniform({100}), second = a.uniform({100});
  EXPECT_SAME_NODE(first, b.uniform({100}));
  EXPECT_SAME_NODE(second, b.uniform({100}));
  EXPECT_NE(first.node(), second.node());
  EXPECT_NE(first.node(), c.uniform({100}).node());
  EXPECT_EQ(first.to_vector<double>(), random::Generator(7).uniform({10, 10}).to_vector<double>());
  random::Generator copy = a;
  EXPECT_SAME_NODE(copy.uniform(3), a.uniform(3));
}

TEST(RandomNumbers, StaysInItsIntervalAndFillsIt) {
  random::Generator g(1);
  for (const DType dtype : {DType::Float32, DType::Float64}) {
    const Array x = g.uniform({1000, 10}, -3, 5, dtype);
    EXPECT_EQ(x.dtype(), dtype);
    EXPECT_GE(min(x).item<double>(), -3);
    EXPECT_LE(max(x).item<double>(), 5);
    EXPECT_NEAR(mean(x).item<double>(), 1, 0.1);
    EXPECT_NEAR(var(x).item<double>(), 64.0 / 12, 0.2);
  }
}

// Against the oracle's Philox, element by element.
TEST(RandomNumbers, AreWhatTheirIndexAndKeyTell) {
  constexpr std::uint64_t kSeed = 20261127;
  random::Generator g(kSeed);
  const std::int64_t bounds[] = {1, 10, (std::int64_t{1} << 40) + 1, std::int64_t{3} << 61};
  std::uint64_t call = 0;
  for (const std::int64_t bound : bounds) {
    const std::uint64_t key = oracle::key_of(kSeed, ++call);
    const std::vector<std::int64_t> got = g.integers(0, bound, {1000}).to_vector<std::int64_t>();
    for (std::uint64_t i = 0; i < 1000; ++i)
      ASSERT_EQ(got[i], static_cast<std::int64_t>(oracle::integer(i, key, static_cast<std::uint64_t>(bound)))) << i;
  }
  for (const DType dtype : {DType::Float32, DType::Float64}) {
    const std::uint64_t key = oracle::key_of(kSeed, ++call);
    const std::vector<double> got = g.normal({1000}, 0, 1, dtype).to_vector<double>();
    const double unit = dtype == DType::Float32 ? 0x1p-22 : 0x1p-51;
    for (std::uint64_t i = 0; i < 1000; ++i) {
      const auto expected = static_cast<double>(oracle::normal(dtype, i, key));
      ASSERT_NEAR(got[i], expected, unit * std::abs(expected)) << i;
    }
  }
}

TEST(RandomNumbers, KeepIntegersWithinTheirBounds) {
  random::Generator g(3);
  EXPECT_VALUES(g.integers(5, 6, {3}), ({3}), int, 5, 5, 5);
  EXPECT_VALUES(g.integers(5, 5, {2}, DType::UInt8, true), ({2}), int, 5, 5);
  EXPECT_EQ(g.integers(0, 10).shape(), Shape());
  for (const DType dtype : {DType::Int8, DType::Int32, DType::Int64}) {
    const Array x = g.integers(-3, 4, {20'000}, dtype);
    EXPECT_EQ(x.dtype(), dtype);
    EXPECT_EQ(min(x).item<int>(), -3);
    EXPECT_EQ(max(x).item<int>(), 3);
  }
  const Array bytes = g.integers(-128, 127, {20'000}, DType::Int8, true);
  EXPECT_EQ(min(bytes).item<int>(), -128);
  EXPECT_EQ(max(bytes).item<int>(), 127);
  constexpr std::uint64_t kTop = ~std::uint64_t{0};
  EXPECT_GT(max(g.integers(0u, kTop, {1000}, DType::UInt64, true)).item<std::uint64_t>(), kTop / 100 * 99);
  EXPECT_LT(min(g.integers(std::int64_t{-1} << 63, std::int64_t{0}, {1000})).item<std::int64_t>(),
            (std::int64_t{-1} << 63) / 100 * 99);
  EXPECT_ERROR(ValueError, g.integers(3, 3, {2}),
               "integers: there is nothing from 3 up to, but not 3; low must be below high");
  EXPECT_ERROR(ValueError, g.integers(0, 257, {2}, DType::UInt8),
               "integers: from 0 to 257 does not fit uint8, which holds 0 to 255; use another dtype");
  EXPECT_ERROR(ValueError, g.integers(-1, 2, {2}, DType::UInt64),
               "integers: from -1 to 2 does not fit uint64, which holds 0 to 18446744073709551615; use another dtype");
  EXPECT_ERROR(TypeError, g.integers(0, 2.5, {2}), "integers: the bound 2.5 is float64; expected an integer");
  EXPECT_ERROR(TypeError, g.integers(0, 2, {2}, DType::Float32),
               "integers: float32 was asked for; expected an integer dtype (convert with astype)");
}

TEST(RandomNumbers, MoveAndScaleNormals) {
  random::Generator a(5), b(5);
  const Array z = a.normal({100}), x = b.normal({100}, 3, 2);
  EXPECT_TRUE(all(x == z * 2.0 + 3.0).item<bool>());
  EXPECT_VALUES(a.normal({2}, 1.5, 0), ({2}), double, 1.5, 1.5);
  EXPECT_ERROR(ValueError, a.normal({2}, 0, -1), "normal: std is -1, and must not be negative");
  EXPECT_ERROR(ValueError, a.normal({2}, INFINITY), "normal: mean is inf, and must be finite in float64");
  EXPECT_ERROR(ValueError, a.exponential({2}, -2), "exponential: scale is -2, and must not be negative");
  EXPECT_ERROR(TypeError, a.normal({2}, 0, 1, DType::Int8),
               "normal: random numbers come as float32 or float64, and int8 was asked for; convert with astype");
}

// log(1 - 0) is 0, and its negative must not be -0.
TEST(RandomNumbers, AreNoNegativeZeros) {
  random::Generator g(11);
  for (const double scale : {1.0, 3.0, 0.0}) {
    const Array x = g.exponential({1 << 16}, scale, DType::Float32);
    EXPECT_FALSE(any(signbit(x)).item<bool>()) << scale;
  }
}

TEST(RandomNumbers, AreTrueWithTheirProbability) {
  random::Generator g(6);
  EXPECT_VALUES(g.bernoulli(0.0, {3}), ({3}), bool, false, false, false);
  EXPECT_VALUES(g.bernoulli(1, {3}), ({3}), bool, true, true, true);
  EXPECT_VALUES(g.bernoulli(array({0.0, 1.0, NAN, 2.0, -1.0})), ({5}), bool, false, true, false, true, false);
  const Array rows = g.bernoulli(array({{0.1f}, {0.9f}}), {2, 50'000});
  EXPECT_NEAR(mean(rows, 1)(0).item<double>(), 0.1, 0.01);
  EXPECT_NEAR(mean(rows, 1)(1).item<double>(), 0.9, 0.01);
  EXPECT_ERROR(ValueError, g.bernoulli(1.5, {2}), "bernoulli: p is 1.5; a probability lies in [0, 1]");
  EXPECT_THROW(g.bernoulli(array({0.5, 0.5}), {3}), ShapeError);
}

TEST(RandomNumbers, PermuteTheSlicesOfArrays) {
  random::Generator g(12), same(12);
  const Array x = reshape(arange(3000), {100, 30});
  const Array rows = g.permutation(x), columns = g.permutation(x, 1);
  EXPECT_TRUE(all(rows == same.shuffle(x)).item<bool>());
  EXPECT_FALSE(all(rows == x).item<bool>());
  EXPECT_TRUE(all(sort(rows, 0) == x).item<bool>());
  EXPECT_TRUE(all(rows - rows(Slice(), Slice(0, 1)) == arange(30)).item<bool>()) << "rows were torn apart";
  EXPECT_TRUE(all(sort(columns, 1) == x).item<bool>());
  EXPECT_TRUE(all(columns - columns(Slice(0, 1)) == x(Slice(), Slice(0, 1))).item<bool>());
  EXPECT_EQ(g.permutation(zeros({0, 3})).shape(), (Shape{0, 3}));
  EXPECT_ERROR(IndexError, g.permutation(x, 2),
               "permutation: axis 2 is out of bounds for an array of 2 axes; axes run from -2 to 1");
}

TEST(RandomNumbers, PermuteEveryRowByItself) {
  random::Generator g(13);
  const Array x = reshape(arange(3000), {100, 30});
  const Array along = g.permuted(x, 1), down = g.permuted(x, 0), throughout = g.permuted(x);
  EXPECT_TRUE(all(sort(along, 1) == x).item<bool>());
  EXPECT_FALSE(all(along - x(Slice(), Slice(0, 1)) == along(0)).item<bool>()) << "all rows in one order";
  EXPECT_TRUE(all(sort(down, 0) == x).item<bool>());
  EXPECT_EQ(throughout.shape(), x.shape());
  EXPECT_TRUE(all(sort(ravel(throughout)) == arange(3000)).item<bool>());
  EXPECT_FALSE(all(sort(throughout, 1) == x).item<bool>());
  EXPECT_EQ(g.permuted(Array(3)).shape(), Shape());
}

TEST(RandomNumbers, ChooseSlices) {
  random::Generator g(14), same(14);
  const Array x = reshape(arange(40), {10, 4});
  const Array some = g.choice(x, {2, 3});
  EXPECT_EQ(some.shape(), (Shape{2, 3, 4}));
  EXPECT_TRUE(all(some == take(x, same.choice(10, {2, 3}), 0)).item<bool>());
  EXPECT_TRUE(all(sort(g.choice(x, {10}, false), 0) == x).item<bool>());
  EXPECT_VALUES(g.choice(x, {3}, array({0.0, 1.0, 0.0, 0.0}), true, 1)(0), ({3}), int, 1, 1, 1);
  EXPECT_THROW(g.choice(x, {11}, false), ValueError);
  EXPECT_ERROR(IndexError, g.choice(x, {1}, true, 2),
               "choice: axis 2 is out of bounds for an array of 2 axes; axes run from -2 to 1");
}

TEST(RandomNumbers, PermuteEveryNumberOnce) {
  random::Generator g(9);
  std::vector<std::int64_t> order = g.permutation(10'000).to_vector<std::int64_t>();
  std::vector<std::int64_t> expected(order.size());
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_NE(order, expected);
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, expected);
  EXPECT_EQ(g.permutation(0).shape(), Shape{0});
  EXPECT_ERROR(ValueError, g.permutation(-1), "permutation: n is -1, and must not be negative");
  // All orders of three.
  std::vector<int> counts(27);
  for (int i = 0; i < 3000; ++i) {
    const std::vector<int> p = g.permutation(3).to_vector<int>();
    ++counts[static_cast<std::size_t>(p[0] * 9 + p[1] * 3 + p[2])];
  }
  EXPECT_EQ(std::count(counts.begin(), counts.end(), 0), 21);
  for (const int count : counts) {
    if (count != 0) {
      EXPECT_NEAR(count, 500, 100);
    }
  }
}

TEST(RandomNumbers, ChooseWithAndWithoutReplacement) {
  random::Generator g(10);
  const std::vector<int> some = g.choice(100, {5, 10}, false).to_vector<int>();
  EXPECT_EQ(std::set<int>(some.begin(), some.end()).size(), 50u);
  const Array with = g.choice(7, {1000});
  EXPECT_EQ(with.dtype(), DType::Int64);
  EXPECT_EQ(min(with).item<int>(), 0);
  EXPECT_EQ(max(with).item<int>(), 6);
  EXPECT_EQ(g.choice(0, {0}).shape(), Shape{0});
  EXPECT_ERROR(ValueError, g.choice(3, {4}, false),
               "choice: 4 positions were asked for without replacement, and there are 3; choose fewer, or with "
               "replacement");
  EXPECT_ERROR(ValueError, g.choice(0, {1}),
               "choice: there is nothing to choose from, as n is 0; shape (1,) was asked for");
}

TEST(RandomNumbers, ChooseByWeight) {
  random::Generator g(11);
  const Array weights = array({1.0, 0.0, 2.0, 1.0, 0.0});
  const Array with = g.choice(5, {40'000}, weights);
  for (int k = 0; k < 5; ++k) EXPECT_NEAR(mean(with == k).item<double>(), weights(k).item<double>() / 4, 0.01) << k;
  // Without replacement position 2 is first half the time; what is left then weighs alike.
  int first[5] = {}, second_after_2[5] = {};
  for (int i = 0; i < 4000; ++i) {
    const std::vector<int> two = g.choice(5, {2}, weights, false).to_vector<int>();
    ++first[two[0]];
    if (two[0] == 2) ++second_after_2[two[1]];
  }
  EXPECT_NEAR(first[2], 2000, 150);
  EXPECT_NEAR(first[0], 1000, 120);
  EXPECT_EQ(first[1] + first[4], 0);
  EXPECT_NEAR(second_after_2[0], second_after_2[3], 150);
  EXPECT_ERROR(ValueError, g.choice(5, {4}, weights, false),
               "choice: 4 positions were asked for without replacement, and there are 3 whose weight is not 0; choose "
               "fewer, or with replacement");
  EXPECT_ERROR(ValueError, g.choice(2, {1}, array({1.0, -1.0})),
               "choice: weight 1 is -1; weights must be finite and not negative");
  EXPECT_ERROR(ShapeError, g.choice(3, {1}, array({1.0, 1.0})),
               "choice: the weights have shape (2,); expected (3,), one for each of 3 positions");
  EXPECT_ERROR(ValueError, g.choice(2, {1}, zeros({2})), "choice: no weight is above 0; shape (1,) was asked for");
}

TEST(RandomNumbers, SpawnGeneratorsThatDiffer) {
  random::Generator a(12), b(12);
  a.uniform({3});
  std::vector<random::Generator> children = a.spawn(3), same = b.spawn(3);
  std::set<double> firsts;
  for (int k = 0; k < 3; ++k) {
    const Array x = children[static_cast<std::size_t>(k)].uniform({4});
    EXPECT_SAME_NODE(x, same[static_cast<std::size_t>(k)].uniform({4}));  // whatever was drawn before
    firsts.insert(x(0).item<double>());
  }
  firsts.insert(b.spawn(1)[0].uniform({4})(0).item<double>());
  firsts.insert(b.uniform({4})(0).item<double>());
  EXPECT_EQ(firsts.size(), 5u);
  EXPECT_ERROR(ValueError, a.spawn(-1), "spawn: -1 generators were asked for; the count must not be negative");
}

TEST(RandomNumbers, RefusesIntervalsAndDtypesThatCannotBe) {
  random::Generator g(1);
  EXPECT_ERROR(ValueError, g.uniform({2}, -1e308, 1e308),
               "uniform: from -1e+308 to 1e+308; low, high and their difference must be finite in float64");
  EXPECT_ERROR(ValueError, g.uniform({2}, -3e38, 3e38, DType::Float32),
               "uniform: from -3e+38 to 3e+38; low, high and their difference must be finite in float32");
  EXPECT_ERROR(ValueError, g.uniform({2}, 2, 1), "uniform: from 2 to 1; low must not be above high: swap them");
  EXPECT_VALUES(g.uniform({2}, 3, 3), ({2}), double, 3, 3);
  EXPECT_ERROR(TypeError, g.uniform({2}, 0, 1, DType::Int32),
               "uniform: random numbers come in a floating dtype, and int32 was asked for; convert with astype");
  EXPECT_THROW(g.uniform({-1}), ValueError);
}

}  // namespace
}  // namespace ingot
