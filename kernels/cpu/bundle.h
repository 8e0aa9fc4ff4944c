// How many bytes of a kernel's widest dtype generated code carries through each operation at a time (a bundle). The
// bodies are compiled to bitcode for exactly these widths, so that bodies.cpp and host/emit/llvm both read this.
#pragma once

#include "kernels/cpu/support.h"

namespace ingot::cpu {

/// Two vector registers, or four in a wide bundle.
constexpr int bundle_bytes(Level level, bool wide) {
  const int registers = wide ? 4 : 2;
  switch (level) {
    case Level::Baseline: return 16 * registers;
    case Level::V3: return 32 * registers;
    case Level::V4: return 64 * registers;
  }
  return 16 * registers;
}

}  // namespace ingot::cpu
