// Eigenvalues and vectors of Hermitian matrices.
#include <cmath>
#include <numeric>

#include "host/exec/linalg/rotated.h"
#include "host/exec/linalg/tridiagonal.h"
#include "host/exec/linalg/wide.h"
#include "kernels/prebuilt/linalg/implicit_ql.h"
#include "kernels/prebuilt/linalg/spectral.h"

namespace ingot::exec {
namespace {

using prebuilt::kSquare;
using prebuilt::Progress;

constexpr std::string_view kDiverged = "has eigenvalues that the iteration does not converge to";

class RealEigh {
 public:
  RealEigh(const Batch& batch, std::int64_t i, bool upper, bool vectors, int threads)
      : batch_(batch),
        i_(i),
        vectors_(vectors),
        n_(batch.rows()),
        ld_(Blocked::pitch(n_)),
        on_(DType::Float64, threads_for_reduction(n_, threads)),
        room_(linalg_scratch((padded(n_) * ld_ + 2 * n_) * on_.item())),
        a_(reinterpret_cast<double*>(room_->data())),
        d_(a_ + padded(n_) * ld_),
        e_(d_ + n_) {
    read(upper);
  }

  bool run() const {
    if (!vectors_) {
      make_tridiagonal(on_, a_, n_, d_, e_, nullptr);
      if (prebuilt::ImplicitQl(n_, d_, e_).go_on(nullptr) != Progress::Done) return false;
      write_values(order());
      return true;
    }
    const RotatedVectors vectors(on_, n_, n_);
    make_vectors(vectors);
    if (!iterate(vectors)) return false;
    const std::vector<std::int64_t> ascending = order();
    write_values(ascending);
    write_vectors(vectors, ascending);
    return true;
  }

 private:
  // The lower triangle, and the squares on the diagonal; in range.
  void read(bool upper) {
    std::fill_n(a_, padded(n_) * ld_, 0.0);
    const Columns<double> wide(batch_.real_bytes() == 4 ? n_ : 0, n_);
    const void* given = batch_.input(i_).data;
    if (batch_.real_bytes() == 4) {
      widen(batch_, given, n_ * n_, wide.data());
      given = wide.data();
    }
    if (upper)
      on_.steps.transpose(given, n_, a_, ld_, n_, n_);
    else
      on_.copy(given, n_, a_, ld_, n_, n_);
    for (std::int64_t i = 0; i < n_; ++i) {
      const std::int64_t square = std::min(n_, i - i % kSquare + kSquare);
      for (std::int64_t j = i + 1; j < square; ++j) a_[i * ld_ + j] = a_[j * ld_ + i];
      std::fill(a_ + i * ld_ + square, a_ + (i + 1) * ld_, 0.0);
    }
    if (batch_.real_bytes() == 8) exponent_ = batch_.bring_into_range(reinterpret_cast<std::byte*>(a_), n_, n_, ld_);
  }

  void make_vectors(const RotatedVectors& vectors) const {
    const ReflectorPanels reflectors(on_, n_, 1, n_ - 1, condensing_panel(n_));
    make_tridiagonal(on_, a_, n_, d_, e_, &reflectors);
    // What was the matrix is not needed any more.
    auto* const q = reinterpret_cast<std::byte*>(a_);
    std::fill_n(a_, n_ * ld_, 0.0);
    for (std::int64_t i = 0; i < n_; ++i) a_[i * (ld_ + 1)] = 1;
    reflectors.make_q(q, ld_, n_);
    parallel_for(vectors.slices(), on_.threads, [&](std::int64_t slice) { vectors.load(slice, a_, ld_); });
  }

  bool iterate(const RotatedVectors& vectors) const {
    NotedRotations noted(n_);
    prebuilt::ImplicitQl iteration(n_, d_, e_);
    Progress progress = iteration.go_on(&noted[0]);
    for (int now = 0;; now = 1 - now) {
      if (progress == Progress::Diverged) return false;
      const bool more = progress == Progress::NoRoom;
      parallel_for(vectors.slices() + (more ? 1 : 0), on_.threads, [&](std::int64_t task) {
        if (more && task == 0) {
          noted[1 - now].clear();
          progress = iteration.go_on(&noted[1 - now]);
        } else {
          vectors.rotate(task - (more ? 1 : 0), noted[now]);
        }
      });
      if (!more) return true;
    }
  }

  std::vector<std::int64_t> order() const {
    std::vector<std::int64_t> ascending(static_cast<std::size_t>(n_));
    std::iota(ascending.begin(), ascending.end(), 0);
    std::stable_sort(ascending.begin(), ascending.end(), [&](std::int64_t i, std::int64_t j) { return d_[i] < d_[j]; });
    return ascending;
  }

  void write_values(const std::vector<std::int64_t>& order) const {
    for (std::int64_t i = 0; i < n_; ++i) e_[i] = std::scalbn(d_[order[static_cast<std::size_t>(i)]], exponent_);
    narrow(batch_, e_, n_, batch_.result(i_).data);
  }

  void write_vectors(const RotatedVectors& vectors, const std::vector<std::int64_t>& order) const {
    void* const out = batch_.result(i_).data;
    const bool narrows = batch_.real_bytes() == 4;
    double* const to = narrows ? a_ : static_cast<double*>(out) + n_;
    const std::int64_t ld = narrows ? ld_ : n_;
    parallel_for(vectors.slices(), on_.threads, [&](std::int64_t slice) { vectors.store(slice, order, to, ld); });
    if (narrows)
      for (std::int64_t row = 0; row < n_; ++row) narrow(batch_, a_ + row * ld_, n_, out, (1 + row) * n_);
  }

  const Batch& batch_;
  const std::int64_t i_;
  const bool vectors_;
  const std::int64_t n_, ld_;
  const Blocked on_;
  StorageRef room_;
  double *const a_, *const d_, *const e_;
  int exponent_ = 0;
};

// Of the upper triangle the lower one is made.
bool complex_eigh(const Batch& batch, std::int64_t i, bool upper, bool vectors) {
  using S = std::complex<double>;
  const std::int64_t n = batch.rows();
  const Columns<S> a(n, n), v(vectors ? n : 0, n);
  widen(batch, batch.input(i).data, n * n, a.data());
  if (upper)
    for (std::int64_t row = 0; row < n; ++row)
      for (std::int64_t column = row + 1; column < n; ++column) a(row, column) = conjugate(a(column, row));
  const Columns<double> values(n, 1);
  if (!prebuilt::eigh(a.data(), n, values.data(), vectors ? v.data() : nullptr)) return false;
  void* const out = batch.result(i).data;
  narrow(batch, values.data(), n, out);
  if (vectors) narrow(batch, v.data(), n * n * batch.parts(), out, n);
  return true;
}

}  // namespace

void run_eigh(const RoutineCall& call) {
  const Batch batch("eigh", call);
  batch.require_finite();
  const std::int64_t n = batch.rows();
  const bool upper = call.parameters[1] != 0, vectors = call.parameters[2] != 0;
  if (n <= prebuilt::kSmall) {
    return batch.for_small(20 * n * n * n, kDiverged, [&](std::int64_t first, std::int64_t count, void* room) {
      return batch.small().eigh(batch.input(first), count, n, upper, vectors, batch.result(first), room);
    });
  }
  batch.for_each(10 * n * n * n, kDiverged, [&](std::int64_t i, int threads) {
    return batch.is_complex() ? complex_eigh(batch, i, upper, vectors)
                              : RealEigh(batch, i, upper, vectors, threads).run();
  });
}

}  // namespace ingot::exec
