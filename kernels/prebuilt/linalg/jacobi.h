// Rotations that make matrices of a lane each diagonal, or their columns orthogonal. Included by small_level.cpp.
#pragma once

#include "kernels/math/lane.h"
#include "kernels/prebuilt/linalg/scalar.h"

namespace ingot::prebuilt {
namespace {

constexpr int kSweeps = 40;  // six or seven do, unless something is wrong

// Turns columns x and y so: x' = c x - s conj(e) y, y' = s e x + c y, which makes the Hermitian matrix
// [a r e; r conj(e) b] diagonal (Golub and Van Loan, "Matrix Computations", section 8.5).
template <class S>
struct Rotation {
  using V = Part<S>;
  using Mask = decltype(V{} < V{});

  /// No rotation of lanes that are not in the mask: x and y then keep their bits.
  Rotation(Mask mask, V a, V b, S off) {
    r = size(off);
    mask &= r > V(0);
    const V theta = (b - a) / (r + r), step = magnitude(theta) + root(theta * theta + V(1));
    t = select(mask, select(theta < V(0), V(-1), V(1)) / step, V(0));
    c = V(1) / root(t * t + V(1));
    s = phased(t * c, mask, off);
  }

  void turn(S& x, S& y) const {
    const S old = x;
    x = fused(-y, conj(s), old * c);
    y = fused(old, s, y * c);
  }
  /// Rows x and y, by the adjoint.
  void turn_rows(S& x, S& y) const {
    const S old = x;
    x = fused(-y, s, old * c);
    y = fused(old, conj(s), y * c);
  }

  V r, t, c;
  S s;  // with its phase

 private:
  static V size(S x) {
    if constexpr (Traits<S>::is_complex)
      return root(square_of(x));
    else
      return magnitude(x);
  }
  S phased(V sine, Mask mask, S off) const {
    const V safe = select(mask, r, V(1));
    if constexpr (Traits<S>::is_complex)
      return {select(mask, sine * (off.re / safe), V(0)), select(mask, sine * (off.im / safe), V(0))};
    else
      return select(mask, sine * (off / safe), V(0));
  }
};

template <class V>
constexpr double epsilon() {
  return sizeof(V{}[0]) == 8 ? 0x1p-53 : 0x1p-24;
}

// Of Hermitian n x n, whose upper triangle is read; v, n x n, gets the rotations. The lanes that did not converge.
template <class S>
auto diagonalise(S* a, S* v, Size n) {
  using V = Part<S>;
  V all = V(0);
  for (Size i = 0; i < n; ++i)
    for (Size j = i; j < n; ++j) all += square_of(a[i * n + j]) * V(i == j ? 1 : 2);
  const V least = all * V(epsilon<V>() * epsilon<V>() / 16);
  auto active = all == all;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    V off = V(0);
    for (Size p = 0; p < n; ++p)
      for (Size q = p + 1; q < n; ++q) off += square_of(a[p * n + q]);
    active &= off > least;
    if (!math::any(active)) break;
    for (Size p = 0; p < n; ++p)
      for (Size q = p + 1; q < n; ++q) {
        const V x = real(a[p * n + p]), y = real(a[q * n + q]);
        const S between = a[p * n + q];
        const Rotation<S> rotation(active, x, y, between);
        for (Size i = 0; i < p; ++i) rotation.turn(a[i * n + p], a[i * n + q]);
        for (Size i = p + 1; i < q; ++i) {
          S below = conj(a[p * n + i]);
          rotation.turn(below, a[i * n + q]);
          a[p * n + i] = conj(below);
        }
        for (Size i = q + 1; i < n; ++i) rotation.turn_rows(a[p * n + i], a[q * n + i]);
        a[p * n + p] = from_real<S>(x - rotation.t * rotation.r);
        a[q * n + q] = from_real<S>(y + rotation.t * rotation.r);
        a[p * n + q] = select(active, zero<S>(), between);
        for (Size i = 0; i < n; ++i) rotation.turn(v[i * n + p], v[i * n + q]);
      }
  }
  return active;
}

// Of the columns of m x n; v, n x n, gets the rotations; `squares` is room for n. The lanes that did not converge.
template <class S>
auto orthogonalise(S* g, Size m, S* v, Size n, Part<S>* squares) {
  using V = Part<S>;
  auto active = V(0) == V(0);
  // Columns that are nothing beside the largest are rounding errors, whose directions mean nothing.
  V all = V(0);
  for (Size e = 0; e < m * n; ++e) all += square_of(g[e]);
  // What an inner product of m terms may be off by, squared.
  const V tolerance = V(epsilon<V>() * epsilon<V>()) * V(static_cast<double>((m + 4) * (m + 4)));
  const V nothing = all * V(epsilon<V>() * epsilon<V>() / 16);
  for (int sweep = 0; sweep < kSweeps && math::any(active); ++sweep) {
    auto turned = V(0) != V(0);
    // Rotations tell what becomes of the squares of lengths, well enough for the next ones; a sweep without any has
    // them as they are.
    for (Size j = 0; j < n; ++j) squares[j] = V(0);
    for (Size i = 0; i < m; ++i)
      for (Size j = 0; j < n; ++j) squares[j] += square_of(g[i * n + j]);
    for (Size p = 0; p < n; ++p)
      for (Size q = p + 1; q < n; ++q) {
        const V x = squares[p], y = squares[q];
        S even = zero<S>(), odd = zero<S>();
        Size i = 0;
        for (; i + 2 <= m; i += 2) {
          even = fused(conj(g[i * n + p]), g[i * n + q], even);
          odd = fused(conj(g[(i + 1) * n + p]), g[(i + 1) * n + q], odd);
        }
        if (i < m) even = fused(conj(g[i * n + p]), g[i * n + q], even);
        const S between = even + odd;
        const V least = tolerance * x * y;
        const auto now = active & (square_of(between) > least) & (x > nothing) & (y > nothing);
        if (!math::any(now)) continue;
        turned |= now;
        const Rotation<S> rotation(now, x, y, between);
        for (i = 0; i < m; ++i) rotation.turn(g[i * n + p], g[i * n + q]);
        for (i = 0; i < n; ++i) rotation.turn(v[i * n + p], v[i * n + q]);
        squares[p] = x - rotation.t * rotation.r;
        squares[q] = y + rotation.t * rotation.r;
      }
    active = turned;
  }
  return active;
}

}  // namespace
}  // namespace ingot::prebuilt
