// The numbers that factorisations compute with: real or complex, one or a lane each of several matrices. Included by
// sources that are compiled once per CPU level, so that everything here is theirs alone.
#pragma once

#include <cstdint>

#define INGOT_INLINE __attribute__((always_inline)) inline

namespace ingot::prebuilt {
namespace {

using Size = std::int64_t;

// 64 bytes at every level: a lane is a matrix, and what happens to it does not depend on the width of registers.
template <class R>
using Lanes = R __attribute__((ext_vector_type(64 / sizeof(R))));

template <class V>
struct Complex {
  V re, im;
};

template <class S>
struct Traits {
  using Part = S;
  static constexpr bool is_complex = false;
};
template <class V>
struct Traits<Complex<V>> {
  using Part = V;
  static constexpr bool is_complex = true;
};
template <class S>
using Part = typename Traits<S>::Part;

template <class V>
INGOT_INLINE Complex<V> operator+(Complex<V> x, Complex<V> y) {
  return {x.re + y.re, x.im + y.im};
}
template <class V>
INGOT_INLINE Complex<V> operator-(Complex<V> x, Complex<V> y) {
  return {x.re - y.re, x.im - y.im};
}
template <class V>
INGOT_INLINE Complex<V> operator-(Complex<V> x) {
  return {-x.re, -x.im};
}
template <class V>
INGOT_INLINE Complex<V> operator*(Complex<V> x, Complex<V> y) {
  return {x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re};
}
template <class V>
INGOT_INLINE Complex<V> operator*(Complex<V> x, V y) {
  return {x.re * y, x.im * y};
}
template <class V>
INGOT_INLINE Complex<V>& operator-=(Complex<V>& x, Complex<V> y) {
  return x = x - y;
}
template <class V>
INGOT_INLINE Complex<V>& operator+=(Complex<V>& x, Complex<V> y) {
  return x = x + y;
}

template <class V>
INGOT_INLINE V real(V x) {
  return x;
}
template <class V>
INGOT_INLINE V real(Complex<V> x) {
  return x.re;
}
template <class V>
INGOT_INLINE V imag(V) {
  return V(0);
}
template <class V>
INGOT_INLINE V imag(Complex<V> x) {
  return x.im;
}
template <class V>
INGOT_INLINE V conj(V x) {
  return x;
}
template <class V>
INGOT_INLINE Complex<V> conj(Complex<V> x) {
  return {x.re, -x.im};
}
template <class S>
INGOT_INLINE S from_real(Part<S> x) {
  if constexpr (Traits<S>::is_complex)
    return {x, Part<S>(0)};
  else
    return x;
}
template <class S>
INGOT_INLINE S from_parts(Part<S> re, [[maybe_unused]] Part<S> im) {
  if constexpr (Traits<S>::is_complex)
    return {re, im};
  else
    return re;
}
template <class S>
INGOT_INLINE S zero() {
  return from_real<S>(Part<S>(0));
}

template <class V>
INGOT_INLINE V magnitude(V x) {
  return __builtin_elementwise_abs(x);
}
template <class V>
INGOT_INLINE V root(V x) {
  return __builtin_elementwise_sqrt(x);
}
template <class M, class V>
INGOT_INLINE V select(M mask, V x, V y) {
  return mask ? x : y;
}
template <class M, class V>
INGOT_INLINE Complex<V> select(M mask, Complex<V> x, Complex<V> y) {
  return {mask ? x.re : y.re, mask ? x.im : y.im};
}

/// |re| + |im|, by which pivots are chosen.
template <class S>
INGOT_INLINE Part<S> size_of(S x) {
  if constexpr (Traits<S>::is_complex)
    return magnitude(x.re) + magnitude(x.im);
  else
    return magnitude(x);
}
template <class S>
INGOT_INLINE Part<S> square_of(S x) {
  if constexpr (Traits<S>::is_complex)
    return x.re * x.re + x.im * x.im;
  else
    return x * x;
}
/// x y + z; of real numbers rounded once
template <class V>
INGOT_INLINE V fused(V x, V y, V z) {
  return __builtin_elementwise_fma(x, y, z);
}
template <class V>
INGOT_INLINE Complex<V> fused(Complex<V> x, Complex<V> y, Complex<V> z) {
  return {fused(-x.im, y.im, fused(x.re, y.re, z.re)), fused(x.im, y.re, fused(x.re, y.im, z.im))};
}
/// conj(x) y
template <class S>
INGOT_INLINE S inner(S x, S y) {
  return conj(x) * y;
}

template <class V>
INGOT_INLINE V divide(V x, V y) {
  return x / y;
}
// Smith's algorithm ("Algorithm 116: complex division", CACM 5, 1962).
template <class V>
INGOT_INLINE Complex<V> divide(Complex<V> x, Complex<V> y) {
  const auto swap = magnitude(y.im) > magnitude(y.re);
  const V most = select(swap, y.im, y.re), least = select(swap, y.re, y.im);
  const V ratio = least / most, denominator = most + least * ratio;
  const V re = select(swap, x.re * ratio + x.im, x.re + x.im * ratio),
          im = select(swap, x.im * ratio - x.re, x.im - x.re * ratio);
  return {re / denominator, im / denominator};
}

}  // namespace
}  // namespace ingot::prebuilt
