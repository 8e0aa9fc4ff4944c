// Vectors of the width this machine has, for the hand-written rivals. Written apart from kernels/: a rival that shared
// the library's bodies would share their mistakes and their speed.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace bench::lanes {

#if defined(__AVX512F__)
inline constexpr int kWidth = 8;
#elif defined(__AVX__)
inline constexpr int kWidth = 4;
#else
inline constexpr int kWidth = 2;
#endif

using Vec = double __attribute__((vector_size(kWidth * 8)));
using Bits = std::int64_t __attribute__((vector_size(kWidth * 8)));
using Words = std::uint64_t __attribute__((vector_size(kWidth * 8)));

inline Vec load(const double* p) {
  Vec v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

inline void store(double* p, Vec v) { std::memcpy(p, &v, sizeof v); }

/// A store that passes the caches by; p is aligned to the vector.
inline void stream(double* p, Vec v) {
#if defined(__AVX512F__)
  _mm512_stream_pd(p, v);
#elif defined(__AVX__)
  _mm256_stream_pd(p, v);
#elif defined(__x86_64__)
  _mm_stream_pd(p, v);
#else
  store(p, v);
#endif
}

/// Makes streamed stores visible to other threads.
inline void fence() {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}

inline Vec root(Vec v) {
#if defined(__AVX512F__)
  return _mm512_sqrt_pd(v);
#elif defined(__AVX__)
  return _mm256_sqrt_pd(v);
#elif defined(__x86_64__)
  return _mm_sqrt_pd(v);
#else
  for (int i = 0; i < kWidth; ++i) v[i] = std::sqrt(v[i]);
  return v;
#endif
}

inline Vec fma(Vec a, Vec b, Vec c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__FMA__)
  return _mm256_fmadd_pd(a, b, c);
#else
  return a * b + c;
#endif
}

inline Vec larger(Vec a, Vec b) { return a > b ? a : b; }

/// Whether |v| exceeds `bound` in any lane, or v is not a number.
inline bool any_beyond(Vec v, double bound) {
  const Vec limit = bound - Vec{};
  const Vec magnitude = reinterpret_cast<Vec>(reinterpret_cast<Bits>(v) & INT64_MAX);
#if defined(__AVX512F__)
  return _mm512_cmp_pd_mask(magnitude, limit, _CMP_NLE_UQ) != 0;
#elif defined(__AVX__)
  return _mm256_movemask_pd(_mm256_cmp_pd(magnitude, limit, _CMP_NLE_UQ)) != 0;
#else
  bool beyond = false;
  for (int i = 0; i < kWidth; ++i) beyond |= !(magnitude[i] <= limit[i]);
  return beyond;
#endif
}

inline double total(Vec v) {
  double sum = 0;
  for (int i = 0; i < kWidth; ++i) sum += v[i];
  return sum;
}

/// Up to here three steps of Cody and Waite's reduction keep sine within 2 ULP.
inline constexpr double kSineLimit = 1e5;

/// Sine for |x| <= kSineLimit: reduction by multiples of pi, then an odd polynomial of degree 19 (Taylor's,
/// economised).
inline Vec sine(Vec x) {
  const Vec shift = 6755399441055744.0 - Vec{};  // 1.5 * 2^52: adding it rounds to an integer in the low bits
  const Vec shifted = fma(x, 0.31830988618379067154 - Vec{}, shift);
  const Vec q = shifted - shift;
  Vec r = fma(q, -3.1415926218032836914 - Vec{}, x);
  r = fma(q, -3.1786509424591713469e-08 - Vec{}, r);
  r = fma(q, -1.2246467864107188502e-16 - Vec{}, r);
  const Vec s = r * r;
  Vec p = -7.97255955009037868891952e-18 - Vec{};
  p = fma(p, s, 2.81009972710863200091251e-15 - Vec{});
  p = fma(p, s, -7.64712219118158833288484e-13 - Vec{});
  p = fma(p, s, 1.60590430605664501629054e-10 - Vec{});
  p = fma(p, s, -2.50521083763502045810755e-08 - Vec{});
  p = fma(p, s, 2.75573192239198747630416e-06 - Vec{});
  p = fma(p, s, -0.000198412698412696162806809 - Vec{});
  p = fma(p, s, 0.00833333333333332974823815 - Vec{});
  p = fma(p, s, -0.166666666666666657414808 - Vec{});
  const Vec y = fma(s * p, r, r);
  return reinterpret_cast<Vec>(reinterpret_cast<Bits>(y) ^ (reinterpret_cast<Bits>(shifted) << 63));
}

/// `steps` times v = sqrt(v) + sin(v) on U vectors at once, so that each latency hides behind the others. The range is
/// checked before the first step only: later values are at most sqrt(kSineLimit) + 1.
template <int U>
inline void sqrt_plus_sin(Vec (&v)[U], int steps = 1) {
  bool slow = false;
  for (int u = 0; u < U; ++u) slow |= any_beyond(v[u], kSineLimit);
  if (__builtin_expect(slow, 0)) {
    for (int u = 0; u < U; ++u) {
      for (int i = 0; i < kWidth; ++i) v[u][i] = std::sqrt(v[u][i]) + std::sin(v[u][i]);
    }
    --steps;
  }
  for (int step = 0; step < steps; ++step) {
    for (int u = 0; u < U; ++u) v[u] = root(v[u]) + sine(v[u]);
  }
}

/// Philox 4x32-10 (Salmon et al., 2011) of kWidth counters below 2^32 under one key: the first and the second 64 bits.
struct Pair {
  Words first, second;
};

inline Words low_product(Words a, std::uint32_t b) {
#if defined(__AVX512F__)
  return reinterpret_cast<Words>(_mm512_mul_epu32(reinterpret_cast<__m512i>(a), _mm512_set1_epi64(b)));
#elif defined(__AVX2__)
  return reinterpret_cast<Words>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), _mm256_set1_epi64x(b)));
#else
  return (a & 0xffffffffu) * b;
#endif
}

/// first, first + 1 and so on.
inline Words counters(std::uint64_t first) {
  Words steps;
  for (int i = 0; i < kWidth; ++i) steps[i] = static_cast<std::uint64_t>(i);
  return steps + first;
}

inline Pair philox(Words counter, std::uint64_t key) {
  const Words low = 0xffffffffu - Words{};
  Words c0 = counter & low, c1 = counter >> 32, c2{}, c3{};
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const Words p0 = low_product(c0, 0xD2511F53u), p1 = low_product(c2, 0xCD9E8D57u);
    c0 = (p1 >> 32) ^ c1 ^ k0;
    c1 = p1 & low;
    c2 = (p0 >> 32) ^ c3 ^ k1;
    c3 = p0 & low;
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {(c1 << 32) | (c0 & low), (c3 << 32) | (c2 & low)};
}

/// 64 random bits to a double in [0, 1) with 53 of them.
inline Vec unit(Words bits) {
  const Words kept = bits >> 11;
#if defined(__AVX512DQ__)
  return _mm512_cvtepu64_pd(reinterpret_cast<__m512i>(kept)) * 0x1p-53;
#else
  // Without a 64-bit conversion: each half becomes the mantissa of a number with a known exponent.
  const Words high = (kept >> 32) | 0x4530000000000000u, low = (kept & 0xffffffffu) | 0x4330000000000000u;
  return ((reinterpret_cast<Vec>(high) - 0x1.00000001p84) + reinterpret_cast<Vec>(low)) * 0x1p-53;
#endif
}

}  // namespace bench::lanes
