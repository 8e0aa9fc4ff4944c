// Matrices in long double, and the plain definitions that factorisations are held against.
#pragma once

#include <complex>
#include <limits>
#include <random>
#include <vector>

#include "tests/api/expect.h"

namespace ingot::tests {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

using Number = std::complex<long double>;

struct Matrix {
  Matrix(std::int64_t m, std::int64_t n) : rows(m), columns(n), values(static_cast<std::size_t>(m * n)) {}
  Number& operator()(std::int64_t i, std::int64_t j) { return values[static_cast<std::size_t>(i * columns + j)]; }
  Number operator()(std::int64_t i, std::int64_t j) const { return values[static_cast<std::size_t>(i * columns + j)]; }

  std::int64_t rows, columns;
  std::vector<Number> values;
};

inline Matrix operator*(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.columns);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t k = 0; k < a.columns; ++k)
      for (std::int64_t j = 0; j < b.columns; ++j) c(i, j) += a(i, k) * b(k, j);
  return c;
}

inline Matrix operator-(const Matrix& a, const Matrix& b) {
  Matrix c = a;
  for (std::size_t e = 0; e < c.values.size(); ++e) c.values[e] -= b.values[e];
  return c;
}

inline Matrix adjoint(const Matrix& a) {
  Matrix c(a.columns, a.rows);
  for (std::int64_t i = 0; i < a.rows; ++i)
    for (std::int64_t j = 0; j < a.columns; ++j) c(j, i) = std::conj(a(i, j));
  return c;
}

inline Matrix identity(std::int64_t n) {
  Matrix c(n, n);
  for (std::int64_t i = 0; i < n; ++i) c(i, i) = 1;
  return c;
}

/// m x n, with the values on the diagonal.
inline Matrix diagonal(const Matrix& values, std::int64_t m, std::int64_t n) {
  Matrix c(m, n);
  for (std::int64_t i = 0; i < values.columns; ++i) c(i, i) = values(0, i);
  return c;
}

/// Frobenius norm.
inline long double norm(const Matrix& a) {
  long double sum = 0;
  for (const Number x : a.values) sum += std::norm(x);
  return std::sqrt(sum);
}

/// Matrix `index` of a batch; a batch of vectors gives rows.
inline std::vector<Matrix> matrices(const Array& x, bool of_vectors = false) {
  const Shape& shape = x.shape();
  const int ndim = shape.ndim();
  const std::int64_t columns = shape.back(), rows = of_vectors ? 1 : shape[ndim - 2];
  const std::vector<std::complex<double>> values = x.to_vector<std::complex<double>>();
  std::vector<Matrix> list;
  for (std::size_t first = 0; first < values.size(); first += static_cast<std::size_t>(rows * columns)) {
    Matrix& matrix = list.emplace_back(rows, columns);
    for (std::size_t e = 0; e < matrix.values.size(); ++e) matrix.values[e] = Number(values[first + e]);
  }
  return list;
}

/// Elements between -1 and 1.
inline Array random_matrices(const Shape& shape, DType dtype, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> draw(-1, 1);
  std::vector<std::complex<double>> values(static_cast<std::size_t>(shape.numel()));
  for (std::complex<double>& value : values) {
    const double re = draw(engine), im = draw(engine);
    value = {re, im};
  }
  const Array x = array(values, shape);
  return is_complex(dtype) ? astype(x, dtype) : astype(real(x), dtype);
}

/// Half an ulp of 1.
inline long double unit(DType dtype) {
  return dtype == DType::Float32 || dtype == DType::Complex64 ? 0x1p-24L : 0x1p-53L;
}

inline constexpr DType kLinalgDTypes[] = {DType::Float32, DType::Float64, DType::Complex64, DType::Complex128};

}  // namespace ingot::tests
