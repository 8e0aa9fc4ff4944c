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

}  // namespace

void pack_panel(Gemm::Pack* pack, std::int64_t panel_width, const Matrix& from, std::int64_t size, std::byte* to) {
  if (from.column == 1 || from.columns == 1) return pack(from.data, from.row, from.rows, from.columns, to);
  const std::int64_t pitch = panel_width * size;
  if (from.columns < panel_width) std::fill_n(to, from.rows * pitch, std::byte{0});
  cpu::support(jit::level())
      .gather[cpu::item_index(size)](to, pitch, from.data, from.row * size, from.column * size, from.rows,
                                     from.columns);
}

PackedMatrix::PackedMatrix(DType dtype, const Matrix& b)
    : loops_(prebuilt::gemm(jit::level(), dtype)), size_(static_cast<std::int64_t>(itemsize(dtype))), b_(b) {}

std::int64_t PackedMatrix::blocks() const { return divide_up(b_.rows, kBlock); }
std::int64_t PackedMatrix::panels() const { return divide_up(b_.columns, loops_.columns); }

std::size_t PackedMatrix::bytes() const {
  return static_cast<std::size_t>(b_.rows * panels() * loops_.columns * size_);
}

std::int64_t PackedMatrix::block_rows() const {
  const std::int64_t rows = std::min<std::int64_t>(second_level_cache() / 4, 3 << 17) / (kBlock * size_);
  return std::max<std::int64_t>(rows / loops_.rows, 1) * loops_.rows;
}

void PackedMatrix::pack(std::int64_t piece) const {
  const std::int64_t block = piece / panels(), panel = piece % panels();
  const std::int64_t term = block * kBlock, terms = std::min(kBlock, b_.rows - term);
  const std::int64_t column = panel * loops_.columns,
                     columns = std::min<std::int64_t>(loops_.columns, b_.columns - column);
  pack_panel(loops_.pack_columns, loops_.columns, b_.part(term, column, terms, columns, size_), size_,
             memory_ + (term * panels() + panel * terms) * loops_.columns * size_);
}

void PackedMatrix::multiply(const Matrix& a, std::int64_t begin, std::int64_t end, std::int64_t first,
                            std::int64_t columns, std::byte* out, std::int64_t pitch, bool adds) const {
  std::byte* const packed = thread_memory(ThreadMemory::Left, static_cast<std::size_t>(block_rows() * kBlock * size_));
  for (std::int64_t row = begin; row < end; row += block_rows()) {
    const std::int64_t rows = std::min(block_rows(), end - row);
    for (std::int64_t term = 0; term < b_.rows; term += kBlock) {
      const std::int64_t terms = std::min(kBlock, b_.rows - term);
      for (std::int64_t i = 0; i < rows; i += loops_.rows) {
        const std::int64_t width = std::min<std::int64_t>(loops_.rows, rows - i);
        pack_panel(loops_.pack_rows, loops_.rows, a.part(row + i, term, width, terms, size_).turned(), size_,
                   packed + i * terms * size_);
      }
      const std::byte* const b = memory_ + (term * panels() * loops_.columns + first * terms) * size_;
      loops_.multiply_packed(
          {packed, 0, 0, b, 0, out + (row - begin) * pitch * size_, pitch, rows, terms, columns, adds || term > 0});
    }
  }
}

}  // namespace ingot::exec
