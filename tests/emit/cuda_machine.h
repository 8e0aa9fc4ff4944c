// Compiles generated CUDA text with the host's clang and runs it, one fiber per thread, in an order drawn from a seed.
// Blocks run one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/emit/cuda/program.h"

namespace ingot::cuda_test {

class Machine {
 public:
  /// One shared object of all programs, which must have different names. Throws std::runtime_error with the compiler's
  /// output.
  explicit Machine(const std::vector<cuda::Program>& programs);
  ~Machine();

  /// Runs a kernel; `arguments` are the bytes of its one parameter. Throws std::runtime_error where threads wait for
  /// others that never come.
  void launch(const std::string& kernel, std::uint32_t blocks, const std::vector<std::uint64_t>& arguments,
              std::uint64_t seed);

  /// Why programs cannot be run here; null where they can.
  static const char* missing();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ingot::cuda_test
