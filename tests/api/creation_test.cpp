#include <array>
#include <cmath>
#include <limits>
#include <memory>

#include "tests/api/expect.h"

namespace ingot {
namespace {

TEST(Creation, CopiesValues) {
  std::vector<float> values = {1, 2, 3, 4};
  const Array x = array(values), y = array(std::span<const float>(values), {2, 2});
  values[0] = 9;
  EXPECT_EQ(x.dtype(), DType::Float32);
  EXPECT_VALUES(x, ({4}), float, 1, 2, 3, 4);
  EXPECT_VALUES(y, ({2, 2}), float, 1, 2, 3, 4);
  EXPECT_EQ(array({1.0, 2.0}).dtype(), DType::Float64);
  EXPECT_EQ(array({1, 2}).dtype(), DType::Int32);
  EXPECT_VALUES(array({1, 2, 3, 4}, {2, 2}), ({2, 2}), int, 1, 2, 3, 4);
  EXPECT_VALUES(array({{true}, {false}}), ({2, 1}), bool, true, false);
  EXPECT_VALUES(array({1.5, 2.5f}), ({2}), double, 1.5, 2.5);
  EXPECT_VALUES(array({1.5f, 2.5, 3.0, 4.0}, {2, 2}), ({2, 2}), double, 1.5, 2.5, 3, 4);
  EXPECT_VALUES(array({{1.5}, {2.5}}), ({2, 1}), double, 1.5, 2.5);
  EXPECT_EQ(array<double>({}).shape(), (Shape{0}));
  EXPECT_VALUES(array(std::array<int, 2>{5, 6}), ({2}), int, 5, 6);
  EXPECT_VALUES(array(std::vector<bool>{true, false}), ({2}), bool, true, false);
  EXPECT_EQ(array(std::vector<double>()).shape(), Shape{0});
  EXPECT_ERROR(ShapeError, array({1, 2, 3}, {2, 2}),
               "array: 3 values do not fill the shape (2, 2), which has 4 elements");
  EXPECT_ERROR(ValueError, (array({{1, 2}, {3}})),
               "array: row 1 has 1 values where the rows before it have 2; all rows must have the same length");
}

TEST(Creation, BorrowsMemoryInAnyOrder) {
  const std::int32_t values[] = {0, 1, 2, 3, 4, 5};
  EXPECT_VALUES(from_host(values, {2, 3}), ({2, 3}), int, 0, 1, 2, 3, 4, 5);
  const Array borrowed = from_host(values, {6});
  EXPECT_EQ(borrowed.data<std::int32_t>().data(), values);
  EXPECT_VALUES(from_host(values, {3, 2}, {1, 3}), ({3, 2}), int, 0, 3, 1, 4, 2, 5);
  EXPECT_VALUES(from_host(values + 5, {3}, {-2}), ({3}), int, 5, 3, 1);
  EXPECT_VALUES(from_host(values + 3, {2, 2}, {-3, 1}), ({2, 2}), int, 3, 4, 0, 1);
  EXPECT_VALUES(from_host(values + 1, {2, 2}, {0, 1}), ({2, 2}), int, 1, 2, 1, 2);
  EXPECT_EQ(from_host(values + 4, {}).item<int>(), 4);
  EXPECT_EQ(from_host(static_cast<const int*>(nullptr), {0, 3}).shape(), (Shape{0, 3}));
}

TEST(Creation, KeepsTheOwnerOfBorrowedMemory) {
  auto owner = std::make_shared<std::vector<double>>(3, 1.5);
  const std::weak_ptr<std::vector<double>> watch = owner;
  {
    const double* const data = owner->data();
    Array sum_of = 0.0;
    {
      const Array x = from_host(data, {3}, {}, std::shared_ptr<void>(std::move(owner)));
      sum_of = x + 1.0;
    }
    EXPECT_FALSE(watch.expired());
    EXPECT_VALUES(sum_of, ({3}), double, 2.5, 2.5, 2.5);
  }
  EXPECT_TRUE(watch.expired());
}

TEST(Creation, RefusesMemoryThatCannotBe) {
  const double value = 1;
  const double* const nothing = nullptr;
  EXPECT_ERROR(ValueError, from_host(&value, {1, 1}, {1}),
               "from_host: 1 strides were given for shape (1, 1); expected one per axis, or none for C order");
  EXPECT_ERROR(ValueError, from_host(nothing, {2}), "from_host: data is null, and shape (2,) has 2 elements");
  EXPECT_ERROR(ValueError, from_host(&value, {2, 2}, {std::int64_t{1} << 62, 1}),
               "from_host: strides (4611686018427387904, 1) of shape (2, 2) reach over 2^63 bytes and more");
  EXPECT_ERROR(ValueError, from_host(reinterpret_cast<const double*>(reinterpret_cast<const char*>(&value) + 1), {1}),
               "from_host: data is not aligned to the 8 bytes of a float64; copy it with array() instead");
}

TEST(Creation, FillsWithOneValue) {
  EXPECT_VALUES(zeros({2}), ({2}), double, 0, 0);
  EXPECT_VALUES(ones({2, 1}, DType::Int8), ({2, 1}), int, 1, 1);
  EXPECT_VALUES(full(2, 2.5), ({2}), double, 2.5, 2.5);
  EXPECT_VALUES(full({2}, -1, DType::Int16), ({2}), int, -1, -1);
  EXPECT_VALUES(full({1}, 3.0, DType::Int16), ({1}), int, 3);
  EXPECT_EQ(full({1}, 3).dtype(), DType::Float64);
  EXPECT_EQ(empty({3, 0}).shape(), (Shape{3, 0}));
  const Array x = ones({2, 3}, DType::Float32);
  EXPECT_EQ(zeros_like(x).dtype(), DType::Float32);
  EXPECT_EQ(ones_like(x, DType::Int8).dtype(), DType::Int8);
  EXPECT_VALUES(full_like(x, 7), ({2, 3}), float, 7, 7, 7, 7, 7, 7);
  EXPECT_ERROR(ValueError, full({1}, 300, DType::Int8),
               "full: 300 does not fit int8, which holds -128 to 127; use another value or dtype");
  EXPECT_ERROR(ValueError, full({1}, 2.5, DType::Int8),
               "full: 2.5 does not fit int8, which holds -128 to 127; use another value or dtype");
  EXPECT_ERROR(ValueError, full({1}, 0x1p63, DType::Int64),
               "full: 9223372036854775808 does not fit int64, which holds -9223372036854775808 to 9223372036854775807; "
               "use another value or dtype");
  EXPECT_ERROR(ValueError, full({1}, 2, DType::Bool),
               "full: 2 does not fit bool, which holds true and false; use another value or dtype");
}

TEST(Creation, RefusesShapesThatCannotBe) {
  constexpr std::int64_t kBig = std::int64_t{1} << 40;
  EXPECT_ERROR(ValueError, zeros({2, -1}), "zeros: shape (2, -1) has the negative extent -1 at axis 1");
  EXPECT_ERROR(ValueError, zeros({kBig, kBig}),
               "zeros: shape (1099511627776, 1099511627776) is too large; an array holds less than 2^59 elements");
  EXPECT_ERROR(ValueError, ones({0, kBig, kBig}),
               "ones: shape (0, 1099511627776, 1099511627776) is too large; an array holds less than 2^59 elements");
  EXPECT_EQ(zeros({kBig, kBig / (1 << 22)}, DType::Int8).size(), std::int64_t{1} << 58);
  EXPECT_THROW(zeros({std::int64_t{1} << 59}), ValueError);
  EXPECT_EQ(zeros({(std::int64_t{1} << 59) - 1}).nbytes(), ((std::int64_t{1} << 59) - 1) * 8);
}

TEST(Creation, CountsInRanges) {
  EXPECT_EQ(arange(3).dtype(), DType::Int64);
  EXPECT_EQ(arange(3.0).dtype(), DType::Float64);
  EXPECT_VALUES(arange(4), ({4}), int, 0, 1, 2, 3);
  EXPECT_VALUES(arange(2, 11, 3), ({3}), int, 2, 5, 8);
  EXPECT_VALUES(arange(5, 0, -2), ({3}), int, 5, 3, 1);
  EXPECT_EQ(arange(5, 0).shape(), Shape{0});
  EXPECT_VALUES(arange(0, 1, 0.25), ({4}), double, 0, 0.25, 0.5, 0.75);
  EXPECT_VALUES(arange(1.0, 0.0, -0.5), ({2}), double, 1, 0.5);
  EXPECT_FALSE(std::signbit(arange(0.0, -2.0, -1.0)(0).item<double>()));
  EXPECT_VALUES(arange(3, DType::Float32), ({3}), float, 0, 1, 2);
  EXPECT_VALUES(arange(1, 4, DType::UInt8), ({3}), int, 1, 2, 3);
  constexpr std::uint64_t kTop = std::numeric_limits<std::uint64_t>::max();
  EXPECT_VALUES(arange(kTop - 2, kTop, DType::UInt64), ({2}), std::uint64_t, kTop - 2, kTop - 1);
  EXPECT_EQ(arange(std::int64_t{1} << 58).size(), std::int64_t{1} << 58);
  EXPECT_ERROR(ValueError, arange(0, 5, 0), "arange: the step is 0; use a positive or a negative step");
  EXPECT_ERROR(ValueError, arange(0.0, 5.0, 0.0),
               "arange: from 0 to 5 by 0 is no range; the step must not be 0, and nothing NaN");
  EXPECT_ERROR(ValueError, arange(0.0, 1e300, 1.0),
               "arange: 1e+300 elements are too many; an array holds less than 2^59");
  EXPECT_ERROR(ValueError, arange(0, 300, DType::Int8),
               "arange: 299 does not fit int8, which holds -128 to 127; use another value or dtype");
  EXPECT_ERROR(TypeError, arange(2, DType::Bool),
               "arange: a range of bool has no meaning; make one of integers and compare it");
  EXPECT_ERROR(TypeError, arange(std::complex<double>(2, 1)),
               "arange: from 0 to (2+1j) by 1; complex numbers have no order, so take linspace, or a real range of a "
               "complex dtype");
  EXPECT_EQ(arange(3, DType::Complex64).dtype(), DType::Complex64);
  EXPECT_EQ(arange(3, DType::Complex64)(2).item<std::complex<float>>(), std::complex<float>(2));
  EXPECT_EQ(linspace(0, 1, 3, true, DType::Complex128)(1).item<std::complex<double>>(), 0.5);
}

TEST(Creation, SpacesNumbersEvenly) {
  EXPECT_VALUES(linspace(0, 1, 5), ({5}), double, 0, 0.25, 0.5, 0.75, 1);
  EXPECT_VALUES(linspace(0, 1, 4, false), ({4}), double, 0, 0.25, 0.5, 0.75);
  EXPECT_VALUES(linspace(3, 7, 1), ({1}), double, 3);
  EXPECT_VALUES(linspace(2, 2, 3), ({3}), double, 2, 2, 2);
  EXPECT_EQ(linspace(0, 1, 0).shape(), Shape{0});
  EXPECT_VALUES(linspace(0, 3, 3, true, DType::Int32), ({3}), int, 0, 1, 3);
  EXPECT_VALUES(linspace(-1, 0, 3, true, DType::Int32), ({3}), int, -1, -1, 0);
  // Ends whose distance is no double.
  EXPECT_VALUES(linspace(-1.5e308, 1.5e308, 5), ({5}), double, -1.5e308, -7.5e307, 0, 7.5e307, 1.5e308);
  EXPECT_VALUES(linspace(1.5e308, -1.5e308, 2, false), ({2}), double, 1.5e308, 0);
  EXPECT_VALUES(linspace(-1.5e308, 1.5e308, 1), ({1}), double, -1.5e308);
  for (const double stop : {0.1, 1.0 / 3, 1e300, -7.7}) EXPECT_EQ(linspace(0.3, stop, 50)(-1).item<double>(), stop);
  EXPECT_EQ(linspace(0, 5e-324, 3)(1).item<double>(), 0.5 * 5e-324);  // the step underflows
  EXPECT_ERROR(ValueError, linspace(0, 300, 4, true, DType::UInt8),
               "linspace: 300 does not fit uint8, which holds 0 to 255; use another value or dtype");
  EXPECT_EQ(linspace(0, 256, 256, false, DType::UInt8)(-1).item<int>(), 255);
  EXPECT_ERROR(ValueError, linspace(0, 1, -1), "linspace: -1 numbers were asked for; the count must not be negative");
}

TEST(Creation, SpacesNumbersByRatio) {
  EXPECT_VALUES(logspace(0, 3, 4), ({4}), double, 1, 10, 100, 1000);
  EXPECT_VALUES(logspace(0, 4, 4, false, 2), ({4}), double, 1, 2, 4, 8);
  EXPECT_VALUES(logspace(-2, 2, 2, true, 10), ({2}), double, 0.01, 100);
  EXPECT_VALUES(logspace(-320, 0, 2), ({2}), double, 1e-320, 1);
  EXPECT_EQ(logspace(-300, 22, 5)(-1).item<double>(), 1e22);
  EXPECT_EQ(logspace(-300, 22, 5)(0).item<double>(), 1e-300);
  EXPECT_EQ(logspace(0.5, 1, 2, true, 4)(0).item<double>(), 2);
  EXPECT_EQ(logspace(0, 1, 3, true, 10, DType::Float32).dtype(), DType::Float32);
  const Array decades = geomspace(1, 1000, 4);
  EXPECT_NEAR(decades(1).item<double>(), 10, 1e-14);
  EXPECT_NEAR(decades(2).item<double>(), 100, 1e-13);
  EXPECT_EQ(decades(3).item<double>(), 1000);
  EXPECT_VALUES(geomspace(-1, -16, 3), ({3}), double, -1, -4, -16);
  EXPECT_VALUES(geomspace(1, 16, 4, false), ({4}), double, 1, 2, 4, 8);
  EXPECT_VALUES(geomspace(7, 9, 1), ({1}), double, 7);
  EXPECT_EQ(geomspace(2, 3, 0).shape(), Shape{0});
  for (const double stop : {0.1, 1e300, 1e-300}) EXPECT_EQ(geomspace(0.3, stop, 50)(-1).item<double>(), stop);
  const std::vector<double> wide = geomspace(1e-300, 1e300, 601).to_vector<double>();
  for (int i = 0; i <= 600; ++i) EXPECT_NEAR(wide[static_cast<std::size_t>(i)] / std::pow(10.0, i - 300), 1, 1e-13);
  EXPECT_ERROR(ValueError, geomspace(1, -1, 3),
               "geomspace: from 1 to -1; a constant ratio needs two finite numbers of one sign, neither of them 0");
  EXPECT_ERROR(TypeError, logspace(0, 1, 3, true, 10, DType::Int32),
               "logspace: int32 was asked for; expected a floating dtype (convert with astype)");
  EXPECT_ERROR(ValueError, logspace(0, 1, -1), "logspace: -1 numbers were asked for; the count must not be negative");
}

TEST(Creation, PutsOnesOnADiagonal) {
  EXPECT_VALUES(identity(2, DType::Int32), ({2, 2}), int, 1, 0, 0, 1);
  EXPECT_VALUES(eye(2), ({2, 2}), double, 1, 0, 0, 1);
  EXPECT_VALUES(eye(2, 3, 1), ({2, 3}), double, 0, 1, 0, 0, 0, 1);
  EXPECT_VALUES(eye(3, 2, -1, DType::Int8), ({3, 2}), int, 0, 0, 1, 0, 0, 1);
  EXPECT_EQ(eye(0).shape(), (Shape{0, 0}));
  EXPECT_THROW(eye(-1), ValueError);
}

}  // namespace
}  // namespace ingot
