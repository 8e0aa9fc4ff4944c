// Reductions in the canonical order (host/ir/kernel.h). Included by support_level.cpp only.
#pragma once

#include "kernels/cpu/loops.h"
#include "kernels/math/reduce.h"

namespace ingot::cpu {
namespace {

template <class Body, class T>
T identity_of() {
  if constexpr (__is_same(Body, add_body))
    return identity::add<T>();
  else if constexpr (__is_same(Body, multiply_body))
    return identity::multiply<T>();
  else if constexpr (__is_same(Body, minimum_body))
    return identity::minimum<T>();
  else if constexpr (__is_same(Body, maximum_body))
    return identity::maximum<T>();
  else if constexpr (__is_same(Body, logical_or_body))
    return identity::logical_or<T>();
  else
    return identity::logical_and<T>();
}

// Reducers whose state is one value: `Body` joins two of them.
template <class Body, class T>
struct Fold {
  static constexpr Size size = sizeof(T);
  static T* typed(void* p) { return static_cast<T*>(p); }

  static void clear(void* acc, Size lanes) {
    const T value = identity_of<Body, T>();
    fill<T>(acc, &value, lanes);
  }

  static void accumulate(void* acc, Size, const void* values, Size n, Size row) {
    if (row == 0) {
      __builtin_memcpy(acc, values, n * size);
    } else {
      apply<Body, T>(acc, acc, values, nullptr, n);
    }
  }

  // Registers' worth of lanes at a time, down all the rows.
  template <int kLanes>
  static void rows(char* acc, Size lanes, const char* values, Size count, bool first) {
    using V = vec<T, kLanes>;
    for (Size lane = 0; lane < lanes; lane += kLanes) {
      const char* from = values + lane * size;
      V sum = load<V>(first ? from : acc + lane * size);
      for (Size row = first ? 1 : 0; row < count; ++row) sum = Body::run(sum, load<V>(from + row * lanes * size));
      store(acc + lane * size, sum);
    }
  }

  static void accumulate_rows(void* acc, Size lanes, const void* values, Size n, Size row) {
    const bool first = row == 0;
    constexpr int kFew = 64 / sizeof(T), kMany = 8 * kRegisterBytes / sizeof(T);
    char* to = static_cast<char*>(acc);
    const char* from = static_cast<const char*>(values);
    const Size count = n / lanes, rest = n % lanes;
    if (count > 0) {
      if (lanes % kMany == 0) {
        rows<kMany>(to, lanes, from, count, first);
      } else if (lanes % kFew == 0) {
        rows<kFew>(to, lanes, from, count, first);
      } else {
        for (Size r = 0; r < count; ++r) accumulate(acc, lanes, from + r * lanes * size, lanes, row + r);
      }
    }
    if (rest > 0) accumulate(acc, lanes, from + count * lanes * size, rest, row + count);
  }

  template <int kLanes>
  static ALWAYS_INLINE T halve(vec<T, kLanes> v) {
    if constexpr (kLanes == 2) {
      return Body::run(T(v[0]), T(v[1]));
    } else {
      const vec<T, kLanes / 2> folded = Body::run(vec<T, kLanes / 2>(v.lo), vec<T, kLanes / 2>(v.hi));
      return halve<kLanes / 2>(folded);
    }
  }

  static void fold(void* acc, Size lanes, Size, void* state) {
    constexpr int kLast = 64 / sizeof(T);
    T* a = typed(acc);
    Size half = lanes / 2;
    for (; half >= kLast; half /= 2) apply<Body, T>(a, a, a + half, nullptr, half);
    if (lanes >= kLast) {
      *typed(state) = halve<kLast>(load<vec<T, kLast>>(a));
      return;
    }
    for (; half > 0; half /= 2)
      for (Size l = 0; l < half; ++l) a[l] = Body::run(a[l], a[l + half]);
    *typed(state) = a[0];
  }

  // Level by level: neighbours join, one without a neighbour goes up as it is. That is the tree that splits at the
  // largest power of two below the count.
  static void join(void* states, Size leaves, Size, Size) {
    constexpr int kPairs = kRegisterBytes / sizeof(T);
    using Pairs = vec<T, 2 * kPairs>;
    T* s = typed(states);
    for (Size n = leaves; n > 1; n = (n + 1) / 2) {
      const Size pairs = n / 2;
      Size i = 0;
      for (; i + kPairs <= pairs; i += kPairs) {
        const Pairs both = load<Pairs>(s + 2 * i);
        store(s + i, Body::run(vec<T, kPairs>(both.even), vec<T, kPairs>(both.odd)));
      }
      for (; i < pairs; ++i) s[i] = Body::run(s[2 * i], s[2 * i + 1]);
      if (n % 2 != 0) s[pairs] = s[n - 1];
    }
  }

  static void column_fold(const void* acc, Size n, Size, void* states) {
    if (acc != states) __builtin_memcpy(states, acc, n * size);
  }
  static void column_join(void* left, const void* right, Size n, Size, Size) {
    apply<Body, T>(left, left, right, nullptr, n);
  }
  static void finish(const void* states, Size n, void* results) {
    if (states != results) __builtin_memcpy(results, states, n * size);
  }
};

// accumulate_rows of reducers that have no quicker way.
template <class Self>
void each_row(void* acc, Size lanes, const void* values, Size n, Size row) {
  const char* from = static_cast<const char*>(values);
  for (; n > 0; n -= lanes, from += lanes * Self::size, ++row)
    Self::accumulate(acc, lanes, from, n < lanes ? n : lanes, row);
}

// sumsqdev. An accumulator is (shift, s, q), three arrays `stride` apart; a state the three values of Moments.
template <class T>
struct MomentsFold {
  static constexpr Size size = sizeof(T);
  static constexpr int N = 2 * kRegisterBytes / sizeof(T);
  static constexpr int kLeafLanes = 512 / sizeof(T);
  using V = vec<T, N>;
  using Pairs = vec<T, 2 * N>;

  static void clear(void*, Size) {}

  static void accumulate(void* acc, Size stride, const void* values, Size n, Size row) {
    T *shift = static_cast<T*>(acc), *s = shift + stride, *q = s + stride;
    const T* x = static_cast<const T*>(values);
    if (row == 0) {
      __builtin_memcpy(shift, x, n * size);
      __builtin_memset(s, 0, n * size);
      __builtin_memset(q, 0, n * size);
      return;
    }
    Size i = 0;
    for (; i + N <= n; i += N) step<V>(shift + i, s + i, q + i, x + i);
    for (; i < n; ++i) step<T>(shift + i, s + i, q + i, x + i);
  }

  template <class W>
  static ALWAYS_INLINE void step(T* shift, T* s, T* q, const T* x) {
    const ShiftedSums<W> sums = moments_update(ShiftedSums<W>{load<W>(shift), load<W>(s), load<W>(q)}, load<W>(x));
    store(s, sums.sum);
    store(q, sums.squares);
  }

  static void accumulate_rows(void* acc, Size lanes, const void* values, Size n, Size row) {
    each_row<MomentsFold>(acc, lanes, values, n, row);
  }

  template <class W>
  static ALWAYS_INLINE Moments<W> state_of(const T* shift, const T* s, const T* q, Size count) {
    return moments_finish(ShiftedSums<W>{load<W>(shift), load<W>(s), load<W>(q)}, splat<Rebind<f64, W>>(f64(count)));
  }
  template <class W>
  static ALWAYS_INLINE Moments<W> merged(Size n, Moments<W> a, Size other_n, Moments<W> b) {
    return moments_merge(splat<Rebind<f64, W>>(f64(n)), a, splat<Rebind<f64, W>>(f64(other_n)), b);
  }

  // The states of the n lanes, in place: mean, rest and squares where shift, s and q were.
  static void lane_states(T* shift, T* s, T* q, Size n, Size count) {
    Size i = 0;
    for (; i + N <= n; i += N) lane_state<V>(shift + i, s + i, q + i, count);
    for (; i < n; ++i) lane_state<T>(shift + i, s + i, q + i, count);
  }
  template <class W>
  static ALWAYS_INLINE void lane_state(T* shift, T* s, T* q, Size count) {
    const Moments<W> m = state_of<W>(shift, s, q, count);
    store(shift, m.mean);
    store(s, m.rest);
    store(q, m.squares);
  }

  template <class W>
  static ALWAYS_INLINE void merge_at(T* mean, Size lanes, Size apart, Size n, Size other_n) {
    T *rest = mean + lanes, *squares = rest + lanes;
    const Moments<W> m = merged<W>(n, {load<W>(mean), load<W>(rest), load<W>(squares)}, other_n,
                                   {load<W>(mean + apart), load<W>(rest + apart), load<W>(squares + apart)});
    store(mean, m.mean);
    store(rest, m.rest);
    store(squares, m.squares);
  }

  // The same without a division, for nearly all leaves: every lane has seen n values, a power of two, so that to divide
  // by n is to multiply by 1 / n, and a share is a half.
  static Moments<T> fold_even(const T* shift, Size n) {
    const T *s = shift + kLeafLanes, *q = s + kLeafLanes;
    const V inverse = splat<V>(T(1) / T(n));
    Moments<V> states[kLeafLanes / N];
    for (Size i = 0; i < kLeafLanes / N; ++i) {
      const ShiftedSums<V> sums{load<V>(shift + i * N), load<V>(s + i * N), load<V>(q + i * N)};
      states[i] = moments_finish(sums, sums.sum * inverse, sums.sum * sums.sum * inverse);
    }
    T weight = T(n) / 2;
    for (Size half = kLeafLanes / N / 2; half > 0; half /= 2, weight *= 2)
      for (Size i = 0; i < half; ++i) states[i] = join_halves(states[i], states[i + half], weight);
    return fold_even<N>(states[0], weight);
  }
  template <int kLanes>
  static ALWAYS_INLINE Moments<T> fold_even(Moments<vec<T, kLanes>> m, T weight) {
    if constexpr (kLanes == 2) {
      return join_halves(Moments<T>{m.mean[0], m.rest[0], m.squares[0]}, {m.mean[1], m.rest[1], m.squares[1]}, weight);
    } else {
      using Half = vec<T, kLanes / 2>;
      const Moments<Half> both =
          join_halves(Moments<Half>{m.mean.lo, m.rest.lo, m.squares.lo}, {m.mean.hi, m.rest.hi, m.squares.hi}, weight);
      return fold_even<kLanes / 2>(both, 2 * weight);
    }
  }
  template <class W>
  static ALWAYS_INLINE Moments<W> join_halves(Moments<W> a, Moments<W> b, T weight) {
    return moments_join(a, b, splat<W>(T(0.5)), splat<W>(weight));
  }

  static void fold(void* acc, Size lanes, Size count, void* state) {
    T *mean = static_cast<T*>(acc), *rest = mean + lanes, *squares = rest + lanes;
    // Lanes below `more` have one element more than the others.
    const Size each = count / lanes, more = count % lanes;
    if (more == 0 && lanes == kLeafLanes && (each & (each - 1)) == 0) {
      put(static_cast<T*>(state), fold_even(mean, each));
      return;
    }
    lane_states(mean, rest, squares, more, each + 1);
    if (each > 0) lane_states(mean + more, rest + more, squares + more, lanes - more, each);
    Size present = each > 0 ? lanes : more;
    for (Size width = lanes; width > 1; width /= 2) {
      // Lane l holds the elements l, l + width, l + 2 * width ...: n + 1 of them below `one_more`, n from there on.
      const Size half = width / 2, n = count / width, one_more = count % width;
      const Size both = one_more > half ? one_more - half : 0, left = one_more < half ? one_more : half;
      const auto merge = [&](Size begin, Size end, Size left_count, Size right_count) {
        if (end > present - half) end = present - half;
        Size l = begin;
        for (; l + N <= end; l += N) merge_at<V>(mean + l, lanes, half, left_count, right_count);
        for (; l < end; ++l) merge_at<T>(mean + l, lanes, half, left_count, right_count);
      };
      merge(0, both, n + 1, n + 1);
      merge(both, left, n + 1, n);
      merge(left, half, n, n);
      if (present > half) present = half;
    }
    put(static_cast<T*>(state), Moments<T>{mean[0], rest[0], squares[0]});
  }

  static ALWAYS_INLINE V evens(V a, V b) {
    Pairs both;
    both.lo = a;
    both.hi = b;
    return both.even;
  }
  static ALWAYS_INLINE V odds(V a, V b) {
    Pairs both;
    both.lo = a;
    both.hi = b;
    return both.odd;
  }

  // N states lie in memory as 3 N values: part K of state I is value 3 I + K, and value I of vector K of those belongs
  // to state (K N + I) / 3.
  template <int K, int... I>
  static ALWAYS_INLINE V part(V a, V b, V c, Sequence<I...>) {
    const V ab = __builtin_shufflevector(a, b, (3 * I + K < 2 * N ? 3 * I + K : -1)...);
    return __builtin_shufflevector(ab, c, (3 * I + K < 2 * N ? I : 3 * I + K - N)...);
  }
  template <int K, int... I>
  static ALWAYS_INLINE V mixed(Moments<V> m, Sequence<I...>) {
    const V two =
        __builtin_shufflevector(m.mean, m.rest, ((K * N + I) % 3 < 2 ? (K * N + I) % 3 * N + (K * N + I) / 3 : -1)...);
    return __builtin_shufflevector(two, m.squares, ((K * N + I) % 3 < 2 ? I : N + (K * N + I) / 3)...);
  }
  template <class W>
  static ALWAYS_INLINE Moments<W> get(const T* states) {
    if constexpr (__is_same(W, T)) {
      return {states[0], states[1], states[2]};
    } else {
      const V a = load<V>(states), b = load<V>(states + N), c = load<V>(states + 2 * N);
      constexpr MakeSequence<N> all;
      return {part<0>(a, b, c, all), part<1>(a, b, c, all), part<2>(a, b, c, all)};
    }
  }
  static ALWAYS_INLINE void put(T* states, Moments<V> m) {
    constexpr MakeSequence<N> all;
    store(states, mixed<0>(m, all));
    store(states + N, mixed<1>(m, all));
    store(states + 2 * N, mixed<2>(m, all));
  }
  static ALWAYS_INLINE void put(T* states, Moments<T> m) {
    states[0] = m.mean;
    states[1] = m.rest;
    states[2] = m.squares;
  }

  // out[i] = states[2 i] joined with states[2 i + 1].
  static void merge_neighbours(T* out, const T* states, Size n, Size left_count, Size right_count) {
    Size i = 0;
    for (; i + N <= n; i += N) {
      const Moments<V> low = get<V>(states + 6 * i), high = get<V>(states + 6 * i + 3 * N);
      const Moments<V> left = {evens(low.mean, high.mean), evens(low.rest, high.rest),
                               evens(low.squares, high.squares)};
      const Moments<V> right = {odds(low.mean, high.mean), odds(low.rest, high.rest), odds(low.squares, high.squares)};
      put(out + 3 * i, merged<V>(left_count, left, right_count, right));
    }
    for (; i < n; ++i)
      put(out + 3 * i, merged<T>(left_count, get<T>(states + 6 * i), right_count, get<T>(states + 6 * i + 3)));
  }

  static void join(void* states, Size leaves, Size leaf_size, Size count) {
    T* s = static_cast<T*>(states);
    for (Size n = leaves, node = leaf_size; n > 1; n = (n + 1) / 2, node *= 2) {
      const Size pairs = n / 2;
      const bool last_is_short = n % 2 == 0 && count < n * node;
      const Size full = last_is_short ? pairs - 1 : pairs;
      merge_neighbours(s, s, full, node, node);
      if (last_is_short) merge_neighbours(s + 3 * full, s + 6 * full, 1, node, count - (n - 1) * node);
      if (n % 2 != 0) put(s + 3 * pairs, get<T>(s + 3 * (n - 1)));
    }
  }

  static void column_fold(const void* acc, Size n, Size count, void* states) {
    const T *shift = static_cast<const T*>(acc), *s = shift + n, *q = s + n;
    T* out = static_cast<T*>(states);
    Size i = 0;
    for (; i + N <= n; i += N) put(out + 3 * i, state_of<V>(shift + i, s + i, q + i, count));
    for (; i < n; ++i) put(out + 3 * i, state_of<T>(shift + i, s + i, q + i, count));
  }

  static void column_join(void* left, const void* right, Size n, Size left_count, Size right_count) {
    T* l = static_cast<T*>(left);
    const T* r = static_cast<const T*>(right);
    Size i = 0;
    for (; i + N <= n; i += N) put(l + 3 * i, merged<V>(left_count, get<V>(l + 3 * i), right_count, get<V>(r + 3 * i)));
    for (; i < n; ++i) put(l + 3 * i, merged<T>(left_count, get<T>(l + 3 * i), right_count, get<T>(r + 3 * i)));
  }

  static void finish(const void* states, Size n, void* results) {
    const T* s = static_cast<const T*>(states);
    T* out = static_cast<T*>(results);
    for (Size i = 0; i < n; ++i) out[i] = s[3 * i + 2];
  }
};

}  // namespace
}  // namespace ingot::cpu
