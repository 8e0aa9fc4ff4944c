// The modified Bessel function of order 0. Coefficients: coefficients.py, make_i0.
#pragma once

#include "exp_log.h"
#include "pair.h"
#include "pow.h"

namespace ingot::math {

// Below 9 its power series, as fitted, of which the last five steps are in two parts; beyond, exp(x) / sqrt(x) times a
// polynomial in 1 / x.
template <class V>
INGOT_FN V i0_f64(V x) {
  const V zero = splat<V>(0), one = splat<V>(1), half = splat<V>(0.5), quarter = splat<V>(0.25);
  const V square = x * x;
  const Pair<V> t{square * quarter, fma(x, x, -square) * quarter};
  const V terms = polynomial(t.high, 0x1.23456789abf2ep-14, 0x1.02e85c089567ap-19, 0x1.522a43f6b3d21p-25,
                             0x1.522a43ef1ac23p-31, 0x1.0b3132ec86eb5p-37, 0x1.560180bbe18b6p-44, 0x1.69cb0bf55efedp-51,
                             0x1.4192ff057dad8p-58, 0x1.e76f197b52ecbp-66, 0x1.3c7b93e04d028p-73, 0x1.774c7ab2fb44ep-81,
                             0x1.23056b972f0fep-89, 0x1.0d5519747bd35p-96);
  const Pair<V> fifth = plus<V>(product(t, Pair<V>{terms, zero}), 0x1.c71c71c71c700p-10);
  const Pair<V> fourth = plus<V>(product(t, fifth), 0x1.c71c71c71c71dp-6);
  const Pair<V> third = plus<V>(product(t, fourth), 0.25), second = plus<V>(product(t, third), 1);
  const Pair<V> near = plus<V>(product(t, second), 1);

  const V u = one / x, start = splat<V>(0x1.9884533d43654p-2);
  const V rise =
      u * polynomial(u, 0x1.9884533d3733cp-5, 0x1.cb94dde9bc47ep-6, 0x1.debaa90f3d775p-6, 0x1.6eb8010a477cap-5,
                     0x1.63f0ed75dd079p-4, 0x1.491e75058f006p-1, -0x1.0962c91d6677ep+5, 0x1.03f539f0a587cp+11,
                     -0x1.7d499cab9424ap+16, 0x1.b34cb7a4c3f0bp+21, -0x1.8611ec8138a44p+26, 0x1.1401f04251345p+31,
                     -0x1.35170719aa8bep+35, 0x1.11808c68be3ecp+39, -0x1.7c651892fb41dp+42, 0x1.9bab4684b1a35p+45,
                     -0x1.5533c5fe00e39p+48, 0x1.a6c1f4a5e066dp+50, -0x1.78efca437ec2cp+52, 0x1.c624399c39acap+53,
                     -0x1.4861feae51bf1p+54, 0x1.a99c57a962d51p+53);
  const V root = square_root(x), root_low = fma(-root, root, x) * (half * (one / root));
  const Pair<V> factor = quotient(sum_of_ordered(start, rise), Pair<V>{root, root_low});
  const ExpParts<V> e = exp_parts(x);
  const PowerOfTwo<V> power = power_of_two(e.shifted);
  const V far = (times_one_plus(factor, e.w, e.w_low) * power.first) * power.second;
  return select(x < splat<V>(9), near.high + near.low, far);
}

// f32 in f64 lanes.
template <class V>
INGOT_FN V i0_f32(V x) {
  const V near = polynomial(x * x * splat<V>(0.25), 1.0, 1.0, 0.25, 0x1.c71c43ee7a68fp-6, 0x1.c7201b31c61c6p-10,
                            0x1.2329086483faep-14, 0x1.03c7cb6f60abbp-19, 0x1.4a62082720a00p-25, 0x1.7ad50a19f469cp-31,
                            0x1.22e1d6eba06b6p-38, 0x1.651e665e82413p-43);
  const V far = polynomial(splat<V>(1) / x, 0x1.9884533aa0bb9p-2, 0x1.988464d974a65p-5, 0x1.cb8a6a40e6fe0p-6,
                           0x1.e0087edada079p-6, 0x1.69a7ef554e5d0p-5, 0x1.02b243bde65c4p-4, 0x1.02377578a9d72p+0,
                           -0x1.dc53817916cdap+2, 0x1.1aa48c87250d6p+5);
  return select(x < splat<V>(9), near, exp_f32(x) * far / square_root(x));
}

// I0(x), infinite at infinities.
template <class V>
INGOT_FN V i0(V x) {
  if constexpr (is_f64<V>) {
    return i0_f64(lesser(splat<V>(720), magnitude(x)));
  } else {
    return convert<f32>(i0_f32(convert<f64>(lesser(splat<V>(100.0f), magnitude(x)))));
  }
}

}  // namespace ingot::math
