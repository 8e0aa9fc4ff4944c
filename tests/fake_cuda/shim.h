// What makes CUDA C++ text compile as C++ for the host: every program that libfake_nvrtc.so compiles begins with
// machine.h and this. Enough of CUDA for kernels with block barriers, shuffles, atomics and static shared memory;
// README.md says what is missing.
#pragma once

#define __CUDACC_RTC__
#define __CUDA_ARCH__ 900
#define __device__
#define __host__
#define __global__
#define __constant__
#define __restrict__ __restrict
#define __grid_constant__
#define __launch_bounds__(...)
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
// A block runs on one OS thread, and different blocks at the same time on different ones.
#define __shared__ static thread_local
#define memcpy __builtin_memcpy
#define memset __builtin_memset

static thread_local fake_cuda::Machine* fake_cuda_machine = nullptr;
#define threadIdx (fake_cuda_machine->thread)
#define blockIdx (fake_cuda_machine->block)
#define blockDim (fake_cuda_machine->block_extent)
#define gridDim (fake_cuda_machine->grid_extent)
#define warpSize 32

#define FAKE_CUDA_UNCOUNTED __attribute__((noinline, no_sanitize("kernel-address", "coverage")))
extern "C" __attribute__((visibility("default"))) FAKE_CUDA_UNCOUNTED void fake_cuda_bind(fake_cuda::Machine* machine) {
  fake_cuda_machine = machine;
}

// ---- Counting: what clang calls before an access to memory (as for a kernel's address sanitizer) and in a basic block
// ----

#ifdef FAKE_CUDA_COUNT
extern "C" {
__attribute__((visibility("default"))) extern const bool fake_cuda_counts = true;
FAKE_CUDA_UNCOUNTED static void fake_cuda_access(const void* from, unsigned long at, unsigned long bytes) {
  if (at != reinterpret_cast<unsigned long>(&fake_cuda_machine)) fake_cuda_machine->access(from, at, bytes);
}
#define FAKE_CUDA_ACCESS(bytes)                                              \
  FAKE_CUDA_UNCOUNTED void __asan_load##bytes##_noabort(unsigned long at) {  \
    fake_cuda_access(__builtin_return_address(0), at, bytes);                \
  }                                                                          \
  FAKE_CUDA_UNCOUNTED void __asan_store##bytes##_noabort(unsigned long at) { \
    fake_cuda_access(__builtin_return_address(0), at, bytes);                \
  }
FAKE_CUDA_ACCESS(1)
FAKE_CUDA_ACCESS(2)
FAKE_CUDA_ACCESS(4)
FAKE_CUDA_ACCESS(8)
FAKE_CUDA_ACCESS(16)
FAKE_CUDA_UNCOUNTED void __asan_loadN_noabort(unsigned long at, unsigned long bytes) {
  fake_cuda_access(__builtin_return_address(0), at, bytes);
}
FAKE_CUDA_UNCOUNTED void __asan_storeN_noabort(unsigned long at, unsigned long bytes) {
  fake_cuda_access(__builtin_return_address(0), at, bytes);
}
FAKE_CUDA_UNCOUNTED void* __asan_memcpy(void* to, const void* from, unsigned long bytes) {
  fake_cuda_access(__builtin_return_address(0), reinterpret_cast<unsigned long>(from), bytes);
  fake_cuda_access(__builtin_return_address(0), reinterpret_cast<unsigned long>(to), bytes);
  return __builtin_memcpy(to, from, bytes);
}
FAKE_CUDA_UNCOUNTED void* __asan_memset(void* to, int value, unsigned long bytes) {
  fake_cuda_access(__builtin_return_address(0), reinterpret_cast<unsigned long>(to), bytes);
  return __builtin_memset(to, value, bytes);
}
FAKE_CUDA_UNCOUNTED void __asan_handle_no_return() {}
FAKE_CUDA_UNCOUNTED void __sanitizer_cov_trace_pc() { fake_cuda_machine->enter(__builtin_return_address(0)); }
}
#endif

// ---- Vectors ----

struct uint2 {
  unsigned x, y;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
struct int2 {
  int x, y;
};
struct alignas(16) int4 {
  int x, y, z, w;
};
struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(16) double2 {
  double x, y;
};

// ---- Threads of a block and of a warp ----

static inline void __syncthreads() { fake_cuda_machine->barrier(); }
static inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __trap() { fake_cuda_machine->trap(); }

static inline unsigned fake_cuda_lane() {
  const fake_cuda::Machine& m = *fake_cuda_machine;
  return (m.thread.x + m.block_extent.x * (m.thread.y + m.block_extent.y * m.thread.z)) % 32;
}
template <class T>
static inline T fake_cuda_shuffle(unsigned mask, T value, unsigned from) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
  fake_cuda::Exchange exchange{fake_cuda::Exchange::Shuffle, mask, from, 0};
  memcpy(&exchange.value, &value, sizeof(T));
  const unsigned long long taken = fake_cuda_machine->exchange(exchange);
  T out;
  memcpy(&out, &taken, sizeof(T));
  return out;
}
template <class T>
static inline T __shfl_sync(unsigned mask, T value, int from, int width = 32) {
  return fake_cuda_shuffle(mask, value, (fake_cuda_lane() & ~(width - 1)) | (from & (width - 1)));
}
// The others keep to their part of `width` lanes: who would look beyond it has its own value.
template <class T>
static inline T __shfl_up_sync(unsigned mask, T value, unsigned distance, int width = 32) {
  const unsigned lane = fake_cuda_lane(), rank = lane & (width - 1);
  return fake_cuda_shuffle(mask, value, rank >= distance ? lane - distance : lane);
}
template <class T>
static inline T __shfl_down_sync(unsigned mask, T value, unsigned distance, int width = 32) {
  const unsigned lane = fake_cuda_lane(), rank = lane & (width - 1);
  return fake_cuda_shuffle(mask, value, rank + distance < static_cast<unsigned>(width) ? lane + distance : lane);
}
template <class T>
static inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32) {
  const unsigned lane = fake_cuda_lane(), from = lane ^ bits;
  return fake_cuda_shuffle(mask, value, (from | (width - 1)) <= (lane | (width - 1)) ? from : lane);
}
static inline unsigned __ballot_sync(unsigned mask, int predicate) {
  const unsigned long long value = predicate != 0;
  return static_cast<unsigned>(fake_cuda_machine->exchange({fake_cuda::Exchange::Ballot, mask, 0, value}));
}
static inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
static inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate == 0) == 0; }
static inline void __syncwarp(unsigned mask = 0xffffffffu) { __ballot_sync(mask, 0); }

// ---- Atomics ----

// Only the address says which type is meant, so that atomicAdd(at, 1) counts in any.
template <class T>
struct FakeCudaExactly {
  using Type = T;
};
template <class T>
using FakeCudaValue = typename FakeCudaExactly<T>::Type;

template <class T>
static inline T atomicExch(T* at, FakeCudaValue<T> value) {
  T before;
  __atomic_exchange(at, &value, &before, __ATOMIC_RELAXED);
  return before;
}
template <class T>
static inline T atomicCAS(T* at, FakeCudaValue<T> expected, FakeCudaValue<T> value) {
  __atomic_compare_exchange(at, &expected, &value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  return expected;
}
template <class T, class Change>
static inline T fake_cuda_update(T* at, Change change) {
  T before, after;
  __atomic_load(at, &before, __ATOMIC_RELAXED);
  do {
    after = change(before);
  } while (!__atomic_compare_exchange(at, &before, &after, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return before;
}
template <class T>
static inline T atomicAdd(T* at, FakeCudaValue<T> by) {
  return fake_cuda_update(at, [=](T x) { return x + by; });
}
template <class T>
static inline T atomicMin(T* at, FakeCudaValue<T> by) {
  return fake_cuda_update(at, [=](T x) { return by < x ? by : x; });
}
template <class T>
static inline T atomicMax(T* at, FakeCudaValue<T> by) {
  return fake_cuda_update(at, [=](T x) { return x < by ? by : x; });
}
template <class T>
static inline T atomicOr(T* at, FakeCudaValue<T> by) {
  return fake_cuda_update(at, [=](T x) { return x | by; });
}
template <class T>
static inline T atomicAnd(T* at, FakeCudaValue<T> by) {
  return fake_cuda_update(at, [=](T x) { return x & by; });
}

// ---- Arithmetic ----

static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __ffsll(long long x) { return __builtin_ffsll(x); }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(static_cast<unsigned>(x)); }
static inline int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(x)); }
static inline unsigned __umulhi(unsigned a, unsigned b) {
  return static_cast<unsigned>((static_cast<unsigned long long>(a) * b) >> 32);
}
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return static_cast<unsigned long long>((static_cast<unsigned __int128>(a) * b) >> 64);
}
static inline double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }
static inline float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
static inline long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }
static inline int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
static inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double __dsqrt_rn(double x) { return __builtin_sqrt(x); }
static inline float __fsqrt_rn(float x) { return __builtin_sqrtf(x); }
static inline double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float fmaf(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double sqrt(double x) { return __builtin_sqrt(x); }
static inline float sqrtf(float x) { return __builtin_sqrtf(x); }
static inline double fabs(double x) { return __builtin_fabs(x); }
static inline float fabsf(float x) { return __builtin_fabsf(x); }
static inline double floor(double x) { return __builtin_floor(x); }
static inline float floorf(float x) { return __builtin_floorf(x); }
static inline double ceil(double x) { return __builtin_ceil(x); }
static inline float ceilf(float x) { return __builtin_ceilf(x); }
static inline double trunc(double x) { return __builtin_trunc(x); }
static inline float truncf(float x) { return __builtin_truncf(x); }
static inline double rint(double x) { return __builtin_rint(x); }
static inline float rintf(float x) { return __builtin_rintf(x); }

// ---- Kernels ----

namespace fake_cuda {

template <class... Parameters>
struct Signature {
  static_assert((0 + ... + sizeof(Parameters)) <= 32764, "a kernel takes at most 32764 bytes of parameters");
  static constexpr unsigned kSizes[sizeof...(Parameters) + 1] = {sizeof(Parameters)..., 0};

  template <void (*kFunction)(Parameters...), unsigned... kIndex>
  static void run(void* const* parameters) {
    kFunction(*static_cast<Parameters*>(parameters[kIndex])...);
  }
  template <void (*kFunction)(Parameters...), class Unsigned, Unsigned... kIndex>
  struct Runner {
    static constexpr void (*kRun)(void* const*) = run<kFunction, kIndex...>;
  };
};

template <auto kFunction>
struct Entry;
template <class... Parameters, void (*kFunction)(Parameters...)>
struct Entry<kFunction> {
  using Types = Signature<Parameters...>;
  template <class Unsigned, Unsigned... kIndex>
  using Runner = typename Types::template Runner<kFunction, Unsigned, kIndex...>;
  static constexpr Kernel kernel(unsigned most_threads) {
    return {__make_integer_seq<Runner, unsigned, sizeof...(Parameters)>::kRun, sizeof...(Parameters), Types::kSizes,
            most_threads};
  }
};

}  // namespace fake_cuda

// libfake_nvrtc.so puts one of these behind each kernel.
#define FAKE_CUDA_KERNEL(name, most_threads)                                                            \
  extern "C" __attribute__((visibility("default"))) const ::fake_cuda::Kernel fake_cuda_kernel_##name = \
      ::fake_cuda::Entry<name>::kernel(most_threads);
#define FAKE_CUDA_KERNELS(count) \
  extern "C" __attribute__((visibility("default"))) const unsigned fake_cuda_kernels = count;
