// argmin and argmax in the canonical order (host/ir/kernel.h), which cannot show. Included by support_level.cpp only.
#pragma once

#include "kernels/cpu/fold.h"

namespace ingot::cpu {
namespace {

// An accumulator is (value, row), two arrays `stride` apart; a state is a Best.
template <bool kGreatest, class T>
struct BestFold {
  static constexpr Size size = sizeof(T);
  static constexpr int N = 2 * kRegisterBytes / sizeof(T);
  using V = vec<T, N>;
  using State = Best<T>;
  static_assert(sizeof(State) == 16, "ir::state_bytes");

  static void clear(void* acc, Size lanes) {
    const BestRow<T> none = best_none<kGreatest, T>();
    fill<T>(acc, &none.value, lanes);
    fill<T>(static_cast<T*>(acc) + lanes, &none.row, lanes);
  }

  static void accumulate(void* acc, Size stride, const void* values, Size n, Size row) {
    T *value = static_cast<T*>(acc), *where = value + stride;
    const T* x = static_cast<const T*>(values);
    if (row == 0) {
      __builtin_memcpy(value, x, n * size);
      __builtin_memset(where, 0, n * size);
      return;
    }
    Size i = 0;
    for (; i + N <= n; i += N) step<V>(value + i, where + i, x + i, T(row));
    for (; i < n; ++i) step<T>(value + i, where + i, x + i, T(row));
  }
  template <class W>
  static ALWAYS_INLINE void step(T* value, T* where, const T* x, T row) {
    const BestRow<W> best =
        best_update<kGreatest>(BestRow<W>{load<W>(value), load<W>(where)}, load<W>(x), splat<W>(row));
    store(value, best.value);
    store(where, best.row);
  }

  static void accumulate_rows(void* acc, Size lanes, const void* values, Size n, Size row) {
    each_row<BestFold>(acc, lanes, values, n, row);
  }

  template <class W>
  static ALWAYS_INLINE Mask<W> alike(W a, W b) {
    if constexpr (is_float<W>)
      return either(a == b, both(a != a, b != b));
    else
      return a == b;
  }
  // The better value, and of values alike the one with the smaller row (or place).
  template <class W>
  static ALWAYS_INLINE BestRow<W> better(BestRow<W> a, BestRow<W> b) {
    const Mask<W> wins = either(beats<kGreatest>(b.value, a.value), both(alike(b.value, a.value), b.row < a.row));
    return {select(wins, b.value, a.value), select(wins, b.row, a.row)};
  }
  template <int kLanes>
  static ALWAYS_INLINE BestRow<T> best_of_lanes(BestRow<vec<T, kLanes>> b) {
    if constexpr (kLanes == 2) {
      return better(BestRow<T>{b.value[0], b.row[0]}, BestRow<T>{b.value[1], b.row[1]});
    } else {
      using Half = vec<T, kLanes / 2>;
      return best_of_lanes<kLanes / 2>(
          better(BestRow<Half>{b.value.lo, b.row.lo}, BestRow<Half>{b.value.hi, b.row.hi}));
    }
  }

  // Places in a leaf, where a T holds them.
  template <int... I>
  static ALWAYS_INLINE V first_lanes(Sequence<I...>) {
    return V{T(I)...};
  }
  static constexpr bool kHoldsPlaces = size > 1;
  template <class W>
  static ALWAYS_INLINE W place_of(W row, W lane, Size lanes) {
    return kHoldsPlaces ? W(row * splat<W>(T(lanes)) + lane) : row;
  }

  static void fold(void* acc, Size lanes, Size, void* state) {
    const T *value = static_cast<const T*>(acc), *row = value + lanes;
    BestRow<T> best;
    if (lanes % N == 0) {
      V lane = first_lanes(MakeSequence<N>{});
      BestRow<V> bests{load<V>(value), place_of(load<V>(row), lane, lanes)};
      for (Size i = N; i < lanes; i += N) {
        lane = lane + splat<V>(T(N));
        bests = better(bests, BestRow<V>{load<V>(value + i), place_of(load<V>(row + i), lane, lanes)});
      }
      best = best_of_lanes<N>(bests);
    } else {
      best = {value[0], place_of(row[0], T(0), lanes)};
      for (Size i = 1; i < lanes; ++i) best = better(best, BestRow<T>{value[i], place_of(row[i], T(i), lanes)});
    }
    Size place = static_cast<Size>(best.row);
    if constexpr (!kHoldsPlaces) {  // the row alone: the first lane that has it and the value
      Size lane = 0;
      if (lanes % N == 0) {
        const V wanted = splat<V>(best.value), wanted_row = splat<V>(best.row);
        while (!any(both(alike(load<V>(value + lane), wanted), load<V>(row + lane) == wanted_row))) lane += N;
      }
      while (!(alike(value[lane], best.value) && row[lane] == best.row)) ++lane;
      place = place * lanes + lane;
    }
    *static_cast<State*>(state) = {best.value, place};
  }

  static void join(void* states, Size leaves, Size leaf_size, Size) {
    State* s = static_cast<State*>(states);
    for (Size i = 1; i < leaves; ++i) s[0] = best_join<kGreatest>(s[0], s[i], i * leaf_size);
  }

  static void column_fold(const void* acc, Size n, Size, void* states) {
    const T *value = static_cast<const T*>(acc), *row = value + n;
    State* out = static_cast<State*>(states);
    for (Size i = 0; i < n; ++i) out[i] = {value[i], static_cast<i64>(row[i])};
  }
  static void column_join(void* left, const void* right, Size n, Size left_count, Size) {
    State* l = static_cast<State*>(left);
    const State* r = static_cast<const State*>(right);
    for (Size i = 0; i < n; ++i) l[i] = best_join<kGreatest>(l[i], r[i], left_count);
  }
  static void finish(const void* states, Size n, void* results) {
    const State* s = static_cast<const State*>(states);
    i64* out = static_cast<i64*>(results);
    for (Size i = 0; i < n; ++i) out[i] = s[i].place;
  }
};

}  // namespace
}  // namespace ingot::cpu
