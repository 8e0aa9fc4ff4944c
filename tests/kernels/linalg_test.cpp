// The steps of factorisations: transposition by its definition, and the same bits of all of them at every CPU level.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kernels/prebuilt/linalg/dense.h"
#include "kernels/prebuilt/linalg/small.h"

namespace ingot::prebuilt {
namespace {

constexpr DType kDTypes[] = {DType::Float32, DType::Float64, DType::Complex64, DType::Complex128};
constexpr std::int64_t kOdd[] = {1, 5, 31, 63, 129, 257};

/// Some numbers of a dtype, 64-byte aligned.
class Numbers {
 public:
  Numbers(DType dtype, std::int64_t count, unsigned seed = 0) : dtype_(dtype), count_(count), lines_(bytes() / 64 + 1) {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    for (std::int64_t i = 0; seed != 0 && i < reals(); ++i) set(i, normal(random));
  }

  void* data() { return lines_.data(); }
  const void* data() const { return lines_.data(); }
  void* at(std::int64_t i) { return static_cast<std::byte*>(data()) + i * static_cast<std::int64_t>(itemsize(dtype_)); }
  std::size_t bytes() const { return static_cast<std::size_t>(count_) * itemsize(dtype_); }
  int parts() const { return is_complex(dtype_) ? 2 : 1; }
  std::int64_t reals() const { return count_ * parts(); }

  double real(std::int64_t i) const {
    if (!is_float()) return static_cast<const double*>(data())[i];
    return static_cast<double>(static_cast<const float*>(data())[i]);
  }
  void set(std::int64_t i, double x) {
    if (is_float())
      static_cast<float*>(data())[i] = static_cast<float>(x);
    else
      static_cast<double*>(data())[i] = x;
  }
  /// A diagonal of real, positive numbers that outweigh their rows.
  Numbers& dominated(std::int64_t ld, std::int64_t n) {
    for (std::int64_t i = 0; i < n; ++i) {
      set(i * (ld + 1) * parts(), 4.0 * static_cast<double>(n));
      if (parts() == 2) set(i * (ld + 1) * parts() + 1, 0);
    }
    return *this;
  }
  void append_to(std::string& bits) const { bits.append(static_cast<const char*>(data()), bytes()); }

 private:
  bool is_float() const { return dtype_ == DType::Float32 || dtype_ == DType::Complex64; }
  struct alignas(64) Line {
    std::byte bytes[64] = {};
  };
  DType dtype_;
  std::int64_t count_;
  std::vector<Line> lines_;
};

std::string described(DType dtype, std::int64_t m, std::int64_t n) {
  return std::string(name(dtype)) + " " + std::to_string(m) + " x " + std::to_string(n);
}

// bits(level) of every level that the machine has are those of the baseline.
template <class Bits>
void expect_same_at_every_level(Bits&& bits) {
  const std::string wanted = bits(cpu::Level::Baseline);
  for (int level = 1; level <= static_cast<int>(cpu::detect_level()); ++level)
    EXPECT_TRUE(bits(cpu::Level(level)) == wanted) << cpu::level_name(cpu::Level(level));
}

TEST(Dense, Transposes) {
  for (const DType dtype : kDTypes)
    for (const std::int64_t m : kOdd)
      for (const std::int64_t n : {1, 5, 16, 24, 63}) {
        SCOPED_TRACE(described(dtype, m, n));
        const Numbers a(dtype, m * (n + 3), 1);
        for (int level = 0; level <= static_cast<int>(cpu::detect_level()); ++level) {
          Numbers b(dtype, n * (m + 2));
          dense(cpu::Level(level), dtype).transpose(a.data(), n + 3, b.data(), m + 2, m, n);
          const int parts = a.parts();
          for (std::int64_t j = 0; j < n; ++j) {
            for (std::int64_t i = 0; i < m; ++i)
              for (int part = 0; part < parts; ++part)
                ASSERT_EQ(b.real((j * (m + 2) + i) * parts + part), a.real((i * (n + 3) + j) * parts + part));
            for (std::int64_t i = m; i < m + 2; ++i) ASSERT_EQ(b.real((j * (m + 2) + i) * parts), 0);  // untouched
          }
        }
      }
}

TEST(Dense, PanelsHaveTheSameBitsAtEveryLevel) {
  constexpr std::int64_t shapes[][2] = {{1, 1}, {5, 5}, {31, 16}, {63, 31}, {129, 64}, {257, 32}};
  for (const DType dtype : kDTypes)
    for (const auto& [m, width] : shapes) {
      SCOPED_TRACE(described(dtype, m, width));
      const std::int64_t ld = m + 3;
      expect_same_at_every_level([&](cpu::Level level) {
        const Dense& steps = dense(level, dtype);
        std::string bits;
        Numbers lu(dtype, ld * width, 1), positive(dtype, ld * width, 2);
        std::vector<std::int64_t> exchanges(static_cast<std::size_t>(width));
        EXPECT_TRUE(steps.lu_panel(lu.data(), ld, m, width, exchanges.data()));
        lu.append_to(bits);
        bits.append(reinterpret_cast<const char*>(exchanges.data()), exchanges.size() * sizeof exchanges[0]);
        EXPECT_TRUE(steps.cholesky_panel(positive.dominated(ld, width).data(), ld, m, width));
        positive.append_to(bits);

        Numbers r(dtype, ld * width, 3), v(dtype, m * width), adjoint(dtype, m * width), t(dtype, width * width),
            th(dtype, width * width), c(dtype, m * 37, 4), room(dtype, 2 * (m + 2 * width) * 37);
        const Reflectors by{m, width, v.data(), adjoint.data(), t.data(), th.data()};
        steps.qr_panel(r.data(), ld, by);
        for (const bool is_adjoint : {true, false}) {
          steps.qr_stripe(by, is_adjoint, c.data(), 37, 37, room.data());
          c.append_to(bits);
        }
        for (const Numbers* const x : {&r, &v, &adjoint, &t, &th}) x->append_to(bits);
        return bits;
      });
    }
}

TEST(Dense, TrianglesHaveTheSameBitsAtEveryLevel) {
  for (const DType dtype : kDTypes)
    for (const std::int64_t n : kOdd)
      for (const std::int64_t columns : {1, 18}) {
        SCOPED_TRACE(described(dtype, n, columns));
        expect_same_at_every_level([&](cpu::Level level) {
          std::string bits;
          Numbers t(dtype, n * n, 1), room(dtype, 2 * n * columns);
          t.dominated(n, n);
          for (const bool lower : {false, true})
            for (const bool unit : {false, true}) {
              if (unit && n > 31) continue;  // what is not dominated grows beyond the range
              Numbers b(dtype, n * columns, 2);
              dense(level, dtype).substitute(t.data(), n, n, lower, unit, b.data(), columns, columns, room.data());
              b.append_to(bits);
            }
          Numbers det(dtype, 2);
          dense(level, dtype).product(t.data(), n + 1, n, -1, det.data());
          det.append_to(bits);
          return bits;
        });
      }
}

TEST(Small, FactorsHaveTheSameBitsAtEveryLevel) {
  for (const DType dtype : kDTypes)
    for (const std::int64_t n : {1, 2, 5, 8, 13, 16}) {
      SCOPED_TRACE(described(dtype, n, n));
      expect_same_at_every_level([&](cpu::Level level) {
        const Small& loops = small(level, dtype);
        const std::int64_t count = loops.width - 1, reals = is_complex(dtype) ? 2 : 1;
        Numbers a(dtype, count * n * n, 1), b(dtype, count * n * 3, 2), positive(dtype, count * n * n, 3);
        for (std::int64_t k = 0; k < count; ++k) {  // one after another
          Numbers one(dtype, n * n);
          std::memcpy(one.data(), positive.at(k * n * n), one.bytes());
          one.dominated(n, n);
          std::memcpy(positive.at(k * n * n), one.data(), one.bytes());
        }
        std::vector<std::max_align_t> unaligned(Small::kRoom / sizeof(std::max_align_t) + 4);
        void* room = unaligned.data();
        std::size_t space = unaligned.size() * sizeof(std::max_align_t);
        std::align(64, Small::kRoom, room, space);
        const Matrices in{a.data(), n * n * reals}, sides{b.data(), n * 3 * reals},
            definite{positive.data(), n * n * reals};
        std::string bits;
        const auto keep = [&](std::int64_t numbers, auto&& run) {
          Numbers out(dtype, count * numbers);
          run(MatricesOut{out.data(), numbers * reals});
          out.append_to(bits);
        };
        keep(n + n * n, [&](MatricesOut out) { loops.lu(in, count, n, n, out, room); });
        keep(3, [&](MatricesOut out) { loops.det(in, count, n, out, room); });
        keep(n * 3, [&](MatricesOut out) { EXPECT_EQ(loops.solve(in, sides, count, n, 3, out, room), -1); });
        keep(n * n, [&](MatricesOut out) { EXPECT_EQ(loops.cholesky(definite, count, n, false, out, room), -1); });
        keep(2 * n * n, [&](MatricesOut out) { loops.qr(in, count, n, n, n, out, room); });
        keep(n + n * n,
             [&](MatricesOut out) { EXPECT_EQ(loops.eigh(definite, count, n, false, true, out, room), -1); });
        keep(n + 2 * n * n, [&](MatricesOut out) { EXPECT_EQ(loops.svd(in, count, n, n, true, true, out, room), -1); });
        return bits;
      });
    }
}

}  // namespace
}  // namespace ingot::prebuilt
