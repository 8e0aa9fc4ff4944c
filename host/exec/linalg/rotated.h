// Vectors that an implicit-shift iteration rotates, in slices that stay in a second-level cache and that threads share.
#pragma once

#include <vector>

#include "host/exec/linalg/blocked.h"
#include "kernels/prebuilt/linalg/condense.h"

namespace ingot::exec {

/// Rows that were columns of `rows` x n in float64; a slice has kSlice of them.
class RotatedVectors {
 public:
  RotatedVectors(const Blocked& on, std::int64_t n, std::int64_t rows)
      : on_(on),
        n_(n),
        rows_(rows),
        room_(linalg_scratch(std::max<std::int64_t>(1, slices()) * n * prebuilt::kSlice * on.item())) {}

  std::int64_t slices() const { return (rows_ + prebuilt::kSlice - 1) / prebuilt::kSlice; }

  /// Of a slice of q, in C order.
  void load(std::int64_t slice, const double* q, std::int64_t ld) const {
    const std::int64_t first = slice * prebuilt::kSlice, count = std::min(prebuilt::kSlice, rows_ - first);
    if (count < prebuilt::kSlice) std::fill_n(data(slice), n_ * prebuilt::kSlice, 0.0);
    on_.steps.transpose(q + first * ld, ld, data(slice), prebuilt::kSlice, count, n_);
  }
  void rotate(std::int64_t slice, const prebuilt::SweepBuffer& by) const {
    prebuilt::condense(jit::level()).rotate(by.begin(), by.end() - by.begin(), data(slice));
  }
  /// Columns order[0], order[1], ... of a slice's rows of q, in C order.
  void store(std::int64_t slice, const std::vector<std::int64_t>& order, double* q, std::int64_t ld) const {
    const std::int64_t first = slice * prebuilt::kSlice, count = std::min(prebuilt::kSlice, rows_ - first),
                       columns = static_cast<std::int64_t>(order.size());
    auto* const sorted = reinterpret_cast<double*>(
        thread_memory(ThreadMemory::Spread, static_cast<std::size_t>(columns * prebuilt::kSlice * on_.item())));
    for (std::int64_t j = 0; j < columns; ++j)
      std::copy_n(data(slice) + order[static_cast<std::size_t>(j)] * prebuilt::kSlice, prebuilt::kSlice,
                  sorted + j * prebuilt::kSlice);
    on_.steps.transpose(sorted, prebuilt::kSlice, q + first * ld, ld, columns, count);
  }
  /// The same as rows, columns of q^T.
  void store_transpose(std::int64_t slice, const std::vector<std::int64_t>& order, double* q, std::int64_t ld) const {
    const std::int64_t first = slice * prebuilt::kSlice, count = std::min(prebuilt::kSlice, rows_ - first);
    for (std::size_t j = 0; j < order.size(); ++j)
      std::copy_n(data(slice) + order[j] * prebuilt::kSlice, count, q + static_cast<std::int64_t>(j) * ld + first);
  }
  void negate(std::int64_t slice, std::int64_t vector) const {
    double* const x = data(slice) + vector * prebuilt::kSlice;
    for (std::int64_t i = 0; i < prebuilt::kSlice; ++i) x[i] = -x[i];
  }

 private:
  double* data(std::int64_t slice) const {
    return reinterpret_cast<double*>(room_->data()) + slice * n_ * prebuilt::kSlice;
  }

  const Blocked on_;
  const std::int64_t n_, rows_;
  StorageRef room_;
};

/// Two buffers of noted rotations: while one is filled, the other's are applied.
class NotedRotations {
 public:
  explicit NotedRotations(std::int64_t rows)
      : numbers_(prebuilt::SweepBuffer::numbers(rows, kSweeps)),
        room_(linalg_scratch(2 * numbers_ * static_cast<std::int64_t>(sizeof(double)))),
        lists_(2 * kList),
        buffers_{buffer(0), buffer(1)} {}

  prebuilt::SweepBuffer& operator[](int which) { return buffers_[which]; }

 private:
  // Of 512 rows they take a sixteenth of a second-level cache.
  static constexpr std::int64_t kSweeps = 16, kList = 1024;

  prebuilt::SweepBuffer buffer(int which) {
    return {reinterpret_cast<double*>(room_->data()) + which * numbers_, numbers_, lists_.data() + which * kList,
            kList};
  }

  const std::int64_t numbers_;
  StorageRef room_;
  std::vector<prebuilt::Sweeps> lists_;
  prebuilt::SweepBuffer buffers_[2];
};

}  // namespace ingot::exec
