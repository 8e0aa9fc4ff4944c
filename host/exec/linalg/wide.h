// What is computed in float64, or its complex numbers, whatever the dtype of the arrays.
#pragma once

#include <complex>

#include "host/exec/linalg/blocked.h"

namespace ingot::exec {

/// Numbers on their way between arrays of the batch's dtype and float64.
template <class From, class To>
void convert_numbers(const void* from, std::int64_t count, void* to) {
  const From* const in = static_cast<const From*>(from);
  To* const out = static_cast<To*>(to);
  for (std::int64_t i = 0; i < count; ++i) out[i] = static_cast<To>(in[i]);
}
template <class S>
void widen(const Batch& batch, const void* from, std::int64_t count, S* to) {
  count *= batch.parts();
  batch.real_bytes() == 4 ? convert_numbers<float, double>(from, count, to)
                          : convert_numbers<double, double>(from, count, to);
}
/// `reals` of them; to `offset` reals behind the beginning.
inline void narrow(const Batch& batch, const void* from, std::int64_t reals, void* to, std::int64_t offset = 0) {
  std::byte* const out = static_cast<std::byte*>(to) + offset * batch.real_bytes();
  batch.real_bytes() == 4 ? convert_numbers<double, float>(from, reals, out)
                          : convert_numbers<double, double>(from, reals, out);
}

/// A matrix in Fortran order.
template <class S>
class Columns {
 public:
  Columns(std::int64_t rows, std::int64_t columns)
      : rows_(rows),
        columns_(columns),
        memory_(linalg_scratch(std::max<std::int64_t>(1, rows * columns) * static_cast<std::int64_t>(sizeof(S)))),
        data_(reinterpret_cast<S*>(memory_->data())) {
    std::fill_n(data_, rows * columns, S(0));
  }
  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  S* data() const { return data_; }
  S& operator()(std::int64_t i, std::int64_t j) const { return data_[j * rows_ + i]; }

 private:
  std::int64_t rows_, columns_;
  StorageRef memory_;
  S* data_;
};

template <class S>
Blocked blocked(int threads) {
  return {sizeof(S) == sizeof(double) ? DType::Float64 : DType::Complex128, threads};
}

/// c += alpha a b. In Fortran order that is the product of b and a in C order.
template <class S>
void add_product(double alpha, const Columns<S>& a, const Columns<S>& b, const Columns<S>& c) {
  const Blocked on = blocked<S>(1);
  const std::int64_t m = a.rows(), k = a.columns(), parts = on.parts();
  if (m == 0 || k == 0 || c.columns() == 0) return;
  const Columns<double> spread(m * parts, k * parts);
  on.steps.spread(alpha, false, a.data(), m, k, m, spread.data(), m * parts);
  on.add_product({reinterpret_cast<const std::byte*>(b.data()), c.columns(), k * parts, k * parts, 1},
                 on.right(reinterpret_cast<const std::byte*>(spread.data()), m * parts, k, m),
                 reinterpret_cast<std::byte*>(c.data()), m);
}

inline double conjugate(double x) { return x; }
inline std::complex<double> conjugate(std::complex<double> x) { return std::conj(x); }

/// Calls body.template operator()<S>() for the S that holds numbers of the batch.
template <class Body>
void with_wide(const Batch& batch, Body&& body) {
  if (batch.is_complex())
    body.template operator()<std::complex<double>>();
  else
    body.template operator()<double>();
}

}  // namespace ingot::exec
