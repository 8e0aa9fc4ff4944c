#include "ingot/gathering.hpp"

#include <complex>
#include <numeric>
#include <random>

#include "tests/api/expect.h"

namespace ingot {
namespace {

// x at the indices along the axis, one element after another.
template <class T>
std::vector<T> taken(const std::vector<T>& x, std::int64_t before, std::int64_t extent, std::int64_t width,
                     const std::vector<std::int64_t>& indices) {
  std::vector<T> result;
  for (std::int64_t b = 0; b < before; ++b)
    for (const std::int64_t index : indices)
      for (std::int64_t w = 0; w < width; ++w)
        result.push_back(x[static_cast<std::size_t>((b * extent + (index < 0 ? index + extent : index)) * width + w)]);
  return result;
}

TEST(Take, HasTheSlicesAtTheIndices) {
  const Array x = reshape(arange(12), {3, 4});
  EXPECT_VALUES(take(x, array({2, 0, -1}), 0), ({3, 4}), int, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11);
  EXPECT_VALUES(take(x, array({2, 0, -1, -4}), 1), ({3, 4}), int, 2, 0, 3, 0, 6, 4, 7, 4, 10, 8, 11, 8);
  EXPECT_VALUES(take(x, array({1}), -1), ({3, 1}), int, 1, 5, 9);
  EXPECT_VALUES(take(arange(5), array({4, 4, 0})), ({3}), int, 4, 4, 0);
  EXPECT_VALUES(take(x, Array(1), 0), ({4}), int, 4, 5, 6, 7);
  EXPECT_VALUES(take(arange(5), array({{0, 1}, {2, -1}})), ({2, 2}), int, 0, 1, 2, 4);
  EXPECT_VALUES(take(x, array({{0, 1}, {2, 2}}), 1), ({3, 2, 2}), int, 0, 1, 2, 2, 4, 5, 6, 6, 8, 9, 10, 10);
}

template <class T>
class TakeOf : public testing::Test {};
using Elements = testing::Types<std::int8_t, std::uint16_t, std::int32_t, float, double, std::complex<double>>;
TYPED_TEST_SUITE(TakeOf, Elements);

// Slices of one element to many, that one thread copies and that several do, in every layout.
TYPED_TEST(TakeOf, EveryWidthOfSlice) {
  using T = TypeParam;
  std::mt19937_64 random(7);
  const std::int64_t widths[] = {1, 2, 3, 4, 7, 8, 16, 100, 3000};
  for (const std::int64_t width : widths) {
    const std::int64_t before = 3, extent = 37, count = width > 100 ? 20 : 1500;
    std::vector<T> x(static_cast<std::size_t>(before * extent * width));
    for (T& value : x) value = static_cast<T>(static_cast<float>(random() % 127));
    std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
    for (std::int64_t& index : indices) index = static_cast<std::int64_t>(random() % 74) - 37;
    const std::vector<T> expected = taken(x, before, extent, width, indices);
    const Array given = array(std::span<const T>(x), {before, extent, width}), at = array(indices);
    const Array turned = permute_dims(given, {2, 0, 1});
    turned.eval();
    for (const Array& layout : {given, permute_dims(turned, {1, 2, 0}), where(given == given, given, given)}) {
      const Array y = take(layout, at, 1);
      ASSERT_EQ(y.dtype(), given.dtype());
      ASSERT_EQ(y.shape(), (Shape{before, count, width}));
      ASSERT_EQ(y.template to_vector<T>(), expected) << "slices of " << width;
    }
  }
}

TEST(Take, TakesIndicesOfEveryIntegerDtype) {
  const Array x = arange(10) * 1.5, at = array({3, 0, 9});
  for (const DType dtype : {DType::Int8, DType::Int16, DType::Int32, DType::Int64, DType::UInt8, DType::UInt16,
                            DType::UInt32, DType::UInt64})
    EXPECT_VALUES(take(x, astype(at, dtype)), ({3}), double, 4.5, 0, 13.5);
  EXPECT_VALUES(take(x, arange(2) + 1), ({2}), double, 1.5, 3);
  EXPECT_EQ(take(astype(x, DType::Float16), at).dtype(), DType::Float16);
  EXPECT_VALUES(take(array({true, false}), array({1, 0, 0})), ({3}), bool, false, true, true);
  EXPECT_VALUES(take(x, Array(-1)), ({}), double, 13.5);
}

TEST(Take, ReadsPiecesOfStoredArraysWhereTheyLie) {
  std::vector<double> values(5000);
  std::iota(values.begin(), values.end(), 0.0);
  const Array x = from_host(values.data(), {100, 50});
  const Array rows = x(Slice(10, 60)), at = array({0, 49, -1});
  at.eval();
  reset_stats();
  EXPECT_VALUES(take(rows, at, 0)(Slice(), 3), ({3}), double, 503, 2953, 2953);
  reset_stats();
  take(rows, at, 0).eval();
  EXPECT_EQ(stats().launches, 0) << "a copy was made";
  EXPECT_EQ(stats().bytes_read, 3 * 50 * 8 + 3 * 4);
  EXPECT_EQ(stats().bytes_written, 3 * 50 * 8);
}

TEST(Take, MayTakeNothing) {
  const Array x = reshape(arange(12), {3, 4}), none = zeros({0}, DType::Int64);
  EXPECT_EQ(take(x, none, 0).shape(), (Shape{0, 4}));
  EXPECT_EQ(take(x, zeros({2, 0}, DType::Int8), 1).shape(), (Shape{3, 2, 0}));
  EXPECT_EQ(take(zeros({0, 4}), none, 0).shape(), (Shape{0, 4}));
  EXPECT_EQ(take(zeros({0, 4}), array({1, 2}), 1).size(), 0);
  EXPECT_ERROR(IndexError, take(zeros({0, 4}), array({1, 2}), 0),
               "take: axis 0 of shape (0, 4) has no elements, and 8 are to be taken; give indices of no elements, or "
               "another axis");
}

TEST(Take, SaysWhatItCannotTake) {
  const Array x = reshape(arange(12), {3, 4});
  EXPECT_ERROR(ValueError, take(x, array({0})),
               "take: no axis was given for an array of shape (3, 4); name one, as only an array of one axis has but "
               "that one to take from");
  EXPECT_ERROR(IndexError, take(x, array({0}), 2),
               "take: axis 2 is out of bounds for an array of 2 axes; axes run from -2 to 1");
  EXPECT_ERROR(IndexError, take(Array(1), array({0}), 0), "take: axis 0 is out of bounds: a 0-d array has no axes");
  EXPECT_ERROR(TypeError, take(x, array({0.0}), 0),
               "take: the indices are float64; expected an integer dtype, convert with astype");
  EXPECT_ERROR(TypeError, take(x, array({true, false, true}), 0),
               "take: the indices are bool; expected an integer dtype (where(condition, x, y) selects by bools)");
}

TEST(Take, NamesTheFirstIndexThatIsOutOfRangeWhenItIsEvaluated) {
  const Array x = reshape(arange(12), {3, 4});
  // One line each: the error has that of the call.
  const auto of = [&](const Array& at) { return take(x, at, 1); };
  const std::string place = tests::here(__FILE__, __LINE__ - 1);
  const auto error = [&](const Array& at) {
    const Array y = of(at) + 1;
    return tests::message_of<IndexError>([&] { y.eval(); });
  };
  EXPECT_EQ(error(array({{0, 3}, {4, 5}})),
            "take: indices(1, 0) is 4, out of bounds for axis 1 of shape (3, 4); indices run from -4 to 3" + place);
  EXPECT_EQ(error(Array(-5)),
            "take: the index is -5, out of bounds for axis 1 of shape (3, 4); indices run from -4 to 3" + place);
  EXPECT_EQ(
      error(array(std::vector<std::uint64_t>{0, ~std::uint64_t{0}})),
      "take: indices(1) is 18446744073709551615, out of bounds for axis 1 of shape (3, 4); indices run from -4 to 3" +
          place);
  const Array complex = astype(x, DType::Complex64);
  EXPECT_EQ(tests::message_of<IndexError>([&] {
              take(complex, array({7}), 0).eval();
            }).starts_with("take: indices(0) is 7, out of bounds for axis 0 of shape (3, 4); indices run from -3 to 2"),
            true);
  // Among many, whichever thread meets it; and nothing is lost.
  const Array many = arange(200'000) % 4, some = where(arange(200'000) >= 123'456, 9, many);
  const Array y = take(x, some, 1), sum_of_good = sum(take(x, many, 1));
  for (int again = 0; again < 3; ++again)
    EXPECT_TRUE(tests::message_of<IndexError>([&] { y.eval(); }).starts_with("take: indices(123456) is 9, "));
  EXPECT_EQ(sum_of_good.item<std::int64_t>(), 66 * 50'000);
  EXPECT_EQ(sum(some).item<std::int64_t>(),
            sum(many(Slice(0, 123'456))).item<std::int64_t>() + 9 * (200'000 - 123'456));
}

TEST(TakeAlongAxis, HasAnIndexForEveryElement) {
  const Array x = array({{30, 10, 20}, {5, 7, 6}});
  EXPECT_VALUES(take_along_axis(x, argsort(x, 1), 1), ({2, 3}), int, 10, 20, 30, 5, 6, 7);
  EXPECT_VALUES(take_along_axis(x, argsort(x, 0), 0), ({2, 3}), int, 5, 7, 6, 30, 10, 20);
  EXPECT_VALUES(take_along_axis(x, argmax(x, 1, true)), ({2, 1}), int, 30, 7);
  EXPECT_VALUES(take_along_axis(x, array({{-1, 0}})), ({2, 2}), int, 20, 30, 6, 5);
  EXPECT_VALUES(take_along_axis(array({{1, 2, 3}}), array({{0}, {2}})), ({2, 1}), int, 1, 3);
  EXPECT_EQ(take_along_axis(x, zeros({2, 0}, DType::Int64)).shape(), (Shape{2, 0}));
}

TEST(TakeAlongAxis, SortsAlongEveryAxisOfEveryDtype) {
  const Array numbers = reshape((arange(6 * 5 * 700) * 7919) % 10007, {6, 5, 700});
  for (const DType dtype : {DType::Int8, DType::Float16, DType::Int32, DType::Float64})
    for (const std::int64_t axis : {0, 1, 2}) {
      const Array x = astype(numbers, dtype);
      EXPECT_TRUE(all(take_along_axis(x, argsort(x, axis), axis) == sort(x, axis)).item<bool>()) << dtype << axis;
    }
  const Array real = astype(numbers, DType::Float32);
  for (const std::int64_t axis : {0, 1, 2}) {
    const Array order = argsort(real, axis), y = take_along_axis(astype(real, DType::Complex64), order, axis);
    EXPECT_EQ(y.dtype(), DType::Complex64);
    EXPECT_TRUE(all(y == astype(sort(real, axis), DType::Complex64)).item<bool>()) << axis;
  }
}

TEST(TakeAlongAxis, SaysWhatItCannotTake) {
  const Array x = zeros({2, 3});
  EXPECT_ERROR(ShapeError, take_along_axis(x, array({0})),
               "take_along_axis: x has shape (2, 3) and the indices have (1,); expected as many axes of both (take has "
               "indices of one axis for all of x)");
  EXPECT_ERROR(ShapeError, take_along_axis(x, zeros({3, 1}, DType::Int64)),
               "take_along_axis: x of shape (2, 3) and indices of shape (3, 1) do not broadcast along the axes other "
               "than 1; expected equal extents there, or 1");
  EXPECT_ERROR(TypeError, take_along_axis(x, x),
               "take_along_axis: the indices are float64; expected an integer dtype, convert with astype");
  const Array y = take_along_axis(x, array({{0, 1, 2}, {0, 3, -4}}), 1);
  const std::string place = tests::here(__FILE__, __LINE__ - 1);
  EXPECT_EQ(tests::message_of<IndexError>([&] { y.eval(); }),
            "take_along_axis: indices(1, 1) is 3, out of bounds for axis 1 of shape (2, 3); indices run from -3 to 2" +
                place);
}

TEST(SearchSorted, CountsWhatIsLess) {
  const Array x = array({1.0, 2.0, 2.0, 5.0}), v = array({{0.0, 1.0, 2.0}, {3.0, 5.0, 9.0}});
  EXPECT_VALUES(searchsorted(x, v), ({2, 3}), int, 0, 0, 1, 3, 3, 4);
  EXPECT_VALUES(searchsorted(x, v, "right"), ({2, 3}), int, 0, 1, 3, 3, 4, 4);
  EXPECT_EQ(searchsorted(x, 2.5).item<int>(), 3);
  EXPECT_EQ(searchsorted(x, 2.5).dtype(), DType::Int64);
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();
  const Array ends = array({-kInf, -0.0, 0.0, kInf, kNan, kNan});
  EXPECT_VALUES(searchsorted(ends, array({-kInf, 0.0, kInf, kNan})), ({4}), int, 0, 1, 3, 4);
  EXPECT_VALUES(searchsorted(ends, array({-kInf, 0.0, kInf, kNan}), "right"), ({4}), int, 1, 3, 4, 6);
  EXPECT_VALUES(searchsorted(zeros({0}), v), ({2, 3}), int, 0, 0, 0, 0, 0, 0);
  EXPECT_EQ(searchsorted(x, zeros({0, 2})).shape(), (Shape{0, 2}));
  const Array out_of_order = array({5.0, 2.0, 1.0, 2.0}), order = argsort(out_of_order);
  EXPECT_VALUES(searchsorted(out_of_order, v, "left", order), ({2, 3}), int, 0, 0, 1, 3, 3, 4);
}

TEST(SearchSorted, AgreesWithCountingForEveryDtypeAndSize) {
  for (const DType dtype : {DType::Bool, DType::Int8, DType::UInt16, DType::Int32, DType::UInt64, DType::Float16,
                            DType::BFloat16, DType::Float32, DType::Float64})
    for (const std::int64_t n : {1, 2, 3, 7, 8, 100, 1000}) {
      const Array x = sort(astype((arange(n) * 37) % 101, dtype)), v = astype((arange(50) * 13) % 110, dtype);
      const Array wide = reshape(v, {50, 1});
      EXPECT_TRUE(all(searchsorted(x, v) == count_nonzero(x < wide, 1)).item<bool>()) << dtype << n;
      EXPECT_TRUE(all(searchsorted(x, v, "right") == count_nonzero(x <= wide, 1)).item<bool>()) << dtype << n;
    }
  const Array many = arange(100'000) * 0.5;
  EXPECT_TRUE(all(searchsorted(many, many) == arange(100'000)).item<bool>());
}

TEST(SearchSorted, SaysWhatItCannotSearch) {
  const Array x = arange(3);
  EXPECT_ERROR(ShapeError, searchsorted(zeros({2, 2}), x),
               "searchsorted: x has shape (2, 2); the sorted numbers are 1-d: ravel it, or search one row at a time");
  EXPECT_ERROR(ValueError, searchsorted(x, x, "middle"),
               "searchsorted: side \"middle\" was given; use \"left\" or \"right\"");
  EXPECT_ERROR(ShapeError, searchsorted(x, x, "left", arange(2)),
               "searchsorted: the sorter has shape (2,), and x has (3,); expected a position for each element, as "
               "argsort(x) gives them");
  EXPECT_ERROR(TypeError, searchsorted(astype(x, DType::Complex64), x),
               "searchsorted: not defined for complex128; use real(x), imag(x) or abs(x)");
}

}  // namespace
}  // namespace ingot
