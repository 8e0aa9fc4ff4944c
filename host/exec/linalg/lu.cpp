#include "host/exec/linalg/lu.h"

#include <cmath>

namespace ingot::exec {

using prebuilt::kSmall;
using prebuilt::Matrices;
using prebuilt::MatricesOut;

bool factor_lu(const Blocked& on, std::byte* a, std::int64_t pitch, std::int64_t m, std::int64_t n,
               std::int64_t columns, std::vector<std::int64_t>& exchanges) {
  const std::int64_t steps = std::min(m, n), wide = Blocked::panel(steps), item = on.item(), ldp = Blocked::pitch(m);
  const std::int64_t spread_ld = Blocked::pitch(columns) * on.parts();
  const StorageRef room = linalg_scratch(wide * (ldp + spread_ld) * item);
  std::byte *const panel = room->data(), *const spread = panel + wide * ldp * item;
  exchanges.resize(static_cast<std::size_t>(steps));
  bool regular = true;
  for (std::int64_t k = 0; k < steps; k += wide) {
    const std::int64_t width = std::min(wide, steps - k), after = k + width, rows = m - k;
    std::int64_t* const own = exchanges.data() + k;
    std::byte* const corner = a + (k * pitch + k) * item;
    on.steps.transpose(corner, pitch, panel, ldp, rows, width);
    regular &= on.steps.lu_panel(panel, ldp, rows, width, own);
    on.steps.transpose(panel, ldp, corner, pitch, width, rows);
    on.steps.exchange(a + k * pitch * item, pitch, width, own, k);
    for_stripes(columns - after, on.threads, [&](std::int64_t first, std::int64_t last) {
      std::byte* const stripe = corner + (width + first) * item;
      on.steps.exchange(stripe, pitch, width, own, last - first);
      on.steps.substitute(corner, pitch, width, true, true, stripe, pitch, last - first,
                          spread_memory(on, width, last - first));
      on.steps.spread(-1, false, stripe, pitch, width, last - first, spread + first * item, spread_ld);
    });
    if (after < m && after < columns)
      on.add_product(on.left(panel + width * item, ldp, corner + width * pitch * item, pitch, rows - width, width),
                     on.right(spread, spread_ld, width, columns - after), corner + (width * pitch + width) * item,
                     pitch);
    for (std::int64_t i = 0; i < width; ++i) own[i] += k;
  }
  return regular;
}

void solve_triangle(const Blocked& on, const std::byte* t, std::int64_t ldt, std::int64_t n, bool lower, bool unit,
                    std::byte* b, std::int64_t ldb, std::int64_t k) {
  for_stripes(k, on.threads, [&](std::int64_t first, std::int64_t last) {
    on.steps.substitute(t, ldt, n, lower, unit, b + first * on.item(), ldb, last - first,
                        spread_memory(on, n, last - first));
  });
}

bool solve_in_place(const Blocked& on, std::byte* a, std::int64_t pitch, std::int64_t n, std::int64_t k) {
  std::vector<std::int64_t> exchanges;
  if (!factor_lu(on, a, pitch, n, n, n + k, exchanges)) return false;
  solve_triangle(on, a, pitch, n, false, false, a + n * on.item(), pitch, k);
  return true;
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
    const Blocked on(batch.dtype(), threads);
    const std::int64_t pitch = Blocked::pitch(n);
    const StorageRef room = linalg_scratch(m * pitch * batch.item_bytes());
    std::vector<std::int64_t> exchanges;
    std::byte* const out = static_cast<std::byte*>(batch.result(i).data);
    on.copy(batch.input(i).data, n, room->data(), pitch, m, n);
    factor_lu(on, room->data(), pitch, m, n, n, exchanges);
    batch.real_bytes() == 4 ? put_rows<float>(exchanges, m, out) : put_rows<double>(exchanges, m, out);
    on.copy(room->data(), pitch, out + m * batch.real_bytes(), n, m, n);
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
    const Blocked on(batch.dtype(), threads);
    const std::int64_t pitch = Blocked::pitch(n);
    const StorageRef room = linalg_scratch(n * pitch * batch.item_bytes());
    std::vector<std::int64_t> exchanges;
    on.copy(batch.input(i).data, n, room->data(), pitch, n, n);
    factor_lu(on, room->data(), pitch, n, n, n, exchanges);
    double sign = 1;
    for (std::int64_t k = 0; k < n; ++k)
      if (exchanges[static_cast<std::size_t>(k)] != k) sign = -sign;
    on.steps.product(room->data(), pitch + 1, n, sign, batch.result(i).data);
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
    const Blocked on(batch.dtype(), threads);
    const std::int64_t item = batch.item_bytes(), pitch = Blocked::pitch(n + k);
    const StorageRef room = linalg_scratch(n * pitch * item);
    std::byte *const a = room->data(), *const x = a + n * item;
    on.copy(batch.input(i).data, n, a, pitch, n, n);
    if (inverts)
      batch.put_identity(x, pitch, n, n);
    else
      on.copy(sides(i).data, k, x, pitch, n, k);
    if (!solve_in_place(on, a, pitch, n, k)) return false;
    on.copy(x, pitch, batch.result(i).data, k, n, k);
    return true;
  });
}

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
    if (!unit && batch.has_zero_on_diagonal(batch.input(i).data, n)) return false;
    const Blocked on(batch.dtype(), threads);
    const std::int64_t pitch = Blocked::pitch(k);
    const StorageRef room = linalg_scratch(n * pitch * batch.item_bytes());
    on.copy(batch.input(i, 1).data, k, room->data(), pitch, n, k);
    solve_triangle(on, static_cast<const std::byte*>(batch.input(i).data), n, n, lower, unit, room->data(), pitch, k);
    on.copy(room->data(), pitch, batch.result(i).data, k, n, k);
    return true;
  });
}

}  // namespace ingot::exec
