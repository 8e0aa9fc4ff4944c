// Routines that have kernels of their own: a device gives the host's bits, in the launches that it should take, and
// copies nothing that it has.
#include <complex>
#include <limits>
#include <random>

#include "tests/device/on_device.h"
#include "tests/oracle/tensor.h"

namespace ingot {
namespace {

using oracle::Tensor;

constexpr DType kAll[] = {DType::Bool,     DType::Int8,    DType::Int16,  DType::Int32,  DType::Int64,
                          DType::UInt8,    DType::UInt16,  DType::UInt32, DType::UInt64, DType::Float16,
                          DType::BFloat16, DType::Float32, DType::Float64};
constexpr DType f16 = DType::Float16, f32 = DType::Float32, f64 = DType::Float64, i8 = DType::Int8, i64 = DType::Int64;

// Numbers of either sign, few of them special.
Array values(const Shape& shape, DType dtype, int seed = 1) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  std::vector<double> list(static_cast<std::size_t>(shape.numel()));
  for (double& x : list) x = static_cast<double>(static_cast<std::int64_t>(random() % 4001) - 2000) / 256;
  if (is_floating(dtype))
    for (std::size_t k = 7; k < list.size(); k += 97) list[k] = k % 2 == 0 ? -0.0 : 1e-40;
  if (is_bool(dtype))
    for (double& x : list) x = x > 0 ? 1 : 0;
  Array x = reshape(astype(array(std::span<const double>(list)), dtype), shape);
  return x.eval();
}

class Routines : public tests::OnDevice {
 protected:
  // What `make` gives on the device has the bits that it has on the host, and costs so many launches and no copy.
  template <class Make>
  void compare(Make make, std::uint64_t launches, const std::string& what) {
    SCOPED_TRACE(what);
    set_default_device(Device::cpu());
    const Tensor expected = oracle::values(make());
    set_default_device(Device::cuda(0));
    make().eval();  // brings the operands there
    const Array y = make();
    const std::uint64_t before = books().launches;
    const Copied moved = copied([&] { y.eval(); });
    EXPECT_EQ(books().launches - before, launches);
    EXPECT_EQ(moved.in, 0u);
    EXPECT_LE(moved.out, 8u) << "but whether indices were in range";
    EXPECT_EQ(first_difference(oracle::values(y), expected), -1);
  }
};

std::string described(const char* op, DType dtype, const Shape& shape) {
  return std::string(op) + " " + std::string(name(dtype)) + " " + to_string(shape);
}

// ---- take ----

TEST_F(Routines, TakeOfEveryDtype) {
  for (const DType dtype : kAll) {
    const Array x = values({30, 7}, dtype), at = astype(arange(41) * 17 % 60 - 30, i64).eval();
    compare([&] { return take(x, at, 0); }, 1, described("take", dtype, {30, 7}));
  }
}

TEST_F(Routines, TakeByEveryDtypeOfIndices) {
  const Array x = values({6, 50, 4}, f32);
  for (const DType dtype : kAll) {
    if (!is_integer(dtype)) continue;
    const Array at = astype(is_signed_integer(dtype) ? arange(33) - 20 : arange(33), dtype).eval();
    compare([&] { return take(x, at, 1); }, 1, described("take by", dtype, {33}));
  }
}

TEST_F(Routines, TakeAlongEveryAxis) {
  const Array x = values({9, 20, 31}, f64), flat = values({2001}, f16);
  for (int axis = 0; axis < 3; ++axis) {
    const Array at = astype(arange(x.shape()[axis] * 2) % x.shape()[axis], DType::Int32).eval();
    compare([&] { return take(x, at, axis); }, 1, "axis " + std::to_string(axis));
    const Array order = argsort(x, axis).eval();
    compare([&] { return take_along_axis(x, order, axis); }, 1, "along axis " + std::to_string(axis));
  }
  const Array far = astype(arange(5003) * 7919 % 2001, i64).eval();
  compare([&] { return take(flat, far); }, 1, "flat");
}

TEST_F(Routines, TakeOfComplexNumbers) {
  const Array re = values({40, 3}, f64), im = values({40, 3}, f64, 2),
              z = (re + im * std::complex<double>(0, 1)).eval();
  const Array at = (arange(25) * 3 - 35).eval();
  compare([&] { return real(take(z, at, 0)); }, 2, "take");
  const Array order = astype(argsort(re, 0), i64).eval();
  compare([&] { return imag(take_along_axis(z, order, 0)); }, 2, "along");
}

TEST_F(Routines, TakeSaysWhichIndexIsOutOfRange) {
  const Array x = values({10, 3}, f32), at = array({1.0, 9.0, 12.0, -11.0}), indices = astype(at, DType::Int32).eval();
  const auto message = [&](const Device& device, auto make) {
    set_default_device(device);
    try {
      make().eval();
    } catch (const IndexError& error) {
      return std::string(error.what());
    }
    return std::string("nothing was thrown");
  };
  const auto taken = [&] { return sum(take(x, indices, 0) + 1.0); };
  const std::string said = message(Device::cuda(0), taken);
  EXPECT_EQ(said, message(Device::cpu(), taken));
  EXPECT_NE(said.find("indices(2) is 12"), std::string::npos) << said;
  // The word is 0 again for what comes next; the host looks before it computes with what comes of an error.
  const Array good = astype(arange(10), DType::Int32).eval();
  compare([&] { return take(x, good, 0); }, 1, "after an error");
  EXPECT_NE(message(Device::cuda(0), [&] { return quantile(take(x, indices, 0), 0.5); }).find("is 12"),
            std::string::npos);
  compare([&] { return take(x, good, 0); }, 1, "after two");
}

TEST_F(Routines, TakeManyTimesInOneEvaluation) {
  Array x = values({100}, f64);
  const Array at = astype(arange(100) * 7 % 100, i64).eval();
  const auto chain = [&](int count) {
    Array y = x;
    for (int k = 0; k < count; ++k) y = take(y, at);
    return y;
  };
  set_default_device(Device::cpu());
  const Tensor expected = oracle::values(chain(150));
  set_default_device(Device::cuda(0));
  EXPECT_EQ(first_difference(oracle::values(chain(150)), expected), -1);
}

TEST_F(Routines, SearchSorted) {
  for (const DType dtype : {DType::UInt8, DType::Int32, f32, f64}) {
    const Array x = sort(values({999}, dtype)).eval(), v = values({57, 11}, dtype, 3);
    for (const char* side : {"left", "right"})
      compare([&] { return searchsorted(x, v, side); }, 1, described(side, dtype, {57, 11}));
  }
}

// ---- Scans ----

struct ScanCase {
  Shape shape;
  int axis;
  std::uint64_t launches;
};

TEST_F(Routines, ScanEveryShape) {
  const ScanCase cases[] = {{{1}, 0, 1},        {{700}, 0, 1},     {{256}, 0, 1},        {{5000}, 0, 2},
                            {{5120}, 0, 2},     {{3, 4000}, 1, 2}, {{300, 100}, 1, 1},   {{500, 9}, 1, 1},
                            {{3000, 20}, 0, 2}, {{40, 33}, 0, 1},  {{2, 700, 40}, 1, 1}, {{2, 1500, 17}, 1, 2}};
  for (const ScanCase& c : cases)
    for (const DType dtype : {f64, f32, DType::Int32}) {
      const Array x = values(c.shape, dtype);
      compare([&] { return cumsum(x, c.axis); }, c.launches, described("cumsum", dtype, c.shape));
      compare([&] { return cummax(x, c.axis, {.reverse = true}); }, c.launches, described("cummax", dtype, c.shape));
    }
}

TEST_F(Routines, ScanEveryDtype) {
  for (const DType dtype : kAll) {
    const Array x = values({3, 2000}, dtype);
    compare([&] { return cumulative_sum(x, 1, {}, true); }, 2, described("cumsum", dtype, {3, 2000}));
    compare([&] { return cumprod(x, 1); }, is_floating(dtype) ? 1 : 2, described("cumprod", dtype, {3, 2000}));
    compare([&] { return cummin(x, 1, {.exclusive = true}); }, 2, described("cummin", dtype, {3, 2000}));
    if (is_floating(dtype)) compare([&] { return logcumsumexp(x, 1); }, 2, described("logcumsumexp", dtype, {3, 2000}));
  }
}

TEST_F(Routines, ScanWhatIsNotFinite) {
  std::vector<double> list = numbers(6000, -3);
  list[700] = std::numeric_limits<double>::infinity();
  list[4000] = -std::numeric_limits<double>::infinity();
  const Array x = array(std::span<const double>(list)), columns = reshape(x, {300, 20}),
              zeros = values({4000}, f64) * -0.0;
  compare([&] { return cumsum(x); }, 2, "row");
  compare([&] { return cumsum(columns, 0); }, 1, "columns");
  compare([&] { return logcumsumexp(x, 0); }, 2, "logcumsumexp");
  zeros.eval();
  compare([&] { return cumsum(zeros); }, 2, "zeros");
}

TEST_F(Routines, ScanColumnsInChains) {
  const Array x = values({1000, 20}, f32) * 0.1 + 1.0;
  x.eval();
  compare([&] { return cumulative_prod(x, 0, {}, true); }, 1, "forward");
  compare([&] { return cumprod(x, 0, {.reverse = true, .exclusive = true}); }, 1, "reverse");
}

// ---- Matrix products ----

struct ProductCase {
  std::int64_t rows, terms, columns;
};

TEST_F(Routines, MultiplyEveryShape) {
  const ProductCase cases[] = {{1, 1, 1},    {3, 5, 7},    {64, 64, 64}, {65, 300, 31}, {200, 17, 130},
                               {1, 600, 50}, {70, 257, 1}, {4, 3000, 4}, {33, 512, 128}};
  for (const ProductCase& c : cases)
    for (const DType dtype : {f64, f32}) {
      const Array a = values({c.rows, c.terms}, dtype), b = values({c.terms, c.columns}, dtype, 2);
      compare([&] { return matmul(a, b); }, 1, described("matmul", dtype, {c.rows, c.terms, c.columns}));
    }
}

TEST_F(Routines, MultiplyEveryDtype) {
  for (const DType dtype : kAll) {
    const Array a = values({40, 300}, dtype), b = values({300, 24}, dtype, 2);
    compare([&] { return matmul(a, b); }, 1, described("matmul", dtype, {40, 300, 24}));
  }
}

TEST_F(Routines, MultiplyViews) {
  for (const DType dtype : {f64, f32, i8}) {
    const Array a = values({90, 150}, dtype), b = values({90, 60}, dtype, 2), c = values({40, 150}, dtype, 3);
    compare([&] { return matmul(a.T(), b); }, 1, described("left turned", dtype, {150, 90, 60}));
    compare([&] { return matmul(a, c.T()); }, 1, described("right turned", dtype, {90, 150, 40}));
    compare([&] { return matmul(b.T(), a(Slice(none, none, -1))); }, 1, described("reversed", dtype, {60, 90, 150}));
    compare([&] { return matmul(a(ellipsis, Slice(1, none, 3)), c(ellipsis, Slice(0, 50)).T()); }, 1,
            described("slices", dtype, {90, 50, 40}));
  }
}

TEST_F(Routines, MultiplyBatches) {
  const Array a = values({3, 2, 20, 70}, f32), b = values({2, 70, 30}, f32, 2), one = values({70, 30}, f32, 3),
              many = values({2, 3, 2, 2, 2, 3, 4}, f64), others = values({2, 1, 2, 1, 2, 4, 5}, f64, 2);
  compare([&] { return matmul(a, b); }, 1, "broadcast");
  compare([&] { return matmul(a, one); }, 1, "one");
  compare([&] { return matmul(many, others); }, 2, "of five axes, one beyond the kernel's");
  const Array t = permute_dims(a, {1, 3, 0, 2}), u = permute_dims(a, {1, 3, 2, 0});
  compare([&] { return matmul(t, u); }, 1, "permuted");
}

// Large tiles, as on a device of one multiprocessor: here as many matrices.
TEST_F(Routines, MultiplyInLargeTiles) {
  const Array a = values({34, 70, 40}, f64), b = values({34, 40, 66}, f64, 2), c = values({34, 130, 33}, f32),
              d = values({33, 132}, f32, 2);
  compare([&] { return matmul(a, b); }, 1, "f64");
  compare([&] { return matmul(c, d); }, 1, "f32");
}

}  // namespace
}  // namespace ingot
