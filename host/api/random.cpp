#include "ingot/random.hpp"

#include <cmath>
#include <initializer_list>

#include "host/api/record.h"
#include "host/exec/float_state.h"
#include "ingot/creation.hpp"
#include "ingot/elementwise.hpp"
#include "ingot/gathering.hpp"
#include "ingot/manipulation.hpp"
#include "ingot/operators.hpp"
#include "ingot/reductions.hpp"
#include "ingot/sorting.hpp"

namespace ingot::random {
namespace {

using namespace api;

constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15, kSpawn = 0xD1B54A32D192ED03;

// The output function of SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t scramble(std::uint64_t state) {
  state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
  state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
  return state ^ (state >> 31);
}

Scalar word(std::uint64_t bits) { return Scalar(DType::Int64, bits); }

// One number for each element of the shape, under the key.
NodeRef draw(Op op, DType dtype, const Shape& shape, std::initializer_list<Scalar> key, const Location& where) {
  const NodeRef index = graph::index(shape.numel());
  Input inputs[3] = {index.get()};
  std::size_t count = 1;
  for (const Scalar& part : key) inputs[count++] = part;
  const NodeRef values = apply(op, dtype, {inputs, count}, where);
  return graph::reshape(values.get(), shape, where);
}

void require_real(std::string_view op, const Shape& shape, DType dtype, const Location& where) {
  if (dtype != DType::Float32 && dtype != DType::Float64)
    fail<TypeError>(where, op, ": random numbers come as float32 or float64, and ", dtype,
                    " was asked for; convert with astype");
  require_shape(op, shape, where);
}

bool is_finite(double value, DType dtype) { return std::isfinite(value) && fits(value, dtype); }

void require_parameter(std::string_view op, std::string_view name, double value, bool may_be_negative, DType dtype,
                       const Location& where) {
  if (!is_finite(value, dtype))
    fail<ValueError>(where, op, ": ", name, " is ", to_text(value), ", and must be finite in ", dtype);
  if (!may_be_negative && value < 0)
    fail<ValueError>(where, op, ": ", name, " is ", to_text(value), ", and must not be negative");
}

// values * scale + offset.
Array moved(NodeRef values, double scale, double offset, DType dtype, const Location& where) {
  if (scale != 1) values = apply(Op::multiply, values.get(), convert(scale, dtype), where);
  if (offset != 0) values = apply(Op::add, values.get(), convert(offset, dtype), where);
  return wrap(std::move(values));
}

std::int64_t require_count(std::string_view op, std::int64_t n, const Location& where) {
  if (n < 0) fail<ValueError>(where, op, ": n is ", n, ", and must not be negative");
  require_shape(op, Shape{n}, where);
  return n;
}

// The first of the positions in the order of the keys, under a shape.
Array first_in_order(const Array& keys, const Shape& shape, const Location& where) {
  const Array order = argsort(keys, -1, false, where);
  return reshape(order({Slice(0, shape.numel())}, where), shape, where);
}

void require_enough(std::int64_t n, std::string_view of, const Shape& shape, const Location& where) {
  if (shape.numel() > n)
    fail<ValueError>(where, "choice: ", shape.numel(), " positions were asked for without replacement, and there are ",
                     n, of, "; choose fewer, or with replacement");
}

std::vector<double> weights_of(const Array& p, std::int64_t n, const Location& where) {
  if (p.ndim() != 1 || p.size() != n)
    fail<ShapeError>(where, "choice: the weights have shape ", p.shape(), "; expected (", n, ",), one for each of ", n,
                     " positions");
  std::vector<double> weights = p.to_vector<double>(where);
  for (std::size_t i = 0; i < weights.size(); ++i)
    if (!(weights[i] >= 0) || !std::isfinite(weights[i]))
      fail<ValueError>(where, "choice: weight ", i, " is ", to_text(weights[i]),
                       "; weights must be finite and not negative");
  return weights;
}

}  // namespace

std::uint64_t Generator::next_key() noexcept { return scramble(scramble(seed_) + ++calls_ * kGamma); }

Array Generator::uniform(const Shape& shape, double low, double high, DType dtype, Location where) {
  const exec::DefaultFloatState guard;
  if (!is_floating(dtype))
    fail<TypeError>(where, "uniform: random numbers come in a floating dtype, and ", dtype,
                    " was asked for; convert with astype");
  require_shape("uniform", shape, where);
  if (!is_finite(low, dtype) || !is_finite(high, dtype) || !is_finite(high - low, dtype))
    fail<ValueError>(where, "uniform: from ", to_text(low), " to ", to_text(high),
                     "; low, high and their difference must be finite in ", dtype);
  if (low > high)
    fail<ValueError>(where, "uniform: from ", to_text(low), " to ", to_text(high),
                     "; low must not be above high: swap them");
  const DType computed = is_half(dtype) ? DType::Float32 : dtype;
  NodeRef values = draw(Op::random_uniform, computed, shape, {word(next_key())}, where);
  if (is_half(dtype)) {  // cut to the bits that the dtype has, so that nothing is rounded up to 1
    const float steps = dtype == DType::Float16 ? 0x1p11f : 0x1p8f;
    values = apply(Op::multiply, values.get(), Scalar(steps), where);
    values = apply(Op::floor, values.get(), where);
    values = apply(Op::multiply, values.get(), Scalar(1 / steps), where);
  }
  const Array result = moved(std::move(values), high - low, low, computed, where);
  return wrap(to_dtype(node_of(result, where), dtype, where));
}

Array Generator::normal(const Shape& shape, double mean, double std, DType dtype, Location where) {
  const exec::DefaultFloatState guard;
  require_real("normal", shape, dtype, where);
  require_parameter("normal", "mean", mean, true, dtype, where);
  require_parameter("normal", "std", std, false, dtype, where);
  return moved(draw(Op::random_normal, dtype, shape, {word(next_key())}, where), std, mean, dtype, where);
}

Array Generator::exponential(const Shape& shape, double scale, DType dtype, Location where) {
  const exec::DefaultFloatState guard;
  require_real("exponential", shape, dtype, where);
  require_parameter("exponential", "scale", scale, false, dtype, where);
  const NodeRef u = draw(Op::random_uniform, dtype, shape, {word(next_key())}, where);
  const NodeRef rest = apply(Op::subtract, convert(1.0, dtype), u.get(), where);
  const NodeRef log = apply(Op::log, rest.get(), where);
  return moved(apply(Op::subtract, convert(0.0, dtype), log.get(), where), scale, 0, dtype, where);
}

Array Generator::integers(Scalar low, Scalar high, const Shape& shape, DType dtype, bool endpoint, Location where) {
  if (!is_integer(dtype))
    fail<TypeError>(where, "integers: ", dtype, " was asked for; expected an integer dtype (convert with astype)");
  for (const Scalar& bound : {low, high})
    if (!is_integer(bound.dtype()))
      fail<TypeError>(where, "integers: the bound ", to_text(bound), " is ", bound.dtype(), "; expected an integer");
  require_shape("integers", shape, where);
  const __int128 first = to_integer(low), last = to_integer(high) - (endpoint ? 0 : 1);
  if (last < first)
    fail<ValueError>(where, "integers: there is nothing from ", to_text(low), endpoint ? " to " : " up to, but not ",
                     to_text(high), "; low must be below high");
  if (!fits(low, dtype) || last > to_integer(Scalar(DType::UInt64, ~std::uint64_t{0})) ||
      !fits(Scalar(last < 0 ? DType::Int64 : DType::UInt64, static_cast<std::uint64_t>(last)), dtype))
    fail<ValueError>(where, "integers: from ", to_text(low), " to ", to_text(high), " does not fit ", dtype, ", ",
                     range_text(dtype), "; use another dtype");
  const auto bound = static_cast<std::uint64_t>(last - first + 1);
  NodeRef values = draw(Op::random_integers, DType::Int64, shape, {word(next_key()), word(bound)}, where);
  if (first != 0) values = apply(Op::add, values.get(), word(static_cast<std::uint64_t>(first)), where);
  return wrap(to_dtype(values.get(), dtype, where));
}

Array Generator::bernoulli(const Array& p, const Shape& shape, Location where) {
  const Input given = term({p, where});
  if (given.is_value() && !(to_double(given.value) >= 0 && to_double(given.value) <= 1))
    fail<ValueError>(where, "bernoulli: p is ", to_text(given.value), "; a probability lies in [0, 1]");
  require_computable("bernoulli", given.dtype(), where);
  require_shape("bernoulli", shape, where);
  const Array u = wrap(draw(Op::random_uniform, DType::Float64, shape, {word(next_key())}, where));
  return less({u, where}, given.is_value() ? p : broadcast_to(p, shape, where));
}

Array Generator::bernoulli(const Array& p, Location where) { return bernoulli(p, node_of(p, where)->shape, where); }

Array Generator::permutation(std::int64_t n, Location where) {
  require_count("permutation", n, where);
  const NodeRef keys = draw(Op::random_integers, DType::Int64, {n}, {word(next_key()), word(0)}, where);
  return argsort(wrap(keys), -1, false, where);
}

Array Generator::permutation(const Array& x, std::int64_t axis, Location where) {
  const Shape& shape = node_of(x, where)->shape;
  const int k = resolve_axis("permutation", axis, shape.ndim(), where);
  return take(x, permutation(shape[k], where), k, where);
}

Array Generator::permuted(const Array& x, std::optional<std::int64_t> axis, Location where) {
  const Shape& shape = node_of(x, where)->shape;
  if (!axis) return reshape(permutation(ravel(x, where), 0, where), shape, where);
  const int k = resolve_axis("permuted", *axis, shape.ndim(), where);
  const NodeRef keys = draw(Op::random_integers, DType::Int64, shape, {word(next_key()), word(0)}, where);
  return take_along_axis(x, argsort(wrap(keys), k, false, where), k, where);
}

Array Generator::choice(const Array& x, const Shape& shape, bool replace, std::int64_t axis, Location where) {
  const int k = resolve_axis("choice", axis, node_of(x, where)->shape.ndim(), where);
  return take(x, choice(x.shape()[k], shape, replace, where), k, where);
}

Array Generator::choice(const Array& x, const Shape& shape, const Array& p, bool replace, std::int64_t axis,
                        Location where) {
  const int k = resolve_axis("choice", axis, node_of(x, where)->shape.ndim(), where);
  return take(x, choice(x.shape()[k], shape, p, replace, where), k, where);
}

Array Generator::choice(std::int64_t n, const Shape& shape, bool replace, Location where) {
  require_count("choice", n, where);
  require_shape("choice", shape, where);
  if (!replace) {
    require_enough(n, "", shape, where);
    const NodeRef keys = draw(Op::random_integers, DType::Int64, {n}, {word(next_key()), word(0)}, where);
    return first_in_order(wrap(keys), shape, where);
  }
  if (n == 0 && shape.numel() > 0)
    fail<ValueError>(where, "choice: there is nothing to choose from, as n is 0; shape ", shape, " was asked for");
  return wrap(
      draw(Op::random_integers, DType::Int64, shape, {word(next_key()), word(static_cast<std::uint64_t>(n))}, where));
}

Array Generator::choice(std::int64_t n, const Shape& shape, const Array& p, bool replace, Location where) {
  const exec::DefaultFloatState guard;
  require_count("choice", n, where);
  require_shape("choice", shape, where);
  const std::vector<double> weights = weights_of(p, n, where);
  std::int64_t some = 0;
  for (const double weight : weights) some += weight > 0;
  const std::uint64_t key = next_key();
  if (!replace) {
    require_enough(some, " whose weight is not 0", shape, where);
    // The smallest of exponential variables with rates p is number i with probability p[i] / sum(p), and so on with the
    // rest (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006).
    const Array u = wrap(draw(Op::random_uniform, DType::Float64, {n}, {word(key)}, where));
    const Array arrival =
        divide({negative({log({subtract({Array(1.0), where}, u), where}), where}), where}, array(weights, where));
    const Array waiting = ingot::where(equal({array(weights, where), where}, 0.0), NAN, arrival);
    return first_in_order(waiting, shape, where);
  }
  if (some == 0 && shape.numel() > 0)
    fail<ValueError>(where, "choice: no weight is above 0; shape ", shape, " was asked for");
  // Of the sums up to each position but the last, as many as a uniform number is not below.
  std::vector<double> sums;
  double sum = 0;
  for (const double weight : weights) sums.push_back(sum += weight);
  if (!std::isfinite(sum)) fail<ValueError>(where, "choice: the sum of the weights is not finite; scale them down");
  for (double& each : sums) each /= sum;
  if (!sums.empty()) sums.pop_back();
  Shape column = shape;
  column.push_back(1);
  const Array u = reshape(wrap(draw(Op::random_uniform, DType::Float64, shape, {word(key)}, where)), column, where);
  return ingot::sum(greater_equal({u, where}, array(sums, where)), -1, false, where);
}

std::vector<Generator> Generator::spawn(int count, Location where) {
  if (count < 0)
    fail<ValueError>(where, "spawn: ", count, " generators were asked for; the count must not be negative");
  std::vector<Generator> children;
  for (int k = 0; k < count; ++k) children.emplace_back(scramble(scramble(seed_ ^ kSpawn) + ++spawned_ * kGamma));
  return children;
}

}  // namespace ingot::random
