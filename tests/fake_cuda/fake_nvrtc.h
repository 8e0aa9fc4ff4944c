// What libfake_nvrtc.so exports besides NVRTC's functions.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct FakeNvrtcCounts {
  uint64_t compiled;      // programs that clang compiled
  uint64_t with_prelude;  // of those, with their prelude precompiled
  uint64_t from_disk;     // programs found in FAKE_NVRTC_CACHE
  uint64_t live;          // programs that exist
};

void fake_nvrtc_read_counts(struct FakeNvrtcCounts* counts);

#ifdef __cplusplus
}
#endif
