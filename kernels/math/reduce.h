// What reducers need besides the ops: identities, and the running moments behind sumsqdev.
#pragma once

#include "arithmetic.h"
#include "cast.h"

namespace ingot::math {

// The exact identity of each combine of ops.def: combine(identity, x) has the bits of x for every x. -0 for a float
// addition, since +0 would turn -0 into +0.
namespace identity {
template <class T>
INGOT_FN constexpr T add() {
  return Scalar<T>::is_float ? T(-0.0) : T(0);
}
template <class T>
INGOT_FN constexpr T multiply() {
  return T(1);
}
template <class T>
INGOT_FN T minimum() {
  if constexpr (Scalar<T>::is_float)
    return infinity<T>();
  else
    return largest_integer<T>;
}
template <class T>
INGOT_FN T maximum() {
  if constexpr (Scalar<T>::is_float)
    return negative(infinity<T>());
  else
    return smallest_integer<T>;
}
template <class T>
INGOT_FN constexpr T logical_and() {
  return T(1);
}
template <class T>
INGOT_FN constexpr T logical_or() {
  return T(0);
}
template <class T>
INGOT_FN constexpr T logical_xor() {
  return T(0);
}
template <class T>
INGOT_FN constexpr T bitwise_and() {
  return T(~T(0));
}
template <class T>
INGOT_FN constexpr T bitwise_or() {
  return T(0);
}
template <class T>
INGOT_FN constexpr T bitwise_xor() {
  return T(0);
}
}  // namespace identity

// A lane's running sums over the values it sees, less the first of them, which is the lane's shift: sum of d and of
// d^2.
template <class V>
struct ShiftedSums {
  V shift, sum, squares;
};
template <class V>
INGOT_FN ShiftedSums<V> moments_start(V first) {
  return {first, splat<V>(0), splat<V>(0)};
}
template <class V>
INGOT_FN ShiftedSums<V> moments_update(ShiftedSums<V> s, V x) {
  const V d = x - s.shift;
  return {s.shift, s.sum + d, fma(d, d, s.squares)};
}

// The mean, as `mean` + `rest` without rounding, and the sum of squared deviations from it. mean is the float nearest
// to that sum. Data are no nearer to their mean than that float, or to themselves than the spacing of floats there, so
// an error of rest's own rounding is small beside the deviations, wherever the data lie.
template <class V>
struct Moments {
  V mean, rest, squares;
};
// The mean a + b: its rest is what rounding the sum leaves out (Dekker's FastTwoSum). Where a is the smaller of the
// two, rest errs by at most an ulp of b, as b itself does. Neither matters where the sum is infinite or NaN: then the
// difference from any other mean is NaN.
template <class V>
INGOT_FN Moments<V> moments_about(V a, V b, V squares) {
  const V mean = a + b;
  return {mean, b - (mean - a), squares};
}
// Of a lane that has seen n values, the first included, given s.sum / n and s.sum^2 / n. A difference that rounding
// made negative becomes 0; NaN stays.
template <class V>
INGOT_FN Moments<V> moments_finish(ShiftedSums<V> s, V mean, V square_of_sum) {
  const V squares = s.squares - square_of_sum, zero = splat<V>(0);
  return moments_about(s.shift, mean, select(squares < zero, zero, squares));
}
template <class V>
INGOT_FN Moments<V> moments_finish(ShiftedSums<V> s, Rebind<f64, V> n) {
  const V count = convert<Element<V>>(n);
  return moments_finish(s, s.sum / count, s.sum * s.sum / count);
}
// Of a and b together (Chan, Golub and LeVeque), b having `share` of the values, and `weight` being na * share. A mean
// that is infinite or NaN makes delta NaN, by way of its rest, and so squares: the deviation from it is no number.
template <class V>
INGOT_FN Moments<V> moments_join(Moments<V> a, Moments<V> b, V share, V weight) {
  const V delta = (b.mean - a.mean) + (b.rest - a.rest);
  return moments_about(a.mean, fma(delta, share, a.rest), (a.squares + b.squares) + delta * delta * weight);
}
// With na and nb values, both at least 1.
template <class V>
INGOT_FN Moments<V> moments_merge(Rebind<f64, V> na, Moments<V> a, Rebind<f64, V> nb, Moments<V> b) {
  const Rebind<f64, V> share = nb / (na + nb);
  return moments_join(a, b, convert<Element<V>>(share), convert<Element<V>>(na * share));
}

}  // namespace ingot::math
