// The rare cases of the bodies for one CPU level: INGOT_CPU_LEVEL is Baseline, V3 or V4. slow.cpp chooses.
#include "math.h"

#define INGOT_JOIN_(a, b) a##b
#define INGOT_JOIN(a, b) INGOT_JOIN_(a, b)
#define INGOT_SLOW_NAME(NAME, SUFFIX) INGOT_JOIN(ingot_slow_##NAME##_##SUFFIX##_, INGOT_CPU_LEVEL)

#define INGOT_SLOW_1(NAME, TYPE, SUFFIX)                                                       \
  extern "C" void INGOT_SLOW_NAME(NAME, SUFFIX)(TYPE * y, const TYPE* a, const TYPE*, int n) { \
    for (int i = 0; i < n; ++i) {                                                              \
      if (ingot::math::NAME##_is_rare(a[i])) y[i] = ingot::math::NAME##_rare(a[i]);            \
    }                                                                                          \
  }
#define INGOT_SLOW_2(NAME, TYPE, SUFFIX)                                                         \
  extern "C" void INGOT_SLOW_NAME(NAME, SUFFIX)(TYPE * y, const TYPE* a, const TYPE* b, int n) { \
    for (int i = 0; i < n; ++i) {                                                                \
      if (ingot::math::NAME##_is_rare(a[i], b[i])) y[i] = ingot::math::NAME##_rare(a[i], b[i]);  \
    }                                                                                            \
  }

#define INGOT_RARE_OP(NAME, ARITY) INGOT_SLOW_##ARITY(NAME, double, f64) INGOT_SLOW_##ARITY(NAME, float, f32)
#include "slow.def"
