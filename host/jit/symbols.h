// The symbols of libingot that generated CPU code may call.
#pragma once

#include <span>

namespace ingot::jit {

/// Slow paths of kernels/math, folds, fma.
struct Symbol {
  const char* name;
  void* address;
};

std::span<const Symbol> symbols();

}  // namespace ingot::jit
