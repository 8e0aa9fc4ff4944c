#include "kernels/prebuilt/gemm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "tests/oracle/routine.h"

namespace ingot::prebuilt {
namespace {

using oracle::Element;
using oracle::Tensor;

const DType kDTypes[] = {DType::Bool,   DType::Int8,   DType::Int16,  DType::Int32,   DType::Int64,  DType::UInt8,
                         DType::UInt16, DType::UInt32, DType::UInt64, DType::Float32, DType::Float64};

Tensor matrix(DType dtype, std::int64_t rows, std::int64_t columns, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  Tensor made(dtype, Shape{rows, columns});
  for (std::int64_t i = 0; i < made.size(); ++i)
    made.set(i, oracle::fit(dtype, is_floating(dtype) ? Element::real(normal(random))
                                                      : Element::integer(static_cast<std::int64_t>(random() >> 3))));
  if (is_bool(dtype))
    for (std::byte& b : made.bytes) b = static_cast<std::byte>(random() % 4 == 0);
  return made;
}

template <class F>
void at_every_level(DType dtype, F&& test) {
  for (int level = 0; level <= static_cast<int>(cpu::detect_level()); ++level) {
    SCOPED_TRACE(std::string(name(dtype)) + " " + cpu::level_name(cpu::Level(level)));
    test(gemm(cpu::Level(level), dtype));
  }
}

// Rows that end before the pitch: what lies between must stay.
class Padded {
 public:
  Padded(DType dtype, std::int64_t rows, std::int64_t columns)
      : pitch(columns + 3), whole(dtype, Shape{rows, columns + 3}) {
    std::fill(whole.bytes.begin(), whole.bytes.end(), std::byte{1});
  }
  void expect(const Tensor& wanted) const {
    const std::int64_t columns = pitch - 3;
    const Tensor untouched = Padded(whole.dtype, 1, columns).whole;
    for (std::int64_t i = 0; i < whole.size(); ++i) {
      const std::int64_t row = i / pitch, j = i % pitch;
      const Element e = j < columns ? wanted[row * columns + j] : untouched[j];
      ASSERT_TRUE(same(whole.dtype, whole[i], e)) << "row " << row << ", column " << j;
    }
  }

  std::int64_t pitch;
  Tensor whole;
};

TEST(Gemm, MultipliesOperandsAsTheyAre) {
  for (const DType dtype : kDTypes) {
    for (const std::int64_t rows : {1, 7, 18}) {
      for (const std::int64_t columns : {1, 15, 31, 130}) {
        for (const std::int64_t terms : {1, 6, 256, 515}) {
          const Tensor a = matrix(dtype, rows, terms, 1), b = matrix(dtype, terms, columns, 2);
          const Tensor wanted = oracle::matmul(a, b, Shape{rows, columns});
          at_every_level(dtype, [&](const Gemm& loops) {
            Padded c(dtype, rows, columns);
            loops.multiply(
                {a.data(), terms, 1, b.data(), columns, c.whole.bytes.data(), c.pitch, rows, terms, columns, false});
            c.expect(wanted);
          });
        }
      }
    }
  }
}

TEST(Gemm, MultipliesPackedPanels) {
  for (const DType dtype : kDTypes) {
    const auto size = static_cast<std::int64_t>(itemsize(dtype));
    for (const std::int64_t rows : {1, 8, 21}) {
      for (const std::int64_t columns : {1, 24, 150}) {
        const std::int64_t terms = 2 * kBlock;
        const Tensor a = matrix(dtype, rows, terms, 3), b = matrix(dtype, terms, columns, 4), turned = [&] {
          Tensor t(dtype, Shape{terms, rows});
          for (std::int64_t i = 0; i < t.size(); ++i) t.set(i, a[i % rows * terms + i / rows]);
          return t;
        }();
        const Tensor wanted = oracle::matmul(a, b, Shape{rows, columns});
        at_every_level(dtype, [&](const Gemm& loops) {
          const auto room = [&](std::int64_t count, int width) {
            return std::vector<std::uint64_t>(static_cast<std::size_t>((count / width + 1) * width * kBlock));
          };
          std::vector<std::uint64_t> left = room(rows, loops.rows), right = room(columns, loops.columns);
          Padded c(dtype, rows, columns);
          for (const std::int64_t first : {std::int64_t{0}, kBlock}) {
            const auto pack = [&](Gemm::Pack* panel, const Tensor& from, std::int64_t count, int width,
                                  std::vector<std::uint64_t>& to) {
              for (std::int64_t j = 0; j < count; j += width)
                panel(from.bytes.data() + (first * count + j) * size, count, kBlock,
                      std::min<std::int64_t>(width, count - j),
                      reinterpret_cast<std::byte*>(to.data()) + j * kBlock * size);
            };
            pack(loops.pack_rows, turned, rows, loops.rows, left);
            pack(loops.pack_columns, b, columns, loops.columns, right);
            loops.multiply_packed(
                {left.data(), 0, 0, right.data(), 0, c.whole.bytes.data(), c.pitch, rows, kBlock, columns, first > 0});
          }
          c.expect(wanted);
        });
      }
    }
  }
}

TEST(Gemm, ContinuesChains) {
  for (const DType dtype : kDTypes) {
    const auto size = static_cast<std::int64_t>(itemsize(dtype));
    for (const std::int64_t n : {1, 16, 37}) {
      const std::int64_t terms = 203, bounds[] = {0, 35, terms};
      const Tensor x = matrix(dtype, 1, terms, 5), b = matrix(dtype, terms, n, 6);
      const Tensor wanted = oracle::matmul(x, b, Shape{1, n});
      Tensor turned(dtype, Shape{n, terms});
      for (std::int64_t i = 0; i < turned.size(); ++i) turned.set(i, b[i % terms * n + i / terms]);
      at_every_level(dtype, [&](const Gemm& loops) {
        Tensor sums(dtype, Shape{1, n}), others = sums;
        for (int piece = 0; piece < 2; ++piece) {
          const std::int64_t begin = bounds[piece], end = bounds[piece + 1];
          loops.extend(x.bytes.data() + begin * size, 1, b.bytes.data() + begin * n * size, n, end - begin,
                       sums.bytes.data(), n);
          loops.extend_turned(x.bytes.data() + begin * size, turned.bytes.data() + begin * size, terms, end - begin,
                              others.bytes.data(), n);
        }
        EXPECT_EQ(first_difference(sums, wanted), -1);
        EXPECT_EQ(first_difference(others, wanted), -1);
      });
    }
  }
}

}  // namespace
}  // namespace ingot::prebuilt
