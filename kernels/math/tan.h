// Tangent over the whole range. Coefficients: coefficients.py, make_tan.
#pragma once

#include "trig.h"

namespace ingot::math {

// tan(r + low), or -1 / tan(r + low) where odd, for |r| <= pi / 4 and a tiny low. One polynomial gives tan(r) in two
// parts, of which the second corrects the quotient. Beside r^3 p(r^2), which is a fifth of the result at most, what r^2
// is rounded by has to be kept, with a share that is between a third and 0.8, and in f64 what r^3 is. low counts with
// 1 + tan(r)^2, about 1 + r^2 + r^4. 0.91 ulp, f32 0.93.
template <class V>
INGOT_FN V tan_kernel(V r, V low, Mask<V> odd) {
  const V one = splat<V>(1), z = r * r, z_low = fma(r, r, -z);
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial(z, 0x1.55555555554f1p-2, 0x1.11111111183b0p-3, 0x1.ba1ba1b462328p-5, 0x1.664f49aa0b29cp-6,
                   0x1.226e122ef1813p-7, 0x1.d6d939a460714p-9, 0x1.7d5b1686a614cp-10, 0x1.37fccc12745c3p-11,
                   0x1.d256a6a0752bap-13, 0x1.1e5e2bf33eb53p-13, -0x1.bb486e869c9dcp-16, 0x1.7753b232693cfp-14,
                   -0x1.7899582399899p-15, 0x1.5e19188bd6081p-16);
  } else {
    p = polynomial(z, 0x1.555560p-2f, 0x1.110d8ep-3f, 0x1.badbfep-5f, 0x1.5cae8ep-6f, 0x1.6318e0p-7f, 0x1.72b1f6p-14f,
                   0x1.1ed774p-8f);
  }
  const V cube = r * z;
  V rest = fma(r * z_low, splat<V>(pick<V>(0.6, 0.5f)), fma(low, fma(z, z, z), low));
  if constexpr (is_f64<V>) rest = fma(fma(-r, z, cube), -p, rest);  // in these signs, -0 stays
  const V tail = fma(cube, p, rest);
  const V t = r + tail, t_low = (r - t) + tail;
  const V inverse = -one / t;
  return select(odd, fma(fma(inverse, t_low, fma(inverse, t, one)), inverse, inverse), t);
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
