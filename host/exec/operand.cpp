#include "host/exec/operand.h"

#include "host/base/per_thread.h"
#include "host/exec/blocks.h"

namespace ingot::exec {
namespace {

// An operand's steps along the axes.
Dims select(const Dims& dims, const Axes& axes) {
  Dims chosen;
  for (int axis : axes.numbers) chosen.push_back(dims[axis]);
  return chosen;
}

std::int64_t last_or_zero(const Dims& dims, int from_end) {
  return dims.size() >= from_end ? dims[dims.size() - from_end] : 0;
}

}  // namespace

Frame& Frame::of_thread(bool epilogue) {
  struct Pair {
    Frame frames[2];
  };
  return per_thread<Pair, Frame>().frames[epilogue];
}

std::byte* Frame::Buffer::aligned(std::size_t wanted) {
  constexpr std::size_t kAlignment = 64;
  if (bytes < wanted + kAlignment) {
    memory.reset(new std::byte[wanted + kAlignment]);
    bytes = wanted + kAlignment;
  }
  const auto address = reinterpret_cast<std::uintptr_t>(memory.get());
  return memory.get() + ((kAlignment - address % kAlignment) % kAlignment);
}

void Frame::start(const Region& region, const cpu::Support& support, std::size_t extra_inputs) {
  support_ = &support;
  in.resize(region.in.size() + extra_inputs);
  in_row.assign(region.in.size() + extra_inputs, 0);
  in_step.assign(region.in.size() + extra_inputs, 0);
  out.resize(region.out.size());
  out_row.assign(region.out.size(), 0);
  in_offset.assign(region.in.size(), 0);
  out_offset.assign(region.out.size(), 0);
  tile = {};
  tile.in = in.data();
  tile.in_row = in_row.data();
  tile.in_step = in_step.data();
  tile.out = out.data();
  tile.out_row = out_row.data();
  tile.params = region.params.data();
  tile.ahead = region.ahead;
}

std::byte* Frame::stage(std::size_t bytes) {
  if (used_ == staging_.size()) staging_.emplace_back();
  return staging_[used_++].aligned(bytes);
}

std::byte* Frame::scratch(std::size_t slot, std::size_t bytes) {
  if (slot >= scratch_.size()) scratch_.resize(slot + 1);
  return scratch_[slot].aligned(bytes);
}

void Frame::input(std::size_t k, const Operand& operand, const Place& place) {
  if (!operand.staged) {
    const std::int64_t value = operand.first + place.offset;
    in[k] = operand.index ? reinterpret_cast<const void*>(value) : operand.base + place.offset;
    in_row[k] = place.row;
    in_step[k] = place.column;
    return;
  }
  const std::int64_t row_bytes = tile.n * operand.itemsize;
  std::byte* const buffer = stage(static_cast<std::size_t>(tile.rows * row_bytes));
  in[k] = buffer;
  in_row[k] = row_bytes;
  if (operand.index) {
    for (std::int64_t r = 0; r < tile.rows; ++r)
      support_->iota(reinterpret_cast<std::int64_t*>(buffer + r * row_bytes),
                     operand.first + place.offset + r * place.row, place.column, tile.n);
  } else {
    support_->gather[cpu::item_index(operand.itemsize)](buffer, row_bytes, operand.base + place.offset, place.row,
                                                        place.column, tile.rows, tile.n);
  }
}

void Frame::output(std::size_t k, const Operand& operand, const Place& place) {
  if (!operand.staged) {
    out[k] = operand.base + place.offset;
    out_row[k] = place.row;
    return;
  }
  out_row[k] = tile.n * operand.itemsize;
  out[k] = stage(static_cast<std::size_t>(tile.rows * out_row[k]));
}

void Frame::put(std::size_t k, const Operand& operand, const Place& place) {
  support_->scatter[cpu::item_index(operand.itemsize)](operand.base + place.offset, place.row, place.column, out[k],
                                                       out_row[k], tile.rows, tile.n);
}

void Frame::lay_range(const Region& region, const Axes& axes, std::int64_t begin, std::int64_t count) {
  tile.rows = 1;
  tile.n = count;
  used_ = 0;
  for (std::size_t k = 0; k < region.in.size(); ++k) {
    const Operand& operand = region.in[k];
    if (!operand.staged) {
      // Contiguous along the whole range, uniform, or generated along its only axis: the last axis' step says it all.
      const std::int64_t column = axes.numbers.empty() ? 0 : operand.step[axes.numbers.back()];
      input(k, operand, {in_offset[k] + begin * column, 0, column});
      continue;
    }
    const Dims step = select(operand.step, axes);
    const std::int64_t column = last_or_zero(step, 1);
    std::byte* const buffer = stage(static_cast<std::size_t>(count * operand.itemsize));
    in[k] = buffer;
    std::byte* to = buffer;
    for_each_block(axes.extents, begin, count, [&](const Dims& index, std::int64_t rows, std::int64_t n) {
      const std::int64_t offset = in_offset[k] + dot(step, index), row = last_or_zero(step, 2);
      if (operand.index) {
        for (std::int64_t r = 0; r < rows; ++r)
          support_->iota(reinterpret_cast<std::int64_t*>(to) + r * n, operand.first + offset + r * row, column, n);
      } else {
        support_->gather[cpu::item_index(operand.itemsize)](to, n * operand.itemsize, operand.base + offset, row,
                                                            column, rows, n);
      }
      to += rows * n * operand.itemsize;
    });
  }
  for (std::size_t k = 0; k < region.out.size(); ++k) {
    const Operand& operand = region.out[k];
    output(k, operand, {out_offset[k] + (operand.staged ? 0 : begin * operand.itemsize), 0, 0});
  }
}

void Frame::finish_range(const Region& region, const Axes& axes, std::int64_t begin, std::int64_t count) {
  for (std::size_t k = 0; k < region.out.size(); ++k) {
    const Operand& operand = region.out[k];
    if (!operand.staged) continue;
    const Dims step = select(operand.step, axes);
    const std::byte* from = static_cast<const std::byte*>(out[k]);
    for_each_block(axes.extents, begin, count, [&](const Dims& index, std::int64_t rows, std::int64_t n) {
      support_->scatter[cpu::item_index(operand.itemsize)](operand.base + out_offset[k] + dot(step, index),
                                                           last_or_zero(step, 2), last_or_zero(step, 1), from,
                                                           n * operand.itemsize, rows, n);
      from += rows * n * operand.itemsize;
    });
  }
}

}  // namespace ingot::exec
