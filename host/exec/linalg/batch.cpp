#include "host/exec/linalg/batch.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/base/error.h"
#include "host/graph/complex.h"

namespace ingot::exec {

StorageRef linalg_scratch(std::int64_t bytes) {
  return device::allocate(static_cast<std::size_t>(bytes),
                          [&] { return "the " + std::to_string(bytes) + " bytes that a factorisation works in"; });
}

Batch::Batch(std::string_view name, const RoutineCall& call) : name_(name), call_(call) {
  const Whole& first = call.inputs.front();
  const bool is_complex = call.parameters[0] != 0;
  dtype_ = is_complex ? graph::complex_dtype(first.dtype) : first.dtype;
  batch_ = first.shape;
  batch_.resize(batch_.ndim() - (is_complex ? 3 : 2));
  count_ = batch_.numel();
}

prebuilt::Matrices Batch::input(std::int64_t first, std::size_t number) const {
  const std::int64_t distance = call_.inputs[number].shape.numel() / count_;
  return {call_.inputs[number].data + first * distance * real_bytes(), distance};
}

prebuilt::MatricesOut Batch::result(std::int64_t first) const {
  const std::int64_t distance = call_.result.shape.numel() / count_;
  return {call_.result.data + first * distance * real_bytes(), distance};
}

namespace {

template <class R>
void put_ones(R* diagonal, std::int64_t step, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) diagonal[i * step] = 1;
}

template <class R>
bool has_zero(const R* matrix, std::int64_t n, std::int64_t parts) {
  for (std::int64_t i = 0; i < n; ++i) {
    const R* const x = matrix + i * (n + 1) * parts;
    if (x[0] == 0 && x[parts - 1] == 0) return true;
  }
  return false;
}

template <class R>
void scale_all(R* x, std::int64_t n, int exponent) {
  for (std::int64_t i = 0; i < n; ++i) x[i] = std::scalbn(x[i], exponent);
}

template <class R>
int bring_all_into_range(R* x, std::int64_t m, std::int64_t n, std::int64_t ld) {
  constexpr int most_squared = sizeof(R) == 8 ? 400 : 40;
  R most = 0;
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) most = std::max(most, std::abs(x[i * ld + j]));
  if (most == 0 || !std::isfinite(most)) return 0;
  const int exponent = std::ilogb(most);
  if (std::abs(exponent) <= most_squared) return 0;
  for (std::int64_t i = 0; i < m; ++i) scale_all(x + i * ld, n, -exponent);
  return exponent;
}

template <class R>
bool is_finite(const R* x, std::int64_t n) {
  R sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += x[i] - x[i];
  return sum == 0;
}

}  // namespace

void Batch::scale(std::byte* numbers, std::int64_t count, int exponent) const {
  if (exponent == 0) return;
  if (real_bytes() == 4)
    scale_all(reinterpret_cast<float*>(numbers), count * parts(), exponent);
  else
    scale_all(reinterpret_cast<double*>(numbers), count * parts(), exponent);
}

int Batch::bring_into_range(std::byte* rows, std::int64_t m, std::int64_t n, std::int64_t ld) const {
  n *= parts();
  ld *= parts();
  return real_bytes() == 4 ? bring_all_into_range(reinterpret_cast<float*>(rows), m, n, ld)
                           : bring_all_into_range(reinterpret_cast<double*>(rows), m, n, ld);
}

void Batch::require_finite() const {
  Failure failure;
  for (std::int64_t i = 0; i < count_ && failure.first() < 0; ++i) {
    const prebuilt::Matrices matrix = input(i);
    if (!(real_bytes() == 4 ? is_finite(static_cast<const float*>(matrix.data), matrix.distance)
                            : is_finite(static_cast<const double*>(matrix.data), matrix.distance)))
      failure.add(i);
  }
  check(failure, "has an element that is NaN or infinite");
}

void Batch::put_identity(std::byte* matrix, std::int64_t ld, std::int64_t rows, std::int64_t columns) const {
  for (std::int64_t i = 0; i < rows; ++i)
    std::fill_n(matrix + i * ld * item_bytes(), columns * item_bytes(), std::byte{0});
  const std::int64_t step = (ld + 1) * parts(), n = std::min(rows, columns);
  if (real_bytes() == 4)
    put_ones(reinterpret_cast<float*>(matrix), step, n);
  else
    put_ones(reinterpret_cast<double*>(matrix), step, n);
}

bool Batch::has_zero_on_diagonal(const void* matrix, std::int64_t n) const {
  return real_bytes() == 4 ? has_zero(static_cast<const float*>(matrix), n, parts())
                           : has_zero(static_cast<const double*>(matrix), n, parts());
}

void Batch::check(const Failure& failure, std::string_view reason) const {
  if (failure.first() < 0) return;
  if (batch_.empty()) fail<LinAlgError>(call_.where, name_, ": the matrix ", reason);
  Shape index = batch_;
  std::int64_t rest = failure.first();
  for (int k = batch_.ndim() - 1; k >= 0; --k) {
    index[k] = rest % batch_[k];
    rest /= batch_[k];
  }
  fail<LinAlgError>(call_.where, name_, ": matrix ", to_string(index), " of the batch ", reason);
}

}  // namespace ingot::exec
