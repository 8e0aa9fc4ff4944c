// Products of two matrices on the host, for who cuts the work himself: b is packed once, by any number of threads, and
// shared; then any rows of the product can be had, in any order, into memory of any pitch. The bits are those of
// kernels/prebuilt/gemm.h, however the work is cut.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ingot/dtype.hpp"
#include "kernels/prebuilt/gemm.h"

namespace ingot::exec {

/// Element (i, j) is at data + (i * row + j * column) * itemsize.
struct Matrix {
  const std::byte* data;
  std::int64_t rows, columns;
  std::int64_t row, column;

  const std::byte* at(std::int64_t i, std::int64_t j, std::int64_t size) const {
    return data + (i * row + j * column) * size;
  }
  Matrix turned() const { return {data, columns, rows, column, row}; }
  Matrix part(std::int64_t i, std::int64_t j, std::int64_t m, std::int64_t n, std::int64_t size) const {
    return {at(i, j, size), m, n, row, column};
  }
};

/// Packs panels of a micro-kernel, one after another: rows of `from` are their terms.
void pack_panels(prebuilt::Gemm::Pack* pack, std::int64_t panel_width, const Matrix& from, std::int64_t size,
                 std::byte* to);

/// c = a b from operands as they are, whose rows begin `pitch` elements apart in c: for a b that fits a cache.
void multiply_as_they_are(const Matrix& a, const Matrix& b, DType dtype, std::byte* c, std::int64_t pitch);

/// c += a b, for rows of b that are contiguous.
void add_product(DType dtype, const Matrix& a, const Matrix& b, std::byte* c, std::int64_t pitch, int threads);

/// A matrix b, packed as micro-kernels read it. Not for Float16 and BFloat16.
class PackedMatrix {
 public:
  PackedMatrix(DType dtype, const Matrix& b);

  std::size_t bytes() const;  // of the memory that it needs, 64-byte aligned
  void place(std::byte* memory) { memory_ = memory; }
  /// Packing is cut into pieces, which threads may do in any order.
  std::int64_t pieces() const { return blocks() * slabs(); }
  void pack(std::int64_t piece) const;

  /// Rows [begin, end) of a b, columns [first, first + columns) of which go to `out`, whose rows begin `pitch` elements
  /// apart; or are added to it. `first` is a multiple of panel_columns(). a has as many columns as b rows.
  void multiply(const Matrix& a, std::int64_t begin, std::int64_t end, std::int64_t first, std::int64_t columns,
                std::byte* out, std::int64_t pitch, bool adds = false) const;

  /// Of b, for which packing a would cost more than it spares.
  static constexpr std::int64_t kFewPanels = 16;

  std::int64_t panel_columns() const { return loops_.columns; }
  /// How many rows of a it multiplies at a time, which then stay in the second-level cache.
  std::int64_t block_rows() const;

 private:
  void multiply_unpacked(const Matrix& a, std::int64_t first, std::int64_t columns, std::byte* out, std::int64_t pitch,
                         bool adds) const;
  std::int64_t blocks() const;
  std::int64_t panels() const;
  std::int64_t slabs() const;  // of panels that are packed together

  const prebuilt::Gemm& loops_;
  const std::int64_t size_;
  const Matrix b_;
  std::byte* memory_ = nullptr;
};

}  // namespace ingot::exec
