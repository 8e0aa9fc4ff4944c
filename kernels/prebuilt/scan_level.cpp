// The loops of one CPU level: INGOT_CPU_LEVEL is Baseline, V3 or V4, and the compiler is told to produce code for it.
#include "kernels/cpu/lanes.h"
#include "kernels/math/compare.h"
#include "kernels/math/reduce.h"
#include "kernels/prebuilt/scan.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

namespace ingot::prebuilt {
namespace {

using namespace cpu;

constexpr int kGroup = static_cast<int>(kScanGroup);

// ---- Operations: what elements become, and how they combine ----

template <class T>
struct Sum {
  using Element = T;
  template <class V>
  using Value = V;
  template <class V>
  static ALWAYS_INLINE V identity() {
    return splat<V>(math::identity::add<T>());
  }
  template <class V>
  static ALWAYS_INLINE V combine(V a, V b) {
    return a + b;
  }
};
template <class T>
struct Min {
  using Element = T;
  template <class V>
  using Value = V;
  template <class V>
  static ALWAYS_INLINE V identity() {
    return splat<V>(math::identity::minimum<T>());
  }
  template <class V>
  static ALWAYS_INLINE V combine(V a, V b) {
    return minimum(a, b);
  }
};
template <class T>
struct Max {
  using Element = T;
  template <class V>
  using Value = V;
  template <class V>
  static ALWAYS_INLINE V identity() {
    return splat<V>(math::identity::maximum<T>());
  }
  template <class V>
  static ALWAYS_INLINE V combine(V a, V b) {
    return maximum(a, b);
  }
};
template <class T>
struct LogSumExp {
  using Element = T;
  template <class V>
  using Value = Exponentials<V>;
  template <class V>
  static ALWAYS_INLINE Exponentials<V> identity() {
    return exponentials_none<V>();
  }
  // Called: a group of columns takes 36 of them.
  template <class V>
  static __attribute__((noinline)) Exponentials<V> combine(Exponentials<V> a, Exponentials<V> b) {
    return exponentials_join(a, b);
  }
};

template <class V>
ALWAYS_INLINE V result(V value) {
  return value;
}
template <class V>
ALWAYS_INLINE V result(Exponentials<V> value) {
  return value.largest + log(value.sum);
}
template <class Value, class V>
ALWAYS_INLINE Value lifted(V x) {
  if constexpr (sizeof(Value) == sizeof(V)) {
    return x;
  } else {
    return exponentials_start(x);
  }
}

// What earlier blocks come to.
template <class Op, class V>
struct Offset {
  using Value = typename Op::template Value<V>;
  Value sum = Op::template identity<V>();
  ALWAYS_INLINE Value value() const { return sum; }
  ALWAYS_INLINE void add(Value block) { sum = Op::template combine<V>(sum, block); }
};
// Where the sum is infinite or NaN there is no lower part; -0 stays where it is exact.
template <class T, class V>
  requires(Scalar<T>::is_float)
struct Offset<Sum<T>, V> {
  V high = Sum<T>::template identity<V>(), low = splat<V>(0);
  ALWAYS_INLINE V value() const { return select(low == splat<V>(0), high, high + low); }
  ALWAYS_INLINE void add(V block) {
    const V sum = high + block, part = sum - high, error = (high - (sum - part)) + (block - part), zero = splat<V>(0);
    low = select(sum - sum == zero, low + select(error - error == zero, error, zero), zero);
    high = sum;
  }
};

// ---- Lanes of a group ----

template <class T, int N, int... I>
ALWAYS_INLINE vec<T, N> pick_lanes(vec<T, N> a, vec<T, N> b, Sequence<I...>) {
  return __builtin_shufflevector(a, b, I...);
}
template <class V, class S>
ALWAYS_INLINE Exponentials<V> pick_lanes(Exponentials<V> a, Exponentials<V> b, S lanes) {
  return {pick_lanes(a.largest, b.largest, lanes), pick_lanes(a.sum, b.sum, lanes)};
}
// For step s, lanes of the left operand: those of the second vector, which is the identity, where lanes keep.
template <int s, int... I>
constexpr auto left_lanes(Sequence<I...>) {
  return Sequence<((I & s) != 0 ? (I & ~(2 * s - 1)) | (s - 1) : kGroup + I)...>{};
}
template <int... I>
constexpr auto last_lane(Sequence<I...>) {
  return Sequence<(I - I + kGroup - 1)...>{};
}
template <int... I>
constexpr auto descending(Sequence<I...>) {
  return Sequence<(kGroup - 1 - I)...>{};
}

template <class V, class T>
ALWAYS_INLINE V spread(T value) {
  return splat<V>(value);
}
template <class V, class T>
ALWAYS_INLINE Exponentials<V> spread(Exponentials<T> value) {
  return {splat<V>(value.largest), splat<V>(value.sum)};
}
template <class T, int N>
ALWAYS_INLINE T first(vec<T, N> v) {
  return v[0];
}
template <class V>
ALWAYS_INLINE auto first(Exponentials<V> v) {
  return Exponentials<Element<V>>{v.largest[0], v.sum[0]};
}
template <class T, int N>
ALWAYS_INLINE T last(vec<T, N> v) {
  return v[N - 1];
}
template <class V>
ALWAYS_INLINE auto last(Exponentials<V> v) {
  return Exponentials<Element<V>>{last(v.largest), last(v.sum)};
}

// ---- Rows ----

template <class Op>
struct Rows {
  using T = typename Op::Element;
  using V = vec<T, kGroup>;
  using Value = typename Op::template Value<V>;
  using Single = typename Op::template Value<T>;
  using Before = Offset<Op, T>;
  static constexpr MakeSequence<kGroup> kLanes{};

  static ALWAYS_INLINE Value combine(Value a, Value b) { return Op::template combine<V>(a, b); }

  static ALWAYS_INLINE Value of_group(V x) {
    const Value none = Op::template identity<V>();
    Value p = lifted<Value>(x);
    p = combine(pick_lanes(p, none, left_lanes<1>(kLanes)), p);
    p = combine(pick_lanes(p, none, left_lanes<2>(kLanes)), p);
    return combine(pick_lanes(p, none, left_lanes<4>(kLanes)), p);
  }

  // Elements of a row of n by their number in the order of the scan.
  template <bool kBackward>
  static ALWAYS_INLINE V read(const T* row, Size n, Size i) {
    if constexpr (kBackward) {
      const V x = load<V>(row + n - i - kGroup);
      return pick_lanes(x, x, descending(kLanes));
    } else {
      return load<V>(row + i);
    }
  }
  template <bool kBackward>
  static ALWAYS_INLINE void write(T* row, Size n, Size i, V x) {
    if constexpr (kBackward) {
      store(row + n - i - kGroup, pick_lanes(x, x, descending(kLanes)));
    } else {
      store(row + i, x);
    }
  }

  // The last group of a row, which may be a part of one.
  template <bool kBackward>
  static V read_some(const T* row, Size n, Size i) {
    V x = splat<V>(T(0));
    for (Size k = i; k < n; ++k) x[k - i] = row[kBackward ? n - 1 - k : k];
    return x;
  }
  template <bool kBackward>
  static void write_some(T* row, Size n, Size i, V x) {
    for (Size k = i; k < n; ++k) row[kBackward ? n - 1 - k : k] = x[k - i];
  }

  // One block: use(i, the group's lanes with what comes before them in the block). What its whole groups come to.
  template <bool kBackward, class Use>
  static ALWAYS_INLINE Value each_group(const T* in, Size n, Size begin, Use&& use) {
    const Size end = begin + kScanBlock < n ? begin + kScanBlock : n;
    Value carry = Op::template identity<V>();
    Size i = begin;
    for (; i + kGroup <= end; i += kGroup) {
      const Value p = of_group(read<kBackward>(in, n, i));
      use(i, combine(carry, p));
      carry = combine(carry, pick_lanes(p, p, last_lane(kLanes)));
    }
    if (i < end) use(i, combine(carry, of_group(read_some<kBackward>(in, n, i))));
    return carry;
  }
  template <bool kBackward>
  static ALWAYS_INLINE void put(T* out, Size n, Size i, V x) {
    i + kGroup <= n ? write<kBackward>(out, n, i, x) : write_some<kBackward>(out, n, i, x);
  }

  template <bool kBackward>
  static void scan(const T* in, Size n, ScanState& state, T* out) {
    Before before;
    __builtin_memcpy(&before, &state, sizeof before);
    for (Size begin = 0; begin < n; begin += kScanBlock) {
      const Value offset = spread<V>(before.value());
      const Value total = each_group<kBackward>(
          in, n, begin, [&](Size i, Value local) { put<kBackward>(out, n, i, result(combine(offset, local))); });
      if (begin + kScanBlock <= n) before.add(first(total));
    }
    __builtin_memcpy(&state, &before, sizeof before);
  }
  template <bool kBackward>
  static void scan_blocks(const T* in, Size n, Size ahead, Value* locals) {
    for (Size begin = 0; begin < n; begin += kScanBlock)
      each_group<kBackward>(in, n, begin, [&](Size i, Value local) {
        if (ahead != 0 && i + kGroup <= n) {
          const auto at = reinterpret_cast<std::uintptr_t>(kBackward ? in + n - i - kGroup : in + i);
          __builtin_prefetch(reinterpret_cast<const void*>(kBackward ? at - ahead : at + ahead));
        }
        locals[i / kGroup] = local;
      });
  }
  // What the whole block before `end` comes to.
  static ALWAYS_INLINE Single total(const Value* locals, Size end) { return last(locals[end / kGroup - 1]); }

  template <bool kBackward>
  static void place_blocks(const Value* locals, Size n, ScanState& state, T* out) {
    Before before;
    __builtin_memcpy(&before, &state, sizeof before);
    for (Size begin = 0; begin < n; begin += kScanBlock) {
      const Value offset = spread<V>(before.value());
      const Size end = begin + kScanBlock < n ? begin + kScanBlock : n;
      for (Size i = begin; i < end; i += kGroup) put<kBackward>(out, n, i, result(combine(offset, locals[i / kGroup])));
      if (begin + kScanBlock <= n) before.add(total(locals, end));
    }
    __builtin_memcpy(&state, &before, sizeof before);
  }

  static void start(ScanState& state) {
    const Before before;
    static_assert(sizeof before <= sizeof state);
    __builtin_memcpy(&state, &before, sizeof before);
  }
  static void row(const void* in, Size n, bool backward, ScanState& state, void* out) {
    const T* const from = static_cast<const T*>(in);
    T* const to = static_cast<T*>(out);
    backward ? scan<true>(from, n, state, to) : scan<false>(from, n, state, to);
  }
  static void blocks(const void* in, Size n, bool backward, Size ahead, void* locals) {
    const T* const from = static_cast<const T*>(in);
    Value* const to = static_cast<Value*>(locals);
    backward ? scan_blocks<true>(from, n, ahead, to) : scan_blocks<false>(from, n, ahead, to);
  }
  static void skip(const void* locals, Size blocks, ScanState& state) {
    Before before;
    __builtin_memcpy(&before, &state, sizeof before);
    for (Size k = 0; k < blocks; ++k) before.add(total(static_cast<const Value*>(locals), (k + 1) * kScanBlock));
    __builtin_memcpy(&state, &before, sizeof before);
  }
  static void place(const void* locals, Size n, bool backward, ScanState& state, void* out) {
    const Value* const from = static_cast<const Value*>(locals);
    T* const to = static_cast<T*>(out);
    backward ? place_blocks<true>(from, n, state, to) : place_blocks<false>(from, n, state, to);
  }
};

// ---- Columns ----

template <class V>
ALWAYS_INLINE V load_some(const Element<V>* from, Size n) {
  if (n >= Lane<V>::count) return load<V>(from);
  V v = splat<V>(0);
  for (Size k = 0; k < n; ++k) v[k] = from[k];
  return v;
}
template <class V>
ALWAYS_INLINE void store_some(Element<V>* to, V v, Size n) {
  if (n >= Lane<V>::count) return store(to, v);
  for (Size k = 0; k < n; ++k) to[k] = v[k];
}

template <class Op>
struct Columns {
  using T = typename Op::Element;
  static constexpr Size N = kRegisterBytes / sizeof(T);
  static_assert(kScanColumns % N == 0);
  using V = vec<T, N>;
  using Value = typename Op::template Value<V>;
  struct State {
    Offset<Op, V> before;
    Value offset, carry;
  };
  static constexpr Size bytes = sizeof(State) / N;

  static ALWAYS_INLINE Value combine(Value a, Value b) { return Op::template combine<V>(a, b); }

  static void start(Size columns, void* states) {
    for (Size j = 0; j < columns; j += N) static_cast<State*>(states)[j / N].before = Offset<Op, V>();
  }
  static void scan(const void* in, Size in_row, Size row, Size rows, Size columns, void* states, void* out,
                   Size out_row) {
    State* const state = static_cast<State*>(states);
    for (Size j = 0; row % kScanBlock == 0 && j < columns; j += N) {
      state[j / N].offset = state[j / N].before.value();
      state[j / N].carry = Op::template identity<V>();
    }
    for (Size i = 0; i < rows; i += kGroup) {
      const T* const from = static_cast<const T*>(in) + i * in_row;
      T* const to = static_cast<T*>(out) + i * out_row;
      for (Size j = 0; j < columns; j += N)
        group(from + j, in_row, rows - i, columns - j, state[j / N], to + j, out_row);
    }
    for (Size j = 0; (row + rows) % kScanBlock == 0 && j < columns; j += N) state[j / N].before.add(state[j / N].carry);
  }
  static ALWAYS_INLINE void group(const T* from, Size in_row, Size rows, Size columns, State& s, T* to, Size out_row) {
    Value p[kGroup];
#pragma clang loop unroll(full)
    for (int k = 0; k < kGroup; ++k)
      p[k] = k < rows ? lifted<Value>(load_some<V>(from + k * in_row, columns)) : Op::template identity<V>();
#pragma clang loop unroll(full)
    for (int step = 1; step < kGroup; step *= 2) {
#pragma clang loop unroll(full)
      for (int k = 0; k < kGroup; ++k)
        if ((k & step) != 0) p[k] = combine(p[(k & ~(2 * step - 1)) | (step - 1)], p[k]);
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < kGroup; ++k)
      if (k < rows) store_some(to + k * out_row, result(combine(s.offset, combine(s.carry, p[k]))), columns);
    s.carry = combine(s.carry, p[kGroup - 1]);
  }
};

// ---- Products: one chain ----

template <class T>
struct Chain {
  static constexpr Size N = kRegisterBytes / sizeof(T);
  using V = vec<T, N>;

  static void start(ScanState& state) {
    const T one = 1;
    __builtin_memcpy(&state, &one, sizeof one);
  }
  static void row(const void* in, Size n, bool backward, ScanState& state, void* out) {
    const T* const from = static_cast<const T*>(in);
    T* const to = static_cast<T*>(out);
    T product;
    __builtin_memcpy(&product, &state, sizeof product);
    for (Size i = 0; i < n; ++i) {
      const Size at = backward ? n - 1 - i : i;
      to[at] = product = product * from[at];
    }
    __builtin_memcpy(&state, &product, sizeof product);
  }
  static void start_columns(Size columns, void* states) {
    for (Size j = 0; j < columns; ++j) static_cast<T*>(states)[j] = 1;
  }
  static void columns(const void* in, Size in_row, Size, Size rows, Size columns, void* states, void* out,
                      Size out_row) {
    T* const product = static_cast<T*>(states);
    for (Size i = 0; i < rows; ++i) {
      const T* const from = static_cast<const T*>(in) + i * in_row;
      T* const to = static_cast<T*>(out) + i * out_row;
      for (Size j = 0; j < columns; j += N) {
        const V next = load<V>(product + j) * load_some<V>(from + j, columns - j);
        store(product + j, next);
        store_some(to + j, next, columns - j);
      }
    }
  }
};

template <class T>
void fill_with(void* out, T value, Size n) {
  for (Size i = 0; i < n; ++i) static_cast<T*>(out)[i] = value;
}
template <class Op>
void identity_of(void* out, Size n) {
  using T = typename Op::Element;
  if constexpr (sizeof(typename Op::template Value<T>) == sizeof(T)) {
    fill_with<T>(out,
                 Scalar<T>::is_float && math::identity::add<T>() == Op::template identity<T>()
                     ? T(0)  // not the -0 that changes nothing
                     : Op::template identity<T>(),
                 n);
  } else {
    fill_with<T>(out, negative(infinity<T>()), n);
  }
}

template <class Op>
constexpr Scanning make() {
  using R = Rows<Op>;
  using C = Columns<Op>;
  return {R::start, R::row,  R::blocks, R::skip,        R::place, sizeof(typename R::Single),
          C::start, C::scan, C::bytes,  identity_of<Op>};
}
template <class T>
constexpr Scanning make_product() {
  using P = Chain<T>;
  return {P::start, P::row,           nullptr,    nullptr,   nullptr,
          0,        P::start_columns, P::columns, sizeof(T), [](void* out, Size n) { fill_with<T>(out, 1, n); }};
}

template <class T>
constexpr void fill(ScanTable& table, DType dtype) {
  const auto at = [&](ScanOp op) -> Scanning& { return table.loops[static_cast<int>(op)][static_cast<int>(dtype)]; };
  at(ScanOp::Min) = make<Min<T>>();
  at(ScanOp::Max) = make<Max<T>>();
  if constexpr (Scalar<T>::is_float) {
    at(ScanOp::Sum) = make<Sum<T>>();
    at(ScanOp::Product) = make_product<T>();
    at(ScanOp::LogSumExp) = make<LogSumExp<T>>();
  }
}

constexpr ScanTable make_table() {
  ScanTable table{};
  fill<i8>(table, DType::Int8);
  fill<i16>(table, DType::Int16);
  fill<i32>(table, DType::Int32);
  fill<i64>(table, DType::Int64);
  fill<u8>(table, DType::UInt8);
  fill<u16>(table, DType::UInt16);
  fill<u32>(table, DType::UInt32);
  fill<u64>(table, DType::UInt64);
  fill<f32>(table, DType::Float32);
  fill<f64>(table, DType::Float64);
  // Unsigned arithmetic, which wraps.
  table.loops[static_cast<int>(ScanOp::Sum)][static_cast<int>(DType::Int64)] = make<Sum<u64>>();
  table.loops[static_cast<int>(ScanOp::Product)][static_cast<int>(DType::Int64)] = make_product<u64>();
  return table;
}

}  // namespace

extern const ScanTable JOIN(kScan, INGOT_CPU_LEVEL);
constinit const ScanTable JOIN(kScan, INGOT_CPU_LEVEL) = make_table();

}  // namespace ingot::prebuilt
