// take and take_along_axis on the host: indices are resolved a block at a time, and what lies there is copied.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <string>

#include "host/base/divide_up.h"
#include "host/base/error.h"
#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "kernels/prebuilt/take.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kSerial = 1 << 14;      // bytes of results that one thread copies before a team has begun
constexpr std::int64_t kBlock = 1024;          // indices that are resolved at a time
constexpr std::int64_t kBlockBytes = 1 << 18;  // and what is copied for them, unless it is one slice
constexpr std::int64_t kPiece = 1 << 20;       // bytes of a slice that one task copies
constexpr std::int64_t kTasksPerThread = 16;

class Taker {
 public:
  explicit Taker(const RoutineCall& call)
      : call_(call),
        x_(call.inputs[0]),
        indices_(call.inputs[1]),
        axis_(static_cast<int>(call.parameters[0])),
        along_(call.parameters[1] != 0),
        parts_(call.parameters[2]),
        element_(static_cast<std::int64_t>(itemsize(x_.dtype)) * parts_),
        extent_(x_.shape[axis_]),
        resolve_(prebuilt::resolving(indices_.dtype)) {
    for (int k = 0; k < x_.shape.ndim(); ++k) {
      if (k < axis_) batches_ *= x_.shape[k];
      if (k > axis_) width_ *= x_.shape[k];
    }
    width_ /= parts_;
  }

  void run() {
    const std::int64_t bytes = call_.result.shape.numel() * static_cast<std::int64_t>(itemsize(x_.dtype));
    threads_ = bytes < kSerial ? 1 : call_.threads;
    along_ ? take_elements() : take_slices();
    if (const std::int64_t at = first_outside_.load(); at != kNone) fail_outside(at);
  }

 private:
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

  // Indices are resolved once for several batches; a long slice is copied by several tasks.
  void take_slices() {
    const std::int64_t count = indices_.shape.numel(), slice = width_ * element_;
    const std::int64_t block = std::clamp<std::int64_t>(kBlockBytes / slice, 1, kBlock);
    const std::int64_t blocks = divide_up(count, block), pieces = divide_up(slice, kPiece);
    const std::int64_t wanted = threads_ > 1 ? threads_ * kTasksPerThread : 1;
    const std::int64_t groups = std::clamp<std::int64_t>(divide_up(wanted, blocks * pieces), 1, batches_);
    parallel_for(blocks * groups * pieces, threads_, [&](std::int64_t t) {
      const std::int64_t first = t / pieces / groups * block, group = t / pieces % groups, piece = t % pieces;
      std::int64_t positions[kBlock];
      const std::int64_t n = std::min(block, count - first);
      if (!resolved(first, n, positions)) return;
      const std::int64_t skipped = piece * kPiece, bytes = std::min(kPiece, slice - skipped);
      for (std::int64_t b = batches_ * group / groups; b < batches_ * (group + 1) / groups; ++b)
        prebuilt::gather(x_.data + b * extent_ * slice + skipped, slice, positions, n, bytes,
                         call_.result.data + (b * count + first) * slice + skipped, slice);
    });
  }

  // Every element has an index: positions along the axis become positions in the batch.
  void take_elements() {
    const std::int64_t count = indices_.shape.numel(), batch = indices_.shape[axis_] * width_;
    const std::int64_t blocks = divide_up(count, kBlock);
    const std::int64_t tasks = std::min<std::int64_t>(blocks, threads_ > 1 ? threads_ * kTasksPerThread : 1);
    parallel_for(tasks, threads_, [&](std::int64_t t) {
      const std::int64_t end = std::min(count, blocks * (t + 1) / tasks * kBlock);
      for (std::int64_t first = blocks * t / tasks * kBlock; first < end;) {
        std::int64_t positions[kBlock];
        const std::int64_t b = first / batch, n = std::min({kBlock, end - first, (b + 1) * batch - first});
        if (!resolved(first, n, positions)) return;
        if (width_ > 1)
          for (std::int64_t i = 0; i < n; ++i) positions[i] = positions[i] * width_ + (first + i) % width_;
        prebuilt::gather(x_.data + b * extent_ * width_ * element_, element_, positions, n, element_,
                         call_.result.data + first * element_, element_);
        first += n;
      }
    });
  }

  bool resolved(std::int64_t first, std::int64_t n, std::int64_t* positions) {
    const auto size = static_cast<std::int64_t>(itemsize(indices_.dtype));
    const std::int64_t inside = resolve_(indices_.data + first * size, n, extent_, positions);
    if (inside == n) return true;
    std::int64_t known = first_outside_.load(std::memory_order_relaxed);
    while (first + inside < known && !first_outside_.compare_exchange_weak(known, first + inside)) {
    }
    return false;
  }

  [[noreturn]] void fail_outside(std::int64_t at) const {
    Shape shape = x_.shape;
    if (parts_ > 1) shape.erase(shape.ndim() - 1);
    std::string place;
    for (int k = indices_.shape.ndim() - 1; k >= 0; --k) {
      place = std::to_string(at % indices_.shape[k]) + (place.empty() ? "" : ", ") + place;
      at /= indices_.shape[k];
    }
    fail<IndexError>(call_.where, along_ ? "take_along_axis" : "take", ": ",
                     place.empty() ? "the index" : "indices(" + place + ")", " is ", index_text(),
                     ", out of bounds for axis ", axis_, " of shape ", shape, "; indices run from ", -extent_, " to ",
                     extent_ - 1);
  }

  std::string index_text() const {
    const std::byte* const at = indices_.data + first_outside_ * static_cast<std::int64_t>(itemsize(indices_.dtype));
    const auto read = [&]<class I>(I value) {
      std::memcpy(&value, at, sizeof value);
      return std::to_string(value);
    };
    switch (indices_.dtype) {
      case DType::Int8: return read(std::int8_t{});
      case DType::Int16: return read(std::int16_t{});
      case DType::Int32: return read(std::int32_t{});
      case DType::UInt8: return read(std::uint8_t{});
      case DType::UInt16: return read(std::uint16_t{});
      case DType::UInt32: return read(std::uint32_t{});
      case DType::UInt64: return read(std::uint64_t{});
      default: return read(std::int64_t{});
    }
  }

  const RoutineCall& call_;
  const Whole &x_, &indices_;
  const int axis_;
  const bool along_;
  const std::int64_t parts_, element_, extent_;  // element_ in bytes
  prebuilt::Resolve* const resolve_;
  std::int64_t batches_ = 1, width_ = 1;  // slices have `width_` elements
  int threads_ = 1;
  std::atomic<std::int64_t> first_outside_{kNone};  // the position of the first index out of range
};

}  // namespace

void run_take(const RoutineCall& call) { Taker(call).run(); }

}  // namespace ingot::exec
