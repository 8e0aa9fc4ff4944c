#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ingot/array.hpp"

namespace ingot::random {

/// A source of random arrays: Philox 4x32-10, keyed by element index, so that every element can be computed alone and
/// an array occupies no memory until it is needed. Each call uses the key mix(seed, number of the call): the same seed
/// and the same sequence of calls give the same arrays, on every machine and device, whatever the number of threads.
/// Copying a generator copies its place in that sequence. One generator must not be used from two threads at once
/// (spawn gives each its own); its arrays may.
///
/// All calls throw ValueError for a shape that cannot be, and for parameters outside their range; real numbers come as
/// Float32 or Float64, uniform ones as Float16 and BFloat16 too, TypeError for other dtypes.
class INGOT_API Generator {
 public:
  explicit Generator(std::uint64_t seed) noexcept : seed_(seed) {}

  /// Uniform in [low, high): low + u * (high - low), u a multiple of 2^-53 (Float64), 2^-24 (Float32), 2^-11 (Float16)
  /// or 2^-8 (BFloat16) in [0, 1). Float16 and BFloat16 are computed in Float32 and rounded once. Rounding can reach
  /// `high` itself where low is not 0. ValueError if low is above high, or one of them or their
  /// difference is not finite in the dtype; TypeError for other dtypes.
  Array uniform(const Shape& shape, double low = 0.0, double high = 1.0, DType dtype = DType::Float64,
                Location where = Location::current());

  /// Normal: mean + std * z, z by Box and Muller's method, r sin t and r cos t for two elements with r = sqrt(-2 log
  /// u). Each z is within 5 ULP of what the method gives for u and t, which have 64 bits (Float64) or 32 (Float32), so
  /// that |z| reaches 9.49 or 6.76; of true normal numbers one in 4e20 or in 7e10 lies beyond. ValueError for a
  /// negative std.
  Array normal(const Shape& shape, double mean = 0.0, double std = 1.0, DType dtype = DType::Float64,
               Location where = Location::current());

  /// Exponential with the mean `scale`: scale * (0 - log(1 - u)), u as of uniform, from +0 to 36.7 (Float64) or 16.6
  /// (Float32) times the scale; within 1.5 ULP of that. ValueError for a negative scale.
  Array exponential(const Shape& shape, double scale = 1.0, DType dtype = DType::Float64,
                    Location where = Location::current());

  /// Integers in [low, high), or [low, high] with endpoint, each as likely as any other: from 64 random bits, drawn
  /// again where these would favour some (Lemire's method), so that there is no bias. Computed in 64 bits, so ranges
  /// larger than 2^53 or so take longer. TypeError for a dtype or bounds that are no integers, ValueError for bounds
  /// that the dtype does not hold or that leave nothing in between.
  Array integers(Scalar low, Scalar high, const Shape& shape = {}, DType dtype = DType::Int64, bool endpoint = false,
                 Location where = Location::current());

  /// Bool, true with probability p: where a uniform number of 53 bits is below p, which broadcasts to the shape. A p
  /// below 0, or NaN, is never true in an array and a ValueError as a number, as is one above 1.
  Array bernoulli(const Array& p, const Shape& shape, Location where = Location::current());
  Array bernoulli(const Array& p, Location where = Location::current());

  /// The numbers 0 ... n - 1 in random order, as Int64: the positions that sort n random numbers of 64 bits (equal ones
  /// keep their order: with n = 10^7 there is one chance in 370,000 that there are any).
  Array permutation(std::int64_t n, Location where = Location::current());

  /// The slices of x along the axis in random order; slices themselves stay as they are. NumPy's shuffle, which changes
  /// an array in place, is x = g.shuffle(x), the same. IndexError for an axis that x has not.
  Array permutation(const Array& x, std::int64_t axis = 0, Location where = Location::current());
  Array shuffle(const Array& x, std::int64_t axis = 0, Location where = Location::current()) {
    return permutation(x, axis, where);
  }
  /// The elements of x, each row of the axis in a random order of its own; without an axis all elements, in C order, in
  /// one. Shape and dtype are those of x. IndexError for an axis that x has not.
  Array permuted(const Array& x, std::optional<std::int64_t> axis = {}, Location where = Location::current());

  /// Positions in [0, n), as Int64. Without replacement no position comes twice: the first of a permutation; ValueError
  /// for more than n. With weights p, 1-d of n elements, position i comes with probability p[i] / sum(p); without
  /// replacement as if drawn one by one from what is left, the sum being that of the rest (n exponential variables,
  /// sorted). Weights are evaluated at the call: ValueError for negative ones, or too few that are not 0. A draw with
  /// replacement compares with each of the n sums, so it is meant for n of some thousands.
  Array choice(std::int64_t n, const Shape& shape, bool replace = true, Location where = Location::current());
  Array choice(std::int64_t n, const Shape& shape, const Array& p, bool replace = true,
               Location where = Location::current());

  /// The slices of x along the axis at such positions, n being its extent: the axis is replaced by those of the shape.
  /// Errors as above, and IndexError for an axis that x has not.
  Array choice(const Array& x, const Shape& shape, bool replace = true, std::int64_t axis = 0,
               Location where = Location::current());
  Array choice(const Array& x, const Shape& shape, const Array& p, bool replace = true, std::int64_t axis = 0,
               Location where = Location::current());

  /// Independent generators, for threads or parts of a program. What they give depends on the seed and on how many were
  /// spawned before, not on the calls made.
  std::vector<Generator> spawn(int count, Location where = Location::current());

 private:
  std::uint64_t next_key() noexcept;

  std::uint64_t seed_;
  std::uint64_t calls_ = 0;
  std::uint64_t spawned_ = 0;
};

}  // namespace ingot::random
