// The inputs that functions are judged on.
#pragma once

#include <algorithm>
#include <numbers>
#include <utility>

#include "tests/kernels/bodies.h"

namespace ingot::accuracy {
namespace {

template <class T>
struct Inputs {
  std::vector<T> x, y;  // y is empty for functions of one operand
};

// Some `count` numbers of the strata of math::operands.
template <class T>
Inputs<T> unary_inputs(const math::OpRow& op, int count) {
  return {math::operands<T>(op, count * 2 / 21), {}};
}

// Some `count` pairs: in the op's interval, of any two binades, in every binade of comparable size and such that the
// square of one just counts beside the other's, near 1 with what leads to results in every binade and beyond, such that
// exp(x) + exp(y) is near 1, at the ends of the format, and a grid of special values and small integers and halves.
template <class T>
Inputs<T> binary_inputs(const math::OpRow& op, int count) {
  using L = std::numeric_limits<T>;
  using U = typename math::Scalar<T>::UInt;
  Inputs<T> in;
  std::mt19937_64 random(math::kSeed);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(random() >> 11) * 0x1p-53);
  };
  const auto any = [&] { return std::bit_cast<T>(static_cast<U>(random())); };
  const auto put = [&](double x, double y) {
    in.x.push_back(static_cast<T>(x));
    in.y.push_back(static_cast<T>(y));
  };
  std::vector<T> grid = {T(0),
                         T(-0.0),
                         L::infinity(),
                         -L::infinity(),
                         L::quiet_NaN(),
                         L::max(),
                         -L::max(),
                         L::min(),
                         -L::min(),
                         L::denorm_min(),
                         -L::denorm_min(),
                         T(1) + L::epsilon(),
                         T(1) - L::epsilon() / 2,
                         -std::numbers::ln2_v<T>,  // of two such the exponentials add up to one
                         std::nextafter(-std::numbers::ln2_v<T>, T(0))};
  for (int k = 1; k <= 40; ++k) {
    grid.push_back(static_cast<T>(k) / 2);
    grid.push_back(-static_cast<T>(k) / 2);
  }
  for (const T x : grid)
    for (const T y : grid) put(x, y);
  const double top = std::log(static_cast<double>(L::max())), bottom = std::log(static_cast<double>(L::denorm_min()));
  while (static_cast<int>(in.x.size()) < count) {
    for (int i = 0; i < 4; ++i) put(uniform(op.low, op.high), uniform(op.low, op.high));
    put(any(), any());
    const T x = any(), near_one = static_cast<T>(1 + std::ldexp(uniform(-1, 1), -static_cast<int>(random() % 24)));
    put(x, x * static_cast<T>(uniform(-3, 3)));
    put(x * static_cast<T>(uniform(0.9, 1.1)), x);
    put(x, x * static_cast<T>(uniform(-16, 16) * std::sqrt(L::epsilon())));
    put(near_one, uniform(bottom - 1, top + 1) / std::log(static_cast<double>(near_one)));
    const T positive = math::magnitude(any());
    put(positive, uniform(bottom - 1, top + 1) / std::log(static_cast<double>(positive)));
    put(positive, uniform(top - 1e-3, top + 1e-4) / std::log(static_cast<double>(positive)));
    put(-uniform(0.1, 10), std::trunc(uniform(-40, 40)));
    const double y = -std::exp(uniform(-0.35, sizeof(T) == 8 ? 6.6 : 4.6));
    put(y, std::log1p(-std::exp(y)) * (1 + std::ldexp(uniform(-1, 1), -static_cast<int>(random() % 50))));
    const T rounded = static_cast<T>(y), near = static_cast<T>(std::log1p(-std::exp(static_cast<double>(rounded))));
    put(rounded, near);
    put(rounded, std::nextafter(near, T(1)));
    put(y, std::exp(y) * uniform(-2, 2));
    put(uniform(0, 1) * L::max(), uniform(-1, 1) * L::max());
    put(uniform(0, 8) * L::min(), uniform(-8, 8) * L::min());
    put(uniform(0, 8) * L::min(), uniform(0.5, 8));
    put(uniform(0.5, 2), uniform(0.1, 1) * L::max());
  }
  return in;
}

}  // namespace
}  // namespace ingot::accuracy
