// Routines on a device by kernels of ours (kernels/cuda), which are compiled as generated ones are. Others are asked of
// the prebuilt module (host/exec/prebuilt.h).
//
// To add one: a file of kernels/cuda, a KernelRoutine here, and its line in kernel_routine().
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "host/base/storage.h"
#include "host/device/gpu.h"
#include "host/emit/cuda/routines.h"
#include "host/exec/rows.h"

namespace ingot::exec {

/// Errors in values that kernels meet: a device notes them, and an evaluation asks for them when it must.
class Faults {
 public:
  /// Throws what a word other than 0 says; `values` are those of the input that it looks at.
  using Report = void(const RoutineCall& call, std::uint64_t word, const std::byte* values);
  /// The address, on the device, of a word for a call, which is 0 as yet. The storage, which has the values of the
  /// input from `offset` on, is kept until the check.
  const std::byte* note(const RoutineCall& call, Storage& storage, std::int64_t offset, Report* report, cuda::Gpu& gpu);
  /// Waits for the kernels of all calls noted, and throws the first one's error.
  void check(cuda::Gpu& gpu);
  void forget() { noted_.clear(); }

 private:
  struct Noted {
    const RoutineCall* call;
    StorageRef storage;
    std::int64_t offset;
    Report* report;
  };
  std::vector<Noted> noted_;
};

/// A call on its way to a device: its arrays are there.
struct KernelCall {
  const BoundCall& bound;
  std::span<Storage* const> inputs;
  cuda::Gpu& gpu;
  Faults& faults;
};

/// How a routine runs. Of the arrays' addresses only the lowest bits matter to the choice of kernels.
struct KernelRoutine {
  /// All kernels that a call may launch.
  std::vector<cuda::RoutineKernel> (*kernels)(const RoutineCall& call, const cuda::Gpu& gpu);
  void (*run)(const KernelCall& call);
};
extern const KernelRoutine kTakeKernels, kSearchKernels, kScanKernels, kProductKernels;

/// Null where a routine has no kernels.
const KernelRoutine* kernel_routine(Routine routine);

}  // namespace ingot::exec
