// How much a row may take in a row region, for the time of a scope; plans made before are forgotten.
#pragma once

#include <cstdint>

#include "host/base/config.h"
#include "host/exec/plan_cache.h"

namespace ingot::tests {

class WithRowBytes {
 public:
  explicit WithRowBytes(std::int64_t bytes) : before_(config().row_bytes.exchange(bytes)) { exec::forget_plans(); }
  ~WithRowBytes() {
    config().row_bytes = before_;
    exec::forget_plans();
  }
  WithRowBytes(const WithRowBytes&) = delete;
  WithRowBytes& operator=(const WithRowBytes&) = delete;

 private:
  std::int64_t before_;
};

}  // namespace ingot::tests
