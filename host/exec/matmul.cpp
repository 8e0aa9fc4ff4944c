// Matrix products on the host: which way each takes, by its shape. All give the same bits (kernels/prebuilt/gemm.h).
#include "host/exec/matmul.h"

#include <algorithm>
#include <string>

#include "host/base/cache.h"
#include "host/base/divide_up.h"
#include "host/device/host_memory.h"
#include "host/exec/blocks.h"
#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "host/exec/thread_memory.h"
#include "host/graph/op.h"
#include "host/jit/kernels.h"

namespace ingot::exec {
namespace {

using prebuilt::Gemm;
using prebuilt::kBlock;

constexpr std::int64_t kTasksPerThread = 8;
constexpr std::int64_t kFewRows = 8;            // for which b is not packed in memory, but a panel at a time
constexpr std::int64_t kTurned = 16;            // terms, from which it pays to turn them in registers
constexpr std::int64_t kSumsBytes = 16 << 10;   // of a row of c at a time
constexpr std::int64_t kSmallBytes = 64 << 10;  // of b, which is then read as it is, from the cache
constexpr std::int64_t kChunkBytes = std::int64_t{64} << 20;  // of b, packed at a time
constexpr std::int64_t kGathered = 4096;                      // elements of 16 bits, before they are widened
constexpr std::int64_t kManyTerms = 32 * kBlock;              // that threads share where there are few elements

// c = a b for one matrix of a batch. Rows of c are contiguous.
class Multiplier {
 public:
  Multiplier(DType dtype, int threads)
      : dtype_(dtype),
        size_(static_cast<std::int64_t>(itemsize(dtype))),
        loops_(prebuilt::gemm(jit::level(), dtype)),
        threads_(threads) {}

  void run(const Matrix& a, const Matrix& b, std::byte* c) const {
    if (b.columns == 1 && a.rows > 1) return run(b.turned(), a.turned(), c);
    const std::int64_t elements = a.rows * b.columns;
    if (threads_ > 1 && a.columns >= kManyTerms && elements * size_ <= kSmallBytes / 2) return share_terms(a, b, c);
    if (a.rows == 1 && (b.column == 1 || (b.row == 1 && b.rows >= kTurned))) return by_vector(a, b, c);
    if (b.rows * b.columns * size_ <= kSmallBytes || b.columns <= loops_.columns) return from_cache(a, b, c);
    if (a.rows <= kFewRows || (threads_ == 1 && fits_beside_panels(a, b))) return by_panels(a, b, c);
    packed(a, b, c, b.columns, false);
  }

  // c += a b, for rows of b that are contiguous.
  void add(const Matrix& a, const Matrix& b, std::byte* c, std::int64_t pitch) const {
    if (b.rows * b.columns * size_ > kSmallBytes && a.rows > kFewRows) return packed(a, b, c, pitch, true);
    share(a.rows, loops_.rows, [&](std::int64_t begin, std::int64_t end) {
      loops_.multiply({a.at(begin, 0, size_), a.row, a.column, b.data, b.row, c + begin * pitch * size_, pitch,
                       end - begin, a.columns, b.columns, true});
    });
  }

 private:
  // Whether a stays in the second-level cache, and is read often enough to, while the panels of b pass through the
  // first.
  bool fits_beside_panels(const Matrix& a, const Matrix& b) const {
    return b.columns <= PackedMatrix::kFewPanels * loops_.columns && (a.column == 1 || a.row == 1) &&
           a.rows * a.columns * size_ <= second_level_cache() / 2;
  }

  // Pieces of [0, count) that are multiples of `step`, but for the last: f(begin, end).
  template <class F>
  void share(std::int64_t count, std::int64_t step, F&& f) const {
    if (threads_ == 1) return f(0, count);
    const std::int64_t steps = divide_up(count, step),
                       tasks = std::min(steps, threads_ > 1 ? threads_ * kTasksPerThread : 1);
    parallel_for(tasks, threads_,
                 [&](std::int64_t t) { f(steps * t / tasks * step, std::min(steps * (t + 1) / tasks * step, count)); });
  }

  void multiply(const Matrix& a, const Matrix& b, std::byte* c, std::int64_t pitch) const {
    multiply_as_they_are(a, b, dtype_, c, pitch);
  }

  void from_cache(const Matrix& a, const Matrix& b, std::byte* c) const {
    share(a.rows, loops_.rows, [&](std::int64_t begin, std::int64_t end) {
      multiply(a.part(begin, 0, end - begin, a.columns, size_), b, c + begin * b.columns * size_, b.columns);
    });
  }

  // b passes through once, and meets sums that stay in the first-level cache.
  void by_vector(const Matrix& a, const Matrix& b, std::byte* c) const {
    const bool turned = b.column != 1;
    // Of contiguous terms the rows of one line of sums, so that few streams come from memory, or of two from the cache.
    const std::int64_t lines = b.rows * b.columns * size_ <= second_level_cache() / 2 ? 2 : 1,
                       at_once = turned ? lines * 64 / size_ : kSumsBytes / size_;
    share(b.columns, 64, [&](std::int64_t first, std::int64_t last) {
      std::byte* const sums = thread_memory(ThreadMemory::Sums, kSumsBytes + kBlock * size_);
      for (std::int64_t j = first; j < last; j += at_once) {
        const std::int64_t n = std::min(at_once, last - j);
        for (std::int64_t term = 0; term < b.rows; term += kBlock) {
          std::byte* const to = term == 0 ? c + j * size_ : sums;
          std::fill_n(to, n * size_, std::byte{0});
          const std::int64_t terms = std::min(kBlock, b.rows - term);
          if (turned)
            loops_.extend_turned(vector_of(a, term, terms, sums + kSumsBytes), b.at(term, j, size_), b.column, terms,
                                 to, n);
          else
            loops_.extend(a.at(0, term, size_), a.column, b.at(term, j, size_), b.row, terms, to, n);
          if (term != 0) loops_.add(c + j * size_, sums, n);
        }
      }
    });
  }

  // Terms of a row of a, next to each other.
  const std::byte* vector_of(const Matrix& a, std::int64_t term, std::int64_t terms, std::byte* copy) const {
    if (a.column == 1) return a.at(0, term, size_);
    cpu::support(jit::level())
        .gather[cpu::item_index(size_)](copy, 0, a.at(0, term, size_), 0, a.column * size_, 1, terms);
    return copy;
  }

  void by_panels(const Matrix& a, const Matrix& b, std::byte* c) const {
    const std::int64_t width = loops_.columns;
    share(b.columns, width, [&](std::int64_t first, std::int64_t last) {
      std::byte* const panel = thread_memory(ThreadMemory::Right, static_cast<std::size_t>(kBlock * width * size_));
      for (std::int64_t term = 0; term < b.rows; term += kBlock) {
        const std::int64_t terms = std::min(kBlock, b.rows - term);
        for (std::int64_t j = first; j < last; j += width) {
          const std::int64_t n = std::min(width, last - j);
          pack_panels(loops_.pack_columns, width, b.part(term, j, terms, n, size_), size_, panel);
          loops_.multiply({a.at(0, term, size_), a.row, a.column, panel, width, c + j * size_, b.columns, a.rows, terms,
                           n, term != 0});
        }
      }
    });
  }

  // Few elements of many terms: threads sum the blocks, of which as many as fit the cache are then added in order.
  void share_terms(const Matrix& a, const Matrix& b, std::byte* c) const {
    const std::int64_t elements = a.rows * b.columns, bytes = elements * size_, blocks = divide_up(a.columns, kBlock);
    const std::int64_t at_once = std::min(std::max<std::int64_t>(second_level_cache() / bytes, threads_), blocks);
    const StorageRef sums = device::allocate(static_cast<std::size_t>(at_once * bytes),
                                             [] { return std::string("the sums of a matrix product's blocks"); });
    for (std::int64_t first = 0; first < blocks; first += at_once) {
      const std::int64_t count = std::min(at_once, blocks - first);
      share(count, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          const std::int64_t term = (first + i) * kBlock, terms = std::min(kBlock, a.columns - term);
          multiply(a.part(0, term, a.rows, terms, size_), b.part(term, 0, terms, b.columns, size_),
                   sums->data() + i * bytes, b.columns);
        }
      });
      if (first == 0) std::copy_n(sums->data(), bytes, c);
      for (std::int64_t i = first == 0 ? 1 : 0; i < count; ++i) loops_.add(c, sums->data() + i * bytes, elements);
    }
  }

  void packed(const Matrix& a, const Matrix& b, std::byte* c, std::int64_t pitch, bool adds) const {
    // As many terms as fit for all columns, or one block's, for as many columns as fit.
    const std::int64_t row_bytes = b.columns * size_;
    const std::int64_t terms = std::min(std::max(kChunkBytes / row_bytes / kBlock * kBlock, kBlock), b.rows);
    const std::int64_t columns =
        std::min(std::max<std::int64_t>(kChunkBytes / (terms * size_) / loops_.columns, 1) * loops_.columns, b.columns);
    const StorageRef memory = device::allocate(PackedMatrix(dtype_, {b.data, terms, columns, 0, 0}).bytes(), [&] {
      return "the packed operand of a matrix product of " + std::to_string(terms) + " terms and " +
             std::to_string(columns) + " columns of " + std::string(name(dtype_));
    });
    for (std::int64_t j = 0; j < b.columns; j += columns) {
      for (std::int64_t term = 0; term < b.rows; term += terms) {
        const std::int64_t part_columns = std::min(columns, b.columns - j), part_terms = std::min(terms, b.rows - term);
        PackedMatrix part(dtype_, b.part(term, j, part_terms, part_columns, size_));
        part.place(memory->data());
        share(part.pieces(), 1, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t piece = begin; piece < end; ++piece) part.pack(piece);
        });
        multiply_packed(a.part(0, term, a.rows, part_terms, size_), part, part_columns, c + j * size_, pitch,
                        adds || term != 0);
      }
    }
  }

  // Blocks of rows, each of which packs them; where these are too few for the threads, columns are cut as well.
  void multiply_packed(const Matrix& a, const PackedMatrix& b, std::int64_t columns, std::byte* c, std::int64_t pitch,
                       bool adds) const {
    std::int64_t row_blocks = divide_up(a.rows, b.block_rows()), column_blocks = 1;
    if (threads_ > 1) {
      const std::int64_t wanted = std::int64_t{4} * threads_;  // so that a thread that is kept waiting holds up few
      row_blocks = std::min(std::max(divide_up(row_blocks, threads_) * threads_, wanted),
                            divide_up(a.rows, std::int64_t{8} * loops_.rows));
      column_blocks = std::clamp<std::int64_t>(divide_up(wanted, row_blocks), 1,
                                               divide_up(columns, std::int64_t{4} * loops_.columns));
    }
    const std::int64_t height = divide_up(divide_up(a.rows, row_blocks), loops_.rows) * loops_.rows;
    const std::int64_t width = divide_up(divide_up(columns, column_blocks), loops_.columns) * loops_.columns;
    row_blocks = divide_up(a.rows, height);
    column_blocks = divide_up(columns, width);
    parallel_for(row_blocks * column_blocks, threads_, [&](std::int64_t t) {
      const std::int64_t i = t / column_blocks * height, j = t % column_blocks * width;
      b.multiply(a, i, std::min(i + height, a.rows), j, std::min(width, columns - j), c + (i * pitch + j) * size_,
                 pitch, adds);
    });
  }

  const DType dtype_;
  const std::int64_t size_;
  const Gemm& loops_;
  const int threads_;
};

Matrix last_two(const Whole& array, std::int64_t offset) {
  const int rank = array.shape.ndim();
  return {array.data + offset * static_cast<std::int64_t>(itemsize(array.dtype)), array.shape[rank - 2],
          array.shape[rank - 1], array.strides[rank - 2], array.strides[rank - 1]};
}

// Matrices of 16-bit floats are widened, multiplied, and rounded. The order in memory stays: that of rows or of
// columns.
class Widened {
 public:
  Widened(DType half, const Matrix& given, int threads)
      : turned_(given.column != 1 && given.row == 1), memory_(allocate(given.rows * given.columns)) {
    const Matrix from = turned_ ? given.turned() : given;
    rows_ = from.rows;
    columns_ = from.columns;
    const cpu::Support& support = cpu::support(jit::level());
    const auto widen = support.cast[static_cast<int>(half)][static_cast<int>(DType::Float32)];
    parallel_for(rows_, threads, [&](std::int64_t i) {
      std::byte* const to = memory_->data() + i * columns_ * 4;
      if (from.column == 1) return widen(to, from.at(i, 0, 2), columns_);
      std::byte* const copy = thread_memory(ThreadMemory::Right, kGathered * 2);
      for (std::int64_t j = 0; j < columns_; j += kGathered) {
        const std::int64_t n = std::min(kGathered, columns_ - j);
        support.gather[cpu::item_index(2)](copy, n * 2, from.at(i, j, 2), 0, from.column * 2, 1, n);
        widen(to + j * 4, copy, n);
      }
    });
  }
  Matrix matrix() const {
    const Matrix wide{memory_->data(), rows_, columns_, columns_, 1};
    return turned_ ? wide.turned() : wide;
  }

  static StorageRef allocate(std::int64_t elements) {
    return device::allocate(static_cast<std::size_t>(elements) * 4,
                            [] { return std::string("a matrix of a product, widened to float32"); });
  }

 private:
  const bool turned_;
  const StorageRef memory_;
  std::int64_t rows_ = 0, columns_ = 0;
};

void multiply_halves(DType half, const Matrix& a, const Matrix& b, std::byte* c, int threads) {
  const Widened left(half, a, threads), right(half, b, threads);
  const StorageRef sums = Widened::allocate(a.rows * b.columns);
  Multiplier(DType::Float32, threads).run(left.matrix(), right.matrix(), sums->data());
  const auto round = cpu::support(jit::level()).cast[static_cast<int>(DType::Float32)][static_cast<int>(half)];
  parallel_for(a.rows, threads,
               [&](std::int64_t i) { round(c + i * b.columns * 2, sums->data() + i * b.columns * 4, b.columns); });
}

}  // namespace

// b as it is, or a copy, block by block, whose rows are contiguous.
void multiply_as_they_are(const Matrix& a, const Matrix& b, DType dtype, std::byte* c, std::int64_t pitch) {
  const auto size = static_cast<std::int64_t>(itemsize(dtype));
  const Gemm& loops = prebuilt::gemm(jit::level(), dtype);
  if (b.column == 1 || b.columns == 1)
    return loops.multiply({a.data, a.row, a.column, b.data, b.row, c, pitch, a.rows, a.columns, b.columns, false});
  const auto gather = cpu::support(jit::level()).gather[cpu::item_index(size)];
  const std::int64_t bytes = std::min(kBlock, b.rows) * b.columns * size;
  std::byte* const copy = thread_memory(ThreadMemory::Right, static_cast<std::size_t>(bytes));
  for (std::int64_t term = 0; term < b.rows; term += kBlock) {
    const std::int64_t terms = std::min(kBlock, b.rows - term);
    gather(copy, b.columns * size, b.at(term, 0, size), b.row * size, b.column * size, terms, b.columns);
    loops.multiply(
        {a.at(0, term, size), a.row, a.column, copy, b.columns, c, pitch, a.rows, terms, b.columns, term > 0});
  }
}

void add_product(DType dtype, const Matrix& a, const Matrix& b, std::byte* c, std::int64_t pitch, int threads) {
  Multiplier(dtype, threads).add(a, b, c, pitch);
}

void run_matmul(const RoutineCall& call) {
  const Whole &a = call.inputs[0], &b = call.inputs[1], &c = call.result;
  const int rank = c.shape.ndim();
  const std::int64_t size = static_cast<std::int64_t>(itemsize(c.dtype));
  const std::int64_t of_matrix = c.shape[rank - 2] * c.shape[rank - 1], matrices = c.shape.numel() / of_matrix;
  const auto multiply = [&](std::int64_t begin, std::int64_t end, int threads) {
    const Multiplier multiplier(is_half(c.dtype) ? DType::Float32 : c.dtype, threads);
    Dims index;
    for (std::int64_t i = begin; i < end; ++i) {
      std::int64_t a_offset = 0, b_offset = 0, rest = i;
      for (int axis = rank - 3; axis >= 0; --axis) {
        const std::int64_t at = rest % c.shape[axis];
        a_offset += at * a.strides[axis];
        b_offset += at * b.strides[axis];
        rest /= c.shape[axis];
      }
      const Matrix left = last_two(a, a_offset), right = last_two(b, b_offset);
      std::byte* const out = c.data + i * of_matrix * size;
      is_half(c.dtype) ? multiply_halves(c.dtype, left, right, out, threads) : multiplier.run(left, right, out);
    }
  };
  // A thread does whole matrices where there are enough of them.
  if (matrices < 4 * call.threads) {
    const DefaultFloatState state;
    return multiply(0, matrices, call.threads);
  }
  const std::int64_t tasks = std::min(matrices, call.threads * kTasksPerThread);
  parallel_for(tasks, call.threads,
               [&](std::int64_t t) { multiply(matrices * t / tasks, matrices * (t + 1) / tasks, 1); });
}

}  // namespace ingot::exec
