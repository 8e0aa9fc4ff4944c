// Lanes: the few primitives that the bodies in kernels/math are written in.
//
// A body is a template over V, which is a C++ scalar (float, double, signed char ... unsigned long long) or a clang
// vector of such scalars (vec<T, N>), and uses nothing but + - * /, comparisons, bit operations and what this header
// defines. The same text is compiled by clang into the interpreter, by clang to bitcode for the JIT, and by NVRTC
// (scalars only), always without contraction, so a body gives the same bits everywhere. No header may be included from
// here or from a body: NVRTC has none.
#pragma once

#ifdef __CUDACC_RTC__
#define INGOT_FN __device__ __forceinline__
#define INGOT_METHOD static __device__ __forceinline__
#define INGOT_SLOW inline __device__ __noinline__
#else
#define INGOT_FN static inline __attribute__((always_inline))
#define INGOT_METHOD static inline __attribute__((always_inline))
#define INGOT_SLOW static inline
#endif

namespace ingot::math {

using i8 = signed char;
using u8 = unsigned char;
using i16 = short;
using u16 = unsigned short;
using i32 = int;
using u32 = unsigned int;
using i64 = long long;  // long on 64-bit Linux is a distinct type of the same size; bodies only ever see this one
using u64 = unsigned long long;
using f32 = float;
using f64 = double;

// What is known of a scalar type: its same-width companions, its kind and, for floats, its format.
template <class T>
struct Scalar;
template <class T, class I, class U, bool Float, bool Signed>
struct ScalarBase {
  using Int = I;
  using UInt = U;
  static constexpr bool is_float = Float;
  static constexpr bool is_signed = Signed;
  static constexpr int bits = 8 * sizeof(T);
};
template <>
struct Scalar<i8> : ScalarBase<i8, i8, u8, false, true> {};
template <>
struct Scalar<u8> : ScalarBase<u8, i8, u8, false, false> {};
template <>
struct Scalar<i16> : ScalarBase<i16, i16, u16, false, true> {};
template <>
struct Scalar<u16> : ScalarBase<u16, i16, u16, false, false> {};
template <>
struct Scalar<i32> : ScalarBase<i32, i32, u32, false, true> {};
template <>
struct Scalar<u32> : ScalarBase<u32, i32, u32, false, false> {};
template <>
struct Scalar<i64> : ScalarBase<i64, i64, u64, false, true> {};
template <>
struct Scalar<u64> : ScalarBase<u64, i64, u64, false, false> {};
template <>
struct Scalar<f32> : ScalarBase<f32, i32, u32, true, true> {
  static constexpr int mantissa = 23, bias = 127;
  static constexpr u32 sign = 0x80000000u, infinity = 0x7f800000u, nan = 0x7fc00000u;
  static constexpr f32 min_normal = 0x1p-126f,
                       magic = 0x1.8p23f;  // magic: adding it rounds to an integer kept in the low bits
};
template <>
struct Scalar<f64> : ScalarBase<f64, i64, u64, true, true> {
  static constexpr int mantissa = 52, bias = 1023;
  static constexpr u64 sign = 0x8000000000000000u, infinity = 0x7ff0000000000000u, nan = 0x7ff8000000000000u;
  static constexpr f64 min_normal = 0x1p-1022, magic = 0x1.8p52;
};

template <class T>
constexpr T smallest_integer = Scalar<T>::is_signed ? T(u64(1) << (Scalar<T>::bits - 1)) : T(0);
template <class T>
constexpr T largest_integer = T(~smallest_integer<T>);

// Lane<V>: Element, count, Rebind<T> (as many lanes of T), Int and UInt (of the element's width), Mask (what a
// comparison gives).
template <class V>
struct Lane {
  using Element = V;
  static constexpr int count = 1;
  template <class T>
  using Rebind = T;
  using Int = typename Scalar<V>::Int;
  using UInt = typename Scalar<V>::UInt;
  using Mask = bool;
};

template <class V>
using Element = typename Lane<V>::Element;
template <class T, class V>
using Rebind = typename Lane<V>::template Rebind<T>;
template <class V>
using Mask = typename Lane<V>::Mask;

template <class V>
constexpr bool is_float = Scalar<Element<V>>::is_float;
template <class V>
constexpr bool is_signed = Scalar<Element<V>>::is_signed;
template <class V>
constexpr bool is_f64 = is_float<V> && Scalar<Element<V>>::bits == 64;

// The constants of f64 lanes or of f32 lanes, whichever V is; each must be exact in its format.
template <class V>
INGOT_FN constexpr Element<V> pick(f64 for_f64, f32 for_f32) {
  if constexpr (is_f64<V>) {
    return for_f64;
  } else {
    return for_f32;
  }
}

#ifdef __CUDACC_RTC__

template <class V>
INGOT_FN V splat(V x) {
  return x;
}
INGOT_FN bool any(bool mask) { return mask; }
INGOT_FN bool all(bool mask) { return mask; }
template <class T, class V>
INGOT_FN T convert(V x) {
  return static_cast<T>(x);
}

template <class To, class From>
INGOT_FN To bit_cast(From x) {
  if constexpr (Scalar<To>::is_float == Scalar<From>::is_float) {
    return static_cast<To>(x);
  } else if constexpr (Scalar<To>::is_float) {
    if constexpr (sizeof(To) == 8)
      return __longlong_as_double(static_cast<i64>(x));
    else
      return __int_as_float(static_cast<i32>(x));
  } else {
    if constexpr (sizeof(To) == 8)
      return static_cast<To>(__double_as_longlong(x));
    else
      return static_cast<To>(__float_as_int(x));
  }
}

INGOT_FN f64 fma(f64 a, f64 b, f64 c) { return __fma_rn(a, b, c); }
INGOT_FN f32 fma(f32 a, f32 b, f32 c) { return __fmaf_rn(a, b, c); }
INGOT_FN f64 square_root(f64 x) { return __dsqrt_rn(x); }
INGOT_FN f32 square_root(f32 x) { return __fsqrt_rn(x); }
INGOT_FN f64 round_down(f64 x) { return ::floor(x); }
INGOT_FN f32 round_down(f32 x) { return ::floorf(x); }
INGOT_FN f64 round_up(f64 x) { return ::ceil(x); }
INGOT_FN f32 round_up(f32 x) { return ::ceilf(x); }
INGOT_FN f64 round_to_zero(f64 x) { return ::trunc(x); }
INGOT_FN f32 round_to_zero(f32 x) { return ::truncf(x); }
INGOT_FN f64 round_to_even(f64 x) { return ::rint(x); }
INGOT_FN f32 round_to_even(f32 x) { return ::rintf(x); }
INGOT_FN u64 multiply_high(u64 a, u64 b) { return __umul64hi(a, b); }
INGOT_FN int leading_zeros(u64 a) { return __clzll(static_cast<long long>(a)); }

#else

template <class T, int N>
using vec = T __attribute__((ext_vector_type(N)));

template <class T, int N>
struct Lane<vec<T, N>> {
  using Element = T;
  static constexpr int count = N;
  template <class U>
  using Rebind = vec<U, N>;
  using Int = vec<typename Scalar<T>::Int, N>;
  using UInt = vec<typename Scalar<T>::UInt, N>;
  using Mask = decltype(vec<T, N>{} < vec<T, N>{});  // lanes of 0 and -1
};

template <class V>
INGOT_FN V splat(Element<V> x) {
  return V(x);
}

INGOT_FN bool any(bool mask) { return mask; }
INGOT_FN bool all(bool mask) { return mask; }
#if defined(__AVX512F__)
// Comparisons give mask registers; asked of lanes, LLVM would make them lanes again.
template <class T, int N>
INGOT_FN bool any(vec<T, N> mask) {
  using Bits = bool __attribute__((ext_vector_type(N)));
  return __builtin_bit_cast(unsigned _BitInt(N), __builtin_convertvector(mask, Bits)) != 0;
}
#else
// Registers are joined one by one before the question: asked of several at once, LLVM packs all their bits first.
#if defined(__AVX__)
constexpr int kMaskBytes = 32;
#else
constexpr int kMaskBytes = 16;
#endif
template <class T, int N>
INGOT_FN bool any(vec<T, N> mask) {
  if constexpr (N * sizeof(T) > kMaskBytes) {
    return any(static_cast<vec<T, N / 2>>(mask.lo | mask.hi));
  } else {
    return __builtin_reduce_or(mask) != 0;
  }
}
#endif
template <class T, int N>
INGOT_FN bool all(vec<T, N> mask) {
  return __builtin_reduce_and(mask) != 0;
}

// Numeric conversion lane by lane. Only for values that T holds, or that it rounds: see cast.h for the others.
template <class T, class V>
INGOT_FN Rebind<T, V> convert(V x) {
  if constexpr (Lane<V>::count == 1) {
    return static_cast<T>(x);
  } else {
    return __builtin_convertvector(x, Rebind<T, V>);
  }
}

template <class To, class From>
INGOT_FN To bit_cast(From x) {
  return __builtin_bit_cast(To, x);
}

template <class V>
INGOT_FN V fma(V a, V b, V c) {
  return __builtin_elementwise_fma(a, b, c);
}
template <class V>
INGOT_FN V square_root(V x) {
  return __builtin_elementwise_sqrt(x);
}

#if defined(__SSE4_1__) || defined(__ARM_NEON)
template <class V>
INGOT_FN V round_down(V x) {
  return __builtin_elementwise_floor(x);
}
template <class V>
INGOT_FN V round_up(V x) {
  return __builtin_elementwise_ceil(x);
}
template <class V>
INGOT_FN V round_to_zero(V x) {
  return __builtin_elementwise_trunc(x);
}
template <class V>
INGOT_FN V round_to_even(V x) {
  return __builtin_elementwise_roundeven(x);
}
#endif

INGOT_FN u64 multiply_high(u64 a, u64 b) { return static_cast<u64>((static_cast<unsigned __int128>(a) * b) >> 64); }
INGOT_FN int leading_zeros(u64 a) { return __builtin_clzll(a); }  // a != 0

// Lane k of a multiple of 8 lanes holds k, whatever v.
template <class T, int N>
INGOT_FN vec<T, N> steps(vec<T, N> v) {
  if constexpr (N == 8) {
    return vec<T, 8>{0, 1, 2, 3, 4, 5, 6, 7};
  } else {
    v.lo = steps(static_cast<vec<T, N / 2>>(v.lo));
    v.hi = v.lo + vec<T, N / 2>(N / 2);
    return v;
  }
}

// The first eight of every sixteen lanes.
template <class T, int N>
INGOT_FN vec<T, N / 2> first_eights(vec<T, N> v) {
  if constexpr (N == 16) {
    return v.lo;
  } else {
    vec<T, N / 2> eights;
    eights.lo = first_eights(static_cast<vec<T, N / 2>>(v.lo));
    eights.hi = first_eights(static_cast<vec<T, N / 2>>(v.hi));
    return eights;
  }
}

// Eights of a and of b in turn, and sixteens.
template <int kRun, class T, int N>
INGOT_FN vec<T, 2 * N> join_runs(vec<T, N> a, vec<T, N> b) {
  vec<T, 2 * N> joined;
  if constexpr (N == kRun) {
    joined.lo = a;
    joined.hi = b;
  } else {
    joined.lo = join_runs<kRun>(static_cast<vec<T, N / 2>>(a.lo), static_cast<vec<T, N / 2>>(b.lo));
    joined.hi = join_runs<kRun>(static_cast<vec<T, N / 2>>(a.hi), static_cast<vec<T, N / 2>>(b.hi));
  }
  return joined;
}
template <class T, int N>
INGOT_FN vec<T, 2 * N> join_eights(vec<T, N> a, vec<T, N> b) {
  return join_runs<8>(a, b);
}
template <class T, int N>
INGOT_FN vec<T, 2 * N> join_sixteens(vec<T, N> a, vec<T, N> b) {
  return join_runs<16>(a, b);
}

#endif

// Masks joined. (On bools the operators & and | would do too, but compilers warn about them.)
INGOT_FN bool both(bool a, bool b) { return a && b; }
INGOT_FN bool either(bool a, bool b) { return a || b; }
#ifndef __CUDACC_RTC__
template <class T, int N>
INGOT_FN vec<T, N> both(vec<T, N> a, vec<T, N> b) {
  return a & b;
}
template <class T, int N>
INGOT_FN vec<T, N> either(vec<T, N> a, vec<T, N> b) {
  return a | b;
}
#endif

template <class V>
INGOT_FN V select(Mask<V> mask, V if_true, V if_false) {
  return mask ? if_true : if_false;
}

// A mask as lanes of 0 and 1, and back to a mask for lanes of V.
template <class V>
INGOT_FN Rebind<u8, V> mask_to_bool(Mask<V> mask) {
#ifndef __CUDACC_RTC__
  if constexpr (Lane<V>::count > 1)
    return __builtin_convertvector(mask & 1, Rebind<u8, V>);
  else
#endif
    return static_cast<u8>(mask);
}
template <class V>
INGOT_FN Mask<V> bool_to_mask(Rebind<u8, V> x) {
  using Int = typename Lane<V>::Int;
  return convert<Element<Int>>(x) != splat<Int>(0);
}

template <class V>
INGOT_FN typename Lane<V>::UInt to_bits(V x) {
  return bit_cast<typename Lane<V>::UInt>(x);
}
template <class V>
INGOT_FN V from_bits(typename Lane<V>::UInt x) {
  return bit_cast<V>(x);
}

template <class V>
INGOT_FN typename Lane<V>::UInt sign_bits() {
  return splat<typename Lane<V>::UInt>(Scalar<Element<V>>::sign);
}
template <class V>
INGOT_FN V infinity() {
  return from_bits<V>(splat<typename Lane<V>::UInt>(Scalar<Element<V>>::infinity));
}
template <class V>
INGOT_FN V not_a_number() {
  return from_bits<V>(splat<typename Lane<V>::UInt>(Scalar<Element<V>>::nan));
}

template <class V>
INGOT_FN V magnitude(V x) {
  return from_bits<V>(to_bits(x) & ~sign_bits<V>());
}
template <class V>
INGOT_FN V copy_sign(V size, V sign) {
  return from_bits<V>((to_bits(size) & ~sign_bits<V>()) | (to_bits(sign) & sign_bits<V>()));
}

#if !defined(__CUDACC_RTC__) && !defined(__SSE4_1__) && !defined(__ARM_NEON)
// Without SSE4.1 these would be calls into libm. Adding and taking away 2^mantissa rounds to an integer, ties to even.
template <class V>
INGOT_FN V round_to_even(V x) {
  const V shift = splat<V>(pick<V>(0x1p52, 0x1p23f)), size = magnitude(x);
  return select(size < shift, copy_sign((size + shift) - shift, x), x);
}
template <class V>
INGOT_FN V round_down(V x) {
  const V near = round_to_even(x);
  return select(near > x, copy_sign(near - splat<V>(1), x), near);
}
template <class V>
INGOT_FN V round_up(V x) {
  const V near = round_to_even(x);
  return select(near < x, copy_sign(near + splat<V>(1), x), near);
}
template <class V>
INGOT_FN V round_to_zero(V x) {
  const V size = magnitude(x), near = round_to_even(size);
  return copy_sign(select(near > size, near - splat<V>(1), near), x);
}
#endif

// The smaller and the larger of numbers; the second operand where one is a NaN or both are zeros, as minpd and maxpd
// have it.
template <class V>
INGOT_FN V lesser(V a, V b) {
  return select(a < b, a, b);
}
template <class V>
INGOT_FN V larger(V a, V b) {
  return select(a > b, a, b);
}

// c0 + x * (c1 + x * (c2 + ...)) by Horner's rule.
template <class V>
INGOT_FN V polynomial(V, Element<V> c) {
  return splat<V>(c);
}
template <class V, class... Rest>
INGOT_FN V polynomial(V x, Element<V> c, Rest... rest) {
  return fma(x, polynomial(x, static_cast<Element<V>>(rest)...), splat<V>(c));
}

// The same sum as two interleaved ones over z = x * x, even + x * odd: half the latency for one multiplication.
template <class V>
INGOT_FN V even_terms(V, Element<V> c) {
  return splat<V>(c);
}
template <class V>
INGOT_FN V even_terms(V, Element<V> c, Element<V>) {
  return splat<V>(c);
}
template <class V, class... Rest>
INGOT_FN V even_terms(V z, Element<V> c, Element<V>, Rest... rest) {
  return fma(z, even_terms(z, static_cast<Element<V>>(rest)...), splat<V>(c));
}
template <class V, class... Rest>
INGOT_FN V polynomial2(V x, V z, Element<V> c, Rest... rest) {
  return fma(x, even_terms(z, static_cast<Element<V>>(rest)...), even_terms(z, c, static_cast<Element<V>>(rest)...));
}

}  // namespace ingot::math
