// How many vector registers of a kernel's widest dtype a body takes at a time. The bodies are compiled to bitcode for
// exactly these widths, so that bodies.cpp and host/emit/llvm both read this.
#pragma once

#include "kernels/cpu/support.h"

namespace ingot::cpu {

constexpr int register_bytes(Level level) {
  switch (level) {
    case Level::Baseline: return 16;
    case Level::V3: return 32;
    case Level::V4: return 64;
  }
  return 16;
}

constexpr int kNarrow = 2, kWide = 4;

}  // namespace ingot::cpu
