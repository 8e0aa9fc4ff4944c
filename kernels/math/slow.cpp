// The rare cases of the bodies under the names that rare.h gives them, which lead to those of the CPU level in use:
// rare is for the data to say, and below x86-64-v3 every fma is a call.
#include "kernels/cpu/support.h"

namespace {

template <class T>
using Slow = void(T* y, const T* a, const T* b, int n);

template <class T>
void at_level(Slow<T>* const (&levels)[3], T* y, const T* a, const T* b, int n) {
  static const int level = static_cast<int>(ingot::cpu::detect_level());
  levels[level](y, a, b, n);
}

}  // namespace

#ifdef __x86_64__
#define INGOT_DECLARE(NAME, TYPE) extern "C" Slow<TYPE> NAME##_Baseline, NAME##_V3, NAME##_V4;
#define INGOT_LEVELS(NAME) {NAME##_Baseline, NAME##_V3, NAME##_V4}
#else
#define INGOT_DECLARE(NAME, TYPE) extern "C" Slow<TYPE> NAME##_Baseline;
#define INGOT_LEVELS(NAME) {NAME##_Baseline}
#endif

#define INGOT_DISPATCH(NAME, TYPE)                                     \
  INGOT_DECLARE(NAME, TYPE)                                            \
  extern "C" void NAME(TYPE* y, const TYPE* a, const TYPE* b, int n) { \
    static constexpr Slow<TYPE>* kLevels[3] = INGOT_LEVELS(NAME);      \
    at_level(kLevels, y, a, b, n);                                     \
  }
#define INGOT_RARE_OP(NAME, ARITY)                \
  INGOT_DISPATCH(ingot_slow_##NAME##_f64, double) \
  INGOT_DISPATCH(ingot_slow_##NAME##_f32, float)
#include "slow.def"
