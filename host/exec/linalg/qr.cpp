// QR factors of Householder reflectors, which are applied a panel at a time.
#include <vector>

#include "host/exec/linalg/lu.h"

namespace ingot::exec {
namespace {

using prebuilt::Dense;
using prebuilt::kQrPanel;
using prebuilt::kSmall;

// Reflectors of a panel, and the triangle that ties them together.
struct Panel {
  std::int64_t k, width;
  std::byte *v, *t;
};

class Factors {
 public:
  Factors(const Batch& batch, int threads)
      : dense_(batch.dense()), item_(batch.item_bytes()), m_(batch.rows()), n_(batch.columns()), threads_(threads) {
    const std::int64_t steps = std::min(m_, n_);
    room_ = linalg_scratch((m_ * n_ + steps * (m_ + kQrPanel)) * item_);
    std::byte* next = room_->data() + m_ * n_ * item_;
    for (std::int64_t k = 0; k < steps; k += kQrPanel) {
      const std::int64_t width = std::min(kQrPanel, steps - k);
      std::byte* const t = next + (m_ - k) * width * item_;
      panels_.push_back({k, width, next, t});
      next = t + width * width * item_;
    }
  }

  /// Where the matrix goes, and r comes.
  std::byte* matrix() const { return room_->data(); }

  void factor() const {
    for (const Panel& panel : panels_) {
      dense_.qr_panel(matrix(), m_, m_, panel.k, panel.width, panel.v, panel.t);
      const std::int64_t after = panel.k + panel.width;
      for_stripes(n_ - after, threads_, [&](std::int64_t first, std::int64_t last) {
        apply(panel, true, matrix(), after + first, after + last);
      });
    }
  }

  /// c := q c, of m rows.
  void apply_q(std::byte* c, std::int64_t columns) const {
    for_stripes(columns, threads_, [&](std::int64_t first, std::int64_t last) {
      for (auto panel = panels_.rbegin(); panel != panels_.rend(); ++panel) apply(*panel, false, c, first, last);
    });
  }

 private:
  void apply(const Panel& panel, bool adjoint, std::byte* c, std::int64_t first, std::int64_t last) const {
    const StorageRef room = linalg_scratch(2 * panel.width * (last - first) * item_);
    dense_.qr_stripe(panel.v, m_ - panel.k, panel.width, panel.t, adjoint, c + (first * m_ + panel.k) * item_, m_,
                     last - first, room->data());
  }

  const Dense& dense_;
  const std::int64_t item_, m_, n_;
  const int threads_;
  StorageRef room_;
  std::vector<Panel> panels_;
};

}  // namespace

void run_qr(const RoutineCall& call) {
  const Batch batch("qr", call);
  const std::int64_t m = batch.rows(), n = batch.columns(), columns = call.parameters[1];
  const std::int64_t work = 2 * m * n * std::min(m, n) + 2 * m * columns * std::min(m, n);
  if (std::max(m, n) <= kSmall) {
    return batch.for_small(work, {}, [&](std::int64_t first, std::int64_t count, void* room) {
      batch.small().qr(batch.input(first), count, m, n, columns, batch.result(first), room);
      return std::int64_t{-1};
    });
  }
  batch.for_each(work, {}, [&](std::int64_t i, int threads) {
    const Dense& dense = batch.dense();
    const std::int64_t item = batch.item_bytes();
    auto* const out = static_cast<std::byte*>(batch.result(i).data);
    const Factors factors(batch, threads);
    to_columns(dense, item, batch.input(i).data, factors.matrix(), m, n, threads);
    const int exponent = batch.bring_into_range(factors.matrix(), m * n);
    factors.factor();
    const StorageRef q = linalg_scratch(m * columns * item);
    batch.put_identity(q->data(), m, columns);
    factors.apply_q(q->data(), columns);
    to_rows(dense, item, q->data(), out, m, columns, threads);
    std::byte* const r = out + m * columns * item;
    for_stripes(columns, threads, [&](std::int64_t first, std::int64_t last) {
      dense.transpose(factors.matrix() + first * item, m, r + first * n * item, n, n, last - first);
    });
    batch.scale(r, columns * n, exponent);
    return true;
  });
}

}  // namespace ingot::exec
