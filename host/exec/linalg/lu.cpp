#include "host/exec/linalg/lu.h"

#include <cmath>

namespace ingot::exec {

using prebuilt::Dense;
using prebuilt::kPanel;
using prebuilt::kSmall;
using prebuilt::Matrices;
using prebuilt::MatricesOut;

bool factor_lu(const Dense& dense, std::byte* a, std::int64_t m, std::int64_t n, std::vector<std::int64_t>& exchanges,
               int threads) {
  const std::int64_t steps = std::min(m, n);
  exchanges.resize(static_cast<std::size_t>(steps));
  bool regular = true;
  for (std::int64_t k = 0; k < steps; k += kPanel) {
    const std::int64_t width = std::min(kPanel, steps - k), after = k + width;
    regular &= dense.lu_panel(a, m, m, k, width, exchanges.data());
    dense.exchange(a, m, k, width, exchanges.data(), k);
    for_stripes(n - after, threads, [&](std::int64_t first, std::int64_t last) {
      dense.lu_stripe(a, m, m, k, width, exchanges.data(), after + first, after + last);
    });
  }
  return regular;
}

void to_columns(const Dense& dense, std::int64_t item_bytes, const void* from, std::byte* to, std::int64_t m,
                std::int64_t n, int threads) {
  for_stripes(n, threads, [&](std::int64_t first, std::int64_t last) {
    dense.transpose(static_cast<const std::byte*>(from) + first * item_bytes, n, to + first * m * item_bytes, m, m,
                    last - first);
  });
}

void to_rows(const Dense& dense, std::int64_t item_bytes, const std::byte* from, void* to, std::int64_t m,
             std::int64_t n, int threads) {
  for_stripes(m, threads, [&](std::int64_t first, std::int64_t last) {
    dense.transpose(from + first * item_bytes, m, static_cast<std::byte*>(to) + first * n * item_bytes, n, n,
                    last - first);
  });
}

namespace {

constexpr std::string_view kSingular = "is singular: a pivot is 0";

template <class R>
void put_rows(const std::vector<std::int64_t>& exchanges, std::int64_t m, void* out) {
  R* const rows = static_cast<R*>(out);
  for (std::int64_t i = 0; i < m; ++i) rows[i] = static_cast<R>(i);
  for (std::size_t i = 0; i < exchanges.size(); ++i) std::swap(rows[i], rows[exchanges[i]]);
}

// Of the mantissa and the exponent: the determinant, its sign and the logarithm of its size.
template <class R>
void finish_det(R* out, bool is_complex) {
  const double re = out[0], im = is_complex ? out[1] : 0, exponent = out[is_complex ? 2 : 1];
  double size = is_complex ? std::hypot(re, im) : std::abs(re);
  const double sign_re = size == 0 ? 0 : re / size, sign_im = size == 0 ? 0 : im / size;
  double power = exponent;
  if (size < 0.70710678118654752) {  // then log(size) and the rest do not cancel
    size *= 2;
    power -= 1;
  }
  constexpr double ln2 = 0.69314718055994531;
  const int shift = static_cast<int>(exponent);
  const auto scaled = [&](double x) { return static_cast<R>(std::ldexp(x, shift)); };
  *out++ = scaled(re);
  if (is_complex) *out++ = scaled(im);
  *out++ = static_cast<R>(sign_re);
  if (is_complex) *out++ = static_cast<R>(sign_im);
  *out = static_cast<R>(std::log(size) + power * ln2);
}

}  // namespace

void run_lu(const RoutineCall& call) {
  const Batch batch("lu", call);
  const std::int64_t m = batch.rows(), n = batch.columns(), work = m * n * std::min(m, n);
  if (std::max(m, n) <= kSmall) {
    return batch.for_small(work, {}, [&](std::int64_t first, std::int64_t count, void* room) {
      batch.small().lu(batch.input(first), count, m, n, batch.result(first), room);
      return std::int64_t{-1};
    });
  }
  batch.for_each(work, {}, [&](std::int64_t i, int threads) {
    const Dense& dense = batch.dense();
    const StorageRef room = linalg_scratch(m * n * batch.item_bytes());
    std::vector<std::int64_t> exchanges;
    std::byte* const out = static_cast<std::byte*>(batch.result(i).data);
    to_columns(dense, batch.item_bytes(), batch.input(i).data, room->data(), m, n, threads);
    factor_lu(dense, room->data(), m, n, exchanges, threads);
    batch.real_bytes() == 4 ? put_rows<float>(exchanges, m, out) : put_rows<double>(exchanges, m, out);
    to_rows(dense, batch.item_bytes(), room->data(), out + m * batch.real_bytes(), m, n, threads);
    return true;
  });
}

void run_det(const RoutineCall& call) {
  const Batch batch("det", call);
  const std::int64_t n = batch.rows();
  const auto finish = [&](std::int64_t first, std::int64_t count) {
    const MatricesOut out = batch.result(first);
    for (std::int64_t i = 0; i < count; ++i)
      if (batch.real_bytes() == 4)
        finish_det(static_cast<float*>(out.data) + i * out.distance, batch.is_complex());
      else
        finish_det(static_cast<double*>(out.data) + i * out.distance, batch.is_complex());
  };
  if (n <= kSmall) {
    return batch.for_small(n * n * n, {}, [&](std::int64_t first, std::int64_t count, void* room) {
      batch.small().det(batch.input(first), count, n, batch.result(first), room);
      finish(first, count);
      return std::int64_t{-1};
    });
  }
  batch.for_each(n * n * n, {}, [&](std::int64_t i, int threads) {
    const Dense& dense = batch.dense();
    const StorageRef room = linalg_scratch(n * n * batch.item_bytes());
    std::vector<std::int64_t> exchanges;
    to_columns(dense, batch.item_bytes(), batch.input(i).data, room->data(), n, n, threads);
    factor_lu(dense, room->data(), n, n, exchanges, threads);
    double sign = 1;
    for (std::int64_t k = 0; k < n; ++k)
      if (exchanges[static_cast<std::size_t>(k)] != k) sign = -sign;
    dense.product(room->data(), n + 1, n, sign, batch.result(i).data);
    finish(i, 1);
    return true;
  });
}

void run_solve(const RoutineCall& call) {
  const bool inverts = call.inputs.size() == 1;
  const Batch batch(inverts ? "inv" : "solve", call);
  const std::int64_t n = batch.rows(), k = inverts ? n : batch.columns(1), work = n * n * (n + k);
  const auto sides = [&](std::int64_t i) { return inverts ? Matrices{nullptr, 0} : batch.input(i, 1); };
  if (n <= kSmall) {
    return batch.for_small(work, kSingular, [&](std::int64_t first, std::int64_t count, void* room) {
      return batch.small().solve(batch.input(first), sides(first), count, n, k, batch.result(first), room);
    });
  }
  batch.for_each(work, kSingular, [&](std::int64_t i, int threads) {
    const Dense& dense = batch.dense();
    const std::int64_t item = batch.item_bytes();
    const StorageRef room = linalg_scratch((n * n + n * k) * item);
    std::byte *const a = room->data(), *const x = a + n * n * item;
    std::vector<std::int64_t> exchanges;
    to_columns(dense, item, batch.input(i).data, a, n, n, threads);
    if (!factor_lu(dense, a, n, n, exchanges, threads)) return false;
    if (inverts)
      batch.put_identity(x, n, n);
    else
      to_columns(dense, item, sides(i).data, x, n, k, threads);
    for_stripes(k, threads, [&](std::int64_t first, std::int64_t last) {
      std::byte* const stripe = x + first * n * item;
      dense.exchange(stripe, n, 0, n, exchanges.data(), last - first);
      dense.substitute(a, n, n, true, true, stripe, n, last - first);
      dense.substitute(a, n, n, false, false, stripe, n, last - first);
    });
    to_rows(dense, item, x, batch.result(i).data, n, k, threads);
    return true;
  });
}

// Lower from here on is as the matrix is meant: in C order, and not transposed.
void run_solve_triangular(const RoutineCall& call) {
  const Batch batch("solve_triangular", call);
  const std::int64_t n = batch.rows(), k = batch.columns(1);
  const bool lower = call.parameters[1] != 0, unit = call.parameters[2] != 0;
  constexpr std::string_view singular = "is singular: an element of its diagonal is 0";
  if (n <= kSmall) {
    return batch.for_small(n * n * k, singular, [&](std::int64_t first, std::int64_t count, void* room) {
      return batch.small().solve_triangular(batch.input(first), batch.input(first, 1), count, n, k, lower, unit,
                                            batch.result(first), room);
    });
  }
  batch.for_each(n * n * k, singular, [&](std::int64_t i, int threads) {
    const Dense& dense = batch.dense();
    const std::int64_t item = batch.item_bytes();
    if (!unit && batch.has_zero_on_diagonal(batch.input(i).data, n)) return false;
    const StorageRef room = linalg_scratch((n * n + n * k) * item);
    std::byte *const a = room->data(), *const x = a + n * n * item;
    to_columns(dense, item, batch.input(i).data, a, n, n, threads);
    to_columns(dense, item, batch.input(i, 1).data, x, n, k, threads);
    for_stripes(k, threads, [&](std::int64_t first, std::int64_t last) {
      dense.substitute(a, n, n, lower, unit, x + first * n * item, n, last - first);
    });
    to_rows(dense, item, x, batch.result(i).data, n, k, threads);
    return true;
  });
}

}  // namespace ingot::exec
