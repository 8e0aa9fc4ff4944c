// One plane rotation. Included by sources that are compiled once, for every CPU.
#pragma once

namespace ingot::prebuilt {
namespace {

inline double magnitude(double x) { return __builtin_fabs(x); }
inline double root(double x) { return __builtin_sqrt(x); }
inline int exponent_of(double x) { return x == 0 ? 0 : __builtin_ilogb(x); }

/// (c f + s g, c g - s f) is (r, 0).
struct Turn {
  Turn(double f, double g) {
    double squares = f * f + g * g;
    if (__builtin_expect(!(squares > 0x1p-900 && squares < 0x1p+1000), 0)) {
      const double most = magnitude(f) > magnitude(g) ? magnitude(f) : magnitude(g);
      if (most == 0) return;
      const int exponent = exponent_of(most);
      f = __builtin_scalbn(f, -exponent);
      g = __builtin_scalbn(g, -exponent);
      const double size = root(f * f + g * g);
      c = f / size;
      s = g / size;
      r = __builtin_scalbn(size, exponent);
      return;
    }
    r = root(squares);
    c = f / r;
    s = g / r;
  }
  double c = 1, s = 0, r = 0;
};

}  // namespace
}  // namespace ingot::prebuilt
