// Sorts unsigned words of four or eight bytes where the CPU level has AVX-512: quicksort by vectors, the small parts by
// a network in registers. Equal words may change places, so it serves records that are nothing but their word. Included
// by radix.h only.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace ingot::prebuilt {
namespace {

template <class Word>
class Quicksort {
  using Vector = Word __attribute__((vector_size(64)));
  using Size = std::int64_t;
  static constexpr bool kWide = sizeof(Word) == 8;
  using Mask = std::conditional_t<kWide, __mmask8, __mmask16>;
  static constexpr int kLanes = 64 / sizeof(Word);
  static constexpr int kRows = 8;  // vectors that the network sorts at most
  static constexpr Size kSmall = kRows * kLanes;

  // Of n lanes, 0 to all.
  static Mask first(Size n) { return static_cast<Mask>(~(~0u << n)); }
  static Vector load(const Word* from) {
    Vector v;
    __builtin_memcpy(&v, from, sizeof v);
    return v;
  }
  static void store(Word* to, Vector v) { __builtin_memcpy(to, &v, sizeof v); }
  // Parts of a vector: what a load leaves out is that of `rest`.
  static Vector load(const Word* from, Mask part, Vector rest) {
    if constexpr (kWide)
      return (Vector)_mm512_mask_loadu_epi64((__m512i)rest, part, from);
    else
      return (Vector)_mm512_mask_loadu_epi32((__m512i)rest, part, from);
  }
  static void store(Word* to, Mask part, Vector v) {
    if constexpr (kWide)
      _mm512_mask_storeu_epi64(to, part, (__m512i)v);
    else
      _mm512_mask_storeu_epi32(to, part, (__m512i)v);
  }
  static Vector compress(Mask part, Vector v) {
    if constexpr (kWide)
      return (Vector)_mm512_maskz_compress_epi64(part, (__m512i)v);
    else
      return (Vector)_mm512_maskz_compress_epi32(part, (__m512i)v);
  }
  static Mask below(Vector a, Vector b) {
    if constexpr (kWide)
      return _mm512_cmplt_epu64_mask((__m512i)a, (__m512i)b);
    else
      return _mm512_cmplt_epu32_mask((__m512i)a, (__m512i)b);
  }

  // ---- the network: Batcher's bitonic merges, each of which begins by comparing a sorted block with its mirror image.
  // Word `row` of lane `lane` is number lane * Rows + row, so that most steps compare whole vectors; the end turns that
  // into the order of memory.

  template <int Other, std::size_t... I>
  static Vector exchange(Vector v, std::index_sequence<I...>) {
    return __builtin_shufflevector(v, v, (static_cast<int>(I) ^ Other)...);
  }
  template <int High, std::size_t... I>
  static Vector interleave(Vector a, Vector b, std::index_sequence<I...>) {
    return __builtin_shufflevector(
        a, b, (static_cast<int>(I) / 2 + High * kLanes / 2 + (static_cast<int>(I) % 2) * kLanes)...);
  }
  template <int Bit, std::size_t... I>
  static Vector lanes_with(Vector with, Vector without, std::index_sequence<I...>) {
    return __builtin_shufflevector(without, with,
                                   (static_cast<int>(I) + ((static_cast<int>(I) & Bit) ? kLanes : 0))...);
  }
  static constexpr int highest_bit(int x) {
    int bit = 1;
    while (2 * bit <= x) bit *= 2;
    return bit;
  }

  // Compares numbers i and i ^ Other.
  template <int Rows, int Other>
  static void compare(Vector (&v)[Rows]) {
    constexpr int row = Other % Rows, lane = Other / Rows;
    constexpr auto lanes = std::make_index_sequence<kLanes>{};
    if constexpr (lane == 0) {
      for (int r = 0; r < Rows; ++r) {
        if ((r ^ row) < r) continue;
        const Vector a = v[r], b = v[r ^ row];
        v[r] = __builtin_elementwise_min(a, b);
        v[r ^ row] = __builtin_elementwise_max(a, b);
      }
    } else {
      Vector other[Rows];
      for (int r = 0; r < Rows; ++r) other[r] = exchange<lane>(v[r ^ row], lanes);
      for (int r = 0; r < Rows; ++r)
        v[r] = lanes_with<highest_bit(lane)>(__builtin_elementwise_max(v[r], other[r]),
                                             __builtin_elementwise_min(v[r], other[r]), lanes);
    }
  }
  template <int Rows, int Distance>
  static void merge(Vector (&v)[Rows]) {
    if constexpr (Distance > 0) {
      compare<Rows, Distance>(v);
      merge<Rows, Distance / 2>(v);
    }
  }
  template <int Rows, int Block = 2>
  static void sort_vectors(Vector (&v)[Rows]) {
    compare<Rows, Block - 1>(v);
    merge<Rows, Block / 4>(v);
    if constexpr (Block < Rows * kLanes) sort_vectors<Rows, 2 * Block>(v);
  }
  template <int Rows>
  static void to_order_of_memory(Vector (&v)[Rows]) {
    constexpr auto lanes = std::make_index_sequence<kLanes>{};
    for (int done = 1; done < Rows; done *= 2) {
      Vector next[Rows];
      for (int r = 0; r < Rows / 2; ++r) {
        next[2 * r] = interleave<0>(v[r], v[r + Rows / 2], lanes);
        next[2 * r + 1] = interleave<1>(v[r], v[r + Rows / 2], lanes);
      }
      for (int r = 0; r < Rows; ++r) v[r] = next[r];
    }
  }

  template <int Rows>
  static void sort_rows(const Word* from, Size n, Word* to) {
    const Vector greatest = ~Vector{};
    Vector v[Rows];
    for (int r = 0; r < Rows; ++r)
      v[r] = n >= kLanes * (r + 1) ? load(from + kLanes * r)
             : n > kLanes * r      ? load(from + kLanes * r, first(n - kLanes * r), greatest)
                                   : greatest;
    sort_vectors<Rows>(v);
    to_order_of_memory<Rows>(v);
    for (int r = 0; r < Rows; ++r)
      if (n > kLanes * r) store(to + kLanes * r, first(n - kLanes * r < kLanes ? n - kLanes * r : kLanes), v[r]);
  }

  static void sort_small(const Word* from, Size n, Word* to) {
    if (n <= kLanes) return sort_rows<1>(from, n, to);
    if (n <= 2 * kLanes) return sort_rows<2>(from, n, to);
    if (n <= 4 * kLanes) return sort_rows<4>(from, n, to);
    sort_rows<kRows>(from, n, to);
  }

  // ---- partition

  static Word pivot_of(const Word* words, Size n) {
    constexpr Size samples = 16;
    Word sample[samples];
    for (Size k = 0; k < samples; ++k) sample[k] = words[n * (2 * k + 1) / (2 * samples)];
    sort_small(sample, samples, sample);
    return sample[samples / 2];
  }

  // Moves what is less than the pivot to `low`, the rest to the beginning of `words`; the number of the former. What
  // is equal counts as less with OrEqual. Neither end is ever written beyond as many words as have been read.
  template <bool OrEqual>
  static Size partition(Word* words, Size n, Word pivot, Word* low) {
    const Vector pivots = Vector{} + pivot;
    const auto is_less = [&](Vector v) { return OrEqual ? static_cast<Mask>(~below(pivots, v)) : below(v, pivots); };
    Word *left = low, *right = words;
    Size i = 0;
    for (; i + kLanes <= n; i += kLanes) {
      const Vector v = load(words + i);
      const Mask less = is_less(v);
      const int count = __builtin_popcount(less);
      store(left, compress(less, v));
      store(right, compress(static_cast<Mask>(~less), v));
      left += count;
      right += kLanes - count;
    }
    if (i < n) {
      const Mask part = first(n - i);
      const Vector v = load(words + i, part, pivots);
      const auto less = static_cast<Mask>(is_less(v) & part), rest = static_cast<Mask>(part & ~less);
      store(left, first(__builtin_popcount(less)), compress(less, v));
      left += __builtin_popcount(less);
      store(right, first(__builtin_popcount(rest)), compress(rest, v));
    }
    return left - low;
  }

 public:
  /// Sorts n words to `to` by way of `other`; none of the three overlap. Overwrites all. After `depth` bad pivots in a
  /// row what is left goes to slow(words, other, n, to).
  template <class Slow>
  static void sort(Word* words, Word* other, Size n, Word* to, int depth, Slow&& slow) {
    while (n > kSmall) {
      if (depth-- == 0) return slow(words, other, n, to);
      const Word pivot = pivot_of(words, n);
      Size less = partition<false>(words, n, pivot, other);
      if (less == 0) {  // the pivot is the least: all that are equal to it come first
        less = partition<true>(words, n, pivot, other);
        for (Size i = 0; i < less; ++i) to[i] = pivot;
      } else {
        sort(other, words + (n - less), less, to, depth, slow);
      }
      other += less;
      to += less;
      n -= less;
    }
    sort_small(words, n, to);
  }
};

}  // namespace
}  // namespace ingot::prebuilt
