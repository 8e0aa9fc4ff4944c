// Matrix products by every way through host/exec/matmul.cpp, to the bit.
#include "host/exec/matmul.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "host/base/config.h"
#include "host/graph/build.h"
#include "ingot/ingot.hpp"
#include "tests/oracle/routine.h"
#include "tests/oracle/tensor.h"

namespace ingot {
namespace {

using oracle::Tensor;

Array numbers(const Shape& shape, DType dtype, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> values(static_cast<std::size_t>(shape.numel()));
  const bool whole = !is_floating(dtype);
  for (double& x : values)
    x = whole ? static_cast<double>(random() % 100) - 20 * (dtype == DType::Int8) : normal(random);
  if (is_bool(dtype))
    for (double& x : values) x = x > 90;
  Array made = astype(array(std::span<const double>(values), shape), dtype);
  made.eval();
  return made;
}

// The last two axes as they are, or as the transpose of what is stored, or every other row and column of it, reversed.
enum class Way { Plain, Turned, Sparse };
Array laid(const Shape& shape, DType dtype, Way way, unsigned seed) {
  if (way == Way::Plain) return numbers(shape, dtype, seed);
  Shape stored = shape;
  const int last = shape.ndim() - 1;
  if (way == Way::Turned) {
    std::swap(stored[last], stored[last - 1]);
    return swapaxes(numbers(stored, dtype, seed), last, last - 1);
  }
  stored[last] *= 2;
  stored[last - 1] *= 3;
  return numbers(stored, dtype, seed)(ellipsis, Slice(none, none, -3), Slice(none, none, 2));
}

// The routine itself, since the API has other ways for some shapes.
Array product(const Array& a, const Array& b) {
  Shape shape = a.shape();
  shape[shape.ndim() - 1] = b.shape().back();
  graph::Node* const inputs[] = {a.node(), b.node()};
  return Array(graph::call(Routine::matmul, a.dtype(), shape, inputs, {}, {}).leak(), Array::Adopt{});
}

void expect_product(const Shape& a_shape, const Shape& b_shape, DType dtype, Way a_way = Way::Plain,
                    Way b_way = Way::Plain) {
  SCOPED_TRACE(std::string(name(dtype)) + " " + to_string(a_shape) + " " + to_string(b_shape));
  const Array a = laid(a_shape, dtype, a_way, 1), b = laid(b_shape, dtype, b_way, 2), c = product(a, b);
  const Tensor wanted = oracle::matmul(oracle::values(a), oracle::values(b), c.shape());
  const int before = config().threads;
  for (const int threads : {1, 3}) {
    config().threads = threads;
    const Tensor got = oracle::values(product(a, b));
    ASSERT_EQ(first_difference(got, wanted), -1) << threads << " threads";
  }
  config().threads = before;
}

constexpr Way kWays[] = {Way::Plain, Way::Turned, Way::Sparse};

// Every shape with `layouts` of the nine pairs of layouts in either dtype, each time others.
void expect_layouts(int layouts) {
  const std::int64_t shapes[][3] = {{1, 1, 1},    {1, 300, 70},   {70, 300, 1},   {2, 300, 500},
                                    {300, 7, 5},  {9, 33, 9},     {65, 258, 120}, {130, 90, 77},
                                    {4, 9000, 3}, {17, 300, 801}, {100, 100, 1},  {129, 31, 1}};
  int turn = 0;
  for (const auto& [m, k, n] : shapes) {
    for (const DType dtype : {DType::Float32, DType::Float64}) {
      for (int i = 0; i < layouts; ++i) {
        // Three in a row have every layout of either operand.
        expect_product({m, k}, {k, n}, dtype, kWays[i % 3], kWays[(i + i / 3 + turn) % 3]);
      }
      ++turn;
    }
  }
}

TEST(Matmul, GivesTheSameBitsForEveryShapeAndMostLayouts) { expect_layouts(3); }
TEST(LongMatmul, GivesTheSameBitsForEveryShapeAndLayout) { expect_layouts(9); }

// Every dtype in `layouts` layouts, each time others.
void expect_dtypes(int layouts) {
  int turn = 0;
  for (const DType dtype : {DType::Bool, DType::Int8, DType::Int16, DType::Int32, DType::Int64, DType::UInt8,
                            DType::UInt16, DType::UInt32, DType::UInt64, DType::Float16, DType::BFloat16}) {
    for (int i = 0; i < layouts; ++i) {
      const Way way = kWays[(turn + i) % 3], other = kWays[(turn + i + 1) % 3];
      expect_product({40, 300}, {300, 130}, dtype, way, way);
      expect_product({3, 5, 8}, {3, 8, 7}, dtype, other, other);
      if (i == 0) expect_product({12, 40}, {40, 2100}, dtype, way, other);
    }
    ++turn;
  }
}

TEST(Matmul, TakesEveryDType) { expect_dtypes(1); }
TEST(LongMatmul, TakesEveryDTypeInEveryLayout) { expect_dtypes(3); }

TEST(Matmul, TakesBatches) {
  for (const Way way : kWays) {
    expect_product({5, 2, 4, 8, 6}, {5, 2, 4, 6, 9}, DType::Float32, way, way);
    expect_product({2, 70, 90}, {2, 90, 150}, DType::Float64, way, way);
  }
  // Batches broadcast: by strides of zero, without copies.
  const Array a = numbers({4, 1, 6, 5}, DType::Float64, 1), b = numbers({3, 5, 8}, DType::Float64, 2);
  const Array c = matmul(a, b);
  EXPECT_EQ(c.shape(), (Shape{4, 3, 6, 8}));
  reset_stats();
  c.eval();
  EXPECT_EQ(stats().launches, 0);
  EXPECT_EQ(stats().bytes_read, a.nbytes() + b.nbytes());
  for (std::int64_t i = 0; i < 4; ++i)
    for (std::int64_t j = 0; j < 3; ++j)
      EXPECT_EQ(first_difference(oracle::values(c(i, j)), oracle::values(matmul(a(i, 0), b(j)))), -1);
}

TEST(Matmul, IsCloseToTheSumOfProducts) {
  const std::int64_t k = 5000;
  const Array a = numbers({20, k}, DType::Float32, 1), b = numbers({k, 30}, DType::Float32, 2);
  const std::vector<float> x = a.to_vector<float>(), y = b.to_vector<float>(), z = matmul(a, b).to_vector<float>();
  for (std::size_t i = 0; i < 20; ++i) {
    for (std::size_t j = 0; j < 30; ++j) {
      double sum = 0, size = 0;
      for (std::size_t p = 0; p < k; ++p) {
        const double term = double{x[i * k + p]} * double{y[p * 30 + j]};
        sum += term;
        size += std::abs(term);
      }
      EXPECT_NEAR(z[i * 30 + j], sum, (255 + k / 256.0) * 0x1p-24 * size);
    }
  }
}

TEST(Matmul, KeepsNaNInfinityAndSignedZeroWhereTheyBelong) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Array a = array({{1.0, 0.0}, {-1.0, 0.0}, {0.0, -0.0}}), b = array({{infinity, -0.0}, {2.0, 3.0}});
  const std::vector<double> c = matmul(a, b).to_vector<double>();
  EXPECT_EQ(c[0], infinity);
  EXPECT_EQ(c[2], -infinity);
  EXPECT_TRUE(std::isnan(c[4]));
  for (const int i : {1, 3, 5})
    EXPECT_TRUE(c[static_cast<std::size_t>(i)] == 0 && !std::signbit(c[static_cast<std::size_t>(i)]));
}

TEST(PackedMatrix, GivesAnyRowsAndColumnsOfAProduct) {
  for (const DType dtype : {DType::Float32, DType::Float64, DType::Int32}) {
    const std::int64_t m = 50, k = 600, n = 170, size = static_cast<std::int64_t>(itemsize(dtype));
    const Tensor a = oracle::values(numbers({m, k}, dtype, 1)), b = oracle::values(numbers({k, n}, dtype, 2));
    const Tensor wanted = oracle::matmul(a, b, Shape{m, n});
    exec::PackedMatrix packed(dtype, {b.bytes.data(), k, n, n, 1});
    std::vector<std::uint64_t> memory(packed.bytes() / 8 + 8);
    packed.place(reinterpret_cast<std::byte*>(memory.data()));
    for (std::int64_t piece = packed.pieces(); piece-- > 0;) packed.pack(piece);
    const exec::Matrix left{a.bytes.data(), m, k, k, 1};
    const std::int64_t first = packed.panel_columns(), columns = n - first - 5, pitch = columns + 2;
    for (const std::int64_t begin : {0, 13, 49}) {
      const std::int64_t end = std::min<std::int64_t>(begin + 20, m);
      Tensor out(dtype, Shape{end - begin, pitch});
      packed.multiply(left, begin, end, first, columns, out.bytes.data(), pitch);
      for (std::int64_t i = 0; i < end - begin; ++i)
        for (std::int64_t j = 0; j < columns; ++j)
          ASSERT_TRUE(same(dtype, out[i * pitch + j], wanted[(begin + i) * n + first + j]))
              << i << ' ' << j << ' ' << size;
    }
  }
}

}  // namespace
}  // namespace ingot
