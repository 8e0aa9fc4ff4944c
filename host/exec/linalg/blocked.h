// What the factorisations of larger matrices share: matrices in C order, a panel of columns in Fortran order, and the
// products that follow it (kernels/prebuilt/linalg/dense.h).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "host/exec/linalg/batch.h"
#include "host/exec/matmul.h"
#include "host/exec/thread_memory.h"

namespace ingot::exec {

/// Calls task(first, last) for stripes of `count` columns, whose width does not depend on the number of threads.
template <class Task>
void for_stripes(std::int64_t count, int threads, Task&& task) {
  constexpr std::int64_t width = 64;
  const std::int64_t stripes = (count + width - 1) / width;
  parallel_for(stripes, threads, [&](std::int64_t s) { task(s * width, std::min(count, (s + 1) * width)); });
}

/// How many of the threads are worth it for the reduction of n columns, each of which takes launches of its own.
inline int threads_for_reduction(std::int64_t n, int threads) { return n < 128 ? 1 : threads; }

struct Blocked {
  Blocked(DType type, int count) : steps(prebuilt::dense(jit::level(), type)), dtype(type), threads(count) {}

  std::int64_t item() const { return static_cast<std::int64_t>(itemsize(dtype)); }
  std::int64_t parts() const { return is_complex(dtype) ? 2 : 1; }
  DType real() const { return is_complex(dtype) ? (item() == 8 ? DType::Float32 : DType::Float64) : dtype; }

  /// From one row of n columns to the next: whole lines of the cache, and not a power of two of them, since rows that
  /// are gone down would then meet in a few of its sets.
  static std::int64_t pitch(std::int64_t n) {
    const std::int64_t lines = (n + 7) / 8;
    return 8 * (lines + (lines % 8 == 0 ? 1 : 0));
  }
  /// How many columns of n are a panel.
  static std::int64_t panel(std::int64_t n) { return n < 96 ? 16 : n < 384 ? 32 : prebuilt::kPanel; }

  /// Rows of one matrix in C order to another.
  void copy(const void* from, std::int64_t ld, void* to, std::int64_t to_ld, std::int64_t m, std::int64_t n) const {
    for_stripes(m, threads, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i)
        std::memcpy(static_cast<std::byte*>(to) + i * to_ld * item(),
                    static_cast<const std::byte*>(from) + i * ld * item(), static_cast<std::size_t>(n * item()));
    });
  }

  /// c += a b of real numbers: complex ones are interleaved in a and c, and spread in b.
  void add_product(const Matrix& a, const Matrix& b, std::byte* c, std::int64_t pitch) const {
    exec::add_product(real(), a, b, c, pitch * parts(), threads);
  }
  /// m x k numbers as its left operand: of a panel in Fortran order, or, since there the parts of complex numbers are
  /// not next to each other as terms, of the same columns in C order.
  Matrix left(const std::byte* panel, std::int64_t panel_ld, const std::byte* rows, std::int64_t ld, std::int64_t m,
              std::int64_t k) const {
    if (is_complex(dtype)) return {rows, m, 2 * k, 2 * ld, 1};
    return {panel, m, k, 1, panel_ld};
  }
  /// k x n numbers that were spread to rows of `ld` reals, as the right one.
  Matrix right(const std::byte* spread, std::int64_t ld, std::int64_t k, std::int64_t n) const {
    return {spread, k * parts(), n * parts(), ld, 1};
  }

  const prebuilt::Dense& steps;
  const DType dtype;
  const int threads;
};

/// c += a b in and below the diagonal, in blocks of so many rows, each as wide as its last one.
inline constexpr std::int64_t kLowerBlock = 48;
void add_lower(const Blocked& on, const Matrix& a, const Matrix& b, std::byte* c, std::int64_t pitch);

/// Of a thread, for m x n numbers that are spread.
inline std::byte* spread_memory(const Blocked& on, std::int64_t m, std::int64_t n) {
  return thread_memory(ThreadMemory::Spread, static_cast<std::size_t>(m * n * on.parts() * on.item()));
}

}  // namespace ingot::exec
