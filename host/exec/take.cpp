// take and take_along_axis on the host: indices are resolved a block at a time, and what lies there is copied.
#include "host/exec/take.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>
#include <string>

#include "host/base/divide_up.h"
#include "host/base/error.h"
#include "host/exec/parallel.h"
#include "kernels/prebuilt/take.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kSerial = 1 << 14;      // bytes of results that one thread copies before a team has begun
constexpr std::int64_t kBlock = 1024;          // indices that are resolved at a time
constexpr std::int64_t kBlockBytes = 1 << 18;  // and what is copied for them, unless it is one slice
constexpr std::int64_t kPiece = 1 << 20;       // bytes of a slice that one task copies
constexpr std::int64_t kTasksPerThread = 16;

std::string index_text(DType dtype, const std::byte* at) {
  const auto read = [&]<class I>(I value) {
    std::memcpy(&value, at, sizeof value);
    return std::to_string(value);
  };
  switch (dtype) {
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

class Taker : Taking {
 public:
  explicit Taker(const RoutineCall& call)
      : Taking(call),
        call_(call),
        x_(call.inputs[0]),
        indices_(call.inputs[1]),
        resolve_(prebuilt::resolving(indices_.dtype)) {}

  void run() {
    const std::int64_t bytes = call_.result.shape.numel() * static_cast<std::int64_t>(itemsize(x_.dtype));
    threads_ = bytes < kSerial ? 1 : call_.threads;
    along ? take_elements() : take_slices();
    if (const std::int64_t at = first_outside_.load(); at != kNone) fail_outside(call_, at, indices_.data);
  }

 private:
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

  // Indices are resolved once for several batches; a long slice is copied by several tasks.
  void take_slices() {
    const std::int64_t count = indices_.shape.numel(), slice = width * element;
    const std::int64_t block = std::clamp<std::int64_t>(kBlockBytes / slice, 1, kBlock);
    const std::int64_t blocks = divide_up(count, block), pieces = divide_up(slice, kPiece);
    const std::int64_t wanted = threads_ > 1 ? threads_ * kTasksPerThread : 1;
    const std::int64_t groups = std::clamp<std::int64_t>(divide_up(wanted, blocks * pieces), 1, batches);
    parallel_for(blocks * groups * pieces, threads_, [&](std::int64_t t) {
      const std::int64_t first = t / pieces / groups * block, group = t / pieces % groups, piece = t % pieces;
      std::int64_t positions[kBlock];
      const std::int64_t n = std::min(block, count - first);
      if (!resolved(first, n, positions)) return;
      const std::int64_t skipped = piece * kPiece, bytes = std::min(kPiece, slice - skipped);
      for (std::int64_t b = batches * group / groups; b < batches * (group + 1) / groups; ++b)
        prebuilt::gather(x_.data + b * extent * slice + skipped, slice, positions, n, bytes,
                         call_.result.data + (b * count + first) * slice + skipped, slice);
    });
  }

  // Every element has an index: positions along the axis become positions in the batch.
  void take_elements() {
    const std::int64_t count = indices_.shape.numel(), batch = indices_.shape[axis] * width;
    const std::int64_t blocks = divide_up(count, kBlock);
    const std::int64_t tasks = std::min<std::int64_t>(blocks, threads_ > 1 ? threads_ * kTasksPerThread : 1);
    parallel_for(tasks, threads_, [&](std::int64_t t) {
      const std::int64_t end = std::min(count, blocks * (t + 1) / tasks * kBlock);
      for (std::int64_t first = blocks * t / tasks * kBlock; first < end;) {
        std::int64_t positions[kBlock];
        const std::int64_t b = first / batch, n = std::min({kBlock, end - first, (b + 1) * batch - first});
        if (!resolved(first, n, positions)) return;
        if (width > 1)
          for (std::int64_t i = 0; i < n; ++i) positions[i] = positions[i] * width + (first + i) % width;
        prebuilt::gather(x_.data + b * extent * width * element, element, positions, n, element,
                         call_.result.data + first * element, element);
        first += n;
      }
    });
  }

  bool resolved(std::int64_t first, std::int64_t n, std::int64_t* positions) {
    const auto size = static_cast<std::int64_t>(itemsize(indices_.dtype));
    const std::int64_t inside = resolve_(indices_.data + first * size, n, extent, positions);
    if (inside == n) return true;
    std::int64_t known = first_outside_.load(std::memory_order_relaxed);
    while (first + inside < known && !first_outside_.compare_exchange_weak(known, first + inside)) {
    }
    return false;
  }

  const RoutineCall& call_;
  const Whole &x_, &indices_;
  prebuilt::Resolve* const resolve_;
  int threads_ = 1;
  std::atomic<std::int64_t> first_outside_{kNone};  // the position of the first index out of range
};

}  // namespace

Taking::Taking(const RoutineCall& call)
    : axis(static_cast<int>(call.parameters[0])),
      along(call.parameters[1] != 0),
      parts(call.parameters[2]),
      element(static_cast<std::int64_t>(itemsize(call.result.dtype)) * parts),
      extent(call.inputs[0].shape[axis]) {
  const Shape& shape = call.inputs[0].shape;
  for (int k = 0; k < shape.ndim(); ++k) {
    if (k < axis) batches *= shape[k];
    if (k > axis) width *= shape[k];
  }
  width /= parts;
}

void fail_outside(const RoutineCall& call, std::int64_t position, const std::byte* indices) {
  const Taking taking(call);
  const Whole& given = call.inputs[1];
  Shape shape = call.inputs[0].shape;
  if (taking.parts > 1) shape.erase(shape.ndim() - 1);
  std::string place;
  std::int64_t at = position;
  for (int k = given.shape.ndim() - 1; k >= 0; --k) {
    place = std::to_string(at % given.shape[k]) + (place.empty() ? "" : ", ") + place;
    at /= given.shape[k];
  }
  fail<IndexError>(call.where, taking.along ? "take_along_axis" : "take", ": ",
                   place.empty() ? "the index" : "indices(" + place + ")", " is ",
                   index_text(given.dtype, indices + position * static_cast<std::int64_t>(itemsize(given.dtype))),
                   ", out of bounds for axis ", taking.axis, " of shape ", shape, "; indices run from ", -taking.extent,
                   " to ", taking.extent - 1);
}

void run_take(const RoutineCall& call) { Taker(call).run(); }

}  // namespace ingot::exec
