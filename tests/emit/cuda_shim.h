// What generated CUDA text needs to be compiled as C++ and run on the host by tests/emit/cuda_machine. Enough for the
// emitter's own programs, no more: full-warp shuffles of 4 and 8 bytes, block barriers, static shared memory.
#pragma once

#define __CUDACC_RTC__
#define __device__
#define __global__
#define __grid_constant__
#define __launch_bounds__(...)
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __shared__ static
#define memcpy __builtin_memcpy

struct uint2 {
  unsigned x, y;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
struct Index3 {
  unsigned x, y, z;
};

// Set by the machine: where the running thread is, and how it waits for the others.
struct Machine {
  Index3 thread, block;
  void (*barrier)();
  const void* (*exchange)(const void* value, int bytes);  // the warp's 32 values, 8 bytes apart
};
extern "C" {
inline Machine* ingot_machine = nullptr;
}
#define threadIdx (ingot_machine->thread)
#define blockIdx (ingot_machine->block)

static inline void __syncthreads() { ingot_machine->barrier(); }
static inline void __threadfence() {}
static inline unsigned atomicAdd(unsigned* at, unsigned by) {
  const unsigned before = *at;
  *at += by;
  return before;
}

template <class T>
static inline T shuffled(T value, unsigned from) {
  const char* values = static_cast<const char*>(ingot_machine->exchange(&value, sizeof(T)));
  T out;
  memcpy(&out, values + 8 * from, sizeof(T));
  return out;
}
template <class T>
static inline T __shfl_sync(unsigned, T value, int from, int width) {
  const unsigned lane = threadIdx.x % 32;
  return shuffled(value, (lane & ~(width - 1)) | (from & (width - 1)));
}
template <class T>
static inline T __shfl_down_sync(unsigned, T value, unsigned distance) {
  const unsigned lane = threadIdx.x % 32;
  return shuffled(value, lane + distance < 32 ? lane + distance : lane);
}

static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((static_cast<unsigned long long>(a) * b) >> 32);
}
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return static_cast<unsigned long long>((static_cast<unsigned __int128>(a) * b) >> 64);
}
static inline int __clzll(long long x) { return __builtin_clzll(static_cast<unsigned long long>(x)); }
static inline double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }
static inline float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
static inline long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }
static inline int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
static inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double __dsqrt_rn(double x) { return __builtin_sqrt(x); }
static inline float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
static inline double floor(double x) { return __builtin_floor(x); }
static inline float floorf(float x) { return __builtin_floorf(x); }
static inline double ceil(double x) { return __builtin_ceil(x); }
static inline float ceilf(float x) { return __builtin_ceilf(x); }
static inline double trunc(double x) { return __builtin_trunc(x); }
static inline float truncf(float x) { return __builtin_truncf(x); }
static inline double rint(double x) { return __builtin_rint(x); }
static inline float rintf(float x) { return __builtin_rintf(x); }
