// The prebuilt module: the routines of routines.def for CUDA devices, compiled by nvcc with a runtime of its own, which
// libingot never sees. It exports
//
//   ingot_prebuilt_version   of the ingot that it was built with
//   ingot_prebuilt_accepts   whether its runtime knows memory as a device's, which it does not for a stand-in's
//   ingot_prebuilt_NAME      a routine, begun on a stream
#pragma once

#include <cstddef>
#include <cstdint>

#include "ingot/dtype.hpp"

namespace ingot::prebuilt {

struct DeviceArray {
  DType dtype;
  int ndim;
  const std::int64_t* extents;
  void* address;
};

/// Arrays are in C order and have elements; the parameters are those of host/exec/routine.h.
struct DeviceCall {
  int ordinal;
  void* stream;
  const DeviceArray* inputs;
  DeviceArray result;
  const std::int64_t* parameters;
  void* scratch;  // null: sets scratch_bytes to what is needed, and does nothing else
  std::size_t scratch_bytes;
};

using Version = const char*();
using Accepts = int(int ordinal, const void* address);
/// Null, or the runtime's words for what went wrong.
using RoutineOnDevice = const char*(DeviceCall* call);

}  // namespace ingot::prebuilt
