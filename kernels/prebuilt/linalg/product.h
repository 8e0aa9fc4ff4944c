// The product of a determinant's factors, which may leave the range of floats on the way.
#pragma once

#include "kernels/prebuilt/linalg/scalar.h"

namespace ingot::prebuilt {
namespace {

template <class R>
class ScaledProduct {
 public:
  explicit ScaledProduct(R sign) : re_(sign / 2) {}

  void multiply(R re, R im) {
    const int shift = exponent(re, im);
    re = __builtin_scalbn(re, -shift);
    im = __builtin_scalbn(im, -shift);
    const R product = re_ * re - im_ * im;
    im_ = re_ * im + im_ * re;
    re_ = product;
    const int more = exponent(re_, im_);
    re_ = __builtin_scalbn(re_, -more);
    im_ = __builtin_scalbn(im_, -more);
    exponent_ += shift + more;
  }

  /// The mantissa, of one part or two, and the exponent, an integer.
  void store(R* to, bool is_complex) const {
    *to++ = re_;
    if (is_complex) *to++ = im_;
    *to = static_cast<R>(exponent_);
  }

 private:
  // Of the larger part: then it is between 1/2 and 1. 0 of infinity and NaN.
  static int exponent(R re, R im) {
    const R a = magnitude(re), b = magnitude(im), most = a > b ? a : b;
    if (most == 0 || !(a - a == 0) || !(b - b == 0)) return 0;
    return __builtin_ilogb(static_cast<double>(most)) + 1;
  }

  R re_, im_ = 0;
  Size exponent_ = 1;
};

}  // namespace
}  // namespace ingot::prebuilt
