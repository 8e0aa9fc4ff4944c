// Kernels compute in the default floating-point state (nearest-even, subnormals kept, nothing trapped), whatever the
// caller or another library has set for the thread.
#pragma once

#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace ingot::exec {

class DefaultFloatState {
 public:
#if defined(__SSE2__)
  DefaultFloatState() : saved_(_mm_getcsr()) { _mm_setcsr(0x1F80); }
  ~DefaultFloatState() { _mm_setcsr(saved_); }
#elif defined(__aarch64__)
  DefaultFloatState() {
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" : : "r"(0ul));
  }
  ~DefaultFloatState() { asm volatile("msr fpcr, %0" : : "r"(saved_)); }
#endif
  DefaultFloatState(const DefaultFloatState&) = delete;
  DefaultFloatState& operator=(const DefaultFloatState&) = delete;

#if defined(__SSE2__)
 private:
  unsigned saved_;
#elif defined(__aarch64__)
 private:
  unsigned long saved_;
#endif
};

}  // namespace ingot::exec
