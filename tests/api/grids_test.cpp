#include <cmath>

#include "tests/api/expect.h"

namespace ingot {
namespace {

TEST(Grids, RepeatCoordinatesAlongTheOtherAxes) {
  const Array x = array({1, 2, 3}), y = array({10, 20});
  const std::vector<Array> xy = meshgrid({x, y}), ij = meshgrid({x, y}, "ij");
  EXPECT_VALUES(xy[0], ({2, 3}), int, 1, 2, 3, 1, 2, 3);
  EXPECT_VALUES(xy[1], ({2, 3}), int, 10, 10, 10, 20, 20, 20);
  EXPECT_VALUES(ij[0], ({3, 2}), int, 1, 1, 2, 2, 3, 3);
  EXPECT_VALUES(ij[1], ({3, 2}), int, 10, 20, 10, 20, 10, 20);
  EXPECT_EQ(xy[0].dtype(), DType::Int32);
  EXPECT_EQ(meshgrid({x, y, arange(4)})[2].shape(), (Shape{2, 3, 4}));
  EXPECT_VALUES(meshgrid({x})[0], ({3}), int, 1, 2, 3);
  EXPECT_VALUES(meshgrid({Array(7), y}, "ij")[0], ({1, 2}), int, 7, 7);
  EXPECT_TRUE(meshgrid({}).empty());
  EXPECT_ERROR(ValueError, meshgrid({x}, "yx"), "meshgrid: indexing \"yx\" was given; use \"xy\" or \"ij\"");
  EXPECT_ERROR(ShapeError, meshgrid({x, ones({2, 2})}),
               "meshgrid: array 1 has shape (2, 2); the coordinates of one axis are 1-d: ravel it first");
}

TEST(Grids, CountAlongEveryAxis) {
  EXPECT_VALUES(indices({2, 3}), ({2, 2, 3}), int, 0, 0, 0, 1, 1, 1, 0, 1, 2, 0, 1, 2);
  EXPECT_VALUES(indices(3, DType::Float32), ({1, 3}), float, 0, 1, 2);
  EXPECT_EQ(indices({}).shape(), Shape{0});
  EXPECT_EQ(indices({2, 0}).shape(), (Shape{2, 2, 0}));
  const Array deep = indices({2, 3, 4});
  EXPECT_EQ(deep(2, 1, 2, 3).item<int>(), 3);
  EXPECT_EQ(deep(1, 1, 2, 3).item<int>(), 2);
  EXPECT_THROW(indices({-1}), ValueError);
}

TEST(Grids, TellMatricesApartByTheDiagonal) {
  EXPECT_VALUES(tri(3), ({3, 3}), double, 1, 0, 0, 1, 1, 0, 1, 1, 1);
  EXPECT_VALUES(tri(2, 3, 1, DType::Int8), ({2, 3}), int, 1, 1, 0, 1, 1, 1);
  const Array x = reshape(arange(1, 7), {2, 3});
  EXPECT_VALUES(tril(x), ({2, 3}), int, 1, 0, 0, 4, 5, 0);
  EXPECT_VALUES(triu(x), ({2, 3}), int, 1, 2, 3, 0, 5, 6);
  EXPECT_VALUES(triu(x, 1), ({2, 3}), int, 0, 2, 3, 0, 0, 6);
  EXPECT_VALUES(tril(x, -1), ({2, 3}), int, 0, 0, 0, 4, 0, 0);
  EXPECT_VALUES(tril(reshape(arange(1, 9), {2, 2, 2})), ({2, 2, 2}), int, 1, 0, 3, 4, 5, 0, 7, 8);
  EXPECT_VALUES(triu(array({{true, true}, {true, true}})), ({2, 2}), bool, true, true, false, true);
  EXPECT_EQ(tril(full({2, 2}, NAN))(0, 1).item<double>(), 0);  // what is not kept does not matter
  EXPECT_EQ(tri(2, 2, 0, DType::Complex64)(1, 0).item<std::complex<float>>(), 1.0F);
  EXPECT_EQ(triu(astype(x, DType::Complex64))(1, 1).item<std::complex<float>>(), 5.0F);
  EXPECT_EQ(triu(astype(x, DType::Complex64))(1, 0).item<std::complex<float>>(), 0.0F);
  EXPECT_ERROR(ShapeError, tril(arange(3)), "tril: shape (3,) has 1 axis, and a matrix has two; reshape it first");
}

TEST(Grids, MakeMatricesOfDiagonals) {
  const Array x = array({1, 2});
  EXPECT_VALUES(diag(x), ({2, 2}), int, 1, 0, 0, 2);
  EXPECT_VALUES(diag(x, 1), ({3, 3}), int, 0, 1, 0, 0, 0, 2, 0, 0, 0);
  EXPECT_VALUES(diag(x, -1), ({3, 3}), int, 0, 0, 0, 1, 0, 0, 0, 2, 0);
  EXPECT_VALUES(diag(diag(x, -2), -2), ({2}), int, 1, 2);
  EXPECT_VALUES(diag(zeros({0}), 2), ({2, 2}), double, 0, 0, 0, 0);
  EXPECT_EQ(diag(zeros({0})).shape(), (Shape{0, 0}));
  EXPECT_EQ(diag(array({NAN, 1.0}))(0, 1).item<double>(), 0);
  for (const DType dtype : {DType::Bool, DType::UInt8, DType::Float16, DType::Complex128})
    for (const int k : {0, 3}) EXPECT_EQ(diag(astype(x, dtype), k).dtype(), dtype);
  EXPECT_EQ(diag(astype(x, DType::Complex64), 1)(1, 2).item<std::complex<float>>(), 2.0F);
  EXPECT_ERROR(ShapeError, diag(zeros({2, 2, 2})),
               "diag: x has shape (2, 2, 2); expected 1 axis, to make a matrix, or 2 (diagonal(x) takes matrices in "
               "more)");
  EXPECT_THROW(diag(x, std::int64_t{1} << 40), ValueError);
  EXPECT_THROW(diag(x, std::int64_t{-1} << 63), ValueError);
}

TEST(Grids, ViewDiagonals) {
  const Array x = reshape(arange(12), {3, 4});
  EXPECT_VALUES(diagonal(x), ({3}), int, 0, 5, 10);
  EXPECT_VALUES(diagonal(x, 1), ({3}), int, 1, 6, 11);
  EXPECT_VALUES(diagonal(x, 3), ({1}), int, 3);
  EXPECT_VALUES(diagonal(x, -2), ({1}), int, 8);
  EXPECT_EQ(diagonal(x, 4).shape(), Shape{0});
  EXPECT_EQ(diagonal(x, std::int64_t{-1} << 63).shape(), Shape{0});
  EXPECT_VALUES(diagonal(reshape(arange(8), {2, 2, 2})), ({2, 2}), int, 0, 3, 4, 7);
  EXPECT_VALUES(diagonal(x.T()(Slice(none, none, -1))), ({3}), int, 3, 6, 9);
  EXPECT_ERROR(ShapeError, diagonal(Array(1)), "diagonal: shape () has 0 axes, and a matrix has two; reshape it first");
}

TEST(Grids, CallFunctionsOfIndices) {
  EXPECT_VALUES(fromfunction([](const Array& i, const Array& j) { return i * 10.0 + j; }, {2, 3}), ({2, 3}), double, 0,
                1, 2, 10, 11, 12);
  EXPECT_VALUES(fromfunction([](const Array& i, const Array&) { return i; }, {2, 2}, DType::Int64), ({2, 2}), int, 0, 0,
                1, 1);
  EXPECT_VALUES(fromfunction([](auto... i) { return (i + ...); }, {2, 2, 2}), ({2, 2, 2}), double, 0, 1, 1, 2, 1, 2, 2,
                3);
  EXPECT_ERROR(ShapeError, fromfunction([](const Array& i) { return i; }, {2, 2}),
               "fromfunction: the function does not take the 2 arrays of indices that shape (2, 2) has; give it one "
               "parameter for each axis, 1 to 8");
}

TEST(Grids, OccupyNoMemory) {
  reset_stats();
  EXPECT_EQ(sum(tril(fromfunction([](auto i, auto j) { return i + j; }, {300, 300}))).item<double>(), 13'499'850);
  EXPECT_EQ(stats().launches, 1);
  EXPECT_EQ(stats().bytes_read, 0);
}

}  // namespace
}  // namespace ingot
