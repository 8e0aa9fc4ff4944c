// A product of Householder reflectors, panel after panel of them, which are applied together.
#pragma once

#include <vector>

#include "host/exec/linalg/blocked.h"

namespace ingot::exec {

/// How many columns of n are a panel where a matrix is brought to tridiagonal or bidiagonal form.
inline std::int64_t condensing_panel(std::int64_t n) { return n < 96 ? 16 : 32; }

class ReflectorPanels {
 public:
  /// `steps` of m rows, of which the j-th begins in row first + j.
  ReflectorPanels(const Blocked& on, std::int64_t m, std::int64_t first, std::int64_t steps, std::int64_t wide)
      : on_(on), m_(m), room_(linalg_scratch((2 * steps * (m + wide)) * on.item())) {
    std::byte* next = room_->data();
    const auto take = [&](std::int64_t count) {
      std::byte* const taken = next;
      next += count * on.item();
      return taken;
    };
    for (std::int64_t k = 0; k < steps; k += wide) {
      const std::int64_t width = std::min(wide, steps - k), rows = m - first - k;
      panels_.push_back(
          {rows, width, take(rows * width), take(rows * width), take(width * width), take(width * width)});
    }
  }

  const std::vector<prebuilt::Reflectors>& panels() const { return panels_; }

  /// Of real numbers: vector(j) is where those of reflector j of a panel begin, in its first row.
  template <class Vector>
  void set(std::int64_t panel, const double* taus, Vector&& vector) const {
    const prebuilt::Reflectors& to = panels_[static_cast<std::size_t>(panel)];
    for (std::int64_t j = 0; j < to.width; ++j)
      std::copy_n(vector(j), to.rows, static_cast<double*>(to.adjoint) + j * to.rows);
    on_.steps.tie(to, taus);
  }

  /// Columns [first, last) of c, which has m rows.
  void apply(const prebuilt::Reflectors& by, bool adjoint, std::byte* c, std::int64_t ldc, std::int64_t first,
             std::int64_t last) const {
    on_.steps.qr_stripe(by, adjoint, c + ((m_ - by.rows) * ldc + first) * on_.item(), ldc, last - first,
                        spread_memory(on_, by.rows + 2 * by.width, last - first));
  }

  /// c := q, of m rows; it comes as an identity, in whose first k columns a panel from row k on meets zeros alone.
  void make_q(std::byte* c, std::int64_t ldc, std::int64_t columns) const {
    for_stripes(columns, on_.threads, [&](std::int64_t first, std::int64_t last) {
      for (auto panel = panels_.rbegin(); panel != panels_.rend(); ++panel)
        if (last > m_ - panel->rows) apply(*panel, false, c, ldc, first, last);
    });
  }

 private:
  const Blocked on_;
  const std::int64_t m_;
  StorageRef room_;
  std::vector<prebuilt::Reflectors> panels_;
};

}  // namespace ingot::exec
