#pragma once

#include <cstdint>

#include "ingot/array.hpp"

namespace ingot::random {

/// A source of random arrays: Philox 4x32-10, keyed by element index, so that every element can be computed alone and
/// an array occupies no memory until it is needed. Each call uses the key mix(seed, number of the call): the same seed
/// and the same sequence of calls give the same arrays, on every machine. Copying a generator copies its place in that
/// sequence. One generator must not be used from two threads at once; its arrays may.
class INGOT_API Generator {
 public:
  explicit Generator(std::uint64_t seed) noexcept : seed_(seed) {}

  /// Uniform in [low, high): low + u * (high - low), u a multiple of 2^-53 (Float64), 2^-24 (Float32), 2^-11 (Float16)
  /// or 2^-8 (BFloat16) in [0, 1). Float16 and BFloat16 are computed in Float32 and rounded once. Rounding can reach
  /// `high` itself where low is not 0. ValueError if low is above high, or one of them or their
  /// difference is not finite in the dtype; TypeError for other dtypes.
  Array uniform(const Shape& shape, double low = 0.0, double high = 1.0, DType dtype = DType::Float64,
                Location where = Location::current());

 private:
  std::uint64_t seed_;
  std::uint64_t calls_ = 0;
};

}  // namespace ingot::random
