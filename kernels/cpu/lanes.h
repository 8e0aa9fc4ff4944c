// Widths, loads and stores of the element loops. Included by support_level.cpp only. Everything that it and its headers
// define is in an unnamed namespace: the same text is compiled once per CPU level, and a linker that merged two copies
// would let code of a higher level run on a lower machine.
#pragma once

// Vectors wider than a register pass only between functions that are inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#include <cstdint>

#include "kernels/math/lane.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

namespace ingot::cpu {
namespace {

using namespace math;
using Size = std::int64_t;  // counts and strides; i64 is an element

#if defined(__AVX512F__)
constexpr int kRegisterBytes = 64;
#elif defined(__AVX2__)
constexpr int kRegisterBytes = 32;
#else
constexpr int kRegisterBytes = 16;
#endif

// Bytes of the widest operand that an element loop takes at once. Of a heavy body two registers: one, two and four of
// AVX2 took, on Zen 3 and a busy machine, 1.8, 1.2 and 1.5 ns per f64 of sin, 7.0, 4.9 and 6.1 of pow. Of a light one
// four, to keep down the loop's own cost.
constexpr int kHeavyCost = 8;
#ifdef INGOT_ONE_LANE  // the bodies over scalars, for tests to compare with
constexpr int kHeavyBundleBytes = 1;
constexpr int kLightBundleBytes = 1;
#else
constexpr int kHeavyBundleBytes = 2 * kRegisterBytes;
constexpr int kLightBundleBytes = 4 * kRegisterBytes;
#endif
constexpr int kMaxBundleBytes = 4 * kRegisterBytes;

template <int... I>
struct Sequence {};
template <class T, T... I>
struct SequenceOf {
  using type = Sequence<I...>;
};
template <int N>
using MakeSequence = typename __make_integer_seq<SequenceOf, int, N>::type;

template <class V>
ALWAYS_INLINE V load(const void* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class V>
ALWAYS_INLINE void store(void* to, const V& v) {
  __builtin_memcpy(to, &v, sizeof v);
}

// Copies n elements and repeats the first up to `size` in all: padding that takes the same path through a body as its
// neighbours do, so that a tail does not meet a slow path of its own.
template <class T>
__attribute__((noinline)) void pad(T* to, const T* from, Size n, Size size) {
  for (Size i = 0; i < n; ++i) to[i] = from[i];
  for (Size i = n; i < size; ++i) to[i] = from[0];
}

}  // namespace
}  // namespace ingot::cpu
