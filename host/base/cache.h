// Sizes of this machine's caches, in bytes; what a system that does not say them is likely to have.
#pragma once

#include <cstdint>

namespace ingot {

/// Of one core.
std::int64_t second_level_cache();
/// Of all cores that share one.
std::int64_t last_level_cache();

/// How far beyond what it reads work that reads so many bytes should fetch into the caches, in bytes; 0: nothing.
std::int64_t fetch_ahead(std::int64_t bytes_read);

}  // namespace ingot
