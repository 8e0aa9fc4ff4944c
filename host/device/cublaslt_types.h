// What cuBLASLt's functions take, declared as host/device/cublaslt.def needs it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "host/device/driver.h"

namespace ingot::cuda::lt {

enum class Status : int { Success = 0, NotSupported = 15 };
enum class Type : int { Float32 = 0, Float64 = 1, Float16 = 2, BFloat16 = 14 };
enum class Compute : int { Float32 = 68, Float64 = 70, Tf32 = 77 };
enum class OperationAttribute : int { TransposeA = 3, TransposeB = 4 };
enum class LayoutAttribute : int { BatchCount = 5, BatchStep = 6 };
enum class PreferenceAttribute : int {
  Workspace = 1,
  Reductions = 3,
  AlignmentA = 5,
  AlignmentB = 6,
  AlignmentC = 7,
  AlignmentD = 8,
};
inline constexpr std::int32_t kTransposed = 1;         // CUBLAS_OP_T
inline constexpr std::uint32_t kReduceAsComputed = 2;  // CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE

struct Algorithm {
  std::uint64_t data[8];
};

struct Found {
  Algorithm algorithm;
  std::size_t workspace;
  Status status;
  float waves;
  int reserved[4];
};

using Handle = struct HandleOf*;
using Operation = struct OperationOf*;
using Layout = struct LayoutOf*;
using Preference = struct PreferenceOf*;

struct Functions {
#define INGOT_CUBLASLT(member, name, ...) Status (*member)(__VA_ARGS__) = nullptr;
#include "host/device/cublaslt.def"
};

}  // namespace ingot::cuda::lt
