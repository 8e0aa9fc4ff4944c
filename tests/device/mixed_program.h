// A program that uses all of the runtime, in steps that may fail one by one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ingot/ingot.hpp"

namespace ingot::tests {

struct Step {
  std::string name;
  std::function<std::vector<double>()> run;  // its results
};

/// Elementwise kernels, reductions of rows, columns and mixed axes, several results, views, copies above and below what
/// goes through pinned memory, and arrays that are freed meanwhile, on the default device. Later steps use arrays of
/// earlier ones; a step that fails may be left out. The steps share their arrays, which live as long as one of them.
std::vector<Step> mixed_program();

/// Bytes of a device that are enough for the program if arrays go to the host and come back.
inline constexpr std::int64_t kLittleMemory = 6'000'000;

}  // namespace ingot::tests
