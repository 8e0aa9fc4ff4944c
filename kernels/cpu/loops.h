// The element loops: every op of ops.def over every dtype it has a body for. Included by support_level.cpp only.
#pragma once

#include "kernels/cpu/lanes.h"
#include "kernels/cpu/support.h"
#include "kernels/math/math.h"

namespace ingot::cpu {
namespace {

enum Kind { Any, Number, Integral, Integer, Float, Bool, Index, Fast, Same, Random };  // the words of ops.def's columns
enum Property { None = 0, Commutative = 1, Associative = 2, Selects = 4 };

// One struct per op, so that a body can be a template argument.
#define INGOT_OP(op, arity_, operands_, result_, properties_, cost_, ...)        \
  struct op##_body {                                                             \
    static constexpr int arity = arity_, properties = properties_, cost = cost_; \
    static constexpr Kind operands = operands_, result = result_;                \
    template <class... V>                                                        \
    static ALWAYS_INLINE auto run(V... lanes) {                                  \
      return math::op(lanes...);                                                 \
    }                                                                            \
    template <class T, class... V>                                               \
    static ALWAYS_INLINE auto draw(V... lanes) {                                 \
      return math::op<T>(lanes...);                                              \
    }                                                                            \
  };
#include "kernels/ops.def"

constexpr bool has_arithmetic(DType d) {
  return is_bool(d) || is_integer(d) || d == DType::Float32 || d == DType::Float64;
}
constexpr bool has_casts(DType d) { return !is_complex(d); }

constexpr bool has_body(Kind operands, DType d, Kind result = Same) {
  switch (operands) {
    case Any: return has_arithmetic(d);
    case Number: return has_arithmetic(d) && !is_bool(d);
    case Integral: return is_bool(d) || is_integer(d);
    case Integer: return is_integer(d);
    case Float:
    case Fast: return d == DType::Float32 || d == DType::Float64;
    case Index: return result == Random ? has_body(Float, d) : d == DType::Int64;
    default: return is_bool(d);
  }
}

template <DType D>
struct ElementOf {
  using type = u8;
};
template <>
struct ElementOf<DType::Int8> {
  using type = i8;
};
template <>
struct ElementOf<DType::Int16> {
  using type = i16;
};
template <>
struct ElementOf<DType::Int32> {
  using type = i32;
};
template <>
struct ElementOf<DType::Int64> {
  using type = i64;
};
template <>
struct ElementOf<DType::UInt16> {
  using type = u16;
};
template <>
struct ElementOf<DType::UInt32> {
  using type = u32;
};
template <>
struct ElementOf<DType::UInt64> {
  using type = u64;
};
template <>
struct ElementOf<DType::Float16> {
  using type = f16;
};
template <>
struct ElementOf<DType::BFloat16> {
  using type = bf16;
};
template <>
struct ElementOf<DType::Float32> {
  using type = f32;
};
template <>
struct ElementOf<DType::Float64> {
  using type = f64;
};

template <class T, int N>
struct LanesOf {
  using type = vec<T, N>;
};
template <class T>
struct LanesOf<T, 1> {
  using type = T;
};
template <class T, int N>
using Lanes = typename LanesOf<T, N>::type;

// How an element loop is driven: it takes whole bundles, and a tail is one more bundle, padded in local memory. So
// every element goes through the same code wherever it lies.
struct Driven {
  int lanes;
  int out, a, b, c;  // itemsizes; 0 for an operand that is not there
};

using Loop = void (*)(char* out, const char* a, const char* b, const char* c, Size n);

ALWAYS_INLINE void pad_operand(char* to, const char* from, int itemsize, Size n, Size lanes) {
  switch (itemsize) {
    case 1: return pad(reinterpret_cast<u8*>(to), reinterpret_cast<const u8*>(from), n, lanes);
    case 2: return pad(reinterpret_cast<u16*>(to), reinterpret_cast<const u16*>(from), n, lanes);
    case 4: return pad(reinterpret_cast<u32*>(to), reinterpret_cast<const u32*>(from), n, lanes);
    case 8: return pad(reinterpret_cast<u64*>(to), reinterpret_cast<const u64*>(from), n, lanes);
  }
}

__attribute__((noinline)) void drive_tail(Loop loop, const Driven& d, char* out, const char* a, const char* b,
                                          const char* c, Size n) {
  alignas(64) char local[4][kMaxBundleBytes];
  pad_operand(local[1], a, d.a, n, d.lanes);
  pad_operand(local[2], b, d.b, n, d.lanes);
  pad_operand(local[3], c, d.c, n, d.lanes);
  loop(local[0], local[1], local[2], local[3], d.lanes);
  __builtin_memcpy(out, local[0], n * d.out);
}

ALWAYS_INLINE void drive(Loop loop, const Driven& d, void* out, const void* a, const void* b, const void* c, Size n) {
  char* o = static_cast<char*>(out);
  const char *x = static_cast<const char*>(a), *y = static_cast<const char*>(b), *z = static_cast<const char*>(c);
  const Size tail = n % d.lanes, whole = n - tail;
  if (whole > 0) loop(o, x, y, z, whole);
  if (tail > 0) drive_tail(loop, d, o + whole * d.out, x + whole * d.a, y + whole * d.b, z + whole * d.c, tail);
}

// Lanes of a bundle whose widest operand is `itemsize` wide.
constexpr int bundle_lanes(int cost, int itemsize) {
  const int bytes = cost < kHeavyCost ? kLightBundleBytes : kHeavyBundleBytes;
  return bytes < itemsize ? 1 : bytes / itemsize;
}

// What a body gives for a bool result: lanes of 0 and 1.
template <class V, class R>
ALWAYS_INLINE Rebind<u8, V> as_bool(R result) {
  if constexpr (__is_same(R, Rebind<u8, V>)) {
    return result;
  } else {
    return mask_to_bool<V>(result);
  }
}

template <class Body, class T, int N>
void apply_loop(char* out, const char* a, const char* b, const char* c, Size n) {
  using V = Lanes<T, N>;
  for (Size i = 0; i < n; i += N) {
    if constexpr (Body::properties == Selects) {
      store(out + i * sizeof(T),
            Body::run(load<Lanes<u8, N>>(a + i), load<V>(b + i * sizeof(T)), load<V>(c + i * sizeof(T))));
    } else if constexpr (Body::result == Random) {
      using K = Lanes<i64, N>;
      store(out + i * sizeof(T), Body::template draw<T>(load<K>(a + i * 8), load<K>(b + i * 8)));
    } else {
      const V x = load<V>(a + i * sizeof(T));
      const auto result = [&] {
        if constexpr (Body::arity == 1) {
          return Body::run(x);
        } else if constexpr (Body::arity == 2) {
          return Body::run(x, load<V>(b + i * sizeof(T)));
        } else {
          return Body::run(x, load<V>(b + i * sizeof(T)), load<V>(c + i * sizeof(T)));
        }
      }();
      if constexpr (Body::result == Bool) {
        store(out + i, as_bool<V>(result));
      } else {
        store(out + i * sizeof(T), result);
      }
    }
  }
}

template <class Body, class T>
void apply(void* out, const void* a, const void* b, const void* c, Size n) {
  constexpr bool selects = Body::properties == Selects, index = Body::result == Random;
  constexpr int size = sizeof(T), N = bundle_lanes(Body::cost, index ? 8 : size);
  constexpr Driven d = {N, Body::result == Bool ? 1 : size,
                        selects ? 1
                        : index ? 8
                                : size,
                        Body::arity < 2 ? 0
                        : index         ? 8
                                        : size,
                        Body::arity < 3 ? 0 : size};
  drive(apply_loop<Body, T, N>, d, out, a, b, c, n);
}

template <class To, class From, bool kToBool, int N>
void cast_loop(char* out, const char* a, const char*, const char*, Size n) {
  using V = Lanes<Stored<From>, N>;
  for (Size i = 0; i < n; i += N) {
    const V x = load<V>(a + i * sizeof(From));
    if constexpr (kToBool) {
      store(out + i, as_bool<V>(math::cast_to_bool<From>(x)));
    } else {
      store(out + i * sizeof(To), math::cast_between<To, From>(x));
    }
  }
}

template <class To, class From, bool kToBool>
void cast(void* out, const void* a, Size n) {
  constexpr int N = bundle_lanes(1, sizeof(To) > sizeof(From) ? sizeof(To) : sizeof(From));
  drive(cast_loop<To, From, kToBool, N>, {N, sizeof(To), sizeof(From), 0, 0}, out, a, nullptr, nullptr, n);
}

template <int kSize>
void copy(void* out, const void* a, Size n) {
  if (out != a) __builtin_memcpy(out, a, n * kSize);
}

template <class V, int... I>
ALWAYS_INLINE V counting(Sequence<I...>) {
  return V{I...};
}

void iota(std::int64_t* out, Size first, Size step, Size n) {
  constexpr int N = 4;
  using V = vec<u64, N>;  // wraps where a tail's padding would overflow
  V value = u64(first) + counting<V>(MakeSequence<N>{}) * u64(step);
  Size i = 0;
  for (; i + N <= n; i += N) {
    store(out + i, value);
    value += V(u64(step) * N);
  }
  for (int k = 0; i < n; ++i, ++k) out[i] = Size(value[k]);
}

}  // namespace
}  // namespace ingot::cpu
