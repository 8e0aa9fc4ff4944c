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
  if (dtype != DType::Float32 && dtype != DType::Float64)
    fail<TypeError>(where, "uniform: random numbers come as float32 or float64, and ", dtype,
                    " was asked for; convert with astype");
  require_shape("uniform", shape, where);
  const auto is_finite = [&](double value) { return std::isfinite(value) && fits(value, dtype); };
  if (!is_finite(low) || !is_finite(high) || !is_finite(high - low))
    fail<ValueError>(where, "uniform: from ", to_text(low), " to ", to_text(high),
                     "; low, high and their difference must be finite in ", dtype);
  if (low > high)
    fail<ValueError>(where, "uniform: from ", to_text(low), " to ", to_text(high),
                     "; low must not be above high: swap them");
  const Scalar offset = convert(low, dtype), scale = convert(high - low, dtype);

  const std::uint64_t key = scramble(scramble(seed_) + ++calls_ * kGamma);
  const NodeRef index = graph::index(shape.numel());
  const Input inputs[] = {index.get(), Scalar(static_cast<std::int64_t>(key))};
  NodeRef values = apply(Op::random_uniform, dtype, inputs, where);
  if (high - low != 1) values = apply(Op::multiply, values.get(), scale, where);
  if (low != 0) values = apply(Op::add, values.get(), offset, where);
  return wrap(graph::reshape(values.get(), shape, where));
}

}  // namespace ingot::random
