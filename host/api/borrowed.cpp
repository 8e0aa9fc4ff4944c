#include "host/api/borrowed.h"

#ifdef INGOT_DEBUG

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

#include "host/base/error.h"
#include "host/exec/blocks.h"

namespace ingot::api {
namespace {

constexpr std::int64_t kStretchBytes = 4096, kStretches = 256;

class Digest {
 public:
  Digest() { XXH3_64bits_reset(&state_); }
  void add(const void* data, std::size_t bytes) { XXH3_64bits_update(&state_, data, bytes); }
  std::uint64_t value() const { return XXH3_64bits_digest(&state_); }

 private:
  XXH3_state_t state_;
};

std::uint64_t digest(const std::byte* data, std::int64_t size, const Shape& shape, const Strides& strides) {
  Digest digest;
  const auto add = [&](std::int64_t begin, std::int64_t count) {
    exec::for_each_block(shape, begin, count, [&](const Dims& index, std::int64_t rows, std::int64_t n) {
      const int rank = shape.ndim();
      const std::int64_t row = rank > 1 ? strides[rank - 2] : 0, step = rank > 0 ? strides[rank - 1] : 1;
      const std::byte* const first = data + exec::dot(strides, index) * size;
      for (std::int64_t r = 0; r < rows; ++r) {
        const std::byte* const from = first + r * row * size;
        if (step == 1) {
          digest.add(from, static_cast<std::size_t>(n * size));
        } else {
          for (std::int64_t i = 0; i < n; ++i) digest.add(from + i * step * size, static_cast<std::size_t>(size));
        }
      }
    });
  };
  const std::int64_t numel = shape.numel(), stretch = kStretchBytes / size;
  if (numel <= kStretches * stretch) {
    add(0, numel);
  } else {
    const std::int64_t last = numel - stretch;
    for (std::int64_t k = 0; k < kStretches; ++k)
      add(last / (kStretches - 1) * k + last % (kStretches - 1) * k / (kStretches - 1), stretch);
  }
  return digest.value();
}

}  // namespace

std::function<void()> watch(DType dtype, const void* data, const Shape& shape, const Strides& strides, Location where) {
  const auto now = [=] {
    return digest(static_cast<const std::byte*>(data), static_cast<std::int64_t>(itemsize(dtype)), shape, strides);
  };
  return [=, before = now()] {
    if (now() != before)
      fail<ValueError>(where, "from_host: the memory borrowed for shape ", shape, " of ", dtype,
                       " was written while an array made from it lives; copy it with array() instead, or let go of the "
                       "arrays before writing");
  };
}

}  // namespace ingot::api

#endif
