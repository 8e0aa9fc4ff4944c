// Error function and its complement. Coefficients: coefficients.py, make_erf and make_exp.
#pragma once

#include "exp_log.h"

namespace ingot::math {

// Up to here erfc and gelu come from erf's polynomial.
template <class V>
constexpr Element<V> kErfcNear = pick<V>(0.5, 0.5f);
// Up to here erf is a polynomial, beyond it 1 - exp(-x^2 - erf_rest(x)).
template <class V>
constexpr Element<V> kErfNear = pick<V>(0.75, 0.75f);

// A number that was not rounded yet: the sum of the two, the second small beside the first.
template <class V>
struct Unrounded {
  V high, low;
};

// erf(x / scale) for z = (x / scale)^2 and the p of z below: the straight part, x times 2 / sqrt(pi) / scale in two
// parts, with what it is rounded by.
template <class V>
INGOT_FN Unrounded<V> erf_near(V x, V z, V p, Element<V> slope, Element<V> slope_low, Element<V> inverse_scale) {
  const V straight = splat<V>(slope), high = x * straight;
  const V lost = fma(x, splat<V>(slope_low), fma(x, straight, -high));
  return {high, fma(x * splat<V>(inverse_scale) * z, p, lost)};
}
template <class V>
INGOT_FN Unrounded<V> erf_near(V x, V z, V p) {
  return erf_near(x, z, p, pick<V>(0x1.20dd750429b6dp+0, 0x1.20dd76p+0f),
                  pick<V>(0x1.1ae3a914fed80p-56, -0x1.f7ac92p-25f), pick<V>(1, 1.0f));
}
// p for |x| < 0.5 and z = x^2.
template <class V>
INGOT_FN V erf_tail_to_half(V z) {
  if constexpr (is_f64<V>) {
    return polynomial2(z, z * z, -0x1.812746b0379e7p-2, 0x1.ce2f21a042c26p-4, -0x1.b82ce312893fcp-6,
                       0x1.565bcd0dadfd5p-8, -0x1.c02db34bbfcf3p-11, 0x1.f9a2de05f6ab8p-14, -0x1.f4c25163fc8d8p-17,
                       0x1.b7e5dd63f5039p-20, -0x1.3d049bb1293ffp-23);
  } else {
    return polynomial(z, -0x1.812738p-2f, 0x1.ce2638p-4f, -0x1.b67d20p-6f, 0x1.35dbdep-8f);
  }
}
// p for |x| < 0.75.
template <class V>
INGOT_FN V erf_tail(V z) {
  if constexpr (is_f64<V>) {
    return polynomial2(z, z * z, -0x1.812746b0379e3p-2, 0x1.ce2f21a042688p-4, -0x1.b82ce3125f84ap-6,
                       0x1.565bcd04b1b4dp-8, -0x1.c02db160138cdp-11, 0x1.f9a2b6d90b575p-14, -0x1.f4c66589b0734p-17,
                       0x1.b914d156c3400p-20, -0x1.5675cf9285844p-23, 0x1.8b02759197fffp-27);
  } else {
    return polynomial(z, -0x1.81273ep-2f, 0x1.ce2b9ep-4f, -0x1.b7b720p-6f, 0x1.4f98b8p-8f, -0x1.6420aap-11f);
  }
}

// -log(erfc(x)) - x^2 for 0.75 <= x <= 6 (f32: 4), as precise as erf needs it: an error counts less and less. A
// polynomial in x - 3/2, for f64 over x + 5, which halves the number of terms.
template <class V>
INGOT_FN V erf_rest(V x) {
  const V distance = x - splat<V>(pick<V>(1.5, 1.5f));
  if constexpr (is_f64<V>) {
    const V t = distance / (x + splat<V>(5));
    const V rise =
        polynomial2(t, t * t, 0x1.a75280186b9cep+1, -0x1.3a8ec224ef475p+0, 0x1.53c7d2116cc75p+0, 0x1.02e17aace2de4p-2,
                    -0x1.2c9f8b29efa50p-1, 0x1.f1a5ca3452687p-1, 0x1.fb415c9e632f5p-4, -0x1.74e4fa3420ceap-1,
                    0x1.fa8b55b35e7c1p-1, 0x1.ba61aa410a530p-3, -0x1.0f46f50f688d6p+0, 0x1.12bfabcfc538bp+0,
                    0x1.d1e016607179ap-3, -0x1.d0e921441866dp-1, 0x1.19b810d78eb83p+2, -0x1.20a8a9f8a0be1p+3);
    return fma(t, rise, splat<V>(0x1.226e12d631d2cp+0));
  } else {
    const V rise = polynomial2(distance, distance * distance, 0x1.048190p-1f, -0x1.b7bbe6p-4f, 0x1.a725e0p-6f,
                               -0x1.8a69a6p-8f, 0x1.45bebep-10f, -0x1.b0bba8p-13f, 0x1.09bfa0p-15f);
    return fma(distance, rise, splat<V>(0x1.226e12p+0f));
  }
}

// erfc(x + x_low) for x >= 0.5 and its square in two parts, as (high + low) * 2^k: exp(-x^2) / (x + 2) times a
// polynomial in the distance of 1 / (x + 2) from the middle of its range. All of them, and the first three terms of the
// polynomial, are carried in two parts.
template <class V>
struct ErfcFar {
  Unrounded<V> size;
  V shifted;  // k + 2 * bias in its low bits
};
template <class V>
INGOT_FN ErfcFar<V> erfc_far(V x, V x_low, V square, V square_low) {
  const V one = splat<V>(1), two = splat<V>(2);
  const V d = x + two, d_low = (lesser(x, two) - (d - larger(x, two))) + x_low;
  const V w = one / d, w_low = fma(-w, d_low, fma(-w, d, one)) * w;
  const V middle = splat<V>(pick<V>(0x1.bc0000p-3, 0x1.e88000p-3f)), u = w - middle, u_low = (w - (u + middle)) + w_low;
  V p;
  if constexpr (is_f64<V>) {
    p = polynomial2(u, u * u, 0x1.7db0002e61744p+1, -0x1.0de51f19bcf9ep+2, -0x1.1818203387861p+3, 0x1.0654a431a4ed5p+3,
                    0x1.831d7ac244fcfp+4, -0x1.0542353abe32fp+5, -0x1.0083a62a13700p+6, 0x1.4c5f4ab51e35cp+7,
                    0x1.6ba6667ebe622p+6, -0x1.8522b5248a2abp+9, 0x1.30f1a562bb1fap+9, 0x1.4508c5354f190p+11,
                    -0x1.b1e2ef4126a41p+12, -0x1.6c97edf3192c1p+9, 0x1.1bfea56f501f9p+15, -0x1.fa35e9f8b82b4p+15,
                    -0x1.1b8bb77b6e3fcp+16, 0x1.c79364d7bf0edp+18, -0x1.73906c3a64c71p+18, -0x1.48873d7ab1e2bp+20,
                    0x1.2e38a291ec5e6p+21);
  } else {
    p = polynomial2(u, u * u, 0x1.49b53cp+1f, -0x1.467a7ep+2f, -0x1.dc444cp+2f, 0x1.6a4c30p+3f, 0x1.f194f8p+3f,
                    -0x1.2d3420p+5f, 0x1.b05388p+5f, 0x1.4ab59cp+6f, -0x1.2b6d82p+10f);
  }
  const V second = splat<V>(pick<V>(0x1.0d262d4d9aac7p+2, 0x1.18c4e8p+2f)), curl = u * p;
  const V bend = second + curl, bend_low = (second - bend) + curl;
  const V first = splat<V>(pick<V>(0x1.3ae73116fe7f0p+1, 0x1.52d02ep+1f)), turn = u * bend;
  const V turn_low = fma(u, bend, -turn) + u * bend_low;
  const V slope = first + turn, slope_low = ((first - slope) + turn) + turn_low;
  const V rise = u * slope, rise_low = fma(u, slope, -rise) + fma(u, slope_low, u_low * slope);
  const V start = splat<V>(pick<V>(0x1.decce791ced44p-1, 0x1.fb33a0p-1f));
  const V start_low = splat<V>(pick<V>(-0x1.725a8d2d38261p-55, -0x1.391ff4p-29f));
  const V q = start + rise, q_low = ((start - q) + rise) + (rise_low + start_low);
  const V m = w * q, m_low = fma(w, q, -m) + fma(w, q_low, w_low * q);

  const ExpReduction<V> r = reduce_exp(-square, exp_magic<V>);
  const V low = ln2_low(r.k, -square_low), reduced = r.r + low, lost = (r.r - reduced) + low;
  const V t = exp_tail(reduced, fma(lost, reduced, low));
  const V rest = r.r + t, rest_low = (r.r - rest) + t;
  const V e = one + rest, e_low = ((one - e) + rest) + rest_low;

  const V high = e * m;
  return {{high, fma(e, m, -high) + fma(e, m_low, e_low * m)}, r.shifted};
}
template <class V>
INGOT_FN ErfcFar<V> erfc_far(V x) {
  const V square = x * x;
  return erfc_far(x, splat<V>(0), square, fma(x, x, -square));
}

// Beyond 0.75 its error is that of the last sum and 0.4, at most, of what erfc(x) = 2^k * (1 + w) is wrong by.
template <class V>
INGOT_FN V erf(V x) {
  const V one = splat<V>(1), size = lesser(splat<V>(pick<V>(6, 4.0f)), magnitude(x)), z = x * x;  // beyond it is 1
  const Unrounded<V> near = erf_near(x, z, erf_tail(z));

  const V square = size * size, rest = erf_rest(size), sum = square + rest;
  const V sum_low = ((square - sum) + rest) + fma(size, size, -square);
  const ExpReduction<V> e = reduce_exp(-sum, power_magic<V>);
  const V low = ln2_low(e.k, -sum_low), w = e.r + exp_tail(e.r + low, low), power = power_from(e.shifted);
  const V beyond = fma(-power, w, one - power);
  return copy_sign(select(size < splat<V>(kErfNear<V>), near.high + near.low, beyond), x);
}

template <class V>
INGOT_FN V erfc(V x) {
  const V one = splat<V>(1), two = splat<V>(2);
  const V size = lesser(splat<V>(pick<V>(28, 11.0f)), magnitude(x));  // beyond it is 0
  const V z = x * x;
  const Unrounded<V> near = erf_near(x, z, erf_tail_to_half(z));
  const ErfcFar<V> far = erfc_far(size);
  const PowerOfTwo<V> power = power_of_two(far.shifted);
  const V tail = ((far.size.high + far.size.low) * power.first) * power.second;
  const V top = one - near.high, within = top + (((one - top) - near.high) - near.low);
  return select(size < splat<V>(kErfcNear<V>), within, select(x < splat<V>(0), two - tail, tail));
}

// x Phi(x) = x (1 + erf(u)) / 2 = max(x, 0) - |x| erfc(|u|) / 2 with u = x / sqrt(2), whose square x^2 / 2 is exact in
// two parts. -0 at -infinity, where the product has its limit. 0.79 ulp, f32 0.77.
template <class V>
INGOT_FN V gelu(V x) {
  const V zero = splat<V>(0), half = splat<V>(pick<V>(0.5, 0.5f)),
          size = lesser(splat<V>(pick<V>(40, 16.0f)), magnitude(x));
  const V square = x * x * half;
  const Unrounded<V> near =
      erf_near(x, square, erf_tail_to_half(square), pick<V>(0x1.9884533d43651p-2, 0x1.988454p-2f),
               pick<V>(-0x1.cbc0d30ebfd15p-56, -0x1.857936p-27f), pick<V>(0x1.6a09e667f3bcdp-2, 0x1.6a09e6p-2f));
  const V top = half + near.high, within = fma(x, top, x * (((half - top) + near.high) + near.low));

  const V s = size * size, root_half = splat<V>(pick<V>(0x1.6a09e667f3bcdp-1, 0x1.6a09e6p-1f)), u = size * root_half;
  const V u_low = fma(size, splat<V>(pick<V>(-0x1.bdd3413b26456p-55, 0x1.9fcef4p-27f)), fma(size, root_half, -u));
  const ErfcFar<V> far = erfc_far(u, u_low, s * half, fma(size, size, -s) * half);
  const PowerOfTwo<V> power = power_of_two(far.shifted);
  const V factor = size * half, high = factor * far.size.high;
  const V low = fma(factor, far.size.high, -high) + factor * far.size.low;
  const V tail = ((high + low) * power.first) * power.second;
  const V tail_low = (((high - (high + low)) + low) * power.first) * power.second;
  const V rest = x - tail, above = rest + (((x - rest) - tail) - tail_low);
  const V beyond = select(x < zero, negative(tail), select(x > size, x, above));
  return select(u < splat<V>(kErfcNear<V>), within, select(x == x, beyond, x));
}

}  // namespace ingot::math
