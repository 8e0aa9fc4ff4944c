#include "host/exec/linalg/blocked.h"

namespace ingot::exec {

void add_lower(const Blocked& on, const Matrix& a, const Matrix& b, std::byte* c, std::int64_t pitch) {
  constexpr std::int64_t height = kLowerBlock;
  PackedMatrix packed(on.real(), b);
  const StorageRef room = linalg_scratch(static_cast<std::int64_t>(packed.bytes()));
  packed.place(room->data());
  const std::int64_t pieces = packed.pieces(), tasks = std::min<std::int64_t>(pieces, on.threads);
  parallel_for(tasks, on.threads, [&](std::int64_t t) {
    for (std::int64_t piece = pieces * t / tasks; piece < pieces * (t + 1) / tasks; ++piece) packed.pack(piece);
  });
  const std::int64_t blocks = (a.rows + height - 1) / height;
  parallel_for(blocks, on.threads, [&](std::int64_t block) {
    // The first share has the long ones and every other short one.
    const std::int64_t t = block % 2 == 0 ? block / 2 : blocks - 1 - block / 2;
    const std::int64_t first = t * height, last = std::min(a.rows, first + height);
    packed.multiply(a, first, last, 0, last * on.parts(), c + first * pitch * on.item(), pitch * on.parts(), true);
  });
}

}  // namespace ingot::exec
