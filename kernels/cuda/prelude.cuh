// Put in front of every generated CUDA program, with the bodies of kernels/math, by host/emit/cuda/flatten.cmake.
//
// Words used here and in generated text
//   unit    neighbouring elements along the innermost axis that one thread loads at once: 16 bytes of the widest
//   operand span    which elements of a unit exist: a unit hangs over the ends of its row where the row does not begin
//   with it lane    accumulator of the canonical order (host/ir/kernel.h); thread t of a warp holds kUnit lanes from t
//   * kUnit on state   what a leaf, or a run of leaves, comes to count   elements behind a state. Only sumsqdev reads
//   it; for other reducers the compiler drops its computation
#pragma once

#include "kernels/math/math.h"
#include "kernels/math/reduce.h"

namespace ingot::cuda {

using math::i8, math::u8, math::i16, math::u16, math::i32, math::u32, math::i64, math::u64;
using math::f16, math::bf16, math::f32, math::f64;
using math::Best, math::Exponentials, math::Moments, math::ShiftedSums;

constexpr int kBlock = 256;
constexpr int kWarps = kBlock / 32;

/// Division by a number known at launch, of 0 <= x < 2^31 (2^63): Granlund and Montgomery, "Division by invariant
/// integers using multiplication", with the multiplier's top bit left implicit.
template <class Index>
struct Divisor;
template <>
struct alignas(8) Divisor<i32> {
  u32 magic, shift, value;
  INGOT_FN i32 divide(i32 x) const {
    return static_cast<i32>((__umulhi(static_cast<u32>(x), magic) + static_cast<u32>(x)) >> shift);
  }
};
template <>
struct alignas(8) Divisor<i64> {
  u64 magic, shift, value;
  INGOT_FN i64 divide(i64 x) const {
    return static_cast<i64>((__umul64hi(static_cast<u64>(x), magic) + static_cast<u64>(x)) >> shift);
  }
};

/// x % by; leaves x / by in x.
template <class Index>
INGOT_FN Index split_off(Index& x, const Divisor<Index>& by) {
  const Index quotient = by.divide(x), rest = x - quotient * static_cast<Index>(by.value);
  x = quotient;
  return rest;
}

template <class T>
INGOT_FN T smaller(T a, T b) {
  return a < b ? a : b;
}
template <class T>
INGOT_FN T clamp(T x, T low, T high) {
  return x < low ? low : x < high ? x : high;
}

/// math::cast where a dtype of 16 bits takes part.
template <class To, class From>
INGOT_FN To cast_half(From x) {
  return static_cast<To>(math::cast_between<To, From>(static_cast<math::Stored<From>>(x)));
}

// ---- Units ----

struct Span {
  int begin, end;
  INGOT_FN bool has(int j) const { return begin <= j && j < end; }
  INGOT_FN bool any() const { return begin < end; }
};

/// The elements of a unit that starts at i, of a row of n elements.
template <int kUnit, class Index>
INGOT_FN Span span_of(Index i, Index n) {
  return {static_cast<int>(clamp<Index>(-i, 0, kUnit)), static_cast<int>(clamp<Index>(n - i, 0, kUnit))};
}

// What one instruction moves.
template <int kBytes>
struct Word {
  using Type = uint4;
};
template <>
struct Word<1> {
  using Type = unsigned char;
};
template <>
struct Word<2> {
  using Type = unsigned short;
};
template <>
struct Word<4> {
  using Type = unsigned int;
};
template <>
struct Word<8> {
  using Type = uint2;
};

template <int kBytes>
struct Words {
  using Type = typename Word<kBytes>::Type;
  Type word[kBytes / sizeof(Type)];
};

template <class T, int kUnit>
INGOT_FN void load_each(T (&unit)[kUnit], const T* at, i64 step, Span span) {
#pragma unroll
  for (int j = 0; j < kUnit; ++j) unit[j] = span.has(j) ? at[j * step] : T(0);
}

/// `at` is aligned to the size of the unit, or to 16 bytes.
template <class T, int kUnit>
INGOT_FN void load_vector(T (&unit)[kUnit], const T* at, Span span) {
  if (span.begin == 0 && span.end == kUnit) {
    const auto words = *reinterpret_cast<const Words<sizeof(unit)>*>(at);
    memcpy(unit, &words, sizeof(unit));
  } else {
    load_each(unit, at, 1, span);
  }
}

template <class T, int kUnit>
INGOT_FN void load_uniform(T (&unit)[kUnit], const T* at, Span span) {
  const T value = span.any() ? *at : T(0);
#pragma unroll
  for (int j = 0; j < kUnit; ++j) unit[j] = value;
}

template <int kUnit>
INGOT_FN void load_index(i64 (&unit)[kUnit], i64 first, i64 step) {
#pragma unroll
  for (int j = 0; j < kUnit; ++j) unit[j] = first + j * step;
}

template <class T, int kUnit>
INGOT_FN void store_each(T* at, const T (&unit)[kUnit], i64 step, Span span) {
#pragma unroll
  for (int j = 0; j < kUnit; ++j)
    if (span.has(j)) at[j * step] = unit[j];
}

template <class T, int kUnit>
INGOT_FN void store_vector(T* at, const T (&unit)[kUnit], Span span) {
  if (span.begin == 0 && span.end == kUnit) {
    Words<sizeof(unit)> words;
    memcpy(&words, unit, sizeof(unit));
    *reinterpret_cast<Words<sizeof(unit)>*>(at) = words;
  } else {
    store_each(at, unit, 1, span);
  }
}

// ---- Reducers ----
//
// Lane folds values, each of a row of the leaf; State stands for the elements of a subtree: join puts two that follow
// each other together, halve the states of lanes that are mixed. `count` elements are behind a lane, which is number
// `lane` of `lanes`.

/// A reducer whose states are values: Self::combine(left, right).
template <class T, class Self>
struct Combine {
  using Lane = T;
  using State = T;
  static INGOT_FN Lane start(T value) { return value; }
  static INGOT_FN Lane fold(Lane lane, T value, int) { return Self::combine(lane, value); }
  static INGOT_FN State state(Lane lane, i64, int = 0, int = 1) { return lane; }
  static INGOT_FN State join(State left, i64, State right, i64) { return Self::combine(left, right); }
  static INGOT_FN State halve(State left, i64, State right, i64) { return Self::combine(left, right); }
  static INGOT_FN T result(State state) { return state; }
};

template <class T>
struct SumSquaredDeviations {
  using Lane = ShiftedSums<T>;
  using State = Moments<T>;
  static INGOT_FN Lane start(T value) { return math::moments_start(value); }
  static INGOT_FN Lane fold(Lane lane, T value, int) { return math::moments_update(lane, value); }
  static INGOT_FN State state(Lane lane, i64 count, int = 0, int = 1) {
    return math::moments_finish(lane, static_cast<f64>(count));
  }
  static INGOT_FN State join(State left, i64 left_count, State right, i64 right_count) {
    return math::moments_merge(static_cast<f64>(left_count), left, static_cast<f64>(right_count), right);
  }
  static INGOT_FN State halve(State left, i64 left_count, State right, i64 right_count) {
    return join(left, left_count, right, right_count);
  }
  static INGOT_FN T result(State state) { return state.squares; }
};

template <class T>
struct SumOfExponentials {
  using Lane = Exponentials<T>;
  using State = Exponentials<T>;
  static INGOT_FN Lane start(T value) { return math::exponentials_start(value); }
  static INGOT_FN Lane fold(Lane lane, T value, int) { return math::exponentials_update(lane, value); }
  static INGOT_FN State state(Lane lane, i64, int = 0, int = 1) { return lane; }
  static INGOT_FN State join(State left, i64, State right, i64) { return math::exponentials_join(left, right); }
  static INGOT_FN State halve(State left, i64, State right, i64) { return math::exponentials_join(left, right); }
  static INGOT_FN T result(State state) { return state.sum; }
};

template <class T, bool kGreatest>
struct FirstBest {
  struct Lane {
    T value;
    int row;
  };
  using State = Best<T>;
  static INGOT_FN Lane start(T value) { return {value, 0}; }
  static INGOT_FN Lane fold(Lane lane, T value, int row) {
    return math::beats<kGreatest>(value, lane.value) ? Lane{value, row} : lane;
  }
  static INGOT_FN State state(Lane lane, i64, int number = 0, int lanes = 1) {
    return {lane.value, static_cast<i64>(lane.row) * lanes + number};
  }
  static INGOT_FN State join(State left, i64 left_count, State right, i64) {
    return math::best_join<kGreatest>(left, right, left_count);
  }
  static INGOT_FN State halve(State left, i64, State right, i64) { return math::best_of<kGreatest>(left, right); }
  static INGOT_FN i64 result(State state) { return state.place; }
};

// A state as thread `from`, or the thread `distance` further, has it.
template <class T>
INGOT_FN T shuffle(T x, int from, int width) {
  if constexpr (sizeof(T) < 4)
    return static_cast<T>(__shfl_sync(0xffffffffu, static_cast<int>(x), from, width));
  else
    return __shfl_sync(0xffffffffu, x, from, width);
}
template <class T>
INGOT_FN T shuffle_down(T x, int distance) {
  if constexpr (sizeof(T) < 4)
    return static_cast<T>(__shfl_down_sync(0xffffffffu, static_cast<int>(x), distance));
  else
    return __shfl_down_sync(0xffffffffu, x, distance);
}
template <class T>
INGOT_FN Moments<T> shuffle(Moments<T> x, int from, int width) {
  return {shuffle(x.mean, from, width), shuffle(x.rest, from, width), shuffle(x.squares, from, width)};
}
template <class T>
INGOT_FN Moments<T> shuffle_down(Moments<T> x, int distance) {
  return {shuffle_down(x.mean, distance), shuffle_down(x.rest, distance), shuffle_down(x.squares, distance)};
}
template <class T>
INGOT_FN Exponentials<T> shuffle(Exponentials<T> x, int from, int width) {
  return {shuffle(x.largest, from, width), shuffle(x.sum, from, width)};
}
template <class T>
INGOT_FN Exponentials<T> shuffle_down(Exponentials<T> x, int distance) {
  return {shuffle_down(x.largest, distance), shuffle_down(x.sum, distance)};
}
template <class T>
INGOT_FN Best<T> shuffle(Best<T> x, int from, int width) {
  return {shuffle(x.value, from, width), shuffle(x.place, from, width)};
}
template <class T>
INGOT_FN Best<T> shuffle_down(Best<T> x, int distance) {
  return {shuffle_down(x.value, distance), shuffle_down(x.place, distance)};
}

// Partial states written by other blocks: read past L1, which does not see their writes.
template <class T>
INGOT_FN T load_state(const T* at) {
  return *static_cast<const volatile T*>(at);
}
template <class T>
INGOT_FN Moments<T> load_state(const Moments<T>* at) {
  return {load_state(&at->mean), load_state(&at->rest), load_state(&at->squares)};
}
template <class T>
INGOT_FN Exponentials<T> load_state(const Exponentials<T>* at) {
  return {load_state(&at->largest), load_state(&at->sum)};
}
template <class T>
INGOT_FN Best<T> load_state(const Best<T>* at) {
  return {load_state(&at->value), load_state(&at->place)};
}

// ---- Row form ----

/// Elements among 0 ... count - 1 that fall to `lane` when dealt out over 2^log_width lanes.
INGOT_FN int members(int count, int lane, int log_width) { return (count - lane + (1 << log_width) - 1) >> log_width; }

template <int kUnit>
constexpr int kLogLanes = 5 + (kUnit == 1   ? 0
                               : kUnit == 2 ? 1
                               : kUnit == 4 ? 2
                               : kUnit == 8 ? 3
                                            : 4);

// Loops over joins are not unrolled: they run once a leaf, and a join of sumsqdev is forty instructions to compile each
// time.

// A template, since a loop over halves is not unrolled whole for 16 lanes, and these then lie in local memory.
template <class R, int kHalf, int kUnit>
INGOT_FN void fold_halves(typename R::State (&state)[kUnit], int count) {
  if constexpr (kHalf > 0) {
    constexpr int kLog = kLogLanes<2 * kHalf> - 5;
#pragma unroll
    for (int j = 0; j < kHalf; ++j)
      if (j + kHalf < count)
        state[j] = R::halve(state[j], members(count, j, kLog), state[j + kHalf], members(count, j + kHalf, kLog));
    fold_halves<R, kHalf / 2>(state, count);
  }
}

/// Folds a leaf of `count` elements by halving. `rank` is the thread's place in its team of `size` threads, which hold
/// all lanes that have elements; the state comes out in rank 0.
template <class R, int kUnit>
INGOT_FN typename R::State fold_lanes(const typename R::Lane (&lanes)[kUnit], int rank, int size, int count) {
  typename R::State state[kUnit];
#pragma unroll
  for (int j = 0; j < kUnit; ++j) {
    const int lane = rank * kUnit + j;
    state[j] = R::state(lanes[j], members(count, lane, kLogLanes<kUnit>), lane, 32 * kUnit);
  }
  int log = kLogLanes<kUnit>;
#pragma unroll 1
  for (int distance = 16; distance > 0; distance /= 2, --log) {
    if (distance >= size) continue;
#pragma unroll
    for (int j = 0; j < kUnit; ++j) {
      const auto right = shuffle_down(state[j], distance);
      const int lane = rank * kUnit + j, half = distance * kUnit;
      if (lane < half && lane + half < count)
        state[j] = R::halve(state[j], members(count, lane, log), right, members(count, lane + half, log));
    }
  }
  fold_halves<R, kUnit / 2>(state, count);
  return state[0];
}

/// The tree over leaves that come one after the other: a binary counter whose digit k, the state of 2^k leaves, lies in
/// rank k. A team of fewer than 32 threads has one leaf only.
template <class R>
struct WarpTree {
  using State = typename R::State;
  State held{};

  /// Leaf number `index`, in rank 0, of `count` elements; those before it have leaf_size.
  INGOT_FN void push(State state, int rank, int size, u32 index, i64 leaf_size, i64 count) {
    int level = 0;
#pragma unroll 1
    for (; (index >> level) & 1; ++level) {
      state = R::join(shuffle(held, level, size), leaf_size << level, state, count);
      count += leaf_size << level;
    }
    state = shuffle(state, 0, size);
    if (rank == level) held = state;
  }

  /// After `leaves` leaves of `total` elements, in every rank.
  INGOT_FN State finish(int size, u32 leaves, i64 leaf_size, i64 total) {
    State state = shuffle(held, __ffs(leaves) - 1, size);
    i64 count = total - leaf_size * (leaves & (leaves - 1));
#pragma unroll 1
    for (u32 rest = leaves & (leaves - 1); rest != 0; rest &= rest - 1) {
      const int level = __ffs(rest) - 1;
      state = R::join(shuffle(held, level, size), leaf_size << level, state, count);
      count += leaf_size << level;
    }
    return state;
  }
};

/// The tree over one state in each of the first `present` threads of a warp, of `each` elements but the last, `total`
/// in all. The result is in thread 0.
template <class R>
INGOT_FN typename R::State join_threads(typename R::State state, i64 present, i64 each, i64 total) {
  const int lane = threadIdx.x % 32;
#pragma unroll 1
  for (int distance = 1; distance < 32; distance *= 2) {
    const auto right = shuffle_down(state, distance);
    if ((lane & (2 * distance - 1)) == 0 && lane + distance < present)
      state = R::join(state, distance * each, right, smaller(distance * each, total - (lane + distance) * each));
  }
  return state;
}

/// The tree over one state in thread 0 of each of the first `present` warps, all if there are fewer. The result is in
/// thread 0.
template <class R>
INGOT_FN typename R::State join_warps(typename R::State state, i64 present, i64 each, i64 total) {
  __shared__ typename R::State slots[kWarps];
  __syncthreads();
  if (threadIdx.x % 32 == 0) slots[threadIdx.x / 32] = state;
  __syncthreads();
  return threadIdx.x < 32 ? join_threads<R>(slots[threadIdx.x % kWarps], smaller<i64>(present, kWarps), each, total)
                          : state;
}

/// Called by all threads once the block's partial states are written: whether this block is the last of `blocks` to
/// come here, so that every partial state is there to read. Leaves the ticket at 0 for the next launch.
INGOT_FN bool is_last_block(u32* ticket, u32 blocks) {
  __shared__ bool last;
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0) {
    last = atomicAdd(ticket, 1u) == blocks - 1;
    if (last) *ticket = 0;
  }
  __syncthreads();
  __threadfence();
  return last;
}

/// The tree over `count` partial states, which it overwrites; the result is in thread 0. Four to a thread: one round
/// for up to 1024.
template <class R, class Index>
INGOT_FN typename R::State join_partials(typename R::State* partials, Index count, i64 each, i64 total) {
  constexpr int kPer = 4;
  const int warp = threadIdx.x / 32;
  for (;;) {
    const Index rounds = (count + kBlock * kPer - 1) / (kBlock * kPer);
    typename R::State state;
    for (Index round = 0; round < rounds; ++round) {
      const Index block_first = round * (kBlock * kPer), warp_first = block_first + warp * (32 * kPer);
      const Index first = block_first + static_cast<Index>(threadIdx.x) * kPer;
      typename R::State part[kPer];
#pragma unroll
      for (int j = 0; j < kPer; ++j) part[j] = load_state(partials + smaller(first + j, count - 1));
#pragma unroll
      for (int distance = 1; distance < kPer; distance *= 2) {
#pragma unroll
        for (int j = 0; j + distance < kPer; j += 2 * distance)
          if (first + j + distance < count)
            part[j] = R::join(part[j], distance * each, part[j + distance],
                              smaller(distance * each, total - (first + j + distance) * each));
      }
      state = join_threads<R>(part[0], (count - warp_first + kPer - 1) / kPer, kPer * each, total - warp_first * each);
      state = join_warps<R>(state, (count - block_first + 32 * kPer - 1) / (32 * kPer), 32 * kPer * each,
                            total - block_first * each);
      if (rounds > 1 && threadIdx.x == 0) partials[round] = state;
    }
    if (rounds == 1) return state;
    __syncthreads();
    count = rounds;
    each *= kBlock * kPer;
  }
}

// ---- Column form: thread (team, column) of the block, columns innermost ----

/// The tree over up to 2^kLevels leaves that come one after the other. Lies in local memory, touched about once a leaf.
template <class R, int kLevels>
struct ThreadTree {
  using State = typename R::State;
  State held[kLevels + 1];  // level k: the state of 2^k leaves

  INGOT_FN void push(State state, u32 index, i64 leaf_size, i64 count) {
    int level = 0;
#pragma unroll 1
    for (; (index >> level) & 1; ++level) {
      state = R::join(held[level], leaf_size << level, state, count);
      count += leaf_size << level;
    }
    held[level] = state;
  }

  INGOT_FN State finish(u32 leaves, i64 leaf_size, i64 total) const {
    State state = held[__ffs(leaves) - 1];
    i64 count = total - leaf_size * (leaves & (leaves - 1));
#pragma unroll 1
    for (u32 rest = leaves & (leaves - 1); rest != 0; rest &= rest - 1) {
      const int level = __ffs(rest) - 1;
      state = R::join(held[level], leaf_size << level, state, count);
      count += leaf_size << level;
    }
    return state;
  }
};

/// The tree over the states of the first `present` teams, column by column, of `each` reduced elements but the last,
/// `total` in all. The results are in team 0. `pool` is shared memory for one state per unit element of each thread.
template <class R, int kUnit>
INGOT_FN void join_teams(typename R::State (&state)[kUnit], void* pool, int log_columns, i64 present, i64 each,
                         i64 total) {
  auto* const slots = static_cast<typename R::State*>(pool) + threadIdx.x;  // neighbouring threads side by side
  const int team = threadIdx.x >> log_columns, teams = kBlock >> log_columns;
  __syncthreads();
#pragma unroll
  for (int j = 0; j < kUnit; ++j) slots[j * kBlock] = state[j];
  for (int distance = 1; distance < teams; distance *= 2) {
    __syncthreads();
    if ((team & (2 * distance - 1)) == 0 && team + distance < present) {
#pragma unroll
      for (int j = 0; j < kUnit; ++j) {
        state[j] = R::join(state[j], distance * each, slots[j * kBlock + (distance << log_columns)],
                           smaller(distance * each, total - (team + distance) * each));
        slots[j * kBlock] = state[j];
      }
    }
  }
}

/// The tree over `count` partial states of each column, which it overwrites; partial i of the thread's column j is at
/// column[i * stride + j * between]. The results are in team 0. `exists`: whether the thread has a column at all.
template <class R, int kUnit, class Index>
INGOT_FN void join_team_partials(typename R::State (&state)[kUnit], void* pool, typename R::State* column, i64 stride,
                                 i64 between, bool exists, int log_columns, Index count, i64 each, i64 total) {
  const int team = threadIdx.x >> log_columns, teams = kBlock >> log_columns;
  for (;;) {
    const Index rounds = (count + teams - 1) / teams;
    for (Index round = 0; round < rounds; ++round) {
      const Index first = round * teams;
      if (exists && first + team < count) {
#pragma unroll
        for (int j = 0; j < kUnit; ++j) state[j] = load_state(column + (first + team) * stride + j * between);
      }
      join_teams<R>(state, pool, log_columns, count - first, each, total - first * each);
      if (rounds > 1 && exists && team == 0) {
#pragma unroll
        for (int j = 0; j < kUnit; ++j) column[round * stride + j * between] = state[j];
      }
    }
    if (rounds == 1) return;
    __syncthreads();
    count = rounds;
    each *= teams;
  }
}

}  // namespace ingot::cuda

using namespace ingot::cuda;
namespace math = ingot::math;
