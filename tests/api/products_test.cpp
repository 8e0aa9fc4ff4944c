#include "ingot/products.hpp"

#include <cmath>
#include <complex>
#include <limits>

#include "tests/api/expect.h"

namespace ingot {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// 0, 1, 2 ... of a shape.
Array counted(const Shape& shape, DType dtype = DType::Float64) {
  return reshape(astype(arange(shape.numel()), dtype), shape);
}

std::string shape_of(const Array& x) { return to_string(x.shape()); }

TEST(Matmul, MultipliesMatricesAndVectors) {
  const Array a = counted({2, 3}), b = counted({3, 2}), v = array({1.0, -1.0, 2.0});
  EXPECT_VALUES(matmul(a, b), ({2, 2}), double, 10, 13, 28, 40);
  EXPECT_VALUES(matmul(a, v), ({2}), double, 3, 9);
  EXPECT_VALUES(matmul(v, b), ({2}), double, 6, 8);
  EXPECT_VALUES(matmul(v, v), ({}), double, 6);
  EXPECT_VALUES(matmul(a, a.T()), ({2, 2}), double, 5, 14, 14, 50);
  EXPECT_VALUES(matmul(a(0, newaxis), b(Slice(), Slice(0, 1))), ({1, 1}), double, 10);
  EXPECT_VALUES(matmul(a(Slice(), Slice(0, 1)), b(Slice(0, 1))), ({2, 2}), double, 0, 0, 0, 3);
}

TEST(Matmul, BroadcastsStacks) {
  const Array a = counted({2, 1, 2, 3}), b = counted({3, 3, 2});
  const Array c = matmul(a, b);
  ASSERT_EQ(shape_of(c), "(2, 3, 2, 2)");
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j) EXPECT_TRUE(array_equal(c(i, j), matmul(a(i, 0), b(j))).item<bool>()) << i << ", " << j;
  EXPECT_EQ(shape_of(matmul(counted({5, 2, 3}), counted({3, 4}))), "(5, 2, 4)");
  EXPECT_EQ(shape_of(matmul(counted({2, 3}), counted({5, 3, 4}))), "(5, 2, 4)");
  EXPECT_EQ(shape_of(matmul(counted({3}), counted({5, 3, 4}))), "(5, 4)");
  EXPECT_EQ(shape_of(matmul(counted({5, 2, 3}), counted({3}))), "(5, 2)");
  const Array stack = counted({4, 2, 3}), one = counted({3, 2}) - 2.0;
  const Array left = matmul(one, stack), right = matmul(stack, one);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(array_equal(left(i), matmul(one, stack(i))).item<bool>()) << i;
    EXPECT_TRUE(array_equal(right(i), matmul(stack(i), one)).item<bool>()) << i;
  }
}

TEST(Matmul, SumsOverNothing) {
  EXPECT_VALUES(matmul(zeros({2, 0}), zeros({0, 3})), ({2, 3}), double, 0, 0, 0, 0, 0, 0);
  EXPECT_VALUES(matmul(zeros({0}), zeros({0})), ({}), double, 0);
  EXPECT_VALUES(matmul(zeros({2, 0}), zeros({0})), ({2}), double, 0, 0);
  EXPECT_EQ(shape_of(matmul(zeros({0, 3}), zeros({3, 2}))), "(0, 2)");
  EXPECT_EQ(shape_of(matmul(zeros({0, 2, 3}), zeros({3, 4}))), "(0, 2, 4)");
  EXPECT_EQ(shape_of(matmul(zeros({0, 2, 3}), zeros({1, 3, 4}))), "(0, 2, 4)");
  EXPECT_EQ(matmul(zeros({2, 0}, DType::Int8), zeros({0, 3}, DType::Int16)).dtype(), DType::Int16);
  EXPECT_EQ(matmul(zeros({2, 0}, DType::Complex64), zeros({0, 3}, DType::Complex64)).dtype(), DType::Complex64);
  EXPECT_EQ(sum(abs(matmul(zeros({2, 0}, DType::Complex64), zeros({0, 3})))).item<double>(), 0);
}

TEST(Matmul, PromotesAndWraps) {
  EXPECT_EQ(matmul(zeros({2, 2}, DType::Float32), zeros({2, 2})).dtype(), DType::Float64);
  EXPECT_EQ(matmul(zeros({2}, DType::Int8), zeros({2}, DType::UInt8)).dtype(), DType::Int16);
  for (const Shape& rows : {Shape{2}, Shape{3, 2}}) {
    const Array x = full(rows, 100, DType::Int8);
    EXPECT_EQ(matmul(x, full({2, 2}, 1, DType::Int8)).dtype(), DType::Int8);
    EXPECT_EQ(min(matmul(x, full({2, 2}, 1, DType::Int8))).item<int>(), -56);
    EXPECT_EQ(max(matmul(x, full({2}, 1, DType::Int8))).item<int>(), -56);
  }
  const Array truths = counted({3, 3}, DType::Int64) % 4 == 1;
  EXPECT_VALUES(matmul(truths, truths), ({3, 3}), bool, 0, 0, 1, 0, 0, 0, 0, 0, 0);
  EXPECT_VALUES(matmul(truths, truths(0)), ({3}), bool, 1, 0, 0);
}

// In float16 the sum would stand still at 2048.
TEST(Matmul, AddsHalvesUpInFloat32) {
  for (const DType dtype : {DType::Float16, DType::BFloat16}) {
    const Array row = full({1, 4096}, 1.0, dtype), two = full({4096, 2}, 1.0, dtype), line = full({4096}, 1.0, dtype);
    EXPECT_EQ(matmul(row, two).dtype(), dtype);
    EXPECT_EQ(max(matmul(full({2, 4096}, 1.0, dtype), two)).item<double>(), 4096);
    EXPECT_EQ(max(matmul(row, two)).item<double>(), 4096);
    EXPECT_EQ(vecdot(line, line).item<double>(), 4096);
    EXPECT_EQ(vecdot(line, line).dtype(), dtype);
  }
  // Whose steps are in no order to be read in.
  const Array wide = astype(counted({2, 3, 10'000}) % 5.0, DType::Float16).eval();
  const Array steps = wide(Slice(), 1, Slice(none, none, -2)), same = steps + 0.0f;
  EXPECT_TRUE(array_equal(matmul(steps, same.T()), matmul(same, same.T())).item<bool>());
  // Products are not rounded before they are added.
  const Array x = array({0x1.004p0, -1.0}), h = astype(x, DType::Float16);
  EXPECT_EQ(vecdot(h, h).item<double>(), std::round((0x1.004p0 * 0x1.004p0 + 1) * 512) / 512);
}

using C = std::complex<double>;

Array complex_matrix(const Shape& shape, double shift) {
  const Array x = counted(shape);
  return (x - shift) + astype(x % 5.0 - 2.0, DType::Complex128) * C(0, 1);
}

TEST(Matmul, OfComplexMatricesIsFourProductsOfParts) {
  for (const DType dtype : {DType::Complex64, DType::Complex128}) {
    const Array a = astype(complex_matrix({2, 3, 4}, 7), dtype), b = astype(complex_matrix({4, 5}, 3), dtype);
    const Array layouts[] = {b, reshape(b.T(), {5, 4}).T(), flip(flip(b, 0), 0)};
    for (const Array& y : layouts) {
      const Array c = matmul(a, y);
      EXPECT_EQ(c.dtype(), dtype);
      const Array re = matmul(real(a), real(b)) - matmul(imag(a), imag(b)),
                  im = matmul(real(a), imag(b)) + matmul(imag(a), real(b));
      EXPECT_TRUE(array_equal(real(c), re).item<bool>());
      EXPECT_TRUE(array_equal(imag(c), im).item<bool>());
    }
    EXPECT_TRUE(array_equal(matmul(a, b(Slice(), 1)), matmul(a, b)(ellipsis, 1)).item<bool>());
    EXPECT_TRUE(array_equal(matmul(real(a), b), matmul(astype(real(a), dtype), b)).item<bool>());
  }
}

TEST(Matmul, ReadsOperandsWhereTheyLie) {
  const Array x = counted({64, 48}).eval(), y = counted({2, 48, 64}).eval();
  const auto expect_steps = [](const Array& z, std::int64_t launches, std::int64_t calls) {
    const Stats before = stats();
    z.eval();
    const Stats after = stats();
    EXPECT_EQ(after.launches - before.launches, launches);
    EXPECT_EQ(after.calls - before.calls, calls);
  };
  expect_steps(matmul(x.T(), x), 0, 1);
  expect_steps(matmul(x, matrix_transpose(x(Slice(none, none, -2)))), 0, 1);
  expect_steps(matmul(y, x), 0, 1);
  expect_steps(matmul(x, y), 0, 1);
  expect_steps(tensordot(y, y, {1, 2}, {1, 2}), 0, 1);
  expect_steps(einsum("bji,kj->bik", y, x), 0, 1);
  expect_steps(einsum("bji,kj->bki", y, x), 0, 1);
  const Array v = counted({48}).eval(), w = counted({64}).eval();
  expect_steps(matmul(x, v), 0, 1);
  expect_steps(matmul(x.T(), w), 0, 1);
  expect_steps(matmul(w, x), 0, 1);
  expect_steps(matmul(v, y), 0, 1);
  expect_steps(tensordot(y, v, {1}, {0}), 0, 1);
  // Inner products are one pass with what comes before and after.
  expect_steps(vecdot(x * 2.0, x, 0) + 1.0, 1, 0);
  expect_steps(einsum("bij,bij->", y * 2.0, y) + 1.0, 1, 0);
  // Complex numbers are read interleaved, and written so.
  const Array z = complex_matrix({64, 48}, 3).eval();
  expect_steps(matmul(z, z.T()), 1, 1);
}

TEST(Matmul, NamesWhatDoesNotGoTogether) {
  EXPECT_ERROR(ShapeError, matmul(zeros({2, 3}), zeros({4, 5})),
               "matmul: shapes (2, 3) and (4, 5) do not go together; axis 1 of the first is 3 and axis 0 of the second "
               "is 4, where equal extents were expected (dtypes float64 and float64)");
  EXPECT_ERROR(ShapeError, matmul(zeros({2, 1}), zeros({4, 5})),
               "matmul: shapes (2, 1) and (4, 5) do not go together; axis 1 of the first is 1 and axis 0 of the second "
               "is 4, where equal extents were expected (dtypes float64 and float64)");
  EXPECT_ERROR(ShapeError, matmul(zeros({2, 3, 4}), zeros({3, 4, 5}, DType::Int8)),
               "matmul: shapes (2, 3, 4) and (3, 4, 5) do not go together; axis 0 of the first is 2 and axis 0 of the "
               "second is 3, where equal extents or 1 were expected (dtypes float64 and int8)");
  EXPECT_ERROR(ShapeError, matmul(2.0, zeros({4, 5})),
               "matmul: operand 0 has shape (), and 1 axis or more were expected; give it some with expand_dims or "
               "reshape");
  EXPECT_ERROR(ShapeError, matvec(zeros({3}), zeros({3})),
               "matvec: operand 0 has shape (3,), and 2 axes or more were expected; give it some with expand_dims or "
               "reshape");
}

TEST(Dot, FollowsNumPy) {
  EXPECT_VALUES(dot(array({1.0, 2.0}), 3.0), ({2}), double, 3, 6);
  EXPECT_VALUES(dot(array({1.0, 2.0}), array({3.0, 4.0})), ({}), double, 11);
  EXPECT_VALUES(dot(counted({2, 2}), counted({2, 2})), ({2, 2}), double, 2, 3, 6, 11);
  EXPECT_VALUES(dot(counted({2, 2}), array({3.0, 4.0})), ({2}), double, 4, 18);
  const Array a = counted({2, 3, 4}), b = counted({5, 4, 2}), c = dot(a, b);
  ASSERT_EQ(shape_of(c), "(2, 3, 5, 2)");
  EXPECT_EQ(c(1, 2, 3, 1).item<double>(), sum(a(1, 2) * b(3, Slice(), 1)).item<double>());
  EXPECT_ERROR(ShapeError, dot(zeros({2, 3}), zeros({4, 5})),
               "dot: shapes (2, 3) and (4, 5) do not go together; axis 1 of the first is 3 and axis 0 of the second is "
               "4, where equal extents were expected (dtypes float64 and float64)");
}

TEST(Vecdot, ConjugatesTheFirst) {
  const Array v = array({0.0, 5.0, 0.0, 0.0, 0.0, 10.0, 0.0, 6.0, 8.0}, {3, 3}), n = array({0.0, 0.6, 0.8});
  EXPECT_VALUES(vecdot(v, n), ({3}), double, 3, 8, 10);
  EXPECT_VALUES(vecdot(v, v, 0), ({3}), double, 0, 61, 164);
  const Array z = array({C(1, 2), C(0, -1)});
  EXPECT_EQ(vecdot(z, z).item<C>(), C(6, 0));
  EXPECT_EQ(vecdot(z, array({1.0, 1.0})).item<C>(), C(1, -1));
  EXPECT_EQ(matmul(z, z).item<C>(), C(-4, 4));
  EXPECT_VALUES(vecmat(z, array({1.0, 0.0, 0.0, 1.0}, {2, 2})), ({2}), C, C(1, -2), C(0, 1));
  EXPECT_VALUES(matvec(reshape(z, {1, 2}), z), ({1}), C, C(-4, 4));
  EXPECT_EQ(shape_of(vecdot(zeros({2, 5}), zeros({4, 1, 5}))), "(4, 2)");
  EXPECT_EQ(shape_of(matvec(zeros({4, 1, 2, 3}), zeros({5, 3}))), "(4, 5, 2)");
  EXPECT_EQ(shape_of(vecmat(zeros({5, 3}), zeros({4, 1, 3, 2}))), "(4, 5, 2)");
  EXPECT_ERROR(ShapeError, vecdot(zeros({2, 1}), zeros({2, 5})),
               "vecdot: shapes (2, 1) and (2, 5) do not go together; axis 1 of the first is 1 and axis 1 of the second "
               "is 5, where equal extents were expected (dtypes float64 and float64)");
  EXPECT_ERROR(IndexError, vecdot(zeros({2}), zeros({2, 2}), -2),
               "vecdot: axis -2 is out of bounds for an array of 1 axis; axes run from -1 to 0");
}

TEST(Inner, SumsOverLastAxes) {
  EXPECT_VALUES(inner(counted({2, 3, 4}), counted({4})), ({2, 3}), double, 14, 38, 62, 86, 110, 134);
  EXPECT_VALUES(inner(counted({1, 1, 2}), counted({3, 2})), ({1, 1, 3}), double, 1, 3, 5);
  EXPECT_VALUES(inner(7.0, eye(2)), ({2, 2}), double, 7, 0, 0, 7);
}

TEST(Tensordot, SumsOverPairsOfAxes) {
  const Array a = counted({3, 4, 5}), b = counted({4, 3, 2});
  EXPECT_VALUES(tensordot(a, b, {1, 0}, {0, 1}), ({5, 2}), double, 4400, 4730, 4532, 4874, 4664, 5018, 4796, 5162, 4928,
                5306);
  EXPECT_TRUE(array_equal(tensordot(a, b, {0, -2}, {1, 0}), tensordot(a, b, {1, 0}, {0, 1})).item<bool>());
  EXPECT_VALUES(tensordot(counted({2, 3}), counted({2, 3})), ({}), double, 55);
  EXPECT_TRUE(array_equal(tensordot(a, counted({5, 2}), 1), dot(a, counted({5, 2}))).item<bool>());
  EXPECT_EQ(shape_of(tensordot(a, b, 0)), "(3, 4, 5, 4, 3, 2)");
  EXPECT_EQ(tensordot(a, b, 0)(2, 3, 4, 3, 2, 1).item<double>(), 59 * 23);
  EXPECT_ERROR(ValueError, tensordot(a, b, 4),
               "tensordot: 4 axes were given to sum over, of shapes (3, 4, 5) and (4, 3, 2); expected 0 to 3");
  EXPECT_ERROR(ValueError, tensordot(a, b, {0, 1}, {0}),
               "tensordot: 2 axes of the first and 1 of the second operand were given; expected as many of each");
  EXPECT_ERROR(ShapeError, tensordot(a, b, {0}, {0}),
               "tensordot: shapes (3, 4, 5) and (4, 3, 2) do not go together; axis 0 of the first is 3 and axis 0 of "
               "the second is 4, where equal extents were expected (dtypes float64 and float64)");
  EXPECT_ERROR(IndexError, tensordot(a, b, {3}, {0}),
               "tensordot: axis 3 is out of bounds for an array of 3 axes; axes run from -3 to 2");
}

TEST(Outer, IsOnePass) {
  EXPECT_VALUES(outer(array({1, 2}), array({3, 4, 5})), ({2, 3}), int, 3, 4, 5, 6, 8, 10);
  EXPECT_VALUES(outer(counted({2, 1}), counted({1, 2})), ({2, 2}), double, 0, 0, 0, 1);
  EXPECT_VALUES(kron(array({1, 10, 100}), array({5, 6, 7})), ({9}), int, 5, 6, 7, 50, 60, 70, 500, 600, 700);
  EXPECT_VALUES(kron(eye(2), ones({1, 2})), ({2, 4}), double, 1, 1, 0, 0, 0, 0, 1, 1);
  EXPECT_VALUES(kron(array({1, 2}), array({1, 10}, {2, 1})), ({2, 2}), int, 1, 2, 10, 20);
  EXPECT_EQ(shape_of(kron(zeros({2, 3, 1}), zeros({4, 5}))), "(2, 12, 5)");
  EXPECT_VALUES(cross(array({1, 2, 3, 4, 5, 6}, {2, 3}), array({4, 5, 6, 1, 2, 3}, {2, 3})), ({2, 3}), int, -3, 6, -3,
                3, -6, 3);
  EXPECT_VALUES(cross(array({1, 0, 0}), array({0, 1, 0})), ({3}), int, 0, 0, 1);
  EXPECT_EQ(shape_of(cross(zeros({3, 2}), zeros({3, 4, 1}), 0)), "(3, 4, 2)");
  EXPECT_EQ(cross(array({C(0, 1), C(0, 0), C(0, 0)}), array({0.0, 1.0, 0.0}))(2).item<C>(), C(0, 1));
  const Stats before = stats();
  (outer(counted({5}), counted({7})) + kron(counted({5, 1}), counted({1, 7}))).eval();
  cross(counted({8, 3}), array({1.0, 2.0, 3.0})).eval();
  EXPECT_EQ(stats().launches - before.launches, 2);
  EXPECT_ERROR(ShapeError, cross(zeros({2, 2}), zeros({2, 3})),
               "cross: axis -1 of shape (2, 2) has extent 2, and vectors of 3 elements were expected");
  EXPECT_ERROR(ShapeError, cross(zeros({4, 3}), zeros({2, 3})),
               "cross: shapes (4, 3) and (2, 3) do not broadcast; axis 0 is 4 and 2, where equal extents or 1 were "
               "expected (dtypes float64 and float64)");
  EXPECT_ERROR(TypeError, cross(zeros({3}, DType::Bool), zeros({3}, DType::Bool)),
               "cross: not defined for bool; convert with astype(x, DType::Int64)");
}

TEST(MultiDot, MultipliesInTheCheapestOrder) {
  const Array a = counted({10, 100}), b = counted({100, 5}), c = counted({5, 50}) - 100.0;
  EXPECT_SAME_NODE(multi_dot({a, b, c}), matmul(matmul(a, b), c));
  EXPECT_SAME_NODE(multi_dot({c.T(), b.T(), a.T()}), matmul(c.T(), matmul(b.T(), a.T())));
  EXPECT_EQ(shape_of(multi_dot({counted({10}), counted({10, 3}), counted({3})})), "()");
  EXPECT_EQ(shape_of(multi_dot({counted({10}), counted({10, 3})})), "(3,)");
  const Array v = counted({100}), w = counted({50});
  EXPECT_TRUE(array_equal(multi_dot({v, b, c, w}), dot(dot(v, b), dot(c, w))).item<bool>());
  EXPECT_ERROR(ValueError, multi_dot({a}), "multi_dot: 1 matrices were given; expected two or more");
  EXPECT_ERROR(ShapeError, multi_dot({a, v, c}),
               "multi_dot: operand 1 has shape (100,); expected two axes, or one of the first and the last");
  EXPECT_ERROR(ShapeError, multi_dot({a, b, b}),
               "multi_dot: shapes (100, 5) and (100, 5) of operands 1 and 2 do not go together; the last axis of the "
               "first is 5 and the first of the second is 100, where equal extents were expected");
}

TEST(Matrices, HaveAliasesInLinalg) {
  const Array a = counted({2, 2});
  EXPECT_SAME_NODE(linalg::matmul(a, a), matmul(a, a));
  EXPECT_SAME_NODE(linalg::matrix_transpose(a), a.T());
  EXPECT_SAME_NODE(linalg::diagonal(a, 1), diagonal(a, 1));
  EXPECT_SAME_NODE(linalg::outer(a(0), a(1)), outer(a(0), a(1)));
  EXPECT_ERROR(ShapeError, matrix_transpose(zeros({3})),
               "matrix_transpose: shape (3,) has 1 axis, and a matrix has two; reshape it first");
  EXPECT_ERROR(ShapeError, linalg::outer(a, a),
               "outer: shapes (2, 2) and (2, 2) were given, and 1-d operands were expected; ingot::outer takes others "
               "as one axis");
}

TEST(Trace, SumsADiagonal) {
  EXPECT_VALUES(linalg::trace(counted({2, 3, 3})), ({2}), double, 12, 39);
  EXPECT_VALUES(linalg::trace(counted({2, 3, 3}), 1), ({2}), double, 6, 24);
  EXPECT_EQ(linalg::trace(full({3, 3}, 100, DType::Int8)).item<int>(), 300);
  EXPECT_EQ(linalg::trace(counted({3, 3}), 7).item<double>(), 0);
  EXPECT_EQ(linalg::trace(complex_matrix({2, 2}, 0)).item<C>(), C(3, -1));
}

TEST(Matmul, RecordsWhatTheGeneralWayRecords) {
  for (const DType dtype : {DType::Float32, DType::Float16, DType::Int32, DType::Bool}) {
    const Array a = counted({4, 3, 5}, dtype), b = counted({4, 5, 6}, dtype), v = counted({5}, dtype);
    EXPECT_SAME_NODE(matmul(a, b), einsum("bij,bjk->bik", a, b));
    EXPECT_SAME_NODE(matmul(a(0), b(0)), tensordot(a(0), b(0), 1));
    EXPECT_SAME_NODE(matmul(a(0).T(), a(1)), tensordot(a(0).T(), a(1), 1));
    EXPECT_SAME_NODE(matmul(a(0), v), tensordot(a(0), v, 1));
    EXPECT_SAME_NODE(matmul(b(0), zeros({6}, dtype)), tensordot(b(0), zeros({6}, dtype), 1));
  }
}

TEST(MatrixPower, SquaresAndMultiplies) {
  const Array i = array({0, 1, -1, 0}, {2, 2});
  EXPECT_VALUES(linalg::matrix_power(i, 3), ({2, 2}), int, 0, -1, 1, 0);
  EXPECT_VALUES(linalg::matrix_power(i, 0), ({2, 2}), int, 1, 0, 0, 1);
  EXPECT_EQ(linalg::matrix_power(i, 0).dtype(), i.dtype());
  EXPECT_VALUES(linalg::matrix_power(array({1, 1, 0, 1}, {2, 2}), 1000), ({2, 2}), int, 1, 1000, 0, 1);
  EXPECT_EQ(shape_of(linalg::matrix_power(zeros({4, 2, 2}), 0)), "(4, 2, 2)");
  EXPECT_ERROR(LinAlgError, linalg::matrix_power(zeros({2, 3}), 2),
               "matrix_power: shape (2, 3) holds matrices of 2 rows and 3 columns, and square ones were expected");
  EXPECT_VALUES(linalg::matrix_power(i, -3), ({2, 2}), double, 0, 1, -1, 0);
  EXPECT_VALUES(linalg::matrix_power(array({2.0, 0.0, 0.0, 4.0}, {2, 2}), -2), ({2, 2}), double, 0.25, 0, 0, 0.0625);
  EXPECT_EQ(linalg::matrix_power(eye(3, {}, 0, DType::Float32), -1).dtype(), DType::Float32);
  EXPECT_ERROR(LinAlgError, linalg::matrix_power(stack({eye(2), zeros({2, 2})}), -1).eval(),
               "inv: matrix (1,) of the batch is singular: a pivot is 0");
}

TEST(MatrixNorm, HasTheOrdersThatNeedNoFactorisation) {
  const Array x = reshape(arange(9), {3, 3}) - 4;
  EXPECT_EQ(linalg::matrix_norm(x).item<double>(), std::sqrt(60.0));
  EXPECT_EQ(linalg::matrix_norm(x, false, 1).item<double>(), 7);
  EXPECT_EQ(linalg::matrix_norm(x, false, -1).item<double>(), 6);
  EXPECT_EQ(linalg::matrix_norm(x, false, kInf).item<double>(), 9);
  EXPECT_EQ(linalg::matrix_norm(x, false, -kInf).item<double>(), 2);
  EXPECT_EQ(shape_of(linalg::matrix_norm(zeros({4, 2, 3}), true)), "(4, 1, 1)");
  EXPECT_EQ(shape_of(linalg::matrix_norm(zeros({4, 2, 3}), true, 1)), "(4, 1, 1)");
  EXPECT_EQ(shape_of(linalg::matrix_norm(zeros({4, 2, 3}), false, 1)), "(4,)");
  const Array z = array({C(3, 4), C(0, 0), C(0, 0), C(0, 12)}, {2, 2});
  EXPECT_EQ(linalg::matrix_norm(z).item<double>(), 13);
  EXPECT_EQ(linalg::matrix_norm(astype(z, DType::Complex64), false, 1).dtype(), DType::Float32);
  EXPECT_EQ(linalg::matrix_norm(full({64, 64}, 1e200)).item<double>(), 64e200);
  EXPECT_EQ(linalg::matrix_norm(full({2, 4096}, 1.0, DType::Float16), false, kInf).item<double>(), 4096);
  EXPECT_EQ(linalg::matrix_norm(zeros({0, 3})).item<double>(), 0);
  EXPECT_ERROR(ValueError, linalg::matrix_norm(x, false, 3),
               "matrix_norm: order 3 was given; expected 1, -1, 2, -2, an infinity, or none for Frobenius' norm");
}

}  // namespace
}  // namespace ingot
