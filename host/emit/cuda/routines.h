// Programs for routines whose device form is written by hand (kernels/cuda), compiled like generated ones: for the
// dtypes, and what else is a template parameter there, of a call.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "host/emit/cuda/program.h"

namespace ingot::cuda {

/// A file of kernels/cuda.
enum class Source : std::uint8_t { Take, Scan, Gemm };

/// A function of it, with its template arguments, and the type of its parameter.
struct RoutineKernel {
  Source source{};
  std::string function, parameter;
};

/// Its text: the file and a kernel of kBlock threads that calls the function.
Program emit(const RoutineKernel& kernel);

/// The name of a dtype's elements in CUDA text.
std::string element_type(DType dtype);

/// The members of a parameter in their order, each aligned to 8 bytes.
class Arguments {
 public:
  /// `wide`: whether its Index has 64 bits.
  explicit Arguments(bool wide) : wide_(wide) {}
  Arguments& address(const void* at) { return slot(reinterpret_cast<std::uint64_t>(at)); }
  Arguments& number(std::int64_t value) { return slot(static_cast<std::uint64_t>(value)); }
  Arguments& divisor(std::int64_t by);
  std::span<std::uint64_t> slots() { return slots_; }

 private:
  Arguments& slot(std::uint64_t value) {
    slots_.push_back(value);
    return *this;
  }

  const bool wide_;
  std::vector<std::uint64_t> slots_;
};

/// Whether numbers up to this one, and a block's worth beyond, need an Index of 64 bits.
bool needs_wide(std::int64_t greatest);

}  // namespace ingot::cuda
