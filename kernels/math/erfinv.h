// The inverse of the error function. Coefficients: coefficients.py, make_erfinv.
#pragma once

#include "pow.h"

namespace ingot::math {

// With w = -log(1 - x^2): up to 6.25 erfinv(x) / x is a polynomial in w, beyond erfinv(x) / sqrt(w) one in sqrt(w),
// which for f64 changes at 4. Each is taken about the middle of its interval, where its value is in two parts, so that
// only the last sum rounds much. scale * (value + value_low + t * slope).
template <class V>
INGOT_FN V along(V scale, f64 value, f64 value_low, V t, V slope) {
  return fma(scale, splat<V>(value), scale * fma(t, slope, splat<V>(value_low)));
}

// For 0 <= x < 1.
template <class V>
INGOT_FN V erfinv_f64(V x) {
  const V w = negative(log_core(fma(-x, x, splat<V>(1)), splat<V>(0)));
  const V t = w - splat<V>(0x1.000000p+1);
  const V near = along(
      x, 0x1.60912d150286bp+0, 0x1.498fe757ae64fp-54, t,
      polynomial2(t, t * t, 0x1.ff8666bb1460ep-3, -0x1.01f7f04aa439ap-9, -0x1.bb9627a1f1355p-10, 0x1.c4dab7c604fc4p-13,
                  0x1.fcca0b2dbbfe0p-18, -0x1.471ec4d876cc6p-18, 0x1.545098c191e78p-22, 0x1.289ea24dcb6dbp-24,
                  -0x1.bb1acdcabb60fp-27, -0x1.19d5ba3c941cap-32, 0x1.432a33cd9300fp-32, -0x1.75948b897a00fp-36,
                  -0x1.30a373b537f9ap-38, 0x1.dc1ae1f24afb0p-41, 0x1.27aebf05df5b6p-46, -0x1.637dd5c982c33p-46,
                  0x1.a565816c6aa2dp-50, 0x1.4d0c499a4612dp-52, -0x1.16a40bfadc47ap-54, 0x1.3b187971d69d0p-61,
                  0x1.5099f3fe5c643p-60, -0x1.95f59377d9551p-63, 0x1.ac76079e7ec0cp-67, -0x1.6b444bb184d49p-72));
  const V s = square_root(w), t1 = s - splat<V>(0x1.a00000p+1), t2 = s - splat<V>(0x1.400000p+2);
  const V far =
      along(s, 0x1.e5d3060902083p-1, 0x1.d8ed38a331374p-58, t1,
            polynomial2(t1, t1 * t1, 0x1.1d7ba772d5535p-6, -0x1.018b50d42fb16p-8, 0x1.dec516b762282p-12,
                        0x1.01bf2ce058930p-13, -0x1.bd2364be81027p-14, 0x1.5040a1f465c11p-15, -0x1.db1f9bad0a15fp-18,
                        -0x1.15d8eece9fb5fp-19, 0x1.2760d8445bcc8p-19, -0x1.b84e91445ceb8p-21, 0x1.096afe5e5504ep-24,
                        0x1.bb8b2d402b763p-24, -0x1.085139c868456p-24, 0x1.cd46b6af67a82p-27, 0x1.0a1c069691df4p-28,
                        -0x1.0df8f8b6f4fc5p-28, 0x1.99db183d9c6b6p-31, 0x1.9f9eee09e6962p-33));
  const V end =
      along(s, 0x1.f0a162e906c95p-1, 0x1.05a969e8d9669p-55, t2,
            polynomial2(t2, t2 * t2, 0x1.083c5e101ff04p-7, -0x1.ae0cde4744746p-10, 0x1.2af237c001bb5p-12,
                        -0x1.5ed576bdbf006p-15, 0x1.29705cc444400p-18, 0x1.beafddaa088edp-27, -0x1.a14313c428128p-23,
                        0x1.4dba6565c762ap-24, -0x1.8bf4dcc68d55dp-26, 0x1.99d444f1af917p-28, -0x1.7f936da41f21bp-30,
                        0x1.3b9eb85720a33p-32, -0x1.94e8871bd51ecp-35, 0x1.6d956f4a81067p-39, 0x1.fc34dbac59716p-39,
                        -0x1.908289257f0c7p-39, 0x1.ae1d0e6c56126p-41));
  return select(w < splat<V>(6.25), near, select(s < splat<V>(4), far, end));
}

// f32 in f64 lanes, where a plain logarithm is more precise than is needed.
template <class V>
INGOT_FN V erfinv_f32(V x) {
  const LogReduction<V> l = reduce_log(fma(-x, x, splat<V>(1)));
  const V one = splat<V>(1), w = negative(log_of_quotient_f32(l.k, (l.m - one) / (l.m + one)));
  const V t = w - splat<V>(0x1.000000p+1);
  const V near =
      x * fma(t,
              polynomial(t, 0x1.ff86659ad6583p-3, -0x1.01f708dafef44p-9, -0x1.bb942553d14e6p-10, 0x1.c4c012bde87d2p-13,
                         0x1.fb74b925bc840p-18, -0x1.4501c64975e2fp-18, 0x1.55e7d35f099ddp-22, 0x1.05065247b182fp-24,
                         -0x1.88e2158e40f0ap-27, 0x1.e98687b8d4fe5p-32, 0x1.4ccfd8a47ab26p-36),
              splat<V>(0x1.60912d150286bp+0));
  const V s = square_root(w), t1 = s - splat<V>(0x1.a00000p+1);
  const V far =
      s * fma(t1,
              polynomial(t1, 0x1.1d7b9bfbcdbf5p-6, -0x1.018ce4a5e6df7p-8, 0x1.df068b110d6fdp-12, 0x1.03d1f4cb9fef0p-13,
                         -0x1.c319f62f6b121p-14, 0x1.385ba9b0472bep-15, -0x1.0d7e163a9608bp-18),
              splat<V>(0x1.e5d3060902083p-1));
  return select(w < splat<V>(6.25), near, far);
}

// Infinite at -1 and 1, NaN beyond.
template <class V>
INGOT_FN V erfinv(V x) {
  const V size = magnitude(x), one = splat<V>(1);
  V y;
  if constexpr (is_f64<V>) {
    y = erfinv_f64(size);
  } else {
    y = convert<f32>(erfinv_f32(convert<f64>(size)));
  }
  return copy_sign(select(size < one, y, select(size == one, infinity<V>(), not_a_number<V>())), x);
}

}  // namespace ingot::math
