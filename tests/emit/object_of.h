// What the LLVM module makes of a kernel, from the library's disk cache where that has it: many tests compare with the
// same objects, and to compile them takes longer than to compare.
#pragma once

#include "host/jit/disk_cache.h"
#include "host/jit/kernels.h"

namespace ingot::emit {

inline std::string object_of(const ir::Kernel& kernel, cpu::Level level) {
  const std::string key = jit::cache_key(ir::print(kernel), cpu::level_name(level), jit::compiler_version());
  if (std::optional<std::string> object = jit::load_cached(key)) return *std::move(object);
  std::string object = jit::compiler()->compile(kernel, level);
  jit::store_cached(key, object);
  return object;
}

}  // namespace ingot::emit
