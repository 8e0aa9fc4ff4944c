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
  static constexpr int kRows = 16;  // vectors that the network sorts at most
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

  // ---- the network: columns by Batcher's odd-even merge sort, then his bitonic merges, of twice as many words each.
  //
  // A bit of a word's number is a bit of its row or one of its lane. A step compares words whose numbers differ in one
  // bit; where that is of the lane, it changes places with one of the row first, so that whole vectors are compared.
  // The words that a merge is to have in descending order are complemented meanwhile.

  static constexpr int log2(int x) { return x <= 1 ? 0 : 1 + log2(x / 2); }
  static constexpr int kLaneBits = log2(kLanes);

  struct Places {
    int bits;
    int of[8];  // of a number's bits: the bits of the lane are 0 to kLaneBits - 1, those of the row come above

    // A column has neighbouring numbers.
    static constexpr Places columns(int rows) {
      Places places{log2(rows) + kLaneBits, {}};
      for (int b = 0; b < places.bits; ++b) places.of[b] = (b + kLaneBits) % places.bits;
      return places;
    }
    constexpr Places exchanged(int a, int b) const {
      Places places = *this;
      for (int& place : places.of) place = place == a ? b : place == b ? a : place;
      return places;
    }
    constexpr int at(int place) const {
      int b = 0;
      while (of[b] != place) ++b;
      return b;
    }
    // A bit of the lane that is none of a lane in memory: that of bit b if it can be.
    constexpr int lane_for(int b) const {
      int lane = b;
      while (at(lane) < kLaneBits) lane = (lane + 1) % kLaneBits;
      return lane;
    }
    constexpr int lane_mask(int b) const { return b < bits && of[b] < kLaneBits ? 1 << of[b] : 0; }
    constexpr bool has_lanes_in_order() const {
      for (int b = 0; b < kLaneBits; ++b)
        if (of[b] != b) return false;
      return true;
    }
    // Where what belongs to a lane of a row in memory is.
    constexpr int lane(int l) const {
      int from = 0;
      for (int b = 0; b < kLaneBits; ++b) from |= (l >> b & 1) << of[b];
      return from;
    }
    constexpr int row(int r) const {
      int from = 0;
      for (int b = kLaneBits; b < bits; ++b) from |= (r >> (b - kLaneBits) & 1) << (of[b] - kLaneBits);
      return from;
    }
  };

  static void order(Vector& a, Vector& b) {
    const Vector least = __builtin_elementwise_min(a, b);
    b = __builtin_elementwise_max(a, b);
    a = least;
  }
  template <int Bit, int Rows>
  static void compare_rows(Vector (&v)[Rows]) {
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r)
      if ((r >> Bit & 1) == 0) order(v[r], v[r | 1 << Bit]);
  }

  // Those of two vectors whose lanes have Bit, or have not.
  template <int Bit, bool Set, std::size_t... I>
  static Vector half(Vector a, Vector b, std::index_sequence<I...>) {
    constexpr int bit = 1 << Bit;
    return __builtin_shufflevector(
        a, b, ((static_cast<int>(I) & ~bit) + (Set ? bit : 0) + ((static_cast<int>(I) & bit) != 0 ? kLanes : 0))...);
  }
  template <int LaneBit, int RowBit, int Rows>
  static void exchange(Vector (&v)[Rows]) {
    constexpr auto lanes = std::make_index_sequence<kLanes>{};
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r) {
      if ((r >> RowBit & 1) != 0) continue;
      const Vector a = v[r], b = v[r | 1 << RowBit];
      v[r] = half<LaneBit, false>(a, b, lanes);
      v[r | 1 << RowBit] = half<LaneBit, true>(a, b, lanes);
    }
  }

  // Lanes with an odd number of the bits of Mask.
  template <int Mask>
  static constexpr bool is_odd(int lane) {
    return (__builtin_popcount(static_cast<unsigned>(lane & Mask)) & 1) != 0;
  }
  template <int Mask, int Rows, std::size_t... I>
  static void complement(Vector (&v)[Rows], std::index_sequence<I...>) {
    const Vector flips = {(is_odd<Mask>(static_cast<int>(I)) ? static_cast<Word>(~Word{0}) : Word{0})...};
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r) v[r] ^= flips;
  }

  template <Places At, int Rows, std::size_t... I>
  static void to_order_of_memory(Vector (&v)[Rows], std::index_sequence<I...>) {
    Vector sorted[Rows];
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r) {
      const Vector from = v[At.row(r)];
      if constexpr (At.has_lanes_in_order())
        sorted[r] = from;
      else
        sorted[r] = __builtin_shufflevector(from, from, At.lane(static_cast<int>(I))...);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r) v[r] = sorted[r];
  }
  template <Places At, int Bit, int Rows>
  static void finish(Vector (&v)[Rows]) {
    if constexpr (Bit == kLaneBits) {
      to_order_of_memory<At>(v, std::make_index_sequence<kLanes>{});
    } else if constexpr (At.of[Bit] < kLaneBits) {
      finish<At, Bit + 1>(v);
    } else {
      constexpr int lane_bit = At.lane_for(Bit);
      exchange<lane_bit, At.of[Bit] - kLaneBits>(v);
      finish<At.exchanged(lane_bit, At.of[Bit]), Bit + 1>(v);
    }
  }

  // Merge number Last compares bits Last to 0.
  template <Places At, int Last, int Bit, int Rows>
  static void merge(Vector (&v)[Rows]) {
    if constexpr (At.of[Bit] < kLaneBits) {
      exchange<At.of[Bit], 0>(v);
      merge<At.exchanged(At.of[Bit], kLaneBits), Last, Bit>(v);
    } else {
      compare_rows<At.of[Bit] - kLaneBits>(v);
      if constexpr (Bit > 0)
        merge<At, Last, Bit - 1>(v);
      else
        merges<At, Last + 1>(v);
    }
  }
  template <Places At, int Last, int Rows>
  static void merges(Vector (&v)[Rows]) {
    if constexpr (Last == At.bits) {
      finish<At, 0>(v);
    } else {
      complement<At.lane_mask(Last) ^ At.lane_mask(Last + 1)>(v, std::make_index_sequence<kLanes>{});
      merge<At, Last, Last>(v);
    }
  }

  template <int Block, int Distance, int Row, int Rows>
  static void sort_columns(Vector (&v)[Rows]) {
    if constexpr (Row + Distance < Rows) {
      constexpr int offset = Distance % Block, other = Row + Distance;
      if constexpr (Row >= offset && (Row - offset) / Distance % 2 == 0 && Row / (2 * Block) == other / (2 * Block))
        order(v[Row], v[other]);
      sort_columns<Block, Distance, Row + 1>(v);
    } else if constexpr (Distance > 1) {
      sort_columns<Block, Distance / 2, 0>(v);
    } else if constexpr (2 * Block < Rows) {
      sort_columns<2 * Block, 2 * Block, 0>(v);
    }
  }

  // One vector has no rows to compare.
  template <int Last, int Bit, std::size_t... I>
  static void sort_lanes(Vector& v, std::index_sequence<I...> lanes) {
    constexpr int greater = 1 << Bit | ((2 << Last) & (kLanes - 1));
    const Vector other = __builtin_shufflevector(v, v, (static_cast<int>(I) ^ 1 << Bit)...);
    v = __builtin_shufflevector(__builtin_elementwise_min(v, other), __builtin_elementwise_max(v, other),
                                (static_cast<int>(I) + (is_odd<greater>(static_cast<int>(I)) ? kLanes : 0))...);
    if constexpr (Bit > 0)
      sort_lanes<Last, Bit - 1>(v, lanes);
    else if constexpr (Last + 1 < kLaneBits)
      sort_lanes<Last + 1, Last + 1>(v, lanes);
  }

  template <int Rows>
  static void sort_vectors(Vector (&v)[Rows]) {
    if constexpr (Rows == 1) {
      sort_lanes<0, 0>(v[0], std::make_index_sequence<kLanes>{});
    } else {
      constexpr Places at = Places::columns(Rows);
      complement<at.lane_mask(log2(Rows))>(v, std::make_index_sequence<kLanes>{});
      sort_columns<1, 1, 0>(v);
      merges<at, log2(Rows)>(v);
    }
  }

  template <int Rows>
  static void sort_rows(const Word* from, Size n, Word* to) {
    const Vector greatest = ~Vector{};
    Vector v[Rows];
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r)
      v[r] = n >= kLanes * (r + 1) ? load(from + kLanes * r)
             : n > kLanes * r      ? load(from + kLanes * r, first(n - kLanes * r), greatest)
                                   : greatest;
    sort_vectors(v);
#pragma clang loop unroll(full)
    for (int r = 0; r < Rows; ++r)
      if (n > kLanes * r) store(to + kLanes * r, first(n - kLanes * r < kLanes ? n - kLanes * r : kLanes), v[r]);
  }

  static void sort_small(const Word* from, Size n, Word* to) {
    if (n <= kLanes) return sort_rows<1>(from, n, to);
    if (n <= 2 * kLanes) return sort_rows<2>(from, n, to);
    if (n <= 4 * kLanes) return sort_rows<4>(from, n, to);
    if (n <= 8 * kLanes) return sort_rows<8>(from, n, to);
    sort_rows<kRows>(from, n, to);
  }

  // ---- partition

  static Vector median(Vector a, Vector b, Vector c) {
    return __builtin_elementwise_max(__builtin_elementwise_min(a, b),
                                     __builtin_elementwise_min(__builtin_elementwise_max(a, b), c));
  }
  template <int By, std::size_t... I>
  static Vector median_of_rotations(Vector v, std::index_sequence<I...>) {
    return median(v, __builtin_shufflevector(v, v, (static_cast<int>(I) + By) % kLanes...),
                  __builtin_shufflevector(v, v, (static_cast<int>(I) + 2 * By) % kLanes...));
  }
  // Medians of three, three times over: no branch, and no way through memory.
  static Word pivot_of(const Word* words, Size n) {
    constexpr auto lanes = std::make_index_sequence<kLanes>{};
    const Vector v = median(load(words + n / 4), load(words + n / 2), load(words + n - n / 4));
    return median_of_rotations<1>(median_of_rotations<kLanes / 3>(v, lanes), lanes)[0];
  }

  // Moves what is less than the pivot to `low`, the rest to the beginning of `words`; the number of the former. What
  // is equal counts as less with OrEqual. Neither end is ever written beyond as many words as have been read. Lines are
  // fetched before they are written to: 0.15 ns a word in place of 0.24 where they come from the second-level cache.
  template <bool OrEqual>
  static Size partition(Word* words, Size n, Word pivot, Word* low) {
    const Vector pivots = Vector{} + pivot;
    const auto is_less = [&](Vector v) { return OrEqual ? static_cast<Mask>(~below(pivots, v)) : below(v, pivots); };
    constexpr Size kAhead = 4 * kLanes;
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
      __builtin_prefetch(left + kAhead, 1);
      __builtin_prefetch(right + kAhead, 1);
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
  /// Sorts n words to `to` by way of `other`; none of the three overlap. Overwrites all. A part that
  /// `depth` partitions have not made small goes to slow(words, other, n, to). Calls done(part, size) for parts of `to`
  /// that are sorted, which it may overwrite.
  template <class Slow, class Done>
  static void sort(Word* words, Word* other, Size n, Word* to, int depth, const Slow& slow, const Done& done) {
    while (n > kSmall) {
      if (depth-- == 0) {
        slow(words, other, n, to);
        return done(to, n);
      }
      const Word pivot = pivot_of(words, n);
      Size less = partition<false>(words, n, pivot, other);
      if (less == 0) {  // the pivot is the least: all that are equal to it come first
        less = partition<true>(words, n, pivot, other);
        for (Size i = 0; i < less; ++i) to[i] = pivot;
        done(to, less);
      } else {
        sort(other, words + (n - less), less, to, depth, slow, done);
      }
      other += less;
      to += less;
      n -= less;
    }
    sort_small(words, n, to);
    done(to, n);
  }
};

}  // namespace
}  // namespace ingot::prebuilt
