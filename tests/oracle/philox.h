// Philox 4x32-10 (Salmon and others, Parallel random numbers: as easy as 1, 2, 3, SC 2011), written from the paper.
#pragma once

#include <array>
#include <cstdint>

#include "ingot/dtype.hpp"

namespace ingot::oracle {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// The number in [0, 1) that random_uniform gives for an element's index under a key.
double uniform(DType dtype, std::uint64_t index, std::uint64_t key);

}  // namespace ingot::oracle
