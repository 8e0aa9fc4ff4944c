// QR factors of Householder reflectors, which are applied a panel at a time.
#include "host/exec/linalg/reflectors.h"

namespace ingot::exec {
namespace {

using prebuilt::kSmall;
using prebuilt::Reflectors;

// The matrix and its panels; a panel in Fortran order comes last.
class Factors {
 public:
  Factors(const Blocked& on, std::int64_t m, std::int64_t n)
      : on_(on),
        m_(m),
        n_(n),
        pitch_(Blocked::pitch(n)),
        panel_ld_(Blocked::pitch(m)),
        wide_(n < 96 ? 16 : 32),
        room_(linalg_scratch((m * pitch_ + wide_ * panel_ld_) * on.item())),
        q_(on, m, 0, std::min(m, n), wide_) {}

  /// Where the matrix goes, and r comes, in C order.
  std::byte* matrix() const { return room_->data(); }
  std::int64_t pitch() const { return pitch_; }
  const ReflectorPanels& q() const { return q_; }

  void factor() const {
    std::byte* const panel = matrix() + m_ * pitch_ * on_.item();
    for (const Reflectors& reflectors : q_.panels()) {
      const std::int64_t k = m_ - reflectors.rows, after = k + reflectors.width;
      std::byte* const corner = matrix() + (k * pitch_ + k) * on_.item();
      on_.steps.transpose(corner, pitch_, panel, panel_ld_, reflectors.rows, reflectors.width);
      on_.steps.qr_panel(panel, panel_ld_, reflectors);
      on_.steps.transpose(panel, panel_ld_, corner, pitch_, reflectors.width, reflectors.rows);
      for_stripes(n_ - after, on_.threads, [&](std::int64_t first, std::int64_t last) {
        q_.apply(reflectors, true, matrix(), pitch_, after + first, after + last);
      });
    }
  }

 private:
  const Blocked on_;
  const std::int64_t m_, n_, pitch_, panel_ld_, wide_;
  StorageRef room_;
  ReflectorPanels q_;
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
    const Blocked on(batch.dtype(), threads);
    const std::int64_t item = batch.item_bytes(), q_ld = Blocked::pitch(columns);
    auto* const out = static_cast<std::byte*>(batch.result(i).data);
    const Factors factors(on, m, n);
    on.copy(batch.input(i).data, n, factors.matrix(), factors.pitch(), m, n);
    const int exponent = batch.bring_into_range(factors.matrix(), m, n, factors.pitch());
    factors.factor();
    const StorageRef q = linalg_scratch(m * q_ld * item);
    batch.put_identity(q->data(), q_ld, m, columns);
    factors.q().make_q(q->data(), q_ld, columns);
    on.copy(q->data(), q_ld, out, columns, m, columns);
    std::byte* const r = out + m * columns * item;
    on.copy(factors.matrix(), factors.pitch(), r, n, columns, n);
    batch.scale(r, columns * n, exponent);
    return true;
  });
}

}  // namespace ingot::exec
