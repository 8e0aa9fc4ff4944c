// Rare cases: how a body leaves its branch-free path.
//
// A body whose fast path does not cover some operands asks any(mask) once and then calls its rare case. On the CPU that
// is an out-of-line function over the lanes, defined in slow_level.cpp, so that code generated for the body stays
// small; all of them have one shape:
//
//   void ingot_slow_NAME_f64(double* y, const double* a, const double* b, int n)       // and _f32 over float
//
// y holds the results of the fast path on entry; lane i is replaced where NAME_is_rare(a[i], b[i]) holds. b is null for
// one operand. Under NVRTC, where lanes are scalars, the scalar rare body is called.
#pragma once

#include "lane.h"

#ifdef __CUDACC_RTC__

#define INGOT_RARE_UNARY(NAME)             \
  template <class T>                       \
  INGOT_SLOW T NAME##_rare(T x);           \
  template <class T>                       \
  INGOT_FN T NAME##_replace_rare(T, T x) { \
    return NAME##_rare(x);                 \
  }
#define INGOT_RARE_BINARY(NAME)                 \
  template <class T>                            \
  INGOT_SLOW T NAME##_rare(T a, T b);           \
  template <class T>                            \
  INGOT_FN T NAME##_replace_rare(T, T a, T b) { \
    return NAME##_rare(a, b);                   \
  }
#define INGOT_UNLIKELY(condition) (condition)
#define INGOT_RARE __device__  // declared above with the rest of its attributes

#else

#define INGOT_RARE_DECLARE(NAME)                                                                                     \
  extern "C" __attribute__((cold)) void ingot_slow_##NAME##_f64(double* y, const double* a, const double* b, int n); \
  extern "C" __attribute__((cold)) void ingot_slow_##NAME##_f32(float* y, const float* a, const float* b, int n);
#define INGOT_RARE_UNARY(NAME)                                                    \
  INGOT_RARE_DECLARE(NAME)                                                        \
  template <class V>                                                              \
  INGOT_FN V NAME##_replace_rare(V y, V a) {                                      \
    if constexpr (is_f64<V>)                                                      \
      ingot_slow_##NAME##_f64((f64*)&y, (const f64*)&a, nullptr, Lane<V>::count); \
    else                                                                          \
      ingot_slow_##NAME##_f32((f32*)&y, (const f32*)&a, nullptr, Lane<V>::count); \
    return y;                                                                     \
  }
#define INGOT_RARE_BINARY(NAME)                                                          \
  INGOT_RARE_DECLARE(NAME)                                                               \
  template <class V>                                                                     \
  INGOT_FN V NAME##_replace_rare(V y, V a, V b) {                                        \
    if constexpr (is_f64<V>)                                                             \
      ingot_slow_##NAME##_f64((f64*)&y, (const f64*)&a, (const f64*)&b, Lane<V>::count); \
    else                                                                                 \
      ingot_slow_##NAME##_f32((f32*)&y, (const f32*)&a, (const f32*)&b, Lane<V>::count); \
    return y;                                                                            \
  }
#define INGOT_UNLIKELY(condition) __builtin_expect((condition), 0)
#define INGOT_RARE INGOT_SLOW

#endif

namespace ingot::math {

INGOT_RARE_UNARY(sin)
INGOT_RARE_UNARY(cos)
INGOT_RARE_UNARY(log)
INGOT_RARE_UNARY(log2)
INGOT_RARE_UNARY(log10)
INGOT_RARE_UNARY(tan)
INGOT_RARE_BINARY(pow)
INGOT_RARE_BINARY(logaddexp)
INGOT_RARE_BINARY(remainder)
INGOT_RARE_BINARY(fmod)
INGOT_RARE_UNARY(fast_sin)
INGOT_RARE_UNARY(fast_cos)
INGOT_RARE_UNARY(fast_log)
INGOT_RARE_BINARY(fast_pow)

}  // namespace ingot::math
