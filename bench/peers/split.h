// How the rivals share work between threads.
#pragma once

#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>

namespace bench {

struct Span {
  std::int64_t begin, end;
};

/// The part of [0, n) that belongs to the calling thread of a parallel region, cut at multiples of `grain`.
inline Span my_part(std::int64_t n, std::int64_t grain) {
  const std::int64_t blocks = (n + grain - 1) / grain, threads = omp_get_num_threads(), me = omp_get_thread_num();
  return {std::min(n, blocks * me / threads * grain), std::min(n, blocks * (me + 1) / threads * grain)};
}

/// Bytes of the last-level cache, above which stores pass the caches by.
inline std::int64_t last_level_cache() {
  static const std::int64_t bytes = [] {
#if defined(_SC_LEVEL3_CACHE_SIZE)
    const long reported = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (reported > 0) return static_cast<std::int64_t>(reported);
#endif
    return std::int64_t{32} << 20;
  }();
  return bytes;
}

}  // namespace bench
