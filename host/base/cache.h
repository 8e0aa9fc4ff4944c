// Sizes of this machine's caches, in bytes; what a system that does not say them is likely to have.
#pragma once

#include <cstdint>

namespace ingot {

/// Of one core.
std::int64_t second_level_cache();
/// Of all cores that share one.
std::int64_t last_level_cache();

}  // namespace ingot
