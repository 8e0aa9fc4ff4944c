// Philox 4x32-10 (Salmon and others, Parallel random numbers: as easy as 1, 2, 3, SC 2011), written from the paper.
#pragma once

#include <array>
#include <cstdint>

#include "ingot/dtype.hpp"

namespace ingot::oracle {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// The key of a generator's n-th call, counted from 1 (SplitMix64 of the seed, twice).
std::uint64_t key_of(std::uint64_t seed, std::uint64_t call);

/// The standard normal number that random_normal gives, but for the rounding of its steps after those of u and f.
long double normal(DType dtype, std::uint64_t index, std::uint64_t key);

/// The number in [0, bound) that random_integers gives; bound 0 stands for 2^64.
std::uint64_t integer(std::uint64_t index, std::uint64_t key, std::uint64_t bound);

/// The number in [0, 1) that random_uniform gives for an element's index under a key.
double uniform(DType dtype, std::uint64_t index, std::uint64_t key);

}  // namespace ingot::oracle
