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
  // The better value, and of values alike that of the smaller row.
  template <class W>
  static ALWAYS_INLINE BestRow<W> better(BestRow<W> a, BestRow<W> b) {
    const Mask<W> wins = either(beats<kGreatest>(b.value, a.value), both(alike(b.value, a.value), b.row < a.row));
    return {select(wins, b.value, a.value), select(wins, b.row, a.row)};
  }

  // First the value and the row, then the first lane that has both.
  static void fold(void* acc, Size lanes, Size, void* state) {
    const T *value = static_cast<const T*>(acc), *row = value + lanes;
    BestRow<T> best{value[0], row[0]};
    if (lanes % N == 0) {
      BestRow<V> bests{load<V>(value), load<V>(row)};
      for (Size i = N; i < lanes; i += N) bests = better(bests, BestRow<V>{load<V>(value + i), load<V>(row + i)});
      best = {bests.value[0], bests.row[0]};
      for (int k = 1; k < N; ++k) best = better(best, BestRow<T>{bests.value[k], bests.row[k]});
    } else {
      for (Size i = 1; i < lanes; ++i) best = better(best, BestRow<T>{value[i], row[i]});
    }
    Size lane = 0;
    if (lanes % N == 0) {
      const V wanted = splat<V>(best.value), wanted_row = splat<V>(best.row);
      while (!any(both(alike(load<V>(value + lane), wanted), load<V>(row + lane) == wanted_row))) lane += N;
    }
    while (!(alike(value[lane], best.value) && row[lane] == best.row)) ++lane;
    *static_cast<State*>(state) = {best.value, static_cast<Size>(best.row) * lanes + lane};
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
