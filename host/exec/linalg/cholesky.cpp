// Cholesky factors. Of a lower factor the matrix is brought to Fortran order; of an upper one it stays in C order,
// which is the conjugate in Fortran order, and so is the factor.
#include <cstring>

#include "host/exec/linalg/lu.h"

namespace ingot::exec {
namespace {

using prebuilt::Dense;
using prebuilt::kPanel;

bool factor(const Dense& dense, std::byte* a, std::int64_t n, int threads) {
  for (std::int64_t k = 0; k < n; k += kPanel) {
    const std::int64_t width = std::min(kPanel, n - k), after = k + width;
    if (!dense.cholesky_panel(a, n, n, k, width)) return false;
    for_stripes(n - after, threads, [&](std::int64_t first, std::int64_t last) {
      dense.cholesky_stripe(a, n, n, k, width, after + first, after + last);
    });
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
    const Dense& dense = batch.dense();
    const std::int64_t item = batch.item_bytes();
    auto* const out = static_cast<std::byte*>(batch.result(i).data);
    const void* const in = batch.input(i).data;
    StorageRef room;
    std::byte* a = out;
    if (upper) {
      std::memcpy(a, in, static_cast<std::size_t>(n * n * item));
    } else {
      room = linalg_scratch(n * n * item);
      a = room->data();
      to_columns(dense, item, in, a, n, n, threads);
    }
    if (!factor(dense, a, n, threads)) return false;
    for (std::int64_t j = 1; j < n; ++j) std::memset(a + j * n * item, 0, static_cast<std::size_t>(j * item));
    if (!upper) to_rows(dense, item, a, out, n, n, threads);
    return true;
  });
}

}  // namespace ingot::exec
