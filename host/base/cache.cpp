#include "host/base/cache.h"

#include <unistd.h>

#include <algorithm>

namespace ingot {

std::int64_t second_level_cache() {
  static const std::int64_t bytes = std::max<long>(sysconf(_SC_LEVEL2_CACHE_SIZE), 512 << 10);
  return bytes;
}

std::int64_t last_level_cache() {
  static const std::int64_t bytes = std::max<long>(sysconf(_SC_LEVEL3_CACHE_SIZE), 8 << 20);
  return bytes;
}

}  // namespace ingot
