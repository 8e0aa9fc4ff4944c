// Square blocks of elements, turned in registers. Included by sources that are compiled once per CPU level.
#pragma once

#include "kernels/cpu/lanes.h"

namespace ingot::cpu {
namespace {

// Rounds of perfect shuffles: after log2(L) of them register i holds what lane i held.
template <class V, int... I>
ALWAYS_INLINE V zip(V a, V b, bool high, Sequence<I...>) {
  constexpr int n = sizeof...(I);
  return high ? __builtin_shufflevector(a, b, ((I % 2) * n + I / 2 + n / 2)...)
              : __builtin_shufflevector(a, b, ((I % 2) * n + I / 2)...);
}
template <class T, int L>
ALWAYS_INLINE void turn(vec<T, L> (&block)[L]) {
#pragma clang loop unroll(full)
  for (int round = 1; round < L; round *= 2) {
    vec<T, L> next[L];
#pragma clang loop unroll(full)
    for (int i = 0; i < L; ++i) next[i] = zip(block[i / 2], block[i / 2 + L / 2], i % 2 != 0, MakeSequence<L>{});
#pragma clang loop unroll(full)
    for (int i = 0; i < L; ++i) block[i] = next[i];
  }
}

}  // namespace
}  // namespace ingot::cpu
