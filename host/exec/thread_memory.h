// Memory that a thread keeps from one launch or call of a routine to the next: what is used again lies in its caches,
// and a warm call allocates nothing.
#pragma once

#include <cstddef>
#include <memory>

#include "host/base/per_thread.h"

namespace ingot::exec {

/// What it is for: two that are used at once have different names.
enum class ThreadMemory { Left, Right, Sums, Spread, States, kCount };

/// At least `bytes`, 64-byte aligned, until the thread asks for more under that name.
inline std::byte* thread_memory(ThreadMemory purpose, std::size_t bytes) {
  struct Blocks {
    struct Free {
      void operator()(std::byte* block) const { ::operator delete(block, std::align_val_t{64}); }
    };
    struct Block {
      std::unique_ptr<std::byte, Free> memory;
      std::size_t bytes = 0;
    } of[static_cast<int>(ThreadMemory::kCount)];
  };
  Blocks::Block& block = per_thread<Blocks, Blocks>().of[static_cast<int>(purpose)];
  if (block.bytes < bytes) {
    block.memory.reset(static_cast<std::byte*>(::operator new(bytes, std::align_val_t{64})));
    block.bytes = bytes;
  }
  return block.memory.get();
}

}  // namespace ingot::exec
