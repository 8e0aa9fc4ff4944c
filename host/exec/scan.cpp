// Scans on the host. Rows are shared out among threads, and a long row is scanned in chunks: first the blocks of one by
// themselves, into the thread's cache, and then, when the thread of the chunk before says what comes before it, from
// there to the results.
#include "kernels/prebuilt/scan.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "host/base/cache.h"
#include "host/base/divide_up.h"
#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "host/exec/thread_memory.h"
#include "host/graph/op.h"
#include "host/jit/kernels.h"

namespace ingot::exec {
namespace {

using prebuilt::kScanBlock;
using prebuilt::kScanGroup;
using prebuilt::Scanning;
using prebuilt::ScanOp;
using prebuilt::ScanState;

constexpr std::int64_t kSerial = 1 << 13;               // elements that a thread scans before a team has begun
constexpr std::int64_t kPiece = 4 * kScanBlock;         // elements that are converted at a time
constexpr std::int64_t kLongRow = 512 * kScanBlock,     // elements, from which threads share a row: handing on
    kLongHeavyRow = 64 * kScanBlock;                    // takes longer than what they save of fewer additions
constexpr std::int64_t kStrip = 256, kLeastStrip = 16;  // columns that are scanned together
constexpr std::int64_t kTasksPerThread = 16;
constexpr int kSpins = 256;

bool is_whole(DType dtype) { return is_bool(dtype) || is_integer(dtype); }

// As they are stored: what one cast need not change.
bool is_stored_as(DType a, DType b) { return a == b || (itemsize(a) == itemsize(b) && is_whole(a) && is_whole(b)); }

class Scanner {
 public:
  explicit Scanner(const RoutineCall& call)
      : call_(call),
        op_(static_cast<ScanOp>(call.parameters[0])),
        backward_(call.parameters[1] != 0),
        start_(call.parameters[2]),
        dtype_(prebuilt::scanned_in(op_, call.result.dtype)),
        support_(cpu::support(jit::level())),
        loops_(prebuilt::scanning(jit::level(), op_, dtype_)),
        in_bytes_(static_cast<std::int64_t>(itemsize(call.inputs[0].dtype))),
        bytes_(static_cast<std::int64_t>(itemsize(dtype_))),
        out_bytes_(static_cast<std::int64_t>(itemsize(call.result.dtype))),
        outer_(call.result.shape[0]),
        inner_(call.result.shape[2]),
        in_n_(call.inputs[0].shape[1]),
        out_n_(call.result.shape[1]),
        n_(out_n_ - start_),
        streams_(call.result.shape.numel() * out_bytes_ > last_level_cache()) {
    const DType from = call.inputs[0].dtype, to = call.result.dtype;
    if (!is_stored_as(from, dtype_)) widen_ = support_.cast[static_cast<int>(from)][static_cast<int>(dtype_)];
    if (!is_stored_as(to, dtype_)) narrow_ = support_.cast[static_cast<int>(dtype_)][static_cast<int>(to)];
    threads_ = outer_ * n_ * inner_ < kSerial ? 1 : call.threads;
  }

  void run() {
    if (start_ > 0) fill_initial();
    if (n_ == 0) return;
    if (inner_ > 1) return scan_columns();
    const std::int64_t long_row = op_ == ScanOp::LogSumExp ? kLongHeavyRow : kLongRow;
    if (threads_ > 1 && loops_.blocks != nullptr && n_ >= long_row && outer_ < 2 * threads_) {
      for (std::int64_t i = 0; i < outer_; ++i) share_row(i);
      return;
    }
    share(outer_, [&](std::int64_t i) {
      ScanState state;
      loops_.start(state);
      scan(i, n_, state, memory());
    });
  }

 private:
  // f(i) for i < count, in tasks that are worth it; what they have streamed is there at the end.
  template <class F>
  void share(std::int64_t count, F&& f) const {
    const std::int64_t tasks = std::min(count, threads_ > 1 ? threads_ * kTasksPerThread : std::int64_t{1});
    parallel_for(tasks, threads_, [&](std::int64_t t) {
      for (std::int64_t i = count * t / tasks; i < count * (t + 1) / tasks; ++i) f(i);
      if (streams_) support_.fence();
    });
  }

  // What is scanned of row i, and where it goes: the first elements, or the last.
  const std::byte* in_row(std::int64_t i) const {
    return call_.inputs[0].data + (i * in_n_ + (backward_ ? in_n_ - n_ : 0)) * inner_ * in_bytes_;
  }
  std::byte* out_row(std::int64_t i) const {
    return call_.result.data + (i * out_n_ + (backward_ ? 0 : start_)) * inner_ * out_bytes_;
  }

  void fill_initial() const {
    alignas(8) std::byte value[8], stored[8];
    loops_.identity(value, 1);
    if (is_bool(call_.result.dtype)) value[0] &= std::byte{1};
    const std::byte* initial = value;
    if (narrow_ != nullptr) {
      narrow_(stored, value, 1);
      initial = stored;
    }
    for (std::int64_t i = 0; i < outer_; ++i)
      support_.fill[cpu::item_index(out_bytes_)](
          call_.result.data + (i * out_n_ + (backward_ ? n_ : 0)) * inner_ * out_bytes_, initial, inner_);
  }

  // Room for two pieces of elements, and for as many locals of a chunk.
  std::byte* memory(std::int64_t locals = 0) const {
    return thread_memory(ThreadMemory::Left,
                         static_cast<std::size_t>(2 * kPiece * kWidest + locals * loops_.local_bytes));
  }
  std::byte* locals_in(std::byte* memory) const { return memory + 2 * kPiece * kWidest; }
  static constexpr std::int64_t kWidest = 8;

  // Elements of a long row that one thread takes at a time: their locals take a quarter of the second-level cache.
  std::int64_t chunk() const {
    return std::max<std::int64_t>(second_level_cache() / 4 / loops_.local_bytes / kPiece, 1) * kPiece;
  }

  // Of row i, places begin to begin + n in the order of the scan: f(place of the piece in memory, its first element
  // widened, elements).
  template <class F>
  void each_piece(std::int64_t i, std::int64_t begin, std::int64_t n, std::byte* memory, F&& f) const {
    for (std::int64_t k = begin; k < begin + n; k += kPiece) {
      const std::int64_t count = std::min(kPiece, begin + n - k), at = backward_ ? n_ - k - count : k;
      const std::byte* from = in_row(i) + at * in_bytes_;
      if (widen_ != nullptr) {
        widen_(memory, from, count);
        from = memory;
      }
      f(at, from, count);
    }
  }

  void scan(std::int64_t i, std::int64_t n, ScanState& state, std::byte* memory) const {
    each_piece(i, 0, n, memory, [&](std::int64_t at, const std::byte* from, std::int64_t count) {
      std::byte *const out = out_row(i) + at * out_bytes_, *const to = results(memory, out);
      loops_.row(from, count, backward_, state, to);
      finish(to, count, memory, out);
    });
  }

  // Where results are computed that go to `out`.
  std::byte* results(std::byte* memory, std::byte* out) const {
    return narrow_ != nullptr || streams_ ? memory + kPiece * kWidest : out;
  }

  // From where results were computed to where they belong.
  void finish(std::byte* results, std::int64_t count, std::byte* memory, std::byte* out) const {
    if (narrow_ != nullptr) {
      narrow_(streams_ ? memory : out, results, count);
      results = streams_ ? memory : out;
    }
    if (results != out) support_.stream(out, results, count * out_bytes_);
  }

  // Threads take chunks in order, so one that is waited for is being worked on.
  void share_row(std::int64_t i) const {
    const std::int64_t size = chunk(), chunks = divide_up(n_, size);
    const std::int64_t ahead = widen_ != nullptr ? 0 : fetch_ahead(n_ * in_bytes_);
    std::atomic<std::int64_t> next{0}, ready{0};
    ScanState handed;
    loops_.start(handed);
    parallel_for(threads_, threads_, [&](std::int64_t) {
      std::byte *const room = memory(size), *const locals = locals_in(room);
      for (std::int64_t c = next.fetch_add(1); c < chunks; c = next.fetch_add(1)) {
        const std::int64_t begin = c * size, n = std::min(size, n_ - begin);
        std::byte* local = locals;
        each_piece(i, begin, n, room, [&](std::int64_t, const std::byte* from, std::int64_t count) {
          loops_.blocks(from, count, backward_, ahead, local);
          local += count * loops_.local_bytes;
        });
        for (int spins = 0; ready.load(std::memory_order_acquire) != c; ++spins)
          if (spins >= kSpins) std::this_thread::yield();
        ScanState state = handed;
        loops_.skip(locals, n / kScanBlock, handed);
        ready.store(c + 1, std::memory_order_release);
        for (std::int64_t k = 0; k < n; k += kPiece) {
          const std::int64_t count = std::min(kPiece, n - k), at = begin + k;
          std::byte* const out = out_row(i) + (backward_ ? n_ - at - count : at) * out_bytes_;
          std::byte* const to = results(room, out);
          loops_.place(locals + k * loops_.local_bytes, count, backward_, state, to);
          finish(to, count, room, out);
        }
      }
      if (streams_) support_.fence();
    });
  }

  void scan_columns() const {
    std::int64_t width = std::min(kStrip, inner_);
    while (width > kLeastStrip && outer_ * divide_up(inner_, width) < 4 * threads_ && threads_ > 1)
      width = std::max(width / 2 / kLeastStrip * kLeastStrip, kLeastStrip);
    const std::int64_t strips = divide_up(inner_, width);
    share(outer_ * strips, [&](std::int64_t t) {
      const std::int64_t first = t % strips * width;
      scan_strip(t / strips, first, std::min(width, inner_ - first));
    });
  }

  void scan_strip(std::int64_t i, std::int64_t first, std::int64_t columns) const {
    const std::int64_t room = kScanGroup * kStrip * kWidest;
    std::byte* const memory =
        thread_memory(ThreadMemory::Left, static_cast<std::size_t>(2 * room + kStrip * loops_.column_bytes));
    std::byte *const results = memory + room, *const states = results + room;
    loops_.start_columns(columns, states);
    const bool stages = narrow_ != nullptr || streams_;
    const std::int64_t step = backward_ ? -inner_ : inner_,
                       at_once = widen_ != nullptr || stages ? kScanGroup : kScanBlock;
    const std::byte* in = in_row(i) + ((backward_ ? (n_ - 1) * inner_ : 0) + first) * in_bytes_;
    std::byte* out = out_row(i) + ((backward_ ? (n_ - 1) * inner_ : 0) + first) * out_bytes_;
    for (std::int64_t row = 0; row < n_; row += at_once) {
      const std::int64_t rows = std::min(at_once, n_ - row);
      const std::byte* from = in;
      for (std::int64_t k = 0; widen_ != nullptr && k < rows; ++k) {
        widen_(memory + k * columns * bytes_, in + k * step * in_bytes_, columns);
        from = memory;
      }
      loops_.columns(from, widen_ != nullptr ? columns : step, row, rows, columns, states, stages ? results : out,
                     stages ? columns : step);
      for (std::int64_t k = 0; stages && k < rows; ++k)
        finish(results + k * columns * bytes_, columns, memory, out + k * step * out_bytes_);
      in += rows * step * in_bytes_;
      out += rows * step * out_bytes_;
    }
  }

  const RoutineCall& call_;
  const ScanOp op_;
  const bool backward_;
  const std::int64_t start_;  // elements of the result before the first that is scanned
  const DType dtype_;
  const cpu::Support& support_;
  const Scanning& loops_;
  const std::int64_t in_bytes_, bytes_, out_bytes_;
  const std::int64_t outer_, inner_, in_n_, out_n_, n_;  // n_ are scanned
  const bool streams_;
  cpu::Support::Cast *widen_ = nullptr, *narrow_ = nullptr;
  int threads_ = 1;
};

}  // namespace

void run_scan(const RoutineCall& call) { Scanner(call).run(); }

}  // namespace ingot::exec
