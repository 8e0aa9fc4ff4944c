// The routines that the prebuilt module (kernels/prebuilt/module.h) has for CUDA devices.
#pragma once

#include "host/device/gpu.h"
#include "host/exec/routine.h"

namespace ingot::exec {

/// Whether the module is there, has the routine and can be used with this device. Opens it at the first question.
/// Whether the module is there and has the routine.
bool is_in_module(Routine routine);
/// Whether it also runs on this device.
bool runs_on(Routine routine, cuda::Gpu& gpu);

/// Begins the routine on the device, where the call's arrays are. MemoryError, DeviceError.
void run_on_gpu(Routine routine, const RoutineCall& call, cuda::Gpu& gpu);

}  // namespace ingot::exec
