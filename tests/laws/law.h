// For the tests of design.md's laws: one file per law, over the public API and from outside where that is possible.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "host/base/config.h"
#include "ingot/ingot.hpp"

namespace ingot::tests {

/// What a piece of work did, by the library's own counters.
template <class F>
Stats measured(F&& work) {
  reset_stats();
  work();
  return stats();
}

/// Runs with one backend for the time of a scope.
class WithBackend {
 public:
  explicit WithBackend(Backend backend) : before_(config().backend.exchange(backend)) {}
  ~WithBackend() { config().backend = before_; }

 private:
  Backend before_;
};

/// Resident memory of this process in bytes, as the system sees it.
inline std::int64_t resident_bytes() {
  std::int64_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * 4096;
}

/// Numbers from 0 on, scaled to stay between 0 and 10.
inline std::vector<double> sample(std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i * 7919 % 10007) / 1000.7;
  return values;
}

/// The message of the error that a call throws, or "no error".
template <class E, class F>
std::string message(F&& call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace ingot::tests
