// Cube root and Euclidean distance. Coefficients: coefficients.py, make_roots.
#pragma once

#include "exp_log.h"

namespace ingot::math {

// |x| = m * 8^q with m in [2^-1.5, 2^1.5), y = m^(1/3) from a polynomial for m^(-1/3) and one step of third order on
// it; last, one Newton step for y, whose residual m - y^3 is taken from exact products.
template <class V>
INGOT_FN V cbrt(V x) {
  const V size = magnitude(x), one = splat<V>(1), zero = splat<V>(0);
  const V third = splat<V>(pick<V>(0x1.5555555555555p-2, 0x1.555556p-2f));
  const Mask<V> subnormal = size < splat<V>(Scalar<Element<V>>::min_normal);
  const LogReduction<V> l = reduce_log(select(subnormal, size * splat<V>(log_scale<Element<V>>), size));
  const V k = l.k - select(subnormal, splat<V>(log_power<Element<V>>), zero);
  const V shifted = fma(k, third, splat<V>(power_magic<V>));
  const V j = fma(shifted - splat<V>(power_magic<V>), splat<V>(-3), k);  // -1, 0 or 1
  const V m = l.m * select(j > zero, splat<V>(2), select(j < zero, splat<V>(pick<V>(0.5, 0.5f)), one));
  V r;
  if constexpr (is_f64<V>) {
    r = polynomial(l.m, 0x1.ffc98772923f2p+0, -0x1.3e31f2ad9b40cp+1, 0x1.656528f271812p+1, -0x1.e5e6e813bd91ep+0,
                   0x1.66c145ba794e6p-1, -0x1.ba96e4e07d585p-4);
  } else {
    r = polynomial(l.m, 0x1.bb0fe8p+0f, -0x1.492568p+0f, 0x1.6d3916p-1f, -0x1.44ac7ap-3f);
  }
  r = r * select(j > zero, splat<V>(pick<V>(0x1.965fea53d6e3dp-1, 0x1.965feap-1f)),
                 select(j < zero, splat<V>(pick<V>(0x1.428a2f98d728bp+0, 0x1.428a30p+0f)), one));
  const V off = fma(-m * r, r * r, one);  // (1 - off)^(-1/3) = 1 + off / 3 + 2/9 off^2
  r = fma(r * off, fma(off, splat<V>(pick<V>(0x1.c71c71c71c71cp-3, 0x1.c71c72p-3f)), third), r);
  const V y = m * (r * r), y2 = y * y, y3 = y2 * y;
  const V y3_low = fma(y2, y, -y3) + fma(y, y, -y2) * y;
  const V rest = ((m - y3) - y3_low) * (r * r * third);
  const V root = (y + rest) * power_from(shifted);
  return copy_sign(select(both(size > zero, size < infinity<V>()), root, size), x);
}

// sqrt(a^2 + b^2) for the larger and the smaller magnitude, both multiplied by a power of two that brings a into
// [2, 4). The sum of squares is carried in two parts and the root is corrected by rest / (2 root), for which a line
// that is within 13 % of 1 / (2 root) is enough.
template <class V>
INGOT_FN V hypot(V x, V y) {
  using U = typename Lane<V>::UInt;
  using S = Scalar<Element<V>>;
  constexpr auto one = static_cast<typename S::UInt>(1) << S::mantissa;
  const V x_size = magnitude(x), y_size = magnitude(y);
  const Mask<V> x_first = x_size > y_size;
  const V large = select(x_first, x_size, y_size), small = select(x_first, y_size, x_size);
  const U exponent = to_bits(larger(large, splat<V>(S::min_normal))) & splat<U>(S::infinity);
  const V scale = from_bits<V>(splat<U>((2 * S::bias + 1) * one) - exponent);
  const V a = large * scale, b = small * scale;
  const V aa = a * a, bb = b * b, s = aa + bb;
  const V s_low = ((aa - s) + bb) + (fma(a, a, -aa) + fma(b, b, -bb));
  const V root = square_root(s), slope = splat<V>(pick<V>(-0.03857421875, -0.03857421875f));
  const V rest = (fma(-root, root, s) + s_low) * fma(root, slope, splat<V>(pick<V>(0.294921875, 0.294921875f)));
  const V result = ((root + rest) * splat<V>(pick<V>(0.5, 0.5f))) * from_bits<V>(exponent);
  return select(either(x_size == infinity<V>(), y_size == infinity<V>()), infinity<V>(), result);
}

}  // namespace ingot::math
