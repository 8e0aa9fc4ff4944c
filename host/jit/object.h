// Loads what the compiler makes, relocatable ELF objects, without LLVM: a process that finds all its kernels in the
// disk cache never opens the LLVM module.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "host/jit/symbols.h"
#include "kernels/cpu/tile.h"

namespace ingot::jit {

/// Machine code in memory; unloads when destroyed.
class Loaded {
 public:
  Loaded(void* memory, std::size_t bytes) : memory_(memory), bytes_(bytes) {}
  ~Loaded();
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  cpu::TileFn body = nullptr;
  cpu::TileFn epilogue = nullptr;  // null for a kernel without one

 private:
  void* const memory_;
  const std::size_t bytes_;
};

/// Places an object that defines `ingot_body` and perhaps `ingot_epilogue`, and may call `symbols`. Throws
/// InternalError for anything else than code and constants of this machine, joined by the relocations of
/// position-independent code.
std::unique_ptr<Loaded> load(std::string_view object, std::span<const Symbol> symbols);

}  // namespace ingot::jit
