// Tangent over the whole range. Coefficients: coefficients.py, make_tan.
#pragma once

#include "trig.h"

namespace ingot::math {

// tan(r + low), or -1 / tan(r + low) where odd, for |r| <= pi / 4 and a tiny low: the quotient of sine and cosine, each
// carried with what it was rounded by, as is the division. 0.88 ulp, f32 0.90.
template <class V>
INGOT_FN V tan_kernel(V r, V low, Mask<V> odd) {
  const V one = splat<V>(1), half = splat<V>(pick<V>(0.5, 0.5f));
  const V z = r * r, z_low = fma(r + r, low, fma(r, r, -z));
  V sines, cosines;
  if constexpr (is_f64<V>) {
    sines = polynomial(z, -0x1.5555555555549p-3, 0x1.111111110f8a6p-7, -0x1.a01a019c160c6p-13, 0x1.71de357b043cbp-19,
                       -0x1.ae5e68842fe92p-26, 0x1.5d939aa086937p-33);
    cosines = polynomial(z, 0x1.555555555554bp-5, -0x1.6c16c16c15015p-10, 0x1.a01a019c8f241p-16, -0x1.27e4f7f18f357p-22,
                         0x1.1ee9dbcc9ca42p-29, -0x1.8fa682b946c6ep-37);
  } else {
    sines = polynomial(z, -0x1.555546p-3f, 0x1.11077cp-7f, -0x1.99559cp-13f);
    cosines = polynomial(z, 0x1.55554ap-5f, -0x1.6c0c28p-10f, 0x1.99e814p-16f);
  }
  const V h = z * half, top = one - h;
  const V sine_tail = fma(r * z, sines, low * top), sine = r + sine_tail, sine_low = (r - sine) + sine_tail;
  const V cosine_tail = fma(z * z, cosines, fma(-half, z_low, (one - top) - h));
  const V cosine = top + cosine_tail, cosine_low = (top - cosine) + cosine_tail;

  const V n = select(odd, cosine, sine), n_low = select(odd, cosine_low, sine_low);
  const V d = select(odd, sine, cosine), d_low = select(odd, sine_low, cosine_low);
  const V inverse = one / d, q = n * inverse;
  const V y = fma(fma(-q, d, n) + fma(-q, d_low, n_low), inverse, q);
  return copy_sign(y, select(odd, negative(r), r));  // zeros too
}

template <class V>
INGOT_FN Mask<V> tan_is_rare(V x) {
  return magnitude(x) > splat<V>(kTrigFast<V>);
}

// As sin_common, by multiples of pi / 2.
template <class V>
INGOT_FN V tan_common(V x) {
  using U = typename Lane<V>::UInt;
  constexpr Element<V> magic = Scalar<Element<V>>::magic;
  const V shifted = fma(x, splat<V>(2 * kOneOverPi<V>), splat<V>(magic)), q = shifted - splat<V>(magic);
  const V exact = fma(q, splat<V>(-kPi1<V> / 2), x);
  const V step = q * splat<V>(kPi2<V> / 2), r = exact - step;
  const V excess = fma(q, splat<V>(kPi3<V> / 2), (r - exact) + step);
  return tan_kernel(r, -excess, (to_bits(shifted) & splat<U>(1)) != splat<U>(0));
}

template <class V>
INGOT_FN V tan(V x) {
  V y = tan_common(x);
  if (INGOT_UNLIKELY(any(tan_is_rare(x)))) y = tan_replace_rare(y, x);
  return y;
}

// The reductions of sine and cosine: that of the multiple of pi / 2 which is nearer keeps its precision next to it.
template <class T>
INGOT_RARE T tan_rare(T x) {
  if (!(magnitude(x) < infinity<T>())) return not_a_number<T>();
  const f64 size = magnitude(static_cast<f64>(x));
  const bool far = size <= kTrigFar;
  bool odd = false;
  TrigReduction t = far ? reduce_far(size, odd) : reduce_huge(size, odd);
  if (magnitude(t.r) > 0.5 * kPi1<f64> * 0.5) {
    odd = true;
    t = far ? reduce_far(size, odd) : reduce_huge(size, odd);
  }
  const f64 y = tan_kernel(t.r, t.low, odd);
  return static_cast<T>(x < 0 ? -y : y);
}

}  // namespace ingot::math
