#include <algorithm>

#include "host/base/cache.h"
#include "host/base/divide_up.h"
#include "host/exec/matmul.h"
#include "host/exec/thread_memory.h"
#include "host/jit/kernels.h"

namespace ingot::exec {
namespace {

using prebuilt::Gemm;
using prebuilt::kBlock;

constexpr std::int64_t kPanelsAtOnce = 8;  // rows of so many are read along, and written to as many places

}  // namespace

void pack_panels(Gemm::Pack* pack, std::int64_t panel_width, const Matrix& from, std::int64_t size, std::byte* to) {
  const bool is_contiguous = from.column == 1 || from.columns == 1;
  const std::int64_t at_once = is_contiguous ? kPanelsAtOnce * panel_width : panel_width, pitch = panel_width * size;
  for (std::int64_t j = 0; j < from.columns; j += at_once, to += from.rows * at_once * size) {
    const std::int64_t width = std::min(at_once, from.columns - j);
    if (is_contiguous) {
      pack(from.at(0, j, size), from.row, from.rows, width, to);
      continue;
    }
    if (width < panel_width) std::fill_n(to, from.rows * pitch, std::byte{0});
    cpu::support(jit::level())
        .gather[cpu::item_index(size)](to, pitch, from.at(0, j, size), from.row * size, from.column * size, from.rows,
                                       width);
  }
}

PackedMatrix::PackedMatrix(DType dtype, const Matrix& b)
    : loops_(prebuilt::gemm(jit::level(), dtype)), size_(static_cast<std::int64_t>(itemsize(dtype))), b_(b) {}

std::int64_t PackedMatrix::blocks() const { return divide_up(b_.rows, kBlock); }
std::int64_t PackedMatrix::panels() const { return divide_up(b_.columns, loops_.columns); }
std::int64_t PackedMatrix::slabs() const { return divide_up(panels(), kPanelsAtOnce); }

std::size_t PackedMatrix::bytes() const {
  return static_cast<std::size_t>(b_.rows * panels() * loops_.columns * size_);
}

std::int64_t PackedMatrix::block_rows() const {
  const std::int64_t rows = std::min<std::int64_t>(second_level_cache() / 4, 3 << 17) / (kBlock * size_);
  return std::max<std::int64_t>(rows / loops_.rows, 1) * loops_.rows;
}

void PackedMatrix::pack(std::int64_t piece) const {
  const std::int64_t block = piece / slabs(), panel = piece % slabs() * kPanelsAtOnce;
  const std::int64_t term = block * kBlock, terms = std::min(kBlock, b_.rows - term);
  const std::int64_t column = panel * loops_.columns,
                     columns = std::min<std::int64_t>(kPanelsAtOnce * loops_.columns, b_.columns - column);
  pack_panels(loops_.pack_columns, loops_.columns, b_.part(term, column, terms, columns, size_), size_,
              memory_ + (term * panels() + panel * terms) * loops_.columns * size_);
}

void PackedMatrix::multiply(const Matrix& a, std::int64_t begin, std::int64_t end, std::int64_t first,
                            std::int64_t columns, std::byte* out, std::int64_t pitch, bool adds) const {
  if (columns <= kFewPanels * loops_.columns && (a.column == 1 || a.row == 1))
    return multiply_unpacked(a.part(begin, 0, end - begin, a.columns, size_), first, columns, out, pitch, adds);
  std::byte* const packed = thread_memory(ThreadMemory::Left, static_cast<std::size_t>(block_rows() * kBlock * size_));
  for (std::int64_t row = begin; row < end; row += block_rows()) {
    const std::int64_t rows = std::min(block_rows(), end - row);
    for (std::int64_t term = 0; term < b_.rows; term += kBlock) {
      const std::int64_t terms = std::min(kBlock, b_.rows - term);
      pack_panels(loops_.pack_rows, loops_.rows, a.part(row, term, rows, terms, size_).turned(), size_, packed);
      const std::byte* const b = memory_ + (term * panels() * loops_.columns + first * terms) * size_;
      loops_.multiply_packed(
          {packed, 0, 0, b, 0, out + (row - begin) * pitch * size_, pitch, rows, terms, columns, adds || term > 0});
    }
  }
}

void PackedMatrix::multiply_unpacked(const Matrix& a, std::int64_t first, std::int64_t columns, std::byte* out,
                                     std::int64_t pitch, bool adds) const {
  const std::int64_t width = loops_.columns;
  for (std::int64_t row = 0; row < a.rows; row += block_rows()) {
    const std::int64_t rows = std::min(block_rows(), a.rows - row);
    for (std::int64_t term = 0; term < b_.rows; term += kBlock) {
      const std::int64_t terms = std::min(kBlock, b_.rows - term);
      const std::byte* const b = memory_ + (term * panels() * width + first * terms) * size_;
      for (std::int64_t j = 0; j < columns; j += width)
        loops_.multiply({a.at(row, term, size_), a.row, a.column, b + j * terms * size_, width,
                         out + (row * pitch + j) * size_, pitch, rows, terms, std::min(width, columns - j),
                         adds || term > 0});
    }
  }
}

}  // namespace ingot::exec
