// sumexp in the canonical order (host/ir/kernel.h). Included by support_level.cpp only.
#pragma once

#include "kernels/cpu/fold.h"

namespace ingot::cpu {
namespace {

// An accumulator is (largest, sum), two arrays `stride` apart; a state the two values of Exponentials.
template <class T>
struct ExponentialsFold {
  static constexpr Size size = sizeof(T);
  static constexpr int N = 2 * kRegisterBytes / sizeof(T);
  using V = vec<T, N>;

  template <class W>
  static ALWAYS_INLINE Exponentials<W> get(const T* largest, const T* sum) {
    return {load<W>(largest), load<W>(sum)};
  }
  template <class W>
  static ALWAYS_INLINE void put(T* largest, T* sum, Exponentials<W> s) {
    store(largest, s.largest);
    store(sum, s.sum);
  }

  static void clear(void* acc, Size lanes) {
    const Exponentials<T> none = exponentials_none<T>();
    fill<T>(acc, &none.largest, lanes);
    fill<T>(static_cast<T*>(acc) + lanes, &none.sum, lanes);
  }

  static void accumulate(void* acc, Size stride, const void* values, Size n, Size row) {
    T *largest = static_cast<T*>(acc), *sum = largest + stride;
    const T* x = static_cast<const T*>(values);
    Size i = 0;
    for (; i + N <= n; i += N) step<V>(largest + i, sum + i, x + i, row == 0);
    for (; i < n; ++i) step<T>(largest + i, sum + i, x + i, row == 0);
  }
  template <class W>
  static ALWAYS_INLINE void step(T* largest, T* sum, const T* x, bool first) {
    const W value = load<W>(x);
    put<W>(largest, sum, first ? exponentials_start(value) : exponentials_update(get<W>(largest, sum), value));
  }

  static void accumulate_rows(void* acc, Size lanes, const void* values, Size n, Size row) {
    each_row<ExponentialsFold>(acc, lanes, values, n, row);
  }

  template <class W>
  static ALWAYS_INLINE void merge(T* largest, T* sum, Size apart) {
    put<W>(largest, sum, exponentials_join(get<W>(largest, sum), get<W>(largest + apart, sum + apart)));
  }

  // Of the lanes in vectors, the lower half with the upper.
  template <int kLanes>
  static ALWAYS_INLINE Exponentials<T> halve(Exponentials<vec<T, kLanes>> s) {
    if constexpr (kLanes == 2) {
      return exponentials_join(Exponentials<T>{s.largest[0], s.sum[0]}, Exponentials<T>{s.largest[1], s.sum[1]});
    } else {
      using Half = vec<T, kLanes / 2>;
      return halve<kLanes / 2>(
          exponentials_join(Exponentials<Half>{s.largest.lo, s.sum.lo}, Exponentials<Half>{s.largest.hi, s.sum.hi}));
    }
  }

  // What is joined with a lane that no element reached stays as it is, and is passed over: an exponential a lane is
  // what a short row takes.
  static void fold(void* acc, Size lanes, Size count, void* state) {
    constexpr int kLast = 64 / sizeof(T), kLeast = 8;
    using Last = vec<T, kLast>;
    T *largest = static_cast<T*>(acc), *sum = largest + lanes, *out = static_cast<T*>(state);
    if (lanes < kLast) return put<T>(out, out + 1, halve<kLeast>(get<vec<T, kLeast>>(largest, sum)));
    if (count > lanes) count = lanes;
    for (Size half = lanes / 2; half >= kLast; half /= 2) {
      for (Size i = 0; i < count - half; i += kLast) merge<Last>(largest + i, sum + i, half);
      if (count > half) count = half;
    }
    put<T>(out, out + 1, halve<kLast>(get<Last>(largest, sum)));
  }

  static ALWAYS_INLINE void join_into(T* out, const T* left, const T* right) {
    put<T>(out, out + 1, exponentials_join(get<T>(left, left + 1), get<T>(right, right + 1)));
  }

  static void join(void* states, Size leaves, Size, Size) {
    T* s = static_cast<T*>(states);
    for (Size n = leaves; n > 1; n = (n + 1) / 2) {
      const Size pairs = n / 2;
      for (Size i = 0; i < pairs; ++i) join_into(s + 2 * i, s + 4 * i, s + 4 * i + 2);
      if (n % 2 != 0) put<T>(s + 2 * pairs, s + 2 * pairs + 1, get<T>(s + 2 * (n - 1), s + 2 * (n - 1) + 1));
    }
  }

  static void column_fold(const void* acc, Size n, Size, void* states) {
    const T *largest = static_cast<const T*>(acc), *sum = largest + n;
    T* out = static_cast<T*>(states);
    for (Size i = 0; i < n; ++i) {
      out[2 * i] = largest[i];
      out[2 * i + 1] = sum[i];
    }
  }
  static void column_join(void* left, const void* right, Size n, Size, Size) {
    T* l = static_cast<T*>(left);
    const T* r = static_cast<const T*>(right);
    for (Size i = 0; i < n; ++i) join_into(l + 2 * i, l + 2 * i, r + 2 * i);
  }
  static void finish(const void* states, Size n, void* results) {
    const T* s = static_cast<const T*>(states);
    T* out = static_cast<T*>(results);
    for (Size i = 0; i < n; ++i) out[i] = s[2 * i + 1];
  }
};

}  // namespace
}  // namespace ingot::cpu
