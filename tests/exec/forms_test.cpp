// The walkers of the three loop forms: results must not depend on threads, memory layout, tile size or company. Integer
// sums are exact, so that they can be compared with plain loops; sums of floats are compared bit for bit between ways
// to run them.
#include <gtest/gtest.h>

#include <complex>
#include <numeric>

#include "host/base/cache.h"
#include "host/base/config.h"
#include "ingot/ingot.hpp"

namespace ingot {
namespace {

Array numbers(Shape shape, int modulus = 97) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(shape.numel()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::int64_t>(i * 31 % static_cast<std::size_t>(modulus)) - 40;
  return array(std::span<const std::int64_t>(values), shape);
}

// Sums over the axes of a 3-d array by plain loops.
std::vector<std::int64_t> plain_sum(const std::vector<std::int64_t>& v, const Shape& s,
                                    const std::vector<bool>& reduced) {
  Shape kept;
  for (int k = 0; k < 3; ++k) kept.push_back(reduced[static_cast<std::size_t>(k)] ? 1 : s[k]);
  std::vector<std::int64_t> sums(static_cast<std::size_t>(kept.numel()), 0);
  for (std::int64_t i = 0; i < s[0]; ++i)
    for (std::int64_t j = 0; j < s[1]; ++j)
      for (std::int64_t k = 0; k < s[2]; ++k) {
        const std::int64_t at = ((i % kept[0]) * kept[1] + j % kept[1]) * kept[2] + k % kept[2];
        sums[static_cast<std::size_t>(at)] += v[static_cast<std::size_t>((i * s[1] + j) * s[2] + k)];
      }
  return sums;
}

TEST(Forms, SumOverEverySetOfAxes) {
  const Shape shapes[] = {{1, 1, 5},    {3, 5, 7},      {2, 300, 3},   {70, 2, 130},
                          {1, 5000, 2}, {130, 1, 1100}, {2, 3, 20000}, {200, 70, 1}};
  for (const Shape& shape : shapes) {
    const Array x = numbers(shape);
    const std::vector<std::int64_t> values = x.to_vector<std::int64_t>();
    for (int mask = 1; mask < 8; ++mask) {
      const std::vector<bool> reduced{(mask & 4) != 0, (mask & 2) != 0, (mask & 1) != 0};
      Array s = x;
      std::vector<int> axes;
      for (int k = 0; k < 3; ++k)
        if (reduced[static_cast<std::size_t>(k)]) axes.push_back(k);
      if (axes.size() == 1)
        s = sum(x, axes[0]);
      else if (axes.size() == 2)
        s = sum(x, {axes[0], axes[1]});
      else
        s = sum(x);
      EXPECT_EQ(s.to_vector<std::int64_t>(), plain_sum(values, shape, reduced)) << to_string(shape) << " axes " << mask;
    }
  }
}

TEST(Forms, GiveTheSameBitsForAnyNumberOfThreads) {
  random::Generator random(3);
  const Array x = random.uniform(Shape{70, 90, 130}, -1.0, 1.0);
  x.eval();
  const int before = num_threads();
  for (const auto& axes : {std::vector<int>{0}, {1}, {2}}) {
    std::vector<double> first;
    for (int threads : {1, 2, 3, 8}) {
      set_num_threads(threads);
      const std::vector<double> now = stddev(sqrt(abs(x)), axes[0]).to_vector<double>();
      if (first.empty()) first = now;
      EXPECT_EQ(now, first) << threads << " threads, axis " << axes[0];
    }
  }
  std::vector<double> totals;
  for (int threads : {1, 2, 3, 8}) {
    set_num_threads(threads);
    totals.push_back(sum(x * 1.0).item<double>());
  }
  set_num_threads(before);
  EXPECT_EQ(totals, std::vector<double>(4, totals[0]));
}

TEST(Forms, GiveTheSameBitsForAnyMemoryLayout) {
  constexpr std::int64_t kRows = 37, kColumns = 1500;
  std::vector<float> plain(kRows * kColumns), turned(kRows * kColumns), wide(kRows * kColumns * 2),
      backwards(kRows * kColumns);
  for (std::int64_t i = 0; i < kRows; ++i)
    for (std::int64_t j = 0; j < kColumns; ++j) {
      const float value = 1.0f / static_cast<float>(1 + (i * 7919 + j * 104729) % 1013);
      plain[static_cast<std::size_t>(i * kColumns + j)] = value;
      turned[static_cast<std::size_t>(j * kRows + i)] = value;
      wide[static_cast<std::size_t>(2 * (i * kColumns + j))] = value;
      backwards[static_cast<std::size_t>((kRows - 1 - i) * kColumns + (kColumns - 1 - j))] = value;
    }
  const Shape shape{kRows, kColumns};
  const Array layouts[] = {from_host(plain.data(), shape), from_host(turned.data(), shape, Strides{1, kRows}),
                           from_host(wide.data(), shape, Strides{2 * kColumns, 2}),
                           flip(from_host(backwards.data(), shape))};
  const auto results = [](const Array& x) {
    std::vector<float> all = (x + sin(x)).to_vector<float>();
    for (const Array& r : {sum(x), sum(x, 0), sum(x, 1), stddev(x, 0), stddev(x, 1), prod(x + 0.5f, 1)}) {
      const std::vector<float> more = r.to_vector<float>();
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  };
  const std::vector<float> expected = results(layouts[0]);
  for (int k = 1; k < 4; ++k) EXPECT_EQ(results(layouts[k]), expected) << "layout " << k;
}

TEST(Forms, GiveTheSameBitsAloneAndBesideSiblings) {
  random::Generator random(5);
  const Array x = random.uniform(Shape{123457});
  x.eval();
  const double alone = mean(x + 1.0).item<double>();
  const Array m = mean(x + 1.0), top = max(x + 1.0), deviation = stddev(x + 1.0), whole = x + 1.0;
  eval({m, top, deviation, whole});
  EXPECT_EQ(m.item<double>(), alone);
}

// The end of a leaf, where what is stored beside has lanes of bytes, which are masked at no level. Compiled as well: so
// little work would be interpreted.
TEST(Forms, GiveTheSameBitsBesideNarrowSiblingsAtTheEndOfALeaf) {
  random::Generator random(6);
  for (const DType dtype : {DType::Float32, DType::Float64}) {
    for (const std::int64_t n : {1, 17, 100, 257, 300, 1000, 1025, 5000}) {
      const Array x = astype(random.uniform(Shape{n}, -10.0, 10.0), dtype);
      x.eval();
      for (const auto& reduce : {+[](const Array& a) { return var(a); }, +[](const Array& a) { return sum(a); },
                                 +[](const Array& a) { return max(a); }, +[](const Array& a) { return argmax(a); }}) {
        const double alone = astype(reduce(x), DType::Float64).item<double>();
        for (const Backend backend : {config().backend.load(), Backend::Llvm}) {
          const Backend before = config().backend.exchange(backend);
          const Array beside = reduce(x), positive = x > 0;
          eval({beside, positive});
          config().backend = before;
          EXPECT_EQ(astype(beside, DType::Float64).item<double>(), alone) << name(dtype) << ' ' << n;
        }
      }
    }
  }
}

TEST(Forms, ComputeShortRowsAcrossRows) {
  const Array x = numbers({5000, 3}), r = numbers({3}), c = numbers({5000, 1});
  const std::vector<std::int64_t> got = (x * r + c).to_vector<std::int64_t>();
  const auto xv = x.to_vector<std::int64_t>(), rv = r.to_vector<std::int64_t>(), cv = c.to_vector<std::int64_t>();
  for (std::size_t i = 0; i < got.size(); ++i) ASSERT_EQ(got[i], xv[i] * rv[i % 3] + cv[i / 3]) << i;
}

TEST(Forms, WriteIntoStridedMemory) {
  const Array x = numbers({30, 40});
  std::vector<std::int64_t> out(30 * 40 * 2, -1);
  eval_into(x + 1, out.data(), Strides{2, 60});
  const auto xv = x.to_vector<std::int64_t>();
  for (std::int64_t i = 0; i < 30; ++i)
    for (std::int64_t j = 0; j < 40; ++j)
      ASSERT_EQ(out[static_cast<std::size_t>(2 * i + 60 * j)], xv[static_cast<std::size_t>(i * 40 + j)] + 1);
}

// What is written past the caches, of every size of element, into memory that starts lines and that does not.
template <class E>
class LargeViews : public testing::Test {
 public:
  LargeViews() : rows_(1531), columns_(8 * second_level_cache() / (rows_ * std::int64_t{sizeof(E)}) + 130) {
    values_.resize(static_cast<std::size_t>(rows_ * columns_));
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = value(i);
    x_ = from_host(values_.data(), {rows_, columns_});
  }

  static E value(std::size_t i) { return static_cast<E>(static_cast<int>((i * 2654435761u >> 8) & 127)); }

  // Element (i, j) of the view is that at first + i * row + j * column.
  void expect_stored(const Array& view, std::int64_t first, std::int64_t row, std::int64_t column) {
    for (const std::size_t shift : {0, 1}) {
      std::vector<E> out(static_cast<std::size_t>(view.shape().numel()) + shift);
      eval_into(view, out.data() + shift);
      const E* got = out.data() + shift;
      std::int64_t wrong = 0;
      for (std::int64_t i = 0; i < view.shape()[0]; ++i)
        for (std::int64_t j = 0; j < view.shape()[1]; ++j)
          wrong += *got++ != values_[static_cast<std::size_t>(first + i * row + j * column)];
      EXPECT_EQ(wrong, 0) << to_string(view.shape()) << " at " << first << ", steps " << row << " and " << column;
    }
  }

  std::int64_t rows_, columns_;
  std::vector<E> values_;
  Array x_ = zeros({0});
};

using ElementSizes = testing::Types<std::int8_t, std::int16_t, float, double, std::complex<double>>;
TYPED_TEST_SUITE(LargeViews, ElementSizes);

TYPED_TEST(LargeViews, AreStored) {
  const std::int64_t rows = this->rows_, columns = this->columns_;
  this->expect_stored(this->x_.T(), 0, 1, columns);
  this->expect_stored(flip(this->x_, 0).T(), (rows - 1) * columns, 1, -columns);
  this->expect_stored(flip(this->x_, 1).T(), columns - 1, -1, columns);
  const Array few = reshape(this->x_, {-1, 1531}).T();  // the same elements, in as many rows
  this->expect_stored(few(Slice(3, none), Slice()), 3, 1, 1531);
  this->expect_stored(few(Slice(none, 5), Slice()), 0, 1, 1531);
}

// Rows of less than a line, of a few and of just too many.
TYPED_TEST(LargeViews, OfShortRowsAreStored) {
  for (const std::int64_t width : {3, 33, 64, 513}) {
    const std::int64_t rows = this->rows_ * this->columns_ / width;
    this->expect_stored(reshape(ravel(this->x_)(Slice(0, rows * width)), {width, rows}).T(), 0, 1, rows);
  }
}

}  // namespace
}  // namespace ingot
