// What the routines of linear algebra share: a batch of matrices, its tasks for threads, and errors that name a matrix.
//
// A matrix of complex numbers comes as reals with a last axis of 2, which in memory is the same. The first parameter of
// a call says whether it does.
#pragma once

#include <atomic>
#include <string_view>

#include "host/device/host_memory.h"
#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "host/jit/kernels.h"
#include "kernels/prebuilt/linalg/dense.h"
#include "kernels/prebuilt/linalg/small.h"

namespace ingot::exec {

/// Memory for `bytes` of intermediate results.
StorageRef linalg_scratch(std::int64_t bytes);

class Batch {
 public:
  /// The routine's name, for errors.
  Batch(std::string_view name, const RoutineCall& call);

  std::int64_t count() const { return count_; }
  std::int64_t rows(std::size_t input = 0) const { return call_.inputs[input].shape[batch_.ndim()]; }
  std::int64_t columns(std::size_t input = 0) const { return call_.inputs[input].shape[batch_.ndim() + 1]; }
  DType dtype() const { return dtype_; }
  bool is_complex() const { return ingot::is_complex(dtype_); }
  std::int64_t item_bytes() const { return static_cast<std::int64_t>(itemsize(dtype_)); }
  std::int64_t parts() const { return is_complex() ? 2 : 1; }
  std::int64_t real_bytes() const { return item_bytes() / parts(); }
  const prebuilt::Small& small() const { return prebuilt::small(jit::level(), dtype_); }

  /// From matrix `first` on.
  prebuilt::Matrices input(std::int64_t first, std::size_t number = 0) const;
  prebuilt::MatricesOut result(std::int64_t first) const;

  /// Rows of `ld` numbers.
  void put_identity(std::byte* matrix, std::int64_t ld, std::int64_t rows, std::int64_t columns) const;
  bool has_zero_on_diagonal(const void* matrix, std::int64_t n) const;

  /// Multiplies numbers by a power of two.
  void scale(std::byte* numbers, std::int64_t count, int exponent) const;
  /// Divides m x n of them by one, where their squares might leave the range; the exponent that brings them back.
  int bring_into_range(std::byte* rows, std::int64_t m, std::int64_t n, std::int64_t ld) const;

  /// LinAlgError for a matrix of the first input with a NaN or an infinity.
  void require_finite() const;

  /// Calls body(first, count, room) for groups of small matrices, `work` additions each. The body gives the first
  /// matrix of the group that failed, or -1. LinAlgError with `reason` for the first of all that did.
  template <class Body>
  void for_small(std::int64_t work, std::string_view reason, Body&& body) const {
    const std::int64_t width = small().width, groups = (count_ + width - 1) / width;
    const std::int64_t tasks = std::min(groups, task_count(groups * work, call_.threads, kTasksPerThread));
    Failure failure;
    parallel_for(tasks, tasks > 1 ? call_.threads : 1, [&](std::int64_t t) {
      const StorageRef room = linalg_scratch(static_cast<std::int64_t>(prebuilt::Small::kRoom));
      for (std::int64_t g = groups * t / tasks; g < groups * (t + 1) / tasks; ++g) {
        const std::int64_t first = g * width, failed = body(first, std::min(width, count_ - first), room->data());
        if (failed >= 0) failure.add(first + failed);
      }
    });
    check(failure, reason);
  }

  /// Calls body(number, threads) for each matrix, of `bytes` of scratch memory; side by side where they are many, else
  /// one after another with all threads. The body says whether it did not fail.
  template <class Body>
  void for_each(std::int64_t work, std::string_view reason, Body&& body) const {
    Failure failure;
    const auto run = [&](std::int64_t i, int threads) {
      const DefaultFloatState state;
      if (!body(i, threads)) failure.add(i);
    };
    if (count_ < call_.threads) {
      const int threads = work < kParallelWork ? 1 : call_.threads;
      for (std::int64_t i = 0; i < count_; ++i) run(i, threads);
    } else {
      const std::int64_t tasks = std::min(count_, task_count(count_ * work, call_.threads, kTasksPerThread));
      parallel_for(tasks, tasks > 1 ? call_.threads : 1, [&](std::int64_t t) {
        for (std::int64_t i = count_ * t / tasks; i < count_ * (t + 1) / tasks; ++i) run(i, 1);
      });
    }
    check(failure, reason);
  }

 private:
  static constexpr std::int64_t kTasksPerThread = 16;
  static constexpr std::int64_t kParallelWork = std::int64_t{1} << 20;  // from which threads share one matrix

  class Failure {
   public:
    void add(std::int64_t matrix) {
      std::int64_t known = first_.load();
      while ((known < 0 || matrix < known) && !first_.compare_exchange_weak(known, matrix)) {
      }
    }
    std::int64_t first() const { return first_.load(); }

   private:
    std::atomic<std::int64_t> first_{-1};
  };
  void check(const Failure& failure, std::string_view reason) const;

  std::string_view name_;
  const RoutineCall& call_;
  Shape batch_;
  std::int64_t count_;
  DType dtype_;
};

}  // namespace ingot::exec
