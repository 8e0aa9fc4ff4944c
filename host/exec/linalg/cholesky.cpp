// Cholesky factors: lower ones are computed, of the triangle that the result is in.
#include <cstring>

#include "host/exec/linalg/blocked.h"

namespace ingot::exec {
namespace {

bool factor(const Blocked& on, std::byte* a, std::int64_t pitch, std::int64_t n) {
  const std::int64_t wide = Blocked::panel(n), item = on.item(), ldp = Blocked::pitch(n), spread_ld = ldp * on.parts();
  const StorageRef room = linalg_scratch(wide * (ldp + spread_ld) * item);
  std::byte *const panel = room->data(), *const spread = panel + wide * ldp * item;
  for (std::int64_t k = 0; k < n; k += wide) {
    const std::int64_t width = std::min(wide, n - k), rows = n - k, below = rows - width;
    std::byte* const corner = a + (k * pitch + k) * item;
    on.steps.transpose(corner, pitch, panel, ldp, rows, width);
    if (!on.steps.cholesky_panel(panel, ldp, rows, width)) return false;
    on.steps.transpose(panel, ldp, corner, pitch, width, rows);
    if (below == 0) break;
    on.steps.spread(-1, true, panel + width * item, ldp, width, below, spread, spread_ld);
    add_lower(on, on.left(panel + width * item, ldp, corner + width * pitch * item, pitch, below, width),
              on.right(spread, spread_ld, width, below), corner + (width * pitch + width) * item, pitch);
  }
  return true;
}

}  // namespace

void run_cholesky(const RoutineCall& call) {
  const Batch batch("cholesky", call);
  const std::int64_t n = batch.rows();
  const bool upper = call.parameters[1] != 0;
  constexpr std::string_view indefinite = "is not positive definite";
  if (n <= prebuilt::kSmall) {
    return batch.for_small(n * n * n / 2, indefinite, [&](std::int64_t first, std::int64_t count, void* room) {
      return batch.small().cholesky(batch.input(first), count, n, upper, batch.result(first), room);
    });
  }
  batch.for_each(n * n * n / 3, indefinite, [&](std::int64_t i, int threads) {
    const Blocked on(batch.dtype(), threads);
    const std::int64_t item = batch.item_bytes(), pitch = Blocked::pitch(n);
    auto* const out = static_cast<std::byte*>(batch.result(i).data);
    const StorageRef room = linalg_scratch(n * pitch * item);
    std::byte* const a = room->data();
    // Transposed, an upper triangle is the conjugate of a lower one, and so is its factor.
    if (upper)
      on.steps.transpose(batch.input(i).data, n, a, pitch, n, n);
    else
      on.copy(batch.input(i).data, n, a, pitch, n, n);
    if (!factor(on, a, pitch, n)) return false;
    for (std::int64_t r = 0; r < n; ++r)
      std::memset(a + (r * pitch + r + 1) * item, 0, static_cast<std::size_t>((n - r - 1) * item));
    if (upper)
      on.steps.transpose(a, pitch, out, n, n, n);
    else
      on.copy(a, pitch, out, n, n, n);
    return true;
  });
}

}  // namespace ingot::exec
