#include "ingot/random.hpp"

#include <cmath>

#include "host/api/record.h"
#include "host/exec/float_state.h"

namespace ingot::random {
namespace {

constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15;

// The output function of SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t scramble(std::uint64_t state) {
  state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
  state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
  return state ^ (state >> 31);
}

}  // namespace

Array Generator::uniform(const Shape& shape, double low, double high, DType dtype, Location where) {
  using namespace api;
  const exec::DefaultFloatState guard;
  if (!is_floating(dtype))
    fail<TypeError>(where, "uniform: random numbers come in a floating dtype, and ", dtype,
                    " was asked for; convert with astype");
  require_shape("uniform", shape, where);
  const auto is_finite = [&](double value) { return std::isfinite(value) && fits(value, dtype); };
  if (!is_finite(low) || !is_finite(high) || !is_finite(high - low))
    fail<ValueError>(where, "uniform: from ", to_text(low), " to ", to_text(high),
                     "; low, high and their difference must be finite in ", dtype);
  if (low > high)
    fail<ValueError>(where, "uniform: from ", to_text(low), " to ", to_text(high),
                     "; low must not be above high: swap them");
  const DType computed = is_half(dtype) ? DType::Float32 : dtype;
  const Scalar offset = convert(low, computed), scale = convert(high - low, computed);

  const std::uint64_t key = scramble(scramble(seed_) + ++calls_ * kGamma);
  const NodeRef index = graph::index(shape.numel());
  const Input inputs[] = {index.get(), Scalar(static_cast<std::int64_t>(key))};
  NodeRef values = apply(Op::random_uniform, computed, inputs, where);
  if (is_half(dtype)) {  // cut to the bits that the dtype has, so that nothing is rounded up to 1
    const float steps = dtype == DType::Float16 ? 0x1p11f : 0x1p8f;
    values = apply(Op::multiply, values.get(), Scalar(steps), where);
    values = apply(Op::floor, values.get(), where);
    values = apply(Op::multiply, values.get(), Scalar(1 / steps), where);
  }
  if (high - low != 1) values = apply(Op::multiply, values.get(), scale, where);
  if (low != 0) values = apply(Op::add, values.get(), offset, where);
  values = to_dtype(values.get(), dtype, where);
  return wrap(graph::reshape(values.get(), shape, where));
}

}  // namespace ingot::random
