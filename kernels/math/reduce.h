// What reducers need besides the ops: identities, and the states that are more than a value.
#pragma once

#include "arithmetic.h"
#include "cast.h"
#include "compare.h"
#include "exp_log.h"

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

// ---- sumexp ----

// The largest of some values, NaN aside, and the sum of exp(x - largest) over all of them, in which NaN shows. One exp
// a value: whichever of the two sides has the smaller maximum is scaled by it. Values of -inf weigh 1 as long as there
// is nothing else, and those of +inf from there on.
template <class V>
struct Exponentials {
  V largest, sum;
};
template <class V>
INGOT_FN Exponentials<V> exponentials_start(V first) {
  return {first, select(first == first, splat<V>(1), first)};
}
// What leaves any state as it is when joined with it.
template <class V>
INGOT_FN Exponentials<V> exponentials_none() {
  return {negative(infinity<V>()), splat<V>(0)};
}
template <class V>
INGOT_FN Exponentials<V> exponentials_join(Exponentials<V> a, Exponentials<V> b) {
  const Mask<V> left = a.largest >= b.largest;
  const V below = select(a.largest == b.largest, splat<V>(0), negative(magnitude(a.largest - b.largest)));
  return {select(left, a.largest, b.largest), fma(select(left, b.sum, a.sum), exp(below), select(left, a.sum, b.sum))};
}
template <class V>
INGOT_FN Exponentials<V> exponentials_update(Exponentials<V> s, V x) {
  return exponentials_join(s, {x, splat<V>(1)});
}

// ---- argmin and argmax ----

// Whether x comes before `best` where the greatest (the least) is looked for, wherever the two are: NaN before numbers,
// zeros alike.
template <bool kGreatest, class V>
INGOT_FN Mask<V> beats(V x, V best) {
  if constexpr (is_float<V>) {
    return kGreatest ? both(!(x <= best), best == best) : both(!(x >= best), best == best);
  } else {
    return kGreatest ? x > best : x < best;
  }
}

// A lane's best value, and its row of the leaf in the value's own dtype: a leaf has few rows.
template <class V>
struct BestRow {
  V value, row;
};
// Both lowest where no element has been seen: a first element that equals it is of row 0 as well.
template <bool kGreatest, class V>
INGOT_FN BestRow<V> best_none() {
  using T = Element<V>;
  return {splat<V>(kGreatest ? identity::maximum<T>() : identity::minimum<T>()), splat<V>(0)};
}
template <bool kGreatest, class V>
INGOT_FN BestRow<V> best_update(BestRow<V> best, V x, V row) {
  const Mask<V> wins = beats<kGreatest>(x, best.value);
  return {select(wins, x, best.value), select(wins, row, best.row)};
}

// The best value of some elements in C order, and its place among them.
template <class T>
struct Best {
  T value;
  i64 place;
};
// Of a before b, which are `count` elements apart.
template <bool kGreatest, class T>
INGOT_FN Best<T> best_join(Best<T> a, Best<T> b, i64 count) {
  return beats<kGreatest>(b.value, a.value) ? Best<T>{b.value, b.place + count} : a;
}
// Of two sets of elements that are mixed with each other, with places counted alike.
template <bool kGreatest, class T>
INGOT_FN Best<T> best_of(Best<T> a, Best<T> b) {
  const bool wins = beats<kGreatest>(b.value, a.value), loses = beats<kGreatest>(a.value, b.value);
  return wins || (!loses && b.place < a.place) ? b : a;
}

}  // namespace ingot::math
